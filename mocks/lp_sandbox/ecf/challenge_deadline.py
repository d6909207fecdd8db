"""Until when a school can challenge a partnership."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lp_sandbox.ecf.records import EcfCohort
from lp_sandbox.worlds.clock import parse_as_utc, stamp

WINDOW = timedelta(days=14)


def challenge_deadline(cohort: EcfCohort, reported_at: str) -> str:
    """Return 14 days after the lead provider confirmed the partnership, or after the academic year starts, if later."""
    from_report = parse_as_utc(reported_at) + WINDOW
    from_start = parse_as_utc(cohort.academic_year_starts_on) + WINDOW
    return stamp(max(from_report, from_start))


def carried_over_deadline(cohort: EcfCohort) -> str:
    """Return two months after the academic year starts, the deadline of a partnership that the school continues."""
    year, month, day = map(int, cohort.academic_year_starts_on.split("-"))
    return stamp(datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, day, tzinfo=UTC))
