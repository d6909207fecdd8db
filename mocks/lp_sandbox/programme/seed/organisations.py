"""Lead providers, delivery partners and pairings: those of the seeds, and the requested number of further ones."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from lp_sandbox.programme.records import DeliveryPartner, LeadProvider, Pairing
from lp_sandbox.programme.seed.cohorts import oldest_cohort
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record

Seeds = Mapping[str, Any]


class Organisations:
    """The lead providers, delivery partners and pairings of a world. Later steps use what earlier steps made."""

    def __init__(self, seeds: Seeds, size: str, seed: int | str, almanac: Almanac) -> None:
        self.seeds, self.seed, self.almanac = seeds, seed, almanac
        self.wanted: Mapping[str, int] = seeds["world"]["sizes"][size]
        self.random = random.Random(f"{seed}/{size}")  # noqa: S311 - equal seeds must give equal worlds
        self.oldest_cohort = oldest_cohort(seeds)
        self.partners = [*named_partners(seeds).values(), *self._more_partners()]
        self.partners_by_id = {partner.id: partner for partner in self.partners}
        self.pairings = [*self._named_pairings(), *self._more_pairings()]
        self.partners_of: dict[tuple[str, int], list[str]] = defaultdict(list)
        """The ids of the delivery partners of each lead provider in each cohort."""
        for pairing in self.pairings:
            self.partners_of[pairing.lead_provider_id, pairing.cohort].append(pairing.delivery_partner_id)

    def records(self) -> Iterable[Record]:
        """Return all records made."""
        providers = [LeadProvider(entry["id"], entry["full_name"]) for entry in self.seeds["lead-providers"]]
        return chain(providers, self.partners, self.pairings)

    def instant_in_summer(self, year: int) -> str:
        """Return an instant in June or July of a year, when partnerships are formed; today if it would be later."""
        moment = datetime(year, 6, 2, 8, tzinfo=UTC) + timedelta(seconds=self.random.randrange(50 * 86400))
        return self.almanac.past(stamp(moment))

    def word(self, kind: str) -> str:
        """Return a random one of the words that names are made of."""
        words: list[str] = self.seeds["world"]["names"][kind]
        return self.random.choice(words)

    def _more_partners(self) -> Iterator[DeliveryPartner]:
        for number in range(self.wanted["delivery_partners"]):
            name = f"{self.word('places')}{self.word('endings')} Teaching School Hub"
            created_at = self.instant_in_summer(self.oldest_cohort)
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


def named_partners(seeds: Seeds) -> Mapping[str, DeliveryPartner]:
    """Return the delivery partners of the seeds, by name."""
    return {
        entry["name"]: DeliveryPartner(entry["id"], entry["full_name"], entry["created_at"], entry["created_at"])
        for entry in seeds["delivery-partners"]
    }
