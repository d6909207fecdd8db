"""Checks the words, the Markdown and the JSON of a page before it is rendered.

Runs the lints for any guidance, and a few checks for features of these pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from markdown_it.common.utils import normalizeReference

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, Place
from lp_guide.boxes import BOXES, box_for, how_to_write
from lp_guide.lint import judge
from lp_guide.lint.markdown_page import CODE, Finding, Guidance, Heading
from lp_guide.reference_urls import slug
from lp_guide.writer_mistakes import suggestion

_NAMED = re.compile(r"\s*\{[^}#]*#([\w.-]+)[^}]*\}\s*")
_TAG = re.compile(r"(?<!\]\()</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>")
_PICTURE = re.compile(r"!\[\s*+\]\(([^()\s]++)[^()]*\)")
_BY_NAME = re.compile(rf"(?<![\w\]\\!\[{CODE}])\[([^\[\]\n]*[^\W\d][^\[\]]*)\]\[([^\[\]]*)\]")
_COLONS = re.compile(r"^:{3,} *+\{?+(\w*+)\}?+ *+(.*+)$", re.MULTILINE)
_NAMED_BOX = re.compile(r"^(?:(?:!!!|\?\?\?\+?) ?([a-z]+)|\[!([A-Za-z]+)\]).*$", re.MULTILINE)
"""How other programs begin a box: `!!! note`, `??? note` and, in a quotation, `[!NOTE]`."""
_GOVSPEAK = re.compile(r"^([%^])[^%^\n]++\1$", re.MULTILINE)
"""A box of Govspeak: `^An inset text.^` or `%A warning.%`."""
_OF_GOVSPEAK = {"^": "inset", "%": "warning"}
_ONE_BRACE = re.compile(r"(?<!\{)\{ *\w+\([^{}]*\) *\}(?!\})")


def complaints(source: str, file: Path, contracts: Sequence[Contract]) -> Sequence[Complaint]:
    """Return every complaint about a page. If it is about several editions, return what is wrong for all of them."""
    first, *others = (_complaints(source, file, contract) for contract in contracts)
    return [each for each in first if all(_is_among(each, found) for found in others)]


def _is_among(complaint: Complaint, found: Sequence[Complaint]) -> bool:
    """Return whether the same check complains of the same line. Suggestions may differ between contracts."""
    return any((complaint.place, complaint.check) == (each.place, each.check) for each in found)


@lru_cache(maxsize=128)
def _complaints(source: str, file: Path, contract: Contract) -> Sequence[Complaint]:
    page = Guidance(source, [contract])
    own = [Complaint(Place(file, line), *words) for line, *words in _own(page)]
    return sorted([*judge(page, file), *own])


def _own(page: Guidance) -> Iterator[tuple[int, str, str, str]]:
    for check, findings in (
        ("second-title", _second_title(page)),
        ("doubled-heading", _doubled_heading(page)),
        ("unnamed-heading", _unnamed_heading(page)),
        ("html", _html(page)),
        ("one-brace", _one_brace(page)),
        ("box", _box(page)),
        ("box", _box_of_others(page)),
        ("picture", _picture(page)),
        ("undefined-link", _undefined_link(page)),
    ):
        yield from ((line, check, message, remedy) for line, message, remedy in findings)


def _second_title(page: Guidance) -> Iterator[Finding]:
    for heading in page.headings:
        if heading.level == 1:
            message = f"`{heading.text}` would be a second title: the first is in the front matter."
            yield Finding(heading.line, message, f"Write `## {heading.text}`.")


def _doubled_heading(page: Guidance) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for heading in page.headings:
        name = _name(page, heading)
        if name and name in seen:
            message = f"`{heading.text}` has the same name as the heading on line {seen[name]}: `{{#{name}}}`."
            yield Finding(heading.line, message, "Choose another name.")
        seen.setdefault(name, heading.line)


def _unnamed_heading(page: Guidance) -> Iterator[Finding]:
    for heading in page.headings:
        if heading.level > 1 and not _name(page, heading):
            message = f"`{heading.text}` has no name, so links to it would break when its words change."
            yield Finding(heading.line, message, f"Write `{{#{slug(heading.text)}}}` on the line above it.")


def _name(page: Guidance, heading: Heading) -> str:
    """Return the name on the line above a heading."""
    given = _NAMED.fullmatch(page.lines[heading.line - 2]) if heading.line > 1 else None
    return given[1] if given else ""


def _html(page: Guidance) -> Iterator[Finding]:
    for words in [*page.prose, *page.html_blocks]:
        for match in _TAG.finditer(words.text):
            message = f"`{match[0]}` is HTML, which pages show as text."
            box = next((name for name in BOXES if name in match[0].lower()), "")
            remedy = how_to_write(box) if box else "Write it in Markdown, or between two `` ` ``."
            yield Finding(words.line_at(match.start()), message, remedy)


def _one_brace(page: Guidance) -> Iterator[Finding]:
    for words in page.prose:
        for match in _ONE_BRACE.finditer(words.text):
            message = f"`{match[0]}` has one brace on each side, so the page shows it as text."
            yield Finding(words.line_at(match.start()), message, f"Write `{{{match[0]}}}`.")


def _box(page: Guidance) -> Iterator[Finding]:
    """Yield boxes without an end or a beginning, of an unknown kind, and with words too few or too many."""
    opened: list[tuple[int, str]] = []
    for words in page.inlines:
        for match in _COLONS.finditer(words.text):
            line, name, rest = words.line_at(match.start()), *match.groups()
            if name:
                opened.append((line, name))
                yield from _opened_box(line, name, rest, written=match[0])
            elif opened:
                opened.pop()
            else:
                yield Finding(line, "This ends a box that does not begin.", "Begin it with a line such as `::: inset`.")
    for line, name in opened:
        yield Finding(line, f"The `::: {name}` that begins here does not end.", "End it with a line `:::`.")


def _opened_box(line: int, name: str, words: str, written: str) -> Iterator[Finding]:
    if "{" in written.partition(name)[0]:
        yield Finding(line, f"`{written}` does not make a box.", how_to_write(box_for(name) or "inset"))
    elif name not in BOXES:
        remedy = how_to_write(box_for(name)) if box_for(name) else suggestion(name, BOXES)
        yield Finding(line, f"There is no box called `{name}`.", remedy)
    elif words and not BOXES[name].has_words:
        yield Finding(line, f"The page does not show the words after `::: {name}`.", "Write them on the next line.")
    elif BOXES[name].has_words and not words:
        message = f"`::: {name}` has no words, so readers would not know what they open."
        yield Finding(line, message, f"Write `::: {name} What it is about`.")


def _box_of_others(page: Guidance) -> Iterator[Finding]:
    """Yield boxes as other programs write them, which pages show as text."""
    for words in page.prose:
        for match in _NAMED_BOX.finditer(words.text):
            box = box_for(match[1] or match[2]) or "inset"
            yield Finding(words.line_at(match.start()), f"`{match[0]}` does not make a box.", how_to_write(box))
        for match in _GOVSPEAK.finditer(words.text):
            remedy = how_to_write(_OF_GOVSPEAK[match[1]])
            yield Finding(words.line_at(match.start()), f"`{match[0]}` does not make a box.", remedy)


def _undefined_link(page: Guidance) -> Iterator[Finding]:
    """Yield names of addresses, as in `[words][name]`, without a definition."""
    for words in page.prose:
        for match in _BY_NAME.finditer(words.text):
            name = match[2] or match[1]
            if normalizeReference(name) not in page.references and CODE not in name:
                message = f"`{match[0].replace(CODE, '…')}` is not a link: nothing defines `{name}`."
                remedy = f"Add a line such as `[{name}]: /address/`, or write the address in parentheses."
                yield Finding(words.line_at(match.start()), message, remedy)


def _picture(page: Guidance) -> Iterator[Finding]:
    for words in page.prose:
        for match in _PICTURE.finditer(words.text):
            message = f"The picture `{match[1]}` has no alternative text."
            yield Finding(words.line_at(match.start()), message, f"Describe it: `![A school]({match[1]})`.")
