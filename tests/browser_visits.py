"""Visits pages of the site in a browser, as the sandbox serves them, and reports all that a visit shows."""

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
from site_helpers import whole_site

from lp_sandbox.web.pages import _pack

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-smooth-scrolling"]  # so that what gets the focus is in sight at once
WIDE = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
"""The wide screen at 200 %: a browser that zooms lays a page out on half as many pixels, each twice as large."""
SMALL = {"width": 320, "height": 640}
SWAGGER = "/api/docs/v3/"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
AXE = """rules => axe.run(document, {...rules, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(rule => rule.nodes.slice(0, 5).map(node => {
    const why = node.any.map(each => each.message).join(" ").slice(0, 200);
    return `${rule.id}: ${node.html.slice(0, 160)} ${why}`;
  })))"""
JUDGE_A_LOOK_ONCE = """() => {
  const check = axe._audit.checks["color-contrast"], judge = check.judge ??= check.evaluate;
  const clear = style => style.backgroundColor === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none"
    && style.opacity === "1" && style.filter === "none" && style.mixBlendMode === "normal";
  const holds = (outer, inner) => outer.left <= inner.left && outer.right >= inner.right
    && outer.top <= inner.top && outer.bottom >= inner.bottom;
  const meets = (one, two) => one.left < two.right && two.left < one.right
    && one.top < two.bottom && two.top < one.bottom;
  const placed = [...document.querySelectorAll("body *")].filter(part => {
    const style = getComputedStyle(part);
    return style.position !== "static" || style.float !== "none" || style.transform !== "none";
  }).map(part => [part, part.getBoundingClientRect()]);
  const lookOf = part => {
    const style = getComputedStyle(part), box = part.getBoundingClientRect();
    const look = [style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextStroke];
    for (let each = part; each; each = each.parentElement) {
      const behind = getComputedStyle(each);
      if (clear(behind)) continue;
      if (!holds(each.getBoundingClientRect(), box)) return null;
      look.push(behind.backgroundColor, behind.backgroundImage, behind.opacity, behind.filter, behind.mixBlendMode);
    }
    const isAlone = placed.every(
      ([each, place]) => !meets(place, box) || each.contains(part) || part.contains(each));
    return isAlone ? look.join() : null;
  };
  const passed = new Set();
  check.evaluate = function (part, ...rest) {
    const look = lookOf(part);
    if (passed.has(look)) return true;
    const result = judge.call(this, part, ...rest);
    if (result === true && look) passed.add(look);
    return result;
  };
}"""
"""Lets axe take the contrast of a text as enough where it was enough for another text that looks the same.

What looks the same has the same colour, size and weight, and the same colours behind it. A text that something else may
cover, or that reaches over the edge of a colour behind it, looks like no other. Contrast took axe most of its time.
"""
UNFOLD = """() => document.querySelectorAll("details").forEach(details => {
  details.removeAttribute("name");
  details.open = true;
})"""
"""Opens all that can be folded, those too of which only one is open at a time."""
WIDER = """() => {
  const found = document.documentElement.scrollWidth > innerWidth ? ["the page itself"] : [];
  for (const part of document.querySelectorAll("body *:not(.govuk-visually-hidden):not(.govuk-skip-link)")) {
    const box = part.getBoundingClientRect();
    const out = box.width && box.right > innerWidth + 1 && !part.closest("thead, svg");
    if (out) found.push(part.outerHTML.slice(0, 120));
  }
  return found;
}"""
CUT = """() => [...document.querySelectorAll("body *:not(.govuk-skip-link)")].filter(part => {
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
FOCUSED = """() => {
  window.passed ??= 0;
  const part = document.activeElement, style = getComputedStyle(part);
  const box = part.getClientRects()[0] ?? part.getBoundingClientRect(); // its first line, where it has several
  const clear = "rgba(0, 0, 0, 0)", lined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const ring = lined && style.outlineColor !== clear;
  const hit = document.elementFromPoint(box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2);
  part.dataset.passed ||= ++window.passed;
  return {
    number: Number(part.dataset.passed), html: part.outerHTML.slice(0, 160),
    marked: ring || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 221, 0)",
    seen: box.width > 0 && box.height > 0
      && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: hit !== null && !part.contains(hit) && !hit.contains(part),
  };
}"""
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(part => part.checkVisibility({visibilityProperty: true}) && !part.disabled && part.tabIndex >= 0).length"""
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
    focusable: int = 0
    """How much of it the keyboard can reach."""
    walk: list[dict[str, Any]] = field(default_factory=list)
    """What had the focus after each press of the tab key, and one press more than there should be to reach."""
    words: str = ""
    """Its text, less what a script adds."""
    words_without_script: str = ""


class Reader:
    """Visits pages, with a script and without."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._context = browser.new_context(base_url=address, viewport=WIDE)
        plain = browser.new_context(base_url=address, viewport=SMALL, java_script_enabled=False)
        self._tab, self._plain_tab = self._context.new_page(), plain.new_page()
        self._devtools = self._context.new_cdp_session(self._tab)
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
        seen.focusable = tab.evaluate(FOCUSABLE)
        for _ in range(seen.focusable + 1):
            tab.keyboard.press("Tab")
            seen.walk.append(tab.evaluate(FOCUSED))
        tab.evaluate("document.activeElement.blur()")
        seen.words = tab.locator("main").first.evaluate(WORDS)
        tab.evaluate(UNFOLD)
        tab.evaluate(Axe().axe_script)
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            tab.evaluate(JUDGE_A_LOOK_ONCE)
            seen.axe[scheme] = tab.evaluate(AXE, RULES)
        self._devtools.send("Emulation.setDeviceMetricsOverride", ZOOMED)
        assert tab.evaluate("[innerWidth, devicePixelRatio]") == [ZOOMED["width"], ZOOMED["deviceScaleFactor"]]
        seen.too_wide["at 200 %"] = tab.evaluate(WIDER)
        self._devtools.send("Emulation.clearDeviceMetricsOverride")
        tab.set_viewport_size(SMALL)
        seen.too_wide["at 320 pixels"] = tab.evaluate(WIDER)
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
