"""Visits pages of the site in a browser, as the sandbox serves them, and reports all that a visit shows."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from site_helpers import whole_site

from lp_guide.published_anchors import LEADS_ON
from lp_sandbox.app import App
from lp_sandbox.web.pages import _pack

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-smooth-scrolling"]  # so that what gets the focus is in sight at once
WIDE = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
"""The wide screen at 200 %: a browser that zooms lays a page out on half as many pixels, each twice as large."""
SMALL = {"width": 320, "height": 640}
SWAGGER = "/api/docs/v3/"
ELEMENTS_OF_A_SHORT_PAGE = 300
"""A page with so many more elements takes twice as long to examine as a page with hardly any."""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
COLOUR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""The rules that colours decide, which are all that differs between light and dark."""
AXE = """rules => axe.run(document, {...rules, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(rule => rule.nodes.slice(0, 5).map(node => {
    const why = node.any.map(each => each.message).join(" ").slice(0, 200);
    return `${rule.id}: ${node.html.slice(0, 160)} ${why}`;
  })))"""
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
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
WATCH_THE_FOCUS = """() => {
  let passed = 0;
  const focused = () => {
    const part = document.activeElement, style = getComputedStyle(part);
    const box = part.getClientRects()[0] ?? part.getBoundingClientRect(); // its first line, where it has several
    const clear = "rgba(0, 0, 0, 0)", lined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const ring = lined && style.outlineColor !== clear;
    const hit = document.elementFromPoint(box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2);
    part.dataset.passed ||= ++passed;
    return {
      number: Number(part.dataset.passed), html: part.outerHTML.slice(0, 160),
      marked: ring || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 221, 0)",
      seen: box.width > 0 && box.height > 0
        && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      covered: hit !== null && !part.contains(hit) && !hit.contains(part),
    };
  };
  window.walk = [];
  document.addEventListener("keyup", () => walk.push(focused()), true);
}"""
"""Notes what has the focus each time that a key comes up."""
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(part => part.checkVisibility({visibilityProperty: true}) && !part.disabled && part.tabIndex >= 0)
  .filter(part => part.type !== "radio" || part === (document.querySelector(`input[name="${part.name}"]:checked`)
    ?? document.querySelector(`input[name="${part.name}"]`))).length"""
"""Of radio buttons with one name the keyboard reaches one; the arrow keys reach the others."""
_WORDS_OF = """const wordsOf = page => {
  const copy = page.querySelector("main").cloneNode(true);
  copy.querySelectorAll(".app-copy, [data-enhancement]").forEach(part => part.remove());
  return copy.textContent.split(/\\s+/).join(" ").trim();
};"""
WORDS = f"() => {{ {_WORDS_OF} return wordsOf(document); }}"
"""The text of a page, less what a script adds to it."""
WORDS_WITHOUT_SCRIPT = f"""() => {{
  {_WORDS_OF}
  return fetch(location).then(answer => answer.text())
    .then(text => wordsOf(new DOMParser().parseFromString(text, "text/html")));
}}"""
"""The text of a page as the browser reads it when it runs no script."""


@dataclass
class Visit:
    """What was seen of a page."""

    axe: dict[str, list[str]] = field(default_factory=dict)
    """What axe finds, in light and in dark, where it was asked."""
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
    """What had the focus after each press of the tab key, and one press more than there should be to reach.

    Empty where the keyboard was not used.
    """
    words: str = ""
    """Its text, less what a script adds."""
    words_without_script: str = ""


class Reader:
    """Visits pages in a tab of its own."""

    def __init__(self, tab: Page, devtools: CDPSession) -> None:
        self._tab, self._devtools = tab, devtools
        self._heard = Visit()
        tab.on("request", lambda request: self._heard.asked.append(request.url))
        tab.on("console", lambda message: self._heard.said.append(message.text))
        tab.on("pageerror", lambda error: self._heard.said.append(str(error)))

    async def visit(self, page: str, *, with_axe_and_keyboard: bool) -> Visit:
        """Return what there is to see of a page."""
        seen = self._heard = Visit()
        tab = self._tab
        await tab.set_viewport_size(WIDE)
        await tab.goto(page, wait_until="load")
        if with_axe_and_keyboard:
            seen.focusable = await tab.evaluate(FOCUSABLE)
            seen.walk = await self._walk(seen.focusable + 1)
        seen.words = await tab.evaluate(WORDS)
        seen.words_without_script = await tab.evaluate(WORDS_WITHOUT_SCRIPT)
        await tab.evaluate(UNFOLD)
        if with_axe_and_keyboard:
            seen.axe = await self._axe()
        await self._devtools.send("Emulation.setDeviceMetricsOverride", ZOOMED)
        assert await tab.evaluate("[innerWidth, devicePixelRatio]") == [ZOOMED["width"], ZOOMED["deviceScaleFactor"]]
        seen.too_wide["at 200 %"] = await tab.evaluate(WIDER)
        await self._devtools.send("Emulation.clearDeviceMetricsOverride")
        await tab.set_viewport_size(SMALL)
        seen.too_wide["at 320 pixels"] = await tab.evaluate(WIDER)
        await tab.evaluate(SPACED)
        seen.too_wide["with text spaced out at 320 pixels"] = await tab.evaluate(WIDER) + await tab.evaluate(CUT)
        await tab.set_viewport_size(WIDE)
        seen.too_wide["with text spaced out"] = await tab.evaluate(WIDER) + await tab.evaluate(CUT)
        seen.cookies = await tab.context.cookies()
        return seen

    async def _walk(self, presses: int) -> list[dict[str, Any]]:
        """Press the tab key, and return what had the focus after each press.

        The browser handles the presses in their order. To wait for each of them would take most of a visit.
        """
        await self._tab.evaluate(WATCH_THE_FOCUS)
        keys = [{"type": kind, **TAB} for _ in range(presses) for kind in ("rawKeyDown", "keyUp")]
        await asyncio.gather(*(self._devtools.send("Input.dispatchKeyEvent", key) for key in keys))
        walk: list[dict[str, Any]] = await self._tab.evaluate("walk")
        await self._tab.evaluate("document.activeElement.blur()")
        return walk

    async def _axe(self) -> dict[str, list[str]]:
        await self._tab.evaluate(Axe().axe_script)
        found = {"light": await self._tab.evaluate(AXE, RULES)}
        await self._tab.emulate_media(color_scheme="dark")
        found["dark"] = await self._tab.evaluate(AXE, COLOUR_RULES)
        await self._tab.emulate_media(color_scheme="light")
        return found


def visits(pages: Iterable[str], examined: Collection[str], address: str) -> dict[str, Visit]:
    """Visit pages with two browsers at once, for most machines have two cores.

    Those in `examined` are visited with axe and the keyboard.
    """
    with ThreadPoolExecutor(1) as thread:  # where no other loop runs
        return thread.submit(asyncio.run, _visits(pages, examined, address)).result()


async def _visits(pages: Iterable[str], examined: Collection[str], address: str) -> dict[str, Visit]:
    left, seen = iter(pages), {}

    async def read(browser: Browser) -> None:
        context = await browser.new_context(base_url=address, viewport=WIDE)
        tab = await context.new_page()
        reader = Reader(tab, await context.new_cdp_session(tab))
        for page in left:
            seen[page] = await reader.visit(page, with_axe_and_keyboard=page in examined)

    async with async_playwright() as playwright:
        launched = [await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) for _ in range(2)]
        await asyncio.gather(*map(read, launched))
    return seen


def weight(seen: Visit) -> int:
    """Return how many bytes a first visit takes, as the sandbox sends them to a browser."""
    names = {urlsplit(url).path.lstrip("/") for url in seen.asked if not url.startswith(("data:", "blob:"))}
    return sum(len(_pack(whole_site()[_file_of(f"/{name}")])) for name in names)


def pages() -> list[str]:
    """Name every page that was built, but those that lead on to others."""
    built = [name for name, data in whole_site().items() if name.endswith(".html") and LEADS_ON not in data]
    return sorted(f"/{name.removesuffix('index.html')}" for name in built)


class Kinds(HTMLParser):
    """Collects the kinds of elements on a page.

    Elements of one kind have the same tag, classes and roles, and stand in elements of the same kinds. The style sheet
    and the scripts treat them alike.
    """

    WORDS = ("class", "role", "type", "aria-current")
    """The attributes whose values count. Of all others only the names do."""
    VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "wbr")
    """The elements that have no end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.elements = 0
        self._around: list[str] = []
        self.feed(whole_site()[_file_of(page)].decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = sorted(f"{name}={value}" if name in self.WORDS else name for name, value in attributes)
        self.elements += 1
        self.found.add((*self._around, f"{tag} {' '.join(known)}"))
        if tag not in self.VOID:
            self._around.append(f"{tag} {' '.join(known)}")

    def handle_endtag(self, tag: str) -> None:
        while self._around and self._around.pop().split(" ")[0] != tag:
            pass


def pages_with_every_kind_of_element() -> list[str]:
    """Name pages that together have every kind of element: those first that have most new kinds for their length."""
    kinds = {page: Kinds(page) for page in pages()}
    left = set[tuple[str, ...]]().union(*(each.found for each in kinds.values()))
    chosen = []
    while left:
        page = max(
            kinds, key=lambda page: len(kinds[page].found & left) / (kinds[page].elements + ELEMENTS_OF_A_SHORT_PAGE)
        )
        left -= kinds[page].found
        chosen.append(page)
    return sorted(chosen)


def _file_of(page: str) -> str:
    return page.lstrip("/") + ("index.html" if page.endswith("/") else "")


@contextmanager
def served(app: App) -> Iterator[str]:
    """Serve a sandbox with its site, and give the address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_level="error"))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(sockets=[listening]),))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()
