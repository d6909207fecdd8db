"""The sandbox as any client sees it: over HTTP, or an ASGI application in this process."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from generator.exchanges import CONTROLS, TOKEN, Request, Response
from generator.mistakes import Mistake

IN_PROCESS = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class World:
    """A world made for a page, and the token of the lead provider that its reader is."""

    id: str
    token: str


class Sandbox:
    """A sandbox to send requests to. Use it in a `with`."""

    def __init__(self, address: str) -> None:
        """Take a URL, or `module:factory` where the factory gives an ASGI application."""
        self._address = address
        self._pristine: dict[str, World] = {}
        self._runner = asyncio.Runner()
        if address.startswith(("http://", "https://")):
            self._client = httpx.AsyncClient(base_url=address)
        else:
            transport = httpx.ASGITransport(app=_application(address), raise_app_exceptions=False)
            self._client = httpx.AsyncClient(transport=transport, base_url=IN_PROCESS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for world in self._pristine.values():
            self.delete(world)
        self._runner.run(self._client.aclose())
        self._runner.close()

    def stateful(self) -> frozenset[str]:
        """Name the operations that the sandbox does not answer from an example."""
        return frozenset(o["operation_id"] for o in self._control("GET", "/operations", 200) if o["stateful"])

    def new_world(self, clock: str) -> World:
        """Make a small world whose clock stands still."""
        made = self._control("POST", "/worlds", 201, {"size": "small", "clock": clock})
        return World(made["id"], made["tokens"][0]["token"])

    def pristine(self, clock: str) -> World:
        """Return the world of all who only read, which is quicker than a new one for each."""
        if clock not in self._pristine:
            self._pristine[clock] = self.new_world(clock)
        return self._pristine[clock]

    def scenarios(self, world: World) -> list[Mapping[str, Any]]:
        """List the scenarios that the reader has in a world."""
        listed: list[Mapping[str, Any]] = self._control("GET", f"/scenarios?world={world.id}", 200)
        return listed

    def delete(self, world: World) -> None:
        """Forget a world."""
        self._control("DELETE", f"/worlds/{world.id}", 204)

    def send(self, request: Request, token: str) -> Response:
        """Send a request as it stands on the page, with a token in place of the one shown."""
        headers = {name: value.replace(TOKEN, token) for name, value in request.headers.items()}
        content = request.body.encode() + b" " * request.padding
        answer = self._ask(request.method, request.target, headers=headers, content=content)
        return Response(answer.status_code, _body(answer))

    def _control(self, method: str, path: str, expected: int, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._ask(method, CONTROLS + path, json=body)
        if answer.status_code != expected:
            raise Mistake(
                "sandbox",
                f"The sandbox answered {method} {CONTROLS}{path} with {answer.status_code}: {answer.text[:200]}",
                "Look at what it logs.",
            )
        return answer.json() if answer.content else None

    def _ask(self, method: str, target: str, **parts: Any) -> httpx.Response:
        try:
            return self._runner.run(self._client.request(method, target, **parts))
        except httpx.HTTPError as error:
            raise Mistake(
                "sandbox",
                f"The sandbox at {self._address} cannot be reached: {error}.",
                "Start it, or name another.",
            ) from None


def _application(address: str) -> Any:
    module, _, factory = address.partition(":")
    try:
        return getattr(importlib.import_module(module), factory)()
    except (ImportError, AttributeError, ValueError) as error:
        raise Mistake(
            "sandbox",
            f"There is no sandbox at `{address}`: {error}.",
            "Give a URL, or `module:factory` of an ASGI application.",
        ) from error


def _body(answer: httpx.Response) -> Any:
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return answer.json() if is_json and answer.content else answer.text
