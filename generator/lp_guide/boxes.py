"""Boxes around Markdown, as the Design System has them: from a line `::: warning` to a line `:::`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import escape
from mdit_py_plugins.container import container_plugin

CLASS = "app-box"
"""The class of details that a writer wrote, unlike those of templates."""
WARNING = "warning"
"""The name in the environment of a rendering for the word that screen readers say before a warning."""


@dataclass(frozen=True, slots=True)
class Box:
    """A kind of box: its HTML before and after the Markdown. `{words}` is replaced by the words after its name."""

    begin: str
    end: str
    has_words: bool = False


BOXES: Mapping[str, Box] = {
    "details": Box(
        f'<details class="govuk-details app-details {CLASS}"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{words}</span></summary><div class="govuk-details__text">\n',
        "</div></details>\n",
        has_words=True,
    ),
    "inset": Box('<div class="govuk-inset-text">\n', "</div>\n"),
    "warning": Box(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<div class="govuk-warning-text__text"><strong class="govuk-visually-hidden">{warning}</strong>\n',
        "</div></div>\n",
    ),
}


ALIKE: Mapping[str, str] = {
    **{name: name for name in BOXES},
    **dict.fromkeys(("aside", "callout", "hint", "info", "information", "note", "quote", "tip"), "inset"),
    **dict.fromkeys(("alert", "attention", "caution", "danger", "error", "important"), "warning"),
    **dict.fromkeys(("collapse", "collapsible", "expander", "faq", "summary", "toggle"), "details"),
}
"""The box for each name that writers know, from here and from other programs."""


def box_for(name: str) -> str:
    """Return the box that a writer means by a name; empty if that is not known."""
    return ALIKE.get(name.lower().removeprefix("end").strip("_- "), "")


def how_to_write(box: str) -> str:
    """Say how to write a box."""
    words = " What it is about" if BOXES[box].has_words else ""
    return f"Write a line `::: {box}{words}` before the text, and a line `:::` after it."


def add_boxes(markdown: MarkdownIt) -> MarkdownIt:
    """Make a parser of Markdown know the boxes."""
    for name, box in BOXES.items():
        markdown.use(container_plugin, name, render=_renderer(box))
    return markdown


def _renderer(box: Box) -> Callable[..., str]:
    def render(_: Any, tokens: Sequence[Token], index: int, __: Any, environment: Mapping[str, str]) -> str:
        if tokens[index].nesting != 1:
            return box.end
        words = tokens[index].info.strip().partition(" ")[2]
        return box.begin.format(words=escape(words), warning=environment.get(WARNING, ""))

    return render
