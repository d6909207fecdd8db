"""A lead provider and a school use the service in Debian's chromium, which runs no script of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_visits import SMALL, WIDE
from chromium import NEEDS_CHROMIUM, chromium
from ecf_client import sandbox
from listening_sandbox import listening
from playwright.sync_api import Browser, Page

pytestmark = NEEDS_CHROMIUM
SCHOOLS = [("140101", "Applegarth Primary School"), ("140108", "Birkdale Academy")]


@pytest.fixture(scope="module")
def address(built_site: Path) -> Iterator[str]:
    with listening(sandbox(site=built_site)) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(params=[(WIDE, *SCHOOLS[0]), (SMALL, *SCHOOLS[1])], ids=["wide", "small"])
def walk(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[tuple[Page, str, str]]:
    """A tab on a wide or small screen, and the URN and name of a school."""
    screen, urn, name = request.param
    context = browser.new_context(base_url=address, viewport=screen, java_script_enabled=False)
    yield context.new_page(), urn, name
    context.close()


def test_a_lead_provider_confirms_a_school_that_challenges_and_is_confirmed_again(walk: tuple[Page, str, str]):
    tab, urn, name = walk
    sign_in(tab)
    upload(tab, f"{urn}\n999999\n140122\n")
    assert tab.get_by_role("heading", level=1).inner_text() == "Your CSV has errors"
    tab.get_by_role("button", name="Continue with 2 schools").click()
    tab.get_by_role("button", name="Remove Drystone Special School").click()
    assert tab.get_by_role("alert").inner_text().endswith("Drystone Special School has been removed")
    confirm(tab)
    challenge(tab, name)
    tab.goto("/dashboard")
    tab.get_by_role("link", name="Check your schools").click()
    row = tab.get_by_role("row").filter(has_text=name)
    assert "Reported error" in row.inner_text()
    row.get_by_role("link").first.click()
    assert "This looks like a mistake" in tab.locator("main").inner_text()
    tab.goto("/dashboard")
    upload(tab, f"{urn}\n")
    confirm(tab)
    tab.get_by_role("link", name="Check your schools").click()
    assert "Reported error" not in tab.get_by_role("row").filter(has_text=name).inner_text()


def sign_in(tab: Page, email: str = "morwenna.tresize@example.com") -> None:
    tab.goto("/dashboard")
    tab.get_by_role("button", name=email).click()
    tab.get_by_role("link", name="Open the outbox").click()
    tab.locator("a[href*=confirm_sign_in]").first.click()
    tab.get_by_role("button", name="Sign in").click()


def upload(tab: Page, content: str) -> None:
    tab.get_by_role("link", name="Confirm your schools for the 2025 to 2026 academic year").click()
    tab.get_by_role("button", name="Continue").click()
    tab.get_by_label("Kestrel Teaching School Hub").check()
    tab.get_by_role("button", name="Continue").click()
    file = {"name": "schools.csv", "mimeType": "text/csv", "buffer": content.encode()}
    tab.get_by_label("Upload a CSV file").set_input_files(file)
    tab.get_by_role("button", name="Upload and continue").click()


def confirm(tab: Page) -> None:
    tab.get_by_role("button", name="Confirm").click()
    assert "1 school confirmed for Kestrel Teaching School Hub" in tab.locator("main").inner_text()


def challenge(tab: Page, school: str) -> None:
    tab.goto("/_sandbox/outbox")
    email = tab.get_by_role("article").filter(has_text=school).first
    email.locator("a[href*=report-incorrect-partnership]").click()
    tab.get_by_label("This looks like a mistake").check()
    tab.get_by_role("button", name="Submit").click()
    assert "Your report has been submitted" in tab.locator("main").inner_text()
