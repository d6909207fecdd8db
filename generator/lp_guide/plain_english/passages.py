"""The passages of a Markdown text, and their sentences. Code, a quotation and a template call are one word each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from lp_guide.lint import inline_markdown
from lp_guide.lint.markdown_page import CODE, Guidance, Words

PARAGRAPH, FRAGMENT, HEADING = "paragraph", "fragment", "heading"
"""A fragment is a list item or a table cell: a sentence only if it ends with a full stop."""

_KINDS = {"heading_open": HEADING, "th_open": HEADING, "td_open": FRAGMENT}
_LISTED = {"list_item_open": 1, "list_item_close": -1}
_TEMPLATE = re.compile(r"\{\{(?:[^{}]|\{[^{}]*\})*+\}\}|\{%[^%]*%\}|\{[#.:][^{}]*\}")
_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
_ADDRESS = re.compile(r"(?<!\S)(?:https?:/)?/[^\s/]\S*[\w/]")
_END = re.compile(rf"[.!?…][)\]*_]*\s+(?=[(\[*_“\"]*[A-Z0-9{CODE}])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|cf|Mr|Mrs|Ms|Dr)\.$")
_MARKS = ' \n()[]_“"'
_WHOLE = re.compile(r"[.!?…][)\]*_”\"]*\s*$")
_BETWEEN_WORDS = re.compile(r"[\s/\N{EM DASH}\N{EN DASH}]+")
_IN_WORDS = re.compile(rf"[\w{CODE}]")
_FIRST_WORDS = 3
_LONGEST_ABBREVIATION = 8
"""And the most characters that are between two sentences."""


class Passage(NamedTuple):
    """A paragraph, a list item, a table cell or a heading."""

    line: int
    text: str
    kind: str

    def line_at(self, offset: int) -> int:
        """Return the line of a character of the text."""
        return Words(self.line, self.text).line_at(offset)

    def is_name(self, match: re.Match[str]) -> bool:
        """Return whether words have a capital and no sentence begins with them."""
        before = self.text[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()].rstrip(_MARKS)
        return match[0][0].isupper() and before != "" and before[-1] not in ".!?…:"

    @property
    def sentences(self) -> Iterator[Sentence]:
        """The sentences. Headings have none, and fragments only those that end with a full stop."""
        begin = 0
        for end in (*self._ends(), len(self.text)):
            sentence = self.text[begin:end]
            if self.kind == PARAGRAPH or (self.kind == FRAGMENT and _WHOLE.search(sentence)):
                skipped = len(sentence) - len(sentence.lstrip())
                found = Sentence(self.line_at(begin + skipped), " ".join(sentence.split()))
                if found.is_prose:
                    yield found
            begin = end

    def _ends(self) -> Iterator[int]:
        for stop in _END.finditer(self.text):
            if not _ABBREVIATION.search(self.text, max(0, stop.start() - _LONGEST_ABBREVIATION), stop.start() + 1):
                yield stop.end()


class Sentence(NamedTuple):
    """A sentence, and the line on which it begins."""

    line: int
    text: str

    @property
    def beginning(self) -> str:
        """The first words, as they are in the file unless a line ends between them."""
        return " ".join(self.text.partition(CODE)[0].split()[:_FIRST_WORDS])

    @property
    def is_prose(self) -> bool:
        """Whether it is more than a list of code."""
        return 2 * self.text.count(CODE) < self.length

    @property
    def length(self) -> int:
        """The number of words."""
        return sum(bool(_IN_WORDS.search(part)) for part in _BETWEEN_WORDS.split(self.text))


@lru_cache(maxsize=8192)  # Between two saves, all texts but one stay the same.
def passages(markdown: str) -> Sequence[Passage]:
    """Return the passages of a Markdown text, with or without front matter."""
    if "\n" not in markdown:
        return (Passage(1, _plain(markdown), PARAGRAPH),)
    return tuple(_passages(Guidance(markdown)))


def _passages(page: Guidance) -> Iterator[Passage]:
    line, depth, kind = 0, 0, PARAGRAPH
    for token in page.tokens:
        line = token.map[0] if token.map else line
        depth += _LISTED.get(token.type, 0)
        if token.type == "inline":
            yield Passage(line + 1, _plain(token.content), kind)
        else:
            kind = _KINDS.get(token.type, FRAGMENT if depth else PARAGRAPH)


def _plain(text: str) -> str:
    """Keep the words of a passage and its line ends."""
    text = _TEMPLATE.sub(CODE, inline_markdown.without_comments(text))
    text = _without_targets(inline_markdown.without_code(text, CODE))
    return _ADDRESS.sub(CODE, _QUOTED.sub(_quoted, text)).replace("*", "")


def _without_targets(text: str) -> str:
    kept, at = [], 0
    for link in inline_markdown.links(text):
        kept += [text[at : link.start], link.words]
        at = link.end
    return "".join([*kept, text[at:]])


def _quoted(match: re.Match[str]) -> str:
    stop = "." if match[0][-2] in ".!?" else ""
    return CODE + stop + "\n" * match[0].count("\n")
