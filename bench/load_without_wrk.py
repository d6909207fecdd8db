"""Sends what wrk would send, from this process: for a trial of the bench, whose figures mean nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import cycle, islice, repeat
from pathlib import Path
from statistics import median
from typing import Any

import httpx


def load(request: httpx.Request, bodies: Path | None, requests: int) -> Mapping[str, Any]:
    """Send a request so many times, or as many lines of a file as `load.lua` would. Return what it would print."""
    sent = _lines(request, bodies) if bodies else repeat(request)
    statuses: Counter[str] = Counter()
    size, waits = 0, list[float]()
    began = time.perf_counter()
    with httpx.Client(trust_env=False) as client:
        for number, each in enumerate(islice(sent, requests)):
            each.headers["Accept"] = request.headers.get("Accept", "*/*").replace("{n}", str(number))
            before = time.perf_counter()
            answer = client.send(each)
            waits.append((time.perf_counter() - before) * 1000)
            statuses[str(answer.status_code)] += 1
            size += len(answer.content)
    return {
        "requests": requests,
        "seconds": time.perf_counter() - began,
        "bytes": size,
        "p50": median(waits),
        "p99": max(waits),
        "used": requests,
        "refused": sum(count for status, count in statuses.items() if status >= "400"),
        "broken": 0,
        "statuses": statuses if bodies else {},
    }


def _lines(request: httpx.Request, bodies: Path) -> Iterator[httpx.Request]:
    for line in cycle(bodies.read_text().splitlines()):
        token, body, *other = line.split("\t")
        method, path = other or ("POST", request.url.path)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        yield httpx.Request(method, request.url.copy_with(path=path), headers=headers, content=body)
