"""Visits pages of the site in a browser, as the sandbox serves them, and reports all that a visit shows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from chromium import CHROMIUM, FLAGS
from names_on_screen import BROKEN_NAMES
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from site_helpers import whole_site

from lp_guide.published_anchors import LEADS_ON
from lp_sandbox.web.pages import _pack

FLAGS_OF_VISITS = [*FLAGS, "--disable-threaded-compositing"]
"""Without threads that draw while scripts run, a visit takes a sixth less. A click needs what they draw."""
WIDE = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450, "deviceScaleFactor": 2}
"""The wide screen at 200 %: a browser that zooms lays a page out on half as many pixels, each twice as large."""
SMALL = {"width": 320, "height": 640}
SWAGGER = "/api/docs/v3/"
OF_ERROR = re.compile(r"(.*errors/)[^/]+/index\.html")
COLOUR = ["color-contrast", "link-in-text-block"]
"""The rules that colours decide. They take nine tenths of axe's time."""
SIZE = ["target-size"]
"""The rule that the styles of an element and of its neighbours decide. It takes half of the rest."""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {rule: {"enabled": False} for rule in COLOUR + SIZE},
}
COLOUR_RULES = {"runOnly": {"type": "rule", "values": COLOUR}}
COLOUR_AND_SIZE_RULES = {
    "runOnly": {"type": "rule", "values": COLOUR + SIZE},
    "rules": {rule: {"enabled": True} for rule in SIZE},
}
"""They are judged together: for each of them axe finds out what is in front of what, which takes most of the time."""
AXE = """([kinds, rules]) => {
  axe.configure({noHtml: true}); // Else axe writes out every element that it judges.
  const parts = kinds ? {include: kinds.map(kind => ofKind.get(kind))} : document;
  return axe.run(parts, {...rules, reporter: "no-passes"}).then(found =>
    found.violations.flatMap(rule => rule.nodes.slice(0, 5).map(node => {
      const why = node.any.map(each => each.message).join(" ").slice(0, 200);
      return `${rule.id}: ${node.target} ${why}`;
    })));
}"""
KINDS = """() => {
  const TARGETS = "a[href], button, input, select, textarea, summary, [tabindex]";
  const WORDS = ["class", "role", "type", "aria-current"]; // Of other attributes only the names count.
  const REFERENCES = ["aria-controls", "aria-describedby", "aria-labelledby", "for"];
  const CLEAR = "rgba(0, 0, 0, 0)";
  const hash = text => {
    let high = 0xdeadbeef, low = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      high = Math.imul(high ^ text.charCodeAt(i), 2654435761);
      low = Math.imul(low ^ text.charCodeAt(i), 1597334677);
    }
    return (high >>> 0).toString(36) + (low >>> 0).toString(36);
  };
  const word = ({name, value}) => {
    if (WORDS.includes(name)) return `${name}=${value}`;
    if (REFERENCES.includes(name)) return `${name}:${value.split(" ").every(id => document.getElementById(id))}`;
    return value ? name : `${name}=`;
  };
  window.ofKind = new Map();
  const kinds = new Map(), structure = new Set(), coloured = new Set(), sized = new Set(), targets = [];
  const keep = (found, part, words) => {
    const kind = hash(words.join(" "));
    found.add(kind);
    ofKind.set(kind, part);
    return kind;
  };
  let heading = "";
  const visit = (part, above, around, behind) => {
    const style = getComputedStyle(part), {color, fontSize, fontWeight, textDecorationLine} = style;
    const background = style.backgroundColor === CLEAR ? behind : style.backgroundColor;
    const named = part.textContent.trim() !== "", labelled = (part.labels?.length ?? 0) > 0;
    const attributes = [...part.attributes].filter(({name}) => !name.startsWith("data-"));
    const own = [part.tagName, ...attributes.map(word).sort()].join(" "), tag = `${part.tagName}.${part.className}`;
    kinds.set(part, keep(structure, part, [own, named, labelled, above, around.own]));
    if (/^H[1-6]$/.test(part.tagName)) {
      keep(structure, part, [heading, part.tagName]);
      heading = part.tagName;
    }
    const hasText = [...part.childNodes].some(each => each.nodeType === Node.TEXT_NODE && each.data.trim());
    const isTarget = part.matches(TARGETS);
    if ((hasText || isTarget) && part.checkVisibility()) {
      const colours = [color, background, fontSize, fontWeight, textDecorationLine];
      keep(coloured, part, [tag, ...colours, around.color, around.background]);
    }
    if (isTarget && part.checkVisibility()) targets.push(part);
    for (const each of part.children) visit(each, around.own, {own, color, background}, background);
  };
  visit(document.body, "", {own: ""}, getComputedStyle(document.documentElement).backgroundColor);
  const beside = part => [part.previousSibling, part, part.nextSibling].map(each => kinds.get(each) ?? each?.nodeName);
  for (const part of targets) keep(sized, part, [...beside(part), ...beside(part.parentElement)]);
  return [[...structure], [...coloured], [...sized]];
}"""
"""Names the kinds of elements: for the structure of a page, for colours, and for the sizes of what can be clicked.

Elements of one kind have the same tag, classes, roles and names of attributes, and are inside elements with the same.
Each kind of structure also has a name or has none, and headings are of one kind after a heading of the same level.
Elements of one colour kind have the same colours, on the same background. What can be clicked has elements of the same
kinds beside it and beside its parent, so that there is as much space around it. One element of each kind is kept.
"""
UNFOLD = """() => document.querySelectorAll("details").forEach(details => {
  details.removeAttribute("name");
  details.open = true;
})"""
"""Opens all that can be folded, those too of which only one is open at a time."""
MEASURE = """spaced => {
  if (spaced) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
      p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
  }
  const found = document.documentElement.scrollWidth > innerWidth ? ["the page itself"] : [];
  for (const part of document.querySelectorAll("body *:not(.govuk-skip-link)")) {
    if (part.closest("thead, svg, .govuk-visually-hidden")) continue;
    const box = part.getBoundingClientRect();
    const isOut = box.width && box.right > innerWidth + 1;
    const {overflowX, overflowY} = spaced ? getComputedStyle(part) : {};
    const hides = way => way === "hidden" || way === "clip";
    const isWider = hides(overflowX) && part.scrollWidth > part.clientWidth + 1;
    const isTaller = hides(overflowY) && part.scrollHeight > part.clientHeight + 1;
    if (isOut || ((isWider || isTaller) && !part.matches("input"))) found.push(part.outerHTML.slice(0, 120));
  }
  return {screen: [innerWidth, devicePixelRatio], found};
}"""
"""Finds what is wider than the screen, and with text spaced out what is cut off, too."""
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
WATCH_THE_FOCUS = """() => {
  let passed = -1; // The body, which has the focus at first, is 0.
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
  const note = () => walk.push(focused());
  document.addEventListener("keydown", note, true);
  window.end = () => {
    note();
    document.removeEventListener("keydown", note, true);
    document.activeElement.blur();
    for (const part of document.querySelectorAll("[data-passed-over]")) part.removeAttribute("tabindex");
  };
}"""
"""Notes what has the focus each time that a key goes down, before the browser moves the focus, and at the end."""
PASS_OVER = """walked => {
  const kindOf = part => part ? `${kindOf(part.parentElement)} ${part.tagName}.${part.className}` : "";
  const found = [];
  for (const around of document.querySelectorAll("header, nav, main, footer")) {
    const parts = [...around.querySelectorAll("a[href], button, input, select, textarea, summary")]
      .filter(part => part.tabIndex >= 0);
    const kinds = parts.map(kindOf);
    // What scrolls and has nothing to reach in it takes the focus itself.
    if (kinds.every(kind => walked.includes(kind))) for (const part of [around, ...parts]) {
      part.dataset.passedOver = "";
      part.tabIndex = -1;
    }
    found.push(...kinds);
  }
  return [...new Set(found)];
}"""
"""Lets the keyboard pass over parts of a page whose kinds of links it has walked on other pages.

Links of one kind have the same tag and classes, and are in elements of the same kinds. Returns the kinds on this page.
"""
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(part => part.checkVisibility({visibilityProperty: true}) && !part.disabled && part.tabIndex >= 0)
  .filter(part => part.type !== "radio" || part === (document.querySelector(`input[name="${part.name}"]:checked`)
    ?? document.querySelector(`input[name="${part.name}"]`))).length"""
"""Of radio buttons with one name the keyboard reaches one; the arrow keys reach the others."""
WORDS = """html => {
  const wordsOf = page => {
    const copy = page.querySelector("main").cloneNode(true);
    copy.querySelectorAll(".app-copy, [data-enhancement]").forEach(part => part.remove());
    return copy.textContent.split(/\\s+/).join(" ").trim();
  };
  return [wordsOf(document), wordsOf(new DOMParser().parseFromString(html, "text/html"))];
}"""
"""The text of a page, less what a script adds to it, and its text as the browser reads it when it runs no script."""


@dataclass
class Known:
    """The kinds of elements that need not be judged again. Each visit adds its own."""

    judged: set[str] = field(default_factory=set)
    """The kinds of KINDS."""
    walked: set[str] = field(default_factory=set)
    """The kinds of PASS_OVER."""


@dataclass
class Visit:
    """What was seen of a page."""

    axe: dict[str, list[str]] = field(default_factory=dict)
    """What axe finds: in the structure of the page, and in the colours and sizes of its new kinds of elements."""
    too_wide: dict[str, list[str]] = field(default_factory=dict)
    """What is wider than the screen, or cut off."""
    broken_names: list[str] = field(default_factory=list)
    """The names that fit into their column at 320 pixels and are on several lines."""
    said: list[str] = field(default_factory=list)
    """What the browser complains of: a policy that was broken among it."""
    requested: list[str] = field(default_factory=list)
    """Every address that the page requested."""
    cookies: list[Any] = field(default_factory=list)
    height: int = 0
    """How many pixels long the page is on the wide screen, before anything is unfolded."""
    focusable: int = 0
    """How much of it the keyboard can reach, without the parts that it passes over."""
    walk: list[dict[str, Any]] = field(default_factory=list)
    """What had the focus after each press of the tab key, and one press more than there should be to reach.

    The keyboard passes over a menu or a main part whose kinds of links it has walked before.
    """
    words: str = ""
    """Its text, less what a script adds."""
    words_without_script: str = ""


class Reader:
    """Visits pages in a tab of its own."""

    def __init__(self, tab: Page, devtools: CDPSession, known: Known) -> None:
        self._tab, self._devtools, self._known = tab, devtools, known
        self._heard = Visit()
        tab.on("request", lambda request: self._heard.requested.append(request.url))
        tab.on("console", lambda message: self._heard.said.append(message.text))
        tab.on("pageerror", lambda error: self._heard.said.append(str(error)))

    async def glance(self, page: str) -> Visit:
        """Return only what a page requests, says and stores, and its height."""
        return (await self._open(page))[0]

    async def _open(self, page: str) -> tuple[Visit, str]:
        """Open a page. Return what a glance shows, and the HTML as it was sent."""
        seen = self._heard = Visit()
        answer = await self._tab.goto(page, wait_until="load")
        assert answer
        seen.height = await self._tab.evaluate("document.documentElement.scrollHeight")
        seen.cookies = await self._tab.context.cookies()
        return seen, await answer.text()

    async def visit(self, page: str) -> Visit:
        """Return what there is to see of a page.

        A page is laid out once for each size of the screen, and last on the wide screen, on which the next one opens.
        """
        (seen, html), tab = await self._open(page), self._tab
        self._known.walked |= set(await tab.evaluate(PASS_OVER, [*self._known.walked]))
        seen.focusable = await tab.evaluate(FOCUSABLE)
        seen.walk = await self._walk(seen.focusable + 1)
        seen.words, seen.words_without_script = await tab.evaluate(WORDS, html)
        await tab.evaluate(UNFOLD)
        seen.axe = await self._axe()
        seen.too_wide["at 200 %"] = await self._too_wide(ZOOMED)
        seen.too_wide["at 320 pixels"] = await self._too_wide(SMALL)
        seen.broken_names = await tab.evaluate(BROKEN_NAMES)
        seen.too_wide["with text spaced out at 320 pixels"] = await self._too_wide(SMALL, spaced=True)
        seen.too_wide["with text spaced out"] = await self._too_wide(WIDE, spaced=True)
        seen.cookies = await tab.context.cookies()
        return seen

    async def _too_wide(self, screen: Mapping[str, int], *, spaced: bool = False) -> list[str]:
        metrics = {"deviceScaleFactor": 1, "mobile": False, **screen}
        await self._devtools.send("Emulation.setDeviceMetricsOverride", metrics)
        seen = await self._tab.evaluate(MEASURE, spaced)
        assert seen["screen"] == [metrics["width"], metrics["deviceScaleFactor"]]
        found: list[str] = seen["found"]
        return found

    async def _walk(self, presses: int) -> list[dict[str, Any]]:
        """Press the tab key, and return what had the focus after each press.

        The browser handles the presses in their order. To wait for each of them would take most of a visit.
        """
        await self._tab.evaluate(WATCH_THE_FOCUS)
        key = {"type": "rawKeyDown", **TAB}
        await asyncio.gather(*(self._devtools.send("Input.dispatchKeyEvent", key) for _ in range(presses)))
        walk: list[dict[str, Any]] = await self._tab.evaluate("end(), walk.slice(1)")
        return walk

    async def _axe(self) -> dict[str, list[str]]:
        """Return what axe finds. It judges each kind of element on the first page that has it.

        The structure of a page is judged as a whole, because some rules look at the whole page.
        """
        kinds = map(set, await self._tab.evaluate(KINDS))
        structure, coloured, sized = (found - self._known.judged for found in kinds)
        self._known.judged |= structure | coloured | sized
        found = {}
        if structure or coloured or sized:
            await self._tab.evaluate(Axe().axe_script)
        if structure:
            found["structure"] = await self._tab.evaluate(AXE, [None, RULES])
        if coloured:
            await self._tab.emulate_media(color_scheme="dark")
            found["colours in dark"] = await self._tab.evaluate(AXE, [[*coloured], COLOUR_RULES])
            await self._tab.emulate_media(color_scheme="light")
        if coloured or sized:
            parts = [*coloured | sized]
            found["colours and sizes in light"] = await self._tab.evaluate(AXE, [parts, COLOUR_AND_SIZE_RULES])
        return found


Look = Callable[[Reader, str], Awaitable[Visit]]


def visits(pages: Iterable[str], address: str, browsers: int = 2, glances: Iterable[str] = ()) -> dict[str, Visit]:
    """Visit pages with two browsers at once, for most machines have two cores, and glance at others."""
    looks = [*((page, Reader.visit) for page in pages), *((page, Reader.glance) for page in glances)]
    with ThreadPoolExecutor(1) as thread:  # where no other loop runs
        return thread.submit(asyncio.run, _visits(looks, address, browsers)).result()


async def _visits(looks: Iterable[tuple[str, Look]], address: str, browsers: int) -> dict[str, Visit]:
    left, seen, known = iter(looks), {}, Known()

    async def read(browser: Browser) -> None:
        context = await browser.new_context(base_url=address, viewport=WIDE)
        tab = await context.new_page()
        reader = Reader(tab, await context.new_cdp_session(tab), known)
        for page, look in left:
            seen[page] = await look(reader, page)

    async with async_playwright() as playwright:
        launch = partial(playwright.chromium.launch, executable_path=CHROMIUM, args=FLAGS_OF_VISITS)
        await asyncio.gather(*map(read, [await launch() for _ in range(browsers)]))
    return seen


def faults(visited: Mapping[str, Visit], found_on: Callable[[Visit], Any]) -> dict[str, Any]:
    """Return what was found on each page that has a fault."""
    return {page: found for page, seen in visited.items() if (found := found_on(seen))}


def weight(seen: Visit) -> int:
    """Return how many bytes a first visit takes, as the sandbox sends them to a browser."""
    names = {urlsplit(url).path.lstrip("/") for url in seen.requested if not url.startswith(("data:", "blob:"))}
    return sum(map(_packed_size, names))


@cache  # The styles and scripts are the same for every page.
def _packed_size(name: str) -> int:
    return len(_pack(whole_site()[_file_of(f"/{name}")]))


def pages() -> dict[str, str]:
    """Return the HTML of every page that was built by its address, but those that lead on to others."""
    built = {name: data for name, data in whole_site().items() if name.endswith(".html") and LEADS_ON not in data}
    return {f"/{name.removesuffix('index.html')}": data.decode() for name, data in built.items()}


def _file_of(page: str) -> str:
    return page.lstrip("/") + ("index.html" if page.endswith("/") else "")
