"""What a reader's browser makes of the site: Debian's chromium, with axe. It visits every kind of page."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browser_visits import (
    SMALL,
    SWAGGER,
    WIDE,
    Visit,
    faults,
    pages,
    visits,
    weight,
)
from chromium import NEEDS_CHROMIUM, chromium
from client import client, sandbox
from listening_sandbox import listening
from page_kinds import long_pages, worth_a_visit
from playwright.sync_api import Browser, Page
from site_helpers import whole_site

from lp_sandbox.web.search_index import Index
from lp_sandbox.web.site_search import by_page

HEAVIEST = 60_000
MOST_LOOKS = 600
"""How often a test looks whether something has happened: for half a minute, on a busy machine."""
TALLEST = 12_000
"""A page that is longer is about more than one task."""
CREATE = "/reference/partnerships/createPartnership/"
PARTNERSHIPS = "/guidance/find-schools-and-delivery-partners/"
SPLIT = "/guidance/create-view-and-update-partnerships/"
"""A page whose parts have moved to pages of their own."""
FILLED_IN = ["/search/?q=particpant+training_status", "/search/?q=xyzzy", f"/search/?q={'wide' * 40}"]
"""Pages that only the sandbox can make."""
pytestmark = NEEDS_CHROMIUM


class Site(BaseHTTPRequestHandler):
    """Serves the built site as any host of files would."""

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
def files() -> Iterator[str]:
    """The address of the site without a sandbox."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def address(built_site: Path) -> Iterator[str]:
    app = sandbox(site=built_site)
    client(app)
    with listening(app) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def to_visit() -> Sequence[str]:
    """A few pages that together have every kind of element, with its longest word."""
    return [*worth_a_visit(pages()), *FILLED_IN]


@pytest.fixture(scope="module")
def seen(to_visit: Sequence[str], address: str) -> Mapping[str, Visit]:
    """What was seen of those pages, and at a glance of the other long ones."""
    others = [page for page in long_pages(pages()) if page not in to_visit]
    return visits(to_visit, address, glances=others)


@pytest.fixture(scope="module")
def visited(to_visit: Sequence[str], seen: Mapping[str, Visit]) -> Mapping[str, Visit]:
    """What was seen of the pages that were visited."""
    return {page: seen[page] for page in to_visit}


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


# Every page


def test_nothing_is_wider_than_a_small_or_zoomed_screen_or_cut_off_when_text_is_spaced_out(
    visited: Mapping[str, Visit],
):
    assert faults(visited, lambda seen: {name: found for name, found in seen.too_wide.items() if found}) == {}


def test_a_small_screen_shows_each_name_that_fits_on_one_line(visited: Mapping[str, Visit]):
    assert faults(visited, lambda seen: seen.broken_names) == {}


def test_a_page_requests_nothing_from_other_hosts(seen: Mapping[str, Visit], address: str):
    own = (f"{address}/", "data:", "blob:")
    assert faults(seen, lambda visit: [url for url in visit.requested if not url.startswith(own)]) == {}


def test_a_page_breaks_no_policy_has_no_error_and_sets_no_cookie(seen: Mapping[str, Visit]):
    assert faults(seen, lambda visit: [*visit.said, *visit.cookies]) == {}


def test_a_first_visit_is_light(seen: Mapping[str, Visit]):
    assert {page: weight(visit) for page, visit in seen.items() if weight(visit) >= HEAVIEST} == {}


def test_a_page_is_short(seen: Mapping[str, Visit]):
    assert {page: visit.height for page, visit in seen.items() if visit.height > TALLEST} == {}


def test_all_text_is_there_without_a_script(visited: Mapping[str, Visit]):
    assert [page for page, seen in visited.items() if seen.words_without_script != seen.words] == []


def test_axe_finds_nothing(visited: Mapping[str, Visit]):
    assert faults(visited, lambda seen: {name: found for name, found in seen.axe.items() if found}) == {}


SMALL_AND_CLOSE = "display: inline-block; width: 10px; height: 10px"
PAGE = '<!DOCTYPE html><html lang="en"><title>A page</title><main><h1>Page</h1>{}</main>'
FAULTY = PAGE.format(f"""<p><a href="/1">one</a> <a href="/2">two</a></p>
<p><a href="/1" class="small"></a><a href="/2" class="small">2</a></p>
<p class="pale">Can you read this?</p><input id="unnamed">
<style>.pale {{ color: #eee; background-color: #fff }} .small {{ {SMALL_AND_CLOSE} }}</style>""")
LABEL = '<p><label for="{}">Name</label> <input id="name"></p>'
SOUND = PAGE.format('<h2>Part</h2><p>See <a href="/1">one</a>.</p>' + LABEL.format("name"))
UNSOUND = PAGE.format('<h3>Part</h3><p>See <a href="/1"></a>.</p>' + LABEL.format("other"))


def found_by_axe(folder: Path, **documents: str) -> list[dict[str, set[str]]]:
    """Return the rules that each page breaks, by what axe looked at. The pages are visited in their order."""
    for name, document in documents.items():
        (folder / f"{name}.html").write_text(document)
    with listening(sandbox(site=folder)) as address:
        seen = visits([f"/{name}.html" for name in documents], address, browsers=1).values()
    return [{part: {each.partition(":")[0] for each in found} for part, found in page.axe.items()} for page in seen]


def test_axe_finds_faults_in_structure_colours_and_sizes_on_the_first_page_of_their_kind(tmp_path: Path):
    first, again = found_by_axe(tmp_path, first=FAULTY, again=FAULTY)
    assert first["structure"] >= {"label", "link-name"}
    assert first["colours and sizes in light"] == {"color-contrast", "target-size"}
    assert again == {}


def test_axe_finds_faults_in_elements_whose_sound_kind_it_has_judged(tmp_path: Path):
    sound, unsound = found_by_axe(tmp_path, sound=SOUND, unsound=UNSOUND)
    assert sound["structure"] == set()
    assert unsound["structure"] == {"heading-order", "label", "link-name"}


def test_the_tab_key_skips_first_reaches_everything_and_is_never_caught(visited: Mapping[str, Visit]):
    def strays(seen: Visit) -> list[str]:
        numbers = [step["number"] for step in seen.walk]
        skips = "Skip to main content" in seen.walk[0]["html"]
        leaves = seen.walk[-1]["html"].startswith("<body") or numbers[-1] == 1
        in_order = numbers[:-1] == list(range(1, seen.focusable + 1))
        return [] if skips and leaves and in_order else [step["html"] for step in seen.walk]

    assert faults(visited, strays) == {}


def test_what_has_the_focus_is_marked_and_in_sight(visited: Mapping[str, Visit]):
    def hidden(seen: Visit) -> list[str]:
        return [step["html"] for step in seen.walk[:-1] if not step["marked"] or not step["seen"] or step["covered"]]

    assert faults(visited, hidden) == {}


def wait_until(tab: Page, condition: str) -> None:
    """Wait until a condition holds. The policy of a page lets `wait_for_function` evaluate it only once."""
    for _ in range(MOST_LOOKS):
        if tab.evaluate(condition):
            return
        tab.wait_for_timeout(50)
    pytest.fail(f"This did not come true: {condition}")


# Keys


def test_the_skip_link_skips_the_navigation(tab: Page):
    tab.goto(PARTNERSHIPS)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


# Without a script


def test_a_language_that_is_chosen_for_one_request_is_chosen_for_all_and_the_page_stays_where_it_is(tab: Page):
    tab.goto(PARTNERSHIPS)
    name = tab.locator(".app-forms__name", has_text="Python").nth(3)
    name.scroll_into_view_if_needed()
    before = name.bounding_box()
    name.click()
    wait_until(tab, "!document.querySelector('.app-forms__form:first-child[open]')")
    shown = tab.evaluate("[...document.querySelectorAll('.app-forms__form[open]')].map(form => form.innerText)")
    assert len(shown) == tab.locator(".app-forms").count() > 5
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


def test_an_operation_is_tried_without_a_script(tab_without_script: Page):
    tab_without_script.goto(CREATE)
    tab_without_script.locator("#try summary").click()
    tab_without_script.get_by_label("Request body").fill('{"data": {"attributes": {"cohort": "2026"}}}')
    tab_without_script.get_by_role("button", name="Send POST request").click()
    answer = tab_without_script.locator("#answer")
    assert "422 Unprocessable Entity" in answer.inner_text()
    assert "Enter a '#/school_id'." in answer.inner_text()
    assert (
        tab_without_script.get_by_label("Request body").input_value() == '{"data": {"attributes": {"cohort": "2026"}}}'
    )


def test_the_site_is_searched_without_a_script(tab_without_script: Page):
    tab_without_script.goto("/")
    tab_without_script.get_by_label("Search this site").fill("withdrawn-ect")
    tab_without_script.get_by_role("button", name="Search").click()
    tab_without_script.get_by_role("link", name="withdrawn-ect", exact=True).first.click()
    assert tab_without_script.url.endswith("/scenarios/#withdrawn-ect")


def test_where_there_is_neither_a_script_nor_a_sandbox_the_search_says_so(browser: Browser, files: str):
    context = browser.new_context(base_url=files, java_script_enabled=False)
    tab = context.new_page()
    tab.goto("/search/?q=cohort")
    assert "Turn on JavaScript to search" in tab.locator("main").inner_text()
    context.close()


# With a script


SHOWN = {"training_status": "", "particpant": "", "x&<y": "", "xyzzy": "register", "": "", "voidDeclartion": "ecf"}
"""Queries, and the edition that each one searches."""


@pytest.mark.parametrize("words", SHOWN)
def test_a_browser_shows_what_the_sandbox_shows(words: str, tab: Page, files: str):
    found = []
    for host in ("", files):
        tab.goto(f"{host}/search/?q={quote(words)}&edition={SHOWN[words]}")
        tab.wait_for_load_state("networkidle")
        found.append([result.inner_text().split() for result in tab.locator("#results").all()])
        assert tab.locator("#edition").input_value() == SHOWN[words]
    assert (found[0] or [[]]) == found[1]


SEARCH = """async (queries) => {
  const { Index, byPage } = await import("/assets/site-search.js");
  const index = new Index(await (await fetch("/search.json")).json());
  return queries.map((words) => {
    const { entries, suggestion } = index.search(words);
    return [suggestion, byPage(entries).map(({ entry, sections }) => [entry.url, ...sections.map(({ url }) => url)])];
  });
}"""


def test_a_browser_finds_what_the_sandbox_finds_for_names_questions_beginnings_and_mistakes(tab: Page, files: str):
    index = Index(whole_site()["search.json"])
    entries = index.search("participant declaration partnership school mentor").entries[::10]
    titles = [each.title for each in entries]
    queries = [*titles, *(each.name for each in entries), *(f"what is {each[:9]}" for each in titles)]
    queries += [title.replace("e", "", 1).replace("rt", "tr") for title in titles]
    expected = []
    for words in queries:
        found, suggestion = index.search(words)
        results = [[result.entry.url, *(each.url for each in result.sections)] for result in by_page(found)]
        expected.append([suggestion, results])
    tab.goto(f"{files}/search/")
    assert tab.evaluate(SEARCH, queries) == expected
    assert len(queries) > 100
    assert sum(bool(suggestion) for suggestion, _ in expected) > 10


def test_code_is_copied_unchanged(tab: Page, address: str):
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    tab.goto(PARTNERSHIPS)
    block = tab.locator("pre.app-block").first
    block.get_by_role("button", name="Copy").click()
    block.get_by_role("button", name="Copied").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == block.locator("code").text_content().strip()


# Swagger UI, which is loaded when the reader opens it


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
    wait_until(tab, f"Math.abs(document.getElementById('{LINKS[link]}').getBoundingClientRect().top) < 60")


FORMER = {
    "/api-reference/reference-v3.html#api-v3-participants-ecf-get": "/ecf/reference/ecf-participants/getParticipants/",
    "/api-reference/reference-v3#api-v3-partnerships-ecf-post-responses": (
        "/ecf/reference/ecf-partnerships/createPartnership/#response"
    ),
    "/api-reference/reference-v3.html": "/ecf/reference/",
    "/guidance/release-notes/#v0-1-0": "/release-notes/#v0-1-0",
    f"{SPLIT}#update": "/guidance/change-a-delivery-partner/#update",
}


@pytest.mark.parametrize("link", FORMER)
def test_a_link_to_a_former_address_opens_the_present_address(link: str, tab: Page):
    tab.goto(link)
    tab.wait_for_url(FORMER[link])
    assert tab.url.endswith(FORMER[link])


WITHOUT_SCRIPT = {
    "/api-reference/reference-v3.html#api-v3-statements-id-get": "/ecf/reference/statements/getStatement/",
    f"{SPLIT}#update": "/guidance/change-a-delivery-partner/#update",
}


@pytest.mark.parametrize("link", WITHOUT_SCRIPT)
def test_without_a_script_a_link_to_a_former_place_shows_the_link_to_the_present_one(
    link: str, tab_without_script: Page
):
    tab_without_script.goto(link)
    box = tab_without_script.locator(":target").bounding_box()
    assert box is not None
    assert -1 <= box["y"] < SMALL["height"]
    tab_without_script.locator(":target a").first.click()
    assert tab_without_script.url.endswith(WITHOUT_SCRIPT[link])


def test_swagger_ui_opens_at_a_press_and_sends_no_request_to_another_host(tab: Page, address: str):
    urls: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: urls.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(SWAGGER)
    tab.get_by_role("button", name="Open Swagger UI").click()
    tab.locator(".opblock").first.wait_for()
    assert all(url.startswith((address, "data:", "blob:")) for url in urls)
    assert said == []


def test_swagger_ui_shows_the_parameters_and_an_example_for_each_rule(tab: Page):
    tab.goto(SWAGGER + "#/Partnerships/createPartnership")
    tab.locator(".opblock.is-open .parameter__name").first.wait_for()
    assert "X-With-Server-Date" in tab.locator(".opblock.is-open").inner_text()
    assert tab.locator(".opblock.is-open option", has_text="The cohort starts after today.").count() == 1


def test_swagger_ui_heads_the_choices_of_a_body_by_their_names(tab: Page):
    tab.goto(SWAGGER + "#/Declarations/createDeclaration")
    opened = tab.locator(".opblock.is-open")
    opened.get_by_role("tab", name="Schema").first.click()
    opened.get_by_role("button", name="Expand all").first.click()
    opened.get_by_text("Mentors, cohort 2025 or later").first.wait_for()
    assert opened.get_by_text("Started").count() > 1


@pytest.mark.parametrize("link", LINKS)
def test_a_deep_link_goes_to_the_list_without_a_script(link: str, tab_without_script: Page):
    tab_without_script.goto(SWAGGER + link)
    target = tab_without_script.locator(":target")
    box = target.bounding_box()
    assert box is not None
    assert -1 <= box["y"] < SMALL["height"]
