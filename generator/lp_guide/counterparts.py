"""The matching pages of the editions, to which the header of each page links.

A page matches one of another edition if the settings pair the two, if both are about one operation, or if both have the
same address below the first pages of their editions. Otherwise the page above it decides, up to the first page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lp_contract.contract import Contract, Operation
from lp_contract.yaml_source import Complaint, Place
from lp_guide.pages import Page
from lp_guide.writer_mistakes import suggestion

CHECK = "counterpart"


class EditionLink(NamedTuple):
    """A link in the header to an edition."""

    text: str
    href: str
    is_current: bool


class Counterparts:
    """Finds the page of another edition that matches a page."""

    def __init__(
        self, pages: Sequence[Page], switch: Sequence[Mapping[str, str]] = (), pairs: Mapping[str, str] | None = None
    ) -> None:
        """Take the pages, the editions of the header with their first pages, and the pairs of the settings.

        Several pages can be paired with one page, which matches the first of them.
        """
        self._pages = {page.url: page for page in pages}
        self._switch = switch
        self._first_pages = {each["edition"]: each["href"] for each in switch}
        self._by_operation = {
            (page.edition, page.values["operation"].id): page for page in pages if "operation" in page.values
        }
        self._pairs = pairs or {}
        self._paired = {**{other: one for one, other in [*self._pairs.items()][::-1]}, **self._pairs}

    def links(self, page: Page) -> Sequence[EditionLink]:
        """Return the links in the header of a page."""
        return [
            EditionLink(each["text"], self._href(page, each["edition"]), each["edition"] == page.edition)
            for each in self._switch
        ]

    def complaints(self, places: Mapping[str, Place]) -> Iterator[Complaint]:
        """Complain of every pair with a missing page, or with two pages about the same edition."""
        for one, other in self._pairs.items():
            missing = [url for url in (one, other) if url not in self._pages]
            if missing:
                yield Complaint(
                    places[one], CHECK, f"There is no page `{missing[0]}`.", suggestion(missing[0], self._pages)
                )
            elif self._pages[one].edition == self._pages[other].edition:
                yield Complaint(
                    places[one],
                    CHECK,
                    f"`{one}` and `{other}` are about the same edition.",
                    "Pair it with a page of another edition.",
                )

    def _href(self, page: Page, edition: str) -> str:
        """Return the address for an edition: the first page for the edition of the page itself."""
        first_page = self._first_pages[edition]
        if edition == page.edition:
            return first_page
        above = [self._pages[url] for url in reversed(page.parents) if url in self._pages]
        return next(filter(None, (self._match(each, edition) for each in (page, *above))), first_page)

    def in_edition(self, url: str, edition: str) -> str:
        """Return the address of the matching page of an edition, or the address itself if there is none."""
        page = self._pages.get(url)
        is_other = page is not None and edition != page.edition and edition in self._first_pages
        return (self._match(page, edition) if page and is_other else "") or url

    def _match(self, page: Page, edition: str) -> str:
        return next((url for url in self._candidates(page, edition) if self._is_of(edition, url)), "")

    def _candidates(self, page: Page, edition: str) -> Iterator[str]:
        yield self._paired.get(page.url, "")
        yield from self._about_operations_of(page, edition)
        yield self._first_pages[edition] + page.url.removeprefix(self._first_pages.get(page.edition, "/"))

    def _about_operations_of(self, page: Page, edition: str) -> Iterator[str]:
        """Yield the page about the operation of a page; for the page of a tag, the tags of its operations."""
        if "operation" in page.values:
            for name in _versions(page.contracts[0], page.values["operation"]):
                found = self._by_operation.get((edition, name))
                yield from [found.url] if found else []
            return
        for each in page.values.get("operations", ()):
            found = self._by_operation.get((edition, each.id))
            yield from found.parents[-1:] if found else []

    def _is_of(self, edition: str, url: str) -> bool:
        return url in self._pages and self._pages[url].edition == edition


def _versions(contract: Contract, operation: Operation) -> Iterator[str]:
    """Yield the name of an operation, and of those of other versions from which it inherits."""
    yield operation.id
    if operation.version_of:
        yield from _versions(contract, contract.operations[operation.version_of])
