"""Help with the service: the guide to files, contact details, feedback, and where the links of the pages lead."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from ecf_client import ecf, outbox, refusals, sandbox
from service_browser import Browser
from service_page_list import PAGES

from lp_sandbox.app import App

FEEDBACK = "/lead-providers/feedback"
SUPPORT = "continuing-professional-development@digital.education.gov.uk"
NOT_CHOSEN = [("satisfaction", "Select how satisfied you are with the service")]
TOO_LONG = [("comments", "Your comments must be 500 characters or fewer")]
SATISFACTIONS = ecf().contract.seeds["emails"]["satisfactions"]


@pytest.fixture(scope="module")
def app(built_site: Path) -> App:
    """A sandbox that these tests only read."""
    return sandbox(site=built_site)


@pytest.fixture
def anybody(built_site: Path) -> Browser:
    return Browser(sandbox(site=built_site))


def test_the_guide_is_for_anybody_and_explains_every_error_of_a_row_and_what_to_do(app: App):
    shown = Browser(app).get("/lead-providers/partnership-guide")
    rules = [rule for rule in ecf().contract.operations["createPartnership"].rules if rule.in_file]
    assert len(rules) == 6
    for rule in rules:
        assert f"{rule.in_file} {' '.join(str(rule.in_file_remedy).split())}" in shown.text


@pytest.mark.parametrize("url", ["/lead-providers", "/lead-providers/partnership-guide"])
def test_the_pages_for_anybody_say_how_to_get_help(app: App, url: str):
    shown = Browser(app).get(url)
    for words in (SUPPORT, "Slack", "Guidance on the API", "Updates to the API"):
        assert words in shown.text
    assert shown.link("Give feedback on") == f"{FEEDBACK}?world=ecf"


@pytest.mark.parametrize("email", PAGES)
def test_every_user_begins_with_the_start_button(app: App, email: str):
    start = Browser(app).get("/lead-providers").link("Start now")
    browser = Browser(app)
    home = browser.sign_in(email).heading if email else "Sign in"
    assert browser.get(start).heading == home
    assert "Get help or give feedback on this service" in browser.get(start).text


@pytest.mark.parametrize("satisfaction", SATISFACTIONS)
def test_feedback_is_an_email_in_the_outbox(anybody: Browser, satisfaction: str):
    shown = anybody.post(FEEDBACK, {"satisfaction": satisfaction, "comments": "A {name} of\r\n<b>ours</b>"})
    assert shown.heading == "Feedback sent"
    (email,) = outbox(anybody.app)
    assert (email["to"], email["template"]) == (SUPPORT, "feedback_email")
    assert SATISFACTIONS[satisfaction] in email["subject"]
    assert email["body"].endswith("\n\nA {name} of\n<b>ours</b>\n")


def test_the_outbox_shows_feedback_as_text(anybody: Browser):
    anybody.post(FEEDBACK, {"satisfaction": "neither", "comments": "<script>alert(1)</script>"})
    shown = anybody.get("/_sandbox/outbox")
    assert "<script>alert" not in shown.html
    assert "<script>alert(1)</script>" in shown.text


def test_feedback_needs_no_comments(anybody: Browser):
    assert anybody.post(FEEDBACK, {"satisfaction": "neither"}).heading == "Feedback sent"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("satisfaction", "Select how satisfied you are with the service")]),
        ({"satisfaction": "overjoyed"}, [("satisfaction", "Select how satisfied you are with the service")]),
        (
            {"satisfaction": "neither", "comments": "x" * 501},
            [("comments", "Your comments must be 500 characters or fewer")],
        ),
    ],
)
def test_feedback_that_cannot_be_sent_says_why_and_keeps_the_comments(
    app: App, given: dict[str, str], expected: list[tuple[str, str]]
):
    shown = Browser(app).post(FEEDBACK, {"comments": "Keep me", **given})
    assert (shown.status, shown.errors, shown.title[:7]) == (422, expected, "Error: ")
    assert f'id="{expected[0][0]}"' in shown.html
    assert given.get("comments", "Keep me") in shown.html
    assert refusals(app, "feedback", **{"comments": "", **given}) == expected


def test_feedback_goes_to_the_world_of_the_link(anybody: Browser):
    world = anybody.app.worlds.get("ecf")
    assert world
    fork = anybody.app.worlds.fork(world)
    anybody.post(f"{FEEDBACK}?world={fork.id}", {"satisfaction": "satisfied"})
    assert outbox(anybody.app) == []


def test_feedback_from_another_site_is_refused(anybody: Browser):
    shown = anybody.post(
        FEEDBACK, {"satisfaction": "neither"}, origin="https://evil.example", sec_fetch_site="cross-site"
    )
    assert shown.status == 403
    assert outbox(anybody.app) == []


@pytest.mark.parametrize("email", PAGES)
def test_every_link_on_a_page_has_a_page(app: App, email: str):
    browser = Browser(app)
    if email:
        browser.sign_in(email)
    seen: set[str] = set()
    for url in PAGES[email]:
        for href in re.findall(r'<a\b[^>]*?href="([^"]+)"', browser.get(url).html):
            address = urlsplit(href.replace("&amp;", "&"))
            target = address.path + (f"?{address.query}" if address.query else "")
            if address.scheme or not address.path or target in seen:
                continue
            seen.add(target)
            assert browser.get(target).status == 200, f"{url} leads to {href}"
