"""Finds the statement of the seeds that a declaration went into."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from lp_sandbox.programme.records import Statement


class OpenStatements:
    """The statements that take declarations, by lead provider, cohort and cut-off date."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._by_cut_off: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
        for statement in statements:
            if statement.output_fee:
                key = statement.lead_provider_id, statement.cohort
                self._by_cut_off[key].append((statement.cut_off_date, statement.id))

    def on(self, lead_provider_id: str, cohort: int, day: str) -> str | None:
        """Return the statement for declarations of a day: the earliest that is not cut off yet."""
        statements = self._by_cut_off.get((lead_provider_id, cohort), [])
        position = bisect_left(statements, (day, ""))
        return statements[position][1] if position < len(statements) else None
