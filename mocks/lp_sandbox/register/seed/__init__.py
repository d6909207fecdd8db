"""The records that a world of the Register edition starts with: the contract's seeds, and as many more as asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

from lp_sandbox.programme.seed.almanac import Almanac
from lp_sandbox.programme.seed.names import names
from lp_sandbox.programme.seed.statements import Statements, milestones
from lp_sandbox.register.seed.bulk_people import crowd
from lp_sandbox.register.seed.organisations import Organisations
from lp_sandbox.register.seed.participant_documents import participants_shown
from lp_sandbox.register.seed.partnership_states import partnerships_last
from lp_sandbox.register.seed.scenario_context import Stage, seeded_id
from lp_sandbox.register.seed.scenario_people import records_of
from lp_sandbox.register.seed.scenarios import Fresh, fresh, listed, seeded
from lp_sandbox.register.seed.school_cohorts import SchoolYears
from lp_sandbox.worlds.records import Record

__all__ = ["Fresh", "fresh", "listed", "recalled", "records", "sizes"]

Seeds = Mapping[str, Any]


def records(seeds: Seeds, size: str, seed: int, today: str) -> Iterator[Record]:
    """Yield the records of a world that begins on a day; the same seeds, size, seed and day give the same ones."""
    almanac = Almanac(seeds, today)
    places = Organisations(seeds, size, seed, almanac)
    statements = Statements(seeds, seed, almanac)
    years = SchoolYears(seeds)
    yield from milestones(seeds)
    yield from statements.all
    made = chain(
        places.records(),
        _registered(seeds, seed, places, statements),
        seeded(seeds, seed, statements, almanac),
        crowd(places, statements, names(seeds)),
    )
    shown = participants_shown(made, seeds, today)
    yield from partnerships_last(years.watched(shown), f"{today}T12:00:00Z")  # as they stand for most of the day
    yield from years.rows()


def recalled(seeds: Seeds) -> Callable[[str, int, str], Iterable[Record]]:
    """Return `records` for these seeds, with the last worlds cached: the same ones are made again and again.

    The largest size is not worth the room.
    """
    largest = sizes(seeds)[-1]

    @lru_cache(maxsize=2)
    def recall(size: str, seed: int, today: str) -> tuple[Record, ...]:
        return tuple(records(seeds, size, seed, today))

    return lambda size, *rest: records(seeds, size, *rest) if size == largest else recall(size, *rest)


def sizes(seeds: Seeds) -> tuple[str, ...]:
    """Name the sizes that a world can have, the smallest first."""
    return tuple(seeds["world"]["sizes"])


def _registered(seeds: Seeds, seed: int, places: Organisations, statements: Statements) -> Iterable[Record]:
    """Yield the people whom the named schools have registered."""
    stage = Stage(
        make_id=seeded_id(seed),
        providers={entry["name"]: entry["id"] for entry in seeds["lead-providers"]},
        schools=places.named_schools,
        partnerships={(p.school_id, p.lead_provider_id, p.cohort): p for p in places.named_partnerships},
        statements=statements,
        uplift_cohorts=frozenset(),
        detailed_cohorts=frozenset(),
        names=names(seeds),
        named=True,
        now=places.almanac.now,
        touched=None,
    )
    return records_of(stage, {entry["id"]: _recipe(entry) for entry in seeds["registrations"]})


def _recipe(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    training = {"with": entry["lead_provider"], "cohort": entry["cohort"]}
    days = {"started_on": entry["started_on"], "finished_on": entry["finished_on"]}
    period = {"role": entry["role"], "at": entry["school"], **days, "training": [training]}
    return {"id": entry["id"], "periods": [period]}
