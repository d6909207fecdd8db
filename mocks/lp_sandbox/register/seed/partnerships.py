"""Partnerships: the partnerships of the seeds, and the requested number of further ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from lp_sandbox.programme.seed.organisations import Organisations, named_partners
from lp_sandbox.register.new_partnership_record import new_partnership
from lp_sandbox.register.records import Partnership
from lp_sandbox.register.seed.schools import Schools
from lp_sandbox.worlds.ids import make_id

PartnershipKey = tuple[str, str, int]
"""The school, the lead provider and the cohort of a partnership."""


class Partnerships:
    """The partnerships between the organisations of a world, besides those of scenarios."""

    def __init__(self, organisations: Organisations, schools: Schools) -> None:
        self._organisations, self._schools, self._seeds = organisations, schools, organisations.seeds
        self.named = list(self._named())
        self.more = list(self._more())

    def records(self) -> Iterable[Partnership]:
        """Return all partnerships made."""
        return chain(self.named, self.more)

    def by_key(self) -> dict[PartnershipKey, Partnership]:
        """Return the named partnerships by school, lead provider and cohort."""
        return {(p.school_id, p.lead_provider_id, p.cohort): p for p in self.named}

    def _named(self) -> Iterator[Partnership]:
        providers = {entry["name"]: entry["id"] for entry in self._seeds["lead-providers"]}
        partners = named_partners(self._seeds)
        for entry in self._seeds["partnerships"]:
            yield new_partnership(
                id=entry["id"],
                lead_provider_id=providers[entry["lead_provider"]],
                school=self._schools.named[entry["school"]],
                partner=partners[entry["delivery_partner"]],
                cohort=entry["cohort"],
                added_by_dfe=entry["added_by_dfe"],
                created_at=self._organisations.almanac.past(entry["created_at"]),
            )

    def _more(self) -> Iterator[Partnership]:
        """Give every lead provider partnerships with unnamed schools, spread over its open cohorts."""
        organisations = self._organisations
        schools, chance, wanted = self._schools.more, organisations.random, organisations.wanted["partnerships"]
        for provider in self._seeds["lead-providers"]:
            years = [year for year in provider["cohorts"] if year in organisations.almanac.opened]
            pairs = len(schools) * len(years)
            for pair in chance.sample(range(pairs), min(pairs, wanted)):
                number, position = divmod(pair, len(years))
                school, year = schools[number], years[position]
                yield new_partnership(
                    id=make_id(organisations.seed, "partnership", provider["id"], school.id, year),
                    lead_provider_id=provider["id"],
                    school=school,
                    partner=organisations.partners_by_id[
                        chance.choice(organisations.partners_of[provider["id"], year])
                    ],
                    cohort=year,
                    added_by_dfe=0,
                    created_at=organisations.instant_in_summer(year),
                )
