"""Journeys of a lead provider that declares training, and takes declarations back."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from client import Client, client, errors, register, sandbox, seed_id, send_example, small_world
from controls_client import act
from hypothesis import given
from hypothesis import strategies as st

from lp_sandbox.programme.records import TYPES
from lp_sandbox.worlds.store.sqlite import SqliteStore

DECLARATIONS = "/participant-declarations"
CONTRACT = register().contract
NEW = CONTRACT.operations["createDeclaration"].request_example["data"]["attributes"]
RULES = CONTRACT.rules

ECT = "8e7ee681-4d83-4051-b668-069780ea485c"  # ect-without-declarations
NOVEMBER_2026 = "f9b6f6f4-38b6-4a16-b271-0a966ba975b7"
ELIGIBLE = "29f85bca-1a11-4f29-882a-6cb7c146e89d"  # of ect-in-training
NOT_ELIGIBLE_YET = "7038fc00-ccd4-41d4-afec-f09e6deec04e"  # submitted-declaration
MENTOR = "3407d20e-0e63-4a9f-9837-dd4df2fa2aee"  # mentor-in-training
COMPLETED_MENTOR = "695d98f9-d850-499b-8696-50eb09744c63"  # mentor-completed
COMPLETED_BY_MENTOR = "354eb5c1-5624-4aaf-a5b7-7fb94405d8a1"
OF_2024 = "c116647f-765a-4190-a7cf-ebf1b08ca8d4"  # ect-withdrawn-and-with-another-provider
PAID = "bb2fbfe8-8794-4d1f-8d1f-9e9e00d9d9b4"  # of paid-declaration
OF_ANOTHER = "50dfbde6-110c-495c-b24a-2be31b9149ee"  # of ect-moved-from-another-provider
MOVED_HERE = "d873aef5-8751-44f1-b1f3-e305066c301e"
AWAITING_CLAWBACK = "9b15d827-85c3-4753-a13e-b8232b607b66"
DEFERRED = "7d164fc6-3d49-4359-8864-07190bb08a74"
CLOSED = "d11b5516-a192-4cb5-91be-6ff5db9ebd15"  # ect-in-closed-funding


def at(moment: str, client: Client) -> Client:
    return dataclasses.replace(client, at=moment)


def declare(client: Client, **changes: Any) -> Any:
    return client.done("POST", DECLARATIONS, **{**NEW, **changes})


def refused(client: Client, **changes: Any) -> list[tuple[str, str]]:
    return client.errors("POST", DECLARATIONS, **{**NEW, **changes})


def void(client: Client, id_: str) -> Any:
    return client.done("PUT", f"{DECLARATIONS}/{id_}/void")


def attributes_of(client: Client, id_: str) -> dict[str, Any]:
    return client.get(f"{DECLARATIONS}/{id_}")["attributes"]


def errors_of_rules(*names: str) -> list[tuple[str, str]]:
    return [(RULES[name].field, RULES[name].message) for name in names]


def test_a_declaration_that_was_created_is_shown_alone_and_in_the_list(ashdown: Client):
    created = declare(ashdown)
    assert ashdown.get(f"{DECLARATIONS}/{created['id']}") == created
    assert ashdown.get(DECLARATIONS, f"filter[participant_id]={ECT}") == [created]


@pytest.mark.parametrize("name", ["createDeclaration", "voidDeclaration"])
def test_the_example_answers_are_what_the_example_requests_get(ashdown: Client, name: str):
    operation = CONTRACT.operations[name]
    assert json.loads(send_example(ashdown, operation).body) == operation.answer_example


def test_a_declaration_shows_its_fields_in_the_order_of_the_contract(ashdown: Client):
    contract_order = list(CONTRACT.document["components"]["schemas"]["DeclarationAttributes"]["properties"])
    assert list(declare(ashdown)["attributes"]) == contract_order


def test_the_types_in_the_code_are_those_of_the_contract():
    schema = CONTRACT.document["components"]["schemas"]["DeclarationAttributes"]["properties"]["declaration_type"]
    assert list(TYPES) == schema["enum"]


def test_while_eligibility_is_not_confirmed_a_declaration_is_submitted_and_in_no_statement(ashdown: Client):
    created = declare(ashdown, participant_id=NOT_ELIGIBLE_YET, declaration_type="retained-1")["attributes"]
    assert (created["state"], created["statement_id"]) == ("submitted", None)


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-10-31T23:59:59Z", ("November", "2026")),
        ("2026-11-01T00:00:00Z", ("January", "2027")),
        ("2027-07-31T22:59:59Z", ("August", "2027")),
        ("2027-07-31T23:00:00Z", ("November", "2027")),
    ],
)
def test_a_declaration_goes_into_the_earliest_statement_that_is_not_cut_off_in_london(
    ashdown: Client, moment: str, month: tuple[str, str]
):
    statement = at(moment, ashdown).get(f"/statements/{declare(at(moment, ashdown))['attributes']['statement_id']}")
    assert (statement["attributes"]["month"], statement["attributes"]["year"]) == month


def test_the_same_declaration_twice_is_refused(ashdown: Client):
    declare(ashdown)
    assert refused(ashdown) == errors_of_rules("event_is_not_declared_yet")


def test_two_requests_at_the_same_moment_make_one_declaration_and_get_the_same_answer():
    blind = client(sandbox(without={"event_is_not_declared_yet"}))  # so that both find nothing declared
    assert declare(blind) == declare(blind)
    assert len(blind.get(DECLARATIONS, f"filter[participant_id]={ECT}")) == 1


def test_once_it_is_voided_the_same_can_be_declared_again_and_again(ashdown: Client):
    ids = []
    for _ in range(3):
        ids.append(declare(ashdown)["id"])
        assert void(ashdown, ids[-1])["attributes"]["state"] == "voided"
    assert sorted(ashdown.ids(DECLARATIONS, f"filter[participant_id]={ECT}")) == sorted(set(ids))
    assert len(set(ids)) == 3


def test_after_a_clawback_the_same_can_be_declared_again(ashdown: Client):
    participant = attributes_of(ashdown, AWAITING_CLAWBACK)["participant_id"]
    again = declare(ashdown, participant_id=participant, declaration_date="2025-10-01T09:00:00Z")
    assert again["attributes"]["state"] == "eligible"


def test_a_deferred_participant_can_be_declared_for(ashdown: Client):
    assert declare(ashdown, participant_id=DEFERRED)["attributes"]["state"] == "eligible"


WITHOUT_A_ZONE = "2026-09-14T09:00:00"


@pytest.mark.parametrize(
    "written",
    [
        "2026-09-14T09:00:00Z",
        "2026-09-14t09:00:00z",
        "2026-09-14T10:00:00+01",
        "2026-09-14T10:00:00+0100",
        "2026-09-14T10:00:00+01:00",
        "2026-09-14T09:00:00,5Z",
        "2026-09-14T09:00:00.123456789Z",
        "2026-09-14T10:00:00",
    ],
)
def test_a_declaration_date_is_recorded_in_utc_and_whole_seconds(ashdown: Client, written: str):
    assert declare(ashdown, declaration_date=written)["attributes"]["declaration_date"] == "2026-09-14T09:00:00Z"


def test_a_declaration_date_can_be_24_o_clock(ashdown: Client):
    created = declare(ashdown, declaration_date="2026-09-13T24:00:00Z")
    assert created["attributes"]["declaration_date"] == "2026-09-14T00:00:00Z"


@pytest.mark.parametrize(
    "written",
    [
        "2026-09-14 09:00:00Z",
        "2026-09-14T09:00Z",
        "2026-09-14T09:00:00 Z",
        "2026-09-14T09:00:00GMT",
        "20260914T090000Z",
        "Mon, 14 Sep 2026 09:00:00 GMT",
        "14 September 2026",
    ],
)
def test_a_declaration_date_that_the_service_can_read_must_still_be_in_the_right_format(ashdown: Client, written: str):
    assert refused(ashdown, declaration_date=written) == errors_of_rules("declaration_date_is_rfc_3339")


@pytest.mark.parametrize("written", ["15 October 2026", "2026-10-15 09:00", "Thu, 15 Oct 2026 09:00:00 GMT"])
def test_a_date_in_the_future_is_refused_as_such_whatever_its_format(ashdown: Client, written: str):
    assert refused(ashdown, declaration_date=written) == errors_of_rules("declaration_date_is_not_in_the_future")


def test_a_declaration_date_without_a_zone_is_compared_with_now_as_utc(ashdown: Client):
    early, late = at("2026-09-14T08:59:59Z", ashdown), at("2026-09-14T09:00:00Z", ashdown)
    assert refused(early, declaration_date=WITHOUT_A_ZONE) == errors_of_rules("declaration_date_is_not_in_the_future")
    assert declare(late, declaration_date=WITHOUT_A_ZONE)["attributes"]["declaration_date"] == "2026-09-14T08:00:00Z"


def test_a_declaration_date_without_a_zone_is_compared_with_a_withdrawal_as_utc(ashdown: Client):
    withdrawal = {"course_identifier": "ecf-induction", "reason": "other"}
    at("2026-09-16T09:00:00Z", ashdown).done("PUT", f"/participants/{ECT}/withdraw", **withdrawal)
    later = at("2026-09-17T09:00:00Z", ashdown)
    title, detail = refused(later, declaration_date="2026-09-16T09:30:00")[0]
    assert (title, "2026-09-16T09:00:00Z" in detail) == ("participant_id", True)
    declare(later, declaration_date="2026-09-16T08:59:59")


def test_a_declaration_date_without_a_zone_is_compared_with_milestones_as_utc(ashdown: Client):
    retained = {"participant_id": OF_2024, "declaration_type": "retained-2", "evidence_held": "other"}
    assert refused(ashdown, **retained, declaration_date="2025-07-31T23:00:00") == errors_of_rules(
        "declaration_date_is_not_after_the_milestone"
    )
    declare(ashdown, **retained, declaration_date="2025-07-31T22:59:59")


def test_a_date_that_is_in_the_milestone_as_utc_but_not_as_it_is_recorded_is_not_kept(ashdown: Client):
    before = ashdown.get(DECLARATIONS, "page[per_page]=3000")
    answer = ashdown.write("POST", DECLARATIONS, **{**NEW, "declaration_date": "2026-05-31T23:30:00"})
    assert (answer.status, json.loads(answer.body)) == (422, CONTRACT.problems["records_agree"].body)
    assert ashdown.get(DECLARATIONS, "page[per_page]=3000") == before


def test_a_declaration_date_without_a_zone_is_put_in_sequence_as_london_time(ashdown: Client):
    declare(ashdown, declaration_date="2026-09-14T09:00:00Z")
    retained = {"declaration_type": "retained-1", "declaration_date": "2026-09-14T09:30:00"}
    assert refused(ashdown, **retained) == errors_of_rules("declaration_date_is_in_sequence")
    declare(ashdown, **retained | {"declaration_date": "2026-09-14T10:00:00"})


UNREADABLE = ["foo", "2023-19-01T11:21:55Z", "2026-02-30T00:00:00Z", 1757840400, 3.5, True, "2026-09-14", "14/09/2026"]


@pytest.mark.parametrize("date", UNREADABLE)
def test_a_date_that_cannot_be_read_is_refused_as_one_in_the_wrong_format(ashdown: Client, date: Any):
    assert refused(ashdown, declaration_date=date) == errors_of_rules("declaration_date_is_rfc_3339")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-09-14T09:00:00.987654321Z", "2026-09-14T09:00:00Z"),
        ("2026-09-14T09:00:00+01:00", "2026-09-14T08:00:00Z"),
        ("2026-09-14T09:00:00-0130", "2026-09-14T10:30:00Z"),
        ("2026-09-14T09:00:00", "2026-09-14T08:00:00Z"),
    ],
)
def test_a_date_is_shown_in_utc_and_whole_seconds(ashdown: Client, sent: str, kept: str):
    assert declare(ashdown, declaration_date=sent)["attributes"]["declaration_date"] == kept


def test_a_withdrawn_participant_without_a_date_gets_the_error_of_the_date(ashdown: Client):
    nothing = {"participant_id": "0387efe4-d80a-48ef-aff6-81bfa15ef951", "course_identifier": "ecf-mentor"}
    assert refused(ashdown, **nothing, declaration_date=None) == errors_of_rules("declaration_date_is_present")


SEVERAL = [
    pytest.param(
        {"participant_id": MENTOR, "course_identifier": "ecf-ect", "declaration_type": "retained-1"},
        ["declared_course_is_present", "declaration_type_suits_a_funded_mentor"],
        id="a wrong course counts as that of mentors",
    ),
    pytest.param(
        dict.fromkeys(NEW, ""),
        ["declared_participant_is_present"],
        id="missing fields are reported one at a time",
    ),
    pytest.param(
        {"participant_id": "nobody", "declaration_date": "soon"},
        ["declared_participant_is_known", "declaration_date_is_rfc_3339"],
        id="the format of the date is looked at in any case",
    ),
    pytest.param(
        {"declaration_date": "2026-09-16 09:00:00"},
        ["declaration_date_is_not_in_the_future"],
        id="a date in the future hides its format",
    ),
    pytest.param(
        {"declaration_date": "2026-09-16T09:00:00Z", "evidence_held": ""},
        ["declaration_date_is_not_in_the_future"],
        id="evidence is required only when there is no other error",
    ),
    pytest.param(
        {"participant_id": CLOSED, "declaration_date": "2023-10-02T09:00:00Z"},
        ["event_is_not_declared_yet"],
        id="what was declared before needs no open statement",
    ),
    pytest.param(
        {
            "participant_id": "f13b8804-435e-4879-882f-3fcb67ebca52",
            "declaration_type": "retained-2",
            "declaration_date": "2026-09-01T09:00:00Z",
            "evidence_held": "other",
        },
        ["declaration_date_is_not_after_the_milestone", "cohort_of_today_is_not_frozen"],
        id="a frozen cohort is reported beside other errors",
    ),
    pytest.param(
        {
            "participant_id": "0387efe4-d80a-48ef-aff6-81bfa15ef951",
            "course_identifier": "ecf-mentor",
            "evidence_held": "other",
            "declaration_date": "2026-09-15T09:00:01Z",
        },
        ["declaration_date_is_not_in_the_future", "declaration_date_is_before_the_withdrawal"],
        id="a date after the withdrawal can be in the future too",
    ),
    pytest.param(
        {"participant_id": OF_2024, "declaration_type": "extended-1", "evidence_held": "other",
         "declaration_date": "2026-01-01T00:00:00Z"},
        ["schedule_has_the_milestone"],
        id="without a milestone there are no dates to keep",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "names"), SEVERAL)
def test_errors_are_reported_together_as_far_as_the_service_checks(ashdown: Client, changes: dict, names: list[str]):
    answer = ashdown.write("POST", DECLARATIONS, **{**NEW, **changes})
    found = [title for title, _ in errors(answer)]
    assert found == [RULES[name].field for name in names]
    assert len(errors(answer)) == len(names)
    for (_, detail), name in zip(errors(answer), names, strict=True):
        assert detail == RULES[name].message or RULES[name].shows


def test_the_start_of_a_cohort_before_2025_keeps_no_evidence(ashdown: Client):
    started = {"participant_id": OF_2024, "declaration_date": "2024-10-01T09:00:00Z"}
    created = declare(ashdown, **started, evidence_held="whatever")
    assert created["attributes"]["evidence_held"] is None


def evidence_in_schemas() -> dict[tuple[bool, str, str], set[str] | None]:
    """What the request's schemas let a declaration have as evidence."""
    found: dict[tuple[bool, str, str], set[str] | None] = {}
    for name, schema in CONTRACT.document["components"]["schemas"].items():
        if name.startswith("DeclarationP") and name.endswith("Attributes"):
            parts = {key: resolved(part) for key, part in schema["properties"].items()}
            detailed = name.startswith("DeclarationPost2024")
            for course in parts["course_identifier"]["enum"]:
                for kind in parts["declaration_type"]["enum"]:
                    taken = parts["evidence_held"].get("enum")
                    role = "ect" if course == "ecf-induction" else "mentor"
                    found[detailed, role, kind] = set(taken) if taken else None
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return CONTRACT.document["components"]["schemas"][name] if name else schema


def test_the_table_of_evidence_says_no_more_than_the_schemas():
    table = CONTRACT.document["components"]["schemas"]["DeclarationCreateRequest"]["x-evidence"]
    schemas = evidence_in_schemas()
    lines = {
        (line["detailed"], role, kind): line["takes"] and set(line["takes"])
        for line in table
        for role in line["roles"]
        for kind in line["types"]
    }
    assert lines.keys() == schemas.keys()
    for case, taken in lines.items():
        assert taken == schemas[case] or taken < schemas[case], case


@pytest.mark.parametrize(
    ("kind", "taken", "not_taken"),
    [
        ("started", "materials-engaged-with-offline", "75-percent-engagement-met"),
        ("retained-1", "other", "75-percent-engagement-met"),
        ("retained-2", "75-percent-engagement-met", "training-event-attended"),
        ("completed", "one-term-induction", "other"),
    ],
)
def test_each_type_takes_evidence_of_its_own(ashdown: Client, kind: str, taken: str, not_taken: str):
    assert refused(ashdown, declaration_type=kind, evidence_held=not_taken) == errors_of_rules("evidence_is_available")
    assert declare(ashdown, declaration_type=kind, evidence_held=taken)["attributes"]["evidence_held"] == taken


def test_dates_are_in_sequence_and_can_be_equal(ashdown: Client):
    declare(ashdown, declaration_type="retained-1", declaration_date="2026-09-10T09:00:00Z")
    late = {"declaration_type": "started", "declaration_date": "2026-09-10T09:00:01Z"}
    early = {"declaration_type": "retained-3", "declaration_date": "2026-09-10T08:59:59Z"}
    assert refused(ashdown, **late) == refused(ashdown, **early) == errors_of_rules("declaration_date_is_in_sequence")
    declare(ashdown, declaration_type="started", declaration_date="2026-09-10T09:00:00Z")
    declare(ashdown, declaration_type="retained-3", declaration_date="2026-09-10T09:00:00Z")


def test_before_2025_dates_need_no_sequence(ashdown: Client):
    declare(ashdown, participant_id=OF_2024, declaration_type="retained-1", declaration_date="2025-02-01T09:00:00Z",
            evidence_held="other")  # fmt: skip
    created = declare(ashdown, participant_id=OF_2024, declaration_date="2024-10-01T09:00:00Z")
    assert created["attributes"]["state"] == "eligible"


def test_a_milestone_opens_and_closes_at_midnight_in_london(ashdown: Client):
    retained = {"participant_id": OF_2024, "declaration_type": "retained-2", "evidence_held": "other"}
    assert refused(ashdown, **retained, declaration_date="2025-03-31T22:59:59Z") == errors_of_rules(
        "declaration_date_is_not_before_the_milestone"
    )
    assert refused(ashdown, **retained, declaration_date="2025-07-31T23:00:00Z") == errors_of_rules(
        "declaration_date_is_not_after_the_milestone"
    )
    declare(ashdown, **retained, declaration_date="2025-07-31T22:59:59Z")


def test_a_declaration_for_a_mentor_names_no_mentor(ashdown: Client):
    created = declare(ashdown, participant_id=MENTOR, course_identifier="ecf-mentor")
    assert created["attributes"]["mentor_id"] is None
    assert created["attributes"]["course_identifier"] == "ecf-mentor"


def test_what_another_lead_provider_declared_for_your_participant_is_shown_to_both(
    ashdown: Client, brightwater: Client
):
    assert attributes_of(ashdown, OF_ANOTHER) == attributes_of(brightwater, OF_ANOTHER)
    assert attributes_of(ashdown, OF_ANOTHER)["lead_provider_name"] == "Brightwater Education"
    assert ashdown.ids(DECLARATIONS, f"filter[participant_id]={MOVED_HERE}") == [OF_ANOTHER]
    nobody = client(ashdown.app, lead_provider="Calder")
    assert nobody.send("GET", f"/api/v3{DECLARATIONS}/{OF_ANOTHER}").status == 404


def test_a_declaration_of_another_lead_provider_cannot_be_voided_and_prevents_a_duplicate(ashdown: Client):
    assert ashdown.send("PUT", f"/api/v3{DECLARATIONS}/{OF_ANOTHER}/void").status == 404
    assert refused(ashdown, participant_id=MOVED_HERE) == errors_of_rules("event_is_not_declared_yet")


def test_what_another_lead_provider_takes_back_is_not_shown_any_more(ashdown: Client, brightwater: Client):
    void(brightwater, OF_ANOTHER)
    assert ashdown.send("GET", f"/api/v3{DECLARATIONS}/{OF_ANOTHER}").status == 404
    assert ashdown.ids(DECLARATIONS, f"filter[participant_id]={MOVED_HERE}") == []
    assert brightwater.ids(DECLARATIONS, f"filter[participant_id]={MOVED_HERE}") == [OF_ANOTHER]
    assert declare(ashdown, participant_id=MOVED_HERE)["attributes"]["state"] == "eligible"


@pytest.mark.parametrize(
    ("date", "seen"),
    [
        pytest.param("2026-04-16T23:00:00Z", True, id="midnight in London, an hour before midnight UTC"),
        pytest.param("2026-04-17T00:00:00Z", True, id="midnight UTC, when the last day begins there"),
        pytest.param("2026-04-17T00:00:01Z", False, id="a second later"),
        pytest.param("2026-04-17T22:59:59Z", False, id="the end of the last day in London"),
    ],
)
def test_what_was_reached_after_your_last_day_began_is_not_shown_to_you(
    ashdown: Client, brightwater: Client, date: str, *, seen: bool
):
    created = declare(brightwater, participant_id=OF_2024, declaration_type="completed", declaration_date=date,
                      evidence_held="other")  # fmt: skip
    assert (created["id"] in ashdown.ids(DECLARATIONS)) is seen


@pytest.mark.parametrize(("date", "seen"), [("2027-01-11T00:00:00Z", True), ("2027-01-11T00:00:01Z", False)])
def test_your_last_day_begins_at_the_same_time_in_winter(
    ashdown: Client, brightwater: Client, date: str, *, seen: bool
):
    school, partner = seed_id("schools", "fresh"), seed_id("delivery-partners", "harbour-hub")
    brightwater.done("POST", "/partnerships", cohort="2026", school_id=school, delivery_partner_id=partner)
    act(ashdown.app, "school/report-transfer", participant_id=ECT, participant_type="ect", school_id=school,
        lead_provider="Brightwater Education", date="2027-01-12")  # fmt: skip
    created = declare(at("2027-01-20T09:00:00Z", brightwater), declaration_date=date)
    assert (created["id"] in ashdown.ids(DECLARATIONS)) is seen


def attribute(name: str, value: str, declarations: list[Any]) -> list[str]:
    return [each["id"] for each in declarations if each["attributes"][name] in value.split(",")]


@pytest.mark.parametrize("name", ["participant_id", "delivery_partner_id"])
def test_the_list_can_be_filtered_by_ids(ashdown: Client, name: str):
    everything = ashdown.get(DECLARATIONS)
    values = [each["attributes"][name] for each in everything]
    for wanted in (values[0], f"{values[0]},{values[-1]}", f"nonsense,{values[0].upper()}"):
        assert ashdown.ids(DECLARATIONS, f"filter[{name}]={wanted}") == attribute(name, wanted.lower(), everything)
    assert ashdown.ids(DECLARATIONS, f"filter[{name}]=") == [each["id"] for each in everything]
    assert ashdown.ids(DECLARATIONS, f"filter[{name}]=nonsense") == []


def test_the_list_can_be_filtered_by_the_cohorts_of_the_declarations(ashdown: Client):
    of_2022, of_2025, both = (
        set(ashdown.ids(DECLARATIONS, f"filter[cohort]={c}")) for c in ("2022", "2025", "2022,2025")
    )
    assert ELIGIBLE not in both
    assert PAID in of_2025
    assert both == of_2022 | of_2025
    assert not of_2022 & of_2025


def test_the_list_is_ordered_by_creation_whatever_order_is_requested(ashdown: Client):
    everything = ashdown.get(DECLARATIONS, "sort=-created_at")
    order = [(each["attributes"]["created_at"], each["id"]) for each in everything]
    assert order == sorted(order)
    pages = [ashdown.ids(DECLARATIONS, f"page[page]={page}&page[per_page]=7") for page in range(1, 9)]
    assert [id_ for page in pages for id_ in page] == [each["id"] for each in everything][: 8 * 7]


MOMENTS = st.integers(0, 7 * 365 * 86400).map(lambda s: datetime(2022, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
INSTANTS = MOMENTS.map(lambda moment: moment.isoformat().replace("+00:00", "Z"))


@cache
def reader() -> Client:
    """The lead provider of the guidance, in a world to which no test writes."""
    return client(small_world(register()))


@given(now=INSTANTS, since=INSTANTS)
def test_what_changed_since_an_instant_is_what_shows_a_later_stamp(now: str, since: str):
    then = at(now, reader())
    for path in (DECLARATIONS, "/statements"):
        everything = then.get(path)
        later = [each["id"] for each in everything if each["attributes"]["updated_at"] >= since]
        assert then.ids(path, f"filter[updated_since]={since}") == later


LISTS = {DECLARATIONS: "getDeclarations", "/statements": "getStatements"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("moment", ["2022-01-10T09:00:00Z", "2026-09-15T09:00:00Z", "2028-02-29T23:30:00Z"])
def test_every_answer_fits_the_contract_whatever_the_time(path: str, moment: str):
    fits = jsonschema_rs.validator_for(dict(CONTRACT.operations[LISTS[path]].response), validate_formats=True)
    for name in register().template.lead_providers.values():
        found = at(moment, client(reader().app, lead_provider=name)).get(path, "page[per_page]=3000")
        assert found
        fits.validate({"data": found})


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_page_takes_no_more_queries(path: str, monkeypatch: pytest.MonkeyPatch):
    queries: list[str] = []
    rows = SqliteStore.rows
    monkeypatch.setattr(
        SqliteStore, "rows", lambda *args, **more: queries.append(args[1].__name__) or rows(*args, **more)
    )
    for length in (2, 40):
        queries.append("page")
        assert len(reader().get(path, f"page[per_page]={length}")) == length
    counts = " ".join(queries).split("page")
    assert counts[1].strip() == counts[2].strip()


STATES = [
    ("2026-09-15T09:00:00Z", "eligible", "2026-09-11T10:05:00Z"),
    ("2026-10-31T23:59:59Z", "eligible", "2026-09-11T10:05:00Z"),
    ("2026-11-01T00:00:00Z", "payable", "2026-11-01T00:00:00Z"),
    ("2026-11-24T23:59:59Z", "payable", "2026-11-01T00:00:00Z"),
    ("2026-11-25T00:00:00Z", "paid", "2026-11-25T00:00:00Z"),
    ("2030-01-01T00:00:00Z", "paid", "2026-11-25T00:00:00Z"),
]


@pytest.mark.parametrize(("moment", "state", "updated_at"), STATES)
def test_time_moves_a_declaration_from_eligible_to_paid(ashdown: Client, moment: str, state: str, updated_at: str):
    found = attributes_of(at(moment, ashdown), ELIGIBLE)
    assert (found["state"], found["updated_at"]) == (state, updated_at)
    assert found["statement_id"] == NOVEMBER_2026


def test_the_clock_can_be_put_back(ashdown: Client):
    before = attributes_of(ashdown, ELIGIBLE)
    attributes_of(at("2030-01-01T00:00:00Z", ashdown), ELIGIBLE)
    assert attributes_of(ashdown, ELIGIBLE) == before


def test_a_paid_declaration_that_is_voided_awaits_its_clawback_and_is_clawed_back_in_time(ashdown: Client):
    taken_back = void(ashdown, PAID)["attributes"]
    assert taken_back["state"] == "awaiting-clawback"
    assert taken_back["statement_id"]
    statement = ashdown.get(f"/statements/{taken_back['clawback_statement_id']}")["attributes"]
    assert (statement["cohort"], statement["month"], statement["year"]) == ("2025", "November", "2026")
    assert attributes_of(at("2026-11-24T23:59:59Z", ashdown), PAID)["state"] == "awaiting-clawback"
    in_the_end = attributes_of(at("2026-11-25T00:00:00Z", ashdown), PAID)
    assert (in_the_end["state"], in_the_end["updated_at"]) == ("clawed-back", "2026-11-25T00:00:00Z")


def test_an_uplift_is_paid_with_the_declaration_and_stays_after_a_clawback(ashdown: Client):
    started = next(
        each
        for each in ashdown.get(DECLARATIONS, "filter[cohort]=2024")
        if each["attributes"]["uplift_paid"] and each["attributes"]["state"] == "paid"
    )
    assert void(ashdown, started["id"])["attributes"]["uplift_paid"] is True


def test_a_voided_declaration_belongs_to_no_statement(ashdown: Client):
    assert attributes_of(ashdown, ELIGIBLE)["statement_id"] == NOVEMBER_2026
    voided = void(ashdown, ELIGIBLE)["attributes"]
    assert (voided["state"], voided["statement_id"], voided["updated_at"]) == ("voided", None, "2026-09-15T09:00:00Z")
    assert attributes_of(at("2026-12-01T00:00:00Z", ashdown), ELIGIBLE) == voided


def test_a_voided_declaration_stays_in_the_list(ashdown: Client):
    void(ashdown, ELIGIBLE)
    assert ELIGIBLE in ashdown.ids(DECLARATIONS)


def test_the_delivery_partner_of_a_declaration_stays_when_the_partnership_gets_another(ashdown: Client):
    before = attributes_of(ashdown, ELIGIBLE)["delivery_partner_id"]
    participant = ashdown.get(f"/participants/{attributes_of(ashdown, ELIGIBLE)['participant_id']}")["attributes"]
    urn = participant["ecf_enrolments"][0]["school_urn"]
    partnership = next(
        each
        for each in ashdown.get("/partnerships", "filter[cohort]=2026&page[per_page]=3000")
        if each["attributes"]["urn"] == urn
    )
    partners = {each["id"] for each in ashdown.get("/delivery-partners", "filter[cohort]=2026")}
    other = min(partners - {partnership["attributes"]["delivery_partner_id"]})
    ashdown.done("PUT", f"/partnerships/{partnership['id']}", delivery_partner_id=other)
    assert attributes_of(ashdown, ELIGIBLE)["delivery_partner_id"] == before
    assert attributes_of(ashdown, ELIGIBLE)["updated_at"] == "2026-09-15T09:00:00Z"
    assert ELIGIBLE in ashdown.ids(DECLARATIONS, "filter[updated_since]=2026-09-15T09:00:00Z")


def enrolment(client: Client, id_: str) -> dict[str, Any]:
    return client.get(f"/participants/{id_}")["attributes"]["ecf_enrolments"][-1]


COMPLETED = {
    "participant_id": MENTOR,
    "course_identifier": "ecf-mentor",
    "declaration_type": "completed",
    "evidence_held": "75-percent-engagement-met",
}


def test_a_completed_mentor_is_funded_until_the_completion(ashdown: Client):
    assert enrolment(ashdown, MENTOR)["mentor_funding_end_date"] is None
    declare(ashdown, **COMPLETED, declaration_date="2026-09-13T23:30:00Z")
    after = enrolment(ashdown, MENTOR)
    assert after["mentor_funding_end_date"] == "2026-09-14"
    assert after["mentor_ineligible_for_funding_reason"] == "completed_declaration_received"
    assert after["participant_status"] == "active"
    assert ashdown.get(f"/participants/{MENTOR}")["attributes"]["updated_at"] == "2026-09-15T09:00:00Z"


@pytest.mark.parametrize(("id_", "participant"), [(COMPLETED_BY_MENTOR, COMPLETED_MENTOR), (None, MENTOR)])
def test_a_mentor_whose_completion_is_taken_back_is_funded_and_trained_again(
    ashdown: Client, id_: str | None, participant: str
):
    before = enrolment(ashdown, participant)
    void(ashdown, id_ or declare(ashdown, **COMPLETED)["id"])
    after = enrolment(ashdown, participant)
    assert after["mentor_funding_end_date"] is None
    assert after["mentor_ineligible_for_funding_reason"] is None
    assert after["participant_status"] == "active" if id_ else before["participant_status"]
    assert after["training_record_id"] == before["training_record_id"]


@pytest.mark.parametrize("date", ["2026-09-15T08:00:00Z", "2026-09-14T08:00:00Z"])
def test_a_mentor_who_completes_by_the_first_day_of_training_trains_no_longer_than_that_day(ashdown: Client, date: str):
    schedule = {"course_identifier": "ecf-mentor", "schedule_identifier": "ecf-standard-january"}
    ashdown.done("PUT", f"/participants/{MENTOR}/change-schedule", **schedule)
    urn = enrolment(ashdown, MENTOR)["school_urn"]

    def training(on: str) -> int:
        partnerships = at(on, ashdown).get("/partnerships", "filter[cohort]=2025&page[per_page]=3000")
        (there,) = [one["attributes"] for one in partnerships if one["attributes"]["urn"] == urn]
        return int(there["participants_currently_training"])

    today, tomorrow = "2026-09-15T09:00:00Z", "2026-09-16T09:00:00Z"
    everybody = training(today)
    assert training(tomorrow) == everybody
    declare(ashdown, **COMPLETED, declaration_date=date)
    assert (training(today), training(tomorrow)) == (everybody, everybody - 1)
