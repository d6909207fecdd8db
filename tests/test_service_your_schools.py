"""The pages on which a lead provider reads about its schools."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from ecf_client import SEEDS, act, client, partnership_id, sandbox, seed_id
from service_browser import Browser, Shown

from lp_sandbox.app import App
from lp_sandbox.ecf.records import EcfSchool
from lp_sandbox.ecf.service.pagination import pagination

MORWENNA = "morwenna.tresize@example.com"
PATH = "/lead-providers/your-schools"
PARTNERED, RECENT = (partnership_id(name, "penhallow", 2025) for name in ("partnered", "recently-confirmed"))
EARLIER = partnership_id("partnered", "penhallow", 2024)
ROW = re.compile(r'<tr class="govuk-table__row" role="row">(.*?)</tr>', re.DOTALL)
LINK = re.compile(r'href="/lead-providers/partnerships/([^"]+)"')


@pytest.fixture(scope="module")
def morwenna(built_site: Path) -> Browser:
    """A user of Penhallow, in a world that these tests only read."""
    browser = Browser(sandbox(site=built_site))
    browser.sign_in(MORWENNA)
    return browser


@pytest.fixture
def changing(built_site: Path) -> Browser:
    """A user of Penhallow, in a world of the test's own."""
    browser = Browser(sandbox(site=built_site))
    browser.sign_in(MORWENNA)
    return browser


def rows(shown: Shown) -> dict[str, str]:
    """Each row of the table, by the id of its partnership."""
    return {id_: row for row in ROW.findall(shown.html) for id_ in LINK.findall(row)}


def pages(browser: Browser, query: str) -> list[Shown]:
    """Yield the pages of a list, by the link to the next page."""
    shown = [browser.get(f"{PATH}?{query}")]
    while "Next" in shown[-1].text:
        shown.append(browser.get(shown[-1].link("Next")))
    return shown


@pytest.mark.parametrize("cohort", [2021, 2025])
def test_the_pages_list_every_partnership_of_the_cohort_ten_at_a_time(morwenna: Browser, cohort: int):
    found = [list(rows(shown)) for shown in pages(morwenna, f"cohort={cohort}")]
    listed = [id_ for ids in found for id_ in ids]
    of_api = client(morwenna.app).ids("/partnerships/ecf", f"filter[cohort]={cohort}&page[per_page]=3000")
    assert sorted(listed) == sorted(of_api)
    assert {len(ids) for ids in found[:-1]} <= {10}
    assert 1 <= len(found[-1]) <= 10


def test_a_challenged_school_has_a_tag_with_the_reason_and_no_other_school_has_one(morwenna: Browser):
    of_api = client(morwenna.app).get("/partnerships/ecf", "filter[cohort]=2025&page[per_page]=3000")
    reasons = {each["id"]: each["attributes"]["challenged_reason"] for each in of_api}
    for shown in pages(morwenna, "cohort=2025"):
        for id_, row in rows(shown).items():
            assert ("Reported error" in row) == (reasons[id_] is not None)
            assert reasons[id_] is None or SEEDS["emails"]["reasons"][reasons[id_]] in row


def test_the_count_is_that_of_schools_without_a_challenge(changing: Browser):
    def count() -> int:
        found = re.search(r"(\d+) schools? recruited", changing.get(f"{PATH}?cohort=2025").text)
        assert found
        return int(found[1])

    before = count()
    act(changing.app, "administrator/challenge-partnership", partnership_id=PARTNERED, reason="mistake")
    assert count() == before - 1


def test_the_dashboard_shows_how_many_schools_of_each_cohort_have_reported_an_error(changing: Browser):
    words = r"(\d+) schools? ha(?:s|ve) reported that a confirmation for (\d+) is incorrect"

    def reported() -> Counter[str]:
        return Counter({year: int(number) for number, year in re.findall(words, changing.get("/dashboard").text)})

    before = reported()
    for partnership in (PARTNERED, RECENT, EARLIER):
        act(changing.app, "administrator/challenge-partnership", partnership_id=partnership, reason="mistake")
    assert reported() - before == {"2025": 2, "2024": 1}
    shown = changing.get(changing.get("/dashboard").link("a confirmation for 2024"))
    assert shown.heading == "Your schools"
    assert "cohort=2024" in shown.url


def test_each_cohort_of_the_lead_provider_has_a_tab_and_the_shown_one_is_marked(morwenna: Browser):
    shown = morwenna.get(f"{PATH}?cohort=2023")
    years = [f"{year} to {year + 1}" for year in (2025, 2024, 2023, 2022, 2021)]
    assert re.findall(r'app-tabs__link"[^>]*>([^<]+)<', shown.html) == years
    assert re.findall(r'aria-current="page">(\d{4} to \d{4})<', shown.html) == ["2023 to 2024"]


@pytest.mark.parametrize("words", ["jessamy", "140171", "%20JESSAMY%20"])
def test_a_search_finds_a_school(morwenna: Browser, words: str):
    assert list(rows(morwenna.get(f"{PATH}?cohort=2025&search={words}"))) == [PARTNERED]


def test_a_search_goes_on_over_its_pages(morwenna: Browser):
    found = pages(morwenna, "cohort=2025&search=kestrel")
    assert len(found) > 1
    assert all("Kestrel" in row for shown in found for row in rows(shown).values())


def test_a_search_that_finds_nothing_says_so(morwenna: Browser):
    shown = morwenna.get(f"{PATH}?cohort=2025&search=nowhere")
    assert "There are no matching results" in shown.text
    assert not rows(shown)
    assert 'value="nowhere"' in shown.html


def test_a_cohort_without_schools_says_so(morwenna: Browser):
    shown = morwenna.get(f"{PATH}?cohort=2022")
    assert shown.rows == []
    assert "You have no schools for 2022." in shown.text
    assert "There are no matching results" not in shown.text


@pytest.mark.parametrize("number", ["0", "-1", "x", "99", "1.5", "", "9" * 30])
def test_a_page_that_does_not_exist_is_not_found(morwenna: Browser, number: str):
    assert morwenna.get(f"{PATH}?page={number}").status == 404


def test_a_school_has_a_page_with_its_induction_tutor_and_numbers(morwenna: Browser):
    shown = morwenna.get(f"{PATH}?search=jessamy")
    school = morwenna.get(shown.link("Jessamy Park"))
    (seed,) = (each for each in SEEDS["schools"] if each["name"] == "partnered")
    assert school.heading == "Jessamy Park Primary School"
    for words in (
        seed["urn"],
        *seed["induction_tutor"].values(),
        "Curlew Teaching School Hub",
        "ECTs added",
        "Liverpool",
    ):
        assert words in school.text
    assert "Reported error" not in school.text


@pytest.mark.parametrize("reason", SEEDS["emails"]["reasons"])
def test_a_challenged_school_shows_the_reason_and_what_to_do(changing: Browser, reason: str):
    act(changing.app, "administrator/challenge-partnership", partnership_id=PARTNERED, reason=reason)
    shown = changing.get(f"/lead-providers/partnerships/{PARTNERED}")
    assert "This school reported they did not confirm an agreement with you" in shown.text
    assert f'They gave this reason: "{SEEDS["emails"]["reasons"][reason]}".' in shown.text
    assert "contact the school directly" in shown.text
    assert shown.link("add the school again") == "/lead-providers/report-schools/start?cohort=2025"


@pytest.mark.parametrize(
    "id_", ["nothing", partnership_id("partnered-with-another", "quarrington", 2025), "..%2F..", "%00", "a" * 2000]
)
def test_a_partnership_of_another_lead_provider_has_no_page(morwenna: Browser, id_: str):
    assert morwenna.get(f"/lead-providers/partnerships/{id_}").status == 404


def test_the_file_has_the_schools_of_the_cohort(morwenna: Browser):
    link = morwenna.get(f"{PATH}?cohort=2024").link("Download schools for 2024")
    answer = morwenna.get(link).answer
    headers = dict(answer.headers)
    assert headers[b"content-disposition"] == b'attachment; filename="schools-2024.csv"'
    assert answer.content_type.startswith("text/csv")
    found = list(csv.DictReader(io.StringIO(answer.body.decode())))
    of_api = client(morwenna.app).get("/partnerships/ecf", "filter[cohort]=2024&page[per_page]=3000")
    active = {each["attributes"]["urn"] for each in of_api if each["attributes"]["status"] == "active"}
    assert {each["urn"] for each in found} == active


@pytest.mark.parametrize("cohort", ["2020", "2030", "x", "%22"])
def test_a_cohort_of_other_lead_providers_has_no_file(morwenna: Browser, cohort: str):
    assert morwenna.get(f"{PATH}/{cohort}/schools.csv").status == 404


ODD = "<script>alert(1)</script>{{ 7 * 7 }}\"'&"


def rename(app: App, name: str) -> None:
    store = app.worlds._store  # noqa: SLF001
    school = store.get(EcfSchool, "ecf", seed_id("schools", "partnered"))
    assert school
    store.put("ecf", msgspec.structs.replace(school, name=name, induction_tutor_name=name))


def test_markup_in_a_name_is_text(changing: Browser):
    rename(changing.app, ODD)
    for url in (f"{PATH}?search=140171", f"/lead-providers/partnerships/{PARTNERED}", f"{PATH}?search={ODD}"):
        shown = changing.get(url)
        assert shown.status == 200
        assert "<script>alert" not in shown.html
    assert ODD in changing.get(f"/lead-providers/partnerships/{PARTNERED}").text


def test_the_pages_need_a_user_of_a_lead_provider(built_site: Path):
    app = sandbox(site=built_site)
    urls = (PATH, f"{PATH}/2025/schools.csv", f"/lead-providers/partnerships/{PARTNERED}")
    for url in urls:
        assert Browser(app).get(url).heading == "Sign in"
    rosalind = Browser(app)
    rosalind.sign_in("rosalind.ainscough@example.com")
    assert [rosalind.get(url).status for url in urls] == [404] * len(urls)


@pytest.mark.parametrize(
    ("number", "count", "expected"),
    [
        (1, 1, []),
        (1, 2, ["1*", "2"]),
        (2, 3, ["1", "2*", "3"]),
        (1, 5, ["1*", "2", "...", "5"]),
        (3, 5, ["1", "2", "3*", "4", "5"]),
        (5, 9, ["1", "...", "4", "5*", "6", "...", "9"]),
        (9, 9, ["1", "...", "8", "9*"]),
    ],
)
def test_a_long_list_links_to_its_ends_and_to_the_pages_beside(number: int, count: int, expected: list[str]):
    values = pagination("/list", {"search": "a b"}, number, count)
    items = values.get("items", ())
    shown = ["..." if each.get("ellipsis") else f"{each['number']}{'*' * each['current']}" for each in items]
    assert shown == expected
    assert ("previous" in values, "next" in values) == (number > 1, number < count)
    linked = [each for each in items if "number" in each]
    assert all(each["href"] == f"/list?search=a+b&page={each['number']}" for each in linked)
