"""Where a contract is published: `x-published` in openapi.yaml.

An edition with several versions publishes one document for each. Without the word, one document with every path is
published under the prefix that all paths share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from lp_contract import parse_extensions
from lp_contract.parse_extensions import Placer
from lp_contract.yaml_source import mapping

WORD = "x-published"
YAML = "application/yaml; charset=utf-8"
JSON = "application/json; charset=utf-8"
FILES: Mapping[str, str] = {
    "openapi.yaml": YAML,
    "swagger.yaml": YAML,  # its name in the department's service
    "openapi.json": JSON,
}
"""The files that a contract is published in unless it names others."""
FLAT = "openapi.flat.yaml"
"""The file beside them for client generators; see `flat_document`."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One published document of a contract: the paths under a prefix, in the files of one folder."""

    paths: str
    """The prefix of the paths, without a slash at its end."""
    folder: str
    """The path of the folder, with a slash at its end and none before it."""
    files: Mapping[str, str] = field(default_factory=lambda: dict(FILES))
    """The Content-Type of each file by its name; JSON types are written as JSON, others as YAML."""
    info: Mapping[str, Any] = field(default_factory=dict)
    """What this document has in `info` in place of the contract's own words."""

    @property
    def flat_files(self) -> tuple[str, ...]:
        """The paths of the files for client generators. A document that is published in no file has none."""
        return (f"{self.folder}{FLAT}",) if self.files else ()

    @property
    def content_types(self) -> dict[str, str]:
        """The Content-Type of every file by its path."""
        return {f"{self.folder}{name}": kind for name, kind in self.files.items()} | dict.fromkeys(
            self.flat_files, YAML
        )

    def holds(self, path: str) -> bool:
        """Whether a path of the contract is in this document."""
        return path == self.paths or path.startswith(f"{self.paths}/")


def read(document: Mapping[str, Any], place: Placer) -> tuple[Publication, ...]:
    """Read `x-published`. Raises ContractError with every complaint about the first document that has any.

    `place` returns the file and line of a value in the contract.
    """
    given = document.get(WORD)
    if given is None:
        return usual(document)
    listed = given if isinstance(given, list) else [given]
    return tuple(parse_extensions.read(Publication, each, (WORD, index), place) for index, each in enumerate(listed))


def usual(document: Mapping[str, Any]) -> tuple[Publication, ...]:
    """Return the publication of a contract that does not say where it is published: one document with every path."""
    prefix = _shared_prefix(list(mapping(document.get("paths"))))
    return (Publication(prefix, f"{prefix.lstrip('/')}/".lstrip("/")),)


def _shared_prefix(paths: Sequence[str]) -> str:
    """Return the segments without parameters that all paths begin with."""
    columns = zip(*(path.split("/")[:-1] for path in paths), strict=False)
    shared = takewhile(lambda column: len(set(column)) == 1 and "{" not in column[0], columns)
    return "/".join(column[0] for column in shared)
