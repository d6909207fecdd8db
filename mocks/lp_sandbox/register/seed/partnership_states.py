"""How partnerships stand, which follows from who trains under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lp_sandbox.programme.records import Partnership, TrainingPeriod
from lp_sandbox.register.partnership_state import Spell, standing
from lp_sandbox.register.resources import as_it_stands
from lp_sandbox.worlds.records import Record


def partnerships_last(records: Iterable[Record], now: str) -> Iterator[Record]:
    """Pass records on, the partnerships at the end and as they stand at an instant."""
    partnerships: list[Partnership] = []
    training: dict[str, list[Spell]] = defaultdict(list)
    for record in records:
        if type(record) is Partnership:
            partnerships.append(record)
            continue
        if type(record) is TrainingPeriod and record.partnership_id:
            spell = Spell(record.started_on, record.finished_on, record.created_at, record.moved_at)
            training[record.partnership_id].append(spell)
        yield record
    yield from (as_it_stands(one, standing(training.get(one.id, ()), now)) for one in partnerships)
