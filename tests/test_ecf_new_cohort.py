"""A new cohort from DfE's CSV files: what is checked, and how the cohort works afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client
from ecf_client import act, ask, client, ecf, refusals, sandbox, seed_id, send_act

from lp_sandbox.app import App
from lp_sandbox.ecf.actors.read_csv import read_csv, read_day
from lp_sandbox.programme.records import Statement
from lp_sandbox.worlds.store import Where

CREATE = "dfe/create-cohort"
FILES: dict[str, str] = ecf().controls.operations["createCohort"].request_example["data"]["attributes"]
FRESH = seed_id("schools", "fresh")
AT = "2026-06-01T10:00:00Z"
COHORT_HEADER = FILES["cohort"].splitlines()[0]


@pytest.fixture
def app() -> App:
    return sandbox()


@pytest.fixture
def penhallow(app: App) -> Client:
    return client(app)


def create(app: App, **changes: str) -> Any:
    return act(app, CREATE, **{**FILES, **changes})


def errors_of(app: App, **changes: str) -> list[tuple[str, str]]:
    return refusals(app, CREATE, **{**FILES, **changes})


def row(file: str, *cells: str) -> str:
    """The file of the example with one row in place of its rows."""
    return f"{FILES[file].splitlines()[0]}\n{','.join(cells)}\n"


def test_partnerships_can_be_confirmed_in_it_once_a_delivery_partner_works_in_it(app: App, penhallow: Client):
    create(app)
    partner = {"name": "Heron Teaching School Hub", "lead_providers": ["Penhallow Teaching Institute"]}
    id_ = act(app, "administrator/add-delivery-partner", **partner, cohorts=["2026"])["id"]
    assert [each["id"] for each in penhallow.get("/delivery-partners", "filter[cohort]=2026")] == [id_]
    confirmed = {"cohort": "2026", "school_id": FRESH, "delivery_partner_id": id_}
    made = penhallow.done("POST", "/partnerships/ecf", **confirmed)
    assert made["attributes"]["cohort"] == "2026"
    assert [each["id"] for each in penhallow.get("/partnerships/ecf", "filter[cohort]=2026")] == [made["id"]]
    school = penhallow.get(f"/schools/ecf/{FRESH}", "filter[cohort]=2026")["attributes"]
    assert (school["in_partnership"], school["induction_programme_choice"]) == (True, "provider_led")


def test_schools_set_it_up_when_its_registration_opens_and_register_participants(app: App):
    create(app)
    chosen = {"school_id": FRESH, "cohort": "2026", "programme": "school_led"}
    assert refusals(app, "school/set-up-cohort", at="2026-05-05T10:00:00Z", **chosen)
    act(app, "school/set-up-cohort", at=AT, **chosen)
    ect = {"school_id": FRESH, "participant_type": "ect", "start_date": "2026-09-07"}
    assert act(app, "school/add-participant", at=AT, **ect)["attributes"]["cohort"] == "2026"


def test_only_lead_providers_with_a_contract_have_its_statements(app: App):
    create(app)
    made = app.worlds._store.find(Statement, "ecf", Where("cohort", "=", 2026))  # noqa: SLF001 - not in the API yet
    assert {each.lead_provider_id for each in made} == {seed_id("lead-providers", "penhallow")}
    rows = [(each.year, each.month, each.cut_off_date, each.payment_date, each.output_fee) for each in made]
    assert sorted(rows) == [
        (2026, 11, "2026-10-31", "2026-11-25", True),
        (2026, 12, "2026-11-30", "2026-12-25", False),
    ]


def test_an_upload_can_be_for_it(app: App, penhallow: Client):
    create(app)
    act(
        app,
        "administrator/add-delivery-partner",
        delivery_partner_id=seed_id("delivery-partners", "kestrel-hub"),
        lead_providers=["Penhallow Teaching Institute"],
        cohorts=["2026"],
    )
    query = f"cohort=2026&delivery_partner_id={seed_id('delivery-partners', 'kestrel-hub')}"
    answer = ask(app, "POST", "actors/lead-provider/upload-partnerships", query, b"140101", token=penhallow.token)
    assert b'"cohort":"2026"' in answer.body


def test_the_same_files_again_change_nothing_and_a_changed_row_is_updated(app: App):
    first = create(app)
    assert create(app) == first
    changed = f"{COHORT_HEADER}\n2026,2026-05-11,2026-09-01,2027-04-30,2029-01-31,TRUE,\n"
    attributes = create(app, cohort=changed)["attributes"]
    assert attributes["registration_starts_on"] == "2026-05-11"
    assert attributes["automatic_assignment_ends_on"] == "2027-04-30"
    assert attributes["payments_frozen_at"] == "2029-01-31T00:00:00Z"
    assert (attributes["mentor_funding"], attributes["detailed_evidence"]) == (False, False)
    assert attributes["statement_count"] == first["attributes"]["statement_count"]


@pytest.mark.parametrize("missing", ["cohort", "lead_providers", "contracts", "schedules", "statements"])
def test_every_file_but_that_of_mentor_contracts_is_needed(app: App, missing: str):
    answer = send_act(app, CREATE, **{name: text for name, text in FILES.items() if name != missing})
    assert answer.status == 400
    assert f"'#/data/attributes/{missing}' is missing".encode() in answer.body


def test_a_cohort_that_no_participant_could_join_is_not_created(app: App):
    errors = errors_of(app, schedules=FILES["schedules"].splitlines()[0])
    assert [title for title, _ in errors] == ["cohort"]


def test_a_cohort_that_has_its_schedules_can_be_changed_without_them(app: App):
    first = create(app)
    assert create(app, schedules=FILES["schedules"].splitlines()[0]) == first


def test_all_headers_are_checked_before_any_row(app: App):
    errors = errors_of(app, cohort="start-year\nsoon\n", statements="name,cohort\nAutumn,2040\n")
    assert [title for title, _ in errors] == ["cohort", "statements"]
    assert all(detail.startswith("Invalid headers in line 1. Missing: ") for _, detail in errors)


def test_every_mistake_in_every_row_is_reported_with_its_file_and_line(app: App):
    statements = f"{FILES['statements']}ecf,Autumn 2026,2026,2026-10-31,2026-11-25,true\necf,May 2027,2040,soon,,true\n"
    contracts = row("contracts", "Quarrington Education Trust", "2026", *["x"] * 18)
    errors = errors_of(app, statements=statements, contracts=contracts)
    assert [(title, detail[:7]) for title, detail in errors] == [
        ("contracts", "Line 2:"),
        ("contracts", "Line 2:"),
        ("statements", "Line 4:"),
        ("statements", "Line 5:"),
        ("statements", "Line 5:"),
    ]
    assert errors[-1] == ("statements", "Line 5: write a day, such as 2026-09-01, in deadline_date, payment_date.")


def test_nothing_is_saved_when_there_is_an_error(app: App, penhallow: Client):
    errors_of(app, statements=row("statements", "ecf", "Autumn 2026", "2026", "2026-10-31", "2026-11-25", "true"))
    errors = penhallow.errors("POST", "/partnerships/ecf", cohort="2026", school_id=FRESH, delivery_partner_id=FRESH)
    assert errors[0][0] == "cohort"


def test_other_columns_byte_order_marks_and_short_rows_do_no_harm(app: App):
    with_more = f"\ufeff{COHORT_HEADER},notes\r\n2026,2026-5-6,2026-09-01\r\n\r\n"
    assert create(app, cohort=with_more)["attributes"]["registration_starts_on"] == "2026-05-06"


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-09-01", "2026-09-01"), ("2026-9-1", "2026-09-01"), ("2026-02-30", None), ("", None), ("1 May", None)],
)
def test_a_day_can_have_one_digit_for_day_and_month(text: str, day: str | None):
    assert read_day(text) == day


def test_a_row_has_its_line_number():
    file = read_csv('a,b\n\n1,"two\nlines"\n3\n')
    assert file.columns == ("a", "b")
    assert list(file.rows) == [(4, {"a": "1", "b": "two\nlines"}), (5, {"a": "3", "b": ""})]
