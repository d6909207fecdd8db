"""Decides what DfE finds when it compares a participant's details with the teacher record. All functions are pure.

As in the service's test environments, a date of birth in January 1900 chooses the finding. Every other date matches.
"""

from __future__ import annotations

from typing import NamedTuple

from lp_sandbox.ecf.people import ELIGIBLE, MANUAL_CHECK, NO_INDUCTION, NO_QTS
from lp_sandbox.programme.records import ECT

JANUARY_1900 = "1900-01-"
UNMATCHED_DAYS = ("02", "03")
NO_QTS_DAY, NO_INDUCTION_DAY, ALERT_DAY = "04", "05", "06"
INDUCTION_YEARS = {str(day): 2000 + day for day in range(20, 26)}
"""The year in which the induction started, on 1 September, by the day of birth."""


class Finding(NamedTuple):
    """What DfE finds: the eligibility with its reason, None where the details do not match a teacher record."""

    eligibility: str | None
    reason: str | None


def induction_year(date_of_birth: str) -> int | None:
    """Return the year of the induction start in the teacher record; None where it has none before the registration."""
    return INDUCTION_YEARS.get(_code(date_of_birth))


def finding(role: str, date_of_birth: str) -> Finding:
    """Return what DfE finds about a participant in a role."""
    code = _code(date_of_birth)
    if code in UNMATCHED_DAYS:
        return Finding(None, None)
    if code == ALERT_DAY:
        return Finding(MANUAL_CHECK, "active_flags")
    if role == ECT and code == NO_QTS_DAY:
        return Finding(MANUAL_CHECK, NO_QTS)
    if role == ECT and code == NO_INDUCTION_DAY:
        return Finding(MANUAL_CHECK, NO_INDUCTION)
    return Finding(ELIGIBLE, "none")


def _code(date_of_birth: str) -> str:
    """Return the day of a date in January 1900; empty for every other date."""
    return date_of_birth.removeprefix(JANUARY_1900) if date_of_birth.startswith(JANUARY_1900) else ""
