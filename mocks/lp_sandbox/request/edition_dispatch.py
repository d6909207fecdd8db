"""The APIs of several editions on one server: which of them answers a request."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from lp_contract.contract import Contract
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.request_steps import Api


class Apis:
    """Answers each request as the API of one edition, because editions share paths."""

    def __init__(self, apis: Mapping[str, Api], contracts: Mapping[str, Contract]) -> None:
        """Take the API and the contract of each edition by its name, the first edition first."""
        self._apis, self._first = apis, next(iter(apis))
        segments = {name: _literal_segments(contract) for name, contract in contracts.items()}
        self._own_segments = {
            name: own.difference(*(others for other, others in segments.items() if other != name))
            for name, own in segments.items()
        }
        if len(apis) == 1:
            self.answer = apis[self._first].answer  # type: ignore[method-assign] # spares every request a lookup

    def answer(self, request: Request) -> Answer:
        """Answer a request as the edition whose world its token opens, or else as the edition that its path names.

        Raises Refusal.
        """
        opened = next(filter(None, (api.opened_by(request) for api in self._apis.values())), None)
        edition = opened[0].edition if opened else self.edition_of_path(request.path)
        return self._apis[edition].answer(request)

    def edition_of_path(self, path: str) -> str:
        """Name the edition that has a segment of a path which no other edition has, or else the first edition."""
        segments = set(path.split("/"))
        return next((name for name, own in self._own_segments.items() if own & segments), self._first)


def _literal_segments(contract: Contract) -> frozenset[str]:
    paths = (operation.path.split("/") for operation in contract.operations.values())
    return frozenset(segment for segment in chain.from_iterable(paths) if not segment.startswith("{"))
