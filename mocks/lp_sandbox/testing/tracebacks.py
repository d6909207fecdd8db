"""Hides the lines of the kit in reports of pytest, which then show the line of the test."""

from __future__ import annotations

from typing import Protocol


class Caught(Protocol):
    """What pytest passes on about an error. The kit does not import pytest, because it works without it."""

    @property
    def value(self) -> BaseException:
        """The error."""


def is_message(caught: Caught) -> bool:
    """Whether an error is a message to the author of a test, and not a fault of the kit.

    pytest calls this function for each module whose `__tracebackhide__` it is.
    """
    error = caught.value
    return isinstance(error, AssertionError) or type(error).__module__.startswith(f"{__package__}.")
