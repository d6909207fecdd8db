"""A reader's browser on the site as the sandbox serves it. One visit to a page looks at all there is to see of it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from client import client, sandbox
from playwright.sync_api import Browser, sync_playwright
from site_parts import whole_site

from mocks.pages import _pack

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}
"""What is left of the wide screen at 200 %: a browser that zooms has so many fewer pixels to lay a page out on."""
SMALL = {"width": 320, "height": 640}
SWAGGER = "/api/docs/v3/"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules whose findings depend on colours, which is all that is another in the dark."""
AXE = """rules => axe.run(document, {...rules, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(rule => rule.nodes.slice(0, 5).map(node => {
    const why = node.any.map(each => each.message).join(" ").slice(0, 200);
    return `${rule.id}: ${node.html.slice(0, 160)} ${why}`;
  })))"""
OPEN = "most => [...document.querySelectorAll('details')].slice(0, most).forEach(details => { details.open = true })"
FEW, ALL = 3, 10_000
"""How many of the parts of a page that can be folded are unfolded: axe takes minutes over a hundred that are alike."""
WIDER = """() => {
  const found = document.documentElement.scrollWidth > innerWidth ? ["the page itself"] : [];
  for (const part of document.querySelectorAll("body *:not(.govuk-visually-hidden):not(.govuk-skip-link)")) {
    const box = part.getBoundingClientRect();
    const out = box.width && box.right > innerWidth + 1 && !part.closest("thead, svg");
    if (out) found.push(part.outerHTML.slice(0, 120));
  }
  return found;
}"""
CUT = """() => [...document.querySelectorAll("body *:not(.govuk-visually-hidden)")].filter(part => {
  const {overflowX, overflowY} = getComputedStyle(part);
  const cut = way => way === "hidden" || way === "clip";
  const isWider = part.scrollWidth > part.clientWidth + 1, isTaller = part.scrollHeight > part.clientHeight + 1;
  const isCut = (cut(overflowX) && isWider) || (cut(overflowY) && isTaller);
  return isCut && !part.matches("input") && !part.closest("thead, svg, .govuk-visually-hidden");
}).map(part => part.outerHTML.slice(0, 120))"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets.push(sheet);
}"""
WORDS = """(main) => {
  const copy = main.cloneNode(true);
  copy.querySelectorAll(".app-copy, [data-enhancement]").forEach(part => part.remove());
  return copy.textContent.split(/\\s+/).join(" ").trim();
}"""
"""The text of a page, less what a script adds to it."""


@dataclass
class Visit:
    """What was seen of a page."""

    axe: dict[str, list[str]] = field(default_factory=dict)
    """What axe finds, in light and in dark."""
    too_wide: dict[str, list[str]] = field(default_factory=dict)
    """What is wider than the screen, or cut off."""
    said: list[str] = field(default_factory=list)
    """What the browser complains of: a policy that was broken among it."""
    asked: list[str] = field(default_factory=list)
    """Every address that was asked for."""
    cookies: list[Any] = field(default_factory=list)
    first_focus: str = ""
    words: str = ""
    """Its text, less what a script adds."""
    words_without_script: str = ""


class Reader:
    """Visits pages, with a script and without."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._context = browser.new_context(base_url=address, viewport=WIDE)
        plain = browser.new_context(base_url=address, viewport=SMALL, java_script_enabled=False)
        self._tab, self._plain_tab = self._context.new_page(), plain.new_page()
        self._heard = Visit()
        self._tab.on("request", lambda request: self._heard.asked.append(request.url))
        self._tab.on("console", lambda message: self._heard.said.append(message.text))
        self._tab.on("pageerror", lambda error: self._heard.said.append(str(error)))

    def visit(self, page: str) -> Visit:
        """Return what there is to see of a page."""
        seen = self._look(page)
        self._plain_tab.goto(page)
        seen.words_without_script = self._plain_tab.locator("main").first.evaluate(WORDS)
        return seen

    def _look(self, page: str) -> Visit:
        seen = self._heard = Visit()
        tab = self._tab
        tab.set_viewport_size(WIDE)
        tab.emulate_media(color_scheme="light")
        tab.goto(page, wait_until="load")
        tab.keyboard.press("Tab")
        seen.first_focus = tab.evaluate("document.activeElement.textContent.trim()")
        seen.words = tab.locator("main").first.evaluate(WORDS)
        tab.evaluate(OPEN, FEW)
        tab.evaluate(Axe().axe_script)
        seen.axe["light"] = tab.evaluate(AXE, RULES)
        tab.emulate_media(color_scheme="dark")
        seen.axe["dark"] = tab.evaluate(AXE, COLOUR)
        tab.evaluate(OPEN, ALL)
        for name, size in (("at 200 %", ZOOMED), ("at 320 pixels", SMALL)):
            tab.set_viewport_size(size)
            seen.too_wide[name] = tab.evaluate(WIDER)
        tab.evaluate(SPACED)
        seen.too_wide["with text spaced out at 320 pixels"] = tab.evaluate(WIDER) + tab.evaluate(CUT)
        tab.set_viewport_size(WIDE)
        seen.too_wide["with text spaced out"] = tab.evaluate(WIDER) + tab.evaluate(CUT)
        seen.cookies = self._context.cookies()
        return seen


def visits(pages: Sequence[str], address: str) -> dict[str, Visit]:
    """Visit pages with two browsers at once, for most machines have two cores."""

    def read(some: Sequence[str]) -> dict[str, Visit]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            reader = Reader(browser, address)
            seen = {page: reader.visit(page) for page in some}
            browser.close()
            return seen

    with ThreadPoolExecutor(2) as readers:
        first, second = readers.map(read, (pages[::2], pages[1::2]))
    return first | second


def weight(seen: Visit) -> int:
    """Return how many bytes a first visit takes, as the sandbox sends them to a browser."""
    names = {urlsplit(url).path.lstrip("/") for url in seen.asked if not url.startswith(("data:", "blob:"))}
    files = {name + "index.html" if not name or name.endswith("/") else name for name in names}
    return sum(len(_pack(whole_site()[file])) for file in files)


def pages() -> list[str]:
    """Name every page that was built, but those that lead on to others."""
    built = [
        name for name, data in whole_site().items() if name.endswith(".html") and b'http-equiv="refresh"' not in data
    ]
    return sorted(f"/{name.removesuffix('index.html')}" for name in built)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the site with a sandbox, and give the address."""
    listening = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()
    servers: list[uvicorn.Server] = []

    def run() -> None:
        app = sandbox(site=folder)
        client(app)
        servers.append(uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_level="error")))
        ready.set()
        asyncio.run(servers[0].serve(sockets=[listening]))

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    servers[0].should_exit = True
    thread.join()
    listening.close()
