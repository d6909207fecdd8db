"""What a lead provider reads about the schools that it has recruited."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from typing import Any

import msgspec
import pytest
from client import Client, traced
from ecf_client import CLOCK, SEEDS, act, ask, client, partnership_id, sandbox, scenario, seed_id

from lp_sandbox.app import App
from lp_sandbox.ecf.records import EcfSchool
from lp_sandbox.programme.records import DeliveryPartner

PATH = "actors/lead-provider/schools"
PENHALLOW = "Penhallow"
CHALLENGED = partnership_id("challenged", "penhallow", 2025)
PARTNERED = partnership_id("partnered", "penhallow", 2025)
CURLEW = seed_id("delivery-partners", "curlew-hub")


@cache
def app() -> App:
    """A sandbox that these tests only read."""
    return sandbox()


@pytest.fixture
def changing() -> Client:
    return client(sandbox())


def get(who: Client, path: str, query: str = "") -> Any:
    answer = ask(who.app, "GET", path, query, token=who.token)
    assert answer.status == 200, answer
    return json.loads(answer.body)


def listed(who: Client, query: str = "cohort=2025") -> dict[str, Any]:
    return {each["id"]: each["attributes"] for each in get(who, PATH, f"{query}&page[per_page]=100")["data"]}


def attributes_of(who: Client, id_: str) -> Any:
    return get(who, f"{PATH}/{id_}")["data"]["attributes"]


def downloaded(who: Client, query: str = "cohort=2025") -> list[list[str]]:
    answer = ask(who.app, "GET", f"{PATH}.csv", query, token=who.token)
    assert (answer.status, answer.content_type) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.body.decode())))


@pytest.mark.parametrize("cohort", [2021, 2024, 2025])
def test_the_schools_are_the_partnerships_that_the_api_lists_by_name(cohort: int):
    who = client(app())
    of_api = who.get("/partnerships/ecf", f"filter[cohort]={cohort}&page[per_page]=3000")
    schools = listed(who, f"cohort={cohort}")
    assert set(schools) == {each["id"] for each in of_api}
    names = [each["name"].casefold() for each in schools.values()]
    assert names == sorted(names)
    for each in of_api:
        school, attributes = schools[each["id"]], each["attributes"]
        assert (school["urn"], school["delivery_partner"], school["cohort"]) == (
            attributes["urn"],
            attributes["delivery_partner_name"],
            str(cohort),
        )
        assert school["challenged_reason"] == attributes["challenged_reason"]


def test_a_challenged_school_is_listed_and_not_counted_as_recruited():
    found = get(client(app()), PATH, "cohort=2025&page[per_page]=100")
    challenged = [each for each in found["data"] if each["attributes"]["challenged_reason"]]
    assert CHALLENGED in [each["id"] for each in challenged]
    assert found["meta"]["recruited"] == len(found["data"]) - len(challenged)
    assert found["meta"]["challenged"] == len(challenged)
    assert found["meta"]["matching"] == len(found["data"])


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("SSAMY", {PARTNERED}),
        ("0171", {PARTNERED}),
        ("nobody", set()),
        ("%25", set()),
    ],
)
def test_a_school_is_found_by_a_part_of_its_name_or_urn(search: str, expected: set[str]):
    assert set(listed(client(app()), f"cohort=2025&search={search}")) == expected


def test_schools_are_found_by_a_part_of_the_name_of_the_delivery_partner():
    everything, found = listed(client(app())), listed(client(app()), "cohort=2025&search=curlew")
    of_curlew = {id_ for id_, each in everything.items() if each["delivery_partner"].startswith("Curlew")}
    assert set(found) == of_curlew
    assert 0 < len(of_curlew) < len(everything)


def test_a_page_has_ten_schools_and_the_pages_hold_every_school_once():
    who = client(app())
    whole = list(listed(who))
    pages = [get(who, PATH, f"cohort=2025&page[page]={number}") for number in range(1, len(whole) // 10 + 3)]
    assert [each["id"] for page in pages for each in page["data"]] == whole
    assert [len(page["data"]) for page in pages[:-2]] == [10] * (len(whole) // 10)
    assert pages[-1]["data"] == []
    assert {page["meta"]["matching"] for page in pages} == {len(whole)}


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_a_page_is_a_positive_number(number: str):
    who = client(app())
    assert ask(who.app, "GET", PATH, f"page[page]={number}", token=who.token).status == 400


@pytest.mark.parametrize("cohort", ["", "2019", "x"])
def test_another_cohort_shows_the_current_one(cohort: str):
    assert get(client(app()), PATH, f"cohort={cohort}")["meta"]["cohort"] == "2025"


def test_the_cohorts_are_those_of_the_lead_provider_that_have_opened():
    query = "page[per_page]=1"
    assert get(client(app()), PATH, query)["meta"]["cohorts"] == ["2025", "2024", "2023", "2022", "2021"]
    assert get(client(app(), "Saltmarsh"), PATH, query)["meta"]["cohorts"] == ["2023", "2022", "2021"]


@pytest.mark.parametrize(
    ("name", "ects", "mentors"),
    [
        ("ect-in-training", 1, 1),
        ("ect-not-validated", 1, 0),
        ("ect-joining-next-month", 1, 0),
        ("ect-leaving-next-month", 1, 0),
        ("ect-who-left", 0, 0),
        ("removed-ect", 0, 0),
        ("deferred-ect", 1, 0),
    ],
)
def test_a_school_counts_its_present_and_expected_participants(name: str, ects: int, mentors: int):
    school = attributes_of(client(app()), scenario(name)["partnerships"]["here-mine"])
    assert (school["ects"], school["mentors"]) == (ects, mentors)


def registered(who: Client, role: str, name: str) -> None:
    trn = {"ect": "5500001", "mentor": "5500002"}[role]
    given = {"full_name": name, "teacher_reference_number": trn, "date_of_birth": "1900-01-01"}
    email = f"{role}@example.com"
    school = seed_id("schools", "partnered")
    act(who.app, "school/add-participant", school_id=school, participant_type=role, email=email, **given)


def test_a_registered_participant_counts_until_the_school_removes_them(changing: Client):
    before = attributes_of(changing, PARTNERED)
    registered(changing, "ect", "Esme Farrow")
    registered(changing, "mentor", "Milo Grange")
    after = attributes_of(changing, PARTNERED)
    assert (after["ects"], after["mentors"]) == (before["ects"] + 1, before["mentors"] + 1)
    assert listed(changing)[PARTNERED]["ects"] == after["ects"]
    people = changing.get("/participants/ecf", "page[per_page]=3000")
    (ect,) = (each for each in people if each["attributes"]["full_name"] == "Esme Farrow")
    act(changing.app, "school/remove-participant", participant_id=ect["id"], participant_type="ect")
    removed = attributes_of(changing, PARTNERED)
    assert (removed["ects"], removed["mentors"]) == (before["ects"], after["mentors"])


def test_a_challenge_moves_a_school_from_the_recruited_ones_to_the_challenged(changing: Client):
    before = get(changing, PATH, "cohort=2025")["meta"]
    act(changing.app, "administrator/challenge-partnership", partnership_id=PARTNERED, reason="mistake")
    after = get(changing, PATH, "cohort=2025")["meta"]
    assert after == {**before, "recruited": before["recruited"] - 1, "challenged": before["challenged"] + 1}
    assert attributes_of(changing, PARTNERED)["challenged_reason"] == "mistake"
    assert attributes_of(changing, PARTNERED)["challenged_at"] == CLOCK
    assert "140171" not in [row[0] for row in downloaded(changing)]


def test_a_school_shows_its_induction_tutor_and_its_local_authority():
    school = attributes_of(client(app()), CHALLENGED)
    (seed,) = (each for each in SEEDS["schools"] if each["name"] == "challenged")
    assert (school["induction_tutor_name"], school["induction_tutor_email"]) == (
        seed["induction_tutor"]["name"],
        seed["induction_tutor"]["email"],
    )
    assert school["local_authority"] == "Liverpool"


def test_every_district_of_the_seeds_has_its_local_authority():
    codes = {school.district_code for school in app().worlds._store.find(EcfSchool, "ecf")}  # noqa: SLF001
    assert codes == set(SEEDS["world"]["local_authorities"])


@pytest.mark.parametrize(
    "id_",
    [
        "nothing",
        partnership_id("partnered-with-another", "quarrington", 2025),
        partnership_id("relationship-only", "penhallow", 2025, relationship=True),
    ],
)
def test_a_partnership_of_somebody_else_and_a_relationship_are_not_found(id_: str):
    who = client(app())
    assert ask(who.app, "GET", f"{PATH}/{id_}", token=who.token).status == 404


@pytest.mark.parametrize("path", [PATH, f"{PATH}.csv", f"{PATH}/{PARTNERED}"])
def test_the_schools_need_the_token_of_a_lead_provider(path: str):
    assert ask(app(), "GET", path).status == 401


def test_the_file_has_the_active_schools_in_the_order_of_the_list():
    who = client(app())
    header, *rows = downloaded(who)
    assert header == ["urn", "name", "delivery_partner"]
    active = [each for each in listed(who).values() if not each["challenged_reason"]]
    assert rows == [[each["urn"], each["name"], each["delivery_partner"]] for each in active]


FORMULAS = ['=HYPERLINK("https://evil.example.com")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_cell_of_the_file_is_never_a_formula(changing: Client, name: str):
    store = changing.app.worlds._store  # noqa: SLF001
    school = store.get(EcfSchool, "ecf", seed_id("schools", "partnered"))
    partner = store.get(DeliveryPartner, "ecf", CURLEW)
    assert school
    assert partner
    store.put("ecf", msgspec.structs.replace(school, name=name), msgspec.structs.replace(partner, name=name))
    answer = ask(changing.app, "GET", f"{PATH}.csv", "cohort=2025", token=changing.token)
    rows = list(csv.reader(io.StringIO(answer.body.decode(), newline="")))
    (row,) = (each for each in rows if each[0] == "140171")
    assert row == ["140171", f"'{name}", f"'{name}"]


def statements_of(who: Client, path: str, query: str = "") -> int:
    """Count the statements of the database that a request takes."""
    with traced(who.app) as statements:
        get(who, path, query)
    return len(statements)


def test_a_longer_list_takes_no_more_statements_of_the_database():
    short, long = (statements_of(client(app()), PATH, f"cohort=2025&page[per_page]={n}") for n in (1, 100))
    assert long <= short + 1  # removals are only looked up where there is training
