"""The templates that the sandbox fills in for each request, which are in the built site."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lp_contract.file_reading import visible
from lp_guide.navigation import Navigation
from lp_guide.rendered_views import ViewRenderer

SERVED = "served"
"""The folder of the templates."""


class ServedTemplates:
    """The templates and their layouts. A template is checked again only when it has changed."""

    def __init__(
        self,
        folder: Path,
        views: Mapping[str, ViewRenderer],
        layouts: Mapping[str, Mapping[str, str]],
        texts: Mapping[str, Any],
    ) -> None:
        """Take the folder of all templates, the views of each edition, the layouts of the settings, and the texts."""
        self._folder, self._views, self._layouts = folder / SERVED, views, layouts
        self._texts = json.dumps(texts, ensure_ascii=False).encode()
        self._checked: dict[str, bytes] = {}

    def files(self, navigation: Navigation) -> Iterator[tuple[str, bytes]]:
        """Yield the names and contents of the files. Raises ContractError for a template that cannot be read."""
        yield f".{SERVED}/texts.json", self._texts
        for file in visible(self._folder, "**/*.jinja"):
            name, data = file.relative_to(self._folder).as_posix(), file.read_bytes()
            self._check(name, data)
            yield f".{SERVED}/{name}", data
        for name, layout in self._layouts.items():
            if layout["edition"] in self._views:
                html = self._views[layout["edition"]].layout(layout["template"], {"navigation": navigation})
                yield f".{SERVED}/{name}", html.encode()

    def _check(self, name: str, data: bytes) -> None:
        if self._checked.get(name) != data:
            views = next(iter(self._views.values()))
            views.check_served(f"{SERVED}/{name}")
            self._checked[name] = data
