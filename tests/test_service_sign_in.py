"""Signing in to the lead provider service: links that work once, and sessions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ecf_client import ask, outbox, sandbox, seed_id
from service_browser import Browser

from lp_sandbox.app import App
from lp_sandbox.ecf import emails
from lp_sandbox.ecf.records import SignInLink

MORWENNA, GIDEON = "morwenna.tresize@example.com", "gideon.achterberg@example.com"
PENHALLOW, QUARRINGTON = "Penhallow Teaching Institute", "Quarrington Education Trust"
KESTREL = seed_id("delivery-partners", "kestrel-hub")
NOT_AN_ADDRESS = [("email", "Enter an email address in the correct format, like name@example.com")]


@pytest.fixture
def app(built_site: Path) -> App:
    return sandbox(site=built_site)


@pytest.fixture
def browser(app: App) -> Browser:
    return Browser(app)


def magic_link(browser: Browser, email: str = MORWENNA, world: str = "ecf", return_to: str = "") -> str:
    """The link in the email that the service sends."""
    shown = browser.post(f"/users/sign_in?world={world}&return_to={return_to}", {"email": email})
    assert shown.title == "Check your email"
    answer = ask(browser.app, "GET", "outbox", f"world={world}")
    last = json.loads(answer.body)["data"][-1]["attributes"]
    assert (last["template"], last["to"].casefold()) == ("sign_in_email", email.strip().casefold())
    return f"{last['links'][0]['href']}&world={world}"


def use(browser: Browser, link: str):
    """Open a link, and press its button."""
    shown = browser.get(link)
    assert shown.title == "Sign in", shown.text
    return browser.post(link, {"token": link.partition("token=")[2].partition("&")[0]})


def set_up_world(app: App, method: str, path: str, body: object = None) -> None:
    answer = ask(app, method, path, content=b"" if body is None else json.dumps(body).encode())
    assert answer.status < 300, answer


def test_a_user_signs_in_with_the_link_in_an_email(browser: Browser):
    shown = use(browser, magic_link(browser, f" {MORWENNA.upper()} "))
    assert (shown.url.partition("8000")[2] or shown.url, shown.heading) == ("/dashboard", PENHALLOW)
    assert [email["template"] for email in outbox(browser.app)] == ["sign_in_email"]
    years = ["2025 to 2026", "2024 to 2025", "2023 to 2024", "2022 to 2023", "2021 to 2022"]
    links = [f"Confirm your schools for the {year} academic year" for year in years]
    assert [words for words in links if words in shown.text] == links


def test_opening_the_link_signs_nobody_in(browser: Browser):
    link = magic_link(browser)
    assert browser.get(link).title == browser.get(link).title == "Sign in"
    assert browser.cookies == {}
    assert use(browser, link).heading == PENHALLOW


def test_a_link_works_once(browser: Browser, app: App):
    link = magic_link(browser)
    use(browser, link)
    other = Browser(app)
    assert other.get(link).title == "This link cannot be used"
    assert other.post(link, {"token": link[-36:-4]}).title == "This link cannot be used"
    assert other.cookies == {}


@pytest.mark.parametrize(("seconds", "title"), [(86_399, "Sign in"), (86_400, "This link cannot be used")])
def test_a_link_works_for_24_hours_by_the_clock_of_the_world(browser: Browser, app: App, seconds: int, title: str):
    link = magic_link(browser)
    set_up_world(app, "POST", "clock/advance", {"duration": f"PT{seconds}S"})
    assert browser.get(link).title == title


def test_nobody_can_work_out_a_link_from_the_seed_of_its_world(built_site: Path):
    links = {magic_link(Browser(sandbox(site=built_site))) for _ in range(2)}
    assert len(links) == 2


@pytest.mark.parametrize("token", ["", "nothing", "%00", "a" * 500])
def test_an_unknown_link_signs_nobody_in(browser: Browser, token: str):
    assert browser.get(f"/users/confirm_sign_in?token={token}").title == "This link cannot be used"
    assert browser.post("/users/confirm_sign_in", {"token": token}).title == "This link cannot be used"


def test_an_unknown_address_gets_the_same_page_and_an_email_without_a_link(browser: Browser):
    known = browser.post("/users/sign_in", {"email": MORWENNA})
    unknown = browser.post("/users/sign_in", {"email": "nobody@example.com"})
    assert unknown.html == known.html
    assert [(email["template"], email["to"], len(email["links"])) for email in outbox(browser.app)] == [
        ("sign_in_email", MORWENNA, 1),
        ("access_info_email", "nobody@example.com", 0),
    ]


@pytest.mark.parametrize(
    "email", ["", " ", "nobody", "@example.com", "nobody@", "a b@example.com", "a@\tb", "a@" + "b" * 253]
)
def test_an_invalid_address_gets_an_error_and_no_email(browser: Browser, email: str):
    shown = browser.post("/users/sign_in", {"email": email})
    assert (shown.status, shown.errors, shown.title) == (422, NOT_AN_ADDRESS, "Error: Sign in")
    assert outbox(browser.app) == []


def test_a_page_that_needs_a_user_redirects_to_the_page_to_sign_in_and_back(browser: Browser):
    shown = browser.get("/dashboard?x=1")
    assert shown.url.endswith("/users/sign_in?world=ecf&return_to=%2Fdashboard%3Fx%3D1")
    shown = use(browser, magic_link(browser, return_to="%2Fdashboard%3Fx%3D1"))
    assert shown.url.endswith("/dashboard?x=1")


@pytest.mark.parametrize(
    "link", ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%2F%0D%0Aa"]
)
def test_a_link_to_another_site_is_not_followed_after_signing_in(browser: Browser, link: str):
    assert use(browser, magic_link(browser, return_to=link)).url.endswith("/dashboard")


def test_signing_in_begins_a_session_under_a_new_id(browser: Browser):
    browser.cookies["lp_service_session"] = "chosen-by-somebody-else"
    use(browser, magic_link(browser))
    first = browser.cookies["lp_service_session"]
    use(browser, magic_link(browser, GIDEON))
    second = browser.cookies["lp_service_session"]
    assert len({first, second, "chosen-by-somebody-else"}) == 3
    assert browser.get("/dashboard").heading == QUARRINGTON
    browser.cookies["lp_service_session"] = first
    assert browser.get("/dashboard").title == "Sign in"


def test_scripts_and_other_sites_cannot_use_the_cookie(browser: Browser):
    link = magic_link(browser)
    answer = browser.send("POST", link, f"token={link.partition('token=')[2].partition('&')[0]}".encode(), {})
    (cookie,) = [value.decode() for name, value in answer.headers if name == b"set-cookie"]
    assert cookie.partition("; ")[2] == "Path=/; HttpOnly; SameSite=Lax"


def test_signing_out_ends_the_session(browser: Browser):
    use(browser, magic_link(browser))
    session = browser.cookies["lp_service_session"]
    assert browser.post("/users/sign_out").title == "Sign in"
    assert browser.cookies["lp_service_session"] == ""
    browser.cookies["lp_service_session"] = session
    assert browser.get("/dashboard").title == "Sign in"


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}]
)
@pytest.mark.parametrize("path", ["/users/sign_in", "/users/confirm_sign_in", "/users/sign_out"])
def test_a_form_of_another_site_has_no_effect(browser: Browser, path: str, headers: dict[str, str]):
    link = magic_link(browser)
    token = link.partition("token=")[2].partition("&")[0]
    before = len(outbox(browser.app))
    shown = browser.post(path, {"email": MORWENNA, "token": token}, **headers)
    assert (shown.status, shown.title) == (403, "There is a problem with the form")
    assert (len(outbox(browser.app)), browser.cookies) == (before, {})
    assert use(browser, link).heading == PENHALLOW


def test_the_users_of_a_world_are_shown_to_readers_who_can_use_the_controls(app: App, built_site: Path):
    assert MORWENNA in Browser(app).get("/users/sign_in").text
    elsewhere = Browser(app, client="192.0.2.1")
    assert "@example.com" not in elsewhere.get("/users/sign_in").text
    behind_a_key = Browser(sandbox(site=built_site, key="secret"))
    assert "@example.com" not in behind_a_key.get("/users/sign_in").text


def test_a_session_stays_when_its_world_is_reset_or_a_snapshot_is_restored(browser: Browser, app: App):
    set_up_world(app, "POST", "worlds/ecf/snapshots", {"id": "before"})
    use(browser, magic_link(browser))
    set_up_world(app, "POST", "worlds/ecf/snapshots/before/restore")
    assert browser.get("/dashboard").heading == PENHALLOW
    set_up_world(app, "POST", "worlds/ecf/reset")
    assert browser.get("/dashboard").heading == PENHALLOW


def test_a_restored_snapshot_brings_no_session_back(browser: Browser, app: App):
    use(browser, magic_link(browser))
    session = browser.cookies["lp_service_session"]
    set_up_world(app, "POST", "worlds/ecf/snapshots", {"id": "signed-in"})
    browser.post("/users/sign_out")
    set_up_world(app, "POST", "worlds/ecf/snapshots/signed-in/restore")
    browser.cookies["lp_service_session"] = session
    assert browser.get("/dashboard").title == "Sign in"


def test_a_session_opens_its_own_world_only(browser: Browser, app: App):
    use(browser, magic_link(browser))
    set_up_world(app, "POST", "worlds/ecf/fork", {"id": "fork"})
    assert browser.get("/dashboard?world=fork").title == "Sign in"
    assert "World fork" in browser.get("/users/sign_in?world=fork").html.replace("<strong>", "")
    use(browser, magic_link(browser, GIDEON, world="fork"))
    assert browser.get("/dashboard").heading == QUARRINGTON


@pytest.mark.parametrize("world", ["ecf", "fork"])
def test_a_form_of_an_earlier_sign_in_changes_nothing(browser: Browser, app: App, world: str):
    use(browser, magic_link(browser))
    page = f"/lead-providers/report-schools/csv?cohort=2025&delivery_partner={KESTREL}"
    check = browser.upload(page, "schools.csv", b"140101")
    made_for = re.search(r'name="made_for" value="([^"]*)"', check.html)
    assert made_for
    set_up_world(app, "POST", "worlds/ecf/fork", {"id": "fork"})
    use(browser, magic_link(browser, MORWENNA if world == "fork" else GIDEON, world=world))
    for url in (check.form("Confirm"), check.form("Remove")):
        shown = browser.post(url, {"made_for": made_for[1], "urn": "140101"})
        assert (shown.status, shown.title) == (409, "You have signed in again since you opened this page")
    assert len(outbox(app)) == (2 if world == "ecf" else 1)
    use(browser, magic_link(browser))
    shown = browser.post(check.form("Confirm"), {"made_for": made_for[1]})
    assert shown.heading == "1 school confirmed for Kestrel Teaching School Hub"


@pytest.mark.parametrize(("path", "body"), [("worlds", {"size": "small"}), ("worlds/ecf/fork", {})])
def test_a_session_of_a_removed_world_opens_no_other_world_of_its_name(app: App, path: str, body: dict[str, str]):
    browser = Browser(app)
    set_up_world(app, "POST", path, {"id": "short", **body})
    use(browser, magic_link(browser, world="short"))
    assert browser.get("/dashboard").heading == PENHALLOW
    set_up_world(app, "DELETE", "worlds/short")
    assert browser.get("/dashboard").title == "Sign in"
    set_up_world(app, "POST", path, {"id": "short", **body})
    assert browser.get("/dashboard").title == "Sign in"


def test_an_unknown_world_is_not_found(browser: Browser):
    for path in ("/users/sign_in", "/dashboard", "/lead-providers"):
        shown = browser.get(f"{path}?world=nowhere")
        assert (shown.status, shown.title) == (404, "Page not found")


def test_the_address_of_a_user_cannot_add_markup(browser: Browser):
    shown = browser.post("/users/sign_in", {"email": '"><script>alert(1)</script>'})
    assert "<script>alert" not in shown.html
    assert "&lt;script&gt;alert" in shown.html


def test_strangers_cannot_fill_a_world_with_emails_or_push_out_the_links_of_users(
    app: App, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(emails, "MOST_EMAILS", 2)
    browser = Browser(app, client="192.0.2.1")
    for email in (GIDEON, MORWENNA, GIDEON, "a@example.com", "b@example.com", "c@example.com"):
        browser.post("/users/sign_in", {"email": email})
        browser.post("/lead-providers/feedback", {"satisfaction": "neither", "comments": email})
    kept = [email["to"] for email in outbox(app) if email["template"] != "feedback_email"]
    assert kept == [MORWENNA, GIDEON, "b@example.com", "c@example.com"]
    assert len(outbox(app)) == 6
    for link in [email["links"][0]["href"] for email in outbox(app) if email["links"]]:
        assert browser.get(link).title == "Sign in"
    assert len(app.worlds._store.rows(SignInLink, ("token",), "ecf")) == 2  # noqa: SLF001


def test_links_to_sign_in_differ(app: App):
    browser = Browser(app)
    links = {magic_link(browser, email) for email in (MORWENNA, MORWENNA, GIDEON)}
    assert len(links) == 3


def test_without_a_built_site_the_service_says_that_pages_are_missing():
    shown = Browser(sandbox()).get("/users/sign_in")
    assert shown.status == 404
    assert "This sandbox has no guidance pages." in shown.html
