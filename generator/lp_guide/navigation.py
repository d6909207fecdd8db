"""The navigation: the sections of the site, their pages in order, the neighbours of a page and the other editions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lp_contract.yaml_source import Complaint, Place, Pointer
from lp_guide.counterparts import Counterparts, EditionLink
from lp_guide.pages import Page
from lp_guide.writer_mistakes import suggestion

SETTING = "navigation"
"""The name of the sections in site.yaml."""

MORE = "More"
"""The title of the group for pages that are in no other group of their section."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of a section that belong together."""

    title: str
    """Empty where the section has no groups."""
    pages: Sequence[Page]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the site, with a page of its own."""

    text: str
    in_menu: bool
    """Whether the menu at the top of pages about its edition shows it."""
    page: Page
    groups: Sequence[Group]


class Navigation:
    """The sections of a site as its settings list them, with every page below each."""

    def __init__(
        self,
        pages: Sequence[Page],
        sections: Sequence[Mapping[str, Any]],
        counterparts: Counterparts | None = None,
    ) -> None:
        """Take the pages, the settings of the sections, and the matching pages of other editions.

        Leaves out the pages of the settings that do not exist.
        """
        self._pages = {page.url: page for page in pages}
        self._below: dict[str, list[Page]] = {}
        for page in sorted(self._pages.values(), key=lambda each: each.date, reverse=True):
            for parent in page.parents[-1:]:
                self._below.setdefault(parent, []).append(page)
        self.counterparts = counterparts or Counterparts(pages)
        self._settings = sections
        self.sections = [self._section(given, page) for given in sections for page in self._found([given["href"]])]
        self._rows = [list(self._in_order(section)) for section in self.sections]

    def complaints(self, place: Callable[[Pointer], Place]) -> Iterator[Complaint]:
        """Complain of every page of the settings that does not exist. `place` returns the place of a setting.

        Suggests pages that the settings do not list: most often a page was renamed.
        """
        listed = dict(self._listed())
        unlisted = self._pages.keys() - listed.values()
        for way, url in listed.items():
            yield from self.missing(url, place(way), unlisted)

    def _listed(self) -> Iterator[tuple[Pointer, str]]:
        """Yield the address of each page in the settings, with its place there."""
        for number, section in enumerate(self._settings):
            yield (SETTING, number, "href"), section["href"]
            for index, group in enumerate(section.get("groups", ())):
                for order, url in enumerate(group["pages"]):
                    yield (SETTING, number, "groups", index, "pages", order), url

    def missing(self, url: str, place: Place, known: Iterable[str] | None = None) -> Iterator[Complaint]:
        """Complain if no page has the address in a setting, and suggest one of the known pages, by default of all."""
        if url not in self._pages:
            remedy = suggestion(url, self._pages if known is None else known)
            yield Complaint(place, "unknown-name", f"There is no page `{url}`.", remedy)

    def page(self, url: str) -> Page | None:
        """Return the page at an address."""
        return self._pages.get(url)

    def children(self, page: Page) -> Sequence[Page]:
        """Return the pages directly below a page, the newest first if they have dates."""
        return self._below.get(page.url, ())

    def groups(self, page: Page) -> Sequence[Group]:
        """Return the pages directly below a page, in groups."""
        return self.groups_at(page.url) or _grouped("", self.children(page))

    def groups_at(self, url: str) -> Sequence[Group]:
        """Return the groups of the section at an address; none if there is no such section."""
        return next((section.groups for section in self.sections if section.page.url == url), ())

    def neighbours(self, page: Page) -> tuple[Page | None, Page | None]:
        """Return the previous and the next page in the section of a page."""
        row = next((row for row in self._rows if page.url in row), [page.url])
        place = row.index(page.url)
        before, after = row[:place][-1:], row[place + 1 :][:1]
        return next(map(self._pages.get, before), None), next(map(self._pages.get, after), None)

    def editions(self, page: Page) -> Sequence[EditionLink]:
        """Return the links to the editions in the header of a page."""
        return self.counterparts.links(page)

    def name(self, page: Page) -> str:
        """Return the text of links to a page: the name of its section if it is the first page, or else its title."""
        return next((section.text for section in self.sections if section.page is page), page.title)

    def parents(self, page: Page) -> Sequence[Page]:
        """Return the pages above a page, from the top."""
        return [self._pages[url] for url in page.parents if url in self._pages]

    def _section(self, given: Mapping[str, Any], page: Page) -> Section:
        named = [Group(group["title"], self._found(group["pages"])) for group in given.get("groups", ())]
        listed = [each.url for group in named for each in group.pages]
        rest = [child for child in self.children(page) if child.url not in listed]
        return Section(given["text"], given["in_menu"], page, [*named, *_grouped(MORE if named else "", rest)])

    def _found(self, urls: Sequence[str]) -> Sequence[Page]:
        return [self._pages[url] for url in urls if url in self._pages]

    def _in_order(self, section: Section) -> Iterator[str]:
        """Yield the address of each page of a section, in the order of reading."""
        yield section.page.url
        for group in section.groups:
            for page in group.pages:
                yield from (each.url for each in (page, *self.children(page)) if each.is_in_menu)


def _grouped(title: str, pages: Sequence[Page]) -> Sequence[Group]:
    return [Group(title, pages)] if pages else []
