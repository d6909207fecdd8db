"""The policy of a cohort: when its payments are frozen."""

from __future__ import annotations

from lp_sandbox.programme.records import Cohort


def is_frozen(cohort: Cohort | None, now: str) -> bool:
    """Return whether a cohort's payments are frozen at an instant, so that nothing can be declared in it."""
    return cohort is not None and cohort.payments_frozen_at is not None and cohort.payments_frozen_at <= now
