"""Lead providers, schools and DfE form partnerships in any order: a small model predicts each answer and every list."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from client import client, register, sandbox, seed_id
from controls_client import ask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

SEEDS = register().contract.seeds
NAMED = ("fresh", "no-tutor", "became-ineligible")
"""Schools without partnerships and participants."""
SCHOOLS = {entry["id"]: entry for entry in SEEDS["schools"] if entry["name"] in NAMED}
PARTNERS = [seed_id("delivery-partners", name) for name in ("harbour-hub", "moorland-hub", "unpaired-hub")]
PROVIDERS = {entry["name"]: entry for entry in SEEDS["lead-providers"]}
COHORTS = {entry["year"]: entry for entry in SEEDS["cohorts"] if entry["year"] >= 2022}
ALL = "page[per_page]=3000"
TUTORS = [("Samira Hale", "samira.hale@example.com"), ("Tom Reed", "tom.reed@example.com")]

LEAD_PROVIDERS = ("ashdown", "brightwater", "fenwick")
lead_providers, schools, partners = map(st.sampled_from, (LEAD_PROVIDERS, list(SCHOOLS), PARTNERS))
cohorts = st.sampled_from(list(COHORTS))


BEGUN = [
    ("ashdown", "fresh", 2023, "moorland-hub"),
    ("fenwick", "fresh", 2024, "harbour-hub"),
    ("brightwater", "no-tutor", 2023, "harbour-hub"),
    ("ashdown", "no-tutor", 2024, "moorland-hub"),
    ("brightwater", "became-ineligible", 2024, "unpaired-hub"),
]
"""The partnerships that there are before anything else happens."""


@dataclass(frozen=True)
class Agreed:
    """The state of a partnership in the model."""

    lead_provider: str
    school: str
    cohort: int
    partner: str
    created_at: str
    updated_at: str


class Partnerships(RuleBasedStateMachine):
    """Three schools without partnerships, and everybody who can change that."""

    @initialize()
    def begin(self) -> None:
        first = client(sandbox())
        self.app = first.app
        self.clients = {name: client(self.app, lead_provider=PROVIDERS[name]["full_name"]) for name in PROVIDERS}
        self.now = datetime.fromisoformat("2026-05-28T09:00:00+00:00")
        self.agreed: dict[str, Agreed] = {}
        self.turns = cycle(LEAD_PROVIDERS)
        self.eligible = {
            (id_, year): year <= (entry["last_eligible_cohort"] or year)
            for id_, entry in SCHOOLS.items()
            for year in COHORTS
        }
        self.tutors = {id_: tuple((one["induction_tutor"] or {}).values()) for id_, one in SCHOOLS.items()}
        self.registered: dict[str, tuple[str, str, int]] = {}
        self.schools_moved = dict.fromkeys(self.eligible, "")
        self._pass(minutes=0)
        for who, school, cohort, partner in BEGUN:
            self.create(who, seed_id("schools", school), cohort, seed_id("delivery-partners", partner))

    # What is done, and whether it can be.

    @rule(who=lead_providers, school=schools, cohort=cohorts, partner=partners)
    def create(self, who: str, school: str, cohort: int, partner: str) -> None:
        allowed = (
            self._opened(cohort)
            and self.eligible[school, cohort]
            and _paired(who, cohort, partner)
            and not self._between(who, school, cohort)
        )
        made = self._send(
            who, "POST", "/partnerships", allowed, cohort=str(cohort), school_id=school, delivery_partner_id=partner
        )
        if made:
            self._form(made["id"], who, school, cohort, partner)
        self._look()

    @rule(data=st.data(), partner=partners)
    def update(self, data: Any, partner: str) -> None:
        id_ = self._some(data)
        if id_ is None:
            return
        one = self.agreed[id_]
        taken = {other.partner for other in self._between(one.lead_provider, one.school, one.cohort)}
        allowed = _paired(one.lead_provider, one.cohort, partner) and partner not in taken
        if self._send(one.lead_provider, "PUT", f"/partnerships/{id_}", allowed, delivery_partner_id=partner):
            self.agreed[id_] = replace(one, partner=partner, updated_at=self._stamp())
        self._look()

    @rule(school=schools, cohort=cohorts, named=st.none() | lead_providers)
    def roll_over(self, school: str, cohort: int, named: str | None) -> None:
        earlier = self._latest(school, cohort, named)
        allowed = (
            self._opened(cohort)
            and self.eligible[school, cohort]
            and earlier is not None
            and _paired(earlier.lead_provider, cohort, earlier.partner)
            and not self._between(earlier.lead_provider, school, cohort)
        )
        given = {"lead_provider": PROVIDERS[named]["full_name"]} if named else {}
        made = self._act("school/roll-over-partnership", allowed, school_id=school, cohort=str(cohort), **given)
        if made and earlier:
            assert self.agreed[made["attributes"]["earlier_partnership_id"]] == earlier
            self._form(made["id"], earlier.lead_provider, school, cohort, earlier.partner)
        self._look()

    @rule(data=st.data(), partner=partners)
    def add_delivery_partner(self, data: Any, partner: str) -> None:
        id_ = self._some(data)
        if id_ is None:
            return
        one = self.agreed[id_]
        taken = {other.partner for other in self._between(one.lead_provider, one.school, one.cohort)}
        allowed = _paired(one.lead_provider, one.cohort, partner) and partner not in taken
        made = self._act("dfe/add-delivery-partner", allowed, partnership_id=id_, delivery_partner_id=partner)
        if made:
            self.agreed[made["id"]] = replace(one, partner=partner, created_at=self._stamp(), updated_at=self._stamp())
        self._look()

    @rule(school=schools, tutor=st.sampled_from(TUTORS))
    def name_tutor(self, school: str, tutor: tuple[str, str]) -> None:
        name, email = tutor
        given = {"induction_tutor_name": name, "induction_tutor_email": email}
        if self._act("school/name-induction-tutor", self.tutors[school] != tutor, school_id=school, **given):
            self.tutors[school] = tutor
            self._school_moved(school)
            for id_, one in self.agreed.items():
                if one.school == school:
                    self.agreed[id_] = replace(one, updated_at=self._stamp())
        self._look()

    @rule(school=schools, cohort=cohorts, eligible=st.booleans())
    def change_eligibility(self, school: str, cohort: int, eligible: bool) -> None:  # noqa: FBT001
        later = [(school, year) for year in COHORTS if year >= cohort]
        allowed = any(self.eligible[place] != eligible for place in later)
        if self._act("dfe/change-eligibility", allowed, school_id=school, cohort=str(cohort), eligible=eligible):
            self.eligible |= dict.fromkeys(later, eligible)
        self._look()

    @rule(who=lead_providers, school=schools, cohort=cohorts)
    def register(self, who: str, school: str, cohort: int) -> None:
        allowed = self._listed(school, cohort) and COHORTS[cohort]["enabled"] and cohort in PROVIDERS[who]["cohorts"]
        had_interest, had_anybody = self._interest(who, school, cohort), self._anybody(school, cohort)
        made = self._act(
            "school/register-participant",
            allowed,
            participant_type="ect",
            school_id=school,
            lead_provider=PROVIDERS[who]["full_name"],
            start_date=f"{cohort}-11-01",
        )
        if made:
            self.registered[made["id"]] = who, school, cohort
            if not had_anybody:
                self.schools_moved[school, cohort] = self._stamp()
            if not had_interest:
                self._school_moved(school)
        self._look()

    @rule(days=st.sampled_from([1, 5, 30]))
    def let_time_go_by(self, days: int) -> None:
        if self.now.month < 10:
            self._pass(days=days)
        self._look()

    # What everybody sees.

    def _look(self) -> None:
        """Let the next lead provider look: what is wrong stays wrong until its turn."""
        self._look_as(next(self.turns))
        self._pass(minutes=1)

    def teardown(self) -> None:
        for who in LEAD_PROVIDERS:
            self._look_as(who)

    def _look_as(self, who: str) -> None:
        self._look_at_partnerships(who)
        for cohort in COHORTS:
            self._look_at_schools(who, cohort)
        for id_, (by, *place) in self.registered.items():
            seen = self.clients[who].send("GET", f"/api/v3/participants/{id_}").status == 200
            assert seen == bool(by == who and self._between(who, *place))

    def _look_at_partnerships(self, who: str) -> None:
        listed = {one["id"]: one["attributes"] for one in self.clients[who].get("/partnerships", ALL)}
        mine = {id_: one for id_, one in self.agreed.items() if one.lead_provider == who}
        assert {id_ for id_, one in listed.items() if one["school_id"] in SCHOOLS} == mine.keys()
        for id_, one in mine.items():
            shown = listed[id_]
            assert shown == self.clients[who].get(f"/partnerships/{id_}")["attributes"]
            assert (shown["school_id"], shown["cohort"]) == (one.school, str(one.cohort))
            assert shown["delivery_partner_id"] == one.partner
            assert shown["created_at"] == one.created_at
            assert _tutor(shown) == (self.tutors[one.school] or (None, None))
            trained = any(place == (who, one.school, one.cohort) for place in self.registered.values())
            assert shown["updated_at"] == one.updated_at or (trained and shown["updated_at"] > one.updated_at)

    def _look_at_schools(self, who: str, cohort: int) -> None:
        queries = [f"filter[cohort]={cohort}&filter[urn]={school['urn']}" for school in SCHOOLS.values()]
        listed = [one for query in queries for one in self.clients[who].get("/schools", query)]
        shown = {one["id"]: one["attributes"] for one in listed}
        assert shown.keys() == {school for school in SCHOOLS if self._listed(school, cohort)}
        for school, one in shown.items():
            interest = self._interest(who, school, cohort)
            tutor = self.tutors[school] if interest and self.tutors[school] else (None, None)
            assert one["in_partnership"] == bool(self._partnered(school, cohort))
            assert one["expression_of_interest"] == interest
            assert one["induction_programme_choice"] == (
                "provider_led" if self._anybody(school, cohort) else "not_yet_known"
            )
            assert _tutor(one) == tutor
            assert one["updated_at"] == (self.schools_moved[school, cohort] or SCHOOLS[school]["created_at"])

    # What the model knows.

    def _form(self, id_: str, who: str, school: str, cohort: int, partner: str) -> None:
        if not self._partnered(school, cohort):
            self.schools_moved[school, cohort] = self._stamp()
        if not self._interest(who, school, cohort):
            self._school_moved(school)
        self.agreed[id_] = Agreed(who, school, cohort, partner, self._stamp(), self._stamp())

    def _school_moved(self, school: str) -> None:
        self.schools_moved |= {place: self._stamp() for place in self.schools_moved if place[0] == school}

    def _opened(self, cohort: int) -> bool:
        return bool(COHORTS[cohort]["enabled"]) and COHORTS[cohort]["starts_on"] <= self._stamp()[:10]

    def _listed(self, school: str, cohort: int) -> bool:
        return self.eligible[school, cohort] or bool(self._partnered(school, cohort))

    def _partnered(self, school: str, cohort: int) -> list[Agreed]:
        return [one for one in self.agreed.values() if (one.school, one.cohort) == (school, cohort)]

    def _between(self, who: str, school: str, cohort: int) -> list[Agreed]:
        return [one for one in self._partnered(school, cohort) if one.lead_provider == who]

    def _interest(self, who: str, school: str, cohort: int) -> bool:
        return bool(self._between(who, school, cohort)) or (who, school, cohort) in self.registered.values()

    def _anybody(self, school: str, cohort: int) -> bool:
        return any(place == [school, cohort] for _, *place in self.registered.values())

    def _latest(self, school: str, cohort: int, named: str | None) -> Agreed | None:
        earlier = [
            one for one in self.agreed.values()
            if one.school == school and one.cohort < cohort and named in (None, one.lead_provider)
        ]  # fmt: skip
        return max(earlier, key=lambda one: (one.cohort, one.created_at), default=None)

    def _some(self, data: Any) -> str | None:
        return data.draw(st.sampled_from(sorted(self.agreed))) if self.agreed else None

    def _pass(self, **by: int) -> None:
        self.now += timedelta(**by)
        answer, _ = ask(self.app, "PUT", "/_sandbox/clock", {"now": self._stamp()})
        assert answer.status == 200

    def _stamp(self) -> str:
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"

    def _send(self, who: str, method: str, path: str, allowed: bool, **attributes: str) -> Any:  # noqa: FBT001
        """Send a request that must be done, or refused."""
        answer = self.clients[who].write(method, path, **attributes)
        assert answer.status == (200 if allowed else 422), answer
        return json.loads(answer.body)["data"] if allowed else None

    def _act(self, path: str, allowed: bool, **attributes: Any) -> Any:  # noqa: FBT001
        """Let somebody act, who must be able to, or be refused."""
        answer, body = ask(self.app, "POST", f"/_sandbox/actors/{path}", {"data": {"attributes": attributes}})
        assert (answer.status < 300) if allowed else (answer.status == 422), answer
        return body["data"] if allowed else None


def _tutor(shown: Any) -> tuple[str | None, str | None]:
    return shown["induction_tutor_name"], shown["induction_tutor_email"]


def _paired(who: str, cohort: int, partner: str) -> bool:
    works_with = next(entry["works_with"] for entry in SEEDS["delivery-partners"] if entry["id"] == partner)
    return cohort in (PROVIDERS[who]["cohorts"] if works_with == "everyone" else works_with.get(who, ()))


def test_partnerships_are_what_a_model_says_whoever_changes_them():
    bounds = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Partnerships, settings=bounds)
