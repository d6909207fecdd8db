"""Adds to the wheel what is not code: the contract, the sources of the guidance, and its pages where they are built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = "build/site"
CONTRACTS = "spec"
RELEASED = "released"
"""The folder of the contracts of released versions."""
SITE_SOURCES = ("site.yaml", "anchors.lock", "side-by-side.yaml", "content", "templates", "assets")


class SiteHook(BuildHookInterface):
    """Adds the files to a wheel. An editable install reads them from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files and their places in the wheel.

        A checkout can be installed before its pages are built. Its wheel then has none, and the sandbox says so.
        """
        if version == "editable":
            return
        included = build_data["force_include"]
        included |= {f"site/{name}": f"lp_guide/site/{name}" for name in SITE_SOURCES}
        contracts = sorted(file.parent.name for file in Path(self.root, CONTRACTS).glob("*/openapi.yaml"))
        included |= {f"{CONTRACTS}/{name}": f"lp_contract/editions/{name}" for name in (*contracts, RELEASED)}
        if Path(self.root, PAGES, "index.html").is_file():
            included[PAGES] = "lp_sandbox/site"
