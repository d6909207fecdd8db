"""Schools with their choices and partnerships: those of the seeds, and the requested number of further schools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import NOT_YET_KNOWN
from lp_sandbox.ecf.seed.records_at_schools import choice, choices, partnership, school
from lp_sandbox.programme.seed.names import email
from lp_sandbox.programme.seed.organisations import Organisations, named_partners
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record

FIRST_URN = 150000
"""The first URN of schools that the seeds do not name."""
CHANGES_PROVIDER, STOPS, UNDECIDED = 0.15, 0.15, 0.5
"""Shares: of years in which a school changes its lead provider; of years after which it has none; of schools without
one that have said that they do not know their programme yet."""


class Schools:
    """The schools of a world with their choices and partnerships, besides those of scenarios."""

    def __init__(self, organisations: Organisations, cohorts: Mapping[int, EcfCohort]) -> None:
        self._organisations, self._cohorts, self._seeds = organisations, cohorts, organisations.seeds
        self._bodies = tuple(self._seeds["world"]["appropriate_bodies"])
        self._providers = {entry["name"]: entry for entry in self._seeds["lead-providers"]}
        self.named = {entry["name"]: self._named_school(entry) for entry in self._seeds["schools"]}
        self.more = list(self._more())
        self.chosen: list[ProgrammeChoice] = list(self._named_choices())
        self._named = list(self._named_partnerships())
        self.more_partnerships: list[EcfPartnership] = []
        """The partnerships of schools that the seeds do not name."""
        for each in self.more[organisations.wanted["free_schools"] :]:
            self._give_providers(each)

    def records(self) -> Iterator[Record]:
        """Yield all records made."""
        partnerships = [*self._named, *self.more_partnerships]
        yield from chain(self.named.values(), self.more, partnerships)
        yield from choices(partnerships, self.chosen, self._bodies)

    def _named_school(self, entry: Mapping[str, object]) -> EcfSchool:
        tutor = entry["induction_tutor"]
        return school(
            id=str(entry["id"]),
            urn=str(entry["urn"]),
            name=str(entry["full_name"]),
            facts={**self._seeds["world"]["usual_school"], **entry["facts"]},  # type: ignore[dict-item]
            tutor=(tutor["name"], tutor["email"]) if isinstance(tutor, Mapping) else None,
            created_at=str(entry["created_at"]),
        )

    def _named_choices(self) -> Iterator[ProgrammeChoice]:
        for entry in self._seeds["schools"]:
            for each in entry["choices"]:
                made_at = self._organisations.almanac.past(f"{each['cohort']}-06-09T13:20:00Z")
                yield choice(entry["id"], each["cohort"], each, made_at, self._bodies)

    def _named_partnerships(self) -> Iterator[EcfPartnership]:
        partners, past = named_partners(self._seeds), self._organisations.almanac.past
        for entry in self._seeds["schools"]:
            for each in entry["partnerships"]:
                challenged = each.get("challenged")
                yield partnership(
                    id=each["id"],
                    lead_provider_id=self._providers[each["lead_provider"]]["id"],
                    school_id=entry["id"],
                    delivery_partner_id=partners[each["delivery_partner"]].id,
                    cohort=self._cohorts[each["cohort"]],
                    created_at=past(each["created_at"]),
                    relationship=each.get("relationship", False),
                    challenged=challenged and {**challenged, "at": past(challenged["at"])},
                )

    def _more(self) -> Iterator[EcfSchool]:
        organisations = self._organisations
        word, usual = organisations.word, self._seeds["world"]["usual_school"]
        opened = datetime(organisations.oldest_cohort, 4, 1, tzinfo=UTC)  # before the first cohort starts
        for number in range(organisations.wanted["schools"]):
            tutor = f"{word('first')} {word('last')}"
            yield school(
                id=make_id(organisations.seed, "school", number),
                urn=str(FIRST_URN + number),
                name=f"{word('places')}{word('endings')} {word('kinds')}",
                facts={**usual, "pupil_premium": number % 7 == 0, "sparsity": number % 5 == 0},
                tutor=(tutor, email(tutor)),
                created_at=stamp(opened + timedelta(minutes=number)),
            )

    def _give_providers(self, place: EcfSchool) -> None:
        """Partner a school with one lead provider a year, from a random cohort on; many keep theirs."""
        chance = self._organisations.random
        years = sorted(year for year in self._cohorts if self._partnered_in(year))
        provider = ""
        for year in years[chance.randrange(len(years)) :]:
            able = self._partnered_in(year)
            if provider in able and chance.random() < STOPS:
                if chance.random() < UNDECIDED:
                    at = self._organisations.instant_in_summer(year)
                    self.chosen.append(choice(place.id, year, {"choice": NOT_YET_KNOWN}, at, self._bodies))
                return
            if provider not in able or chance.random() < CHANGES_PROVIDER:
                provider = chance.choice(able)
            self.more_partnerships.append(self._partnership(place, provider, year))

    def _partnered_in(self, year: int) -> Sequence[str]:
        """Return the lead providers that train in a cohort."""
        return [name for name, entry in self._providers.items() if year in entry["cohorts"]]

    def _partnership(self, place: EcfSchool, provider: str, year: int) -> EcfPartnership:
        lead_provider_id = self._providers[provider]["id"]
        partners = self._organisations.partners_of[lead_provider_id, year]
        return partnership(
            id=make_id(self._organisations.seed, "partnership", place.id, year),
            lead_provider_id=lead_provider_id,
            school_id=place.id,
            delivery_partner_id=partners[int(place.id[:6], 16) % len(partners)],
            cohort=self._cohorts[year],
            created_at=self._organisations.instant_in_summer(year),
        )
