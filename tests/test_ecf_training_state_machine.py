"""Schools, two lead providers, DfE and finance deal with ECTs of ECF in any order: a model predicts each answer.

The model follows the description of the service. It shares no code with the sandbox.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from client import Client, errors
from ecf_client import CLOCK, act, ask, client, sandbox, seed_id, send_act
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

COURSE = "ecf-induction"
EVIDENCE = {
    "started": "training-event-attended",
    "retained-1": "other",
    "retained-2": "75-percent-engagement-met",
    "completed": "one-term-induction",
}
IN_EVERY_VERSION = ("training_record_id", "training_status", "cohort", "schedule_identifier", "school_urn", "mentor_id")
LEAD_PROVIDERS = ("penhallow", "quarrington")
SCHOOLS = dict(zip(LEAD_PROVIDERS, (seed_id("schools", "fresh"), seed_id("schools", "fresh-too")), strict=True))
"""A school for each lead provider, which has a partnership with it."""
BORN = {"eligible": "1990-05-05", "manual_check": "1900-01-04", "unmatched": "1900-01-02"}
"""A date of birth for each finding of DfE."""
SCHEDULES = ("ecf-standard-september", "ecf-extended-september")
LOOKED_AT = ("state", "statement_id", "clawback_statement_id")
MOST = 3
"""How many ECTs there can be."""
SELDOM = st.sampled_from((True, False, False, False))
"""Whether something is done after which little else can happen."""
SEED = 7
"""With this seed, few examples meet every state and every refusal."""
LAST_YEAR = 2027
"""The year in which the clock stops: statements are open for another year."""

UNRECOGNISED = (
    "participant_id",
    "Your update cannot be made as the '#/participant_id' is not recognised. Check participant details and try again.",
)
REMOVED = (
    "course_identifier",
    "The entered '#/course_identifier' is not recognised for the given participant. Check details and try again.",
)
DECLARED = ("base", "A declaration has already been submitted that will be, or has been, paid for this event")
NOT_STARTED = (
    "participant_profile",
    ("A participant who has not got a started declaration cannot be withdrawn. Please contact support for assistance"),
)
WITHDRAWN = ("participant_id", "Cannot perform actions on a withdrawn participant")
UNCHANGED = ("schedule_identifier", "Selected schedule is already on the profile")
VOIDED = ("Invalid action", "This declaration has already been voided.")
CLAWED_BACK = ("Invalid action", "This declaration has been clawed-back, so you can only view it.")
GONE = ("voided", "awaiting-clawback", "clawed-back")


def already(status: str) -> tuple[str, str]:
    return "participant_profile", f"The participant is already {status}"


@dataclass
class Time:
    """An ECT's time at the school of one lead provider."""

    lead_provider: str
    ended_on: str | None = None
    is_removed: bool = False
    training: str = "active"
    withdrew_at: str = ""
    schedules: set[str] = field(default_factory=set)
    """On which the lead provider has trained the ECT."""

    @property
    def status(self) -> str:
        """Days of this model never lie ahead, so nobody is joining or leaving."""
        return "left" if self.ended_on else "withdrawn" if self.is_removed else "active"


@dataclass
class Declared:
    """A declaration. Its state follows from its statements and the clock."""

    lead_provider: str
    kind: str
    day: str
    statement: str | None
    is_voided: bool = False
    clawback: str | None = None

    @property
    def counts(self) -> bool:
        return not self.is_voided and self.clawback is None


@dataclass
class Statement:
    """A statement of a lead provider into which declarations of cohort 2025 go."""

    lead_provider: str
    cut_off: str
    payment: str
    is_paid_early: bool = False


@dataclass
class Person:
    """The state of an ECT in the model."""

    finding: str
    times: list[Time]
    schedule: str = SCHEDULES[0]
    declared: dict[str, Declared] = field(default_factory=dict)

    @property
    def last(self) -> Time:
        return self.times[-1]

    def with_(self, lead_provider: str) -> Time | None:
        """Return the training period that a lead provider sees: the current one, or else the last."""
        own = [time for time in self.times if time.lead_provider == lead_provider]
        return next((time for time in own if not time.ended_on), own[-1] if own else None)

    def trains_with(self, lead_provider: str) -> bool:
        """Whether a lead provider has trained the ECT on the schedule that was chosen last."""
        return any(time.lead_provider == lead_provider and self.schedule in time.schedules for time in self.times)

    def standing(self, kind: str) -> bool:
        return any(each.counts for each in self.declared.values() if each.kind == kind)


class EcfTraining(RuleBasedStateMachine):
    """ECTs of cohort 2025 at the schools of two lead providers, and everybody who deals with them."""

    @initialize()
    def begin(self) -> None:
        self.app = sandbox()
        self.clients = {name: client(self.app, name.capitalize()) for name in LEAD_PROVIDERS}
        self.now = datetime.fromisoformat(CLOCK)
        self.turn = 0
        self.people: dict[str, Person] = {}
        self.statements: dict[str, Statement] = {}
        for name, speaker in self.clients.items():
            new = {"school_id": SCHOOLS[name], "delivery_partner_id": seed_id("delivery-partners", "kestrel-hub")}
            speaker.done("POST", "/partnerships/ecf", cohort="2025", **new)
            for one in speaker.get("/statements", "filter[cohort]=2025&page[per_page]=99"):
                shown = one["attributes"]
                self.statements[one["id"]] = Statement(name, shown["cut_off_date"], shown["payment_date"])
        self.register("penhallow", "eligible")
        ((id_, ect),) = self.people.items()
        self._declare("penhallow", id_, ect, "started")

    # What schools, DfE and finance do.

    @precondition(lambda self: len(self.people) < MOST)
    @rule(at=st.sampled_from(LEAD_PROVIDERS), finding=st.sampled_from(sorted(BORN)))
    def register(self, at: str, finding: str) -> None:
        given = {"school_id": SCHOOLS[at], "start_date": "2025-09-08", "date_of_birth": BORN[finding]}
        registered = act(self.app, "school/add-participant", participant_type="ect", **given)
        self.people[registered["id"]] = Person(finding, [Time(at, schedules={SCHEDULES[0]})])

    @rule(data=st.data())
    def transfer(self, data: Any) -> None:
        id_, ect = self._somebody(data)
        (to,) = (name for name in LEAD_PROVIDERS if name != ect.last.lead_provider)
        if self._done("school/transfer-in", id_, not ect.last.is_removed, school_id=SCHOOLS[to], date=self._today()):
            ect.last.ended_on = ect.last.ended_on or self._today()
            ect.times.append(Time(to, schedules={ect.schedule}))

    @rule(data=st.data(), seldom=SELDOM)
    def leave(self, data: Any, *, seldom: bool) -> None:
        id_, ect = self._somebody(data)
        if seldom and self._done("school/transfer-out", id_, ect.last.status == "active", date=self._today()):
            ect.last.ended_on = self._today()

    @rule(data=st.data(), seldom=SELDOM)
    def remove(self, data: Any, *, seldom: bool) -> None:
        id_, ect = self._somebody(data)
        if seldom and self._done("school/remove-participant", id_, ect.last.status == "active"):
            ect.last.is_removed = True

    @rule(data=st.data(), finding=st.sampled_from(("eligible", "ineligible")), seldom=SELDOM)
    def decide(self, data: Any, finding: str, *, seldom: bool) -> None:
        id_, ect = self._somebody(data)
        reason = {"reason": "previous_induction"} if finding == "ineligible" else {}
        if seldom and self._done("dfe/decide-eligibility", id_, ect.finding != finding, status=finding, **reason):
            ect.finding = finding
            for each in ect.declared.values():
                if finding == "eligible" and each.counts and each.statement is None:
                    each.statement = self._open_statement(each.lead_provider)

    @rule(data=st.data(), status=st.sampled_from(("active", "deferred", "withdrawn")))
    def change_training_status(self, data: Any, status: str) -> None:
        id_, ect = self._somebody(data)
        reason = {} if status == "active" else {"reason": "other"}
        path, allowed = "finance/change-training-status", ect.last.training != status
        if self._done(path, id_, allowed, training_status=status, **reason):
            self._train(ect.last, status)

    @rule(data=st.data())
    def pay(self, data: Any) -> None:
        used = {one.clawback or one.statement for ect in self.people.values() for one in ect.declared.values()}
        id_ = data.draw(st.sampled_from(sorted(used - {None}) or sorted(self.statements)))
        statement = self.statements[id_]
        is_payable = statement.cut_off < self._today() and not self._is_paid(id_)
        answer = send_act(self.app, "finance/pay-statement", statement_id=id_, checks_done=True)
        assert answer.status == (200 if is_payable else 422), answer
        statement.is_paid_early |= is_payable

    @rule(days=st.sampled_from((1, 30, 80, 80)))
    def let_time_go_by(self, days: int) -> None:
        if self.now.year < LAST_YEAR:
            self._pass(timedelta(days=days))

    # What lead providers do.

    @rule(data=st.data(), kind=st.sampled_from(("started", *EVIDENCE)))
    def declare(self, data: Any, kind: str) -> None:
        id_, ect = self._somebody(data)
        self._declare(self._speaker(data, ect), id_, ect, kind)

    def _declare(self, who: str, id_: str, ect: Person, kind: str) -> None:
        time, date = ect.with_(who), self._stamp()
        expected: list[tuple[str, str]] = []
        if ect.last.is_removed:
            expected = [REMOVED]
        else:
            expected += [self._withdrew(time.withdrew_at)] if time and time.training == "withdrawn" else []
            expected += [DECLARED] if ect.standing(kind) else []
            expected += [UNRECOGNISED] if not ect.trains_with(who) and not expected else []
        new = {"participant_id": id_, "declaration_type": kind, "declaration_date": date, "course_identifier": COURSE}
        made = self._send(who, "POST", "/participant-declarations", expected, **new, evidence_held=EVIDENCE[kind])
        if made:
            statement = self._open_statement(who) if ect.finding == "eligible" else None
            ect.declared[made["id"]] = Declared(who, kind, date[:10], statement)

    @precondition(lambda self: any(ect.declared for ect in self.people.values()))
    @rule(data=st.data())
    def void(self, data: Any) -> None:
        declared = {id_: (ect, one) for ect in self.people.values() for id_, one in ect.declared.items()}
        declaration_id = data.draw(st.sampled_from(sorted(declared)))
        ect, one = declared[declaration_id]
        who = self._speaker(data, ect)
        path, state = f"/participant-declarations/{declaration_id}/void", self._state(one)
        if one.lead_provider != who:
            assert self.clients[who].write("PUT", path).status == 404
        elif state in GONE:
            self._send(who, "PUT", path, [VOIDED if state == "voided" else CLAWED_BACK])
        else:
            self._send(who, "PUT", path, [])
            if state == "paid":
                one.clawback = self._open_statement(who)
            else:
                one.is_voided, one.statement = True, None

    @rule(data=st.data(), what=st.sampled_from(("defer", "withdraw", "resume")))
    def report(self, data: Any, what: str) -> None:
        id_, ect = self._somebody(data)
        who = self._speaker(data, ect)
        time = ect.with_(who)
        training = time.training if time else ""
        target = {"defer": "deferred", "withdraw": "withdrawn", "resume": "active"}[what]
        never_started = not any(each.kind == "started" for each in ect.declared.values())
        expected = []
        if ect.last.is_removed:
            expected = [REMOVED]
        elif not time:
            expected = [UNRECOGNISED]
        elif training == target or (what == "defer" and training == "withdrawn"):
            expected = [already(training)]
        elif what == "withdraw" and never_started:
            expected = [NOT_STARTED]
        reason = {} if what == "resume" else {"reason": "other"}
        self._send(who, "PUT", f"/participants/ecf/{id_}/{what}", expected, course_identifier=COURSE, **reason)
        if time and not expected:
            self._train(time, target)

    @rule(data=st.data(), schedule=st.sampled_from(SCHEDULES))
    def change_schedule(self, data: Any, schedule: str) -> None:
        id_, ect = self._somebody(data)
        expected = [WITHDRAWN] if ect.last.training == "withdrawn" else []
        expected += [UNCHANGED] if schedule == ect.schedule else []
        expected = [REMOVED] if ect.last.is_removed else expected
        path, who = f"/participants/ecf/{id_}/change-schedule", ect.last.lead_provider
        self._send(who, "PUT", path, expected, course_identifier=COURSE, schedule_identifier=schedule)
        if not expected:
            ect.schedule = schedule
            ect.last.schedules.add(schedule)

    # What lead providers see.

    @invariant()
    def lead_providers_see_what_the_model_knows(self) -> None:
        self._pass(timedelta(minutes=1))
        self.turn += 1
        one = sorted(self.people)[self.turn % len(self.people)]
        for who, speaker in self.clients.items():
            for id_, ect in self.people.items():
                self._look_at_training(speaker, id_, ect.with_(who), is_seen=ect.finding != "unmatched")
            self._look_at_declarations(speaker, who)
            self._look_in_version_1(speaker, who, one)  # the others in other turns, as looking takes most of the time

    def _look_at_training(self, speaker: Client, id_: str, time: Time | None, *, is_seen: bool) -> None:
        answer = speaker.send("GET", f"/api/v3/participants/ecf/{id_}")
        assert answer.status == (200 if time and is_seen else 404), (speaker, time)
        if time and is_seen:
            (enrolment,) = json.loads(answer.body)["data"]["attributes"]["ecf_enrolments"]
            shown = enrolment["training_status"], enrolment["participant_status"]
            assert shown == (time.training, time.status), (speaker, time)

    def _look_at_declarations(self, speaker: Client, who: str) -> None:
        listed = speaker.get("/participant-declarations", f"filter[participant_id]={','.join(self.people)}")
        shown = {one["id"]: tuple(one["attributes"][name] for name in LOOKED_AT) for one in listed}
        assert shown == {
            id_: (self._state(one), one.statement, one.clawback)
            for ect in self.people.values()
            for id_, one in ect.declared.items()
            if self._is_seen(ect, one, who)
        }

    def _look_in_version_1(self, speaker: Client, who: str, id_: str) -> None:
        """Look at the same data: other lead providers see declarations only while they train the ECT."""
        ect = self.people[id_]
        time, answer = ect.with_(who), speaker.send("GET", f"/api/v1/participants/ecf/{id_}")
        if time and ect.finding != "unmatched":
            shown = json.loads(answer.body)["data"]["attributes"]
            status = "withdrawn" if time.is_removed else "active"
            assert (shown["training_status"], shown["status"]) == (time.training, status), (who, ect)
        listed = speaker.send("GET", "/api/v1/participant-declarations", f"filter[participant_id]={id_}")
        goes_on = any(time.lead_provider == who and time.status == "active" for time in ect.times)
        assert {one["id"]: one["attributes"]["state"] for one in json.loads(listed.body)["data"]} == {
            each: self._state(one)
            for each, one in ect.declared.items()
            if one.lead_provider == who or (goes_on and one.counts)
        }

    def _is_seen(self, ect: Person, one: Declared, who: str) -> bool:
        """Lead providers see their own, and what counts of others while they train the ECT or until they did."""
        if one.lead_provider == who:
            return True
        own = [time for time in ect.times if time.lead_provider == who]
        return one.counts and any(
            time.ended_on >= one.day if time.ended_on else not time.is_removed
            for time in own
            if not (time.ended_on and time.is_removed)
        )

    # What the model knows.

    def _state(self, one: Declared) -> str:
        if one.is_voided:
            return "voided"
        if one.clawback:
            return "clawed-back" if self._is_paid(one.clawback) else "awaiting-clawback"
        if one.statement is None:
            return "submitted"
        if self._is_paid(one.statement):
            return "paid"
        return "payable" if self.statements[one.statement].cut_off < self._today() else "eligible"

    def _is_paid(self, id_: str) -> bool:
        return self.statements[id_].is_paid_early or self.statements[id_].payment <= self._today()

    def _open_statement(self, who: str) -> str:
        """The lead provider's earliest statement that is not cut off."""
        own = ((one.cut_off, id_) for id_, one in self.statements.items() if one.lead_provider == who)
        return min(each for each in own if each[0] >= self._today())[1]

    def _withdrew(self, at: str) -> tuple[str, str]:
        message = (
            f"This participant withdrew from this course on {at}. Enter a '#/declaration_date' that's on or before"
        )
        return "participant_id", f"{message} the withdrawal date."

    def _train(self, time: Time, status: str) -> None:
        time.training, time.withdrew_at = status, self._stamp() if status == "withdrawn" else ""

    def _speaker(self, data: Any, ect: Person) -> str:
        """Draw a lead provider, mostly the one that trains the ECT."""
        return str(data.draw(st.sampled_from((*LEAD_PROVIDERS, *(ect.last.lead_provider,) * 3))))

    def _somebody(self, data: Any) -> tuple[str, Person]:
        id_ = data.draw(st.sampled_from(sorted(self.people)))
        return id_, self.people[id_]

    def _done(self, path: str, id_: str, allowed: bool, **attributes: str) -> bool:  # noqa: FBT001 - the prediction
        """Act for an ECT, which must be possible exactly when the model says so."""
        answer = send_act(self.app, path, participant_id=id_, participant_type="ect", **attributes)
        assert answer.status == (200 if allowed else 422), (path, self.people[id_], answer)
        return allowed

    def _send(self, who: str, method: str, path: str, expected: list[tuple[str, str]], **attributes: str) -> Any:
        """Send a request that must be done, or refused with these errors in this order."""
        answer = self.clients[who].write(method, path, **attributes)
        assert (answer.status, errors(answer)) == ((422, expected) if expected else (200, [])), answer
        return None if expected else json.loads(answer.body)["data"]

    def _pass(self, time: timedelta) -> None:
        self.now += time
        answer = ask(self.app, "PUT", "clock", content=json.dumps({"now": self._stamp()}).encode())
        assert answer.status == 200, answer

    def _stamp(self) -> str:
        return f"{self.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def _today(self) -> str:
        return self._stamp()[:10]


def test_training_and_declarations_of_ecf_are_what_a_model_says_whoever_changes_them():
    bounds = settings(
        max_examples=35,
        stateful_step_count=50,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # to make a failing sequence shorter takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(SEED)(EcfTraining), settings=bounds)
