"""The policy of a cohort: when its payments are frozen."""

from __future__ import annotations

from typing import Protocol


class Funded(Protocol):
    """A cohort of some edition."""

    @property
    def payments_frozen_at(self) -> str | None:
        """The instant from which nothing can be declared."""


def is_frozen(cohort: Funded | None, now: str) -> bool:
    """Return whether a cohort's payments are frozen at an instant, so that nothing can be declared in it."""
    return cohort is not None and cohort.payments_frozen_at is not None and cohort.payments_frozen_at <= now
