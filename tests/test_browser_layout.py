"""What a reader sees of long code, tables and answers on a small and on a wide screen. No test needs a sandbox."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from browser_visits import SMALL, SWAGGER, WIDE
from chromium import NEEDS_CHROMIUM, chromium
from names_on_screen import BROKEN_NAMES
from playwright.sync_api import Browser, Page, Route
from site_helpers import whole_site

PARTICIPANT = "/reference/participants/getParticipant/"
STATES = "/guidance/api-data-states/"
USES_TERMS = "/guidance/what-lead-providers-do/"
VERSIONS = "/ecf/versions/"
NARROWEST = 280
"""Pixels of a box whose text can be read."""
pytestmark = NEEDS_CHROMIUM
Open = Callable[..., Page]
"""Opens a page of the site on a screen."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    contexts = []

    def go(url: str, screen: dict[str, int] = WIDE, **options: object) -> Page:
        context = browser.new_context(base_url="http://localhost", viewport=screen, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.route("**/*", _answer)
        tab.goto(url)
        return tab

    yield go
    for context in contexts:
        context.close()


def _answer(route: Route) -> None:
    path = urlsplit(route.request.url).path
    name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
    data = whole_site().get(name)
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    route.fulfill(status=404 if data is None else 200, content_type=kind, body=data or b"")


# The menu, headings and the way back


def test_the_menu_stays_in_sight_and_scrolls_by_itself(visit: Open):
    tab = visit(STATES, {"width": 1280, "height": 500})
    menu = tab.locator(".app-nav")
    assert menu.locator("[aria-current]").is_visible()
    tab.evaluate("scrollTo(0, 3000)")
    box = menu.bounding_box()
    assert box["y"] == 0
    assert box["height"] < 500
    assert menu.evaluate("menu => menu.scrollHeight > menu.clientHeight")


def test_a_small_screen_opens_the_pages_of_the_section_without_a_script(visit: Open):
    tab = visit(STATES, SMALL, java_script_enabled=False)
    menu = tab.get_by_role("navigation", name="Pages")
    assert menu.get_by_role("link").count() == 0
    menu.locator("summary").click()
    assert menu.get_by_role("link", name="Get started").is_visible()
    assert not menu.get_by_role("link", name="Scenarios").is_visible()


def test_a_heading_is_a_link_to_itself_and_is_read_out_as_before(visit: Open):
    tab = visit(STATES)
    heading = tab.locator("main h2[id]").first
    link = heading.get_by_role("link", name=heading.inner_text(), exact=True)
    mark = "link => getComputedStyle(link, '::after').content"
    assert link.evaluate(mark) == "none"
    link.hover()
    assert "#" in link.evaluate(mark)
    tab.mouse.move(0, 0)
    link.focus()
    assert "#" in link.evaluate(mark)
    link.click()
    assert tab.url.endswith(f"#{heading.get_attribute('id')}")


@pytest.mark.parametrize("screen", [SMALL, WIDE], ids=["small", "wide"])
def test_a_link_scrolls_back_to_the_top(screen: dict[str, int], visit: Open):
    tab = visit(STATES, screen)
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.get_by_role("link", name="Back to top").click()
    assert tab.evaluate("scrollY") == 0


# Terms of the glossary


def test_a_term_is_explained_where_it_is_used_without_a_script_or_a_mouse(visit: Open):
    tab = visit(USES_TERMS, SMALL, java_script_enabled=False)
    term = tab.get_by_role("button", name="delivery partners")
    explanation = tab.get_by_text("An organisation that delivers training")
    assert not explanation.is_visible()
    term.focus()
    tab.keyboard.press("Enter")
    assert explanation.is_visible()
    box = explanation.locator("..").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= SMALL["width"]
    tab.keyboard.press("Tab")
    assert tab.get_by_role("link", name="See all terms").first.evaluate("link => link.matches(':focus')")
    tab.keyboard.press("Escape")
    assert not explanation.is_visible()


@pytest.mark.parametrize("screen", [SMALL, WIDE], ids=["small", "wide"])
def test_an_explanation_is_on_the_screen_wide_enough_to_read_and_leaves_its_term_in_sight(
    visit: Open, screen: dict[str, int]
):
    tab = visit(PARTICIPANT, screen)
    terms = [term for term in tab.locator("main .app-term").all() if term.is_visible()]
    assert len(terms) > 5
    for term in terms:
        term.click()
        seen, of = (each.bounding_box() for each in (tab.locator(".app-term__text:popover-open"), term))
        assert 0 <= seen["x"] <= seen["x"] + seen["width"] <= screen["width"], term.inner_text()
        assert 0 <= seen["y"] <= seen["y"] + seen["height"] <= screen["height"], term.inner_text()
        assert seen["width"] >= NARROWEST, term.inner_text()
        assert seen["y"] >= of["y"] + of["height"] or seen["y"] + seen["height"] <= of["y"], term.inner_text()
        tab.keyboard.press("Escape")


# Code


SPLIT = """() => {
  const found = [], isOfWord = letter => /[A-Za-z0-9]/.test(letter);
  for (const code of document.querySelectorAll("main code:not(pre code)")) {
    let last = "", top = null;
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) for (let at = 0; at < text.data.length; at++) {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const box = range.getClientRects()[0];
      const isInWord = isOfWord(last) && isOfWord(text.data[at]);
      if (box && top !== null && box.top > top + 5 && isInWord) found.push(code.textContent);
      if (box) [last, top] = [text.data[at], box.top];
    }
  }
  return found;
}"""
"""Finds code that is split within a word."""


@pytest.mark.parametrize("screen", [SMALL, WIDE], ids=["small", "wide"])
def test_no_long_name_is_split_within_a_word(screen: dict[str, int], visit: Open):
    tab = visit(PARTICIPANT, screen)
    found = []
    for url in (PARTICIPANT, VERSIONS):
        tab.goto(url)
        found += tab.evaluate(SPLIT)
    assert found == []


ADD_STYLE = """style => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
}"""
INLINE = ".app-code, .app-part { display: inline !important; }"


@pytest.mark.parametrize("page", [PARTICIPANT, VERSIONS])
def test_a_wide_screen_shows_each_name_that_fits_on_one_line(page: str, visit: Open):
    assert visit(page).evaluate(BROKEN_NAMES) == []


def test_names_that_are_broken_without_need_are_found(visit: Open):
    tab = visit(PARTICIPANT, SMALL)
    assert tab.evaluate(BROKEN_NAMES) == []
    tab.evaluate(ADD_STYLE, INLINE)
    assert "teacher_reference_number" in tab.evaluate(BROKEN_NAMES)


LEFT = """line => {
  const range = document.createRange();
  range.selectNodeContents(line);
  return [...range.getClientRects()].filter(box => box.width > 1).map(box => [box.top, box.left]);
}"""


def test_what_continues_a_line_of_json_is_right_of_where_the_line_begins(visit: Open):
    tab = visit(PARTICIPANT, SMALL)
    line = tab.locator(".app-line", has_text="teacher_reference_number").last
    indent = line.text_content().index('"')
    letter = line.evaluate("line => parseFloat(getComputedStyle(line).textIndent)") / -(indent + 2)
    edge = line.bounding_box()["x"]
    boxes = line.evaluate(LEFT)
    assert len({round(top) for top, _ in boxes}) > 1
    first = min(top for top, _ in boxes)
    assert all(left >= edge + (indent + 1) * letter for top, left in boxes if top > first + 5)


COPY = """block => {
  getSelection().selectAllChildren(block);
  return [getSelection().toString().trim(), block.textContent.trim()];
}"""


def test_code_that_is_selected_by_hand_has_its_own_lines_and_indents(visit: Open):
    tab = visit(PARTICIPANT)
    selected, text = tab.locator(".app-block > code").last.evaluate(COPY)
    assert selected == text


# Long answers


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["", "without a script"])
def test_a_long_answer_shows_its_beginning_until_a_reader_opens_it(options: dict[str, bool], visit: Open):
    tab = visit(PARTICIPANT, **options)
    answer = tab.locator(".app-long > .app-block").first
    whole = answer.evaluate("block => block.scrollHeight")
    assert answer.bounding_box()["height"] < 500 < whole
    switch = tab.locator(".app-long__name").first
    assert re.fullmatch(r"Show all \d+ lines", switch.inner_text())
    switch.click()
    assert abs(answer.bounding_box()["height"] - whole) < 1
    assert switch.inner_text() == "Show the beginning only"


def test_a_long_answer_is_printed_and_copied_as_a_whole(visit: Open):
    tab = visit(PARTICIPANT)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = tab.locator(".app-long > .app-block").first
    answer.get_by_role("button", name="Copy").click()
    answer.get_by_role("button", name="Copied").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == answer.locator("code").text_content().strip()
    tab.emulate_media(media="print")
    assert answer.evaluate("block => block.clientHeight === block.scrollHeight")
    assert not tab.locator(".app-long__name").first.is_visible()


# Lists that a reader opens

LED_TO = {
    "/errors/#school_is_known": "#school_is_known",
    "/errors/#createPartnership": "#school_is_known",
    "/reference/milestones/#cohort-2025": "#cohort-2025 + .app-group table",
}


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["", "without a script"])
@pytest.mark.parametrize("place", LED_TO)
def test_a_link_into_a_closed_list_opens_it_and_no_other(place: str, options: dict[str, bool], visit: Open):
    tab = visit(place, SMALL, **options)
    shown = tab.locator(LED_TO[place])
    assert shown.is_visible()
    lists = tab.locator(".app-group > .govuk-details__text")
    assert sum(each.is_visible() for each in lists.all()) == 1
    assert lists.count() > 1


def test_a_link_on_the_page_opens_a_list_and_the_reader_can_close_it(visit: Open):
    tab = visit("/reference/milestones/")
    table = tab.locator("#cohort-2025 + .app-group table")
    assert not table.is_visible()
    tab.locator(".app-contents").get_by_role("link", name="The 2025 cohort").click()
    table.wait_for()
    tab.locator("#cohort-2025 + .app-group summary").click()
    table.wait_for(state="hidden")


# Tables


def test_a_small_screen_shows_what_each_field_is_in(visit: Open):
    tab = visit(PARTICIPANT, SMALL)
    left = {}
    for name in ("data", "attributes", "full_name", "training_record_id"):
        row = tab.locator("tr", has=tab.locator("code.app-code--name", has_text=name)).first
        left[name] = row.locator("th").bounding_box()["x"]
    assert sorted(left, key=left.get) == [*left]
    assert len(set(left.values())) == len(left)
    row = tab.locator("tr", has=tab.locator("code.app-code--name", has_text="full_name")).first
    assert row.locator("th").inner_text().endswith("data.attributes.full_name")
    assert row.locator(".app-parents").bounding_box()["width"] > 20


# Swagger UI

BRIGHTNESS = """part => {
  const [red, green, blue] = getComputedStyle(part).color.match(/\\d+/g).map(Number);
  return (red + green + blue) / 3;
}"""


def test_a_link_of_the_reference_opens_its_operation_in_swagger_ui_which_follows_the_colours_of_the_reader(visit: Open):
    tab = visit(PARTICIPANT, color_scheme="dark")
    tab.get_by_role("link", name="Swagger documentation").click()
    tab.wait_for_url(f"{SWAGGER}#/Participants/getParticipant")
    path = tab.locator(".opblock.is-open .opblock-summary-path")
    path.wait_for()
    assert "/participants/{id}" in path.inner_text().replace("\u200b", "")
    assert path.evaluate(BRIGHTNESS) > 200
    tab.emulate_media(color_scheme="light")
    tab.locator("html:not(.dark-mode)").wait_for(state="attached")
    assert path.evaluate(BRIGHTNESS) < 100
