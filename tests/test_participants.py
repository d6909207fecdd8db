"""What a lead provider sees of its participants, and when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from client import CLOCK, Client, client, register, sandbox, seed_id

from lp_sandbox.app import layout
from lp_sandbox.programme.people import training_status
from lp_sandbox.programme.records import ECT, Participant, TrainingPeriod
from lp_sandbox.register.people import eligible_for_funding, participant_status
from lp_sandbox.register.rebuild_list_rows import rebuild_listings
from lp_sandbox.register.records import Trainee, UnfundedMentor
from lp_sandbox.worlds.records import FOREVER
from lp_sandbox.worlds.store.open_store import open_store
from lp_sandbox.worlds.store.sqlite import SqliteStore

PRIYA = "7ef3a3d8-ae2e-40d1-8d97-c72b7a111621"
BEFORE = "0a64879f-91fc-4649-b87c-71d48e732724"
DEFERRED = "7d164fc6-3d49-4359-8864-07190bb08a74"
WITHDRAWN = "14abe6f5-01bd-4eff-a6ed-8eb555b6c5c3"
JOINING = "2973676a-265a-4ce8-8e92-21d9f8c4f8b0"
MENTOR = "3407d20e-0e63-4a9f-9837-dd4df2fa2aee"
COMPLETED_MENTOR = "695d98f9-d850-499b-8696-50eb09744c63"
COMPLETED = "1cb84e27-467b-4146-8770-8dd0b1d599f0"
THEIRS = "58bd23b0-08ae-4f4f-a35a-62880dfdca10"
REGISTERED = "a54cbc3c-876d-4c5b-b41b-a79a7053bab1"
MOVED_HERE = "d873aef5-8751-44f1-b1f3-e305066c301e"
FROM_FROZEN = "9c4ef192-9a04-49cf-920b-b12dfb4cdcb9"
CONTRACT = register().contract
PEOPLE = ("participants", "participants/transfers", "unfunded-mentors")
LISTS = {"participants": "getParticipants", "participants/transfers": "getTransfers"}
LISTS |= {"unfunded-mentors": "getUnfundedMentors"}


def enrolment(client: Client, id_: str) -> Any:
    return client.get(f"/participants/{id_}")["attributes"]["ecf_enrolments"][0]


def everyone(client: Client, query: str = "") -> list[Any]:
    return client.get("/participants", f"{query}&page[per_page]=3000")


def enrolments(client: Client, query: str = "") -> Iterator[Any]:
    return (one for item in everyone(client, query) for one in item["attributes"]["ecf_enrolments"])


@pytest.mark.parametrize("path", PEOPLE)
@pytest.mark.parametrize("at", ["2022-01-10T09:00:00Z", "2026-09-15T09:00:00Z", "2028-02-29T23:30:00Z"])
def test_every_answer_fits_the_contract_whatever_the_time(path: str, at: str):
    app = sandbox()
    fits = jsonschema_rs.validator_for(dict(CONTRACT.operations[LISTS[path]].response), validate_formats=True)
    seen = 0
    for token in app.worlds.tokens(client(app).app.worlds.get("default")):
        found = Client(app, token.token, at).get(f"/{path}", "page[per_page]=3000")
        fits.validate({"data": found})
        seen += len(found)
    assert seen


@pytest.mark.parametrize("path", PEOPLE)
def test_an_item_is_the_same_in_a_list_and_alone(ashdown: Client, path: str):
    for item in ashdown.get(f"/{path}", "page[per_page]=3000"):
        alone = f"/participants/{item['id']}/transfers" if path == "participants/transfers" else f"/{path}/{item['id']}"
        assert ashdown.get(alone) == item


def test_fields_come_in_the_order_of_the_contract(ashdown: Client):
    schemas = CONTRACT.document["components"]["schemas"]
    found = ashdown.get(f"/participants/{PRIYA}")["attributes"]
    assert list(found) == list(schemas["ParticipantAttributes"]["properties"])
    assert list(found["ecf_enrolments"][0]) == list(schemas["ParticipantECFEnrolment"]["properties"])


def test_an_ect_and_their_fields(ashdown: Client):
    shown = ashdown.get(f"/participants/{PRIYA}")["attributes"]
    (one,) = shown["ecf_enrolments"]
    assert shown["full_name"] == "Priya Nair"
    assert one["mentor_id"] == "7b0151f9-7c47-4cc6-8716-a71990141b82"
    assert (one["participant_type"], one["cohort"], one["training_status"]) == ("ect", "2026", "active")
    assert (one["overall_induction_start_date"], one["induction_end_date"]) == ("2026-09-01", None)
    assert one["mentor_funding_end_date"] is one["mentor_ineligible_for_funding_reason"] is None
    assert shown["participant_id_changes"] == [
        {"from_participant_id": BEFORE, "to_participant_id": PRIYA, "changed_at": "2026-07-02T13:45:00Z"}
    ]


def test_a_mentor_has_none_of_the_fields_of_ects(ashdown: Client):
    one = enrolment(ashdown, COMPLETED_MENTOR)
    assert one["participant_type"] == "mentor"
    assert one["mentor_funding_end_date"] == "2026-06-15"
    assert one["mentor_ineligible_for_funding_reason"] == "completed_declaration_received"
    only_ects = ("mentor_id", "working_pattern", "overall_induction_start_date", "induction_end_date")
    assert {one[field] for field in only_ects} == {None}
    assert one["most_recent_induction_period_end_date"] is None


def test_a_completed_induction_shows_its_days_and_keeps_the_participant_active(ashdown: Client):
    one = enrolment(ashdown, COMPLETED)
    assert one["induction_end_date"] == one["most_recent_induction_period_end_date"] == "2026-07-17"
    assert one["participant_status"] == "active"
    assert one["eligible_for_funding"] is True


@pytest.mark.parametrize(("id_", "field", "reason"), [
    (DEFERRED, "deferral", {"reason": "parental-leave", "date": "2026-05-11T14:00:00Z"}),
    (WITHDRAWN, "withdrawal", {"reason": "other", "date": "2026-06-12T11:00:00Z"}),
])  # fmt: skip
def test_only_the_last_event_of_training_is_shown(ashdown: Client, id_: str, field: str, reason: dict[str, str]):
    one = enrolment(ashdown, id_)
    assert {"deferral": one["deferral"], "withdrawal": one["withdrawal"]} == {
        "deferral": None, "withdrawal": None, field: reason,
    }  # fmt: skip
    assert one["participant_status"] == "left"


def test_a_move_from_a_frozen_cohort_is_shown(ashdown: Client):
    one = enrolment(ashdown, FROM_FROZEN)
    assert one["cohort_changed_after_payments_frozen"] is True
    assert (one["cohort"], one["schedule_identifier"]) == ("2024", "ecf-extended-september")


def test_uplifts_are_those_of_the_school_until_cohort_2024(ashdown: Client):
    assert enrolment(ashdown, COMPLETED)["pupil_premium_uplift"] is True
    shown = {(one["cohort"], one["pupil_premium_uplift"] or one["sparsity_uplift"]) for one in enrolments(ashdown)}
    assert {cohort for cohort, uplift in shown if uplift} <= {"2021", "2022", "2023", "2024"}


def test_a_participant_of_two_roles_is_shown_with_the_ect_first(ashdown: Client):
    doubles = [p for p in everyone(ashdown) if len(p["attributes"]["ecf_enrolments"]) == 2]
    assert doubles
    for one in doubles:
        first, second = one["attributes"]["ecf_enrolments"]
        assert (first["participant_type"], second["participant_type"]) == ("ect", "mentor")
        assert first["training_record_id"] != second["training_record_id"]


@pytest.mark.parametrize("id_", [THEIRS, REGISTERED, BEFORE, "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_whoever_never_trained_with_a_lead_provider_is_not_found(ashdown: Client, id_: str):
    assert ashdown.send("GET", f"/api/v3/participants/{id_}").status == 404
    assert id_ not in ashdown.ids("/participants", "page[per_page]=3000")


def test_an_id_is_found_in_capitals_too(ashdown: Client):
    assert ashdown.get(f"/participants/{PRIYA.upper()}")["id"] == PRIYA


def test_two_lead_providers_see_a_participant_each_with_its_own_training(ashdown: Client, brightwater: Client):
    here, there = enrolment(ashdown, MOVED_HERE), enrolment(brightwater, MOVED_HERE)
    assert here["school_urn"] != there["school_urn"]
    assert (here["participant_status"], there["participant_status"]) == ("active", "left")
    assert here["training_record_id"] == there["training_record_id"]


def test_a_partnership_shows_who_was_registered_before_it(ashdown: Client):
    school = seed_id("schools", "interested")
    before = set(ashdown.ids("/participants", "page[per_page]=3000"))
    ashdown.done(
        "POST",
        "/partnerships",
        cohort="2026",
        school_id=school,
        delivery_partner_id=seed_id("delivery-partners", "harbour-hub"),
    )
    (new,) = set(ashdown.ids("/participants", "page[per_page]=3000")) - before
    assert ashdown.get(f"/participants/{new}")["attributes"]["updated_at"] == "2026-09-15T09:00:00Z"
    assert new in ashdown.ids("/participants", "filter[updated_since]=2026-09-15T09:00:00Z")


def test_another_delivery_partner_moves_the_participants_stamp(ashdown: Client):
    ours = enrolment(ashdown, PRIYA)
    partnership = next(
        p
        for p in ashdown.get("/partnerships", "filter[cohort]=2026&page[per_page]=3000")
        if p["attributes"]["urn"] == ours["school_urn"]
    )
    other = seed_id("delivery-partners", "riverside-hub")
    ashdown.done("PUT", f"/partnerships/{partnership['id']}", delivery_partner_id=other)
    after = ashdown.get(f"/participants/{PRIYA}")["attributes"]
    assert after["ecf_enrolments"][0]["delivery_partner_id"] == other
    assert after["updated_at"] == "2026-09-15T09:00:00Z"


def test_time_lets_a_participant_join(ashdown: Client):
    assert enrolment(ashdown, JOINING)["participant_status"] == "joining"
    ashdown.at = "2026-10-13T00:30:00+01:00"
    assert enrolment(ashdown, JOINING)["participant_status"] == "active"
    assert ashdown.get(f"/participants/{JOINING}")["attributes"]["updated_at"] < "2026-09-15"


@pytest.mark.parametrize(("query", "fits"), [
    ("filter[cohort]=2024", lambda one: one["cohort"] == "2024"),
    ("filter[cohort]=2024,2026", lambda one: one["cohort"] in ("2024", "2026")),
    ("filter[cohort]=x,2024", lambda one: one["cohort"] == "2024"),
    ("filter[cohort]=x", lambda _: False),
    ("filter[cohort]=", lambda _: True),
    ("filter[training_status]=active", lambda one: one["training_status"] == "active"),
    ("filter[training_status]=withdrawn", lambda one: one["training_status"] == "withdrawn"),
    ("filter[training_status]=resting", lambda _: False),
    ("filter[training_status]=", lambda _: True),
    ("filter[from_participant_id]=nonsense", lambda _: False),
    ("filter[unknown]=1", lambda _: True),
])  # fmt: skip
def test_filters_return_participants_with_a_matching_enrolment(ashdown: Client, query: str, fits: Any):
    expected = [
        item["id"] for item in everyone(ashdown) if any(fits(one) for one in item["attributes"]["ecf_enrolments"])
    ]
    assert [item["id"] for item in everyone(ashdown, query)] == expected


def test_filters_add_up(ashdown: Client):
    assert DEFERRED in ashdown.ids("/participants", "filter[cohort]=2025&filter[training_status]=deferred")
    assert DEFERRED not in ashdown.ids("/participants", "filter[cohort]=2024&filter[training_status]=deferred")


def test_an_earlier_id_returns_the_present_one(ashdown: Client):
    assert ashdown.ids("/participants", f"filter[from_participant_id]={BEFORE}") == [PRIYA]
    assert ashdown.ids("/participants", f"filter[from_participant_id]={PRIYA}") == []


def test_whoever_was_deferred_and_then_withdrawn_is_found_under_both(ashdown: Client):
    ashdown.done("PUT", f"/participants/{DEFERRED}/withdraw", reason="other", course_identifier="ecf-induction")
    for status in ("deferred", "withdrawn"):
        assert DEFERRED in ashdown.ids("/participants", f"filter[training_status]={status}&page[per_page]=3000")
    assert enrolment(ashdown, DEFERRED)["training_status"] == "withdrawn"


def test_updated_since_includes_the_instant_itself(ashdown: Client):
    stamp = ashdown.get(f"/participants/{PRIYA}")["attributes"]["updated_at"]
    assert PRIYA in ashdown.ids("/participants", f"filter[updated_since]={stamp}&page[per_page]=3000")
    found = everyone(ashdown, "filter[updated_since]=2026-06-01T00:00:00Z")
    assert found
    assert all(item["attributes"]["updated_at"] >= "2026-06-01" for item in found)


@pytest.mark.parametrize("path", PEOPLE)
def test_single_answers_take_no_notice_of_filters(ashdown: Client, path: str):
    id_ = ashdown.ids(f"/{path}")[0]
    alone = f"/participants/{id_}/transfers" if path == "participants/transfers" else f"/{path}/{id_}"
    assert ashdown.get(alone, "filter[updated_since]=never&filter[cohort]=1")["id"] == id_


@pytest.mark.parametrize("path", PEOPLE)
@pytest.mark.parametrize("sort", ["", "created_at", "-created_at", "updated_at", "-updated_at"])
def test_pages_put_together_are_the_whole_list_in_every_order(ashdown: Client, path: str, sort: str):
    whole = ashdown.ids(f"/{path}", f"sort={sort}&page[per_page]=3000")
    pages = (
        ashdown.ids(f"/{path}", f"sort={sort}&page[page]={n}&page[per_page]=3") for n in range(1, len(whole) // 3 + 3)
    )
    assert [id_ for page in pages for id_ in page] == whole
    assert max(Counter(whole).values()) == 1


def test_participants_are_sorted_by_their_stamps(ashdown: Client):
    stamps = [item["attributes"]["updated_at"] for item in everyone(ashdown, "sort=-updated_at")]
    assert stamps == sorted(stamps, reverse=True)


@pytest.mark.parametrize("path", PEOPLE)
def test_a_longer_page_takes_no_more_queries(path: str, monkeypatch: pytest.MonkeyPatch):
    ashdown = client(sandbox(), size="standard")
    queries: list[str] = []
    rows = SqliteStore.rows
    monkeypatch.setattr(
        SqliteStore, "rows", lambda *args, **more: queries.append(args[1].__name__) or rows(*args, **more)
    )
    counts = []
    for length in (2, 30):
        queries.clear()
        assert ashdown.get(f"/{path}", f"page[per_page]={length}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_seeded_listings_equal_rebuilt_ones():
    store, world = open_store("memory", layout([register()])), "new"
    store.add(world, register().template.records("standard", 1, CLOCK[:10]))

    def lists() -> list[set[Any]]:
        return [set(store.find(kind, world)) for kind in (Trainee, UnfundedMentor)]

    seeded = lists()
    rebuild_listings(store, world, tuple(each.id for each in store.find(Participant, world)), CLOCK)
    assert lists() == seeded
    assert all(seeded)


def period(**given: Any) -> TrainingPeriod:
    usual = dict.fromkeys(TrainingPeriod.__struct_fields__) | {
        "started_on": "2025-09-01",
        "finished_on": FOREVER,
        "role": ECT,
    }
    return TrainingPeriod(**usual | given)


@pytest.mark.parametrize(("given", "completed_on", "expected"), [
    ({}, None, "active"),
    ({"started_on": "2026-09-15"}, None, "active"),
    ({"started_on": "2026-09-16"}, None, "joining"),
    ({"started_on": "2026-09-16", "finished_on": "2026-12-18"}, None, "leaving"),
    ({"finished_on": "2026-09-16"}, None, "leaving"),
    ({"finished_on": "2026-09-15"}, None, "left"),
    ({"finished_on": "2026-09-14"}, "2026-09-14", "active"),
    ({"finished_on": "2026-09-14"}, "2026-09-15", "left"),
    ({"withdrawn_at": "2026-01-01T00:00:00Z", "finished_on": "2026-01-01"}, "2025-12-01", "left"),
    ({"deferred_at": "2026-01-01T00:00:00Z", "finished_on": "2026-09-16"}, None, "leaving"),
])  # fmt: skip
def test_participant_status_follows_training_and_the_day(
    given: dict[str, str], completed_on: str | None, expected: str
):
    assert participant_status(period(**given), completed_on, "2026-09-15") == expected


@pytest.mark.parametrize(("withdrawn_at", "deferred_at", "expected"), [
    (None, None, "active"),
    ("2026-01-02T00:00:00Z", None, "withdrawn"),
    (None, "2026-01-02T00:00:00Z", "deferred"),
    ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "withdrawn"),
    ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "deferred"),
])  # fmt: skip
def test_training_status_is_what_came_last(withdrawn_at: str | None, deferred_at: str | None, expected: str):
    assert training_status(period(withdrawn_at=withdrawn_at, deferred_at=deferred_at)) == expected


@pytest.mark.parametrize(("eligible_at", "ineligible_on", "expected"), [
    (None, None, None),
    ("2026-01-01T09:00:00Z", None, True),
    ("2026-01-01T09:00:00Z", "2026-01-01", True),
    ("2026-01-02T09:00:00Z", "2026-01-01", False),
    (None, "2026-01-01", False),
])  # fmt: skip
def test_funding_goes_by_what_came_first(eligible_at: str | None, ineligible_on: str | None, expected: object):
    assert eligible_for_funding(eligible_at, ineligible_on) is expected


def test_answers_are_compact_json(ashdown: Client):
    answer = ashdown.send("GET", f"/api/v3/participants/{PRIYA}")
    assert json.dumps(json.loads(answer.body), separators=(",", ":")).encode() == answer.body
