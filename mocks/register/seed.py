"""The records that a world of the Register edition starts with: the contract's seeds, and as many more as asked for."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import msgspec

from mocks.clock import stamp
from mocks.ids import make_id
from mocks.records import FOREVER, Record
from mocks.register.records import (
    Cohort,
    DeliveryPartner,
    LeadProvider,
    Pairing,
    Partnership,
    School,
    SchoolCohort,
    TrainingPeriod,
)
from mocks.register.resources import with_document

Seeds = Mapping[str, Any]
FIRST_URN = 110000
"""The URNs of schools without a name of their own start here."""


def records(seeds: Seeds, size: str, seed: int) -> Iterable[Record]:
    """Return the records of a new world; the same seeds, size and seed give the same ones."""
    return _Making(seeds, size, seed).records()


def sizes(seeds: Seeds) -> tuple[str, ...]:
    """Name the sizes that a world can have, the smallest first."""
    return tuple(seeds["world"]["sizes"])


class _Making:
    """A world in the making: every step adds to what the steps before it made."""

    def __init__(self, seeds: Seeds, size: str, seed: int) -> None:
        self.seeds, self.seed = seeds, seed
        self.wanted: Mapping[str, int] = seeds["world"]["sizes"][size]
        self.random = random.Random(f"{seed}/{size}")  # noqa: S311 - it must be the same each time
        self.cohorts = [_cohort(entry) for entry in seeds["cohorts"]]
        self.partners = [*map(_delivery_partner, seeds["delivery-partners"]), *self._more_partners()]
        self.partners_by_id = {partner.id: partner for partner in self.partners}
        self.pairings = [*self._named_pairings(), *self._more_pairings()]
        self.entries = [*seeds["schools"], *self._more_schools()]
        self.schools = {entry["name"]: _school(entry) for entry in self.entries}
        self.partnerships = [*self._named_partnerships(), *self._more_partnerships()]
        self.registrations = [self._registration(entry) for entry in seeds["registrations"]]

    def records(self) -> Iterable[Record]:
        providers = [LeadProvider(entry["id"], entry["full_name"]) for entry in self.seeds["lead-providers"]]
        return chain(
            self.cohorts,
            providers,
            self.partners,
            self.pairings,
            self.schools.values(),
            self._schools_in_cohorts(),
            self.partnerships,
            self.registrations,
        )

    def _word(self, kind: str) -> str:
        words: list[str] = self.seeds["world"]["names"][kind]
        return self.random.choice(words)

    def _moment(self, year: int) -> str:
        """Return a moment in June or July of a year, when partnerships are formed."""
        return stamp(datetime(year, 6, 2, 8, tzinfo=UTC) + timedelta(seconds=self.random.randrange(50 * 86400)))

    def _more_partners(self) -> Iterator[DeliveryPartner]:
        for number in range(self.wanted["delivery_partners"]):
            name = f"{self._word('places')}{self._word('endings')} Teaching School Hub"
            created_at = self._moment(2021)
            yield DeliveryPartner(make_id(self.seed, "delivery-partner", number), name, created_at, created_at)

    def _named_pairings(self) -> Iterator[Pairing]:
        for provider in self.seeds["lead-providers"]:
            for partner in self.seeds["delivery-partners"]:
                works_with = partner["works_with"]
                everyone = works_with == "everyone"
                years = provider["cohorts"] if everyone else works_with.get(provider["name"], ())
                yield from (Pairing(provider["id"], partner["id"], year) for year in years)

    def _more_pairings(self) -> Iterator[Pairing]:
        """Pair every further delivery partner with two lead providers, in each of their cohorts."""
        for partner in self.partners[len(self.seeds["delivery-partners"]) :]:
            for provider in self.random.sample(self.seeds["lead-providers"], 2):
                yield from (Pairing(provider["id"], partner.id, year) for year in provider["cohorts"])

    def _more_schools(self) -> Iterator[Mapping[str, Any]]:
        for number in range(max(0, self.wanted["schools"] - len(self.seeds["schools"]))):
            first, last = self._word("first"), self._word("last")
            yield {
                "name": f"school-{number}",
                "id": make_id(self.seed, "school", number),
                "full_name": f"{self._word('places')}{self._word('endings')} {self._word('kinds')}",
                "urn": str(FIRST_URN + number),
                "status": "open",
                "in_england": True,
                "eligible_type": True,
                "section_41": False,
                "last_eligible_cohort": None,
                "induction_tutor": {
                    "name": f"{first} {last}",
                    "email": f"{first}.{last}@example.com".lower(),
                },
                "created_at": stamp(datetime(2021, 4, 1, tzinfo=UTC) + timedelta(minutes=number)),
            }

    def _named_partnerships(self) -> Iterator[Partnership]:
        providers = {entry["name"]: entry["id"] for entry in self.seeds["lead-providers"]}
        partners = {entry["name"]: entry["id"] for entry in self.seeds["delivery-partners"]}
        for entry in self.seeds["partnerships"]:
            yield self._partnership(
                id=entry["id"],
                lead_provider_id=providers[entry["lead_provider"]],
                school=self.schools[entry["school"]],
                delivery_partner_id=partners[entry["delivery_partner"]],
                cohort=entry["cohort"],
                added_by_dfe=entry["added_by_dfe"],
                created_at=entry["created_at"],
            )

    def _more_partnerships(self) -> Iterator[Partnership]:
        """Give every lead provider partnerships with schools that have no name, spread over its cohorts."""
        unnamed = [school for school in self.schools.values() if int(school.urn) >= FIRST_URN]
        partners: dict[tuple[str, int], list[str]] = defaultdict(list)
        for pairing in self.pairings:
            partners[pairing.lead_provider_id, pairing.cohort].append(pairing.delivery_partner_id)
        for provider in self.seeds["lead-providers"]:
            places = [(school, year) for school in unnamed for year in provider["cohorts"]]
            for school, year in self.random.sample(places, min(len(places), self.wanted["partnerships"])):
                yield self._partnership(
                    id=make_id(self.seed, "partnership", provider["id"], school.id, year),
                    lead_provider_id=provider["id"],
                    school=school,
                    delivery_partner_id=self.random.choice(partners[provider["id"], year]),
                    cohort=year,
                    added_by_dfe=0,
                    created_at=self._moment(year),
                )

    def _partnership(
        self,
        *,
        id: str,
        lead_provider_id: str,
        school: School,
        delivery_partner_id: str,
        cohort: int,
        added_by_dfe: int,
        created_at: str,
    ) -> Partnership:
        partnership = Partnership(
            id=id,
            lead_provider_id=lead_provider_id,
            school_id=school.id,
            delivery_partner_id=delivery_partner_id,
            cohort=cohort,
            added_by_dfe=added_by_dfe,
            created_at=created_at,
            updated_at=created_at,
            document=b"",
        )
        return with_document(partnership, school, self.partners_by_id[delivery_partner_id])

    def _registration(self, entry: Mapping[str, Any]) -> TrainingPeriod:
        school = self.schools[entry["school"]].id
        provider = next((p["id"] for p in self.seeds["lead-providers"] if p["name"] == entry["lead_provider"]), None)
        partnership = next(
            (
                p.id
                for p in self.partnerships
                if (p.school_id, p.lead_provider_id, p.cohort) == (school, provider, entry["cohort"])
            ),
            None,
        )
        return TrainingPeriod(
            id=entry["id"],
            participant_id=make_id(entry["id"], "participant"),
            role=entry["role"],
            school_period_id=make_id(entry["id"], "school-period"),
            school_id=school,
            cohort=entry["cohort"],
            schedule="ecf-standard-september" if provider else None,
            lead_provider_id=provider,
            partnership_id=partnership,
            started_on=entry["started_on"],
            finished_on=entry["finished_on"] or FOREVER,
            withdrawn_at=None,
            withdrawal_reason=None,
            deferred_at=None,
            deferral_reason=None,
            created_at=f"{entry['started_on']}T09:00:00Z",
        )

    def _schools_in_cohorts(self) -> Iterator[SchoolCohort]:
        formed = _latest((p.school_id, p.cohort, p.created_at) for p in self.partnerships)
        registered: dict[tuple[str, int], list[TrainingPeriod]] = defaultdict(list)
        for registration in self.registrations:
            registered[registration.school_id, registration.cohort].append(registration)
        for entry in self.entries:
            school = self.schools[entry["name"]]
            for cohort in self.cohorts:
                eligible = school.eligible and cohort.year <= (entry["last_eligible_cohort"] or cohort.year)
                partnered_at = formed.get((school.id, cohort.year))
                yield SchoolCohort(
                    school_id=school.id,
                    cohort=cohort.year,
                    urn=int(school.urn),
                    eligible=eligible,
                    listed=eligible or partnered_at is not None,
                    in_partnership=partnered_at is not None,
                    induction_programme_choice=programme_choice(registered[school.id, cohort.year]),
                    created_at=school.created_at,
                    updated_at=partnered_at or school.created_at,
                )


def _latest(moments: Iterable[tuple[str, int, str]]) -> Mapping[tuple[str, int], str]:
    latest: dict[tuple[str, int], str] = {}
    for school, cohort, moment in moments:
        latest[school, cohort] = max(moment, latest.get((school, cohort), moment))
    return latest


def programme_choice(registrations: Iterable[TrainingPeriod]) -> str:
    """Roll up what a school has chosen for the participants it registered in a cohort."""
    provider_led = [r.lead_provider_id is not None for r in registrations if r.role == "ect" or r.lead_provider_id]
    if not provider_led:
        return "not_yet_known"
    return "provider_led" if any(provider_led) else "school_led"


def _cohort(entry: Mapping[str, Any]) -> Cohort:
    return msgspec.convert({field: entry[field] for field in Cohort.__struct_fields__}, Cohort)


def _delivery_partner(entry: Mapping[str, Any]) -> DeliveryPartner:
    return DeliveryPartner(entry["id"], entry["full_name"], entry["created_at"], entry["created_at"])


def _school(entry: Mapping[str, Any]) -> School:
    tutor = entry["induction_tutor"] or {"name": None, "email": None}
    funded = entry["eligible_type"] or entry["section_41"]
    return School(
        id=entry["id"],
        urn=entry["urn"],
        name=entry["full_name"],
        induction_tutor_name=tutor["name"],
        induction_tutor_email=tutor["email"],
        eligible=entry["status"] != "closed" and entry["in_england"] and funded,
        pupil_premium=False,
        sparsity=False,
        created_at=entry["created_at"],
    )
