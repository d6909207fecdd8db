"""Declarations of the early career framework: what is accepted, what is shown of them, and their states over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache
from typing import Any

import ecf_client
import msgspec
import pytest
from client import Client, errors
from ecf_client import CLOCK, SEEDS, act, ecf, sandbox, scenario

from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, Profile, Removal
from lp_sandbox.programme.records import IdChange, Mentorship, SchoolPeriod, Statement, TrainingPeriod
from lp_sandbox.worlds.store import Where

YOU, ANOTHER = (entry["id"] for entry in SEEDS["lead-providers"][:2])
PATH, ALL = "/participant-declarations", "page[per_page]=3000"
RULES = ecf().contract.rules
ECT = scenario("ect-in-training")["participants"]["ect"]
MENTOR = scenario("ect-in-training")["participants"]["mentor"]
STARTED = {
    "participant_id": ECT,
    "course_identifier": "ecf-induction",
    "declaration_type": "started",
    "declaration_date": "2025-10-10T09:00:00Z",
    "evidence_held": "training-event-attended",
}
JANUARY_2026 = "6b1f35b2-33d3-4a21-a860-95c875dc7aca"


@cache
def app() -> Any:
    return sandbox()


@pytest.fixture
def penhallow() -> Iterator[Client]:
    """A client in a world as it is from the start, which is gone afterwards."""
    fork = app().worlds.fork(app().worlds.get("ecf"))
    token = next(each.token for each in app().worlds.tokens(fork) if each.lead_provider_id == YOU)
    yield Client(app(), token)
    app().worlds.remove(fork)


def other(client: Client, lead_provider_id: str = ANOTHER) -> Client:
    (world, _) = client.app.worlds.opened_by(client.token)
    token = next(e.token for e in client.app.worlds.tokens(world) if e.lead_provider_id == lead_provider_id)
    return Client(client.app, token)


def records(client: Client, kind: type[Any], **where: Any) -> list[Any]:
    (world, _) = client.app.worlds.opened_by(client.token)
    return client.app.worlds._store.find(kind, world.id, *(Where(c, "=", v) for c, v in where.items()))  # noqa: SLF001


def put(client: Client, *changed: Any) -> None:
    (world, _) = client.app.worlds.opened_by(client.token)
    client.app.worlds._store.put(world.id, *changed)  # noqa: SLF001


def change(client: Client, kind: type[Any], changes: dict[str, Any], **where: Any) -> None:
    put(client, *(msgspec.structs.replace(each, **changes) for each in records(client, kind, **where)))


def declare(client: Client, **changes: str) -> Any:
    return client.done("POST", PATH, **{**STARTED, **changes})["attributes"]


def refusals(client: Client, **changes: str) -> list[tuple[str, str]]:
    return client.errors("POST", PATH, **{**STARTED, **changes})


def declaration(name: str, which: str = "ect-started") -> str:
    return f"{PATH}/{scenario(name)['declarations'][which]}"


def at(client: Client, moment: str) -> Client:
    return dataclasses.replace(client, at=moment)


def refusal(*rules: str) -> list[tuple[str, str]]:
    return [(RULES[rule].field, RULES[rule].detail) for rule in rules]


def test_an_eligible_ect_is_declared_into_the_next_open_statement(penhallow: Client):
    made = penhallow.done("POST", PATH, **STARTED)
    assert made == ecf().contract.operations["createDeclaration"].answer_example["data"]
    assert penhallow.get(f"{PATH}/{made['id']}") == made
    assert made["id"] in penhallow.ids(PATH, ALL)


def test_an_empty_request_is_refused_with_three_errors_in_this_order(penhallow: Client):
    answer = penhallow.send("POST", f"/api/v3{PATH}", body={"data": {"attributes": ""}})
    expected = ("declared_participant_is_recognised", "declaration_date_is_present", "declaration_type_is_present")
    assert errors(answer) == refusal(*expected)


@pytest.mark.parametrize("date", ["2023-19-01T11:21:55Z", "29:21:55", "yesterday"])
def test_an_unreadable_date_is_one_entry_with_both_messages(penhallow: Client, date: str):
    joined = ", ".join(RULES[r].detail for r in ("declaration_date_is_present", "declaration_date_is_rfc_3339"))
    assert refusals(penhallow, declaration_date=date) == [("declaration_date", joined)]


@pytest.mark.parametrize("date", ["2025-10-10 09:00:00", "2025-10-10"])
def test_a_date_in_another_form_is_refused_for_its_form_only(penhallow: Client, date: str):
    assert refusals(penhallow, declaration_date=date) == refusal("declaration_date_is_rfc_3339")


@pytest.mark.parametrize(
    ("written", "recorded"),
    [
        ("2025-10-10T09:00:00", "2025-10-10T09:00:00Z"),
        ("2025-10-10t09:00:00.75z", "2025-10-10T09:00:00Z"),
        ("2025-10-10T09:00:00+0100", "2025-10-10T08:00:00Z"),
        ("2025-10-10T09:00:00-01", "2025-10-10T10:00:00Z"),
        ("2025-09-31T09:00:00Z", "2025-10-01T09:00:00Z"),
        ("2025-07-01T00:00:00Z", "2025-07-01T00:00:00Z"),
        (CLOCK, CLOCK),
    ],
)
def test_a_date_is_recorded_in_utc(penhallow: Client, written: str, recorded: str):
    assert declare(penhallow, declaration_date=written)["declaration_date"] == recorded


MILESTONE = {"participant_id": scenario("ect-with-a-paid-declaration")["participants"]["ect"], "evidence_held": "other"}


@pytest.mark.parametrize(
    ("date", "broken"),
    [
        ("2024-12-31T23:59:59Z", "declaration_date_is_not_before_the_milestone"),
        ("2025-01-01T00:00:00Z", ""),
        ("2025-03-31T23:59:59Z", ""),
        ("2025-04-01T00:00:00Z", "declaration_date_is_not_after_the_milestone"),
    ],
)
def test_a_milestone_lasts_from_its_first_second_to_its_last_in_utc(penhallow: Client, date: str, broken: str):
    answer = penhallow.write(
        "POST", PATH, **{**STARTED, **MILESTONE, "declaration_type": "retained-1", "declaration_date": date}
    )
    assert (answer.status, errors(answer) if broken else []) == (
        422 if broken else 200,
        refusal(broken) if broken else [],
    )


EVIDENCE = [
    ("ect", "ecf-induction", "started", "", None),
    ("ect", "ecf-induction", "started", "materials-engaged-with-offline", "materials-engaged-with-offline"),
    ("ect", "ecf-induction", "started", "anything", "evidence_is_available"),
    ("ect", "ecf-induction", "retained-1", "", "evidence_is_present"),
    ("ect", "ecf-induction", "retained-2", "other", "evidence_is_available"),
    ("ect", "ecf-induction", "retained-2", "75-percent-engagement-met", "75-percent-engagement-met"),
    ("ect", "ecf-induction", "completed", "one-term-induction", "one-term-induction"),
    ("mentor", "ecf-mentor", "started", "", None),
    ("mentor", "ecf-mentor", "completed", "one-term-induction", "evidence_is_available"),
    ("mentor", "ecf-mentor", "retained-2", "", "declaration_type_suits_a_funded_mentor"),
]


@pytest.mark.parametrize("case", EVIDENCE, ids=["-".join(filter(None, case[1:4])) for case in EVIDENCE])
def test_evidence_depends_on_the_role_and_the_milestone(penhallow: Client, case: tuple[str, str, str, str, str | None]):
    who, course, declaration_type, evidence, outcome = case
    person = {"participant_id": scenario("ect-in-training")["participants"][who], "course_identifier": course}
    request = {**person, "declaration_type": declaration_type, "evidence_held": evidence}
    if outcome in RULES:
        assert refusals(penhallow, **request) == refusal(outcome)
    else:
        assert declare(penhallow, **request)["evidence_held"] == outcome


@pytest.mark.parametrize("evidence", ["", "anything", "other"])
def test_the_start_in_a_cohort_without_detailed_evidence_keeps_no_evidence(penhallow: Client, evidence: str):
    ect = scenario("ect-with-a-voided-declaration")["participants"]["ect"]
    made = declare(penhallow, participant_id=ect, declaration_date="2024-10-10T09:00:00Z", evidence_held=evidence)
    assert made["evidence_held"] is None


def test_without_a_profile_for_the_course_the_rules_about_the_profile_are_not_checked(penhallow: Client):
    for course in ("ecf-mentor", "", "other"):
        broken = refusals(penhallow, course_identifier=course, declaration_type="extended-1", evidence_held="")
        assert broken == refusal("declared_course_is_recognised")


def test_a_removed_participant_has_no_profile(penhallow: Client):
    (period,) = records(penhallow, SchoolPeriod, participant_id=ECT)
    put(penhallow, Removal(ECT, period.id, CLOCK))
    assert refusals(penhallow) == refusal("declared_course_is_recognised")


def test_an_npq_course_stops_every_other_rule(penhallow: Client):
    broken = refusals(penhallow, course_identifier="npq-leading-teaching", participant_id="", declaration_date="")
    assert broken == refusal("declared_course_is_not_npq")


def test_an_id_that_the_participant_had_before_is_recognised(penhallow: Client):
    earlier = "7d3f9d1e-31c7-4f9e-a0ab-5d0e0d1c9f11"
    put(penhallow, IdChange(ECT, earlier, CLOCK))
    assert declare(penhallow, participant_id=earlier)["participant_id"] == ECT


def test_a_schedule_that_the_participant_left_is_not_that_of_the_training(penhallow: Client):
    change(penhallow, TrainingPeriod, {"schedule": "ecf-extended-september"}, participant_id=ECT)
    assert refusals(penhallow) == refusal("participant_trains_with_you_on_the_schedule")


@pytest.mark.parametrize("eligibility", [None, "ineligible", "manual_check", "matched"])
def test_a_declaration_for_somebody_who_is_not_eligible_is_submitted(penhallow: Client, eligibility: str | None):
    change(penhallow, Profile, {"eligibility": eligibility}, participant_id=ECT)
    made = declare(penhallow)
    assert (made["state"], made["statement_id"]) == ("submitted", None)


def test_a_submitted_declaration_needs_no_open_statement(penhallow: Client):
    ect = scenario("ect-of-a-closed-cohort")["participants"]["ect"]
    change(penhallow, Profile, {"eligibility": "matched"}, participant_id=ect)
    made = declare(
        penhallow,
        participant_id=ect,
        declaration_type="retained-1",
        declaration_date="2022-01-10T09:00:00Z",
        evidence_held="other",
    )
    assert made["state"] == "submitted"


def test_a_second_declaration_for_one_trn_is_ineligible_and_blocks_nothing(penhallow: Client):
    first = declare(penhallow)
    (trn,) = {each.teacher_reference_number for each in records(penhallow, EcfParticipant, id=ECT)}
    duplicate = scenario("ect-joining-next-month")["participants"]["ect"]
    change(penhallow, EcfParticipant, {"teacher_reference_number": trn}, id=duplicate)
    for _ in range(2):
        made = declare(penhallow, participant_id=duplicate)
        assert (made["state"], made["statement_id"]) == ("ineligible", None)
        assert made["ineligible_for_funding_reason"] == "duplicate_declaration"
    assert first["state"] == "eligible"


def test_a_declaration_has_the_providers_and_the_mentor_of_its_day(penhallow: Client):
    made = declare(penhallow)
    assert made["mentor_id"] == MENTOR
    assert made["delivery_partner_id"] == ecf_client.seed_id("delivery-partners", "kestrel-hub")
    change(penhallow, Mentorship, {"finished_on": "2025-10-14"}, ect_id=ECT)
    late = {"declaration_type": "retained-1", "declaration_date": "2025-10-14T09:00:00Z"}
    assert declare(penhallow, **late)["mentor_id"] is None


def test_a_declaration_from_before_the_training_has_no_providers(penhallow: Client):
    made = declare(penhallow, declaration_date="2025-08-31T09:00:00Z")
    assert (made["delivery_partner_id"], made["mentor_id"]) == (None, None)


def test_uplift_is_paid_with_the_start_of_an_ect_only(penhallow: Client):
    paid = declaration("ect-with-a-paid-declaration")
    assert penhallow.get(paid)["attributes"]["uplift_paid"] is True
    (ect,) = scenario("ect-with-a-paid-declaration")["participants"].values()
    change(penhallow, EcfDeclaration, {"declaration_type": "retained-1"}, participant_id=ect)
    assert penhallow.get(paid)["attributes"]["uplift_paid"] is False


MOMENTS = [
    ("2025-12-31T23:59:59Z", "eligible", CLOCK),
    ("2026-01-01T00:00:00Z", "payable", "2026-01-01T00:00:00Z"),
    ("2026-01-25T00:00:00Z", "paid", "2026-01-25T00:00:00Z"),
]


@pytest.mark.parametrize(("moment", "state", "updated_at"), MOMENTS)
def test_time_moves_a_declaration_with_its_statement(penhallow: Client, moment: str, state: str, updated_at: str):
    id_ = penhallow.done("POST", PATH, **STARTED)["id"]
    then = at(penhallow, moment)
    found = then.get(f"{PATH}/{id_}")["attributes"]
    assert (found["state"], found["updated_at"], found["uplift_paid"]) == (state, updated_at, state == "paid")
    assert id_ in then.ids(PATH, f"filter[updated_since]={updated_at}&{ALL}")


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("ect-with-an-eligible-declaration", "ect-started"),
        ("ect-with-a-submitted-declaration", "ect-started"),
        ("ect-with-a-payable-declaration", "ect-retained-3"),
        ("ect-declared-under-two-ids", "second-started"),
    ],
)
def test_what_is_not_paid_is_voided(penhallow: Client, name: str, which: str):
    before = penhallow.get(declaration(name, which))["attributes"]
    assert before["state"] in ("eligible", "submitted", "payable", "ineligible")
    made = penhallow.done("PUT", f"{declaration(name, which)}/void")["attributes"]
    assert (made["state"], made["statement_id"], made["updated_at"]) == ("voided", None, CLOCK)
    assert penhallow.errors("PUT", f"{declaration(name, which)}/void") == refusal("declaration_is_not_voided")


def test_what_is_paid_awaits_clawback_and_keeps_its_statement_until_it_is_clawed_back(penhallow: Client):
    path = declaration("ect-with-a-paid-declaration")
    before = penhallow.get(path)["attributes"]
    made = penhallow.done("PUT", f"{path}/void")["attributes"]
    assert (made["state"], made["statement_id"]) == ("awaiting-clawback", before["statement_id"])
    (clawback,) = records(penhallow, Statement, id=made["clawback_statement_id"])
    assert (clawback.cohort, clawback.year, clawback.month) == (2024, 2026, 1)
    paid = at(penhallow, f"{clawback.payment_date}T00:00:00Z").get(path)["attributes"]
    assert (paid["state"], paid["updated_at"]) == ("clawed-back", f"{clawback.payment_date}T00:00:00Z")
    broken = refusal("declaration_is_not_clawed_back")
    assert penhallow.errors("PUT", f"{path}/void") == broken
    assert at(penhallow, f"{clawback.payment_date}T00:00:00Z").errors("PUT", f"{path}/void") == broken


@pytest.mark.parametrize("name", ["ect-with-a-voided-declaration", "ect-with-a-clawback-to-come"])
def test_what_is_taken_back_can_be_declared_and_taken_back_again(penhallow: Client, name: str):
    ect = scenario(name)["participants"]["ect"]
    for _ in range(2):
        made = penhallow.done(
            "POST", PATH, **{**STARTED, "participant_id": ect, "declaration_date": "2024-10-10T09:00:00Z"}
        )
        assert made["attributes"]["state"] == "eligible"
        penhallow.done("PUT", f"{PATH}/{made['id']}/void")
    assert len(records(penhallow, EcfDeclaration, participant_id=ect)) == 3


def test_a_declaration_of_another_lead_provider_is_shown_while_it_is_paid_and_cannot_be_voided(penhallow: Client):
    path, theirs = declaration("ect-declared-by-another-provider"), other(penhallow)
    assert penhallow.get(path)["attributes"]["lead_provider_name"] != "Penhallow Teaching Institute"
    assert penhallow.send("PUT", f"/api/v3{path}/void").status == 404
    theirs.done("PUT", f"{path}/void")
    assert theirs.get(path)["attributes"]["state"] == "awaiting-clawback"
    assert penhallow.send("GET", f"/api/v3{path}").status == 404


def test_a_lead_provider_whose_participant_left_sees_what_is_dated_until_the_last_day(penhallow: Client):
    ids = scenario("ect-who-transferred-to-another-provider")["participants"]
    theirs, shown = other(penhallow), {}
    for declaration_type, date in (("retained-2", "2025-05-01"), ("retained-3", "2025-10-01")):
        request = {"participant_id": ids["ect"], "evidence_held": "other", "declaration_type": declaration_type}
        made = theirs.done("POST", PATH, **{**STARTED, **request, "declaration_date": f"{date}T09:00:00Z"})
        shown[declaration_type] = penhallow.send("GET", f"/api/v3{PATH}/{made['id']}").status
    assert shown == {"retained-2": 200, "retained-3": 404}  # the ECT left on 24 September


@pytest.mark.parametrize(
    ("query", "holds", "lacks"),
    [
        ("filter[cohort]=2025,nonsense", "ect-with-an-eligible-declaration", "ect-with-a-paid-declaration"),
        ("filter[cohort]=2024", "ect-with-a-paid-declaration", "ect-with-an-eligible-declaration"),
        (
            f"filter[participant_id]={MILESTONE['participant_id']}",
            "ect-with-a-paid-declaration",
            "ect-of-a-closed-cohort",
        ),
        ("filter[updated_since]=2025-09-30T00:00:00Z", "ect-with-a-clawback-to-come", "ect-of-a-closed-cohort"),
    ],
)
def test_the_list_can_be_filtered(penhallow: Client, query: str, holds: str, lacks: str):
    found = penhallow.ids(PATH, f"{query}&{ALL}")
    assert scenario(holds)["declarations"]["ect-started"] in found
    assert scenario(lacks)["declarations"]["ect-started"] not in found


def test_a_filter_for_ids_that_are_none_finds_nothing(penhallow: Client):
    assert penhallow.get(PATH, "filter[participant_id]=nobody") == []
    assert penhallow.get(PATH, "filter[delivery_partner_id]=nobody") == []


def test_the_list_has_the_oldest_first(penhallow: Client):
    made = [each["attributes"]["created_at"] for each in penhallow.get(PATH, ALL)]
    assert made == sorted(made)
    assert len(set(made)) > 5


def test_the_filter_for_the_cohort_hides_a_declaration_of_another_cohort(penhallow: Client):
    path = f"/api/v3{declaration('ect-with-a-paid-declaration')}"
    assert [penhallow.send("GET", path, f"filter[cohort]={each}").status for each in ("2024", "2025")] == [200, 404]


def completion(client: Client, mentor: str) -> Any:
    (profile,) = records(client, Profile, participant_id=mentor, role="mentor")
    return profile.mentor_completed_on, profile.mentor_completion_reason


def test_a_completed_declaration_ends_the_funding_of_a_mentor_until_it_is_voided(penhallow: Client):
    mentor = {"participant_id": MENTOR, "course_identifier": "ecf-mentor", "declaration_type": "completed"}
    made = penhallow.done("POST", PATH, **{**STARTED, **mentor, "evidence_held": "75-percent-engagement-met"})
    assert completion(penhallow, MENTOR) == ("2025-10-10", "completed_declaration_received")
    assert penhallow.get(f"/participants/ecf/{MENTOR}")["attributes"]["updated_at"] == CLOCK
    penhallow.done("PUT", f"{PATH}/{made['id']}/void")
    assert completion(penhallow, MENTOR) == (None, None)


@pytest.mark.parametrize("reason", ["completed_during_early_roll_out", "started_not_completed"])
def test_a_mentor_who_completed_otherwise_stays_so(penhallow: Client, reason: str):
    mentor = {"participant_id": MENTOR, "course_identifier": "ecf-mentor", "declaration_type": "completed"}
    set_to = {"mentor_completed_on": "2021-04-19", "mentor_completion_reason": reason}
    change(penhallow, Profile, set_to, participant_id=MENTOR)
    made = penhallow.done("POST", PATH, **{**STARTED, **mentor, "evidence_held": "75-percent-engagement-met"})
    penhallow.done("PUT", f"{PATH}/{made['id']}/void")
    assert completion(penhallow, MENTOR) == ("2021-04-19", reason)


def test_the_default_world_shows_every_state(penhallow: Client):
    states = {each["attributes"]["state"] for each in penhallow.get(PATH, ALL)}
    schema = ecf().contract.document["components"]["schemas"]["DeclarationAttributes"]
    assert states == set(schema["properties"]["state"]["enum"])


def test_a_submitted_declaration_becomes_eligible_when_a_school_registers_the_participant_again():
    client = ecf_client.client(sandbox())
    ids = scenario("ect-not-validated")
    ect, school = ids["participants"]["ect"], ids["schools"]["here"]
    id_ = client.done("POST", PATH, **{**STARTED, "participant_id": ect})["id"]
    assert client.get(f"{PATH}/{id_}")["attributes"]["state"] == "submitted"
    (period,) = records(client, SchoolPeriod, participant_id=ect)
    put(client, Removal(ect, period.id, CLOCK))
    (participant,) = records(client, EcfParticipant, id=ect)
    act(
        client.app,
        "school/add-participant",
        school_id=school,
        participant_type="ect",
        teacher_reference_number=participant.given_reference_number,
        date_of_birth="1990-05-05",
    )
    found = client.get(f"{PATH}/{id_}")["attributes"]
    assert (found["state"], found["statement_id"]) == ("eligible", JANUARY_2026)
