"""The files for other tools that a site has for each edition, in addition to the published documents."""

from __future__ import annotations

from collections.abc import Mapping

FOLDER = "downloads"
POSTMAN, BRUNO, ARAZZO = "postman_collection.json", "bruno.zip", "arazzo.yaml"
SCHEMATHESIS = "schemathesis.toml"
DOWNLOADS: Mapping[str, str] = {
    POSTMAN: "postman",
    BRUNO: "bruno",
    ARAZZO: "arazzo",
    SCHEMATHESIS: "schemathesis",
}
"""The kinds of files, each with the name of the template text that explains it."""


def path(edition: str, kind: str) -> str:
    """Return the path of the file of a kind for an edition."""
    return f"{FOLDER}/{edition}.{kind}"
