"""The kit for tests of a client: a sandbox in a thread, and worlds to put a client into."""

from __future__ import annotations

from lp_sandbox.testing.exchanges import Exchange
from lp_sandbox.testing.known_names import UnknownName
from lp_sandbox.testing.running_sandbox import CannotStart, HasStopped
from lp_sandbox.testing.sandbox import Sandbox
from lp_sandbox.testing.send_operations import Refused
from lp_sandbox.testing.world import Clock, Ids, Scenario, World

__all__ = [
    "CannotStart",
    "Clock",
    "Exchange",
    "HasStopped",
    "Ids",
    "Refused",
    "Sandbox",
    "Scenario",
    "UnknownName",
    "World",
]
