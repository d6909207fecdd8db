"""The APIs of several editions on one server: which of them answers a request."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from lp_contract.contract import Contract
from lp_sandbox.request.refusals import Refusal
from lp_sandbox.request.remembered_answers import RememberedAnswers
from lp_sandbox.request.request_and_answer import Answer, Request, answer_of
from lp_sandbox.request.request_steps import Api, WorldHasChanged
from lp_sandbox.worlds.clock import real_second
from lp_sandbox.worlds.world_lifecycle import Opened, Worlds


class Apis:
    """Answers each request as the API of one edition, because editions share paths."""

    def __init__(
        self, apis: Mapping[str, Api], contracts: Mapping[str, Contract], worlds: Worlds, remembered: RememberedAnswers
    ) -> None:
        """Take the API and the contract of each edition by its name, the first edition first."""
        self._apis, self._worlds, self._first = apis, worlds, next(iter(apis))
        self._remembered = remembered
        segments = {name: _literal_segments(contract) for name, contract in contracts.items()}
        self._own_segments = {
            name: own.difference(*(others for other, others in segments.items() if other != name))
            for name, own in segments.items()
        }

    def answer(self, request: Request) -> Answer:
        """Answer a request as its edition does. Raises Refusal."""
        return self._answer_again(request) if request.is_repeated else self._answer(request)

    def _answer_again(self, request: Request) -> Answer:
        """Answer a request as a moment ago if nothing has changed since. To look for that takes others too long."""
        identity, second = request.identity(), real_second()
        answer = self._remembered.find(identity, second)
        if answer is not None:
            self._apis[answer.edition].count(request)
            return answer
        try:
            answer = self._answer(request)
        except Refusal as refused:
            if not refused.world:  # it may be one request too many, which a later second allows
                raise
            answer = answer_of(refused)
        else:
            if request.method != "GET" or not answer.edition:
                return answer
        self._remembered.put(identity, second, answer)
        return answer

    def _answer(self, request: Request) -> Answer:
        """Answer a request as its edition does. Raises Refusal."""
        api = self._api_for(request, self._known_by(request))
        try:
            return api.answer(request)
        except WorldHasChanged:
            pass
        except Refusal as refused:
            if refused.world or self._api_now(request) is api:
                raise
        return self._api_now(request).answer(request)

    def answer_uncounted(self, request: Request) -> Answer:
        """Answer a request as its edition does, without counting it for the rate limit. Raises Refusal."""
        return self._api_now(request).answer_uncounted(request)

    def _api_now(self, request: Request) -> Api:
        return self._api_for(request, self.opened_by(request))

    def _api_for(self, request: Request, opened: Opened | None) -> Api:
        """Return the API of a request's edition, and seed the world if that was not used before."""
        if opened is None:
            return self._apis[self.edition_of_path(request.path)]
        self._worlds.seeded(opened[0])
        return self._apis[opened[0].edition]

    def edition_of(self, request: Request) -> str:
        """Name the edition whose world the token of a request opens, or else the edition of its path."""
        opened = self._known_by(request)
        return opened[0].edition if opened else self.edition_of_path(request.path)

    def opened_by(self, request: Request) -> Opened | None:
        """Return the world that the token of a request opens, and the token; None where it opens none."""
        for api in self._apis.values():
            opened = self._worlds.opened_by(api.token_of(request))
            if opened:
                return opened
        return None

    def _known_by(self, request: Request) -> Opened | None:
        """Return what `opened_by` does, without checking in the store whether the world of a known token has changed.

        The API reads the store in its transaction, where the result stays true.
        """
        for api in self._apis.values():
            known = self._worlds.known(api.token_of(request))
            if known:
                return known
        return self.opened_by(request)

    def edition_of_path(self, path: str) -> str:
        """Name the edition that has a segment of a path which no other edition has, or else the first edition."""
        segments = set(path.split("/"))
        return next((name for name, own in self._own_segments.items() if own & segments), self._first)


def _literal_segments(contract: Contract) -> frozenset[str]:
    paths = [operation.path for operation in contract.operations.values()]
    paths += [publication.paths for publication in contract.publications]
    segments = chain.from_iterable(path.split("/") for path in paths)
    return frozenset(segment for segment in segments if not segment.startswith("{"))
