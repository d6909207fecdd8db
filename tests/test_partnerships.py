"""Journeys of a lead provider with its partnerships."""

from __future__ import annotations

import json

import pytest
from client import Client, client, sandbox, seed_id

FRESH = seed_id("schools", "fresh")
HARBOUR = seed_id("delivery-partners", "harbour-hub")
RIVERSIDE = seed_id("delivery-partners", "riverside-hub")
PARTNERED = "1ab501b1-142e-47ad-95a4-20f56a62e71f"
ALREADY = ("school_id", "You are already in a confirmed partnership with this school for the entered cohort.")
NEW = {"cohort": "2026", "school_id": FRESH, "delivery_partner_id": HARBOUR}


def school(client: Client, name: str, cohort: int = 2026) -> dict:
    return client.get(f"/schools/{seed_id('schools', name)}", f"filter[cohort]={cohort}")["attributes"]


def test_a_partnership_that_was_created_is_shown_alone_and_in_the_list(ashdown: Client):
    created = ashdown.done("POST", "/partnerships", **NEW)
    assert ashdown.get(f"/partnerships/{created['id']}") == created
    assert created in ashdown.get("/partnerships", "filter[cohort]=2026")


def test_a_partnership_shows_its_fields_in_the_order_of_the_contract(ashdown: Client):
    created = ashdown.done("POST", "/partnerships", **NEW)
    contract_order = [
        "cohort",
        "urn",
        "school_id",
        "delivery_partner_id",
        "delivery_partner_name",
        "induction_tutor_name",
        "induction_tutor_email",
        "participants_currently_training",
        "created_at",
        "updated_at",
    ]
    assert list(created["attributes"]) == contract_order
    assert created["type"] == "partnership"
    assert created["attributes"]["created_at"] == "2026-09-15T09:00:00Z"
    assert created["attributes"]["cohort"] == "2026"
    assert "challenged_reason" not in created["attributes"]


def test_the_same_partnership_twice_is_refused(ashdown: Client):
    ashdown.done("POST", "/partnerships", **NEW)
    assert ashdown.errors("POST", "/partnerships", **NEW) == [ALREADY]


def test_another_delivery_partner_does_not_make_a_second_partnership(ashdown: Client):
    ashdown.done("POST", "/partnerships", **NEW)
    assert ashdown.errors("POST", "/partnerships", **{**NEW, "delivery_partner_id": RIVERSIDE}) == [ALREADY]


def test_another_cohort_makes_another_partnership(ashdown: Client):
    first = ashdown.done("POST", "/partnerships", **NEW)
    second = ashdown.done("POST", "/partnerships", **{**NEW, "cohort": "2025"})
    assert first["id"] != second["id"]


def test_another_lead_provider_can_have_a_partnership_with_the_same_school(ashdown: Client, brightwater: Client):
    mine = ashdown.done("POST", "/partnerships", **NEW)
    theirs = brightwater.done("POST", "/partnerships", **NEW)
    assert mine["id"] != theirs["id"]
    assert theirs["id"] not in ashdown.ids("/partnerships")


def test_another_lead_providers_partnership_is_not_found(brightwater: Client):
    assert brightwater.send("GET", f"/api/v3/partnerships/{PARTNERED}").status == 404
    assert brightwater.write("PUT", f"/partnerships/{PARTNERED}", delivery_partner_id=RIVERSIDE).status == 404


def test_a_number_is_taken_for_a_cohort(ashdown: Client):
    assert ashdown.done("POST", "/partnerships", **{**NEW, "cohort": 2026})["attributes"]["cohort"] == "2026"


def test_a_cohort_is_read_from_the_number_in_front(ashdown: Client):
    assert ashdown.done("POST", "/partnerships", **{**NEW, "cohort": "2026abc"})["attributes"]["cohort"] == "2026"


@pytest.mark.parametrize("value", ["", " ", None, [], {"a": 1}])
def test_blanks_objects_and_lists_count_as_absent(ashdown: Client, value: object):
    assert ("school_id", "Enter a '#/school_id'.") in ashdown.errors(
        "POST", "/partnerships", **{**NEW, "school_id": value}
    )


def test_every_empty_field_has_an_error_of_its_own(ashdown: Client):
    assert ashdown.errors("POST", "/partnerships", cohort="") == [
        ("cohort", "Enter a '#/cohort'."),
        ("school_id", "Enter a '#/school_id'."),
        ("delivery_partner_id", "Enter a '#/delivery_partner_id'."),
    ]


def test_a_refused_request_changes_nothing(ashdown: Client):
    before = ashdown.get("/partnerships"), school(ashdown, "fresh")
    ashdown.errors("POST", "/partnerships", **{**NEW, "cohort": "2022"})
    assert (ashdown.get("/partnerships"), school(ashdown, "fresh")) == before


def test_an_update_keeps_the_id_and_moves_updated_at(ashdown: Client):
    before = ashdown.get(f"/partnerships/{PARTNERED}")
    after = ashdown.done("PUT", f"/partnerships/{PARTNERED}", delivery_partner_id=RIVERSIDE)
    assert after["id"] == before["id"]
    assert after["attributes"]["delivery_partner_name"] == "Riverside Teaching School Hub"
    assert after["attributes"]["created_at"] == before["attributes"]["created_at"]
    assert after["attributes"]["updated_at"] == "2026-09-15T09:00:00Z" != before["attributes"]["updated_at"]
    assert ashdown.get(f"/partnerships/{PARTNERED}") == after


def test_an_update_that_changes_nothing_is_refused(ashdown: Client):
    now = ashdown.get(f"/partnerships/{PARTNERED}")["attributes"]["delivery_partner_id"]
    (error,) = ashdown.errors("PUT", f"/partnerships/{PARTNERED}", delivery_partner_id=now)
    assert error[1].startswith("We are unable to process this request.")


def test_an_unknown_partnership_is_not_found_before_the_body_is_looked_at(ashdown: Client):
    answer = ashdown.send("PUT", "/api/v3/partnerships/nothing", body={})
    assert answer.status == 404


def test_a_partnership_takes_up_the_participants_registered_before_it(ashdown: Client):
    created = ashdown.done("POST", "/partnerships", **{**NEW, "school_id": seed_id("schools", "interested")})
    assert created["attributes"]["participants_currently_training"] == 1
    assert ashdown.get(f"/partnerships/{created['id']}") == created


def test_participants_count_on_their_days_of_training(ashdown: Client):
    training = next(
        p
        for p in ashdown.get("/partnerships", "filter[cohort]=2025")
        if p["attributes"]["school_id"] == seed_id("schools", "training-now")
    )
    assert training["attributes"]["participants_currently_training"] == 2
    ashdown.at = "2025-08-31T12:00:00Z"
    earlier = ashdown.get(f"/partnerships/{training['id']}")
    assert earlier["attributes"]["participants_currently_training"] == 0


def test_several_delivery_partners_for_one_school_come_only_from_the_department(ashdown: Client):
    id_ = seed_id("schools", "several-delivery-partners")
    mine = [p for p in ashdown.get("/partnerships", "filter[cohort]=2026") if p["attributes"]["school_id"] == id_]
    assert len({p["attributes"]["delivery_partner_id"] for p in mine}) == 2
    assert ashdown.errors("POST", "/partnerships", **{**NEW, "school_id": id_}) == [ALREADY]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter[cohort]=2025", {2025}),
        ("filter[cohort]=2025,2026", {2025, 2026}),
        ("filter[cohort][]=2025&filter[cohort][]=2026", {2025, 2026}),
        ("filter[cohort]=x,2025", {2025}),
        ("filter[cohort]=x", set()),
        ("filter[cohort]=", {2021, 2022, 2023, 2024, 2025, 2026}),
        ("filter[unknown]=1", {2021, 2022, 2023, 2024, 2025, 2026}),
    ],
)
def test_the_cohort_filter_keeps_the_cohorts_it_names(query: str, names: set[int]):
    ashdown = client(sandbox(), size="standard")
    found = ashdown.get("/partnerships", f"{query}&page[per_page]=3000")
    assert {int(p["attributes"]["cohort"]) for p in found} == names


def test_the_delivery_partner_filter_keeps_theirs(ashdown: Client):
    found = ashdown.get("/partnerships", f"filter[delivery_partner_id]={HARBOUR},nonsense")
    assert found
    assert {p["attributes"]["delivery_partner_id"] for p in found} == {HARBOUR}


def test_updated_since_includes_the_instant_itself(ashdown: Client):
    ashdown.done("PUT", f"/partnerships/{PARTNERED}", delivery_partner_id=RIVERSIDE)
    assert ashdown.ids("/partnerships", "filter[updated_since]=2026-09-15T09:00:00Z") == [PARTNERED]
    assert ashdown.ids("/partnerships", "filter[updated_since]=2026-09-15T09:00:01Z") == []


@pytest.mark.parametrize(
    ("sort", "field", "reverse"),
    [
        ("", "created_at", False),
        ("created_at", "created_at", False),
        ("-created_at", "created_at", True),
        ("updated_at", "updated_at", False),
        ("-updated_at", "updated_at", True),
        ("nonsense", "created_at", False),
    ],
)
def test_the_list_is_sorted_as_requested(ashdown: Client, sort: str, field: str, *, reverse: bool):
    ashdown.done("PUT", f"/partnerships/{PARTNERED}", delivery_partner_id=RIVERSIDE)
    found = [p["attributes"][field] for p in ashdown.get("/partnerships", f"sort={sort}")]
    assert found == sorted(found, reverse=reverse)


def test_pages_put_together_are_the_whole_list(ashdown: Client):
    whole = ashdown.ids("/partnerships", "page[per_page]=3000")
    pages = [ashdown.ids("/partnerships", f"page[page]={n}&page[per_page]=3") for n in range(1, len(whole) // 3 + 3)]
    assert [id_ for page in pages for id_ in page] == whole
    assert pages[-1] == []


SCENARIOS = [
    ("interested", 2026, True, "somebody is registered with the lead provider"),
    ("partnered", 2026, True, "a partnership is confirmed"),
    ("partnered-all-left", 2025, True, "a partnership is confirmed, and everyone has left since"),
    ("fresh", 2026, False, "nobody is registered"),
    ("all-left", 2025, False, "everyone has left and there is no partnership"),
    ("partnered-with-another", 2026, False, "the partnership is another lead provider's"),
]


@pytest.mark.parametrize(("name", "cohort", "expected", "why"), SCENARIOS, ids=[s[3] for s in SCENARIOS])
def test_expression_of_interest(ashdown: Client, name: str, cohort: int, why: str, *, expected: bool):
    assert school(ashdown, name, cohort)["expression_of_interest"] is expected


def test_expression_of_interest_ends_when_the_last_participant_leaves(ashdown: Client):
    ashdown.at = "2026-03-27T12:00:00Z"
    assert school(ashdown, "all-left", 2025)["expression_of_interest"] is True
    ashdown.at = "2026-03-28T12:00:00Z"
    assert school(ashdown, "all-left", 2025)["expression_of_interest"] is False


def test_a_school_can_show_interest_to_several_lead_providers(ashdown: Client, brightwater: Client):
    assert school(ashdown, "interested-in-two")["expression_of_interest"] is True
    assert school(brightwater, "interested-in-two")["expression_of_interest"] is True


def test_a_new_partnership_shows_interest_and_the_induction_tutor(ashdown: Client):
    assert school(ashdown, "fresh")["induction_tutor_email"] is None
    ashdown.done("POST", "/partnerships", **NEW)
    after = school(ashdown, "fresh")
    assert after["expression_of_interest"] is True
    assert after["induction_tutor_email"] == "amina.okafor@example.com"


def test_in_partnership_is_true_for_everyone_as_soon_as_one_has_a_partnership(ashdown: Client, brightwater: Client):
    assert school(brightwater, "fresh")["in_partnership"] is False
    ashdown.done("POST", "/partnerships", **NEW)
    assert school(brightwater, "fresh")["in_partnership"] is True
    assert school(brightwater, "fresh")["expression_of_interest"] is False
    assert school(brightwater, "fresh", 2025)["in_partnership"] is False


def test_a_new_partnership_moves_the_schools_updated_at_in_every_cohort(ashdown: Client):
    ashdown.done("POST", "/partnerships", **NEW)
    assert {school(ashdown, "fresh", year)["updated_at"] for year in (2024, 2025, 2026)} == {"2026-09-15T09:00:00Z"}


def test_a_second_lead_providers_partnership_moves_updated_at_once_more(ashdown: Client, brightwater: Client):
    ashdown.done("POST", "/partnerships", **NEW)
    brightwater.at = "2026-09-16T09:00:00Z"
    brightwater.done("POST", "/partnerships", **NEW)
    assert school(ashdown, "fresh")["updated_at"] == "2026-09-16T09:00:00Z"


def test_answers_are_compact_json(ashdown: Client):
    answer = ashdown.send("GET", f"/api/v3/partnerships/{PARTNERED}")
    assert answer.content_type == "application/json; charset=utf-8"
    assert json.dumps(json.loads(answer.body), separators=(",", ":")).encode() == answer.body
