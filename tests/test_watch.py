"""`lp-guide watch`: what is saved is shown, at once, with whatever is wrong in it."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

import httpx
import pytest
from site_parts import FRONT, SITE

LONGEST = 30
AT_ONCE = 1.5
"""Seconds that a save may take here, where other tests may be running. On a machine that is free it takes a fifth."""
PAGE = "content/guidance/understanding-declarations.md"
"""The page with the most requests."""


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
        """Save a page, wait until the browser is told, and return how many seconds that took."""
        while not self.rounds.empty():
            self.rounds.get()
        begun = time.perf_counter()
        (self.site / name).write_text(text, encoding="utf-8")
        self.rounds.get(timeout=LONGEST)
        return time.perf_counter() - begun

    def page(self, address: str) -> str:
        return self.browser.get(address).text

    def said(self, words: str) -> str:
        """Wait until the terminal says something with these words in it, and return the line."""
        while words not in (line := self.lines.get(timeout=LONGEST)):
            pass
        return line


@pytest.fixture(scope="module")
def writer(tmp_path_factory) -> Iterator[Writer]:
    folder = tmp_path_factory.mktemp("watch")
    shutil.copytree(SITE, folder / "site")
    command = [sys.executable, "-m", "generator", "watch", "--port", "0", "--site", "site"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines: Queue[str] = Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True).start()
        told = []
        while not (found := re.search(r"http://[\d.:]+", (told or [""])[-1])):
            told.append(lines.get(timeout=LONGEST))
        with httpx.Client(base_url=found[0]) as browser:
            writer = Writer(process, folder / "site", browser, lines)
            threading.Thread(target=writer.listen, daemon=True).start()
            writer.rounds.get(timeout=LONGEST)
            yield writer
            process.send_signal(signal.SIGINT)
            assert process.wait(LONGEST) == 0
            writer.said("Stopped.")


def test_a_save_is_on_the_screen_at_once(writer: Writer, record_property):
    seconds = []
    text = (writer.site / PAGE).read_text(encoding="utf-8")
    for words in ("Once more.", "Twice more.", "Thrice more."):
        taken = writer.save(PAGE, f"{text}\n{words}\n")
        begun = time.perf_counter()
        assert words in writer.page("/guidance/understanding-declarations/")
        seconds.append(taken + time.perf_counter() - begun)
    record_property("watch", f"a save of the longest page is on the screen in {min(seconds) * 1000:.0f} ms")
    assert min(seconds) < AT_ONCE


def test_a_mistake_is_told_in_the_terminal_and_on_every_page_until_it_is_mended(writer: Writer):
    new = "content/guidance/new.md"
    writer.save(new, f"{FRONT}Sound.\n")
    assert "Sound." in writer.page("/guidance/new/")

    writer.save(new, f"{FRONT}Look at `trainning_status`.\n")
    told = f"site/{new}:5: [unknown-field] The contract has no `trainning_status`. Did you mean `training_status`?"
    assert writer.said(new).strip() == told
    for address in ("/guidance/new/", "/"):
        shown = writer.page(address)
        assert "The contract has no `trainning_status`. <b>Did you mean `training_status`?</b>" in shown
        assert f"site/{new}:5" in shown
    assert "Sound." in writer.page("/guidance/new/")

    writer.save(new, f"{FRONT}Look at `training_status`.\n")
    writer.said("Nothing is wrong.")
    assert "watch-mistakes" not in writer.page("/guidance/new/")


def test_a_page_that_is_taken_away_is_gone(writer: Writer):
    lost = writer.site / "content" / "guidance" / "lost.md"
    writer.save("content/guidance/lost.md", f"{FRONT}Still here.\n")
    assert writer.browser.get("/guidance/lost/").status_code == 200
    lost.unlink()
    writer.rounds.get(timeout=LONGEST)
    assert writer.browser.get("/guidance/lost/").status_code == 404


def test_a_template_and_a_stylesheet_are_shown_as_they_are_saved(writer: Writer):
    css = (writer.site / "assets" / "site.css").read_text(encoding="utf-8")
    writer.save("assets/site.css", f"{css}\n.trial {{ margin: 0; }}\n")
    assert ".trial" in writer.page("/assets/site.css")


def test_the_pages_load_nothing_but_from_this_machine_and_the_script_is_there(writer: Writer):
    home = writer.page("/")
    assert '<script src="/_watch/reload.js"' in home
    assert "EventSource" in writer.page("/_watch/reload.js")
    assert writer.browser.get("/_watch/mistakes.css").headers["content-type"].startswith("text/css")


def test_the_sandbox_answers_beside_the_pages(writer: Writer):
    token = writer.browser.get("/_sandbox/worlds").json()[0]["tokens"][0]["token"]
    listed = writer.browser.get("/api/v3/partnerships", headers={"Authorization": f"Bearer {token}"})
    assert listed.status_code == 200


def test_a_port_that_is_taken_is_told_in_words(writer: Writer):
    port = str(writer.browser.base_url.port)
    done = subprocess.run(
        [sys.executable, "-m", "generator", "watch", "--port", port], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"Error: Port {port}: Address already in use" in done.stderr
    assert "Choose another with --port." in done.stderr
