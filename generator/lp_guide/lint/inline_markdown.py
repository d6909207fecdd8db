"""Finds comments, code and links within a paragraph, each in one pass."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_TICKS = re.compile("`+")
_BRACKET = re.compile(r"(?<!\\)\[|\]")
_TARGET = re.compile(r"\(\s*+(<[^<>]*>|[^()]*(?:\([^()]*\)[^()]*)*)\)")

_ADDRESS = re.compile(
    r"""<(?P<plain>(?:https?|mailto):[^<>\s]+)>|<(?:a|img)\s[^<>]*?\b(?:href|src)=["'](?P<html>[^"'<>]*)["']""",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """A part of a text, with its inside."""

    start: int
    end: int
    inner: int
    """The index at which the inside begins."""
    content: str


class LinkSpan(NamedTuple):
    """A link of a text."""

    start: int
    end: int
    words: str
    target_start: int
    target: str


def without_comments(text: str) -> str:
    """Remove comments, and keep their line ends."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*kept, text[at:]])


def code_spans(text: str) -> Iterator[Span]:
    """Yield every piece of code: the text between two equal runs of backticks."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    at = 0
    for start, end in runs:
        alike = by_length[end - start]
        following = bisect_right(alike, start)
        if start >= at and following < len(alike):
            close = alike[following]
            at = close + end - start
            yield Span(start, at, end, text[end:close])


def without_code(text: str, mark: str) -> str:
    """Put a mark in place of each piece of code, and keep its line ends."""
    kept, at = [], 0
    for span in code_spans(text):
        kept += [text[at : span.start], mark, "\n" * span.content.count("\n")]
        at = span.end
    return "".join([*kept, text[at:]])


def links(text: str) -> Iterator[LinkSpan]:
    """Yield every link, and text that would be a link if its address had no spaces. Skips links in links."""
    at = 0
    for link in sorted(_links(text)):
        if link.start >= at:
            at = link.end
            yield link


def addresses(text: str) -> Iterator[LinkSpan]:
    """Yield every address between angle brackets, and every address in the HTML of a link or picture."""
    for match in _ADDRESS.finditer(text):
        yield LinkSpan(
            match.start(), match.end(), match[0], match.start(match.lastgroup or 0), match[match.lastgroup or 0]
        )


def _links(text: str) -> Iterator[LinkSpan]:
    opened: list[int] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "[":
            opened.append(bracket.start())
        elif opened:
            start = opened.pop()
            target = _TARGET.match(text, bracket.end())
            if target:
                yield LinkSpan(start, target.end(), text[start + 1 : bracket.start()], target.start(1), target[1])
