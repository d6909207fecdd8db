"""`lp-guide watch`: what is saved is shown, at once, with whatever is wrong in it."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

import httpx
import pytest
from chromium import SKIPPED_WITHOUT_CHROMIUM, chromium
from click.testing import CliRunner
from playwright.sync_api import Browser, Page
from site_helpers import FRONT, SITE, contract, small_site, unmarked, write_page

from lp_contract import SPEC
from lp_guide.commands.watch import watch

LONGEST = 120
"""Seconds that a step can take on a busy machine."""
AT_ONCE = 0.3
"""Seconds in which a save is on the screen."""
MOST_TRIES = 20
"""How often a save is timed until one of them is quick: other tests keep the processors busy most of the time."""
HALF_WRITTEN = ("*.pyc.*", "contract.*[0-9]")
"""What other programs have not finished to write into the caches of the contract and its code."""
DELAYED = 0.03
"""Seconds: an answer in two parts takes 40 ms more if the second waits until the client confirms the first."""
TIMED_PAGE = "content/guidance/schedules-and-milestones.md"
"""The page whose saves are timed. It has many requests."""
TIMED_ADDRESS = "/guidance/schedules-and-milestones/"
PAGE, ADDRESS = "content/asks.md", "/asks/"
REFUSED = f"""```http status=401
GET /api/v3/partnerships
Authorization: Bearer not-a-token
```

```response 401 Unauthorized
{json.dumps(contract().problems["token_is_known"].body, indent=2)}
```

"""
ASKS = FRONT + REFUSED * 8
"""A page of the small site with requests. It is longer than a screen."""
MESSAGE_PAGE = "message.md"
"""A page of the small site that shows a message of the contract."""
SWAGGER_PAGE = """---
title: Swagger
description: The contract.
url: /api/docs/v3/
template: swagger.html
---
None.
"""
"""A page that loads the published contract."""


def in_browser(test):
    """Mark a test that needs Chromium."""
    return pytest.mark.browser(SKIPPED_WITHOUT_CHROMIUM(test))


@dataclass
class Writer:
    """Somebody at a keyboard, with a terminal and a browser."""

    process: subprocess.Popen[str]
    site: Path
    browser: httpx.Client
    lines: Queue[str]
    rounds: Queue[str] = field(default_factory=Queue)

    def listen(self) -> None:
        """Do as the script on the page does."""
        with self.browser.stream("GET", "/_watch/events", timeout=None) as events:
            for line in events.iter_lines():
                if line:
                    self.rounds.put(line)

    def save(self, name: str, text: str) -> float:
        """Save a page, wait until the browser gets the change, and return how many seconds that took."""
        while not self.rounds.empty():
            self.rounds.get()
        begun = time.perf_counter()
        (self.site / name).write_text(text, encoding="utf-8")
        self.rounds.get(timeout=LONGEST)
        return time.perf_counter() - begun

    def text(self, name: str) -> str:
        return (SITE / name).read_text(encoding="utf-8")

    def page(self, address: str) -> str:
        return unmarked(self.browser.get(address).text)

    def said(self, words: str) -> str:
        """Wait until the terminal says something with these words in it, and return the line."""
        while words not in (line := self.lines.get(timeout=LONGEST)):
            pass
        return line


@contextmanager
def watching(folder: Path) -> Iterator[Writer]:
    """Watch the site that is in a folder, and a copy of the contract."""
    shutil.copytree(SPEC, folder / "spec", ignore=shutil.ignore_patterns(*HALF_WRITTEN))
    command = [sys.executable, "-m", "lp_guide", "watch", "--port", "0", "--site", "site"]
    code = (folder / "spec", SITE.parent / "generator", SITE.parent / "mocks")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, code))}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lines: Queue[str] = Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
        printed = []
        while not (found := re.search(r"http://[\d.:]+", (printed or [""])[-1])):
            printed.append(lines.get(timeout=LONGEST))
        with httpx.Client(base_url=found[0]) as browser:
            writer = Writer(process, folder / "site", browser, lines)
            threading.Thread(target=writer.listen, daemon=True).start()
            writer.rounds.get(timeout=LONGEST)
            yield writer
            process.send_signal(signal.SIGINT)
            assert process.wait(LONGEST) == 0
            writer.said("Stopped.")


@pytest.fixture(scope="module")
def writer_of_whole_site(tmp_path_factory) -> Iterator[Writer]:
    """The writer of the whole site, whose pages depend on each other."""
    folder = tmp_path_factory.mktemp("watch")
    shutil.copytree(SITE, folder / "site")
    with watching(folder) as writer:
        yield writer


@pytest.fixture(scope="module")
def writer(tmp_path_factory) -> Iterator[Writer]:
    """The writer of a site that is quickly made anew: a change of the contract or of a template makes every page."""
    folder = tmp_path_factory.mktemp("watch-few")
    site = small_site(folder)
    write_page(site, MESSAGE_PAGE, f"{FRONT}{{{{ rule_message('school_is_present') }}}}\n")
    write_page(site, "api/docs/v3/index.md", SWAGGER_PAGE)
    write_page(site, Path(PAGE).name, ASKS)
    with watching(folder) as writer:
        yield writer


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@contextmanager
def opened(browser: Browser, writer: Writer, address: str) -> Iterator[Page]:
    """A browser of the writer that has kept nothing from before, open at a page."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{writer.browser.base_url}{address}", wait_until="networkidle")
        tab.evaluate("window.isAsItWasOpened = true")
        yield tab


@pytest.fixture
def tab(browser: Browser, writer: Writer) -> Iterator[Page]:
    """The browser of the writer, open at a page with several requests."""
    with opened(browser, writer, ADDRESS) as tab:
        yield tab
    if (writer.site / PAGE).read_text(encoding="utf-8") != ASKS:
        writer.save(PAGE, ASKS)


SHOWS = "words => document.querySelector('main').textContent.includes(words)"
CHOSEN_FOR_ALL = "!document.querySelector('.app-forms__form:first-child[open]')"
AS_OPENED = "window.isAsItWasOpened === true"


@in_browser
def test_text_is_replaced_in_place_and_the_page_keeps_its_scroll_position(writer: Writer, tab: Page):
    tab.locator(".app-forms__name", has_text="Ruby").last.click()
    tab.wait_for_function(CHOSEN_FOR_ALL)  # the page scrolls when it is
    tab.evaluate("scrollTo(0, 2000)")
    for words in ("One more.", "Another."):
        writer.save(PAGE, f"{ASKS}\n{words}\n")
        tab.wait_for_function(SHOWS, arg=words)
    writer.save(PAGE, ASKS)
    tab.wait_for_function(SHOWS.replace("=> ", "=> !"), arg="Another.")
    assert tab.evaluate(AS_OPENED)
    assert tab.evaluate("scrollY") == 2000
    assert "Net::HTTP" in tab.locator(".app-forms__form[open]").last.inner_text()


@in_browser
def test_a_mistake_comes_and_goes_on_an_open_page(writer: Writer, tab: Page):
    writer.save(PAGE, f"{ASKS}\nLook at `trainning_status`.\n")
    assert "Did you mean `training_status`?" in tab.locator(".watch-mistakes").inner_text()
    writer.save(PAGE, f"{ASKS}\nLook at `training_status`.\n")
    tab.locator(".watch-mistakes").wait_for(state="detached")
    tab.wait_for_function(SHOWS, arg="Look at training_status.")
    assert tab.evaluate(AS_OPENED)


@in_browser
def test_a_page_that_could_not_be_fetched_once_shows_the_next_save(writer: Writer, tab: Page):
    tab.route("**" + ADDRESS, lambda route: route.abort(), times=1)
    writer.save(PAGE, f"{ASKS}\nLost on its way.\n")
    tab.wait_for_timeout(500)
    writer.save(PAGE, f"{ASKS}\nHere again.\n")
    tab.wait_for_function(SHOWS, arg="Here again.")


@in_browser
def test_what_a_page_loads_from_the_contract_is_loaded_again_when_that_changes(browser: Browser, writer: Writer):
    document = writer.site.parent / "spec" / "register" / "partnerships.yaml"
    text = document.read_text(encoding="utf-8")
    with opened(browser, writer, "/api/docs/v3/") as tab:
        writer.save("../spec/register/partnerships.yaml", text.replace("Enter a '#/school_id'.", "Enter a school."))
        tab.wait_for_function("() => window.isAsItWasOpened === undefined")
    writer.save("../spec/register/partnerships.yaml", text)


@in_browser
def test_what_a_script_has_set_up_is_loaded_again(writer: Writer, tab: Page):
    writer.save(PAGE, f"{ASKS}\n```http\nGET /api/v3/delivery-partners\n```\n")
    tab.wait_for_function(SHOWS, arg="/api/v3/delivery-partners")
    tab.locator("pre", has_text="GET /api/v3/delivery-partners").get_by_role("button", name="Copy").wait_for()


def test_the_page_for_new_writers_shows_what_the_terminal_prints(monkeypatch):
    monkeypatch.setattr("lp_guide.watch.watch", lambda *, ready, **_: ready("http://127.0.0.1:8001/"))
    printed = CliRunner().invoke(watch, ["--site", str(SITE)]).output.removesuffix("\nStopped.\n")
    page = (SITE / "content/writing/write-a-page.md").read_text(encoding="utf-8")
    assert f"```text\n{printed}```" in page


def test_a_mistake_is_reported_in_the_terminal_and_on_every_page_until_it_is_mended(writer: Writer):
    new = "content/guidance/new.md"
    writer.save(new, f"{FRONT}Sound.\n")
    assert "Sound." in writer.page("/guidance/new/")

    writer.save(new, f"{FRONT}Look at `trainning_status`.\n")
    complaint = f"site/{new}:5: [unknown-field] The contract has no `trainning_status`. Did you mean `training_status`?"
    assert writer.said(new).strip() == complaint
    for address in ("/guidance/new/", "/"):
        shown = writer.page(address)
        assert "The contract has no `trainning_status`. <b>Did you mean `training_status`?</b>" in shown
        assert f"site/{new}:5" in shown
    assert "Sound." in writer.page("/guidance/new/")

    (writer.site / new).write_text(f"{FRONT}Look at `trainning_status` again.\n", encoding="utf-8")
    assert writer.said("Saved").strip() == "Saved. Still 1 mistake, the same as before."

    writer.save(new, f"{FRONT}Look at `training_status`.\n")
    writer.said("Nothing is wrong.")
    assert "watch-mistakes" not in writer.page("/guidance/new/")


def test_a_correction_that_leaves_the_pages_as_they_were_reports_no_pages(writer: Writer):
    writer.save("content/again.md", f"{FRONT}As it was.\n")
    writer.save("content/again.md", f"{FRONT}Look at `trainning_status`.\n")
    writer.said("again.md:5: [unknown-field]")
    writer.save("content/again.md", f"{FRONT}As it was.\n")
    assert writer.said("Nothing is wrong.").strip() == "Saved. Nothing is wrong. The pages are as before."


def test_a_save_that_changes_no_page_is_confirmed(writer: Writer):
    page = writer.site / "content" / MESSAGE_PAGE
    page.write_text(page.read_text())
    assert writer.said("Saved").strip() == "Saved. Nothing is wrong. The pages are as before."


def test_a_page_that_is_taken_away_is_gone(writer: Writer):
    lost = writer.site / "content" / "lost.md"
    writer.save("content/lost.md", f"{FRONT}Still here.\n")
    assert writer.browser.get("/lost/").status_code == 200
    lost.unlink()
    writer.rounds.get(timeout=LONGEST)
    assert writer.browser.get("/lost/").status_code == 404


@in_browser
def test_a_stylesheet_and_a_template_are_shown_as_they_are_saved(browser: Browser, writer: Writer):
    css, template = "assets/site.css", "templates/base.html"
    with opened(browser, writer, "/") as tab:
        writer.save(css, f"{writer.text(css)}\nmain {{ scroll-margin: 7px; }}\n")
        tab.wait_for_function("() => getComputedStyle(document.querySelector('main')).scrollMargin === '7px'")
        writer.save(css, writer.text(css))

        changed = writer.text(template).replace('placeholder="', 'placeholder="Now: ')
        writer.save(template, changed)
        tab.get_by_placeholder("Now: Search this site").wait_for()
        writer.save(template, writer.text(template))
        tab.get_by_placeholder("Search this site", exact=True).wait_for()


def test_the_pages_load_nothing_but_from_this_machine_and_the_script_is_there(writer: Writer):
    home = writer.page("/")
    assert '<script src="/_watch/reload.js"' in home
    assert "EventSource" in writer.page("/_watch/reload.js")
    assert writer.browser.get("/_watch/mistakes.css").headers["content-type"].startswith("text/css")


def test_a_page_is_sent_at_once_on_a_connection_that_is_kept(writer: Writer):
    took = [writer.browser.get("/").elapsed.total_seconds() for _ in range(MOST_TRIES)]
    assert sorted(took)[len(took) // 4] < DELAYED, took  # other tests may be running


def test_the_sandbox_answers_beside_the_pages(writer: Writer):
    token = writer.browser.get("/_sandbox/worlds").json()[0]["tokens"][0]["token"]
    listed = writer.browser.get("/api/v3/partnerships", headers={"Authorization": f"Bearer {token}"})
    assert listed.status_code == 200


def test_a_change_of_the_contract_reaches_the_pages_and_the_sandbox_and_a_slip_in_it_stops_neither(writer: Writer):
    document = writer.site.parent / "spec" / "register" / "partnerships.yaml"
    text = document.read_text(encoding="utf-8")
    old, new = "Enter a '#/school_id'.", "Enter the '#/school_id' of a school."
    assert old in text

    def refusal() -> str:
        token = writer.browser.get("/_sandbox/worlds").json()[0]["tokens"][0]["token"]
        refused = writer.browser.post(
            "/api/v3/partnerships",
            headers={"Authorization": f"Bearer {token}"},
            json={"data": {"attributes": {"cohort": "2026"}}},
        )
        return refused.text

    writer.save("../spec/register/partnerships.yaml", text.replace(old, new))
    assert new in html.unescape(writer.page("/message/"))
    assert new in refusal()

    writer.save("../spec/register/partnerships.yaml", f"{text}\n: [")
    assert "This is not YAML" in writer.page("/message/")
    assert new in refusal()

    writer.save("../spec/register/partnerships.yaml", text)
    assert "watch-mistakes" not in writer.page("/message/")
    assert old in refusal()


def test_what_cannot_be_read_is_shown_and_goes_when_it_is_mended(writer: Writer):
    page = f"content/{MESSAGE_PAGE}"
    (writer.site / page).with_name(".#page.md").symlink_to("writer@desk.1234:5678")
    for name in ("templates/base.html", "texts/en-GB.yaml", "site.yaml", page):
        text = (writer.site / name).read_text(encoding="utf-8")
        writer.save(name, f"{text}\n{{% if")
        assert "watch-mistakes" in writer.page("/"), name
        writer.save(name, text.replace("\n", "\0\n"))
        assert "The file contains a null byte" in writer.page("/"), name
        writer.save(name, text)
        assert "watch-mistakes" not in writer.page("/"), name


def test_a_port_that_is_taken_is_reported_in_words(writer: Writer):
    port = str(writer.browser.base_url.port)
    done = subprocess.run(
        [sys.executable, "-m", "lp_guide", "watch", "--port", port], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"Error: Port {port}: Address already in use" in done.stderr
    assert "Choose another with --port." in done.stderr


@in_browser
def test_a_save_is_on_the_screen_at_once(writer_of_whole_site: Writer, browser: Browser, record_property):
    writer, seconds = writer_of_whole_site, []
    text = writer.text(TIMED_PAGE)
    with opened(browser, writer, TIMED_ADDRESS) as tab:
        for number in range(MOST_TRIES):
            words = f"For the time number {number}."
            begun = time.perf_counter()
            writer.save(TIMED_PAGE, f"{text}\n{words}\n")
            tab.wait_for_function(SHOWS, arg=words, polling="raf")
            seconds.append(time.perf_counter() - begun)
            if number and min(seconds) < AT_ONCE:  # other tests may be running: one may have been in the way
                break
        record_property("watch", f"a save of the longest page is on the screen in {min(seconds) * 1000:.0f} ms")
        assert min(seconds) < AT_ONCE
        assert tab.evaluate(AS_OPENED)
