"""Adds the states of partnerships, which depend on who trains under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.register.partnership_state import TrainingDays, partnership_state
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.resources import with_state
from lp_sandbox.worlds.records import Record


def with_partnership_states(records: Iterable[Record], now: str) -> Iterator[Record]:
    """Yield records, with the partnerships last and in their states at an instant."""
    partnerships: list[Partnership] = []
    training: dict[str, list[TrainingDays]] = defaultdict(list)
    for record in records:
        if type(record) is Partnership:
            partnerships.append(record)
            continue
        if type(record) is TrainingPeriod and record.partnership_id:
            days = TrainingDays(record.started_on, record.finished_on, record.created_at, record.moved_at)
            training[record.partnership_id].append(days)
        yield record
    for partnership in partnerships:
        yield with_state(partnership, partnership_state(training.get(partnership.id, ()), now))
