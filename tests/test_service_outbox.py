"""The outbox as a page, and who can see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ecf_client import ask, client, sandbox, seed_id
from service_browser import Browser
from test_service_sign_in import MORWENNA, magic_link, use

from lp_sandbox.app import App
from lp_sandbox.ecf.service.outbox import EMAILS_ON_A_PAGE

FRESH, KESTREL = seed_id("schools", "fresh"), seed_id("delivery-partners", "kestrel-hub")
OUTBOX = "/_sandbox/outbox"


@pytest.fixture
def app(built_site: Path) -> App:
    return sandbox(site=built_site)


@pytest.fixture
def browser(app: App) -> Browser:
    return Browser(app)


def confirm(app: App) -> None:
    """Confirm a partnership with a school, which gets an email."""
    choice = {"cohort": "2025", "school_id": FRESH, "delivery_partner_id": KESTREL}
    client(app).done("POST", "/partnerships/ecf", **choice)


def test_a_browser_gets_a_page_and_other_programs_get_json(browser: Browser):
    assert browser.get(OUTBOX).title == "Outbox"
    for accept in ("*/*", "application/json", ""):
        answer = browser.send("GET", OUTBOX, b"", {"accept": accept})
        assert (answer.content_type.partition(";")[0], json.loads(answer.body)) == ("application/json", {"data": []})


def test_the_newest_email_is_first(browser: Browser):
    confirm(browser.app)
    magic_link(browser)
    text = browser.get(OUTBOX).text
    assert text.index("Link to sign in") < text.index("Training provider confirmed")
    assert "would have sent 2 emails" in text


def test_links_name_the_world(browser: Browser):
    for world in ("fork", "ecf"):
        if world == "fork":
            assert ask(browser.app, "POST", "worlds/ecf/fork", content=b'{"id": "fork"}').status == 201
        browser.post(f"/users/sign_in?world={world}", {"email": MORWENNA})
        shown = browser.get(f"{OUTBOX}?world={world}")
        link = shown.link("/users/confirm_sign_in")
        assert link.endswith(f"&world={world}")
        assert browser.get(link).title == "Sign in"


def test_the_page_is_about_the_world_of_the_session_or_the_one_in_the_address(browser: Browser):
    assert ask(browser.app, "POST", "worlds/ecf/fork", content=b'{"id": "fork"}').status == 201
    use(browser, magic_link(browser, world="fork"))
    assert "would have sent 1 email " in browser.get(OUTBOX).text
    assert "would have sent 0 emails" in browser.get(f"{OUTBOX}?world=ecf").text
    assert "Show the emails of this world ecf fork" in browser.get(OUTBOX).text


def test_a_page_has_a_limited_number_of_emails(browser: Browser):
    for number in range(EMAILS_ON_A_PAGE + 1):
        browser.post("/users/sign_in", {"email": f"nobody-{number}@example.com"})
    first = browser.get(OUTBOX)
    assert (first.title, "nobody-0@" in first.text) == ("Outbox (page 1 of 2)", False)
    second = browser.get(first.link("Older"))
    assert (second.title, second.text.count("To nobody-")) == ("Outbox (page 2 of 2)", 1)
    assert browser.get(second.link("Newer")).text == first.text
    for page in ("0", "-1", "99999999999999999999", "x", ""):
        assert browser.get(f"{OUTBOX}?page={page}").status == 200


def test_markup_in_an_email_is_shown_as_it_is(browser: Browser):
    browser.post("/users/sign_in", {"email": "<script>alert(1)</script>@example.com"})
    shown = browser.get(OUTBOX)
    assert "<script>alert" not in shown.html
    assert "<script>alert(1)</script>@example.com" in shown.text


def test_readers_on_other_machines_do_not_see_the_outbox(app: App):
    shown = Browser(app, client="192.0.2.1").get(OUTBOX)
    assert (shown.status, shown.title) == (403, "You cannot see the emails of this sandbox")


def test_the_key_opens_the_outbox_to_a_browser(built_site: Path):
    browser = Browser(sandbox(site=built_site, key="open sésame"), client="192.0.2.1")
    form = browser.get(OUTBOX)
    assert form.title == "Enter the key of the sandbox"
    wrong = browser.post(form.url, {"key": "open"})
    assert (wrong.errors, browser.cookies) == ([("key", "Enter the key with which the sandbox was started")], {})
    assert browser.post(form.url, {"key": " open sésame "}).title == "Outbox"
    assert MORWENNA in browser.get("/users/sign_in").text
    assert browser.send("GET", OUTBOX, b"", {"accept": "*/*"}).status == 403
    browser.cookies = dict.fromkeys(browser.cookies, "guessed")
    assert browser.get(OUTBOX).title == "Enter the key of the sandbox"


def test_without_a_key_there_is_no_page_to_enter_one(browser: Browser):
    assert browser.get("/users/sandbox_key").status == 404
    assert browser.post("/users/sandbox_key", {"key": ""}).status == 404


def test_every_link_in_an_email_works(browser: Browser):
    confirm(browser.app)
    magic_link(browser)
    emails = browser.get(OUTBOX)
    assert browser.get(emails.link("/users/sign_in")).status == 200
    assert browser.get("/nominations?token=x").heading == "Nominate an induction tutor"
