"""Views of the files for other tools: documents for client generators, collections of requests, and settings."""

from __future__ import annotations

from collections.abc import Iterator

from lp_contract.contract import Contract
from lp_guide.downloads import DOWNLOADS, path
from lp_guide.views.view_types import Contracts, Known


def download_list(contracts: Contracts) -> Known:
    """List the documents, collections and settings of each edition of the page."""
    apis = [contract for contract in contracts if not contract.is_controls]
    return {"editions": [(contract, [*_rows(contract)]) for contract in apis]}


def _rows(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Yield the path of every file, the name of the text for its use, and the version of the API that it is about."""
    for publication in sorted(contract.publications, key=lambda each: each.paths):
        version = publication.paths.rpartition("/")[2]
        for name in publication.files:
            yield f"{publication.folder}{name}", "document", version
        for flat in publication.flat_files:
            yield flat, "flat_document", version
    for kind, use in DOWNLOADS.items():
        yield path(contract.edition, kind), use, ""
