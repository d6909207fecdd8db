"""Sends requests to a sandbox as its server does, in this process: with all headers of the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from lp_sandbox.app import App

HERE = "http://127.0.0.1"


def ask_all(app: App, *requests: tuple[str, str], **options: Any) -> list[httpx.Response]:
    """Send requests at the same moment: (method, path), all with the same options of httpx."""

    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await asyncio.gather(*(client.request(method, path, **options) for method, path in requests))

    return asyncio.run(together())


def ask(app: App, method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request."""
    (answer,) = ask_all(app, (method, path), **options)
    return answer
