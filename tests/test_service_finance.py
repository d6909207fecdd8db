"""The pages of finance: participants, statements, and the payment of one."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ecf_client import SEEDS, ask, client, sandbox, scenario
from service_browser import Browser

from lp_sandbox.ecf.records import EcfParticipant

DOMINIC = "dominic.featherstone@example.com"
STATEMENT = next(each["id"] for each in SEEDS["statements"]["named"] if each["cohort"] == 2024)
PAGE = f"/finance/statements/{STATEMENT}"
OF_PENHALLOW = "/finance/statements?lead_provider=Penhallow+Teaching+Institute"
PAYABLE = scenario("ect-with-a-payable-declaration")
CHECKED = {"checks_done": "yes"}


@pytest.fixture(scope="module")
def dominic(built_site: Path) -> Browser:
    """A user of finance, in a world that these tests only read."""
    browser = Browser(sandbox(site=built_site))
    browser.sign_in(DOMINIC)
    return browser


@pytest.fixture
def changing(built_site: Path) -> Browser:
    """A user of finance, in a world of the test's own."""
    browser = Browser(sandbox(site=built_site))
    browser.sign_in(DOMINIC)
    return browser


@pytest.mark.parametrize(
    "search",
    [
        PAYABLE["participants"]["ect"],
        PAYABLE["participants"]["ect"].upper(),
        PAYABLE["declarations"]["ect-retained-3"],
        f"%20{PAYABLE['participants']['ect']}%20",
    ],
)
def test_a_search_finds_the_participant_with_programme_and_providers(dominic: Browser, search: str):
    name = client(dominic.app).get(f"/participants/ecf/{PAYABLE['participants']['ect']}")["attributes"]["full_name"]
    found = dominic.get(f"/finance/participants?search={search}")
    shown = dominic.get(found.link(name))
    assert shown.heading == name
    for words in ("Provider-led", "Penhallow Teaching Institute", "Kestrel Teaching School Hub"):
        assert words in shown.text


def test_school_led_training_has_no_lead_provider(dominic: Browser):
    shown = dominic.get(f"/finance/participants/{scenario('mentor-you-do-not-train')['participants']['mentor']}")
    assert "Training programme School-led Lead provider None Delivery partner None" in shown.text


def test_somebody_in_two_roles_has_training_in_both(dominic: Browser):
    shown = dominic.get(f"/finance/participants/{scenario('ect-who-became-a-mentor')['participants']['both']}")
    assert re.findall(r"Training as (an ECT|a mentor)\s*</h2>", shown.html) == ["an ECT", "a mentor"]


IN_TRAINING = scenario("ect-in-training")["participants"]["ect"]
TRAINING_STATUS = f"/finance/participants/{IN_TRAINING}/ect/training-status"


def enrolment(browser: Browser) -> Any:
    return client(browser.app).get(f"/participants/ecf/{IN_TRAINING}")["attributes"]["ecf_enrolments"][0]


@pytest.mark.parametrize(
    ("status", "reason", "event"),
    [("deferred", "career-break", "deferral"), ("withdrawn", "moved-school", "withdrawal")],
)
def test_finance_changes_a_training_status_and_changes_it_back(changing: Browser, status: str, reason: str, event: str):
    form = changing.get(changing.get(f"/finance/participants/{IN_TRAINING}").link("Change training status"))
    assert form.url == TRAINING_STATUS
    given = {"training_status": status, f"reason.{status}": reason}
    assert f"Training status {status.capitalize()}" in changing.post(form.url, given).text
    shown = enrolment(changing)
    assert (shown["training_status"], shown[event]["reason"]) == (status, reason)
    back = changing.post(form.url, {"training_status": "active", f"reason.{status}": reason})
    assert "Training status Active" in back.text
    assert enrolment(changing)["training_status"] == "active"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"training_status": "deferred"},
            ("reason", "The reason must be one that lead providers can give for this status."),
        ),
        ({"training_status": "active"}, ("training_status", "The training status is already active.")),
    ],
)
def test_a_training_status_that_is_refused_says_why(dominic: Browser, given: dict[str, str], expected: tuple[str, str]):
    shown = dominic.post(TRAINING_STATUS, given)
    assert (shown.status, shown.errors) == (422, [expected])
    assert f'id="{expected[0]}"' in shown.html
    assert f'value="{given["training_status"]}" checked' in shown.html


def test_school_led_training_has_no_status_to_change(dominic: Browser):
    mentor = scenario("mentor-you-do-not-train")["participants"]["mentor"]
    assert "Change training status" not in dominic.get(f"/finance/participants/{mentor}").text
    assert dominic.get(f"/finance/participants/{mentor}/ect/training-status").status == 404


@pytest.mark.parametrize("search", ["", "nobody", "%00", "<b>"])
def test_a_search_without_participants_says_so(dominic: Browser, search: str):
    assert "There are no matching results" in dominic.get(f"/finance/participants?search={search}").text
    assert "There are no matching results" not in dominic.get("/finance/participants").text


def test_finance_chooses_a_lead_provider_and_sees_its_statements_that_can_be_paid(dominic: Browser):
    every = dominic.get("/finance/statements")
    for each in SEEDS["lead-providers"]:
        assert each["full_name"] in every.text
    shown = dominic.get(every.link("Penhallow"))
    assert shown.heading == "Statements of Penhallow Teaching Institute"
    assert PAGE in re.findall(r'href="([^"]+)"', shown.html)


@pytest.mark.parametrize("state", ["open", "payable", "paid"])
def test_each_state_lists_its_statements(dominic: Browser, state: str):
    shown = dominic.get(f"{OF_PENHALLOW}&state={state}")
    query = f"lead_provider=Penhallow+Teaching+Institute&state={state}"
    answer = ask(dominic.app, "GET", "actors/finance/statements", query)
    expected = [each["id"] for each in msgspec.json.decode(answer.body)["data"]]
    assert re.findall(r'href="/finance/statements/([0-9a-f-]{36})"', shown.html) == expected != []


@pytest.mark.parametrize(
    "url",
    [
        f"{OF_PENHALLOW}&state=lost",
        "/finance/statements?lead_provider=Nobody",
        "/finance/statements/nothing",
        "/finance/statements/nothing/declarations.csv",
        "/finance/participants/nothing",
    ],
)
def test_what_is_not_there_is_not_found(dominic: Browser, url: str):
    assert dominic.get(url).status == 404


def test_the_declarations_of_a_statement_are_a_file_with_their_providers(dominic: Browser):
    answer = dominic.get(dominic.get(PAGE).link("Download declarations")).answer
    assert answer.content_type.startswith("text/csv")
    disposition = dict(answer.headers)[b"content-disposition"].decode()
    assert disposition == f'attachment; filename="declarations-{STATEMENT}.csv"'
    found = list(csv.DictReader(io.StringIO(answer.body.decode())))
    (row,) = (each for each in found if each["id"] == PAYABLE["declarations"]["ect-retained-3"])
    assert (row["lead_provider"], row["delivery_partner"]) == (
        "Penhallow Teaching Institute",
        "Kestrel Teaching School Hub",
    )


def test_finance_pays_a_statement_when_all_checks_are_done(changing: Browser):
    shown = changing.post(PAGE, CHECKED)
    assert "State Paid" in shown.text
    assert "Authorise" not in shown.text
    declaration = PAYABLE["declarations"]["ect-retained-3"]
    attributes = client(changing.app).get(f"/participant-declarations/{declaration}")["attributes"]
    assert attributes["state"] == "paid"


def test_a_statement_is_not_paid_before_the_checks_are_done(dominic: Browser):
    shown = dominic.post(PAGE, {})
    expected = [("checks_done", "Confirm that all checks of the statement are done.")]
    assert (shown.status, shown.errors, shown.title[:7]) == (422, expected, "Error: ")
    assert 'id="checks_done"' in shown.html
    assert "State Payable" in dominic.get(PAGE).text


def test_to_pay_twice_says_that_the_statement_is_paid(changing: Browser):
    changing.post(PAGE, CHECKED)
    shown = changing.post(PAGE, CHECKED)
    assert (shown.status, shown.errors) == (422, [("statement_id", "The statement is already paid.")])
    assert 'id="statement_id"' in shown.html


def test_markup_in_a_name_is_text(changing: Browser):
    store = changing.app.worlds._store  # noqa: SLF001
    participant = store.get(EcfParticipant, "ecf", PAYABLE["participants"]["ect"])
    assert participant
    store.put("ecf", msgspec.structs.replace(participant, full_name="<script>alert(1)</script>"))
    for url in (f"/finance/participants?search={participant.id}", f"/finance/participants/{participant.id}"):
        shown = changing.get(url)
        assert "<script>alert" not in shown.html
        assert "<script>alert(1)</script>" in shown.text


@pytest.mark.parametrize("email", ["", "morwenna.tresize@example.com", "rosalind.ainscough@example.com"])
def test_only_finance_sees_and_pays_anything(built_site: Path, email: str):
    browser = Browser(sandbox(site=built_site))
    if email:
        browser.sign_in(email)
    for url in ("/finance", "/finance/participants", OF_PENHALLOW, PAGE, f"{PAGE}/declarations.csv"):
        shown = browser.get(url)
        assert shown.status == 404 if email else shown.heading == "Sign in"
    browser.post(PAGE, CHECKED)
    assert client(browser.app).get(f"/statements/{STATEMENT}")["attributes"]["paid"] is False
