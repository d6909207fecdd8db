"""Adds to the wheel what is not code, and makes the README fit for an index of packages.

Not code are the contract, the sources of the guidance, and its pages where they are built.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PAGES = "build/site"
CONTRACTS = "spec"
RELEASED = "released"
"""The folder of the contracts of released versions."""
SITE_SOURCES = ("site.yaml", "anchors.lock", "side-by-side.yaml", "content", "templates", "texts", "assets")

LINK = re.compile(r"(?P<is_picture>!?)\[(?P<text>[^]]*)\]\((?P<file>(?!https?:|#)[^)]+)\)")
"""A link in the README to a file of the repository."""


def readme_on_index(text: str, repository: str) -> str:
    """Return the README with absolute links, or with no links to files where the repository has no address."""

    def absolute(link: re.Match[str]) -> str:
        if not repository:
            return "" if link["is_picture"] else link["text"]
        kind = "raw" if link["is_picture"] else "blob"
        return f"{link['is_picture']}[{link['text']}]({repository}/{kind}/main/{link['file']})"

    return LINK.sub(absolute, text)


class MetadataHook(MetadataHookInterface):
    """Describes the project for an index of packages."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README and the addresses, for which pyproject.toml names the repository."""
        repository = self.config.get("repository", "")
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": readme_on_index(text, repository)}
        changelog = f"{repository}/blob/main/CHANGELOG.md"
        metadata["urls"] = {"Source": repository, "Changelog": changelog} if repository else {}


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
