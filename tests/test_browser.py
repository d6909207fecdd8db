"""What a reader's browser makes of the site: Debian's chromium, with axe."""

from __future__ import annotations

import mimetypes
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from site_parts import contracts, whole_site

from generator.addresses import tag

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PARTNERSHIPS = "/guidance/create-view-and-update-partnerships/"
SWAGGER = "/api/docs/v3/"
KINDS = [
    "/",
    "/404.html",
    SWAGGER,
    "/differences/",
    "/errors/",
    "/guidance/",
    PARTNERSHIPS,
    "/guidance/using-the-sandbox/",
    "/reference/",
    "/reference/participants/",
    "/sandbox/",
    "/sandbox/errors/",
    "/sandbox/worlds/",
    "/scenarios/",
]
"""One page of each kind."""
PAGES = sorted({*KINDS, *(tag(each, op.tag) for each in contracts() for op in each.operations.values())})
SMALL = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="THERE IS NO CHROMIUM: say `make browser` to install it"),
]


class Site(BaseHTTPRequestHandler):
    """Serves the built site from memory."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        data = whole_site().get(name)
        self.send_response(200 if data is not None else 404)
        self.send_header("Content-Type", mimetypes.guess_type(name)[0] or "text/plain")
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    whole_site()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport=WIDE)
    yield context.new_page()
    context.close()


@pytest.fixture
def tab_without_script(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport=SMALL, java_script_enabled=False)
    yield context.new_page()
    context.close()


def words(tab: Page) -> str:
    return " ".join(tab.locator("main").text_content().split())


@pytest.mark.parametrize("page", KINDS)
def test_axe_finds_nothing(page: str, tab: Page):
    tab.goto(page)
    # Swagger UI's own markup, a second <main> among it, is not ours to mend. The same page has our list of operations.
    rules = {"landmark-no-duplicate-main": {"enabled": page != SWAGGER}}
    result = Axe().run(tab, context={"exclude": [["#swagger-ui"]]}, options={"runOnly": WCAG, "rules": rules})
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_overflows_on_a_screen_320_pixels_wide(page: str, tab: Page):
    tab.set_viewport_size(SMALL)
    tab.goto(page)
    tab.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert tab.evaluate("document.documentElement.scrollWidth") == SMALL["width"]
    outside = """() => [...document.querySelectorAll('main *:not(#swagger-ui *):not(.govuk-visually-hidden)')]
        .filter(part => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest('thead'))
        .map(part => part.outerHTML.slice(0, 120))"""
    assert tab.evaluate(outside) == []


def test_all_text_of_a_page_is_there_without_a_script(tab: Page, tab_without_script: Page):
    for page in (PARTNERSHIPS, "/errors/", "/reference/partnerships/", "/scenarios/"):
        tab.goto(page)
        tab_without_script.goto(page)
        assert words(tab) == words(tab_without_script)


def test_a_language_that_is_chosen_for_one_request_is_chosen_for_all_and_the_page_stays_where_it_is(tab: Page):
    tab.goto(PARTNERSHIPS)
    name = tab.locator(".app-forms__name", has_text="Python").nth(5)
    name.scroll_into_view_if_needed()
    before = name.bounding_box()
    name.click()
    tab.wait_for_function("!document.querySelector('.app-forms__form:first-child[open]')")
    shown = tab.evaluate("[...document.querySelectorAll('.app-forms__form[open]')].map(form => form.innerText)")
    assert len(shown) == tab.locator(".app-forms").count() > 10
    assert all("import requests" in text for text in shown)
    assert abs(name.bounding_box()["y"] - before["y"]) < 1


def test_each_form_of_a_request_can_be_opened_without_a_script(tab_without_script: Page):
    tab_without_script.goto(PARTNERSHIPS)
    forms = tab_without_script.locator(".app-forms").first
    for name, code in (("curl", "curl "), ("Python", "import requests"), ("Ruby", 'require "net/http"')):
        forms.locator(".app-forms__name", has_text=name).click()
        assert code in forms.inner_text()


def test_the_menu_is_open_without_a_script(tab_without_script: Page):
    tab_without_script.goto("/")
    assert tab_without_script.get_by_role("link", name="Reference").first.is_visible()


@pytest.mark.parametrize("page", [PARTNERSHIPS, SWAGGER])
def test_the_page_asks_no_other_host_and_breaks_no_policy(page: str, tab: Page, address: str):
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(page, wait_until="networkidle")
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)
    assert said == []


LINKS = {
    "#/Delivery%20Partners/getDeliveryPartners": "operations-Delivery_Partners-getDeliveryPartners",
    "#/Partnerships/post_api_v3_partnerships": "operations-Partnerships-createPartnership",
    "#/Delivery%20Partners/get_api_v3_delivery_partners__id_": "operations-Delivery_Partners-getDeliveryPartner",
}


@pytest.mark.parametrize("link", LINKS)
def test_a_deep_link_opens_its_operation_in_swagger_ui(link: str, tab: Page):
    tab.goto(SWAGGER + link)
    opened = tab.locator(".opblock.is-open")
    opened.wait_for()
    assert opened.get_attribute("id") == LINKS[link]
    tab.wait_for_function(f"Math.abs(document.getElementById('{LINKS[link]}').getBoundingClientRect().top) < 60")


def test_swagger_ui_shows_the_parameters_and_an_example_for_each_rule(tab: Page):
    tab.goto(SWAGGER + "#/Partnerships/createPartnership")
    tab.locator(".opblock.is-open .parameter__name").first.wait_for()
    assert "X-With-Server-Date" in tab.locator(".opblock.is-open").inner_text()
    assert tab.locator(".opblock.is-open option", has_text="The cohort starts after today.").count() == 1


@pytest.mark.parametrize("link", LINKS)
def test_a_deep_link_goes_to_the_list_without_a_script(link: str, tab_without_script: Page):
    tab_without_script.goto(SWAGGER + link)
    target = tab_without_script.locator(":target")
    box = target.bounding_box()
    assert box is not None
    assert -1 <= box["y"] < SMALL["height"]


def test_the_skip_link_comes_first(tab: Page):
    tab.goto(PARTNERSHIPS)
    tab.keyboard.press("Tab")
    focused = partial(tab.evaluate, "document.activeElement.textContent.trim()")
    assert focused() == "Skip to main content"
