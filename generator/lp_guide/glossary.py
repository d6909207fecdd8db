"""Explains the terms of a glossary page where another page first uses them, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from lp_guide.reference_urls import slug
from lp_guide.writer_mistakes import find

CLASS = "app-term"
_HEADING = re.compile(r'<h[2-4]\b[^>]*\sid="([^"]+)"[^>]*>(.*?)</h[2-4]>(?:\s*<p\b[^>]*>(.*?)</p>)?', re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>\s*<td\b[^>]*>(.*?)</td>\s*<td\b[^>]*>(.*?)</td>", re.DOTALL)
_MARK_UP = re.compile(r"<[^>]+>")
_SHORT_FORM = re.compile(r"(.+) \((\w+)\)")
_PROSE = re.compile(
    r'<(pre|dl|nav|form)\b.*?</\1>|(<p class="govuk-body">.*?</p>|<li>.*?</li>|<(td)\b.*?</td>)', re.DOTALL
)
"""What is passed over, or a paragraph, an item of a list, or a cell of a table."""
_SENTENCE = re.compile(r"[.?!](?:[\s<]|$)")
"""The end of a sentence. Cells without one hold names and numbers, in which no term is explained."""
_TAG = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
_TAKEN = re.compile(r"<(/?)(?:a|button|code|pre|summary)\b")
"""The beginning or the end of an element in which no term is explained."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a glossary page."""

    title: str
    text: Markup
    page: str
    """The address of the glossary page."""
    anchor: str
    """The place of the term on it."""

    @property
    def id(self) -> str:
        """The id of the explanation on a page."""
        return f"term-{slug(self.title)}"

    @property
    def names(self) -> tuple[str, ...]:
        """The forms of the term: `early career teacher` and `ECT`, or `school-led` and `provider-led`."""
        found = _SHORT_FORM.fullmatch(self.title)
        return found.groups() if found else tuple(self.title.split(" and "))


def terms(page: str, html: str, explained: Sequence[str]) -> list[Term]:
    """Return some terms of a glossary page. Raises Mistake for a term that the page does not have."""
    found = {term.title: term for term in _all_terms(page, html)}
    return [find(found, title, f"term on `{page}` called") for title in explained]


def _all_terms(page: str, html: str) -> Iterator[Term]:
    """Yield the headings with their first paragraphs, and the rows of tables with two columns."""
    headings = list(_HEADING.finditer(html))
    for heading in headings:
        if heading[3]:
            yield Term(_MARK_UP.sub("", heading[2]), Markup(heading[3]), page, heading[1])  # noqa: S704 - it is HTML
    for row in _ROW.finditer(html):
        above = [heading[1] for heading in headings if heading.start() < row.start()]
        title = _MARK_UP.sub("", row[1])
        yield Term(title, Markup(row[2]), page, above[-1] if above else "")  # noqa: S704 - it is HTML


def explain(html: str, known: Sequence[Term]) -> tuple[Markup, list[Term]]:
    """Make a button of the first use of each term in the prose of a page. Return the terms that it uses."""
    left = _named_in(html, known)
    used: list[Term] = []

    def in_prose(found: re.Match[str]) -> str:
        prose = found[2]
        if not prose or (found[3] and not _SENTENCE.search(prose)):
            return found[0]
        for term in _named_in(prose, left):
            prose, is_used = _first_use(prose, term)
            if is_used:
                used.append(term)
                left.remove(term)
        return prose

    return Markup(_PROSE.sub(in_prose, str(html))), used  # noqa: S704 - it is HTML


def _named_in(text: str, terms: Sequence[Term]) -> list[Term]:
    """Return the terms whose names occur in a text. A regular expression would take ten times as long to find none."""
    lowered = text.lower()
    return [term for term in terms if any(name in lowered for name in _lowered_names(term))]


@lru_cache(maxsize=256)
def _lowered_names(term: Term) -> Sequence[str]:
    return [name.lower() for name in term.names]


@lru_cache(maxsize=256)
def _pattern(term: Term) -> re.Pattern[str]:
    forms = (
        name if name[1:].upper() == name[1:] else f"[{name[0].upper()}{name[0].lower()}]{name[1:]}"
        for name in term.names
    )
    return re.compile(rf"(?<![\w[/#-])(?:{'|'.join(forms)})s?(?![\w-])")


def _first_use(prose: str, term: Term) -> tuple[str, bool]:
    pattern = _pattern(term)
    if not pattern.search(prose):
        return prose, False
    pieces, depth = _TAG.split(prose), 0
    for place, piece in enumerate(pieces):
        taken = _TAKEN.match(piece)
        if taken:
            depth += -1 if taken[1] else 1
        elif not depth and not piece.startswith("<") and pattern.search(piece):
            pieces[place] = pattern.sub(lambda found: _button(found[0], term), piece, count=1)
            return "".join(pieces), True
    return prose, False


def _button(words: str, term: Term) -> str:
    return f'<button type="button" class="{CLASS}" popovertarget="{escape(term.id)}">{words}</button>'
