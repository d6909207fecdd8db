"""The pages of an administrator: schools and their cohorts, programmes, challenges and suppliers."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from ecf_client import SEEDS, client, outbox, partnership_id, sandbox, seed_id
from service_browser import Browser, Shown, text_of

from lp_sandbox.ecf.records import EcfSchool

ROSALIND = "rosalind.ainscough@example.com"
SCHOOLS, SUPPLIERS = "/admin/schools", "/admin/suppliers"
PARTNERED, FRESH = seed_id("schools", "partnered"), seed_id("schools", "fresh")
PARTNERSHIP = partnership_id("partnered", "penhallow", 2025)
CHALLENGE = f"{SCHOOLS}/{PARTNERED}/partnerships/{PARTNERSHIP}/challenge-partnership"
CARD = re.compile(r'<div class="govuk-summary-card">(.*?)</dl>', re.DOTALL)
NEW = f"{SUPPLIERS}/new"
PENHALLOW, QUARRINGTON = seed_id("lead-providers", "penhallow"), seed_id("lead-providers", "quarrington")


@pytest.fixture(scope="module")
def rosalind(built_site: Path) -> Browser:
    """An administrator, in a world that these tests only read."""
    browser = Browser(sandbox(site=built_site))
    browser.sign_in(ROSALIND)
    return browser


@pytest.fixture
def changing(built_site: Path) -> Browser:
    """An administrator, in a world of the test's own."""
    browser = Browser(sandbox(site=built_site))
    browser.sign_in(ROSALIND)
    return browser


def cohort(shown: Shown, year: int) -> str:
    """What the page of a school says about a cohort."""
    return next(text for text in map(text_of, CARD.findall(shown.html)) if text.startswith(f"Cohort {year} "))


def test_an_administrator_begins_with_the_schools(built_site: Path):
    browser = Browser(sandbox(site=built_site))
    assert browser.sign_in(ROSALIND).heading == "Schools"


def test_a_search_finds_a_school_with_its_cohorts(rosalind: Browser):
    found = rosalind.get(f"{SCHOOLS}?search=jessamy")
    assert "1 school" in found.text
    shown = rosalind.get(found.link("Jessamy Park"))
    assert shown.heading == "Jessamy Park Primary School"
    years = re.findall(r"Cohort (\d{4})\s*</h3>", shown.html)
    assert years == sorted((str(each["year"]) for each in SEEDS["cohorts"]), reverse=True)
    for words in ("Provider-led", "Bittern Teaching School Hub", "Curlew Teaching School Hub", "Penhallow Teaching"):
        assert words in cohort(shown, 2025)
    assert "Not yet known" in cohort(shown, 2021)


def test_every_school_is_on_one_page_of_the_list(rosalind: Browser):
    found: list[str] = []
    shown = rosalind.get(SCHOOLS)
    while True:
        found += re.findall(rf'href="{SCHOOLS}/([0-9a-f-]{{36}})"', shown.html)
        if "Next" not in shown.text:
            break
        shown = rosalind.get(shown.link("Next"))
    schools = {school.id for school in rosalind.app.worlds._store.find(EcfSchool, "ecf")}  # noqa: SLF001
    assert len(found) == len(schools)
    assert set(found) == schools


def test_a_search_that_finds_nothing_says_so(rosalind: Browser):
    assert "There are no matching results" in rosalind.get(f"{SCHOOLS}?search=nowhere").text


@pytest.mark.parametrize(
    "url",
    [
        f"{SCHOOLS}/nothing",
        f"{SCHOOLS}?page=999",
        f"{SCHOOLS}/{PARTNERED}/cohorts/2019/programme",
        f"{SCHOOLS}/nothing/cohorts/2025/programme",
        f"{SCHOOLS}/nothing/partnerships/{PARTNERSHIP}/challenge-partnership",
        f"{SUPPLIERS}/nothing",
    ],
)
def test_what_is_not_there_is_not_found(rosalind: Browser, url: str):
    assert rosalind.get(url).status == 404


@pytest.mark.parametrize("reason", SEEDS["emails"]["reasons"])
def test_an_administrator_challenges_a_partnership_after_its_deadline(changing: Browser, reason: str):
    shown = changing.get(f"{SCHOOLS}/{PARTNERED}")
    assert changing.get(shown.link("Challenge partnership")).url == CHALLENGE
    after = changing.post(CHALLENGE, {"reason": reason})
    assert after.heading == "Jessamy Park Primary School"
    assert "Penhallow" not in cohort(after, 2025)
    attributes = client(changing.app).get(f"/partnerships/ecf/{PARTNERSHIP}")["attributes"]
    assert (attributes["status"], attributes["challenged_reason"]) == ("challenged", reason)
    assert outbox(changing.app)[-1]["template"] == "partnership_challenged_email"


def test_a_challenge_needs_a_reason(rosalind: Browser):
    shown = rosalind.post(CHALLENGE, {})
    expected = [("reason", "Select a reason why you think this confirmation is incorrect")]
    assert (shown.status, shown.errors) == (422, expected)
    assert shown.title.startswith("Error: ")
    assert 'id="reason"' in shown.html


def test_to_challenge_twice_changes_nothing(changing: Browser):
    first = changing.post(CHALLENGE, {"reason": "mistake"})
    emails = len(outbox(changing.app))
    second = changing.post(CHALLENGE, {"reason": "no_ects"})
    assert second.html == first.html
    assert changing.get(CHALLENGE).html == first.html
    assert len(outbox(changing.app)) == emails


def test_an_administrator_sets_a_programme_and_the_appropriate_body(changing: Browser):
    before = changing.get(f"{SCHOOLS}/{FRESH}")
    assert "Not yet known" in cohort(before, 2025)
    form = changing.get(before.link("Set programme"))
    given = {"programme": "school_led", "appropriate_body": "Avocet Teaching School Hub"}
    after = changing.post(form.url, given)
    assert after.heading == before.heading
    for words in ("School-led", "Avocet Teaching School Hub"):
        assert words in cohort(after, 2025)
    again = changing.get(after.link("Change programme"))
    assert re.search(r'value="school_led" checked', again.html)
    assert "Avocet Teaching School Hub" in again.html
    shown = client(changing.app).get(f"/schools/ecf/{FRESH}", "filter[cohort]=2025")["attributes"]
    assert shown["induction_programme_choice"] == "school_led"


def test_the_programmes_of_the_form_are_those_of_the_contract_in_words(rosalind: Browser):
    shown = rosalind.get(f"{SCHOOLS}/{FRESH}/cohorts/2025/programme")
    for words in ("Provider-led", "School-led", "Not yet known", "No ECTs this year"):
        assert words in shown.text


def test_an_unknown_programme_is_refused(rosalind: Browser):
    shown = rosalind.post(f"{SCHOOLS}/{FRESH}/cohorts/2025/programme", {"programme": "magic"})
    assert shown.status == 422
    assert len(shown.errors) == 1


def test_a_new_delivery_partner_can_be_chosen_by_its_lead_providers(changing: Browser):
    assert changing.get(changing.get(SUPPLIERS).link("Add a new delivery partner")).url == NEW
    given = {"name": "Heron Hub", f"lead_provider.{PENHALLOW}": "yes", "cohort.2025": "yes", "cohort.2024": "yes"}
    after = changing.post(NEW, given)
    assert after.heading == "Suppliers"
    assert "Heron Hub Penhallow Teaching Institute: 2024, 2025" in after.text
    partners = client(changing.app).get("/delivery-partners", "page[per_page]=3000")
    (partner,) = (each for each in partners if each["attributes"]["name"] == "Heron Hub")
    assert partner["attributes"]["cohort"] == ["2024", "2025"]


def test_a_delivery_partner_can_be_updated_with_a_lead_provider(changing: Browser):
    form = changing.get(changing.get(SUPPLIERS).link("Whimbrel"))
    after = changing.post(form.url, {f"lead_provider.{QUARRINGTON}": "yes", "cohort.2025": "yes"})
    assert "Whimbrel Teaching School Hub Quarrington Education Trust: 2025" in after.text


def test_a_delivery_partner_that_is_refused_keeps_what_was_filled_in(rosalind: Browser):
    name = "Kestrel Teaching School Hub"
    shown = rosalind.post(NEW, {"name": name, f"lead_provider.{QUARRINGTON}": "yes", "cohort.2024": "yes"})
    assert (shown.status, shown.errors) == (422, [("name", "There is another delivery partner with this name.")])
    assert f'value="{name}"' in shown.html
    assert set(re.findall(r'name="([^"]+)" type="checkbox" value="yes" checked', shown.html)) == {
        f"lead_provider.{QUARRINGTON}",
        "cohort.2024",
    }


def test_markup_in_names_is_text(changing: Browser):
    name = "<script>alert(1)</script>\"'"
    store = changing.app.worlds._store  # noqa: SLF001
    school = store.get(EcfSchool, "ecf", PARTNERED)
    assert school
    store.put("ecf", msgspec.structs.replace(school, name=name))
    changing.post(NEW, {"name": name, f"lead_provider.{PENHALLOW}": "yes", "cohort.2025": "yes"})
    changing.post(
        f"{SCHOOLS}/{PARTNERED}/cohorts/2025/programme", {"programme": "provider_led", "appropriate_body": name}
    )
    for url in (f"{SCHOOLS}?search={name}", f"{SCHOOLS}/{PARTNERED}", CHALLENGE, SUPPLIERS):
        shown = changing.get(url)
        assert shown.status == 200
        assert "<script>alert" not in shown.html
        assert "<script>alert(1)</script>" in shown.text


@pytest.mark.parametrize("email", ["", "morwenna.tresize@example.com", "dominic.featherstone@example.com"])
def test_only_an_administrator_sees_and_changes_anything(built_site: Path, email: str):
    browser = Browser(sandbox(site=built_site))
    if email:
        browser.sign_in(email)
    for url in ("/admin", SCHOOLS, f"{SCHOOLS}/{PARTNERED}", CHALLENGE, SUPPLIERS):
        shown = browser.get(url)
        assert shown.status == 404 if email else shown.heading == "Sign in"
    browser.post(CHALLENGE, {"reason": "mistake"})
    assert client(browser.app).get(f"/partnerships/ecf/{PARTNERSHIP}")["attributes"]["status"] == "active"
