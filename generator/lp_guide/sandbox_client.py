"""A client of the sandbox: over HTTP, or of an ASGI application in this process."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import Complaint, Place
from lp_guide.requests_and_answers import CONTROLS, TOKEN, Request, Response
from lp_guide.writer_mistakes import Mistake

IN_PROCESS = "http://127.0.0.1"
NOTE = "Sandbox-Note"
"""The header in which the sandbox names the unknown names of a request."""
_GONE = (204, 404)
"""Statuses of a removal: a page may have removed its world itself."""


@dataclass(frozen=True, slots=True)
class World:
    """A world made for a page, with the token of a lead provider in it."""

    id: str
    token: str


class Sandbox:
    """A sandbox to send requests to. Use it in a `with`."""

    def __init__(self, address: str, edition: str = "", **given: Any) -> None:
        """Take a URL, or `module:factory` of an ASGI application.

        `edition` is that of the worlds; by default the first edition of the sandbox.
        """
        self.address = address
        self._edition = edition
        given |= {"name": edition} if edition else {}
        self._pristine: dict[str, World] = {}
        self._to_write: dict[str, World] = {}
        """By the clock: the copies of the pristine worlds in which what is written is undone."""
        self._undone: Callable[[], AbstractContextManager[None]] | None = None
        self._undoing = ExitStack()
        self._written = ""
        """The id of the copy that is written to at the moment; empty if there is none."""
        self._runner = asyncio.Runner()
        self._differences: Sequence[tuple[Place | None, str]] = ()
        self._is_ours = not address.startswith(("http://", "https://"))
        if not self._is_ours:
            self._client = httpx.AsyncClient(base_url=address)
        else:
            app = application(address, **given)
            self._differences = getattr(app, "differences", ())
            self._undone = getattr(app, "undone", None)
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            self._client = httpx.AsyncClient(transport=transport, base_url=IN_PROCESS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the worlds of this client from a sandbox that keeps running."""
        try:
            with suppress(Mistake) if error else nullcontext():
                if not self._is_ours:
                    self._forget_pristine()
        finally:
            self._undoing.close()
            self._runner.run(self._client.aclose())
            self._runner.close()

    def _forget_pristine(self) -> None:
        for world in self._pristine.values():
            self.forget(world.id)

    def complaints(self, place: Place) -> Iterator[Complaint]:
        """Complain of what only the contract or only the code of the sandbox has. `place` names the sandbox."""
        for where, message in self._differences:
            words = f"{message[0].upper()}{message[1:]}"
            yield Complaint(where or place, "sandbox", words, "Add it where it is missing, or remove it.")

    def stateful(self, clock: str) -> list[str]:
        """Return the operations that the sandbox does not answer from an example.

        A sandbox in this process has one edition. One over HTTP can have several, and lists those of a world.
        """
        world = "" if self._is_ours else f"?world={self.pristine(clock).id}"
        listed = self._control("GET", f"/operations{world}", 200)
        return [operation["operation_id"] for operation in listed if operation["stateful"]]

    def pristine(self, clock: str) -> World:
        """Return the small world for requests that only read. Its clock does not move."""
        if clock not in self._pristine:
            made = self._control("POST", "/worlds", 201, new_world(clock, self._edition))
            self._pristine[clock] = World(made["id"], made["tokens"][0]["token"])
        return self._pristine[clock]

    def fresh(self, clock: str) -> World:
        """Return a world to write to, which is like the pristine one.

        It is a copy, or, if this process can undo what is written, a copy that is used again.
        """
        if not self._undone or self._written:
            return self._fork(self.pristine(clock))
        if clock not in self._to_write:
            self._to_write[clock] = self._fork(self.pristine(clock))
        self._undoing.callback(setattr, self, "_pristine", {**self._pristine})  # those that are made now are undone
        self._undoing.enter_context(self._undone())
        self._written = self._to_write[clock].id
        return self._to_write[clock]

    def _fork(self, world: World) -> World:
        made = self._control("POST", f"/worlds/{world.id}/fork", 201)
        return World(made["id"], made["tokens"][0]["token"])

    def scenarios(self, world: World) -> list[Mapping[str, Any]]:
        """List the scenarios of a world."""
        listed: list[Mapping[str, Any]] = self._control("GET", f"/scenarios?world={world.id}", 200)
        return listed

    def discard(self, world: World) -> None:
        """Remove a world that was written to, or undo what was written. The worlds that were made since then go too."""
        if world.id == self._written:
            self._written = ""
            self._undoing.close()
        else:
            self.forget(world.id)

    def forget(self, world_id: str) -> None:
        """Remove a world, if it still exists."""
        answer = self._send("DELETE", f"{CONTROLS}/worlds/{world_id}")
        if answer.status_code not in _GONE:
            raise _unexpected("DELETE", f"/worlds/{world_id}", answer)

    def send(self, request: Request, token: str) -> Response:
        """Send a request from a page, with a token in place of the placeholder."""
        headers = {name: value.replace(TOKEN, token) for name, value in request.headers.items()}
        content = request.body.encode() + b" " * request.padding
        answer = self._send(request.method, request.target, headers=headers, content=content)
        return Response(answer.status_code, body_of(answer), note=answer.headers.get(NOTE, ""))

    def _control(self, method: str, path: str, expected: int, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._send(method, CONTROLS + path, json=body)
        if answer.status_code != expected:
            raise _unexpected(method, path, answer)
        return answer.json() if answer.content else None

    def _send(self, method: str, target: str, **parts: Any) -> httpx.Response:
        try:
            return self._runner.run(self._client.request(method, target, **parts))
        except httpx.HTTPError as error:
            raise Mistake(
                "sandbox",
                f"The sandbox at {self.address} cannot be reached: {error}.",
                "Start it, or choose another sandbox.",
            ) from None


def new_world(clock: str, edition: str = "") -> dict[str, str]:
    """Return the body that creates the world of a page. Without an edition the world has the first edition."""
    return {"size": "small", "clock": clock} | ({"edition": edition} if edition else {})


def _unexpected(method: str, path: str, answer: httpx.Response) -> Mistake:
    return Mistake(
        "sandbox",
        f"The sandbox answered {method} {CONTROLS}{path} with {answer.status_code}: {answer.text[:200]}",
        "Read its log.",
    )


def application(address: str, **given: Any) -> Any:
    """Make the ASGI application of a `module:factory`. Raises Mistake if that fails."""
    module, _, factory = address.partition(":")
    try:
        return getattr(importlib.import_module(module), factory)(**given)
    except (ImportError, AttributeError, ValueError) as error:
        raise Mistake(
            "sandbox",
            f"There is no sandbox at `{address}`: {error}.",
            "Give a URL, or `module:factory` of an ASGI application.",
        ) from error
    except Exception as error:
        raise Mistake(
            "sandbox", f"The sandbox at `{address}` does not start: {error}.", "Correct what it names."
        ) from error


def body_of(answer: httpx.Response) -> Any:
    """Return the body as a JSON value or as text; None without a body."""
    if not answer.content:
        return None
    return answer.json() if is_json(answer.headers.get("Content-Type", "")) else answer.text
