"""The Jinja in the Markdown of pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from lp_guide.template_errors import blamed

_JINJA = ("{{", "{%", "{*")
MANY = 1000
"""The number of compiled texts that are kept before all are dropped: `watch` compiles a text for every save."""


class ContentTemplates:
    """Compiles and renders pages as templates."""

    def __init__(self, undefined: type[jinja2.Undefined] = jinja2.StrictUndefined) -> None:
        """Take the class for undefined variables: by default they are an error."""
        self._environment = jinja2.Environment(
            undefined=undefined,
            autoescape=False,  # noqa: S701 - Markdown
            comment_start_string="{*",  # because `{#name}` names a heading
            comment_end_string="*}",
        )
        self._compiled: dict[tuple[str, str], jinja2.Template] = {}

    def fill(self, text: str, file: Path, helpers: Mapping[str, Any], skip: int = 0) -> str:
        """Render a text that begins after `skip` lines of a file. Raises ContractError with the line of a mistake."""
        if not any(mark in text for mark in _JINJA):
            return text
        with blamed(file, skip, helpers):
            return self._template(text, str(file)).render(helpers)

    def _template(self, text: str, file: str) -> jinja2.Template:
        """Compile a text once: many pages can have the same text, and so can the next build."""
        if (text, file) not in self._compiled:
            if len(self._compiled) == MANY:
                self._compiled.clear()
            code = self._environment.compile(text, file, file)
            made = jinja2.Template.from_code(self._environment, code, self._environment.make_globals({}))
            self._compiled[text, file] = made
        return self._compiled[text, file]
