"""What a browser makes of the pages of the service: axe, the keyboard, small screens, and what it complains of."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_visits import FLAGS_OF_VISITS, WIDE, Known, Reader, Visit, faults
from chromium import CHROMIUM, NEEDS_CHROMIUM
from ecf_client import sandbox
from listening_sandbox import listening
from playwright.async_api import Route, async_playwright
from service_browser import Browser
from service_page_list import EMPTY_FORMS, PAGES, prepare, shown_otherwise

from lp_sandbox.ecf.service import OF_ROLE, PUBLIC
from lp_sandbox.request.routes import Routes

pytestmark = NEEDS_CHROMIUM
WITHOUT_LINK = [f"an empty form of {page}" for pages in EMPTY_FORMS.values() for page in pages]
WITHOUT_LINK += ["no file", "an expired link", "a key"]
VISITED = [page for pages in PAGES.values() for page in pages] + WITHOUT_LINK


@pytest.fixture(scope="module")
def visited(built_site: Path) -> Mapping[str, Visit]:
    """What was seen of every page, by its users."""
    app = sandbox(site=built_site)
    cookies: dict[str, dict[str, str]] = {}
    for email in PAGES:
        browser = Browser(app)
        if email:
            browser.sign_in(email)
        cookies[email] = browser.cookies
    addresses = prepare(app)
    without_link = shown_otherwise(sandbox(site=built_site), sandbox(site=built_site, key="secret"))
    assert [*without_link] == WITHOUT_LINK
    with listening(app) as address, ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _visits(address, cookies, addresses, without_link)).result()


async def _visits(
    address: str,
    cookies: Mapping[str, Mapping[str, str]],
    addresses: Mapping[str, str],
    without_link: Mapping[str, str],
) -> Mapping[str, Visit]:
    seen, known = dict[str, Visit](), Known()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS_OF_VISITS)
        for email, pages in PAGES.items():
            context = await browser.new_context(base_url=address, viewport=WIDE)
            for name, value in cookies[email].items():
                await context.add_cookies([{"name": name, "value": value, "url": address}])
            tab = await context.new_page()
            reader = Reader(tab, await context.new_cdp_session(tab), known)
            for page in pages:
                seen[page] = await reader.visit(page.format_map(addresses))
            await context.close()
        tab = await browser.new_page(base_url=address, viewport=WIDE)
        reader = Reader(tab, await tab.context.new_cdp_session(tab), known)
        for name, html in without_link.items():
            await tab.route("**/shown", partial(_answer_with, html))
            seen[name] = await reader.visit("/shown")
    return seen


async def _answer_with(html: str, route: Route) -> None:
    await route.fulfill(body=html, content_type="text/html")


def test_axe_finds_nothing(visited: Mapping[str, Visit]):
    assert faults(visited, lambda seen: {name: found for name, found in seen.axe.items() if found}) == {}


def test_a_page_fits_on_small_screens_and_with_text_spaced_out(visited: Mapping[str, Visit]):
    assert faults(visited, lambda seen: {name: found for name, found in seen.too_wide.items() if found}) == {}


def test_the_browser_complains_of_nothing_and_requests_nothing_from_other_hosts(visited: Mapping[str, Visit]):
    def elsewhere(seen: Visit) -> list[str]:
        own = ("http://127.0.0.1:", "data:", "blob:")
        return [url for url in seen.requested if not url.startswith(own)]

    assert faults(visited, lambda seen: [*seen.said, *elsewhere(seen)]) == {}


def has_errors(seen: Visit) -> bool:
    return "There is a problem" in seen.words


def test_the_keyboard_begins_with_the_link_to_the_main_part_or_with_the_errors(visited: Mapping[str, Visit]):
    def wrong_start(seen: Visit) -> str:
        first = seen.walk[0]["html"]
        is_right = 'href="#' in first and (has_errors(seen) or "Skip to main content" in first)
        return "" if is_right else first

    assert faults(visited, wrong_start) == {}


def test_the_keyboard_reaches_everything_in_its_order(visited: Mapping[str, Visit]):
    def out_of_order(seen: Visit) -> list[int]:
        numbers = [step["number"] for step in seen.walk[:-1]]
        in_order = numbers == list(range(1, seen.focusable + 1))
        return [] if in_order or has_errors(seen) else numbers  # beside errors the walk begins in the middle

    assert faults(visited, out_of_order) == {}


def test_what_has_the_focus_is_marked_and_in_sight(visited: Mapping[str, Visit]):
    def hidden(seen: Visit) -> list[str]:
        reached = [step for step in seen.walk[:-1] if not step["html"].startswith("<body")]
        return [step["html"] for step in reached if not step["marked"] or not step["seen"] or step["covered"]]

    assert faults(visited, hidden) == {}


def test_no_message_names_a_place_in_json(visited: Mapping[str, Visit]):
    assert [page for page, seen in visited.items() if "#/" in seen.words] == []


def test_a_page_says_the_same_without_a_script(visited: Mapping[str, Visit]):
    assert [page for page, seen in visited.items() if seen.words_without_script != seen.words] == []


def test_every_page_of_the_list_was_visited(visited: Mapping[str, Visit]):
    assert sorted(visited) == sorted(VISITED)


REDIRECTS = {"GET /admin", "GET /finance"}
NOT_VISITED = {
    "GET /lead-providers/report-schools": "It shows the same as its start.",
    "GET /users/sandbox_key": "Only a sandbox with a key has it, so it is visited without its address.",
    "GET /admin/suppliers/new": "It is the page of a supplier, with nothing filled in.",
    "GET /report-incorrect-partnership/link-expired": "It is visited without its address, after a month.",
}


def test_every_page_is_visited(built_site: Path):
    lines = [line for table in (PUBLIC, *OF_ROLE.values()) for line in table if line.startswith("GET ")]
    pages = [line for line in lines if not line.endswith(".csv") and line not in NOT_VISITED]
    routes = Routes((*line.split(" "), line) for line in pages)
    addresses = prepare(sandbox(site=built_site))
    found = [routes.find("GET", urlsplit(page.format_map(addresses)).path) for page in VISITED]
    assert {each[0] for each in found if each} == {*pages} - REDIRECTS
