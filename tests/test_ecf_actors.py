"""What schools, administrators and DfE do: every rule is checked, and lead providers see the effects."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest
from client import Client, errors, faults
from ecf_client import (
    SEEDS,
    act,
    ask,
    client,
    ecf,
    outbox,
    partnership_id,
    refusals,
    sandbox,
    scenario,
    seed_id,
    send_act,
)

from lp_contract.contract import Operation, Rule
from lp_contract.service_conventions import is_json
from lp_guide.requests_and_answers import TOKEN, breaking, example_request
from lp_sandbox.app import App
from lp_sandbox.ecf.actors import rules
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.rules import checks_in
from lp_sandbox.web.hosts import Address
from lp_sandbox.web.try_forms import TryForms
from lp_sandbox.worlds.records import InvariantError

CONTRACT = ecf().controls
ACTORS = [operation for operation in CONTRACT.operations.values() if operation.tag == "Actors"]
CASES = [
    pytest.param(operation, rule, id=f"{operation.id}-{rule.name}")
    for operation in ACTORS
    for rule in operation.breakable_rules
]
CHALLENGE = "school/challenge-partnership"
RECENT, KESTREL = (
    partnership_id("recently-confirmed", "penhallow", 2025),
    seed_id("delivery-partners", "kestrel-hub"),
)


@pytest.fixture
def app() -> App:
    return sandbox()


@pytest.fixture
def penhallow(app: App) -> Client:
    return client(app)


def send(app: App, operation: Operation, rule: Rule | None = None) -> Answer:
    """Send an operation's example as the pages show it."""
    written = breaking(operation, rule) if rule else example_request(operation)
    path, _, query = written.target.partition("?")
    token = client(app).token
    headers = {name.lower().encode(): value.replace(TOKEN, token).encode() for name, value in written.headers.items()}
    return app.answer(Request(written.method, path, query, headers, written.body.encode(), "127.0.0.1"))


@cache
def unchanged() -> App:
    """A sandbox to which only acts are sent that it refuses."""
    return sandbox()


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_an_act_that_breaks_a_rule_is_refused_with_its_message_and_no_other(operation: Operation, rule: Rule):
    answer = send(unchanged(), operation, rule)
    assert (answer.status, errors(answer)) == (422, [(rule.field, rule.message)])


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_with_the_rule_switched_off_the_same_act_is_not_refused_by_it(
    operation: Operation, rule: Rule, caplog: pytest.LogCaptureFixture
):
    answer = send(sandbox(without={rule.name}), operation, rule)
    assert (rule.field, rule.message) not in errors(answer)
    assert set(faults(caplog)) <= {InvariantError}


@pytest.mark.parametrize("operation", ACTORS, ids=lambda o: o.id)
def test_the_example_of_an_act_breaks_no_rule_and_its_answer_fits_the_contract(app: App, operation: Operation):
    answer = send(app, operation)
    assert answer.status == int(operation.success), answer
    body = json.loads(answer.body) if is_json(operation.media_type) else answer.body.decode()
    jsonschema_rs.validator_for(dict(operation.response or {})).validate(body)


@pytest.mark.parametrize("name", ["setProgramme", "createCohort", "assignMentor"])
def test_an_answer_that_is_written_in_the_contract_is_what_its_example_request_gets(app: App, name: str):
    operation = CONTRACT.operations[name]
    assert json.loads(send(app, operation).body) == operation.answer_example


def test_contract_and_code_name_the_same_rules_and_actors():
    assert checks_in(rules).keys() == set(CONTRACT.rules) == ecf().actor_checks.keys()
    assert ecf().actors.keys() == {operation.id for operation in ACTORS}


def partnership(who: Client, id_: str = RECENT) -> Any:
    return who.get(f"/partnerships/ecf/{id_}")["attributes"]


def school(who: Client, name: str, cohort: str = "2025") -> Any:
    return who.get(f"/schools/ecf/{seed_id('schools', name)}", f"filter[cohort]={cohort}")["attributes"]


@pytest.mark.parametrize("reason", ["another_provider", "not_confirmed", "do_not_recognise", "no_ects", "mistake"])
def test_a_challenge_shows_its_reason_and_time_and_frees_the_school(app: App, penhallow: Client, reason: str):
    act(app, CHALLENGE, at="2025-10-16T10:00:00Z", partnership_id=RECENT, reason=reason)
    shown = partnership(penhallow)
    assert (shown["status"], shown["challenged_reason"]) == ("challenged", reason)
    assert (shown["challenged_at"], shown["updated_at"]) == ("2025-10-16T10:00:00.000Z", "2025-10-16T10:00:00Z")
    assert school(penhallow, "recently-confirmed")["in_partnership"] is False
    expected = "no_early_career_teachers" if reason == "no_ects" else "provider_led"
    assert school(penhallow, "recently-confirmed")["induction_programme_choice"] == expected


def test_a_challenged_partnership_can_be_confirmed_again_by_another_lead_provider(app: App):
    act(app, CHALLENGE, partnership_id=RECENT, reason="no_ects")
    quarrington = client(app, "Quarrington")
    attributes = {"cohort": "2025", "school_id": seed_id("schools", "recently-confirmed")}
    quarrington.done("POST", "/partnerships/ecf", **attributes, delivery_partner_id=KESTREL)
    assert school(quarrington, "recently-confirmed")["induction_programme_choice"] == "provider_led"


def test_participants_disappear_with_a_challenge_and_return_with_the_next_confirmation(app: App, penhallow: Client):
    ids = scenario("ect-in-training")
    participant, id_ = ids["participants"]["ect"], next(iter(ids["partnerships"].values()))
    assert participant in penhallow.ids("/participants/ecf")
    act(app, "administrator/challenge-partnership", partnership_id=id_, reason="mistake")
    assert participant not in penhallow.ids("/participants/ecf")
    shown = partnership(penhallow, id_)
    again = {name: shown[name] for name in ("cohort", "school_id", "delivery_partner_id")}
    assert penhallow.done("POST", "/partnerships/ecf", **again)["id"] == id_
    assert participant in penhallow.ids("/participants/ecf")


@pytest.mark.parametrize(
    ("at", "partnership_id_", "reason", "expected"),
    [
        ("2025-10-27T10:14:59Z", RECENT, None, ("reason", "challenge_has_a_reason")),
        ("2025-10-27T10:15:00Z", RECENT, None, ("partnership_id", "challenge_is_in_time")),
        ("2025-10-27T10:15:00Z", RECENT, "mistake", ("partnership_id", "challenge_is_in_time")),
        ("2025-10-15T09:00:00Z", RECENT, "boredom", ("reason", "challenge_has_a_reason")),
        (
            "2026-10-15T09:00:00Z",
            partnership_id("challenged", "penhallow", 2025),
            None,
            ("partnership_id", "partnership_is_unchallenged"),
        ),
    ],
)
def test_a_challenge_is_refused_for_the_first_reason_in_the_order_of_the_pages(
    app: App, at: str, partnership_id_: str, reason: str | None, expected: tuple[str, str]
):
    field, rule = expected
    errors = refusals(app, CHALLENGE, at=at, partnership_id=partnership_id_, reason=reason)
    assert errors == [(field, CONTRACT.rules[rule].detail)]


def test_a_challenge_without_a_reason_field_is_refused_by_its_rule(app: App):
    errors = refusals(app, CHALLENGE, partnership_id=RECENT)
    assert errors == [("reason", "Select a reason why you think this confirmation is incorrect")]


def test_an_unknown_token_challenges_nothing(app: App):
    assert send_act(app, CHALLENGE, token="0" * 32, reason="mistake").status == 422


SET_UP, KEEP = "school/set-up-cohort", "school/keep-providers"
LAST_YEAR = seed_id("schools", "partnered-last-year")


@pytest.mark.parametrize("programme", ["provider_led", "school_led", "not_yet_known", "no_early_career_teachers"])
def test_a_school_sets_up_a_cohort_and_lead_providers_see_its_choice(app: App, penhallow: Client, programme: str):
    at = "2025-10-16T10:00:00Z"
    set_up = act(app, SET_UP, at=at, school_id=LAST_YEAR, cohort="2025", programme=programme)["attributes"]
    assert (set_up["programme"], set_up["partnership_id"]) == (programme, None)
    shown = school(penhallow, "partnered-last-year")
    assert (shown["induction_programme_choice"], shown["updated_at"]) == (programme, at)


def confirm(who: Client, school_id: str, cohort: str = "2025") -> Any:
    attributes = {"cohort": cohort, "school_id": school_id, "delivery_partner_id": KESTREL}
    return who.write("POST", "/partnerships/ecf", **attributes)


def test_lead_providers_can_confirm_a_partnership_once_the_school_has_set_up_the_cohort(app: App, penhallow: Client):
    assert confirm(penhallow, LAST_YEAR).status == 422
    act(app, SET_UP, school_id=LAST_YEAR, cohort="2025", programme="not_yet_known")
    assert confirm(penhallow, LAST_YEAR).status == 200


@pytest.mark.parametrize(
    ("programme", "templates"),
    [
        ("provider_led", ["programme_changed_email"]),
        ("school_led", ["programme_changed_email"]),
        ("not_yet_known", []),
        ("no_early_career_teachers", []),
    ],
)
def test_a_school_that_changes_providers_sends_an_email_to_the_former_lead_provider(
    app: App, programme: str, templates: list[str]
):
    act(app, SET_UP, school_id=LAST_YEAR, cohort="2025", programme=programme)
    sent = outbox(app)
    assert [email["template"] for email in sent] == templates
    assert all("2025/26" in email["body"] and email["to"] == "morwenna.tresize@example.com" for email in sent)


def test_a_lead_provider_that_does_not_train_in_the_cohort_gets_no_message(app: App):
    school_id = seed_id("schools", "providers-parted")
    act(app, SET_UP, school_id=school_id, cohort="2024", programme="school_led")
    assert outbox(app) == []


def test_a_school_that_keeps_its_providers_has_their_partnership_at_once(app: App, penhallow: Client):
    kept = act(app, KEEP, school_id=LAST_YEAR, cohort="2025", appropriate_body="Bittern Teaching School Hub")
    assert kept["attributes"] == {
        "name": "Lantern Hill Academy",
        "urn": "140185",
        "cohort": "2025",
        "programme": "provider_led",
        "appropriate_body": "Bittern Teaching School Hub",
        "lead_provider": "Penhallow Teaching Institute",
        "delivery_partner": "Curlew Teaching School Hub",
        "partnership_id": kept["attributes"]["partnership_id"],
        "eligible": True,
    }
    id_ = kept["attributes"]["partnership_id"]
    assert partnership(penhallow, id_)["status"] == "active"
    assert outbox(app) == []
    assert refusals(app, CHALLENGE, at="2025-11-01T00:00:00Z", partnership_id=id_, reason="mistake")
    act(app, CHALLENGE, at="2025-10-31T23:59:59Z", partnership_id=id_, reason="mistake")
    act(app, KEEP, school_id=LAST_YEAR, cohort="2025")
    assert partnership(penhallow, id_)["status"] == "active"


def test_a_school_with_a_partnership_saves_its_appropriate_body_only(app: App, penhallow: Client):
    id_ = partnership_id("partnered", "penhallow", 2025)
    before = partnership(penhallow, id_)
    body = "Bittern Teaching School Hub"
    kept = act(app, KEEP, school_id=seed_id("schools", "partnered"), cohort="2025", appropriate_body=body)
    assert (kept["attributes"]["appropriate_body"], kept["attributes"]["partnership_id"]) == (body, id_)
    assert partnership(penhallow, id_) == before


def test_a_school_that_can_have_the_core_programme_only_pays_for_provider_led_training_itself(
    app: App, penhallow: Client
):
    school_id = seed_id("schools", "core-induction-only")
    set_up = act(app, SET_UP, school_id=school_id, cohort="2025", programme="provider_led")
    assert set_up["attributes"]["programme"] == "provider_led"
    assert confirm(penhallow, school_id).status == 422


def test_participants_follow_the_programme_that_an_administrator_sets(app: App, penhallow: Client):
    ids = scenario("ect-in-training")
    participant = ids["participants"]["ect"]
    id_ = next(iter(ids["partnerships"].values()))
    shown = partnership(penhallow, id_)
    there = {name: shown[name] for name in ("school_id", "cohort")}
    for programme, visible in (("school_led", "left"), ("provider_led", "active")):
        act(app, "administrator/set-programme", **there, programme=programme)
        (enrolment,) = penhallow.get(f"/participants/ecf/{participant}")["attributes"]["ecf_enrolments"]
        assert enrolment["participant_status"] == visible, programme
    assert partnership(penhallow, id_)["status"] == "active"


REGISTER = "school/add-participant"
PARTNERED = seed_id("schools", "partnered")


def register(app: App, at: str | None = None, **given: Any) -> Any:
    usual = {"school_id": PARTNERED, "participant_type": "ect", "start_date": "2025-09-08"}
    return act(app, REGISTER, at=at, **{**usual, **given})


def enrolments(who: Client, id_: str) -> list[Any]:
    return list(who.get(f"/participants/ecf/{id_}")["attributes"]["ecf_enrolments"])


def sees(who: Client, id_: str) -> bool:
    return who.send("GET", f"/api/v3/participants/ecf/{id_}").status == 200


def test_the_lead_provider_of_the_default_partnership_sees_a_registered_ect_at_once(app: App, penhallow: Client):
    given = {"full_name": "Maya Foster", "teacher_reference_number": "3098765", "email": "maya.foster@example.com"}
    id_ = register(app, **given)["id"]
    shown = penhallow.get(f"/participants/ecf/{id_}")["attributes"]
    assert (shown["full_name"], shown["teacher_reference_number"]) == ("Maya Foster", "3098765")
    (enrolment,) = shown["ecf_enrolments"]
    expected = {
        "email": "maya.foster@example.com",
        "school_urn": "140171",
        "participant_type": "ect",
        "cohort": "2025",
        "training_status": "active",
        "participant_status": "active",
        "eligible_for_funding": True,
        "schedule_identifier": "ecf-standard-september",
        "validation_status": "eligible_to_start",
    }
    assert {name: enrolment[name] for name in expected} == expected
    assert id_ in penhallow.ids("/participants/ecf", "filter[updated_since]=2025-10-15T09:00:00Z")
    assert not sees(client(app, "Quarrington"), id_)


def test_without_a_start_date_training_starts_with_the_first_milestone(app: App):
    made = act(app, REGISTER, school_id=PARTNERED, participant_type="ect")
    assert made["attributes"]["start_date"] == "2025-07-01"


def test_a_participant_of_a_school_without_a_partnership_appears_with_the_confirmation(app: App, penhallow: Client):
    school_id = seed_id("schools", "awaiting-a-provider")
    id_ = register(app, school_id=school_id)["id"]
    assert not sees(penhallow, id_)
    assert confirm(penhallow, school_id).status == 200
    assert sees(penhallow, id_)


def test_a_participant_of_a_school_led_programme_has_no_schedule_and_no_lead_provider(app: App):
    made = register(app, school_id=seed_id("schools", "school-led"))["attributes"]
    assert (made["schedule_identifier"], made["lead_provider"], made["partnership_id"]) == (None, None, None)


def test_a_participant_of_a_challenged_default_partnership_is_seen_by_nobody(app: App, penhallow: Client):
    id_ = register(app, school_id=seed_id("schools", "challenged"))["id"]
    assert not sees(penhallow, id_)


def test_a_participant_can_train_under_a_relationship_of_the_school(app: App, penhallow: Client):
    school_id = seed_id("schools", "relationship-only")
    id_ = partnership_id("relationship-only", "penhallow", 2025, relationship=True)
    participant = register(app, school_id=school_id, partnership_id=id_)["id"]
    assert sees(penhallow, participant)
    assert not sees(client(app, "Quarrington"), participant)


def test_a_mentor_can_train_under_the_partnership_of_the_year_before_by_a_relationship(app: App, penhallow: Client):
    school_id = seed_id("schools", "school-that-changed")
    former = partnership_id("school-that-changed", "penhallow", 2024)
    made = register(app, school_id=school_id, participant_type="mentor", partnership_id=former)
    assert made["attributes"]["lead_provider"] == "Penhallow Teaching Institute"
    assert made["attributes"]["partnership_id"] != former
    assert penhallow.send("GET", f"/api/v3/partnerships/ecf/{made['attributes']['partnership_id']}").status == 404
    (enrolment,) = enrolments(penhallow, made["id"])
    assert (enrolment["cohort"], enrolment["participant_type"]) == ("2025", "mentor")
    errors = refusals(app, REGISTER, school_id=school_id, participant_type="ect", partnership_id=former)
    assert [field for field, _ in errors] == ["partnership_id"]


FINDINGS = {
    "01": (True, True, "eligible_to_start"),
    "02": (False, None, None),
    "03": (False, None, None),
    "04": (True, None, "checking_qts"),
    "05": (True, None, "dfe_checking_eligibility"),
    "06": (True, None, "dfe_checking_eligibility"),
    "25": (True, True, "eligible_to_start"),
}


@pytest.mark.parametrize("day", FINDINGS)
def test_the_date_of_birth_chooses_what_dfe_finds(app: App, penhallow: Client, day: str):
    validated, eligible, status = FINDINGS[day]
    made = register(app, date_of_birth=f"1900-01-{day}")
    assert (made["attributes"]["validated"], made["attributes"]["eligible_for_funding"]) == (validated, eligible)
    assert sees(penhallow, made["id"]) == validated
    if validated:
        (enrolment,) = enrolments(penhallow, made["id"])
        assert (enrolment["validation_status"], enrolment["eligible_for_funding"]) == (status, eligible)


@pytest.mark.parametrize(
    ("role", "day", "at", "start_date", "cohort"),
    [
        ("ect", "1990-05-05", "2025-10-15", "2025-09-08", "2025"),
        ("ect", "1990-05-05", "2026-03-31", "2026-09-07", "2025"),
        ("ect", "1990-05-05", "2026-04-01", "2026-05-01", "2025"),
        ("ect", "1900-01-24", "2025-10-15", "2025-09-08", "2024"),
        ("mentor", "1900-01-24", "2025-10-15", "2025-09-08", "2025"),
        ("ect", "1900-01-20", "2025-10-15", "2025-09-08", "2025"),
        ("ect", "1900-01-21", "2025-10-15", "2025-09-08", "2025"),
        ("ect", "1990-05-05", "2025-08-31", "2025-08-31", "2024"),
        ("ect", "1990-05-05", "2025-08-31", "2025-09-08", "2025"),
    ],
)
def test_the_cohort_of_a_new_participant(role: str, day: str, at: str, start_date: str, cohort: str):
    at = f"{at}T10:00:00Z"
    made = register(sandbox(), at=at, participant_type=role, date_of_birth=day, start_date=start_date)
    assert made["attributes"]["cohort"] == cohort


def test_an_ect_who_becomes_a_mentor_has_two_enrolments(app: App, penhallow: Client):
    trn = {"teacher_reference_number": "4012345"}
    made = register(app, participant_type="mentor", **trn)
    assert made["id"] == scenario("ect-in-training")["participants"]["ect"]
    assert [each["participant_type"] for each in enrolments(penhallow, made["id"])] == ["ect", "mentor"]


def test_an_ect_has_the_mentor_of_the_registration(app: App, penhallow: Client):
    mentor = register(app, participant_type="mentor")["id"]
    ect = register(app, mentor_id=mentor)["id"]
    assert enrolments(penhallow, ect)[0]["mentor_id"] == mentor


def test_a_participant_is_registered_once_in_a_role(app: App):
    made = register(app)["attributes"]
    for given in ({"teacher_reference_number": made["teacher_reference_number"]}, {"email": made["email"]}):
        errors = refusals(app, REGISTER, school_id=PARTNERED, participant_type="ect", **given)
        assert errors == [("teacher_reference_number", "This participant is already registered in this role.")]


def test_equal_worlds_register_equal_participants():
    assert register(sandbox()) == register(sandbox())


def find(app: App, query: str, at: str | None = None) -> list[Any]:
    answer = ask(app, "GET", "actors/administrator/schools", query, at=at)
    assert answer.status == 200, answer
    return [each["attributes"] for each in json.loads(answer.body)["data"]]


def test_an_administrator_finds_schools_by_name_or_urn(app: App):
    (found,) = find(app, "cohort=2025&search=jessamy+PARK")
    assert found == {
        "name": "Jessamy Park Primary School",
        "urn": "140171",
        "cohort": "2025",
        "programme": "provider_led",
        "appropriate_body": "Bittern Teaching School Hub",
        "lead_provider": "Penhallow Teaching Institute",
        "delivery_partner": "Curlew Teaching School Hub",
        "partnership_id": partnership_id("partnered", "penhallow", 2025),
        "eligible": True,
    }
    assert find(app, "cohort=2025&search=140171") == [found]
    assert find(app, "cohort=2025&search=nowhere") == []


def test_an_administrator_sees_each_cohort_of_a_school(app: App):
    (changed,) = find(app, "cohort=2024&search=140290")
    assert (changed["lead_provider"], changed["cohort"]) == ("Penhallow Teaching Institute", "2024")
    assert find(app, "search=140290")[0]["lead_provider"] == "Quarrington Education Trust"
    assert find(app, "search=140290", at="2024-12-01T00:00:00Z")[0]["cohort"] == "2024"
    (unset,) = find(app, "cohort=2023&search=140290")
    assert (unset["programme"], unset["lead_provider"], unset["appropriate_body"]) == ("not_yet_known", None, None)


def test_an_administrator_reads_every_cohort_of_a_school_as_the_lists_show_them(app: App):
    answer = ask(app, "GET", f"actors/administrator/schools/{PARTNERED.upper()}")
    assert answer.status == 200
    cohorts = [each["attributes"] for each in json.loads(answer.body)["data"]]
    years = [each["cohort"] for each in cohorts]
    assert years == sorted((str(each["year"]) for each in SEEDS["cohorts"]), reverse=True)
    assert cohorts == [found for year in years for found in find(app, f"cohort={year}&search=140171")]


def test_a_school_that_does_not_exist_has_no_cohorts(app: App):
    answer = ask(app, "GET", "actors/administrator/schools/nothing")
    assert (answer.status, errors(answer)) == (404, [("School not found", "There is no school with this id.")])


@pytest.mark.parametrize(("query", "expected"), [("search=140171", 1), ("search=nowhere", 0), ("cohort=1999", 0)])
def test_a_list_says_how_many_schools_the_search_finds(app: App, query: str, expected: int):
    assert matching(app, query) == expected


def test_a_list_without_a_search_counts_every_school(app: App):
    assert matching(app, "page[per_page]=1") == len(find(app, "page[per_page]=3000"))


def matching(app: App, query: str) -> int:
    return int(json.loads(ask(app, "GET", "actors/administrator/schools", query).body)["meta"]["matching"])


@pytest.mark.parametrize("cohort", ["1999", "-5", "next", "9" * 30])
def test_a_cohort_that_does_not_exist_lists_no_schools(app: App, cohort: str):
    assert find(app, f"cohort={cohort}") == []


def test_an_administrator_reads_schools_in_pages_by_name(app: App):
    names = [each["name"] for each in find(app, "page[per_page]=3000")]
    assert names == sorted(names)
    assert [each["name"] for each in find(app, "page[page]=2&page[per_page]=10")] == names[10:20]
    assert ask(app, "GET", "actors/administrator/schools", "page[page]=0").status == 400


def test_lead_providers_see_an_added_delivery_partner_in_its_cohorts(app: App, penhallow: Client):
    added = act(
        app,
        "administrator/add-delivery-partner",
        name="  Heron   Hub ",
        lead_providers=["Penhallow Teaching Institute", seed_id("lead-providers", "rosebank")],
        cohorts=["2025", "2024"],
    )
    assert added["attributes"] == {
        "name": "Heron Hub",
        "works_with": [
            {"lead_provider": "Penhallow Teaching Institute", "cohorts": ["2024", "2025"]},
            {"lead_provider": "Rosebank Professional Learning", "cohorts": ["2024", "2025"]},
        ],
    }
    for who in (penhallow, client(app, "Rosebank")):
        shown = who.get(f"/delivery-partners/{added['id']}")["attributes"]
        assert (shown["name"], shown["cohort"]) == ("Heron Hub", ["2024", "2025"])
    assert client(app, "Quarrington").send("GET", f"/api/v3/delivery-partners/{added['id']}").status == 404


def test_a_delivery_partner_can_work_with_more_lead_providers(app: App, penhallow: Client):
    unpaired, school_id = seed_id("delivery-partners", "unpaired-hub"), seed_id("schools", "fresh")
    attributes = {"cohort": "2025", "school_id": school_id, "delivery_partner_id": unpaired}
    assert penhallow.write("POST", "/partnerships/ecf", **attributes).status == 422
    more = {"lead_providers": ["Penhallow Teaching Institute"], "cohorts": ["2025"]}
    act(app, "administrator/add-delivery-partner", delivery_partner_id=unpaired, **more)
    assert penhallow.write("POST", "/partnerships/ecf", **attributes).status == 200


def suppliers(app: App, kind: str) -> list[Any]:
    answer = ask(app, "GET", f"actors/administrator/{kind}")
    assert answer.status == 200, answer
    return list(json.loads(answer.body)["data"])


def test_an_administrator_finds_every_delivery_partner_by_name_with_an_added_one(app: App):
    before = suppliers(app, "delivery-partners")
    names = {"lead_providers": ["Penhallow Teaching Institute"], "cohorts": ["2025"]}
    added = act(app, "administrator/add-delivery-partner", name="Heron Hub", **names)
    after = suppliers(app, "delivery-partners")
    assert [each for each in after if each not in before] == [added]
    assert [each["attributes"]["name"] for each in after] == sorted(each["attributes"]["name"] for each in after)
    (unpaired,) = (each for each in before if each["id"] == seed_id("delivery-partners", "unpaired-hub"))
    assert unpaired["attributes"]["works_with"] == []


def test_an_administrator_finds_every_lead_provider_with_its_cohorts(app: App):
    assert {each["id"]: each["attributes"] for each in suppliers(app, "lead-providers")} == {
        each["id"]: {"name": each["full_name"], "cohorts": [str(year) for year in each["cohorts"]]}
        for each in SEEDS["lead-providers"]
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status_code": 2}, "currently ineligible"),
        ({"district_code": "W06000015"}, "currently ineligible"),
        ({"type_code": 11}, "has not registered"),
        ({"type_code": 11, "section_41": True}, None),
        ({"status_code": 3}, None),
    ],
)
def test_a_school_is_eligible_as_the_national_register_says(
    app: App, penhallow: Client, change: dict[str, Any], message: str | None
):
    school_id = seed_id("schools", "fresh")
    changed = act(app, "administrator/change-eligibility", school_id=school_id, **change)
    assert changed["attributes"]["eligible"] == (message is None)
    listed = penhallow.ids("/schools/ecf", "filter[cohort]=2025&filter[urn]=140101")
    assert listed == ([school_id] if message is None else [])
    answer = confirm(penhallow, school_id)
    assert (answer.status == 200) == (message is None)
    assert message is None or message in errors(answer)[0][1]


ODD: list[Any] = [
    None,
    "",
    " ",
    0,
    -1,
    2.5,
    True,
    [],
    {},
    [""],
    [None],
    "x" * 5000,
    "2999-12-31",
    "1900-01-20",
    "\u0000",
]
"""Values that a client can send in any field."""


@pytest.mark.parametrize("operation", [each for each in ACTORS if each.request_example], ids=lambda o: o.id)
def test_no_value_of_a_field_is_a_fault(operation: Operation, caplog: pytest.LogCaptureFixture):
    app, who = sandbox(), client(sandbox())
    example = operation.request_example
    attributes = example["data"]["attributes"] if isinstance(example, dict) else {}
    for name in operation.attributes:
        for value in ODD:
            content = json.dumps({"data": {"attributes": {**attributes, name: value}}}).encode()
            path = operation.path.removeprefix("/_sandbox/").format_map(operation.path_example)
            assert ask(app, "POST", path, "", content, token=who.token).status < 500, (name, value)
    assert faults(caplog) == []


@pytest.mark.parametrize(
    ("cohorts", "fault"),
    [
        ("2025", """'#/data/attributes/cohorts' is "2025" but must be a list."""),
        (["soon"], """'#/data/attributes/cohorts/0' is "soon" but must be a year from 2000 to 2999, such as 2025."""),
    ],
)
def test_a_wrong_list_is_described(app: App, cohorts: Any, fault: str):
    partner = {"name": "Heron Hub", "lead_providers": [], "cohorts": cohorts}
    answer = send_act(app, "administrator/add-delivery-partner", **partner)
    assert (answer.status, errors(answer)[0][1].partition(" Send ")[0]) == (400, fault)


@pytest.mark.parametrize("operation", ACTORS, ids=lambda o: o.id)
def test_the_form_of_an_act_sends_its_example(app: App, operation: Operation):
    local = {b"host": b"127.0.0.1:8000"}
    address = Address("127.0.0.1", 8000)
    forms = TryForms([CONTRACT], app.answer, app._usual_world, address, is_key_needed=False)  # noqa: SLF001
    empty = forms.trial(Request("GET", "/", "", local, None, "127.0.0.1"), f"ecf/sandbox/{operation.id}")
    filled = urlencode(empty.given).encode()
    sent = forms.trial(Request("POST", "/", "", local, filled, "127.0.0.1"), f"ecf/sandbox/{operation.id}").sent
    assert sent is not None
    assert sent.status == 200, sent.answer
    assert ("Authorization" in sent.headers) == operation.takes_token
