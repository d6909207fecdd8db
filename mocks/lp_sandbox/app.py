"""The sandbox as an ASGI application."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

from lp_contract import SPEC, published_document
from lp_sandbox.controls import PREFIX, Controls
from lp_sandbox.editions import draft_edition
from lp_sandbox.request.edition import Difference, Edition, ServiceEdges
from lp_sandbox.request.edition_dispatch import Apis
from lp_sandbox.request.rate_limit import RateLimit
from lp_sandbox.request.refusals import Refusal, refusal
from lp_sandbox.request.request_and_answer import LARGEST_BODY, LARGEST_UPLOAD, Answer, Request, answer_of
from lp_sandbox.request.request_steps import Api
from lp_sandbox.request.routes import plain
from lp_sandbox.web.access_log import log_request
from lp_sandbox.web.coalescing import Coalescing
from lp_sandbox.web.cross_origin import CrossOrigin
from lp_sandbox.web.group_commits import GroupCommits
from lp_sandbox.web.hosts import NOWHERE, Address, headers_of
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.web.note_log import NoteLog
from lp_sandbox.web.pages import Fragment, Pages, SlotFiller, packed
from lp_sandbox.web.published_contracts import Publication
from lp_sandbox.web.request_ids import HEADER as REQUEST_ID
from lp_sandbox.web.request_ids import RequestIds
from lp_sandbox.web.served_address import served_address
from lp_sandbox.web.site_search import INDEX, search
from lp_sandbox.web.try_forms import TryForm, TryForms
from lp_sandbox.worlds.clock import real_time, shown, stamp
from lp_sandbox.worlds.records import Record, Token, World
from lp_sandbox.worlds.store import Layout, Store, Unavailable
from lp_sandbox.worlds.store.open_store import open_store
from lp_sandbox.worlds.world_lifecycle import Worlds
from lp_sandbox.worlds.world_limits import WorldLimits

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger("lp-sandbox")
NONE = "-"
"""The method and the path, in the log, of a request that did not arrive whole."""


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
        self._apis = Apis(apis, contracts, self.worlds)
        self._address, self._cross_origin = address, CrossOrigin(address.origins) if address.origins else None
        self._request_ids, self.metrics = RequestIds(), Metrics()
        self._logs_requests, self._note_log = logs_requests, NoteLog()
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
        edges = ServiceEdges(store, self.worlds, site, self._ask, controls.is_open_to_browser, pass_for_key)
        self._services = [edition.service(edges) for edition in editions if edition.service]
        operations = {name: contract.operations.values() for name, contract in contracts.items()}
        self._group_commits = GroupCommits(store, self.answer, self._failure)
        self._coalescing = Coalescing(operations, self._apis.edition_of, self._group_commits.answer)

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
        log.error("fault %s at %s %r", fault, request.method, request.path, exc_info=failure)
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

    def _ask(self, request: Request) -> Answer:
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

    def record_refusal(self, answer: Answer, seconds: float) -> str:
        """Count and log an answer to a request that did not arrive whole, and return an id for it."""
        request = Request(NONE, NONE, "", {}, None, "", id=self._request_ids.of({}))
        self.metrics.count(answer)
        if self._logs_requests:
            log_request(request, answer, request.method, seconds)
        return request.id

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http":
            return
        began, is_head = perf_counter(), scope["method"] == "HEAD"
        headers = headers_of(scope["headers"])
        try:
            body = (
                b"" if scope["method"] in ("GET", "HEAD") else await _body(receive, self._largest_body(scope["path"]))
            )
        except IncompleteRequest:
            return
        request = Request(
            method="GET" if is_head else scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            client=(scope.get("client") or ("",))[0],
            scheme=_scheme(scope, headers),
            id=self._request_ids.of(headers),
        )
        preflight = self._cross_origin and self._cross_origin.preflight(request)
        answer = preflight or await self._coalescing.answer(request)
        seconds = perf_counter() - began
        self.metrics.measure(answer, seconds)
        if answer.headers:
            self._note_log.write(request, answer)
        if self._logs_requests:
            log_request(request, answer, scope["method"], seconds)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    *([(b"content-type", answer.content_type.encode())] if answer.content_type else ()),
                    (b"content-length", str(len(answer.body)).encode()),
                    (REQUEST_ID, request.id.encode()),
                    *answer.headers,
                    *(self._cross_origin.headers(request) if self._cross_origin else ()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": b"" if is_head else answer.body})


def _rate_limit_of(edition: Edition) -> RateLimit | None:
    limit = edition.contract.document.get("x-rate-limit")
    return RateLimit(real_time, limit) if limit else None


def _try_form(trial: TryForm | None) -> Fragment | None:
    return Fragment({"trial": trial}, trial.status) if trial else None


def _scheme(scope: Message, headers: Mapping[bytes, bytes]) -> str:
    """Return how the client reached the sandbox: a proxy in front of it can speak HTTPS for it."""
    schemes = (scope.get("scheme"), headers.get(b"x-forwarded-proto", b"").decode("latin-1").lower())
    return "https" if "https" in schemes else "http"


class IncompleteRequest(Exception):  # noqa: N818 - says what came
    """The client disconnected before its whole request arrived."""


async def _body(receive: Receive, largest: int) -> bytes | None:
    """Read the body; None when it is too large. Raises IncompleteRequest."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise IncompleteRequest
        part = message.get("body", b"")
        size += len(part)
        if size <= largest:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= largest else None


def layout(editions: Sequence[Edition]) -> Layout:
    """Return the layout of a store for some editions."""
    kinds: dict[type[Record], None] = dict.fromkeys(chain((World, Token), *(each.template.kinds for each in editions)))
    return Layout(tuple(kinds), tuple(each.contract.edition for each in editions))


def in_memory(
    name: str = "register", *, spec: Path = SPEC, site: Path | None = None, without: Collection[str] = ()
) -> App:
    """Make a sandbox in memory, without any world yet: for tests, and for building and watching the pages.

    Its contract may be ahead of its code: `differences` says where.
    """
    loaded, found = draft_edition(name, spec)
    app = App([loaded], open_store("memory", layout([loaded])), site=site, without=without)
    app.differences = found
    return app
