"""A school challenges a partnership in the service, and the lead provider confirms the school again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ecf_client import SEEDS, act, ask, client, outbox, sandbox, seed_id
from service_browser import Browser, Shown
from test_service_report_schools import confirm, statuses, upload
from test_service_sign_in import magic_link, use

from lp_sandbox.app import App

START = "/report-incorrect-partnership"
REASONS = SEEDS["emails"]["reasons"]
FRESH, KESTREL = seed_id("schools", "fresh"), seed_id("delivery-partners", "kestrel-hub")
ECT = {"participant_type": "ect", "start_date": "2025-09-08", "date_of_birth": "1990-05-05"}
ALL = "page[per_page]=3000"
NO_REASON = [("reason", "Select a reason why you think this confirmation is incorrect")]


@pytest.fixture
def app(built_site: Path) -> App:
    return sandbox(site=built_site)


@pytest.fixture
def school(app: App) -> Browser:
    """The browser of a school with which a lead provider has just confirmed a partnership."""
    choice = {"cohort": "2025", "school_id": FRESH, "delivery_partner_id": KESTREL}
    client(app).done("POST", "/partnerships/ecf", **choice)
    return Browser(app)


def link(browser: Browser) -> str:
    """The challenge link in the last email of the outbox that has one."""
    return browser.get("/_sandbox/outbox").link(START)


def report(browser: Browser, shown: Shown, reason: str = "mistake") -> Shown:
    return browser.post(shown.form("Submit"), {"reason": reason})


def test_the_page_says_what_was_confirmed_and_offers_the_reasons(school: Browser):
    shown = school.get(link(school))
    assert (shown.status, shown.errors) == (200, [])
    words = [
        "Applegarth Primary School, URN 140101",
        "Penhallow Teaching Institute",
        "Kestrel Teaching School Hub",
        "2025 to 2026",
        "29 October 2025",
        *REASONS.values(),
    ]
    assert [each for each in words if each not in shown.text] == []


@pytest.mark.parametrize("reason", REASONS)
def test_a_school_challenges_a_partnership_with_each_reason(school: Browser, reason: str):
    shown = report(school, school.get(link(school)), reason)
    assert shown.heading == "Your report has been submitted"
    assert statuses(school.app)["140101"] == "challenged"
    message = outbox(school.app)[-1]
    assert message["template"] == "partnership_challenged_email"
    assert f'"{REASONS[reason]}"' in message["body"]


@pytest.mark.parametrize("reason", ["", "other", "<b>"])
def test_without_a_reason_nothing_is_challenged(school: Browser, reason: str):
    shown = report(school, school.get(link(school)), reason)
    assert (shown.status, shown.errors) == (422, NO_REASON)
    assert shown.title == "Error: Report that the confirmation is incorrect"
    assert statuses(school.app)["140101"] == "active"


def test_opening_the_link_challenges_nothing(school: Browser):
    for _ in range(2):
        assert school.get(link(school)).status == 200
    assert statuses(school.app)["140101"] == "active"
    assert len(outbox(school.app)) == 1


def test_a_partnership_is_challenged_once(school: Browser):
    page = school.get(link(school))
    report(school, page)
    before = outbox(school.app)
    assert report(school, page, "no_ects").title == "Someone at your school has already reported this"
    assert school.get(page.url).title == "Someone at your school has already reported this"
    assert outbox(school.app) == before


def test_an_expired_link_challenges_nothing(school: Browser):
    page = school.get(link(school))
    answer = ask(school.app, "POST", "clock/advance", content=json.dumps({"duration": "P14D"}).encode())
    assert answer.status == 200
    for shown in (school.get(page.url), report(school, page)):
        assert (shown.title, shown.heading) == ("This link has expired", "This link has expired")
    assert statuses(school.app)["140101"] == "active"


def test_a_challenged_partnership_says_so_also_after_the_deadline(school: Browser):
    page = school.get(link(school))
    report(school, page)
    ask(school.app, "POST", "clock/advance", content=json.dumps({"duration": "P14D"}).encode())
    assert school.get(page.url).title == "Someone at your school has already reported this"


@pytest.mark.parametrize("page", ["/already-challenged", "/link-expired", "/success"])
def test_a_page_that_does_not_apply_redirects_to_the_form(school: Browser, page: str):
    shown = school.get(link(school).replace(START, START + page))
    assert shown.title == "Report that the confirmation is incorrect"


@pytest.mark.parametrize("token", ["", "nothing", "a/b", "%2E%2E", "%3Cb%3E"])
def test_an_unknown_token_is_not_found(school: Browser, token: str):
    for page in ("", "/already-challenged", "/link-expired", "/success"):
        assert school.get(f"{START}{page}?token={token}").status == 404
    assert school.post(f"{START}?token={token}", {"reason": "mistake"}).status == 404


def test_the_token_of_a_link_to_sign_in_challenges_nothing(school: Browser):
    token = magic_link(school).partition("token=")[2]
    assert school.get(f"{START}?token={token}").status == 404


@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}])
def test_a_form_of_another_site_challenges_nothing(school: Browser, headers: dict[str, str]):
    shown = school.get(link(school))
    assert school.post(shown.url, {"reason": "mistake"}, **headers).status == 403
    assert statuses(school.app)["140101"] == "active"


def test_a_link_challenges_in_the_world_that_it_names_only(school: Browser):
    assert ask(school.app, "POST", "worlds/ecf/fork", content=b'{"id": "fork"}').status == 201
    there = school.get("/_sandbox/outbox?world=fork").link(START)
    assert report(school, school.get(there)).heading == "Your report has been submitted"
    assert statuses(school.app)["140101"] == "active"
    assert school.get(there).title == "Someone at your school has already reported this"


def test_a_link_without_a_world_means_the_same_world_after_somebody_signs_in_to_another_one(school: Browser):
    page = school.get(link(school).partition("&world=")[0])
    assert ask(school.app, "POST", "worlds/ecf/fork", content=b'{"id": "fork"}').status == 201
    use(school, magic_link(school, world="fork"))
    assert report(school, page).heading == "Your report has been submitted"
    assert statuses(school.app)["140101"] == "challenged"


def test_the_school_can_be_confirmed_again_after_a_challenge(app: App):
    provider, school = Browser(app), Browser(app)
    use(provider, magic_link(provider))
    confirm(provider, upload(provider, b"140101"))
    ect = act(app, "school/add-participant", school_id=FRESH, **ECT)["id"]
    assert ect in client(app).ids("/participants/ecf", ALL)
    report(school, school.get(link(school)))
    assert statuses(app)["140101"] == "challenged"
    assert ect not in client(app).ids("/participants/ecf", ALL)
    again = confirm(provider, upload(provider, b"140101"))
    assert again.heading == "1 school confirmed for Kestrel Teaching School Hub"
    assert statuses(app)["140101"] == "active"
    assert ect in client(app).ids("/participants/ecf", ALL)
