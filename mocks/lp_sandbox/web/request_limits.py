"""Limits of what clients can send to the server, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemName = Literal["request_is_http", "head_is_small", "request_arrives_in_time", "connections_are_few"]
"""The problems of requests that the server refuses before the sandbox reads them, named in the controls' contract."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How much the server accepts from clients."""

    head: int = 64 * 1024
    """The bytes of a request's first line and headers."""
    seconds: float = 30
    """How long a request can take to arrive, and an answer to be read."""
    connections: int = 500
    """How many connections can be open."""
