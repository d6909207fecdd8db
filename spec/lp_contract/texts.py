"""The fixed words of templates in one language: groups of texts, with placeholders for what a template fills in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup, escape

OTHER = "other"
"""The form of a text for all numbers that have no form of their own."""
Forms = Mapping[str | int, str]


class Text(Markup):
    """A text. A call fills in the placeholders: `texts.page.search_in(where=…)`."""

    __slots__ = ()

    def __call__(self, **values: Any) -> Markup:
        """Return the text with a value for each placeholder."""
        return self.format(**values)


class CountedText:
    """A text with several forms, of which `number` chooses one."""

    def __init__(self, forms: Forms) -> None:
        """Take the form for each number that has its own, and OTHER."""
        self._forms = {str(number): _text(form) for number, form in forms.items()}

    def __call__(self, *, number: int, **values: Any) -> Markup:
        """Return the form for a number, with a value for each placeholder."""
        return self._forms.get(str(number), self._forms[OTHER])(number=number, **values)


def texts(groups: Mapping[str, Mapping[str, str | Forms]]) -> SimpleNamespace:
    """Return groups of texts for templates, which write `texts.GROUP.NAME`."""
    return SimpleNamespace(
        **{
            group: SimpleNamespace(**{str(name): _parsed(text) for name, text in named.items()})
            for group, named in groups.items()
        }
    )


def written_day(known: SimpleNamespace, day: str) -> Markup:
    """Write a day, such as `2026-11-22`, in the words of a language."""
    found = date.fromisoformat(day)
    words: Markup = known.date.day(day=found.day, month=month_name(known, found.month), year=found.year)
    return words


def month_name(known: SimpleNamespace, month: int) -> Markup:
    """Return the name of a month in a language."""
    name: Markup = getattr(known.month, str(month))
    return name


def _parsed(text: str | Forms) -> Text | CountedText:
    return _text(text) if isinstance(text, str) else CountedText(text)


def _text(words: str) -> Text:
    return Text(escape(words))
