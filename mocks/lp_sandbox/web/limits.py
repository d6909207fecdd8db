"""Limits of what clients can send to the server, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemName = Literal["request_is_http", "head_is_small", "request_arrives_in_time", "connections_are_few"]
"""The problems that a request meets before the sandbox has read it. The controls' contract must name them."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How much a client can ask of the server itself."""

    head: int = 64 * 1024
    """The bytes of a request's first line and headers."""
    seconds: float = 30
    """How long a request can take to arrive, and an answer to be read."""
    connections: int = 500
    """How many connections can be open."""
