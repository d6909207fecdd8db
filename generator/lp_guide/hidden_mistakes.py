"""Finds the mistakes on a page that another mistake hides, because rendering stops at the first.

A removed operation can leave a page with a request, a table and links that no longer work: the writer sees all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

import jinja2

from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide.jinja_in_markdown import ContentTemplates
from lp_guide.markdown import Markdown
from lp_guide.pages import Page
from lp_guide.recorded_answers import Block
from lp_guide.request_options import claims
from lp_guide.writer_mistakes import Blame, Mistake

_CONTENT = ContentTemplates(undefined=jinja2.ChainableUndefined)
"""Renders what an answer would have filled in as nothing."""


def blame(page: Page, complaints: list[Complaint]) -> Blame:
    """Return a function that adds the mistakes on a page to complaints."""

    def add(mistake: Mistake, words: str, line: int = 0) -> None:
        place = Place(page.file, line) if line else page.place_of(words) or Place(page.file, 1)
        complaints.extend(mistake.at(place).complaints)

    return add


def hidden_mistakes(
    page: Page,
    text: str,
    markdown: Markdown,
    views: Mapping[str, Callable[..., Any]],
    helpers: Mapping[str, Any],
) -> list[Complaint]:
    """Return the mistakes in the links of a page, and in its calls of views.

    `text` calls `_run` in place of each request. No request is sent.
    """
    found: list[Complaint] = []
    markdown.render(text, blame(page, found))
    known = {
        **helpers,
        **{name: partial(_tried, page, found, view) for name, view in views.items()},
        **page.values,
        "_run": _nothing,
    }
    with suppress(ContractError):
        _CONTENT.fill(text, page.file, known)
    return found


def mistakes_in_options(page: Page, requests: Iterable[Block]) -> Iterator[Complaint]:
    """Yield the mistakes in the words after ```http, of every request on a page."""
    for block in requests:
        try:
            claims(block.info)
        except Mistake as mistake:
            yield from mistake.at(Place(page.file, block.line)).complaints


def _nothing(_: int) -> str:
    return ""


def _tried(page: Page, found: list[Complaint], view: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    if any(isinstance(each, jinja2.Undefined) for each in (*arguments, *named.values())):
        return ""
    try:
        view(*arguments, **named)
    except Mistake as mistake:
        found += mistake.at(Place(page.file, _line_of_call(str(page.file)))).complaints
    return ""


def _line_of_call(file: str) -> int:
    """Return the line of a template that calls this function. Jinja compiles templates to Python with other lines."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - `inspect.stack` reads the source of every frame
    while frame and frame.f_code.co_filename != file:
        frame = frame.f_back
    return int(frame.f_globals["__jinja_template__"].get_corresponding_lineno(frame.f_lineno)) if frame else 1
