"""Makes the records that a world of the Register edition starts with, from the seeds of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

from lp_sandbox.programme.seed.cohorts import cohorts
from lp_sandbox.programme.seed.names import names
from lp_sandbox.programme.seed.organisations import Organisations
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.programme.seed.seeded_identities import ids_from
from lp_sandbox.programme.seed.statements import Statements, milestones
from lp_sandbox.register.seed.add_participant_documents import with_participant_documents
from lp_sandbox.register.seed.bulk_people import bulk_people
from lp_sandbox.register.seed.derive_school_cohorts import SchoolCohorts
from lp_sandbox.register.seed.make_scenarios import NewScenario, new_scenario, scenarios_of, seeded_scenarios
from lp_sandbox.register.seed.partnerships import Partnerships
from lp_sandbox.register.seed.recipe_context import ScenarioContext
from lp_sandbox.register.seed.scenario_people import records_of_people
from lp_sandbox.register.seed.schools import Schools
from lp_sandbox.register.seed.set_partnership_states import with_partnership_states
from lp_sandbox.worlds.records import Record

__all__ = ["NewScenario", "cached_records", "new_scenario", "records", "scenarios_of", "sizes"]

Seeds = Mapping[str, Any]


def records(seeds: Seeds, size: str, seed: int, today: str) -> Iterator[Record]:
    """Yield the records of a world that begins on a day. Equal seeds, size, seed and day give equal records."""
    almanac = Almanac(seeds, today)
    organisations = Organisations(seeds, size, seed, almanac)
    schools = Schools(organisations)
    partnerships = Partnerships(organisations, schools)
    statements = Statements(seeds, seed, almanac)
    school_cohorts = SchoolCohorts(seeds)
    yield from milestones(seeds)
    yield from statements.all()
    made = chain(
        cohorts(seeds),
        organisations.records(),
        schools.records(),
        partnerships.records(),
        _registered_people(organisations, schools, partnerships, statements),
        seeded_scenarios(seeds, seed, statements, almanac),
        bulk_people(organisations, partnerships.more, statements),
    )
    observed = school_cohorts.observed(with_participant_documents(made, seeds, today))
    noon = f"{today}T12:00:00Z"  # the state of partnerships from then on holds for most of the day
    yield from with_partnership_states(observed, noon)
    yield from school_cohorts.rows()


def cached_records(seeds: Seeds) -> Callable[[str, int, str], Iterable[Record]]:
    """Return `records` for these seeds, with a cache of the last worlds, as equal worlds are made again and again.

    The records of the largest size would take too much memory.
    """
    largest = sizes(seeds)[-1]

    @lru_cache(maxsize=2)
    def cached(size: str, seed: int, today: str) -> tuple[Record, ...]:
        return tuple(records(seeds, size, seed, today))

    return lambda size, *rest: records(seeds, size, *rest) if size == largest else cached(size, *rest)


def sizes(seeds: Seeds) -> tuple[str, ...]:
    """Return the sizes that a world can have, the smallest first."""
    return tuple(seeds["world"]["sizes"])


def _registered_people(
    organisations: Organisations, schools: Schools, partnerships: Partnerships, statements: Statements
) -> Iterable[Record]:
    """Yield the people that the named schools have registered."""
    seeds = organisations.seeds
    context = ScenarioContext(
        id_of=ids_from(organisations.seed),
        providers={entry["name"]: entry["id"] for entry in seeds["lead-providers"]},
        schools=schools.named,
        partnerships=partnerships.by_key(),
        statements=statements,
        uplift_cohorts=frozenset(),
        detailed_cohorts=frozenset(),
        names=names(seeds),
        as_given=True,
        now=organisations.almanac.now,
        touched=None,
    )
    return records_of_people(context, {entry["id"]: _recipe(entry) for entry in seeds["registrations"]})


def _recipe(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    training = {"with": entry["lead_provider"], "cohort": entry["cohort"]}
    days = {"started_on": entry["started_on"], "finished_on": entry["finished_on"]}
    school_period = {"role": entry["role"], "at": entry["school"], **days, "training": [training]}
    return {"id": entry["id"], "periods": [school_period]}
