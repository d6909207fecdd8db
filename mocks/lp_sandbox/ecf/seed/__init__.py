"""Makes the records that a world of the early career framework starts with, from the seeds of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from lp_sandbox.ecf.records import Contract, DfeUser, LeadProviderCohort, LeadProviderUser, PartnershipUpload
from lp_sandbox.ecf.seed.bulk_people import bulk_people
from lp_sandbox.ecf.seed.calendar import almanac_of, cohorts, open_statements, statements
from lp_sandbox.ecf.seed.make_scenarios import NewScenario, new_scenario, scenarios_of, seed_key, seeded_scenarios
from lp_sandbox.ecf.seed.participant_documents import with_participant_documents
from lp_sandbox.ecf.seed.schools import Schools
from lp_sandbox.programme.seed.organisations import Organisations, named_partners
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.programme.seed.statements import milestones
from lp_sandbox.worlds.records import Record

__all__ = ["NewScenario", "cached_records", "new_scenario", "records", "scenarios_of", "sizes"]

Seeds = Mapping[str, Any]


def records(seeds: Seeds, size: str, seed: int, today: str) -> Iterator[Record]:
    """Yield the records of a world that begins on a day. Equal seeds, size, seed and day give equal records."""
    almanac = almanac_of(seeds, today)
    yield from with_participant_documents(_records(seeds, size, seed_key(seed), almanac), almanac.today)


def _records(seeds: Seeds, size: str, key: str, almanac: Almanac) -> Iterator[Record]:
    by_year = cohorts(seeds)
    organisations = Organisations(seeds, size, key, almanac)
    schools = Schools(organisations, by_year)
    yield from by_year.values()
    yield from milestones(seeds)
    yield from statements(seeds, key, almanac)
    yield from organisations.records()
    yield from _users_and_contracts(seeds)
    yield from schools.records()
    yield from _uploads(seeds, almanac)
    yield from seeded_scenarios(seeds, key, almanac)
    yield from bulk_people(organisations, schools.more_partnerships, open_statements(seeds, key, almanac))


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


def _users_and_contracts(seeds: Seeds) -> Iterator[Record]:
    for entry in seeds["lead-providers"]:
        user = entry["user"]
        yield LeadProviderUser(user["id"], entry["id"], user["full_name"], user["email"])
        for year in entry["cohorts"]:
            yield LeadProviderCohort(entry["id"], year)
            yield Contract(entry["id"], year)
    for entry in seeds["dfe-users"]:
        yield DfeUser(**entry)


def _uploads(seeds: Seeds, almanac: Almanac) -> Iterator[Record]:
    providers = {entry["name"]: entry["id"] for entry in seeds["lead-providers"]}
    for entry in seeds["uploads"]:
        created_at = almanac.past(entry["created_at"])
        yield PartnershipUpload(
            id=entry["id"],
            lead_provider_id=providers[entry["lead_provider"]],
            cohort=entry["cohort"],
            delivery_partner_id=named_partners(seeds)[entry["delivery_partner"]].id,
            urns=",".join(entry["urns"]),
            row_count=len(entry["urns"]),
            confirmed_at=created_at if entry["confirmed"] else None,
            partnership_ids=",".join(_partnerships_of(seeds, entry)) if entry["confirmed"] else "",
            created_at=created_at,
        )


def _partnerships_of(seeds: Seeds, upload: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of the partnerships that a confirmed upload created."""
    for school in seeds["schools"]:
        for each in school["partnerships"] if school["urn"] in upload["urns"] else ():
            if (each["lead_provider"], each["cohort"]) == (upload["lead_provider"], upload["cohort"]):
                yield each["id"]
