"""The sandbox as an ASGI application."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import chain
from pathlib import Path

from lp_contract import SPEC, published_document
from lp_sandbox.controls import PREFIX, Controls
from lp_sandbox.editions import draft_edition
from lp_sandbox.request.edition import Difference, Edition, ServiceEdges
from lp_sandbox.request.edition_dispatch import Apis
from lp_sandbox.request.rate_limit import RateLimit
from lp_sandbox.request.refusals import Refusal, refusal
from lp_sandbox.request.remembered_answers import RememberedAnswers
from lp_sandbox.request.request_and_answer import LARGEST_BODY, LARGEST_UPLOAD, Answer, Request, answer_of
from lp_sandbox.request.request_steps import Api
from lp_sandbox.request.routes import plain
from lp_sandbox.web import asgi
from lp_sandbox.web.coalescing import Coalescing
from lp_sandbox.web.group_commits import GroupCommits
from lp_sandbox.web.hosts import NOWHERE, Address
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.web.pages import Fragment, Pages, SlotFiller, packed
from lp_sandbox.web.published_contracts import Publication
from lp_sandbox.web.responder import Responder
from lp_sandbox.web.served_address import served_address
from lp_sandbox.web.site_search import INDEX, search
from lp_sandbox.web.try_forms import TryForm, TryForms
from lp_sandbox.worlds.clock import real_time, shown, stamp
from lp_sandbox.worlds.records import Record, Token, World
from lp_sandbox.worlds.store import Layout, Store, Unavailable
from lp_sandbox.worlds.store.connection import MEMORY
from lp_sandbox.worlds.store.sqlite import SqliteStore
from lp_sandbox.worlds.world_lifecycle import Worlds
from lp_sandbox.worlds.world_limits import WorldLimits

log = logging.getLogger("lp-sandbox")


class App:
    """One edition or several, their worlds, the controls and the pages."""

    def __init__(
        self,
        editions: Sequence[Edition],
        store: Store,
        *,
        site: Path | None = None,
        key: str | None = None,
        address: Address = NOWHERE,
        rate_limit: bool = False,
        limits: WorldLimits | None = None,
        logs_requests: bool = False,
        is_strict: bool = False,
        without: Collection[str] = (),
    ) -> None:
        """Take the editions: the first one answers what belongs to no other.

        `site` is the folder of the built pages, `key` opens the controls to other machines, `address` is where the
        sandbox listens, `logs_requests` logs a line for each request over HTTP, a strict sandbox refuses names that it
        does not know, and `without` names rules that are not checked.
        """
        self.editions = {edition.contract.edition: edition for edition in editions}
        self.differences: Sequence[Difference] = ()
        self.edition, self.worlds = editions[0], Worlds(store, [edition.template for edition in editions], limits)
        contracts = {name: edition.contract for name, edition in self.editions.items()}
        apis = {
            name: Api(
                edition,
                store,
                self.worlds,
                rate_limit=_rate_limit_of(edition) if rate_limit else None,
                is_strict=is_strict,
                without=without,
            )
            for name, edition in self.editions.items()
        }
        self._apis = Apis(apis, contracts, self.worlds, RememberedAnswers(store))
        self._address, self.metrics = address, Metrics()
        self._controls = Controls(
            editions, store, self.worlds, self.metrics, key=key, address=address, is_strict=is_strict, without=without
        )
        self._publications = [Publication(contract) for contract in contracts.values()]
        published_documents = [each for contract in contracts.values() for each in contract.publications]
        self._prefixes = tuple(each.paths for each in published_documents)
        self._files = frozenset(path for each in self._publications for path in each.paths)
        self._pages = Pages(site, self._fillers(site, is_key_needed=key is not None), published_documents)
        controls = self._controls
        pass_for_key = controls.pass_for_key if key is not None else None
        edges = ServiceEdges(store, self.worlds, site, self._answer_service, controls.is_open_to_browser, pass_for_key)
        self._services = [edition.service(edges) for edition in editions if edition.service]
        operations = {name: contract.operations.values() for name, contract in contracts.items()}
        group_commits = GroupCommits(store, self.answer, self._failure)
        coalescing = Coalescing(operations, self._edition_name_of, group_commits.respond)
        self.responder = Responder(
            coalescing.respond, self.metrics, self._largest_body, origins=address.origins, logs_requests=logs_requests
        )

    def answer(self, request: Request) -> Answer:
        """Answer any request: an exception becomes a 500 with an id that the log has too."""
        try:
            self._check_host(request)
            return self._part(request.path)(request)
        except Refusal as refused:
            return answer_of(refused)
        except Exception as failure:  # noqa: BLE001 - the log has it
            return self._failure(request, failure)

    def _failure(self, request: Request, failure: Exception) -> Answer:
        """Answer a request that failed for no fault of the client."""
        if isinstance(failure, Unavailable):
            return self._unavailable(request, failure)
        fault = request.id or uuid.uuid4().hex
        trace = None if self.differences else failure  # if the contract differs from the code, faults are expected
        log.error("fault %s at %s %r", fault, request.method, request.path, exc_info=trace)
        problem = self._edition_of(request).contract.problems["fault"]
        reason = f"The log of the sandbox has the cause under the id {fault}."
        return self._failed(request, problem.status, reason) or answer_of(refusal(problem, id=fault))

    def _unavailable(self, request: Request, trouble: Unavailable) -> Answer:
        """Answer a request for which the store could not be used."""
        log.error("%s %r was refused: %s", request.method, request.path, trouble)
        edition = self._edition_of(request)
        contract = edition.controls if request.path.startswith(PREFIX) else edition.contract
        problem = contract.problems["store_is_usable"]
        return self._failed(request, problem.status, problem.detail) or answer_of(refusal(problem))

    def _edition_of(self, request: Request) -> Edition:
        """Return the edition to which a path belongs, without a look into the store."""
        return self.editions[self._apis.edition_of_path(request.path)]

    def _edition_name_of(self, request: Request) -> str:
        """Name the edition of a request: that of its path if the store fails, which the answer to it will say."""
        try:
            return self._apis.edition_of(request)
        except Unavailable:
            return self._apis.edition_of_path(request.path)

    def _check_host(self, request: Request) -> None:
        """Raise the refusal of a request whose Host is not one of the sandbox's names."""
        try:
            is_known = self._address.is_named_by(request)
        except ValueError:
            raise refusal(self.edition.controls.problems["host_is_one_name"]) from None
        if not is_known:
            raise refusal(self.edition.controls.problems["host_is_known"], host=request.header(b"host"))

    def _part(self, path: str) -> Callable[[Request], Answer]:
        if "//" in path:
            path = plain(path)
        if path.startswith(self._prefixes) and path not in self._files:
            return self._apis.answer
        return self._control if path.startswith(PREFIX) else self._read

    def _answer_service(self, request: Request) -> Answer:
        """Answer a request that a service in a browser sends for a user who has signed in."""
        try:
            is_control = request.path.startswith(PREFIX)
            part = self._controls.answer_anybody if is_control else self._apis.answer_uncounted
            return part(request)
        except Refusal as refused:
            return answer_of(refused)

    def _control(self, request: Request) -> Answer:
        return self._serve(request) or self._controls.answer(request)

    def _serve(self, request: Request) -> Answer | None:
        """Answer with a page of a service; None where there is no such page."""
        return next(filter(None, (service.answer(request) for service in self._services)), None)

    def _failed(self, request: Request, status: int, reason: str | None) -> Answer | None:
        """Say on a page of a service that the sandbox failed; None where there is no such page, or it fails too."""
        with suppress(Exception):  # the page reads the store
            pages = (service.failed(request, status, reason or "") for service in self._services)
            return next(filter(None, pages), None)
        return None

    def _largest_body(self, path: str) -> int:
        """Return the limit for the body of a request: pages and controls take files."""
        return LARGEST_BODY if self._part(path) == self._apis.answer else LARGEST_UPLOAD

    def _read(self, request: Request) -> Answer:
        """Answer with a page of a service, a file of the contract or a page of the site."""
        served = self._serve(request)
        if served:
            return served
        published = (publication.answer(request) for publication in self._publications)
        return packed(next(filter(None, published), None) or self._pages.answer(request), request)

    def _fillers(self, site: Path | None, *, is_key_needed: bool) -> Mapping[str, SlotFiller]:
        """Return what fills each kind of slot on the pages."""
        index = (site or Path()) / INDEX
        contracts = [each for edition in self.editions.values() for each in (edition.contract, edition.controls)]
        usual = published_document.usual_address(self.edition.contract)
        try_forms = TryForms(contracts, self.answer, self._usual_world, self._address, is_key_needed=is_key_needed)
        return {
            "address": SlotFiller(lambda request, _: Fragment({"address": served_address(request, usual)})),
            "search": SlotFiller(lambda request, _: Fragment({"search": search(index, request.query)})),
            "try": SlotFiller(lambda request, name: _try_form(try_forms.trial(request, name)), takes_forms=True),
        }

    def _usual_world(self, edition: str) -> tuple[Sequence[Token], str]:
        world = self.worlds.get(self.editions[edition].template.default_world)
        return (self.worlds.tokens(world), stamp(shown(world.clock, world.ahead))) if world else ((), "")

    def undone(self) -> AbstractContextManager[None]:
        """Undo at the end what requests have changed since the beginning. Other processes cannot write meanwhile."""
        return self.worlds.undone()

    async def __call__(self, scope: asgi.Message, receive: asgi.Receive, send: asgi.Send) -> None:
        """Speak ASGI."""
        await asgi.call(self.responder, scope, receive, send)


def _rate_limit_of(edition: Edition) -> RateLimit | None:
    limit = edition.contract.document.get("x-rate-limit")
    return RateLimit(real_time, limit) if limit else None


def _try_form(trial: TryForm | None) -> Fragment | None:
    return Fragment({"trial": trial}, trial.status) if trial else None


def layout(editions: Sequence[Edition]) -> Layout:
    """Return the layout of a store for some editions."""
    kinds: dict[type[Record], None] = dict.fromkeys(chain((World, Token), *(each.template.kinds for each in editions)))
    return Layout(tuple(kinds), tuple(each.contract.edition for each in editions))


def in_memory(
    name: str = "register",
    *,
    spec: Path = SPEC,
    site: Path | None = None,
    without: Collection[str] = (),
    contents: bytes = b"",
) -> App:
    """Make a sandbox in memory: for tests, and for building and watching the pages.

    It has no world yet, unless its store begins with the `contents` of another. Its contract may be ahead of its code:
    `differences` says where.
    """
    loaded, found = draft_edition(name, spec)
    app = App([loaded], SqliteStore(MEMORY, layout([loaded]), contents=contents), site=site, without=without)
    app.differences = found
    return app
