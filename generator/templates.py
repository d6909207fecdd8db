"""The templates in site/templates/, and the Design System's macros that they call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Any

import jinja2
from markupsafe import Markup, escape

from generator import addresses
from generator.bytecode import Bytecode
from generator.exchanges import MORE, Response, note, printed
from generator.markdown import Markdown, coloured
from generator.snippets import snippets
from spec.contract import Contract, Rule

_HOLE = Markup('<var class="app-hole">{}</var>')
_MORE_TOKEN = re.compile(rf'<span[^>]*>"{MORE}"</span>')


class Components:
    """The Design System's macros: `govuk.tag({...})`."""

    def __init__(self, kept: Bytecode) -> None:
        """Give them an environment of their own, because they count on what is undefined being empty."""
        package = jinja2.PackageLoader("govuk_frontend_jinja")
        self._environment = jinja2.Environment(
            loader=jinja2.PrefixLoader({"govuk_frontend_jinja": package}),
            undefined=jinja2.ChainableUndefined,
            bytecode_cache=kept,
            autoescape=True,
            auto_reload=False,
        )
        self._macros: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Return the macro of a component, named as Python would: `generic_header`."""
        if name not in self._macros:
            file = f"govuk_frontend_jinja/components/{name.replace('_', '-')}/macro.html"
            macro = "govuk" + "".join(word.title() for word in name.split("_"))
            self._macros[name] = getattr(self._environment.get_template(file).module, macro)
        return self._macros[name]


def environment(folder: Path, markdown: Markdown) -> jinja2.Environment:
    """Return what renders the templates in a folder."""
    kept = Bytecode(folder)
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        bytecode_cache=kept,
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "md": markdown.inline,
        "paragraphs": markdown.render,
        "coloured": coloured,
        "answer": _answer,
        "message": _message,
        "day": _day,
        "snippets": snippets,
    }
    made.globals |= {
        "govuk": Components(kept),
        "deep_link": addresses.deep_link,
        "path_deep_link": addresses.path_deep_link,
        "slug": addresses.slug,
    }
    return made


def about(contracts: Sequence[Contract]) -> dict[str, Any]:
    """Return what a template knows of the contracts, the first of which its page is about."""
    schemes = {name: partial(give, contracts) for name, give in addresses.SCHEMES.items()}
    return {"contract": contracts[0], "address": schemes | {"tag": partial(addresses.tag, contracts[0])}}


def _message(rule: Rule) -> Markup:
    """Show what a client is told, and mark in it what is another thing in another request."""
    if not rule.shows:
        return escape(rule.message)
    parts = [(text, rule.shows[name] if name else "") for text, name, _, _ in Formatter().parse(rule.detail)]
    return Markup("").join(escape(text) + (_HOLE.format(shown) if shown else "") for text, shown in parts)


def _day(iso: str) -> str:
    """Write a day as people do: 22 November 2026."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def _answer(response: Response) -> Markup:
    """Show the body of an answer, with a word for the items that are left out."""
    if response.body is None or isinstance(response.body, str):
        return escape(printed(response))
    left_out = f'<span class="app-more">{note(response)}</span>'
    return Markup(_MORE_TOKEN.sub(left_out, coloured(printed(response), "json")))  # noqa: S704 - both are HTML
