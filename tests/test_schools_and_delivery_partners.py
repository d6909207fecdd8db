"""What lead providers see of schools and delivery partners."""

from __future__ import annotations

import pytest
from client import Client, client, seed_id

LISTED = "filter[cohort]={}&page[per_page]=3000"


def listed(client: Client, cohort: int) -> set[str]:
    return set(client.ids("/schools", LISTED.format(cohort)))


@pytest.mark.parametrize(
    ("name", "cohort", "expected"),
    [
        ("fresh", 2026, True),
        ("closed", 2026, False),
        ("outside-england", 2026, False),
        ("ineligible-type", 2026, False),
        ("section-41", 2026, True),
        ("proposed-to-close", 2026, True),
        ("became-ineligible", 2025, True),
        ("became-ineligible", 2026, False),
        ("became-ineligible-partnered", 2026, True),
        ("school-led", 2026, True),
    ],
)
def test_schools_are_shown_while_eligible_or_in_partnership(ashdown: Client, name: str, cohort: int, *, expected: bool):
    id_ = seed_id("schools", name)
    assert (id_ in listed(ashdown, cohort)) is expected
    answer = ashdown.send("GET", f"/api/v3/schools/{id_}", f"filter[cohort]={cohort}")
    assert answer.status == (200 if expected else 404)


@pytest.mark.parametrize(
    ("name", "cohort", "choice"),
    [
        ("fresh", 2026, "not_yet_known"),
        ("school-led", 2026, "school_led"),
        ("school-led", 2024, "not_yet_known"),
        ("interested", 2026, "provider_led"),
        ("training-now", 2025, "provider_led"),
    ],
)
def test_the_programme_choice_rolls_up_what_was_chosen_for_participants(
    ashdown: Client, name: str, cohort: int, choice: str
):
    shown = ashdown.get(f"/schools/{seed_id('schools', name)}", f"filter[cohort]={cohort}")
    assert shown["attributes"]["induction_programme_choice"] == choice


def test_schools_can_be_found_by_urn(ashdown: Client):
    assert ashdown.ids("/schools", "filter[cohort]=2026&filter[urn]=100101") == [seed_id("schools", "fresh")]
    assert ashdown.ids("/schools", "filter[cohort]=2026&filter[urn]=100101,invalid") == [seed_id("schools", "fresh")]
    assert ashdown.ids("/schools", "filter[cohort]=2026&filter[urn]=999999") == []


@pytest.mark.parametrize("cohort", ["", "x", "2019", "99999999999999999999"])
def test_an_unknown_cohort_has_no_schools(ashdown: Client, cohort: str):
    assert ashdown.ids("/schools", f"filter[cohort]={cohort}") == []
    school = seed_id("schools", "fresh")
    assert ashdown.send("GET", f"/api/v3/schools/{school}", f"filter[cohort]={cohort}").status == 404


def test_of_several_cohorts_the_first_counts(ashdown: Client):
    assert ashdown.ids("/schools", "filter[cohort]=2025,2026") == ashdown.ids("/schools", "filter[cohort]=2025")


def test_a_school_shows_its_fields_in_the_order_of_the_contract(ashdown: Client):
    shown = ashdown.get(f"/schools/{seed_id('schools', 'partnered')}", "filter[cohort]=2026")
    assert shown == {
        "id": seed_id("schools", "partnered"),
        "type": "school",
        "attributes": {
            "name": "Ivy Bank Academy",
            "urn": "100164",
            "cohort": "2026",
            "in_partnership": True,
            "induction_programme_choice": "not_yet_known",
            "expression_of_interest": True,
            "induction_tutor_name": "Joyce Tennant",
            "induction_tutor_email": "joyce.tennant@example.com",
            "created_at": "2021-05-19T08:00:00Z",
            "updated_at": "2026-06-11T10:15:00Z",
        },
    }


def test_schools_are_listed_since_their_last_change(ashdown: Client):
    found = ashdown.ids("/schools", "filter[cohort]=2026&filter[updated_since]=2026-06-11T10:15:00Z")
    assert seed_id("schools", "partnered") in found
    assert seed_id("schools", "fresh") not in found


@pytest.mark.parametrize(
    ("name", "cohort", "updated_at"),
    [
        pytest.param("fresh", 2026, None, id="nothing has happened"),
        pytest.param("interested", 2026, "2026-09-01T08:00:00Z", id="somebody was registered"),
        pytest.param("interested", 2024, "2026-09-01T08:00:00Z", id="interest is shown of a school, in every cohort"),
        pytest.param("school-led", 2025, "2025-09-01T08:00:00Z", id="a programme was chosen"),
        pytest.param("school-led", 2024, None, id="a choice is of one cohort"),
        pytest.param("partnered", 2026, "2026-06-11T10:15:00Z", id="a partnership was formed"),
        pytest.param("partnered", 2025, "2026-06-11T10:15:00Z", id="a partnership shows interest"),
        pytest.param("several-delivery-partners", 2026, "2026-06-16T10:15:00Z", id="a second one changes nothing"),
        pytest.param("all-left", 2025, "2026-03-28T00:00:00Z", id="everybody has left"),
        pytest.param("partnered-all-left", 2025, "2025-09-01T08:00:00Z", id="interest stays with a partnership"),
    ],
)
def test_a_school_changed_when_its_interest_or_its_programme_did(
    ashdown: Client, name: str, cohort: int, updated_at: str | None
):
    shown = ashdown.get(f"/schools/{seed_id('schools', name)}", f"filter[cohort]={cohort}")["attributes"]
    assert shown["updated_at"] == (updated_at or shown["created_at"])


def test_a_school_changes_when_interest_in_a_lead_provider_lapses(ashdown: Client, brightwater: Client):
    school = seed_id("schools", "all-left")
    before, after = "2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z"
    for provider in (ashdown, brightwater):
        provider.at = before
        assert school not in provider.ids("/schools", "filter[cohort]=2024&filter[updated_since]=2026-03-01T00:00:00Z")
        provider.at = after
        assert school in provider.ids("/schools", "filter[cohort]=2024&filter[updated_since]=2026-03-01T00:00:00Z")


def test_schools_are_sorted_by_when_they_are_shown_to_have_changed(ashdown: Client):
    whole = ashdown.get("/schools", "filter[cohort]=2025&sort=-updated_at&page[per_page]=3000")
    stamps = [school["attributes"]["updated_at"] for school in whole]
    assert stamps == sorted(stamps, reverse=True)
    assert "2026-03-28T00:00:00Z" in stamps
    page = ashdown.get("/schools", "filter[cohort]=2025&sort=-updated_at&page[per_page]=5&page[page]=2")
    assert page == whole[5:10]


def test_delivery_partners_are_those_paired_with_the_lead_provider(ashdown: Client, brightwater: Client):
    unpaired = seed_id("delivery-partners", "unpaired-hub")
    assert unpaired not in ashdown.ids("/delivery-partners")
    assert ashdown.send("GET", f"/api/v3/delivery-partners/{unpaired}").status == 404
    assert brightwater.get(f"/delivery-partners/{unpaired}")["attributes"]["cohort"] == [
        "2024",
        "2025",
        "2026",
        "2027",
        "2028",
    ]


def test_a_cohort_filter_narrows_delivery_partners_but_not_the_cohorts_they_show(brightwater: Client):
    unpaired = seed_id("delivery-partners", "unpaired-hub")
    assert unpaired not in brightwater.ids("/delivery-partners", "filter[cohort]=2023")
    shown = brightwater.get("/delivery-partners", "filter[cohort]=2024&page[per_page]=3000")
    (mine,) = [partner for partner in shown if partner["id"] == unpaired]
    assert mine["attributes"]["cohort"] == ["2024", "2025", "2026", "2027", "2028"]


def test_a_cohort_filter_keeps_your_delivery_partners_that_work_with_anybody_then(ashdown: Client):
    greenholm = client(ashdown.app, lead_provider="Greenholm")
    harbour, unpaired = (seed_id("delivery-partners", name) for name in ("harbour-hub", "unpaired-hub"))
    (shown,) = [one for one in greenholm.get("/delivery-partners", "filter[cohort]=2026") if one["id"] == harbour]
    assert shown["attributes"]["cohort"] == ["2021", "2022"]
    assert unpaired not in greenholm.ids("/delivery-partners", "filter[cohort]=2026")
    assert greenholm.ids("/delivery-partners", "filter[cohort]=2019") == []
    assert greenholm.ids("/delivery-partners", "filter[cohort]=2019,2021") == greenholm.ids("/delivery-partners")


def test_delivery_partners_come_in_pages(ashdown: Client):
    whole = ashdown.ids("/delivery-partners")
    assert ashdown.ids("/delivery-partners", "page[per_page]=2&page[page]=2") == whole[2:4]


@pytest.mark.parametrize("path", ["/schools/{}", "/delivery-partners/{}", "/partnerships/{}"])
@pytest.mark.parametrize("id_", ["00000000-0000-4000-8000-000000000000", "not-an-id"])
def test_what_is_not_there_is_not_found(ashdown: Client, path: str, id_: str):
    assert ashdown.send("GET", f"/api/v3{path.format(id_)}", "filter[cohort]=2026").status == 404
