"""Lead providers, schools and administrators act on partnerships of ECF in any order: a model predicts each answer.

The model follows the description of the service. It shares no code with the sandbox.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from client import Client, errors
from ecf_client import CLOCK, SEEDS, ask, client, sandbox, scenario, seed_id, send_act
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.worlds.store import Where

LEAD_PROVIDERS = ("penhallow", "quarrington")
COHORTS = (2024, 2025)
PARTNERS = {entry["name"]: entry for entry in SEEDS["delivery-partners"]}
PARTNERS_IN_USE = ("kestrel-hub", "curlew-hub", "goldcrest-hub", "unpaired-hub")
REASONS = ("another_provider", "not_confirmed", "do_not_recognise", "no_ects", "mistake")
PROGRAMMES = ("school_led", "not_yet_known", "no_early_career_teachers", "provider_led")

FRESH, LAST_YEAR = seed_id("schools", "fresh"), seed_id("schools", "partnered-last-year")
KEPT = scenario("relationship-that-becomes-a-partnership")["schools"]["here"]
"""A school with a relationship of Penhallow and the Kestrel hub, which only a participant shows."""
WAITING = scenario("participants-awaiting-a-provider")
"""A school with an ECT and a mentor who have no lead provider yet."""
STAFFED, STAFF = WAITING["schools"]["here"], sorted(WAITING["participants"].values())
SCHOOLS = (FRESH, LAST_YEAR, KEPT, STAFFED)

YOURS = ("school_id", "You are already in a confirmed partnership with this school for the entered cohort.")
ANOTHERS = (
    "school_id",
    (
        "Another provider is in a confirmed partnership with the school for the cohort you entered. "
        "Contact the school for more information."
    ),
)
UNDECIDED = (
    "school_id",
    (
        "The school you have entered has not yet confirmed they will deliver DfE-funded training. "
        "Contact the school for more information."
    ),
)
UNRELATED = (
    "delivery_partner_id",
    (
        "The entered delivery partner is not recognised to be working in partnership with you for the given cohort. "
        "Contact the DfE for more information."
    ),
)
UNKNOWN = ("partnership", "Enter a '#/partnership'.")
CHALLENGED = (
    "delivery_partner_id",
    (
        "Your update cannot be made as this partnership has been challenged by the school. If this partnership has "
        "been challenged in error, submit a new partnership confirmation using the endpoint "
        "POST /api/v3/partnerships/ecf."
    ),
)
CONFIRMED = (
    "delivery_partner_id",
    (
        "We are unable to process this request. You are already confirmed to be in partnership with the entered "
        "delivery partner. Contact the DfE for support."
    ),
)
EXPIRED = "This link has expired"
NO_REASON = "Select a reason why you think this confirmation is incorrect"


@dataclass(frozen=True)
class Known:
    """The state of a partnership in the model."""

    lead_provider: str
    school: str
    cohort: int
    partner: str
    created_at: datetime
    updated_at: datetime
    deadline: datetime | None
    relationship: bool = False
    reason: str | None = None
    challenged_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        return self.reason is None and not self.relationship


class EcfPartnerships(RuleBasedStateMachine):
    """Four schools in two cohorts, two lead providers, and everybody who acts on their partnerships."""

    @initialize()
    def begin(self) -> None:
        self.app = sandbox()
        self.clients = {name: client(self.app, name.capitalize()) for name in LEAD_PROVIDERS}
        self.now = datetime.fromisoformat(CLOCK)
        self.known: dict[str, Known] = {}
        self.chosen: dict[tuple[str, int], str] = {(school, 2025): "provider_led" for school in (KEPT, STAFFED)}
        self.trained_by: str | None = None
        self.number = 0
        self._seed_of_last_year()
        self._relationship()

    def _seed_of_last_year(self) -> None:
        (school,) = (entry for entry in SEEDS["schools"] if entry["id"] == LAST_YEAR)
        (entry,) = school["partnerships"]
        created = datetime.fromisoformat(entry["created_at"])
        deadline = _deadline(created, 2024)
        self.known[entry["id"]] = Known("penhallow", LAST_YEAR, 2024, "curlew-hub", created, created, deadline)
        self.chosen[LAST_YEAR, 2024] = "provider_led"

    def _relationship(self) -> None:
        there = Where("school_id", "=", KEPT), Where("relationship", "=", 1)
        (found,) = self.app.worlds._store.find(EcfPartnership, "ecf", *there)  # noqa: SLF001 - no answer shows it
        at = datetime.fromisoformat(found.created_at)
        self.known[found.id] = Known("penhallow", KEPT, 2025, "kestrel-hub", at, at, None, relationship=True)

    # What is done, and whether it can be.

    @rule(
        who=st.sampled_from(LEAD_PROVIDERS),
        school=st.sampled_from(SCHOOLS),
        cohort=st.sampled_from((2025, 2025, 2024)),
        partner=st.sampled_from(PARTNERS_IN_USE),
    )
    def create(self, who: str, school: str, cohort: int, partner: str) -> None:
        expected = [*self._refusal_of_school(who, school, cohort), *self._refusal_of_partner(who, cohort, partner)]
        body = {"cohort": str(cohort), "school_id": school, "delivery_partner_id": PARTNERS[partner]["id"]}
        made = self._send(who, "POST", "/partnerships/ecf", expected, **body)
        if made is None:
            return
        own = {
            id_: one
            for id_, one in self.known.items()
            if (one.lead_provider, one.school, one.cohort) == (who, school, cohort)
        }
        former = {id_ for id_, one in own.items() if one.partner == partner} or {
            id_ for id_, one in own.items() if not one.relationship
        }
        assert made["id"] in former if former else made["id"] not in self.known
        created = self.known[made["id"]].created_at if former else self.now
        self.known[made["id"]] = Known(who, school, cohort, partner, created, self.now, _deadline(self.now, cohort))
        self.chosen[school, cohort] = "provider_led"
        if (school, cohort) == (STAFFED, 2025):
            self.trained_by = made["id"]

    @precondition(lambda self: self.known)
    @rule(data=st.data(), who=st.sampled_from(LEAD_PROVIDERS), partner=st.sampled_from(PARTNERS_IN_USE))
    def update(self, data: Any, who: str, partner: str) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.known)))
        one = self.known[id_]
        path, body = f"/partnerships/ecf/{id_}", {"delivery_partner_id": PARTNERS[partner]["id"]}
        taken = [
            other
            for each, other in self.known.items()
            if each != id_
            and (other.lead_provider, other.school, other.cohort) == (one.lead_provider, one.school, one.cohort)
            and other.partner == partner
        ]
        if one.lead_provider != who or one.relationship:
            self._send(who, "PUT", path, [UNKNOWN], **body)
        elif not _works_with(who, one.cohort, partner):
            self._send(who, "PUT", path, [UNRELATED], **body)
        elif one.reason:
            self._send(who, "PUT", path, [CHALLENGED], **body)
        elif any(other.relationship for other in taken):
            self._send(who, "PUT", path, [CONFIRMED], **body)
        elif taken:
            assert self.clients[who].write("PUT", path, **body).status == 400
        else:
            shown = self._send(who, "PUT", path, [], **body)
            assert shown["id"] == id_
            if one.partner != partner:
                deadline = _deadline(self.now, one.cohort)
                self.known[id_] = replace(one, partner=partner, updated_at=self.now, deadline=deadline)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), reason=st.sampled_from(("", *REASONS)), by=st.sampled_from(("school", "administrator")))
    def challenge(self, data: Any, reason: str, by: str) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.known)))
        one = self.known[id_]
        is_open = by == "administrator" or (one.deadline is not None and one.deadline > self.now)
        answer = send_act(self.app, f"{by}/challenge-partnership", partnership_id=id_, reason=reason)
        if one.reason:
            assert _titles(answer) == ["partnership_id"]
        elif not is_open:
            assert errors(answer) == [("partnership_id", EXPIRED)]
        elif not reason:
            assert errors(answer) == [("reason", NO_REASON)]
        else:
            assert answer.status == 200, answer
            self.known[id_] = replace(one, reason=reason, challenged_at=self.now, updated_at=self.now)
            if reason == "no_ects":
                self.chosen[one.school, one.cohort] = "no_early_career_teachers"

    @rule(school=st.sampled_from((FRESH, LAST_YEAR)), programme=st.sampled_from(PROGRAMMES))
    def set_up_cohort(self, school: str, programme: str) -> None:
        is_kept = programme != "provider_led" and self._active(school, 2025) is not None
        body = {"school_id": school, "cohort": "2025", "programme": programme}
        answer = send_act(self.app, "school/set-up-cohort", **body)
        assert (answer.status, _titles(answer)) == ((422, ["programme"]) if is_kept else (200, [])), answer
        if not is_kept:
            self.chosen[school, 2025] = programme

    @rule(days=st.sampled_from((1, 5, 14, 30)))
    def let_time_go_by(self, days: int) -> None:
        if self.now.year == 2025:
            self._pass(timedelta(days=days))

    # What everybody sees.

    @invariant()
    def everybody_sees_what_the_model_knows(self) -> None:
        self._pass(timedelta(minutes=1))
        for who, speaker in self.clients.items():
            self._look_at_partnerships(who, speaker)
            self._look_at_schools(speaker)
            trained = self.known.get(self.trained_by or "")
            is_seen = trained is not None and trained.is_active and trained.lead_provider == who
            for id_ in STAFF:
                assert speaker.send("GET", f"/api/v3/participants/ecf/{id_}").status == (200 if is_seen else 404)

    def _look_at_partnerships(self, who: str, speaker: Client) -> None:
        listed = {
            one["id"]: one for one in speaker.get("/partnerships/ecf", "filter[cohort]=2024,2025&page[per_page]=999")
        }
        here = {id_: one["attributes"] for id_, one in listed.items() if one["attributes"]["school_id"] in SCHOOLS}
        assert here == {
            id_: {**here.get(id_, {}), **_shown(one)}
            for id_, one in self.known.items()
            if one.lead_provider == who and not one.relationship
        }
        for id_, one in self.known.items():
            answer = speaker.send("GET", f"/api/v3/partnerships/ecf/{id_}")
            if one.lead_provider == who and not one.relationship:
                assert json.loads(answer.body)["data"] == listed[id_]
            else:
                assert (answer.status, json.loads(answer.body)) == (404, {"error": "Resource not Found"})

    def _look_at_schools(self, speaker: Client) -> None:
        for school in SCHOOLS:
            for cohort in COHORTS:
                shown = speaker.get(f"/schools/ecf/{school}", f"filter[cohort]={cohort}")["attributes"]
                partnered = any(
                    one.reason is None for one in self.known.values() if (one.school, one.cohort) == (school, cohort)
                )
                assert shown["in_partnership"] == partnered
                assert shown["induction_programme_choice"] == self.chosen.get((school, cohort), "not_yet_known")

    # What the model knows.

    def _active(self, school: str, cohort: int) -> Known | None:
        here = (one for one in self.known.values() if (one.school, one.cohort) == (school, cohort))
        return next((one for one in here if one.is_active), None)

    def _refusal_of_school(self, who: str, school: str, cohort: int) -> list[tuple[str, str]]:
        present = self._active(school, cohort)
        if present:
            return [YOURS if present.lead_provider == who else ANOTHERS]
        return [UNDECIDED] if self._active(school, cohort - 1) and (school, cohort) not in self.chosen else []

    def _refusal_of_partner(self, who: str, cohort: int, partner: str) -> list[tuple[str, str]]:
        return [] if _works_with(who, cohort, partner) else [UNRELATED]

    def _pass(self, time: timedelta) -> None:
        self.now += time
        answer = ask(self.app, "PUT", "clock", content=json.dumps({"now": _stamp(self.now)}).encode())
        assert answer.status == 200, answer

    def _send(self, who: str, method: str, path: str, expected: list[tuple[str, str]], **attributes: str) -> Any:
        """Send a request that must be done, or refused with these errors in this order."""
        answer = self.clients[who].write(method, path, **attributes)
        assert (answer.status, errors(answer)) == ((422, expected) if expected else (200, [])), answer
        return None if expected else json.loads(answer.body)["data"]


def _titles(answer: Any) -> list[str]:
    return [title for title, _ in errors(answer)]


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _deadline(now: datetime, cohort: int) -> datetime:
    return max(now + timedelta(days=14), datetime(cohort, 9, 15, tzinfo=UTC))


def _works_with(who: str, cohort: int, partner: str) -> bool:
    works_with = PARTNERS[partner]["works_with"]
    return works_with == "everyone" or cohort in works_with.get(who, ())


def _shown(one: Known) -> dict[str, Any]:
    return {
        "cohort": str(one.cohort),
        "school_id": one.school,
        "delivery_partner_id": PARTNERS[one.partner]["id"],
        "delivery_partner_name": PARTNERS[one.partner]["full_name"],
        "status": "challenged" if one.reason else "active",
        "challenged_reason": one.reason,
        "challenged_at": one.challenged_at and _stamp(one.challenged_at).replace("Z", ".000Z"),
        "created_at": _stamp(one.created_at),
        "updated_at": _stamp(one.updated_at),
    }


def test_partnerships_of_ecf_are_what_a_model_says_whoever_changes_them():
    bounds = settings(
        max_examples=20,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # to make a failing sequence shorter takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(EcfPartnerships, settings=bounds)
