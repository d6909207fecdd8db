"""Fences, headings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lp_guide.lint.markdown_page import Finding, Guidance

_DELIMITERS = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?\s*+")
_ROW = re.compile(r"\s*\|.*\|\s*")
_CLOSE_HEADING = re.compile(r"^(#{2,6})([^#\s].*)$", re.MULTILINE)
_PIPE = re.compile(r"(?<!\\)\|")


def unclosed_fence(page: Guidance) -> Iterator[Finding]:
    """Every block of code ends."""
    for fence in page.fences:
        opening = re.compile(rf"\s{{0,3}}{re.escape(fence.marks)}[`~]*\s*[\w{{\[]")
        swallowed = any(opening.match(line) for line in fence.content.split("\n"))
        if not fence.is_closed or swallowed:
            late = next((n for n, line in enumerate(fence.content.split("\n"), 1) if fence.marks in line.strip()), 0)
            where = f" Line {fence.line + late} has the marks, but not on a line of their own." if late else ""
            message = "The block of code that begins here does not end before the next begins."
            if not fence.is_closed and not swallowed:
                message = "The block of code that begins here does not end."
            remedy = f"Close it with a line of {_named(fence.marks)}."
            yield Finding(fence.line, message + where * (not swallowed), remedy)
            return


def _named(marks: str) -> str:
    """Name the marks of a fence: three backquotes between backquotes would look like five."""
    return f"{len(marks)} {'backquotes' if marks[0] == '`' else 'tildes'}"


def fence_content(page: Guidance) -> Iterator[Finding]:
    """Content begins below the opening fence. On the same line, Markdown takes it for a language."""
    for fence in page.fences:
        if fence.lead:
            message = f"`{fence.lead}` is on the line of the opening fence, so the page does not show it."
            yield Finding(fence.line, message, "Move it to the line below the fence.")


def skipped_heading(page: Guidance) -> Iterator[Finding]:
    """Every heading is at most one level below the one before."""
    level, above = (1, "the title") if page.title else (6, "")
    for heading in page.headings:
        if heading.level > level + 1:
            message = f"`{heading.text}` is of level {heading.level}, and {above} before it of level {level}."
            yield Finding(heading.line, message, f"Write it with {'#' * (level + 1)}, or add a heading between them.")
        level, above = heading.level, f"`{heading.text}`"


def heading_without_space(page: Guidance) -> Iterator[Finding]:
    """Every heading has a space after its marks. Without it, Markdown takes it for a paragraph."""
    for words in page.prose:
        for match in _CLOSE_HEADING.finditer(words.text):
            message = f"`{match[0]}` is not a heading: there is no space after `{match[1]}`."
            yield Finding(words.line_at(match.start()), message, f"Write `{match[1]} {match[2]}`.")


def table_without_head(page: Guidance) -> Iterator[Finding]:
    """Every table has a line of dashes below its header row. Without it, Markdown takes it for a paragraph."""
    for words in page.prose:
        rows = words.text.split("\n")
        is_table = len(rows) > 1 and all(_ROW.fullmatch(row) for row in rows)
        if is_table and not any(_DELIMITERS.fullmatch(row) for row in rows):
            line = "|".join(["---"] * _cells(rows[0]))
            message = "This is not a table: there is no line of dashes below its header row."
            yield Finding(words.line, message, f"Write `|{line}|` below the names of the columns.")


def table_cells(page: Guidance) -> Iterator[Finding]:
    """Every row of a table has as many cells as its header row."""
    for start, end in _tables(page):
        expected = _cells(page.lines[start - 1])
        for number in (start + 1, *range(start + 2, end)):
            found = _cells(page.lines[number - 1])
            if found != expected:
                kind = "line below the header row" if number == start + 1 else "row"
                cells = f"{found} cell{'' if found == 1 else 's'}"
                message = f"The {kind} has {cells}, but the header row has {expected}."
                yield Finding(number, message, "Add or remove cells. Write `\\|` for a bar within a cell.")


def _tables(page: Guidance) -> Iterator[tuple[int, int]]:
    """Yield the first line of every table, and the line after its last."""
    for token in page.tokens:
        if token.map and token.type == "table_open":
            yield token.map[0] + 1, token.map[1] + 1
        elif token.map and token.type == "paragraph_open":
            yield from _broken_tables(page, token.map[0] + 1, token.map[1] + 1)


def _broken_tables(page: Guidance, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what would be a table if the line below its header row had the right number of cells."""
    for number in range(start + 1, end):
        head, line = page.lines[number - 2], page.lines[number - 1]
        if "|" in line and "|" in head and _DELIMITERS.fullmatch(line):
            yield number - 1, end
            return


def _cells(line: str) -> int:
    """Count the cells of a row."""
    row = re.sub(r"\{\{.*?\}\}", "", line).strip(" \t>")
    row = row.removeprefix("|")
    return len(_PIPE.split(re.sub(r"(?<!\\)\|$", "", row)))
