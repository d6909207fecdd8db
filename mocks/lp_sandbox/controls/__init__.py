"""The sandbox's own controls, under /_sandbox/: worlds, snapshots, clocks, scenarios and actors."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from contextlib import suppress
from secrets import compare_digest, token_hex
from typing import Any

from lp_sandbox.controls.control_request import ControlContext, default_values
from lp_sandbox.controls.edition_controls import PREFIX, EditionControls
from lp_sandbox.controls.edition_of_new_world import OPERATION, edition_of_new_world, with_edition_choice
from lp_sandbox.request import query
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.refusals import Refusal, refusal
from lp_sandbox.request.request_and_answer import Answer, Request, is_own
from lp_sandbox.web.cookies import cookie_in
from lp_sandbox.web.hosts import NOWHERE, Address
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.worlds.store import Store
from lp_sandbox.worlds.world_lifecycle import Worlds

__all__ = ["PREFIX", "Controls", "new_world_defaults"]

BROWSER_COOKIE = "lp_sandbox_pass"
"""The cookie of a browser in which the user entered the key."""


def new_world_defaults(edition: Edition) -> dict[str, Any]:
    """Return the default values of a new world."""
    return default_values(edition.controls.operations["createWorld"])


class Controls:
    """Answers the requests under /_sandbox/ as the OpenAPI document of an edition's controls says."""

    def __init__(
        self,
        editions: Sequence[Edition],
        store: Store,
        worlds: Worlds,
        metrics: Metrics,
        *,
        key: str | None = None,
        address: Address = NOWHERE,
        is_strict: bool = False,
        without: Collection[str] = (),
    ) -> None:
        """With a `key`, requests that send it can use the controls; without, only programs on this machine can.

        `address` is where the sandbox listens. Strict controls refuse unknown
        names. `without` names rules that are not checked: for tests that show that a
        rule's case can fail.
        """
        self._keys, self._address, self._worlds = _header_values(key), address, worlds
        self._browser_pass = token_hex(16)
        names = [edition.contract.edition for edition in editions]
        self._by_edition: dict[str, EditionControls] = {}
        for edition in editions:
            contract = with_edition_choice(edition.controls, names)
            context = ControlContext(contract, edition, store, worlds, names, metrics)
            self._by_edition[edition.contract.edition] = EditionControls(context, without, is_strict=is_strict)
        self._first = self._by_edition[names[0]]

    def answer(self, request: Request) -> Answer:
        """Answer a request. Raises Refusal."""
        if not self.is_open(request) and not self._first.is_public(request):
            raise self._first.context.refuse("controls_are_open")
        return self.answer_anybody(request)

    def answer_anybody(self, request: Request) -> Answer:
        """Answer a request from any sender. Raises Refusal."""
        controls = self._first if len(self._by_edition) == 1 else self._chosen(request)
        answer = controls.answer(request)
        if answer is None:
            raise self._unknown(request)
        return answer

    def _unknown(self, request: Request) -> Refusal:
        """Make the refusal of a request that no control takes: it names the methods of the path, if there are any."""
        context = self._first.context
        methods = {method for controls in self._by_edition.values() for method in controls.methods_of(request.path)}
        if not methods or request.method in methods:
            return context.refuse("path_is_known")
        problem = context.contract.problems["method_is_allowed"]
        return refusal(dataclasses.replace(problem, headers={"Allow": ", ".join(sorted(methods))}))

    def _chosen(self, http: Request) -> EditionControls:
        """Return the controls of the edition to which a request belongs.

        That is the edition of the world that it names or creates, or else the first edition that has its path.
        """
        found = ((controls, controls.find(http)) for controls in self._by_edition.values())
        first, request = next(((controls, request) for controls, request in found if request), (self._first, None))
        if request is None:
            return self._by_edition.get(self._edition_of_file(http), first)
        edition = edition_of_new_world(request) if request.operation.id == OPERATION else ""
        if not edition:
            edition = request.named_world.edition if request.named_world else ""
        return self._by_edition.get(edition, first)

    def _edition_of_file(self, http: Request) -> str:
        """Return the edition of the requested document: that of the world in the query, or the edition in the query."""
        parameters = query.parameters(http.query)
        name, edition = parameters.get("world"), parameters.get("edition")
        world = self._worlds.get(name) if isinstance(name, str) else None
        return world.edition if world else str(edition)

    def is_open_to_browser(self, request: Request) -> bool:
        """Whether the reader of a page can use the controls, also with a key that the user entered in the browser."""
        return self.is_open(request) or (
            bool(self._keys)
            and compare_digest(cookie_in(request, BROWSER_COOKIE).encode(), self._browser_pass.encode())
        )

    def pass_for_key(self, key: str) -> tuple[str, str] | None:
        """Return the cookie that opens the controls to pages, instead of the key; None for another key.

        It opens nothing after the sandbox was started again.
        """
        return (BROWSER_COOKIE, self._browser_pass) if self._is_key(key.encode()) else None

    def is_open(self, request: Request) -> bool:
        """Whether the controls are open to the sender of a request."""
        if self._keys:
            return self._is_key(request.headers.get(b"x-sandbox-key", b""))
        is_welcome = is_own(request) or request.header(b"origin") in self._address.origins
        return is_welcome and self._address.is_local(request)

    def _is_key(self, sent: bytes) -> bool:
        return sum(compare_digest(sent, key) for key in self._keys) > 0


def _header_values(key: str | None) -> Sequence[bytes]:
    """Return the bytes in which clients send a key: some use UTF-8, others Latin-1 where that has every character."""
    if key is None:
        return ()
    if not key.strip():
        raise ValueError("An empty key would open the controls to everyone.")
    values = {key.encode(errors="surrogateescape")}
    with suppress(UnicodeEncodeError):
        values.add(key.encode("latin-1"))
    return sorted(values)
