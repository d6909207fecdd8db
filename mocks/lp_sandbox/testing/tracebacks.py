"""Hides the lines of the kit in reports of pytest, which then show the line of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def is_message(error: pytest.ExceptionInfo[BaseException]) -> bool:
    """Whether an error is a message to the author of a test, and not a fault of the kit.

    pytest calls this function for each module whose `__tracebackhide__` it is.
    """
    return error.errisinstance(AssertionError) or error.type.__module__.startswith(f"{__package__}.")
