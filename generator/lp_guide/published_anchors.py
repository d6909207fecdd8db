"""Checks the published anchors in a lock file: other sites link to them, so they must stay.

A moved anchor needs a redirect in site.yaml. Only `lp-guide anchors --write` adds to the lock, so headings can change
while a page is being written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, Place, read_text
from lp_guide.site_files import is_page
from lp_guide.writer_mistakes import suggestion

LOCK = "anchors.lock"
HEAD = "# Every anchor that other sites may link to. `lp-guide anchors --write` adds new ones.\n"
LEADS_ON = b'<link rel="canonical"'
"""The mark of pages that redirect. They have no anchors of their own."""
_MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
_ANCHOR = re.compile(r'<(?:h[1-6]|section|tr|li|dt|p|a|span|code)\b[^<>]*?\sid="([^"]*)"')

Redirects = Mapping[str, str]
"""New addresses by old ones: `/old/` or `/page/#old`."""


def published(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the address of every page of a site, and of every anchor in its content.

    Pages that redirect are left out.
    """
    pages = ((name, data) for name, data in files.items() if is_page(name) and LEADS_ON not in data)
    return addresses((name, anchors(data.decode())) for name, data in pages)


def addresses(pages: Iterable[tuple[str, Iterable[str]]]) -> frozenset[str]:
    """Return the addresses of pages and of their anchors, given the name of each page."""
    return frozenset(
        address
        for name, found in pages
        for url in [_url(name)]
        for address in (url, *(f"{url}#{anchor}" for anchor in found))
    )


def anchors(text: str) -> frozenset[str]:
    """Return the anchors in the content of a page."""
    main = _MAIN.search(text)
    return frozenset(sys.intern(unescape(anchor)) for anchor in _ANCHOR.findall(main[0] if main else ""))


def _url(output: str) -> str:
    return f"/{output.removesuffix('index.html')}"


def read_lock(folder: Path) -> list[str]:
    """Return the lines of the lock; none if there is no lock yet. Raises ContractError when it cannot be read."""
    file = folder / LOCK
    return read_text(file, shown(file)).splitlines() if file.exists() or file.is_symlink() else []


def write_lock(folder: Path, anchors: Iterable[str]) -> None:
    """Add anchors to the lock."""
    known = {line for line in read_lock(folder) if line.startswith("/")}
    (folder / LOCK).write_text(HEAD + "".join(f"{each}\n" for each in sorted(known | set(anchors))), encoding="utf-8")


def unlocked(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Return the anchors that the lock lacks."""
    return sorted(published(files).difference(read_lock(folder)))


def vanished(
    here: frozenset[str], folder: Path, shown: Path, moved: Redirects, unmade: Collection[str] = ()
) -> Iterator[Complaint]:
    """Complain of every page and anchor of the lock that no longer exists and has no redirect.

    `here` are all addresses. A page that is gone is one complaint. `unmade` has the names of the files that have a
    mistake: their anchors may exist.
    """
    unknown, gone = {*map(_url, unmade)}, dict[str, dict[str, int]]()
    for number, anchor in enumerate(read_lock(folder), 1):
        is_gone = anchor.startswith("/") and anchor not in here and _page(anchor) not in unknown
        if is_gone and not _follows(anchor, here, moved):
            gone.setdefault(_page(anchor), {})[anchor] = number
    for page, found in gone.items():
        for anchor, number in [(page, found[page])] if page in found else found.items():
            with_it = "" if anchor != page or len(found) == 1 else f" with its {len(found) - 1} anchors"
            yield Complaint(
                Place(shown / LOCK, number),
                "anchor",
                f"`{anchor}`{with_it} was published and no longer exists, so links to it are broken.",
                f"{_nearest(anchor, here)}Restore it, or add its new address under `redirects:` in site.yaml. "
                f"If it was never published, remove {'its lines' if with_it else 'the line'}.",
            )


def _follows(anchor: str, here: frozenset[str], moved: Redirects) -> bool:
    """Whether an anchor has moved, alone or with its page."""
    url, _, name = anchor.partition("#")
    return anchor in moved or (url in moved and f"{moved[url]}#{name}" in here)


def _page(anchor: str) -> str:
    return anchor.partition("#")[0]


def _nearest(anchor: str, here: frozenset[str]) -> str:
    url = anchor.partition("#")[0]
    beside = [other for other in here if other.startswith(f"{url}#")]
    said = suggestion(anchor, beside) if beside else ""
    return f"{said} " if said.startswith("Did") else ""


def misdirected(
    here: frozenset[str], moved: Redirects, place: Mapping[str, Place], unmade: Collection[str] = ()
) -> Iterator[Complaint]:
    """Complain of every redirect from an address that exists, and to an address that does not.

    `here` are all addresses without those that `leave_behind` adds. `unmade` has the names of the files that have a
    mistake: their anchors may exist.
    """
    unknown = {*map(_url, unmade)}
    for old, new in moved.items():
        if old in here:
            message = f"`{old}` still exists, so it cannot have a redirect."
            yield Complaint(place[old], "redirect", message, "Remove the redirect.")
        if new not in here and new not in moved and _page(new) not in unknown:
            yield Complaint(place[old], "redirect", f"`{new}` does not exist.", suggestion(new, here))


def moved_from_pages(moved: Redirects) -> Mapping[str, Redirects]:
    """Return the new addresses of the anchors that have moved, by the address of the page that had them."""
    gone: dict[str, dict[str, str]] = {}
    for old, new in moved.items():
        url, mark, name = old.partition("#")
        if mark:
            gone.setdefault(url, {})[name] = new
    return gone


def leave_behind(text: str, url: str, gone: Redirects) -> str:
    """Add an element to a page for each anchor that has moved, so that old links still work."""
    for name, new in gone.items():
        text = _with_place(text, url, name, new)
    return text


def _with_place(text: str, url: str, name: str, new: str) -> str:
    at, _, target = new.partition("#")
    beside = re.search(rf'<\w+\b[^<>]*?\sid="{re.escape(target)}"', text) if at == url and target else None
    if beside:
        mark = Markup('<span id="{}"></span>').format(name)
        return f"{text[: beside.start()]}{mark}{text[beside.start() :]}"
    words = (
        '<p class="govuk-inset-text app-moved" id="{}">This part has <a class="govuk-link" href="{}">moved</a>.</p>\n'
    )
    end = text.rindex("</main>")
    return f"{text[:end]}{Markup(words).format(name, quote(new, safe='/#'))}{text[end:]}"  # noqa: S704 - it is a literal
