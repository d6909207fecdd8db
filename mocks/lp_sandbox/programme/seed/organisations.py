"""Lead providers, delivery partners, pairings and schools: those of the seeds, and as many more as asked for."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from lp_sandbox.programme.records import DeliveryPartner, LeadProvider, Pairing, School
from lp_sandbox.programme.seed.cohorts import cohorts, oldest_cohort
from lp_sandbox.programme.seed.names import email
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record

Seeds = Mapping[str, Any]
FIRST_URN = 110000
"""The first URN of schools that the seeds do not name."""


class Organisations:
    """The cohorts, organisations and schools of a world. Later steps use what earlier steps made."""

    def __init__(self, seeds: Seeds, size: str, seed: int, almanac: Almanac) -> None:
        self.seeds, self.seed, self.almanac = seeds, seed, almanac
        self.wanted: Mapping[str, int] = seeds["world"]["sizes"][size]
        self.random = random.Random(f"{seed}/{size}")  # noqa: S311 - equal seeds must give equal worlds
        self._oldest_cohort = oldest_cohort(seeds)
        self.partners = [*named_partners(seeds).values(), *self._more_partners()]
        self.partners_by_id = {partner.id: partner for partner in self.partners}
        self.pairings = [*self._named_pairings(), *self._more_pairings()]
        self.named_schools = {entry["name"]: _school(entry) for entry in seeds["schools"]}
        self.more_schools = [_school(entry) for entry in self._more_schools()]

    def records(self) -> Iterable[Record]:
        """Return all records made."""
        providers = [LeadProvider(entry["id"], entry["full_name"]) for entry in self.seeds["lead-providers"]]
        return chain(
            cohorts(self.seeds),
            providers,
            self.partners,
            self.pairings,
            self.named_schools.values(),
            self.more_schools,
        )

    def instant_in_summer(self, year: int) -> str:
        """Return an instant in June or July of a year, when partnerships are formed; today if it would be later."""
        moment = datetime(year, 6, 2, 8, tzinfo=UTC) + timedelta(seconds=self.random.randrange(50 * 86400))
        return self.almanac.past(stamp(moment))

    def _word(self, kind: str) -> str:
        words: list[str] = self.seeds["world"]["names"][kind]
        return self.random.choice(words)

    def _more_partners(self) -> Iterator[DeliveryPartner]:
        for number in range(self.wanted["delivery_partners"]):
            name = f"{self._word('places')}{self._word('endings')} Teaching School Hub"
            created_at = self.instant_in_summer(self._oldest_cohort)
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
        opened = datetime(self._oldest_cohort, 4, 1, tzinfo=UTC)  # before the first cohort starts
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
                "created_at": stamp(opened + timedelta(minutes=number)),
            }


def named_partners(seeds: Seeds) -> Mapping[str, DeliveryPartner]:
    """Return the delivery partners of the seeds, by name."""
    return {
        entry["name"]: DeliveryPartner(entry["id"], entry["full_name"], entry["created_at"], entry["created_at"])
        for entry in seeds["delivery-partners"]
    }


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
