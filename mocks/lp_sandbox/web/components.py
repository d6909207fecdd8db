"""The Design System's macros, for templates that are filled in for each request."""

from __future__ import annotations

from typing import Any

import jinja2


class Components:
    """The macros of a library, by the name of the component as Python would write it: `components.error_summary`."""

    def __init__(self) -> None:
        """Give them an environment of their own, because they count on what is undefined being empty."""
        self._environment = jinja2.Environment(
            loader=jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}),
            undefined=jinja2.ChainableUndefined,
            autoescape=True,
            auto_reload=False,
        )
        self._macros: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Return the macro of a component. It is compiled when it is first used."""
        if name not in self._macros:
            file = f"govuk_frontend_jinja/components/{name.replace('_', '-')}/macro.html"
            macro = "govuk" + "".join(word.title() for word in name.split("_"))
            self._macros[name] = getattr(self._environment.get_template(file).module, macro)
        return self._macros[name]
