"""A site whose address has a path works below it: on a host of files, in a browser, and behind a proxy."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
import yaml
from chromium import SKIPPED_WITHOUT_CHROMIUM, chromium
from example_edition import edition as library
from playwright.sync_api import Page
from site_helpers import SITE, unmarked
from test_example_edition_site import CONTENT, made
from test_try_forms import HOST

from lp_guide.sub_path import move_below
from lp_sandbox.request.request_and_answer import Request

PATH = "/guides/library"
ADDRESS = f"https://pages.example.com{PATH}"
API = "https://api.library.example.com/v"
NOTE = """---
title: First
description: The first version.
date: '2026-11-01'
---
See [loans](/loans/) and write `[loans](/loans/)`{not-in-contract="Markdown"}.
"""
SWAGGER = """---
title: Swagger
description: The API in Swagger UI.
url: /library/v1/
template: swagger.html
---
All operations.
"""
_ATTRIBUTE = re.compile(r'\s(?:href|src|action|data-index|data-to)="([^"]*)"')


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a host of files, on which the library's site is below a path."""
    folder = tmp_path_factory.mktemp("below")
    site = folder / "site"
    shutil.copytree(CONTENT, site)
    for name in ("templates", "texts", "assets"):
        (site / name).symlink_to(SITE / name)
    (site / "content/release-notes").mkdir()
    (site / "content/release-notes/first.md").write_text(NOTE)
    (site / "content/swagger.md").write_text(SWAGGER)
    settings = yaml.safe_load((site / "site.yaml").read_text())
    changed = {"address": ADDRESS, "api_address": API, "redirects": {"/old/": "/loans/", "/old/#past": "/errors/"}}
    (site / "site.yaml").write_text(yaml.safe_dump(settings | changed))
    made(site, folder / "host" / PATH.lstrip("/"))
    return folder / "host"


@pytest.fixture(scope="module")
def out(host: Path) -> Path:
    return host / PATH.lstrip("/")


class Files(SimpleHTTPRequestHandler):
    """Serves files as any host of files does."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def tab(host: Path) -> Iterator[Page]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=host))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with chromium() as browser:
        yield browser.new_page(base_url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_link_of_every_page_is_to_a_file_below_the_path(host: Path, out: Path):
    links = 0
    for page in out.rglob("*.html"):
        here = f"/{page.relative_to(host)}"
        for link in map(unescape, _ATTRIBUTE.findall(page.read_text())):
            found = urlsplit(urljoin(here, link))
            if found.netloc or not found.path:
                continue
            links += 1
            assert found.path.startswith(f"{PATH}/"), f"{link} of {here}"
            assert (host / (found.path.lstrip("/") + "index.html" * found.path.endswith("/"))).is_file(), link
    assert links > 1000


def test_markdown_feed_and_lists_for_programs_name_addresses_below_the_path(out: Path):
    markdown = (out / "release-notes/first/index.md").read_text()
    assert f"See [loans]({PATH}/loans/) and write `[loans](/loans/)`." in markdown
    content = ET.parse(out / "release-notes/feed.xml").getroot().findtext(".//{*}content")
    assert f'href="{PATH}/loans/"' in content
    assert f"({ADDRESS}/loans/index.md)" in (out / "llms.txt").read_text()
    assert f"<loc>{ADDRESS}/loans/</loc>" in (out / "sitemap.xml").read_text()
    assert f"Disallow: {PATH}/search/" in (out / "robots.txt").read_text()


def test_examples_show_the_address_of_the_api_in_the_settings(out: Path):
    page = (out / "loans/index.html").read_text()
    assert API in unmarked(page)
    assert "http://127.0.0.1:8000" not in page


def test_what_the_sandbox_puts_into_a_page_links_below_the_path(out: Path):
    request = Request("GET", "/search/", "q=borow", {b"host": HOST.encode()}, b"", "127.0.0.1")
    page = library.sandbox(site=out).answer(request).body.decode()
    links = _ATTRIBUTE.findall(page[page.index('id="results"') :])
    assert any("/loans/" in link for link in links)
    assert [link for link in links if link.startswith("/") and not link.startswith(f"{PATH}/")] == []


MOVED = {
    "page.html": ('<a href="/a/#b">/c/</a> <a href="//host/">', f'<a href="{PATH}/a/#b">/c/</a> <a href="//host/">'),
    "404.html": ('<meta content="0; url=/a/">', f'<meta content="0; url={PATH}/a/">'),
    ".served/layout.jinja": ('<form action="/{{ name }}">', f'<form action="{PATH}/{{{{ name }}}}">'),
    "assets/own.css": ("url(/a.svg) url('b.svg')", f"url({PATH}/a.svg) url('b.svg')"),
    "api.yaml": ('href="/a/"', 'href="/a/"'),
}


@pytest.mark.parametrize("name", MOVED)
def test_only_links_from_the_root_are_moved(name: str):
    before, after = MOVED[name]
    assert move_below(PATH, {name: before.encode()}) == {name: after.encode()}
    assert move_below("", {name: before.encode()}) == {name: before.encode()}


def test_the_sandbox_gets_the_path_as_an_option_and_moves_the_links_of_a_service_itself():
    files = {".served/service/page.jinja": b'<a href="/dashboard">', "own.css": b""}
    assert move_below(PATH, files) == files | {".served/path": PATH.encode()}
    assert move_below("", files) == files


@pytest.mark.browser
@SKIPPED_WITHOUT_CHROMIUM
def test_a_page_below_a_path_loads_its_styles_and_scripts(tab: Page):
    failed: list[str] = []
    tab.on("response", lambda answer: answer.status >= 400 and failed.append(answer.url))
    tab.on("pageerror", lambda error: failed.append(str(error)))
    tab.goto(f"{PATH}/loans/")
    tab.wait_for_selector("body.js-enabled")
    assert tab.locator("main").evaluate("main => getComputedStyle(main).fontFamily").startswith("arial")
    tab.get_by_role("navigation", name="Menu").get_by_role("link", name="Reference").click()
    assert urlsplit(tab.url).path == f"{PATH}/reference/"
    assert failed == []


@pytest.mark.browser
@SKIPPED_WITHOUT_CHROMIUM
def test_the_search_script_finds_pages_below_the_path(tab: Page):
    tab.goto(f"{PATH}/")
    tab.get_by_role("searchbox").fill("borrow a book")
    tab.keyboard.press("Enter")
    tab.locator(".app-found__link").first.click()
    tab.wait_for_selector("h1")
    assert urlsplit(tab.url).path.startswith(f"{PATH}/")
    assert tab.title() != ""
    tab.goto(f"{PATH}/search/?q=borow")
    tab.get_by_role("link", name="borrow", exact=True).click()
    assert tab.url.endswith(f"{PATH}/search/?q=borrow")


@pytest.mark.browser
@SKIPPED_WITHOUT_CHROMIUM
@pytest.mark.parametrize(("old", "new"), [("/old/", "/loans/"), ("/old/#past", "/errors/")])
def test_a_former_address_below_the_path_redirects_to_the_present_one(tab: Page, old: str, new: str):
    tab.goto(PATH + old)
    tab.wait_for_url(f"**{PATH}{new}")


@pytest.mark.browser
@SKIPPED_WITHOUT_CHROMIUM
def test_swagger_ui_below_the_path_sends_requests_below_it(tab: Page):
    tab.goto(f"{PATH}/library/v1/")
    tab.get_by_role("button", name="Open Swagger UI").click()
    tab.locator(".servers option").first.wait_for(state="attached")
    host = urlsplit(tab.url)
    assert tab.locator(".servers option").all_inner_texts() == [f"{host.scheme}://{host.netloc}{PATH}"]
