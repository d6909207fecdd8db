"""Nobody trains twice at the same time, whoever writes the training."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id
from controls_client import act, ask, done, refused, stored_rows

from lp_sandbox.app import App
from lp_sandbox.programme.people import trains_once_at_a_time
from lp_sandbox.programme.records import ECT, MENTOR, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER
from lp_sandbox.worlds.store import Where

UNPROCESSABLE = register().contract.problems["records_agree"]
ECT_COURSE, MENTOR_COURSE = {"course_identifier": "ecf-induction"}, {"course_identifier": "ecf-mentor"}
WITHDRAWN_BUT_NOT_LEFT = "548da61f-3068-4b6f-9c7d-1b3559de43f0"
ABOUT_TO_BE_RETRAINED = "c3d85ee8-6439-4b93-977e-ca2d17d3ef62"
COMPLETED_MENTOR, COMPLETION = "695d98f9-d850-499b-8696-50eb09744c63", "354eb5c1-5624-4aaf-a5b7-7fb94405d8a1"
MENTOR_AT_TWO_SCHOOLS = "a0abeb91-71e9-489d-900f-390301771fce"
ASHDOWN, BRIGHTWATER = "Ashdown Teaching Partnership", "Brightwater Education"
COMPLETED = {
    **MENTOR_COURSE,
    "participant_id": ABOUT_TO_BE_RETRAINED,
    "declaration_type": "completed",
    "declaration_date": "2026-09-14T09:00:00Z",
    "evidence_held": "75-percent-engagement-met",
}


def training_in(app: App, *filters: Where) -> list[TrainingPeriod]:
    return app.worlds._store.find(TrainingPeriod, "default", *filters)  # noqa: SLF001 - what is kept, whoever sees it


def overlaps(periods: Iterable[TrainingPeriod]) -> list[tuple[str, str, str, str]]:
    """List what trains somebody twice: an ECT anywhere, a mentor at one school. First and last days count."""
    found: dict[Any, list[TrainingPeriod]] = defaultdict(list)
    for one in periods:
        found[one.participant_id, one.role, one.school_id if one.role == MENTOR else ""].append(one)
    return [
        (one.started_on, one.finished_on, other.started_on, other.finished_on)
        for theirs in found.values()
        for one, other in combinations(theirs, 2)
        if one.started_on <= other.finished_on and other.started_on <= one.finished_on
    ]


def refused_whole(client: Client, path: str, **attributes: Any) -> None:
    """Send a request that would train somebody twice: its answer is the contract's, and nothing has changed."""
    before = stored_rows(client.app)
    answer = client.write("PUT", path, **attributes)
    assert (answer.status, json.loads(answer.body)) == (UNPROCESSABLE.status, UNPROCESSABLE.body)
    assert stored_rows(client.app) == before


def test_training_whose_end_is_ahead_is_not_resumed_beside_itself(ashdown: Client):
    refused_whole(ashdown, f"/participants/{WITHDRAWN_BUT_NOT_LEFT}/resume", **ECT_COURSE)


def test_training_is_not_resumed_into_that_with_another_lead_provider(ashdown: Client):
    theirs = f"/participants/{ABOUT_TO_BE_RETRAINED}"
    ashdown.done("PUT", f"{theirs}/withdraw", **MENTOR_COURSE, reason="other")
    ashdown.at = "2026-09-16T09:00:00Z"
    refused_whole(ashdown, f"{theirs}/resume", **MENTOR_COURSE)


def test_a_completion_is_not_taken_back_once_another_lead_provider_trains_the_mentor(ashdown: Client):
    declared = ashdown.done("POST", "/participant-declarations", **COMPLETED)["id"]
    refused_whole(ashdown, f"/participant-declarations/{declared}/void")


@pytest.mark.parametrize("last_day", ["2026-06-10", "2026-06-15"])
def test_a_completion_is_not_taken_back_once_the_mentor_left_by_then(ashdown: Client, last_day: str):
    act(ashdown.app, "school/report-leaver", participant_id=COMPLETED_MENTOR, participant_type="mentor", date=last_day)
    refused_whole(ashdown, f"/participant-declarations/{COMPLETION}/void")


def test_a_completion_is_taken_back_while_a_day_at_the_school_is_left(ashdown: Client):
    left = {"participant_id": COMPLETED_MENTOR, "participant_type": "mentor", "date": "2026-06-16"}
    act(ashdown.app, "school/report-leaver", **left)
    ashdown.done("PUT", f"/participant-declarations/{COMPLETION}/void")
    days = [(one.started_on, one.finished_on) for one in training_in(ashdown.app)
            if one.participant_id == COMPLETED_MENTOR]  # fmt: skip
    assert ("2026-06-16", "2026-06-16") in days


@pytest.mark.parametrize("operation", ["resumeParticipant", "voidDeclaration", "changeScheduleParticipant"])
def test_the_contract_lists_the_answer_under_the_operations_that_can_give_it(operation: str):
    assert UNPROCESSABLE.name in register().contract.operations[operation].responses["422"]["x-problems"]


SEPTEMBER, OCTOBER = ("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31")


@pytest.mark.parametrize(
    ("role", "days", "schools", "kept"),
    [
        pytest.param(ECT, [SEPTEMBER, OCTOBER], "aa", True, id="one after the other"),
        pytest.param(ECT, [OCTOBER, SEPTEMBER], "aa", True, id="in any order"),
        pytest.param(ECT, [SEPTEMBER, ("2026-09-30", FOREVER)], "aa", False, id="on one day"),
        pytest.param(ECT, [("2026-09-01", FOREVER), OCTOBER], "aa", False, id="within"),
        pytest.param(ECT, [SEPTEMBER, SEPTEMBER], "ab", False, id="an ECT at two schools"),
        pytest.param(MENTOR, [SEPTEMBER, SEPTEMBER], "ab", True, id="a mentor at two schools"),
        pytest.param(MENTOR, [SEPTEMBER, SEPTEMBER], "aa", False, id="a mentor at one school"),
        pytest.param(ECT, [("2026-09-01", "2026-09-01")], "a", True, id="a single day"),
        pytest.param(ECT, [("2026-09-01", "2026-08-31")], "a", False, id="an end before the beginning"),
    ],
)
def test_an_ect_trains_at_one_place_at_a_time_and_a_mentor_once_at_each_school(
    role: str, days: list[tuple[str, str]], schools: str, *, kept: bool
):
    periods = [period(role, first, last, school) for (first, last), school in zip(days, schools, strict=True)]
    assert trains_once_at_a_time(periods) is kept


def test_an_ect_can_train_as_a_mentor_as_well():
    assert trains_once_at_a_time([period(ECT, *SEPTEMBER, "a"), period(MENTOR, *SEPTEMBER, "a")])


def period(role: str, first: str, last: str, school: str) -> TrainingPeriod:
    text = dict.fromkeys(TrainingPeriod.__struct_fields__, "")
    return TrainingPeriod(**text | {"role": role, "school_id": school, "started_on": first, "finished_on": last})


@pytest.mark.parametrize("clock", [None, "2026-06-01T09:00:00Z", "2027-03-28T00:30:00Z", "2028-02-29T12:00:00Z"])
@pytest.mark.parametrize("size", ["small", "standard"])
def test_nobody_trains_twice_in_a_new_world_and_the_contracts_request_is_refused_there(size: str, clock: str | None):
    ashdown = client(sandbox(), size=size, clock=clock)
    periods = training_in(ashdown.app)
    assert overlaps(periods) == []
    assert [one for one in periods if one.started_on > one.finished_on] == []
    answer = ashdown.write("PUT", f"/participants/{WITHDRAWN_BUT_NOT_LEFT}/resume", **ECT_COURSE)
    assert (answer.status, json.loads(answer.body)) == (UNPROCESSABLE.status, UNPROCESSABLE.body)


def test_nobody_trains_twice_in_a_fresh_scenario():
    app = sandbox()
    app.worlds.create("default", size="small", clock="2027-02-28T12:00:00Z")
    before = len(training_in(app))
    for scenario in done(app, "GET", "/scenarios"):
        done(app, "POST", f"/scenarios/{scenario['name']}", query="lead_provider=Ashdown%20Teaching%20Partnership")
    assert len(training_in(app)) > before
    assert overlaps(training_in(app)) == []


def refused_with(app: App, path: str, rule: str, **attributes: Any) -> None:
    broken = register().controls.rules[rule]
    assert refused(app, path, **attributes) == [(broken.field, broken.detail)]


def test_a_mentor_at_two_schools_is_not_moved_to_one_of_them(ashdown: Client):
    mentor = {"participant_id": MENTOR_AT_TWO_SCHOOLS, "participant_type": "mentor"}
    (first,) = {one.school_id for one in training_in(ashdown.app) if one.participant_id == MENTOR_AT_TWO_SCHOOLS}
    refused_with(ashdown.app, "school/report-transfer", "school_is_another", **mentor, school_id=first,
                 date="2026-09-15", lead_provider=BRIGHTWATER)  # fmt: skip


def test_a_mentor_who_left_one_of_two_schools_is_not_registered_while_at_the_other(ashdown: Client):
    mentor = {"participant_id": MENTOR_AT_TWO_SCHOOLS, "participant_type": "mentor"}
    act(ashdown.app, "school/report-leaver", **mentor, date="2026-09-14")
    refused_with(ashdown.app, "school/register-participant", "participant_is_not_at_a_school", **mentor,
                 school_id=SCHOOLS[0], lead_provider=ASHDOWN, start_date="2026-09-15")  # fmt: skip


# A walk of lead providers, schools, an appropriate body and time, over people of every kind.

SCHOOLS = [seed_id("schools", name) for name in ("partnered", "fresh", "interested")]
REASONS = {"withdraw": "other", "defer": "career-break"}
TYPES = ("started", "completed", "completed", "extended-1")
HARBOUR = seed_id("delivery-partners", "harbour-hub")
SCHEDULES = ("ecf-standard-january", "ecf-extended-september", "ecf-reduced-april", "ecf-replacement-september")
STEPS = 250
WAYS = ("transition", "transition", "transition", "declared", "voided", "moved", "left", "registered", "induction")


class Walk:
    """Somebody who does whatever comes to mind, on whichever day it is."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.app = sandbox()
        self.mine, self.other = client(self.app), client(self.app, lead_provider="Brightwater")
        self.now = datetime(2026, 9, 15, 9, tzinfo=UTC)
        for provider, cohort, school in product((self.mine, self.other), ("2024", "2025", "2026"), SCHOOLS):
            provider.write("POST", "/partnerships", cohort=cohort, school_id=school, delivery_partner_id=HARBOUR)
        chosen = self.random.sample(self.mine.ids("/participants", "page[per_page]=3000"), 12)
        self.people = [ABOUT_TO_BE_RETRAINED, WITHDRAWN_BUT_NOT_LEFT, COMPLETED_MENTOR, MENTOR_AT_TWO_SCHOOLS, *chosen]
        self.roles = {one.participant_id: one.role for one in training_in(self.app)}

    def steps(self) -> Iterator[Callable[[], int]]:
        for _ in range(STEPS):
            if self.random.random() < 0.3:
                self.now += timedelta(days=self.random.choice((-1, 0, 1, 1, 2, 20)), hours=self.random.randrange(24))
                done(self.app, "PUT", "/clock", {"now": f"{self.now:%Y-%m-%dT%H:%M:%SZ}"})
            yield getattr(self, self.random.choice(WAYS))

    def day(self) -> str:
        return (self.now + timedelta(days=self.random.choice((-400, -30, -1, 0, 0, 1, 20)))).date().isoformat()

    def who(self) -> tuple[str, dict[str, str]]:
        one = self.random.choice(self.people)
        return one, ECT_COURSE if self.roles[one] == ECT else MENTOR_COURSE

    def write(self, method: str, path: str, **attributes: Any) -> int:
        speaker = self.random.choice((self.mine, self.mine, self.mine, self.other))
        return speaker.write(method, path, **attributes).status

    def acted(self, path: str, **attributes: Any) -> int:
        answer, _ = ask(self.app, "POST", f"/_sandbox/actors/{path}", {"data": {"attributes": attributes}})
        return answer.status

    def transition(self) -> int:
        id_, course = self.who()
        action = self.random.choice(("withdraw", "defer", "resume", "resume", "change-schedule"))
        more = {"reason": REASONS[action]} if action in REASONS else {}
        if action == "change-schedule":
            more = {"schedule_identifier": self.random.choice(SCHEDULES)}
            more |= self.random.choice(({}, {"cohort": self.random.choice(("2024", "2025", "2026"))}))
        return self.write("PUT", f"/participants/{id_}/{action}", **course, **more)

    def declared(self) -> int:
        id_, course = self.who()
        date = f"{min(self.day(), self.now.date().isoformat())}T01:00:00Z"
        evidence = self.random.choice(("other", "75-percent-engagement-met"))
        return self.write("POST", "/participant-declarations", **course, participant_id=id_,
                          declaration_type=self.random.choice(TYPES), declaration_date=date,
                          evidence_held=evidence)  # fmt: skip

    def voided(self) -> int:
        id_, _ = self.who()
        declared = self.mine.ids("/participant-declarations", f"filter[participant_id]={id_}")
        if not declared:
            return 0
        return self.write("PUT", f"/participant-declarations/{self.random.choice(declared)}/void")

    def moved(self) -> int:
        id_, _ = self.who()
        provider = self.random.choice(({}, {"lead_provider": ASHDOWN}, {"lead_provider": BRIGHTWATER}))
        return self.acted("school/report-transfer", participant_id=id_, participant_type=self.roles[id_],
                          school_id=self.random.choice(SCHOOLS), date=self.day(), **provider)  # fmt: skip

    def left(self) -> int:
        id_, _ = self.who()
        return self.acted("school/report-leaver", participant_id=id_, participant_type=self.roles[id_],
                          date=self.day())  # fmt: skip

    def registered(self) -> int:
        id_, _ = self.who()
        provider = self.random.choice((ASHDOWN, BRIGHTWATER, None))
        return self.acted("school/register-participant", participant_id=id_,
                          participant_type=self.random.choice((ECT, MENTOR, self.roles[id_])),
                          school_id=self.random.choice(SCHOOLS), lead_provider=provider,
                          start_date=self.day())  # fmt: skip

    def induction(self) -> int:
        id_, _ = self.who()
        return self.acted("appropriate-body/record-induction", participant_id=id_, date=self.day(),
                          event=self.random.choice(("start", "pass")))  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_anybody_does_on_whichever_day_nobody_trains_twice(seed: int):
    walk, met = Walk(seed), Counter[tuple[str, int]]()
    theirs = Where("participant_id", "in", tuple(walk.people))
    for step in walk.steps():
        status = step()
        met[step.__name__, status] += 1
        assert status < 500, step.__name__
        assert overlaps(training_in(walk.app, theirs)) == []
    assert {name for name, status in met if status in (200, 201)} == set(WAYS)
