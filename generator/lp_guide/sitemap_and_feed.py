"""Writes the site map and the rules for search engines, and the Atom feed of the release notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from lp_contract.yaml_source import Complaint
from lp_guide.packed_text import PackedText
from lp_guide.pages import NOTES, UNRELEASED, Page
from lp_guide.writer_mistakes import suggestion

MAP = "sitemap.xml"
ROBOTS = "robots.txt"
FEED = "release-notes/feed.xml"
_ATOM = "http://www.w3.org/2005/Atom"
_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site_map(pages: Sequence[Page], settings: Mapping[str, Any]) -> bytes:
    """List the address of every page that search engines may index."""
    urls = ET.Element("urlset", xmlns=_MAP)
    for page in pages:
        if page.is_listed:
            ET.SubElement(ET.SubElement(urls, "url"), "loc").text = settings["address"] + page.url
    return _written(urls)


def robots(settings: Mapping[str, Any]) -> bytes:
    """Write the address of the map for search engines, and exclude the results of searches."""
    address = settings["address"]
    return f"User-agent: *\nDisallow: {urlsplit(address).path}/search/\nSitemap: {address}/{MAP}\n".encode()


def unknown_tags(pages: Sequence[Page], settings: Mapping[str, Any]) -> Iterator[Complaint]:
    """Complain of every tag of a release note that is not in the settings."""
    known = settings["tags"]
    for page in pages:
        for tag in page.tags:
            if tag not in known:
                remedy = f"{suggestion(tag, known)} The tags are listed in site.yaml."
                yield Complaint(page.place_of_front("tags"), "unknown-name", f"There is no tag `{tag}`.", remedy)


def feed(bodies: Sequence[tuple[Page, PackedText]], settings: Mapping[str, Any]) -> bytes:
    """Write the release notes as an Atom feed, given the HTML of each page. Unreleased versions are left out."""
    notes = (note for note in bodies if note[0].date not in ("", UNRELEASED))
    released = sorted(notes, key=lambda note: note[0].date)
    root = ET.Element("feed", xmlns=_ATOM)
    root.set("xml:lang", settings["language"])
    root.set("xml:base", settings["address"])
    _say(root, "id", _id(NOTES, settings))
    _say(root, "title", f"{settings['name']}: release notes")
    _say(root, "updated", _midnight(released[-1][0].date if released else f"{settings['feed']['since']}-01-01"))
    _say(ET.SubElement(root, "author"), "name", settings["name"])
    ET.SubElement(root, "link", rel="self", href=f"{settings['address']}/{FEED}")
    ET.SubElement(root, "link", rel="alternate", href=settings["address"] + NOTES)
    for page, body in reversed(released):
        _enter(ET.SubElement(root, "entry"), page, body.text, settings)
    return _written(root)


def _enter(entry: ET.Element, page: Page, body: str, settings: Mapping[str, Any]) -> None:
    _say(entry, "id", _id(page.url, settings))
    _say(entry, "title", page.title)
    _say(entry, "updated", _midnight(page.date))
    _say(entry, "summary", page.description)
    ET.SubElement(entry, "link", rel="alternate", href=settings["address"] + page.url)
    for tag in page.tags:
        ET.SubElement(entry, "category", term=tag)
    _say(entry, "content", body, type="html")


def _say(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = str(text)


def _id(url: str, settings: Mapping[str, Any]) -> str:
    """Make an id that does not depend on the address of the site."""
    return f"tag:{settings['feed']['authority']},{settings['feed']['since']}:{url}"


def _midnight(day: str) -> str:
    return f"{day}T00:00:00Z"


def _written(root: ET.Element) -> bytes:
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
