"""What the wheel holds beside the code: the built site to serve, and what writers write to build it from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "build/site"
EDITIONS = ("register", "released", "sandbox")
SOURCES = ("site.yaml", "anchors.lock", "content", "templates", "assets")


class SiteHook(BuildHookInterface):
    """Puts the site into the wheel, and leaves an editable install alone, which has the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files. Raises FileNotFoundError where the site has not been built."""
        if version == "editable":
            return
        if not Path(self.root, BUILT, "index.html").is_file():
            raise FileNotFoundError(f"{BUILT} is not there: the pages have not been built. Run `make wheel`.")
        build_data["force_include"][BUILT] = "lp_sandbox/site"
        build_data["force_include"] |= {f"site/{name}": f"lp_guide/site/{name}" for name in SOURCES}
        build_data["force_include"] |= {f"spec/{name}": f"lp_contract/editions/{name}" for name in EDITIONS}
