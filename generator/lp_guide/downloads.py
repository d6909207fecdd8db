"""The files for other tools that a site has for each edition, beside the published documents."""

from __future__ import annotations

from collections.abc import Mapping

FOLDER = "downloads"
POSTMAN, BRUNO, ARAZZO = "postman_collection.json", "bruno.zip", "arazzo.yaml"
SCHEMATHESIS = "schemathesis.toml"
DOWNLOADS: Mapping[str, str] = {
    POSTMAN: "The requests of the guidance as a Postman collection",
    BRUNO: "The same requests as a Bruno collection",
    ARAZZO: "The same requests as workflows in Arazzo, for Redocly and others",
    SCHEMATHESIS: "Settings for contract tests with Schemathesis",
}
"""The use of each kind of file."""


def path(edition: str, kind: str) -> str:
    """Return the path of the file of a kind for an edition."""
    return f"{FOLDER}/{edition}.{kind}"
