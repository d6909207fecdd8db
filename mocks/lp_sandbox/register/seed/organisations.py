"""Cohorts, organisations, schools and partnerships: the named ones of the seeds, and as many more as asked for."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import msgspec

from lp_sandbox.programme.records import Cohort, DeliveryPartner, LeadProvider, Pairing, Partnership, School
from lp_sandbox.programme.seed.almanac import Almanac
from lp_sandbox.programme.seed.names import email
from lp_sandbox.register.partnership_state import UNCHANGED_BY_TIME
from lp_sandbox.register.resources import with_document
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record

Seeds = Mapping[str, Any]
FIRST_URN = 110000
"""The URNs of schools without a name of their own start here."""
PartnershipKey = tuple[str, str, int]
"""The school, the lead provider and the cohort of a partnership."""


class Organisations:
    """The places of a world: every step adds to what the steps before it made."""

    def __init__(self, seeds: Seeds, size: str, seed: int, almanac: Almanac) -> None:
        self.seeds, self.seed, self.almanac = seeds, seed, almanac
        self.wanted: Mapping[str, int] = seeds["world"]["sizes"][size]
        self.random = random.Random(f"{seed}/{size}")  # noqa: S311 - it must be the same each time
        self.cohorts = cohorts(seeds)
        self.partners = [*named_partners(seeds).values(), *self._more_partners()]
        self.partners_by_id = {partner.id: partner for partner in self.partners}
        self.pairings = [*self._named_pairings(), *self._more_pairings()]
        self.named_schools = {entry["name"]: _school(entry) for entry in seeds["schools"]}
        self.more_schools = [_school(entry) for entry in self._more_schools()]
        self.named_partnerships = list(self._named_partnerships())
        self.more_partnerships = list(self._more_partnerships())

    def records(self) -> Iterable[Record]:
        """Return everything that was made."""
        providers = [LeadProvider(entry["id"], entry["full_name"]) for entry in self.seeds["lead-providers"]]
        return chain(
            self.cohorts,
            providers,
            self.partners,
            self.pairings,
            self.named_schools.values(),
            self.more_schools,
            self.named_partnerships,
            self.more_partnerships,
        )

    def _word(self, kind: str) -> str:
        words: list[str] = self.seeds["world"]["names"][kind]
        return self.random.choice(words)

    def _moment(self, year: int) -> str:
        """Return a moment in June or July of a year, when partnerships are formed, or the latest there was by now."""
        moment = datetime(year, 6, 2, 8, tzinfo=UTC) + timedelta(seconds=self.random.randrange(50 * 86400))
        return self.almanac.past(stamp(moment))

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
                "id": make_id(self.seed, "school", number),
                "full_name": f"{self._word('places')}{self._word('endings')} {self._word('kinds')}",
                "urn": str(FIRST_URN + number),
                "status": "open",
                "in_england": True,
                "eligible_type": True,
                "section_41": False,
                "pupil_premium": number % 7 == 0,
                "sparsity": number % 5 == 0,
                "induction_tutor": {
                    "name": f"{first} {last}",
                    "email": email(f"{first} {last}"),
                },
                "created_at": stamp(datetime(2021, 4, 1, tzinfo=UTC) + timedelta(minutes=number)),
            }

    def _named_partnerships(self) -> Iterator[Partnership]:
        providers = {entry["name"]: entry["id"] for entry in self.seeds["lead-providers"]}
        partners = named_partners(self.seeds)
        for entry in self.seeds["partnerships"]:
            yield partnership(
                id=entry["id"],
                lead_provider_id=providers[entry["lead_provider"]],
                school=self.named_schools[entry["school"]],
                partner=partners[entry["delivery_partner"]],
                cohort=entry["cohort"],
                added_by_dfe=entry["added_by_dfe"],
                created_at=self.almanac.past(entry["created_at"]),
            )

    def _more_partnerships(self) -> Iterator[Partnership]:
        """Give every lead provider partnerships with schools that have no name, spread over its open cohorts."""
        partners: dict[tuple[str, int], list[str]] = defaultdict(list)
        for pairing in self.pairings:
            partners[pairing.lead_provider_id, pairing.cohort].append(pairing.delivery_partner_id)
        for provider in self.seeds["lead-providers"]:
            years = [year for year in provider["cohorts"] if year in self.almanac.opened]
            places = len(self.more_schools) * len(years)
            for place in self.random.sample(range(places), min(places, self.wanted["partnerships"])):
                number, which = divmod(place, len(years))
                school, year = self.more_schools[number], years[which]
                yield partnership(
                    id=make_id(self.seed, "partnership", provider["id"], school.id, year),
                    lead_provider_id=provider["id"],
                    school=school,
                    partner=self.partners_by_id[self.random.choice(partners[provider["id"], year])],
                    cohort=year,
                    added_by_dfe=0,
                    created_at=self._moment(year),
                )


def cohorts(seeds: Seeds) -> list[Cohort]:
    """Return the cohorts."""
    return [msgspec.convert(entry, Cohort) for entry in seeds["cohorts"]]


def named_partners(seeds: Seeds) -> Mapping[str, DeliveryPartner]:
    """Return the delivery partners that have a name of their own, by it."""
    return {
        entry["name"]: DeliveryPartner(entry["id"], entry["full_name"], entry["created_at"], entry["created_at"])
        for entry in seeds["delivery-partners"]
    }


def partnership(
    *,
    id: str,
    lead_provider_id: str,
    school: School,
    partner: DeliveryPartner,
    cohort: int,
    added_by_dfe: int,
    created_at: str,
) -> Partnership:
    """Make a partnership."""
    made = Partnership(
        id=id,
        lead_provider_id=lead_provider_id,
        school_id=school.id,
        delivery_partner_id=partner.id,
        cohort=cohort,
        added_by_dfe=added_by_dfe,
        created_at=created_at,
        updated_at=created_at,
        document=b"",
        **UNCHANGED_BY_TIME._asdict(),
    )
    return with_document(made, school, partner)


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
        pupil_premium=entry.get("pupil_premium", False),
        sparsity=entry.get("sparsity", False),
        created_at=entry["created_at"],
    )
