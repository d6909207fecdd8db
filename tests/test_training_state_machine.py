"""A lead provider, a school and finance at work: a small model of states predicts the answers of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id
from controls_client import ask
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from lp_sandbox.worlds.records import FOREVER

COURSE = "ecf-induction"
EVIDENCE = {
    "started": "training-event-attended",
    "retained-1": "other",
    "retained-2": "75-percent-engagement-met",
    "retained-3": "other",
    "completed": "one-term-induction",
}
ORDER = list(EVIDENCE)
STANDING = ("submitted", "eligible", "payable", "paid")
FIRST_DAY = "2026-09-07"
OPENS = {
    (str(entry["cohort"]), entry["schedule"]): {kind: days["from"] for kind, days in entry["types"].items()}
    for entry in register().contract.seeds["schedules"]["milestones"]
}
"""The first day of each milestone, by cohort and schedule."""
MOST = 3
"""How many ECTs there can be."""
STEPS = {
    (step.source, step.target, step.by): step for step in register().contract.transitions["DeclarationAttributes.state"]
}


@dataclass
class Person:
    """The state of an ECT in the model."""

    id: str
    started_on: str
    """The first day of the training that goes on, or went on last."""
    eligible: bool = False
    training: str = "active"
    stopped_on: str = ""
    left_on: str = ""
    """Their last day at the school."""
    declared: dict[str, dict[str, str]] = field(default_factory=dict)
    """Type, date and state of each declaration, by id."""

    @property
    def standing(self) -> list[dict[str, str]]:
        return [declared for declared in self.declared.values() if declared["state"] in STANDING]

    @property
    def status(self) -> str:
        return "active" if self.training == "active" and not self.left_on else "left"


class LeadProviderAndActors(RuleBasedStateMachine):
    """ECTs of cohort 2026 at one school, and everybody who deals with them."""

    store = "memory"

    @initialize()
    def form_a_partnership(self) -> None:
        self.client: Client = client(sandbox(self.store))
        self.app = self.client.app
        for world in self.app.worlds.all():
            self.app.worlds.reset(world)
        self.now = datetime.fromisoformat("2026-09-15T09:00:00+00:00")
        self._set_clock()
        self.school, partner = seed_id("schools", "fresh"), seed_id("delivery-partners", "harbour-hub")
        self.people: dict[str, Person] = {}
        self.register_an_ect()  # who waits for a partnership
        assert self.client.send("GET", f"/api/v3/participants/{next(iter(self.people))}").status == 404
        self.client.done("POST", "/partnerships", cohort="2026", school_id=self.school, delivery_partner_id=partner)
        self._look()

    # What they do. Each step says what the server must answer, and by which names states may move.

    @precondition(lambda self: len(self.people) < MOST)
    @rule()
    def register_an_ect(self) -> None:
        status, registered = self._act(
            "school/register-participant",
            participant_type="ect",
            school_id=self.school,
            lead_provider="Ashdown Teaching Partnership",
            start_date=FIRST_DAY,
        )
        assert status == 200, registered
        self.people[registered["data"]["id"]] = Person(registered["data"]["id"], FIRST_DAY)

    @rule(kind=st.sampled_from(ORDER), data=st.data())
    def declare(self, kind: str, data: Any) -> None:
        ect = self._somebody(data, stays=True)
        date = self._stamp()
        later = [d for d in ect.standing if ORDER.index(d["type"]) > ORDER.index(kind) and d["date"] < date]
        twice = any(d["type"] == kind for d in ect.standing)
        is_open = OPENS[self._schedule(ect)][kind] <= self._today()
        allowed = is_open and not later and not twice and ect.training != "withdrawn"
        answer = self.client.write(
            "POST",
            "/participant-declarations",
            participant_id=ect.id,
            declaration_type=kind,
            declaration_date=date,
            course_identifier=COURSE,
            evidence_held=EVIDENCE[kind],
        )
        assert answer.status == (200 if allowed else 422), (kind, answer)
        if allowed:
            made = json.loads(answer.body)["data"]
            state = "eligible" if ect.eligible else "submitted"
            assert made["attributes"]["state"] == state
            assert (None, state, "createDeclaration") in STEPS
            ect.declared[made["id"]] = {"type": kind, "date": date, "state": state}
        self._look("createDeclaration")

    @precondition(lambda self: self._declared())
    @rule(data=st.data())
    def void(self, data: Any) -> None:
        id_, state = data.draw(st.sampled_from(sorted(self._declared().items())))
        answer = self.client.write("PUT", f"/participant-declarations/{id_}/void")
        goes_to = next((to for source, to, by in STEPS if (source, by) == (state, "voidDeclaration")), None)
        assert answer.status == (200 if goes_to else 422), (state, answer)
        if goes_to:
            assert json.loads(answer.body)["data"]["attributes"]["state"] == goes_to
        self._look("voidDeclaration")

    @rule(what=st.sampled_from(["withdraw", "defer"]), data=st.data())
    def stop(self, what: str, data: Any) -> None:
        ect = self._somebody(data, stays=True)
        done = {"withdraw": "withdrawn", "defer": "deferred"}[what]
        stoppable = {"withdraw": ("active", "deferred"), "defer": ("active",)}[what]
        allowed = ect.training in stoppable and ect.started_on < self._today()
        answer = self.client.write("PUT", f"/participants/{ect.id}/{what}", reason="other", course_identifier=COURSE)
        assert answer.status == (200 if allowed else 422), (what, ect, answer)
        if allowed:
            ect.stopped_on = ect.stopped_on if ect.training == "deferred" else self._today()
            ect.training = done
        self._look()

    @rule(data=st.data())
    def resume(self, data: Any) -> None:
        ect = self._somebody(data, stays=True)
        allowed = ect.training != "active" and ect.stopped_on < self._today()
        answer = self.client.write("PUT", f"/participants/{ect.id}/resume", course_identifier=COURSE)
        assert answer.status == (200 if allowed else 422), (ect, answer)
        if allowed:
            ect.training, ect.started_on = "active", self._today()
        self._look()

    @rule(data=st.data())
    def report_a_leaver(self, data: Any) -> None:
        ect = self._somebody(data)
        allowed = ect.started_on <= self._today() <= (ect.left_on or FOREVER)
        status, said = self._act(
            "school/report-leaver", participant_id=ect.id, participant_type="ect", date=self._today()
        )
        assert status == (200 if allowed else 422), (ect, said)
        ect.left_on = self._today() if allowed else ect.left_on
        self._look()

    @rule(data=st.data())
    def confirm_eligibility(self, data: Any) -> None:
        ect = self._somebody(data)
        status, _ = self._act("dfe/confirm-eligibility", participant_id=ect.id, participant_type="ect")
        assert status == (422 if ect.eligible else 200)
        ect.eligible = True
        self._look("confirmEligibility")

    @precondition(lambda self: self._declared("eligible", "payable", "paid"))
    @rule(data=st.data())
    def pay_early(self, data: Any) -> None:
        id_, state = data.draw(st.sampled_from(sorted(self._declared("eligible", "payable", "paid").items())))
        statement = self.client.get(f"/participant-declarations/{id_}")["attributes"]["statement_id"]
        status, _ = self._act("dfe/pay-statement", statement_id=statement)
        assert status == (422 if state == "paid" else 200)
        self._look("payStatement")
        assert self._declared()[id_] == "paid"

    @rule(days=st.sampled_from([1, 20, 45, 100]))
    def let_time_go_by(self, days: int) -> None:
        if self.now.year < 2028:
            self.now += timedelta(days=days)
            self._set_clock()
        self._look("time")

    # How it is looked at.

    def _look(self, *by: str) -> None:
        """See that every state moved by a listed step of what was just done, and that all else stood still."""
        for ect in self.people.values():
            shown = self.client.get("/participant-declarations", f"filter[participant_id]={ect.id}")
            assert {one["id"] for one in shown} == ect.declared.keys()
            for one in shown:
                assert self.client.get(f"/participant-declarations/{one['id']}") == one
                before, after = ect.declared[one["id"]]["state"], one["attributes"]["state"]
                assert before == after or _reachable(before, after, by), (before, after, by)
                assert (one["attributes"]["statement_id"] is None) == (after in ("submitted", "voided"))
                ect.declared[one["id"]]["state"] = after
            enrolment = self._enrolment(ect)
            assert (enrolment["training_status"], enrolment["participant_status"]) == (ect.training, ect.status)

    def _enrolment(self, ect: Person) -> dict[str, Any]:
        (enrolment,) = self.client.get(f"/participants/{ect.id}")["attributes"]["ecf_enrolments"]
        return enrolment

    def _schedule(self, ect: Person) -> tuple[str, str]:
        """Return the cohort and the schedule: an ECT who is registered late starts with a later schedule."""
        enrolment = self._enrolment(ect)
        return enrolment["cohort"], enrolment["schedule_identifier"]

    def _somebody(self, data: Any, *, stays: bool = False) -> Person:
        """Draw an ECT: one who is still at the school, if requested and if there is one."""
        there = sorted(id_ for id_, person in self.people.items() if not (stays and person.left_on))
        assume(there)
        return self.people[data.draw(st.sampled_from(there))]

    def _declared(self, *states: str) -> dict[str, str]:
        """Return the states of declarations by id: of all, or of those in some states."""
        every = {id_: one["state"] for person in self.people.values() for id_, one in person.declared.items()}
        return {id_: state for id_, state in every.items() if not states or state in states}

    def _today(self) -> str:
        return self.now.date().isoformat()

    def _stamp(self) -> str:
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"

    def _set_clock(self) -> None:
        answer, _ = ask(self.app, "PUT", "/_sandbox/clock", {"now": self._stamp()})
        assert answer.status == 200

    def _act(self, path: str, **attributes: str) -> tuple[int, Any]:
        answer, body = ask(self.app, "POST", f"/_sandbox/actors/{path}", {"data": {"attributes": attributes}})
        return (200 if answer.status == 201 else answer.status), body


def _reachable(before: str, after: str, by: tuple[str, ...]) -> bool:
    """Say whether listed steps lead from one state to another; time can take several at once."""
    found, frontier = set(), {before}
    while frontier:
        frontier = {to for source, to, name in STEPS if source in frontier and name in by} - found
        found |= frontier
    return after in found


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_the_server_does_what_a_model_of_the_tables_says(store: str, tmp_path: Path) -> None:
    files = iter(range(10**6))

    class Here(LeadProviderAndActors):
        @property
        def store(self) -> str:  # type: ignore[override]
            return "memory" if store == "memory" else f"sqlite:///{tmp_path}/{next(files)}.sqlite3"

    bounds = settings(
        max_examples=20 if store == "memory" else 6,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=bounds)
