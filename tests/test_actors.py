"""Actors: every rule of theirs is kept, and lead providers see what they do."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from client import CLOCK, Client, client, errors, faults, register, sandbox, seed_id, send_example
from controls_client import act, ask, done, world_of
from hypothesis import given
from hypothesis import strategies as st

from lp_contract.contract import Operation, Rule
from lp_sandbox.programme.seed.names import email
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.request.rules import checks_in
from lp_sandbox.worlds.records import InvariantError

CONTRACT = register().controls
ACTORS = [operation for operation in CONTRACT.operations.values() if operation.tag == "Actors"]
CASES = [
    pytest.param(operation, rule, id=f"{operation.id}-{rule.name}") for operation in ACTORS for rule in operation.rules
]
FRESH, PARTNERED = seed_id("schools", "fresh"), seed_id("schools", "partnered")
HARBOUR = seed_id("delivery-partners", "harbour-hub")
ASHDOWN, BRIGHTWATER = "Ashdown Teaching Partnership", "Brightwater Education"
LEFT, MENTOR_THERE, ECT_THERE = (
    "ffb811ac-dae0-42ab-9f8a-c91c16c9fcac",
    "b482d14b-7fb1-4ff2-9e6f-81f1c7bafbba",
    "af7e81b8-1a63-437f-947c-7d52ac31d7b1",
)
TRAINING_NOW = seed_id("schools", "training-now")


def send(client: Client, operation: Operation, rule: Rule | None = None) -> Answer:
    """Send an operation's example to the client's own world."""
    here = Client(client.app, client.token)
    return send_example(here, operation, rule, query=f"world={world_of(client)}")


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_an_act_that_breaks_a_rule_is_refused_with_its_message_and_no_other(operation: Operation, rule: Rule):
    ashdown = client(sandbox())
    answer = send(ashdown, operation, rule)
    assert (answer.status, errors(answer)) == (422, [(rule.field, rule.message)])


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_with_the_rule_switched_off_the_same_act_is_not_refused_by_it(
    operation: Operation, rule: Rule, caplog: pytest.LogCaptureFixture
):
    ashdown = client(sandbox(without={rule.name}))
    answer = send(ashdown, operation, rule)
    assert (rule.field, rule.message) not in errors(answer)
    assert set(faults(caplog)) <= {InvariantError}
    assert (answer.status == 500) == bool(faults(caplog))


@pytest.mark.parametrize("operation", ACTORS, ids=lambda o: o.id)
def test_the_example_of_an_act_breaks_no_rule_and_its_answer_fits_the_contract(operation: Operation):
    ashdown = client(sandbox())
    answer = send(ashdown, operation)
    assert answer.status == int(operation.success)
    jsonschema_rs.validator_for(dict(operation.response or {})).validate(json.loads(answer.body))


def test_contract_and_code_name_the_same_rules_and_actors():
    from lp_sandbox.register.actors import rules

    assert checks_in(rules).keys() == set(CONTRACT.rules) == register().actor_checks.keys()
    assert register().actors.keys() == {operation.id for operation in ACTORS}


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"{",
        [],
        {},
        {"data": {}},
        {"data": {"attributes": {}}},
        {"data": {"attributes": {"participant_id": LEFT, "participant_type": "ect", "date": "soon"}}},
        {"data": {"attributes": {"participant_id": "nobody", "participant_type": "ect", "date": "2026-09-18"}}},
        {"data": {"attributes": {"participant_id": LEFT, "participant_type": "teacher", "date": "2026-09-18"}}},
    ],
)
def test_an_act_that_does_not_fit_the_contract_is_refused(body: Any):
    ashdown = client(sandbox())
    answer, _ = ask(ashdown.app, "POST", "/_sandbox/actors/school/report-leaver", body)
    assert answer.status == 400


def test_an_action_in_an_unknown_world_is_refused():
    body = {"data": {"attributes": {"participant_id": LEFT, "participant_type": "ect"}}}
    ashdown = client(sandbox())
    answer, _ = ask(ashdown.app, "POST", "/_sandbox/actors/dfe/confirm-eligibility", body, query="world=nowhere")
    assert answer.status == 404


def acts(client: Client, path: str, at: str | None = None, **attributes: Any) -> Any:
    """Act in the client's own world."""
    return act(client.app, path, world_of(client), at, **attributes)


def registers(client: Client, at: str | None = None, **given: Any) -> Any:
    usual = {"participant_type": "ect", "school_id": PARTNERED, "lead_provider": ASHDOWN}
    return acts(client, "school/register-participant", at, **usual | given)


def enrolment(client: Client, id: str, position: int = 0) -> Any:
    return client.get(f"/participants/{id}")["attributes"]["ecf_enrolments"][position]


def sees(client: Client, id: str) -> bool:
    return client.send("GET", f"/api/v3/participants/{id}").status == 200


def brightwater(ashdown: Client) -> Client:
    return client(ashdown.app, world_of(ashdown), "Brightwater")


def puts_forward(client: Client, **by: int) -> None:
    done(client.app, "POST", "/clock/advance", by, query=f"world={world_of(client)}")


def test_an_ect_registered_with_a_partner_is_seen_at_once_by_that_lead_provider_alone(ashdown: Client):
    made = registers(ashdown, full_name="Maya Foster", teacher_reference_number="3098765", email="maya@example.com")
    shown = ashdown.get(f"/participants/{made['id']}")["attributes"]
    assert (shown["full_name"], shown["teacher_reference_number"]) == ("Maya Foster", "3098765")
    (ect,) = shown["ecf_enrolments"]
    assert (ect["email"], ect["cohort"], ect["participant_status"]) == ("maya@example.com", "2026", "active")
    assert (ect["schedule_identifier"], ect["working_pattern"]) == ("ecf-standard-september", "full_time")
    assert made["id"] in ashdown.ids("/participants", f"filter[updated_since]={CLOCK}")
    assert not sees(brightwater(ashdown), made["id"])


@pytest.mark.parametrize(
    ("name", "local_part"),
    [
        ("Maya Foster", "maya.foster"),
        ("Zoë O\u2019Connor-Đặng", "zoe.oconnor-dang"),
        ("Siân D'Arcy", "sian.darcy"),
        ("Łukasz Ødegård", "lukasz.odegard"),
        ("Jürgen Groß", "jurgen.gross"),
        ("Þóra Æsir", "thora.aesir"),
        ("Dr. J. Smith, Jr.", "dr.j.smith.jr"),
        (" Ann\tLee ", "ann.lee"),
        ("Müller (née Ng)", "muller.nee.ng"),
        ("İpek Is\u0131k", "ipek.isik"),
        ("王 Lee", "lee"),
        ("ﬁona ½", "fiona.1.2"),
    ],
)
def test_an_address_is_made_from_any_name(name: str, local_part: str):
    ashdown = client(sandbox())
    world = world_of(ashdown)
    shown = act(
        ashdown.app,
        "school/register-participant",
        world=world,
        participant_type="ect",
        school_id=FRESH,
        full_name=name,
    )
    assert shown["attributes"]["full_name"] == name
    assert re.fullmatch(rf"{re.escape(local_part)}\d{{1,3}}@example\.com", shown["attributes"]["email"])


DOT_ATOM = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)


@given(st.text(min_size=1, max_size=200), st.none() | st.integers(0, 999))
def test_every_address_that_is_made_is_valid(name: str, number: int | None):
    local_part, _, domain = email(name, number).partition("@")
    assert domain == "example.com"
    assert DOT_ATOM.fullmatch(local_part)
    assert len(local_part) <= 64


def test_names_without_a_latin_letter_do_not_share_an_address():
    addresses = [email(name) for name in ("\u738b\u4f1f", "\u674e\u5a1c", "\u0410\u043d\u043d\u0430", "...", "'", "")]
    assert len(set(addresses)) == len(addresses)
    assert all(DOT_ATOM.fullmatch(address.partition("@")[0]) for address in addresses)


def test_an_ect_registered_without_a_partnership_is_seen_once_there_is_one(ashdown: Client):
    made = registers(ashdown, school_id=FRESH)
    assert made["attributes"]["partnership_id"] is None
    assert not sees(ashdown, made["id"])
    ashdown.done("POST", "/partnerships", cohort="2026", school_id=FRESH, delivery_partner_id=HARBOUR)
    assert sees(ashdown, made["id"])


def school(client: Client, id: str, cohort: str) -> Any:
    return client.get(f"/schools/{id}", f"filter[cohort]={cohort}")["attributes"]


def test_interest_shows_in_the_school_and_moves_it_in_every_cohort(ashdown: Client):
    puts_forward(ashdown, days=1)
    assert not school(ashdown, FRESH, "2026")["expression_of_interest"]
    registers(ashdown, school_id=FRESH)
    assert school(ashdown, FRESH, "2026")["expression_of_interest"]
    assert not school(brightwater(ashdown), FRESH, "2026")["expression_of_interest"]
    for cohort in ("2024", "2026"):
        assert school(brightwater(ashdown), FRESH, cohort)["updated_at"] == "2026-09-16T09:00:00Z"


@pytest.mark.parametrize(
    ("participant_type", "lead_provider", "choice"),
    [
        ("ect", ASHDOWN, "provider_led"),
        ("mentor", ASHDOWN, "provider_led"),
        ("ect", seed_id("lead-providers", "ashdown").upper(), "provider_led"),
        ("ect", None, "school_led"),
        ("mentor", None, "not_yet_known"),
    ],
)
def test_the_participants_that_a_school_registers_decide_its_programme(
    ashdown: Client, participant_type: str, lead_provider: str | None, choice: str
):
    registers(ashdown, school_id=FRESH, participant_type=participant_type, lead_provider=lead_provider)
    assert school(ashdown, FRESH, "2026")["induction_programme_choice"] == choice


@pytest.mark.parametrize(
    ("start_date", "today", "cohort", "schedule"),
    [
        ("2026-09-01", "2026-09-15", "2026", "ecf-standard-september"),
        ("2026-06-01", "2026-06-01", "2026", "ecf-standard-september"),
        ("2026-09-01", "2026-11-01", "2026", "ecf-standard-january"),
        ("2027-02-28", "2026-09-15", "2026", "ecf-standard-january"),
        ("2027-03-01", "2026-09-15", "2026", "ecf-standard-april"),
        ("2025-09-01", "2026-05-31", "2025", "ecf-standard-april"),
    ],
)
def test_the_schedule_goes_by_the_month_of_the_first_day_or_of_today_if_that_is_later(
    ashdown: Client, start_date: str, today: str, cohort: str, schedule: str
):
    shown = registers(ashdown, f"{today}T09:00:00Z", start_date=start_date)["attributes"]
    assert (shown["cohort"], shown["schedule_identifier"]) == (cohort, schedule)


def test_somebody_who_left_can_be_registered_again_and_keeps_cohort_and_schedule(ashdown: Client):
    shown = registers(ashdown, participant_id=LEFT)["attributes"]
    assert (shown["cohort"], shown["schedule_identifier"]) == ("2025", "ecf-standard-september")
    assert enrolment(ashdown, LEFT)["participant_status"] == "active"


def test_an_ect_can_become_a_mentor(ashdown: Client):
    registers(ashdown, participant_id=LEFT, participant_type="mentor")
    roles = [e["participant_type"] for e in ashdown.get(f"/participants/{LEFT}")["attributes"]["ecf_enrolments"]]
    assert roles == ["ect", "mentor"]


def test_a_mentor_without_training_is_an_unfunded_mentor_of_the_ects_lead_provider(ashdown: Client):
    ect = registers(ashdown)
    mentor = registers(ashdown, participant_type="mentor", lead_provider=None, ect_id=ect["id"])
    assert ashdown.get(f"/unfunded-mentors/{mentor['id']}")["attributes"]["email"] == mentor["attributes"]["email"]
    assert enrolment(ashdown, ect["id"])["mentor_id"] == mentor["id"]
    assert not sees(ashdown, mentor["id"])


def test_a_mentor_who_takes_over_from_one_with_declarations_is_on_a_replacement_schedule(ashdown: Client):
    ect = registers(ashdown)["id"]
    first = registers(ashdown, participant_type="mentor", ect_id=ect)["id"]
    unused = registers(ashdown, participant_type="mentor", ect_id=ect, start_date="2026-09-16")["attributes"]
    assert unused["schedule_identifier"] == "ecf-standard-september"
    acts(ashdown, "school/change-mentor", participant_id=ect, mentor_id=first, date="2026-09-17")
    puts_forward(ashdown, days=10)
    ashdown.done(
        "POST",
        "/participant-declarations",
        participant_id=first,
        declaration_type="started",
        declaration_date="2026-09-20T09:00:00Z",
        course_identifier="ecf-mentor",
        evidence_held="other",
    )
    second = registers(ashdown, participant_type="mentor", ect_id=ect)["attributes"]
    assert second["schedule_identifier"] == "ecf-replacement-september"


def test_an_ect_who_moves_is_joining_there_and_leaving_here(ashdown: Client):
    made = registers(ashdown)["id"]
    puts_forward(ashdown, days=20)
    acts(
        ashdown,
        "school/report-transfer",
        participant_id=made,
        participant_type="ect",
        school_id=seed_id("schools", "partnered-with-another"),
        date="2026-11-02",
        lead_provider=BRIGHTWATER,
    )
    assert enrolment(ashdown, made)["participant_status"] == "leaving"
    assert enrolment(brightwater(ashdown), made)["participant_status"] == "joining"
    (transfer,) = ashdown.get(f"/participants/{made}/transfers")["attributes"]["transfers"]
    assert (transfer["transfer_type"], transfer["status"]) == ("new_provider", "incomplete")
    assert (transfer["leaving"]["date"], transfer["joining"]["date"]) == ("2026-11-01", "2026-11-02")
    puts_forward(ashdown, days=40)
    assert enrolment(ashdown, made)["participant_status"] == "left"
    assert enrolment(brightwater(ashdown), made)["participant_status"] == "active"


def test_whoever_moves_keeps_the_lead_provider_unless_another_or_none_is_named(ashdown: Client):
    made = registers(ashdown)["id"]
    move = {"participant_id": made, "participant_type": "ect"}
    kept = acts(ashdown, "school/report-transfer", **move, school_id=FRESH, date="2026-10-01")["attributes"]
    assert (kept["lead_provider"], kept["cohort"]) == (ASHDOWN, "2026")
    led = acts(ashdown, "school/report-transfer", **move, school_id=PARTNERED, date="2026-11-01", lead_provider=None)[
        "attributes"
    ]
    assert (led["lead_provider"], led["schedule_identifier"], led["cohort"]) == (None, None, "2026")


def test_an_ect_of_a_frozen_cohort_goes_on_in_2024(ashdown: Client):
    scenario = next(s for s in done(ashdown.app, "GET", "/scenarios") if s["name"] == "ect-in-frozen-cohort")
    (frozen,) = scenario["ids"]["participants"].values()
    moved = acts(
        ashdown,
        "school/report-transfer",
        participant_id=frozen,
        participant_type="ect",
        school_id=seed_id("schools", "training-now"),
        date="2026-09-16",
    )["attributes"]
    assert (moved["cohort"], moved["schedule_identifier"]) == ("2024", "ecf-extended-september")


def test_a_leaver_is_leaving_until_the_last_day_and_then_has_left(ashdown: Client):
    acts(ashdown, "school/report-leaver", participant_id=ECT_THERE, participant_type="ect", date="2026-09-17")
    assert enrolment(ashdown, ECT_THERE)["participant_status"] == "leaving"
    puts_forward(ashdown, days=2)
    assert enrolment(ashdown, ECT_THERE)["participant_status"] == "left"


def test_the_interest_ends_when_the_last_participant_has_left(ashdown: Client):
    puts_forward(ashdown, days=1)
    made = registers(ashdown, school_id=FRESH, start_date="2026-09-01")["id"]
    puts_forward(ashdown, days=1)
    acts(ashdown, "school/report-leaver", participant_id=made, participant_type="ect", date="2026-09-10")
    shown = school(ashdown, FRESH, "2026")
    assert (shown["expression_of_interest"], shown["updated_at"]) == (False, "2026-09-17T09:00:00Z")


def test_a_mentor_who_leaves_mentors_nobody(ashdown: Client):
    change = {"participant_id": ECT_THERE, "mentor_id": MENTOR_THERE, "date": "2026-09-01"}
    acts(ashdown, "school/change-mentor", **change)
    assert enrolment(ashdown, ECT_THERE)["mentor_id"] == MENTOR_THERE
    puts_forward(ashdown, days=1)
    acts(ashdown, "school/report-leaver", participant_id=MENTOR_THERE, participant_type="mentor", date="2026-09-10")
    assert enrolment(ashdown, ECT_THERE)["mentor_id"] is None
    assert ashdown.get(f"/participants/{ECT_THERE}")["attributes"]["updated_at"] == "2026-09-16T09:00:00Z"


def test_a_change_of_mentor_shows_at_once_and_moves_the_ect(ashdown: Client):
    second = registers(ashdown, participant_type="mentor", school_id=TRAINING_NOW, start_date="2026-09-01")["id"]
    puts_forward(ashdown, days=1)
    for mentor in (MENTOR_THERE, second, MENTOR_THERE):
        acts(ashdown, "school/change-mentor", participant_id=ECT_THERE, mentor_id=mentor)
        assert enrolment(ashdown, ECT_THERE)["mentor_id"] == mentor
    assert ashdown.get(f"/participants/{ECT_THERE}")["attributes"]["updated_at"] == "2026-09-16T09:00:00Z"


def declares(client: Client, participant: str, course: str = "ecf-induction") -> Any:
    return client.done(
        "POST",
        "/participant-declarations",
        participant_id=participant,
        declaration_type="started",
        declaration_date=CLOCK,
        course_identifier=course,
        evidence_held="other",
    )


def state(client: Client, declaration: Any) -> str:
    state: str = client.get(f"/participant-declarations/{declaration['id']}")["attributes"]["state"]
    return state


def test_an_induction_makes_submitted_declarations_eligible(ashdown: Client):
    made = registers(ashdown, start_date="2026-09-01")["id"]
    declared = declares(ashdown, made)
    assert state(ashdown, declared) == "submitted"
    acts(ashdown, "appropriate-body/record-induction", participant_id=made, event="start", date="2026-09-02")
    assert state(ashdown, declared) == "eligible"
    shown = enrolment(ashdown, made)
    assert (shown["eligible_for_funding"], shown["overall_induction_start_date"]) == (True, "2026-09-02")


@pytest.mark.parametrize("event", ["pass", "fail"])
def test_an_induction_ends_with_an_outcome_and_the_ect_stays_eligible(ashdown: Client, event: str):
    made = registers(ashdown, start_date="2026-09-01")["id"]
    acts(ashdown, "appropriate-body/record-induction", participant_id=made, event="start", date="2026-09-02")
    acts(ashdown, "appropriate-body/record-induction", participant_id=made, event=event, date="2026-09-14")
    shown = enrolment(ashdown, made)
    assert (shown["induction_end_date"], shown["participant_status"]) == ("2026-09-14", "active")


def test_confirmed_eligibility_makes_submitted_declarations_eligible(ashdown: Client):
    made = registers(ashdown, participant_type="mentor", start_date="2026-09-01")["id"]
    declared = declares(ashdown, made, "ecf-mentor")
    assert state(ashdown, declared) == "submitted"
    acts(ashdown, "dfe/confirm-eligibility", participant_id=made, participant_type="mentor")
    assert state(ashdown, declared) == "eligible"
    assert enrolment(ashdown, made)["eligible_for_funding"] is True


def test_a_statement_that_is_paid_early_pays_its_declarations_and_takes_no_more(ashdown: Client):
    made = [registers(ashdown, start_date="2026-09-01")["id"] for _ in range(2)]
    for each in made:
        acts(ashdown, "dfe/confirm-eligibility", participant_id=each, participant_type="ect")
    declared = declares(ashdown, made[0])
    statement = declared["attributes"]["statement_id"]
    acts(ashdown, "dfe/pay-statement", statement_id=statement)
    assert state(ashdown, declared) == "paid"
    assert ashdown.get(f"/statements/{statement}")["attributes"]["paid"] is True
    assert declares(ashdown, made[1])["attributes"]["statement_id"] != statement


def test_a_fresh_scenario_has_new_ids_each_time_and_can_be_had_by_anyone(ashdown: Client):
    world = world_of(ashdown)
    listed = {s["name"]: s for s in done(ashdown.app, "GET", "/scenarios", query=f"world={world}")}
    made = [done(ashdown.app, "POST", "/scenarios/ect-in-training", {"world": world}) for _ in range(2)]
    ids = [scenario["ids"]["participants"]["ect"] for scenario in (listed["ect-in-training"], *made)]
    assert len(set(ids)) == 3
    assert all(sees(ashdown, id_) for id_ in ids)
    other = done(ashdown.app, "POST", "/scenarios/ect-in-training", {"world": world, "lead_provider": BRIGHTWATER})
    assert other["lead_provider"] == BRIGHTWATER
    assert sees(brightwater(ashdown), other["ids"]["participants"]["ect"])
    assert not sees(ashdown, other["ids"]["participants"]["ect"])


def test_a_fresh_scenario_is_seen_by_whoever_polls(ashdown: Client):
    puts_forward(ashdown, days=3)
    made = done(ashdown.app, "POST", "/scenarios/ect-in-training", query=f"world={world_of(ashdown)}")
    polled = ashdown.ids("/participants", "filter[updated_since]=2026-09-18T09:00:00Z")
    assert made["ids"]["participants"]["ect"] in polled


@pytest.mark.parametrize(
    ("path", "query", "body", "status"),
    [
        ("/scenarios/none", "", None, 404),
        ("/scenarios/ect-in-training", "world=nowhere", None, 404),
        ("/scenarios/ect-in-training", "lead_provider=nobody", None, 404),
        ("/scenarios/ect-in-training", "lead_provider=Greenholm Teaching Collective", None, 404),
        ("/scenarios/ect-in-training", "", {"colour": "blue"}, 400),
        ("/scenarios/ect-in-training", "", [], 400),
    ],
)
def test_a_scenario_that_cannot_be_made_is_refused(ashdown: Client, path: str, query: str, body: Any, status: int):
    assert ask(ashdown.app, "POST", f"/_sandbox{path}", body, query=query)[0].status == status
