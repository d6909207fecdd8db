"""Every statement of DfE's three documents on ECF, the seeds 001 to 003, is on a page in words of our own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from site_helpers import whole_site

CASES = sorted((Path(__file__).parent / "cases" / "seed-statements").glob("*.yaml"))
KEYS = {"says", "at", "shows"}
_HEADING = re.compile(r"<h([1-6])\b[^>]*>")
_ANCHOR = re.compile(r"""\bid="([^"]+)\"""")
_TAG = re.compile(r"<[^>]+>")
LOWEST = 6
"""The level of a section that no heading begins, such as a row of a table: the next heading of any level ends it."""


def statements(file: Path) -> list[Mapping[str, str]]:
    read: list[Mapping[str, str]] = yaml.load(file.read_text(), yaml.CSafeLoader)
    return read


def letters(markup: str) -> str:
    """Return the text of markup without its spaces, which differ between tags inside and around a sentence."""
    return "".join(html.unescape(_TAG.sub("", markup)).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def section(page: str, anchor: str) -> str:
    """Return the markup of a section, from its anchor to the next heading of its level or above."""
    start = next((found.start() for found in _ANCHOR.finditer(page) if found[1] == anchor), None)
    if start is None:
        return ""
    begin = page.rindex("<", 0, start)
    heading = _HEADING.match(page, begin)
    level = int(heading[1]) if heading else LOWEST
    ends = (found.start() for found in _HEADING.finditer(page, start) if int(found[1]) <= level)
    return page[begin : next(ends, len(page))]


@cache
def page(url: str) -> str:
    """Return what a page says under its title, without the menu and the foot."""
    text = whole_site().get(f"{url.removeprefix('/')}index.html", b"").decode()
    return text.partition("<main")[2].partition("</main>")[0]


@cache
def place(at: str) -> str:
    """Return the text at an address: that of a section where it has an anchor, else of the page."""
    url, _, anchor = at.partition("#")
    return letters(section(page(url), anchor) if anchor else page(url))


def missing(file: Path) -> Iterator[str]:
    for statement in statements(file):
        found = place(statement["at"])
        if not found:
            yield f"{statement['at']} does not exist: {statement['says']}"
        elif letters(statement["shows"]) not in found:
            yield f"{statement['at']} does not show {statement['shows']!r}: {statement['says']}"


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_each_statement_of_a_seed_is_on_its_page(file: Path):
    assert list(missing(file)) == []


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_each_entry_has_a_statement_of_its_own_an_address_and_words(file: Path):
    entries = statements(file)
    assert entries
    for entry in entries:
        assert entry.keys() == KEYS
        assert all(isinstance(value, str) and value.strip() for value in entry.values()), entry
    assert len({entry["says"] for entry in entries}) == len(entries)


def test_a_section_ends_at_the_next_heading_of_its_level():
    text = '<h2 id="a">A</h2>One<h3 id="b">B</h3>Two<h2 id="c">C</h2>Three<table><tr id="r"><td>Row</td></tr></table>'
    assert letters(section(text, "a")) == "AOneBTwo"
    assert letters(section(text, "b")) == "BTwo"
    assert letters(section(text, "c")) == "CThreeRow"
    assert letters(section(text, "r")) == "Row"
    assert section(text, "d") == ""


def test_a_statement_that_no_page_makes_is_reported(tmp_path: Path):
    file = tmp_path / "seed.yaml"
    statement = {"says": "A statement.", "at": "/ecf/guidance/overview/#steps", "shows": "the moon is made of cheese"}
    file.write_text(yaml.safe_dump([statement, {**statement, "at": "/ecf/guidance/nowhere/"}]))
    lost, nowhere = missing(file)
    assert "does not show 'the moon is made of cheese'" in lost
    assert "/ecf/guidance/nowhere/ does not exist" in nowhere
