"""Finds the statement of the seeds that a declaration went into."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cache

from lp_sandbox.programme.records import Statement


class OpenStatements:
    """The statements that take declarations, by lead provider, cohort and cut-off date.

    A new scenario looks into few cohorts: to make the statements of all takes longer than the rest of it.
    """

    def __init__(self, statements_of: Callable[[str, int], Iterable[Statement]]) -> None:
        """Take what makes the statements of a lead provider in a cohort."""

        @cache
        def by_cut_off(lead_provider_id: str, cohort: int) -> list[tuple[str, str]]:
            return [(each.cut_off_date, each.id) for each in statements_of(lead_provider_id, cohort) if each.output_fee]

        self._by_cut_off = by_cut_off

    def on(self, lead_provider_id: str, cohort: int, day: str) -> str | None:
        """Return the statement for declarations of a day: the earliest that is not cut off yet."""
        statements = self._by_cut_off(lead_provider_id, cohort)
        position = bisect_left(statements, (day, ""))
        return statements[position][1] if position < len(statements) else None
