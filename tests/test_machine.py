"""A lead provider, a school and finance at work: a small model that knows only states predicts what the server says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id
from desk import ask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

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
STEPS = {
    (step.source, step.target, step.by): step for step in register().contract.transitions["DeclarationAttributes.state"]
}


class Desk(RuleBasedStateMachine):
    """One ECT of cohort 2026, and everybody who deals with them."""

    store = "memory"

    @initialize()
    def form_a_partnership_and_register_an_ect(self) -> None:
        self.client: Client = client(sandbox(self.store))
        self.app = self.client.app
        for world in self.app.worlds.all():
            self.app.worlds.reset(world)
        self.now = datetime.fromisoformat("2026-09-15T09:00:00+00:00")
        self._set_clock()
        school, partner = seed_id("schools", "fresh"), seed_id("delivery-partners", "harbour-hub")
        self.client.done("POST", "/partnerships", cohort="2026", school_id=school, delivery_partner_id=partner)
        registered = self._act(
            "school/register-participant",
            participant_type="ect",
            school_id=school,
            lead_provider="Ashdown Teaching Partnership",
            start_date="2026-09-07",
        )
        self.ect = registered[1]["data"]["id"]
        self.eligible, self.training = False, "active"
        self.started_on, self.stopped_on = "2026-09-07", ""
        self.declared: dict[str, dict[str, str]] = {}
        self.by_step: tuple[str, ...] = ()

    # What they do. Each step says what the server must answer, and by which names states may move.

    @rule(kind=st.sampled_from(ORDER))
    def declare(self, kind: str) -> None:
        date = self._stamp()
        later = [d for d in self._standing() if ORDER.index(d["type"]) > ORDER.index(kind) and d["date"] < date]
        twice = any(d["type"] == kind for d in self._standing())
        allowed = not later and not twice and self.training != "withdrawn"
        answer = self.client.write(
            "POST",
            "/participant-declarations",
            participant_id=self.ect,
            declaration_type=kind,
            declaration_date=date,
            course_identifier=COURSE,
            evidence_held=EVIDENCE[kind],
        )
        assert answer.status == (200 if allowed else 422), (kind, answer)
        if allowed:
            made = json.loads(answer.body)["data"]
            state = "eligible" if self.eligible else "submitted"
            assert made["attributes"]["state"] == state
            assert (None, state, "createDeclaration") in STEPS
            self.declared[made["id"]] = {"type": kind, "date": date, "state": state}
        self._look("createDeclaration")

    @precondition(lambda self: self.declared)
    @rule(data=st.data())
    def void(self, data: Any) -> None:
        id_ = data.draw(st.sampled_from(sorted(self.declared)))
        state = self.declared[id_]["state"]
        answer = self.client.write("PUT", f"/participant-declarations/{id_}/void")
        goes_to = next((to for source, to, by in STEPS if (source, by) == (state, "voidDeclaration")), None)
        assert answer.status == (200 if goes_to else 422), (state, answer)
        if goes_to:
            assert json.loads(answer.body)["data"]["attributes"]["state"] == goes_to
        self._look("voidDeclaration")

    @rule(what=st.sampled_from(["withdraw", "defer"]))
    def stop(self, what: str) -> None:
        done = {"withdraw": "withdrawn", "defer": "deferred"}[what]
        stoppable = {"withdraw": ("active", "deferred"), "defer": ("active",)}[what]
        allowed = self.training in stoppable and self.started_on < self._today()
        answer = self.client.write("PUT", f"/participants/{self.ect}/{what}", reason="other", course_identifier=COURSE)
        assert answer.status == (200 if allowed else 422), (what, self.training, answer)
        if allowed:
            self.stopped_on = self.stopped_on if self.training == "deferred" else self._today()
            self.training = done
        self._look()

    @rule()
    def resume(self) -> None:
        allowed = self.training != "active" and self.stopped_on < self._today()
        answer = self.client.write("PUT", f"/participants/{self.ect}/resume", course_identifier=COURSE)
        assert answer.status == (200 if allowed else 422), (self.training, answer)
        if allowed:
            self.training, self.started_on = "active", self._today()
        self._look()

    @rule()
    def confirm_eligibility(self) -> None:
        status, _ = self._act("dfe/confirm-eligibility", participant_id=self.ect, participant_type="ect")
        assert status == (422 if self.eligible else 200)
        self.eligible = True
        self._look("confirmEligibility")

    @precondition(lambda self: any(d["state"] in ("eligible", "payable", "paid") for d in self.declared.values()))
    @rule(data=st.data())
    def pay_early(self, data: Any) -> None:
        on_one = sorted(i for i, d in self.declared.items() if d["state"] in ("eligible", "payable", "paid"))
        id_ = data.draw(st.sampled_from(on_one))
        was_paid = self.declared[id_]["state"] == "paid"
        statement = self.client.get(f"/participant-declarations/{id_}")["attributes"]["statement_id"]
        status, _ = self._act("dfe/pay-statement", statement_id=statement)
        assert status == (422 if was_paid else 200)
        self._look("payStatement")
        assert self.declared[id_]["state"] == "paid"

    @rule(days=st.sampled_from([1, 20, 45, 100]))
    def let_time_go_by(self, days: int) -> None:
        if self.now.year < 2028:
            self.now += timedelta(days=days)
            self._set_clock()
        self._look("time")

    # How it is looked at.

    def _look(self, *by: str) -> None:
        """See that every state moved by a listed step of what was just done, and that all else stood still."""
        shown = self.client.get("/participant-declarations", f"filter[participant_id]={self.ect}")
        assert {one["id"] for one in shown} == self.declared.keys()
        for one in shown:
            assert self.client.get(f"/participant-declarations/{one['id']}") == one
            before, after = self.declared[one["id"]]["state"], one["attributes"]["state"]
            assert before == after or self._reachable(before, after, by), (before, after, by)
            assert (one["attributes"]["statement_id"] is None) == (after in ("submitted", "voided"))
            self.declared[one["id"]]["state"] = after
        (enrolment,) = self.client.get(f"/participants/{self.ect}")["attributes"]["ecf_enrolments"]
        assert enrolment["training_status"] == self.training
        assert enrolment["participant_status"] == ("active" if self.training == "active" else "left")

    def _reachable(self, before: str, after: str, by: tuple[str, ...]) -> bool:
        """Say whether listed steps lead from one state to another; time can take several at once."""
        found, frontier = set(), {before}
        while frontier:
            frontier = {to for source, to, name in STEPS if source in frontier and name in by} - found
            found |= frontier
        return after in found

    def _standing(self) -> list[dict[str, str]]:
        return [declared for declared in self.declared.values() if declared["state"] in STANDING]

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


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_the_server_does_what_a_model_of_the_tables_says(store: str, tmp_path: Path) -> None:
    files = iter(range(10**6))

    class Here(Desk):
        @property
        def store(self) -> str:  # type: ignore[override]
            return "memory" if store == "memory" else f"sqlite:///{tmp_path}/{next(files)}.sqlite3"

    bounds = settings(
        max_examples=12 if store == "memory" else 5,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=bounds)
