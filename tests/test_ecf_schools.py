"""Schools and delivery partners of the early career framework: who is listed in which cohort, and as what."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client
from ecf_client import client, partnership_id, sandbox, scenario, seed_id

COMING = "filter[cohort]=2025"
EVERY = "&page[per_page]=3000"


@pytest.fixture
def penhallow() -> Client:
    return client(sandbox())


def listed(client: Client, cohort: int, more: str = "") -> dict[str, Any]:
    items = client.get("/schools/ecf", f"filter[cohort]={cohort}{EVERY}{more}")
    return {item["id"]: item["attributes"] for item in items}


def school(client: Client, name: str, cohort: int = 2025) -> Any:
    return client.get(f"/schools/ecf/{seed_id('schools', name)}", f"filter[cohort]={cohort}")["attributes"]


@pytest.mark.parametrize(
    ("name", "cohorts"),
    [
        ("fresh", {2021, 2025}),
        ("proposed-to-close", {2021, 2025}),
        ("section-41", {2021, 2025}),
        ("closed", set()),
        ("outside-england", set()),
        ("ineligible-type", set()),
        ("core-induction-only", set()),
        ("closed-partnered-in-2021", {2021}),
        ("core-induction-only-partnered-in-2021", {2021}),
    ],
)
def test_a_school_is_listed_if_it_is_eligible_or_has_a_partnership_in_the_cohort(
    penhallow: Client, name: str, cohorts: set[int]
):
    id_ = seed_id("schools", name)
    assert {cohort for cohort in (2021, 2025) if id_ in listed(penhallow, cohort)} == cohorts
    path = f"/api/v3/schools/ecf/{id_}"
    found = {year for year in (2021, 2025) if penhallow.send("GET", path, f"filter[cohort]={year}").status == 200}
    assert found == cohorts


@pytest.mark.parametrize("cohort", ["1999", "", "x"])
def test_an_unknown_or_blank_cohort_has_no_schools(penhallow: Client, cohort: str):
    assert penhallow.get("/schools/ecf", f"filter[cohort]={cohort}") == []
    path = f"/api/v3/schools/ecf/{seed_id('schools', 'fresh')}"
    assert penhallow.send("GET", path, f"filter[cohort]={cohort}").status == 404


def test_of_several_cohorts_the_first_is_read(penhallow: Client):
    (found,) = penhallow.get("/schools/ecf", "filter[cohort]=2021,2025&filter[urn]=140101")
    assert found["attributes"]["cohort"] == "2021"


@pytest.mark.parametrize("path", ["", f"/{seed_id('schools', 'fresh')}"])
def test_the_cohort_must_be_sent(penhallow: Client, path: str):
    answer = penhallow.send("GET", f"/api/v3/schools/ecf{path}", "filter[urn]=140101")
    assert answer.status == 400
    assert b"The filter '#/cohort' must be included in your request" in answer.body


@pytest.mark.parametrize(
    ("name", "choice", "in_partnership"),
    [
        ("fresh", "not_yet_known", False),
        ("partnered", "provider_led", True),
        ("partnered-with-another", "provider_led", True),
        ("partnered-last-year", "not_yet_known", False),
        ("undecided", "not_yet_known", False),
        ("awaiting-a-provider", "provider_led", False),
        ("school-led", "school_led", False),
        ("own-design", "school_led", False),
        ("no-ects", "no_early_career_teachers", False),
        ("challenged", "provider_led", False),
        ("challenged-and-taken", "provider_led", True),
        ("relationship-only", "provider_led", True),
    ],
)
def test_a_school_shows_its_choice_and_whether_it_is_in_an_unchallenged_partnership(
    penhallow: Client,
    name: str,
    choice: str,
    in_partnership: bool,  # noqa: FBT001
):
    shown = school(penhallow, name)
    assert (shown["induction_programme_choice"], shown["in_partnership"]) == (choice, in_partnership)
    assert listed(penhallow, 2025)[seed_id("schools", name)] == shown


def test_a_relationship_counts_as_a_partnership_of_the_school(penhallow: Client):
    id_ = scenario("relationship-that-becomes-a-partnership")["schools"]["here"]
    assert listed(penhallow, 2025)[id_]["in_partnership"]


def test_every_lead_provider_sees_the_same_schools():
    app = sandbox()
    assert listed(client(app), 2025) == listed(client(app, "Saltmarsh"), 2025)


def test_a_school_is_found_by_its_urn_alone_and_beside_its_id(penhallow: Client):
    assert penhallow.ids("/schools/ecf", f"{COMING}&filter[urn]=140101") == [seed_id("schools", "fresh")]
    assert penhallow.ids("/schools/ecf", f"{COMING}&filter[urn]=1") == []
    other = f"/api/v3/schools/ecf/{seed_id('schools', 'fresh')}"
    assert penhallow.send("GET", other, f"{COMING}&filter[urn]=140108").status == 404


def test_updated_since_finds_a_school_by_its_choice_for_any_cohort(penhallow: Client):
    fresh = seed_id("schools", "fresh")
    new = {"cohort": "2024", "school_id": fresh, "delivery_partner_id": seed_id("delivery-partners", "kestrel-hub")}
    since = "&filter[updated_since]=2025-10-15T09:00:00Z"
    assert listed(penhallow, 2025, since) == {}
    penhallow.done("POST", "/partnerships/ecf", **new)
    assert listed(penhallow, 2025, since) == {fresh: school(penhallow, "fresh")}
    assert school(penhallow, "fresh")["induction_programme_choice"] == "not_yet_known"


def test_schools_are_sorted_by_creation_time_by_default(penhallow: Client):
    def stamps(sort: str, column: str) -> list[str]:
        return [each["attributes"][column] for each in penhallow.get("/schools/ecf", f"{COMING}{EVERY}{sort}")]

    created = stamps("", "created_at")
    assert created == sorted(created)
    assert stamps("&sort=-created_at", "created_at") == created[::-1]


def test_a_delivery_partner_shows_every_cohort_in_which_it_works_with_the_lead_provider(penhallow: Client):
    goldcrest, curlew = (seed_id("delivery-partners", f"{name}-hub") for name in ("goldcrest", "curlew"))
    assert penhallow.get(f"/delivery-partners/{goldcrest}")["attributes"]["cohort"] == ["2025"]
    (found,) = (each for each in penhallow.get("/delivery-partners", "filter[cohort]=2021") if each["id"] == curlew)
    assert found["attributes"]["cohort"] == ["2021", "2022", "2023", "2024", "2025"]
    assert list(found["attributes"]) == ["name", "created_at", "updated_at", "cohort"]


def test_delivery_partners_are_listed_for_the_cohorts_in_which_they_work_with_the_lead_provider(penhallow: Client):
    goldcrest, dunlin = (seed_id("delivery-partners", f"{name}-hub") for name in ("goldcrest", "dunlin"))
    assert goldcrest in penhallow.ids("/delivery-partners")
    assert goldcrest in penhallow.ids("/delivery-partners", "filter[cohort]=2021,2025")
    assert goldcrest not in penhallow.ids("/delivery-partners", "filter[cohort]=2024")
    assert dunlin not in penhallow.ids("/delivery-partners")
    assert penhallow.send("GET", f"/api/v3/delivery-partners/{dunlin}").status == 404
    assert penhallow.ids("/delivery-partners", "filter[cohort]=abc") == []
    everybody = penhallow.ids("/delivery-partners")
    assert penhallow.ids("/delivery-partners", "filter[updated_since]=x") == everybody
    assert penhallow.ids("/delivery-partners", "sort=-created_at") == everybody[::-1]


def test_a_partnership_of_last_year_is_still_shown(penhallow: Client):
    id_ = partnership_id("partnered-last-year", "penhallow", 2024)
    assert penhallow.get(f"/partnerships/ecf/{id_}")["attributes"]["status"] == "active"
