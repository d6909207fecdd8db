"""Who can open which page of the service: every line of its tables is tried."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from ecf_client import sandbox
from service_browser import Browser
from service_page_list import PAGES as PAGES_OF

from lp_sandbox.app import App
from lp_sandbox.ecf.service import OF_ROLE, PUBLIC
from lp_sandbox.ecf.service.users import ADMINISTRATOR, FINANCE, LEAD_PROVIDER
from lp_sandbox.worlds.store.sqlite import SqliteStore

USERS = {
    LEAD_PROVIDER: "morwenna.tresize@example.com",
    ADMINISTRATOR: "rosalind.ainscough@example.com",
    FINANCE: "dominic.featherstone@example.com",
}
FROM_ANOTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PAGES = [(role, *line.split(" ")) for role, pages in OF_ROLE.items() for line in pages]
FORMS = [
    *(each for each in PAGES if each[1] == "POST"),
    *(("", *line.split(" ")) for line in PUBLIC if line.startswith("POST")),
]


@cache
def app(site: Path) -> App:
    """A sandbox that these tests do not change, except for its sessions."""
    return sandbox(site=site)


@cache
def browser(site: Path, role: str) -> Browser:
    """The browser of a user with a role, or of nobody."""
    found = Browser(app(site))
    if role:
        found.sign_in(USERS[role])
    return found


def url_of(path: str) -> str:
    return re.sub(r"\{\w+\}", "nothing", path)


def changes(site: Path) -> int:
    return cast("SqliteStore", app(site).worlds._store).connection.db.total_changes  # noqa: SLF001


def test_every_role_has_pages_and_a_user():
    assert OF_ROLE.keys() == USERS.keys()


@pytest.mark.parametrize(("role", "method", "path"), PAGES)
def test_a_page_of_a_role_is_not_there_for_other_users(built_site: Path, role: str, method: str, path: str):
    others = [browser(built_site, each) for each in USERS if each != role]
    before = changes(built_site)
    for other in others:
        assert other.send(method, url_of(path), b"reason=mistake&checks_done=yes", FORM).status == 404
    assert changes(built_site) == before


@pytest.mark.parametrize(("role", "method", "path"), PAGES)
def test_a_page_of_a_role_redirects_others_to_the_page_to_sign_in(built_site: Path, role: str, method: str, path: str):
    answer = browser(built_site, "").send(method, url_of(path), b"", FORM)
    assert answer.status == 303
    assert dict(answer.headers)[b"location"].startswith(b"/users/sign_in?")


def test_a_page_of_another_user_says_why_it_is_missing(built_site: Path):
    shown = browser(built_site, ADMINISTRATOR).get("/lead-providers/your-schools")
    assert (shown.status, shown.title) == (404, "Page not found")
    assert "It may also be a page for other users. You are Rosalind Ainscough of DfE (administrator)." in shown.text
    assert "for other users" not in browser(built_site, "").get("/report-incorrect-partnership?token=no").text


@pytest.mark.parametrize(("role", "method", "path"), FORMS)
def test_a_form_of_another_site_has_no_effect(built_site: Path, role: str, method: str, path: str):
    sender = browser(built_site, role)
    before = changes(built_site)
    for headers in ({each: value} for each, value in FROM_ANOTHER_SITE.items()):
        answer = sender.send(method, url_of(path), b"email=a@example.com&satisfaction=neither", {**FORM, **headers})
        assert answer.status == 403
    assert changes(built_site) == before


def test_every_form_names_the_user_that_it_was_made_for(built_site: Path):
    """So another tab, in which somebody signs in again, cannot change who acts, or in which world."""
    forms = re.compile(r'<form[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)
    pages = [
        (browser(built_site, role), url) for role, user in USERS.items() for url in PAGES_OF[user] if url[0] == "/"
    ]
    found = [form for reader, url in pages for form in forms.findall(reader.get(url).html)]
    changing = [form for form in found if "/users/sign_out" not in form]
    assert len(changing) > len(USERS)
    assert [form for form in changing if 'name="made_for" value="ecf/' not in form] == []
