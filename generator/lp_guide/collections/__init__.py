"""The requests of pages as collections for other tools: Postman, Bruno and Arazzo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from lp_contract.contract import Contract
from lp_contract.published_document import to_yaml, usual_address
from lp_guide.collections import arazzo, bruno, postman, schemathesis_settings
from lp_guide.collections.journeys import CollectedPage, journey
from lp_guide.downloads import ARAZZO, BRUNO, POSTMAN, SCHEMATHESIS, path
from lp_guide.navigation import Group
from lp_guide.recorded_answers import Answered


class Collections:
    """The collections of each edition. They are made again only when the requests of its pages have changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Sequence[CollectedPage], Mapping[str, bytes]]] = {}

    def files(self, contracts: Sequence[Contract], pages: Sequence[CollectedPage]) -> Mapping[str, bytes]:
        """Return the collections of an edition by their paths. `contracts` are those of its API and of its controls."""
        edition = contracts[0].edition
        before, _ = self._made.get(edition, (None, None))
        if before != pages:
            self._made[edition] = pages, _files(contracts, pages)
        return self._made[edition][1]


def collected_pages(groups: Iterable[Group], answered: Mapping[str, tuple[Answered, ...]]) -> Sequence[CollectedPage]:
    """Return the pages about one edition that have requests. `answered` has the requests by the address of a page."""
    return [
        CollectedPage(page.title, page.url, page.description, group.title, answered[page.url])
        for group in groups
        for page in group.pages
        if answered.get(page.url) and len(page.editions) == 1
    ]


def _files(contracts: Sequence[Contract], pages: Sequence[CollectedPage]) -> Mapping[str, bytes]:
    api, *_ = contracts
    name, address = f"{api.document['info']['summary']}: the requests of the guidance", usual_address(api)
    journeys = [journey(each, contracts) for each in pages]
    made = {
        POSTMAN: _json(postman.collection(name, journeys, address)),
        BRUNO: bruno.archive(name, journeys, address),
        ARAZZO: to_yaml(arazzo.document(name, journeys, contracts)).encode(),
        SCHEMATHESIS: schemathesis_settings.text(api).encode(),
    }
    return {path(api.edition, kind): content for kind, content in made.items()}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
