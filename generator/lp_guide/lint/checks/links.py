"""Checks that links have words and a valid target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from lp_guide.api_paths import VERBS, Endpoint
from lp_guide.lint import reference_links
from lp_guide.lint.markdown_page import CODE, Finding, Guidance, Link
from lp_guide.reference_urls import slug
from lp_guide.writer_mistakes import suggestion

_PROXIES = (".mcas.ms", "safelinks.protection.outlook.com", "urldefense.com", "urldefense.proofpoint.com")
_EXPLICIT = re.compile(r"\{[^{}#]*#([\w-]+)|\b(?:id|name)=[\"']([^\"']+)[\"']")
_SPACED = re.compile(r"\[[^\[\]]+\][ \t]+\((?:/|#|https?:|\w+:)[^()\s]*\)")
_DETAILS = re.compile(r"(?i)\b(?:more|here|this|details|specifications?|reference|documentation)\b")
_THIS = re.compile(r"(?i)\bthis\s*$")
_INCLUDES = re.compile(r"\{[%!].*?\binclude|\{!|<%=|^:{3} \w+\.|^\.\. ", re.MULTILINE)
"""Directives of generators that can bring headings from elsewhere."""
_MARKS = re.compile(r"\{[^{}]*\}\s*$|</?\w+(?: [^<>]*)?>|\]\((?:[^()]|\([^()]*\))*\)|[`*\[\]<>]|\w+://")
_EMPHASIS = re.compile(rf"{_MARKS.pattern}|(?<!\w)_|_(?!\w)")
_TECH_DOCS_ADDRESS = re.compile(rf"reference-v\d+\.html#(api-v\d+-.+)-({'|'.join(VERBS)})$", re.IGNORECASE)


def empty_link(page: Guidance) -> Iterator[Finding]:
    """Every link has words and an address."""
    for link in page.links:
        if link.target in ("", "#"):
            yield Finding(link.line, f"The link `{_words(link)}` has no address.", "Write an address, or remove it.")
        elif not link.text.strip() and not _is_picture(page, link):
            yield Finding(link.line, f"The link to `{link.target}` has no words.", "Describe its target.")


def unreadable_link(page: Guidance) -> Iterator[Finding]:
    """Every address can be read."""
    for link in page.links:
        try:
            urlsplit(link.target)
        except ValueError as error:
            yield Finding(link.line, f"The address `{link.target}` cannot be read: {error}.", "Correct it.")


def spaced_link(page: Guidance) -> Iterator[Finding]:
    """There is no space between the words and the address of a link."""
    for words in page.prose:
        for match in _SPACED.finditer(words.text):
            message = f"`{_words(Link(0, match[0], ''))}` is not a link: there is a space in it."
            yield Finding(words.line_at(match.start()), message, "Write `(` directly after `]`.")


def _is_picture(page: Guidance, link: Link) -> bool:
    """Whether a link is a picture, which may have no words."""
    return f"![{link.text}]({link.target}" in page.lines[link.line - 1]


def _words(link: Link) -> str:
    return link.text.replace(CODE, "…")


def proxied_link(page: Guidance) -> Iterator[Finding]:
    """No address goes through the web filter of an office, which other readers cannot use."""
    for link in page.links:
        host = reference_links.parts(link.target).hostname or ""
        if host.endswith(_PROXIES):
            message = f"`{host}` is a web filter of one office. Other readers cannot use it."
            meant = host.removesuffix(".mcas.ms")
            remedy = f"Link to {meant} itself." if meant != host else "Link to the page itself."
            yield Finding(link.line, message, remedy)


def dead_anchor(page: Guidance) -> Iterator[Finding]:
    """Every link within the page has a heading as its target."""
    for link in page.links:
        is_here = link.target[1:] and link.target[0] == "#" and not _INCLUDES.search(page.source)
        if is_here and not _names_of(link) & _anchors(page) and not _is_near(link, page):
            message = f"There is no heading on this page for `{link.target}`."
            yield Finding(link.line, message, suggestion(link.target[1:], {slug(h.text) for h in page.headings}))


def _names_of(link: Link) -> set[str]:
    """Return the anchor in a link, also without the number that distinguishes headings with equal titles."""
    name = unquote(link.target[1:])
    return {name, re.sub(r"-\d+$", "", name)}


def _is_near(link: Link, page: Guidance) -> bool:
    """Whether an anchor has the letters of a heading, perhaps after a prefix: generators differ in the rest."""
    wanted = _letters(unquote(link.target))
    return any(known and wanted.endswith(known) for known in map(_letters, (h.text for h in page.headings)))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", _MARKS.sub("", text).lower())


@lru_cache(maxsize=4)
def _anchors(page: Guidance) -> set[str]:
    """Every anchor that common programs make for the page."""
    given = {name for match in _EXPLICIT.finditer(page.source) for name in match.groups() if name}
    headings = [marks.sub("", heading.text) for heading in page.headings for marks in (_MARKS, _EMPHASIS)]
    github = {re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") for text in headings}
    return given | github | {slug(text) for text in headings} | {"top"}


def unknown_operation(page: Guidance) -> Iterator[Finding]:
    """Every link to an operation on a reference names an operation of a contract."""
    for link in page.links:
        meant = [
            each
            for each in page.contracts
            if reference_links.is_swagger(each, link) or reference_links.is_published(link)
        ]
        if meant and not any(reference_links.operation(each, link) for each in meant):
            wanted = reference_links.name_in(link)
            known = {name for each in meant for name in reference_links.operations_by_name(each)}
            yield Finding(link.line, f"There is no operation `{wanted}`.", suggestion(wanted, known))


def other_operation(page: Guidance) -> Iterator[Finding]:
    """Every link to the details of an operation names the operation of the text around it.

    A link with words of its own is a cross reference, which may go to any operation.
    """
    for link in page.links:
        aim, about = _aim(page, link), _about(page, link)
        if aim and about and aim != _key(about) and _is_for_details(page, link):
            named = reference_links.parts(link.target).fragment
            message = f"The link goes to `{named}`, but the text is about `{about.verb} {about.path}`."
            yield Finding(link.line, message, "Link to that operation.")


def _is_for_details(page: Guidance, link: Link) -> bool:
    """Whether the words of a link mean the operation around it: "more", or "this endpoint"."""
    before = page.lines[link.line - 1].partition(f"[{link.text}]")[0]
    return bool(_DETAILS.search(link.text) or _THIS.search(before))


def _aim(page: Guidance, link: Link) -> str | None:
    """Return the key of the operation that a link names."""
    for contract in page.contracts:
        if reference_links.is_swagger(contract, link):
            found = reference_links.operation(contract, link)
            return _key(Endpoint(0, found.method, found.path)) if found else None
    match = _TECH_DOCS_ADDRESS.search(link.target)
    return f"{match[2].lower()} {re.sub(r'^api-v[0-9]+-', '', match[1])}" if match else None


def _key(endpoint: Endpoint) -> str:
    return f"{(endpoint.verb or '').lower()} {slug(endpoint.route)}"


def _about(page: Guidance, link: Link) -> Endpoint | None:
    """Return the endpoint named on the line of a link, or else the only one in its section."""
    beside = [each for each in page.endpoints if each.verb and each.line == link.line]
    lines = page.section(link.line)
    blocks = [f.endpoint for f in page.fences if f.endpoint and f.is_endpoint_alone and f.line in lines]
    found = beside or [each for each in blocks if each.verb]
    return found[0] if len(found) == 1 and (beside or len(blocks) == 1) else None
