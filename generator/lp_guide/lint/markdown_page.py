"""A parsed page of Markdown, with the line of everything in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lp_contract.contract import Contract
from lp_guide.api_paths import VERBS, Endpoint, prefixes, read_endpoint
from lp_guide.lint import curl_commands, inline_markdown

CODE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""The placeholder for code in prose."""

_PARSER = MarkdownIt("commonmark").enable("table")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:\s*(.+?)\s*$", re.MULTILINE)
_CONTRACT = re.compile(r"^contract:\s*(\S+)\s*$", re.MULTILINE)


class Finding(NamedTuple):
    """What is wrong with a line, and what to do."""

    line: int
    message: str
    remedy: str


class Heading(NamedTuple):
    """A heading."""

    line: int
    level: int
    text: str


class Words(NamedTuple):
    """Some text, and the line on which it begins."""

    line: int
    text: str

    def line_at(self, offset: int) -> int:
        """Return the line of a character of the text."""
        return self.line + bisect_left(_line_ends(self.text), offset)


class Link(NamedTuple):
    """A link, or text that is meant as a link, and the line of its address."""

    line: int
    text: str
    target: str


@dataclass(frozen=True)
class Fence:
    """A block of code between fences."""

    line: int
    """The line of the opening fence."""
    marks: str
    info: str
    content: str
    is_closed: bool
    before: str
    """The words of the block above it: a heading or a paragraph."""

    @property
    def language(self) -> str:
        """The first word after the opening fence, unless it is content."""
        return "" if self.lead else self.info.partition(" ")[0].lower()

    @property
    def lead(self) -> str:
        """Content that was written after the opening fence."""
        is_content = re.fullmatch(rf"[{{\[]\s*|[{{\[]\s*[\"“{{\[].*|(?:{'|'.join(VERBS)})\s+/.*", self.info)
        return self.info if is_content else ""

    @property
    def text(self) -> Words:
        """The content with its lead, which is empty if nothing follows the opening fence."""
        return Words(self.line, f"{self.lead}\n{self.content}")

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """The endpoint that the block begins with."""
        for offset, line in enumerate(self.text.text.split("\n")):
            if line.strip():
                return read_endpoint(line, self.line + offset)
        return None

    @cached_property
    def commands(self) -> Sequence[curl_commands.Command]:
        """The curl commands in it."""
        is_shell = self.language in curl_commands.LANGUAGES or self.content.lstrip("$ \n").startswith("curl ")
        return list(curl_commands.commands(self.content, self.line + 1)) if is_shell else ()

    @property
    def is_endpoint_alone(self) -> bool:
        """Whether the block is a single line with an endpoint."""
        return self.endpoint is not None and "\n" not in self.text.text.strip()


@dataclass(frozen=True, eq=False)
class Guidance:
    """A page of Markdown, and the contracts that it describes, if they are known."""

    source: str
    contracts: Sequence[Contract] = field(default=(), repr=False)

    @cached_property
    def lines(self) -> Sequence[str]:
        """Every line as written; line 1 is the first."""
        return self.source.split("\n")

    @cached_property
    def title(self) -> str:
        """The title in the front matter, which is the heading of level 1; empty if there is none."""
        return self._in_front_matter(_TITLE)

    @cached_property
    def declared_edition(self) -> str:
        """The edition that the front matter names; empty if it names none."""
        return self._in_front_matter(_CONTRACT).partition("/")[0]

    def _in_front_matter(self, word: re.Pattern[str]) -> str:
        front = _FRONT_MATTER.match(self.source)
        found = word.search(front[1]) if front else None
        return found[1] if found else ""

    @cached_property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the Markdown, without front matter."""
        return self._parsed[0]

    @cached_property
    def references(self) -> Mapping[str, Mapping[str, Any]]:
        """The definitions of addresses by their names in capitals."""
        return dict(self._parsed[1].get("references", {}))

    @cached_property
    def _parsed(self) -> tuple[Sequence[Token], Mapping[str, Any]]:
        front, found = _FRONT_MATTER.match(self.source), dict[str, Any]()
        text = _blanked(self.source, front.end()) if front else self.source
        return _PARSER.parse(text.replace("\r", " "), found), found  # it would take a single \r for a line end

    @cached_property
    def inlines(self) -> Sequence[Words]:
        """The words of every heading, paragraph and cell as written, without comments."""
        found, line = [], 0
        for token in self.tokens:
            line = token.map[0] if token.map else line
            if token.type == "inline":
                found.append(Words(line + 1, inline_markdown.without_comments(token.content)))
        return found

    @cached_property
    def prose(self) -> Sequence[Words]:
        """The same with CODE in place of each piece of code."""
        return [Words(line, inline_markdown.without_code(text, CODE)) for line, text in self.inlines]

    @cached_property
    def html_blocks(self) -> Sequence[Words]:
        """The blocks of HTML, without comments."""
        blocks = [token for token in self.tokens if token.type == "html_block" and token.map]
        return [
            Words(token.map[0] + 1, inline_markdown.without_comments(token.content)) for token in blocks if token.map
        ]

    @cached_property
    def code(self) -> Sequence[Words]:
        """Every piece of code in sentences."""
        return [
            Words(words.line_at(span.inner), " ".join(span.content.split()))
            for words in self.inlines
            for span in inline_markdown.code_spans(words.text)
        ]

    @cached_property
    def links(self) -> Sequence[Link]:
        """Every link, in any form, and text that would be a link if its address had no spaces."""
        return [*links_in(self.prose), *self._definitions]

    @cached_property
    def _definitions(self) -> Sequence[Link]:
        """The addresses that links name, as in `[name]: /address/`."""
        return [Link(each["map"][0] + 1, name, each["href"]) for name, each in self.references.items()]

    @cached_property
    def headings(self) -> Sequence[Heading]:
        """Every heading."""
        return [
            Heading(token.map[0] + 1, int(token.tag[1:]), after.content)
            for token, after in zip(self.tokens, self.tokens[1:], strict=False)
            if token.type == "heading_open" and token.map
        ]

    @cached_property
    def _heading_lines(self) -> Sequence[int]:
        return [heading.line for heading in self.headings]

    @cached_property
    def fences(self) -> Sequence[Fence]:
        """Every block of code between fences."""
        return list(self._fences())

    def _fences(self) -> Iterator[Fence]:
        before = ""
        for token in self.tokens:
            if token.type == "inline":
                before = token.content
            elif token.type == "fence" and token.map:
                start, end = token.map
                last = self.lines[end - 1].lstrip(" >")
                closed = end - start > 1 and bool(re.fullmatch(rf"{re.escape(token.markup)}[`~]*\s*", last.rstrip()))
                yield Fence(start + 1, token.markup, token.info.strip(), token.content, closed, before)

    @cached_property
    def endpoints(self) -> Sequence[Endpoint]:
        """Every endpoint at the beginning of a block of code, and every endpoint in code in sentences."""
        blocks = [fence.endpoint for fence in self.fences if fence.endpoint]
        spans = [read_endpoint(text, line) for line, text in self.code]
        called = [each.endpoint for fence in self.fences for each in fence.commands]
        return sorted([*blocks, *filter(None, spans), *filter(None, called)], key=lambda each: each.line)

    @cached_property
    def resources(self) -> frozenset[str]:
        """The first steps of all paths with a method: these are certainly endpoints."""
        return frozenset(each.resource for each in self.endpoints if each.verb)

    def names_api(self, words: str) -> bool:
        """Whether words contain the beginning of paths of an API."""
        return "api/" in words or any(f"{prefix}/" in words for prefix in self.prefixes)

    @cached_property
    def prefixes(self) -> Sequence[str]:
        """The beginnings of the paths of the contracts, up to the version."""
        return list(dict.fromkeys(prefix for each in self.contracts for prefix in prefixes(each)))

    def is_path(self, endpoint: Endpoint) -> bool:
        """Whether something that looks like a path is a path of the API."""
        return self.names_api(endpoint.path) or endpoint.verb is not None or endpoint.resource in self.resources

    def heading_above(self, line: int) -> Heading:
        """Return the heading above a line; a heading of level 0 above the first."""
        index = bisect_right(self._heading_lines, line)
        return self.headings[index - 1] if index else Heading(0, 0, "")

    def section(self, line: int) -> range:
        """Return the lines between the headings around a line."""
        after = self._heading_lines[bisect_right(self._heading_lines, line) :][:1]
        return range(self.heading_above(line).line, after[0] if after else len(self.lines) + 1)

    def headings_between(self, first: int, last: int) -> Sequence[Heading]:
        """Return the headings below a line and above another."""
        return self.headings[bisect_right(self._heading_lines, first) : bisect_left(self._heading_lines, last)]


def links_in(prose: Sequence[Words]) -> Sequence[Link]:
    """Return every link in words, with its address beside it."""
    return [
        Link(words.line_at(link.target_start), link.words, link.target.strip().removeprefix("<").removesuffix(">"))
        for words in prose
        for link in (*inline_markdown.links(words.text), *inline_markdown.addresses(words.text))
    ]


@lru_cache(maxsize=8)
def _line_ends(text: str) -> Sequence[int]:
    return [at for at, letter in enumerate(text) if letter == "\n"]


def _blanked(text: str, end: int) -> str:
    return "\n" * text.count("\n", 0, end) + text[end:]
