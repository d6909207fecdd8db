"""Makes the files of a site that programs read: the search index, lists of pages, templates and collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, ContractError
from lp_guide import sitemap_and_feed
from lp_guide.collections import Collections, collected_pages
from lp_guide.markdown_pages import LIST, llms_txt
from lp_guide.navigation import Navigation
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page
from lp_guide.render import Body
from lp_guide.search_index import INDEX, Index
from lp_guide.served_templates import ServedTemplates

Files = dict[str, bytes]
"""Files by their names."""


class FilesForPrograms:
    """Makes the files. The search index can be made later than the others."""

    def __init__(
        self,
        editions: Mapping[str, Sequence[Contract]],
        settings: Mapping[str, Any],
        index: Index,
        served: ServedTemplates,
        collections: Collections,
    ) -> None:
        """Take the contracts of each edition, the settings of the site, and what makes some of the files."""
        self._editions, self._settings = editions, settings
        self._index, self._served, self._collections = index, served, collections
        self._searched: Sequence[tuple[Page, PackedText]] = ()
        self._search: Files = {}

    def make(
        self,
        pages: Sequence[Page],
        bodies: Mapping[str, Body],
        navigation: Navigation,
        published: Files,
        *,
        search_later: bool,
    ) -> tuple[Files, Sequence[Complaint]]:
        """Make the files for some pages, and return them with the complaints. `bodies` are the contents by address.

        With `search_later` the search index stays as it was, until `search_index` makes it.
        """
        self._searched = [(page, bodies[page.url].packed) for page in pages if page.url in bodies]
        contracts = [contract for several in self._editions.values() for contract in several]
        files = (self._search if search_later and self._search else self.search_index()) | {
            LIST: llms_txt(navigation, contracts, published, self._settings),
            sitemap_and_feed.MAP: sitemap_and_feed.site_map(pages, self._settings),
            sitemap_and_feed.ROBOTS: sitemap_and_feed.robots(self._settings),
        }
        try:
            files[sitemap_and_feed.FEED] = sitemap_and_feed.feed(self._searched, self._settings)
            files |= self._served.files(navigation)
            files |= self._requests(bodies, navigation)
        except ContractError as error:
            return files, error.complaints
        return files, ()

    def search_index(self) -> Files:
        """Make the search index of the pages for which the files were last made."""
        self._search = {INDEX: self._index.make(self._searched)}
        return self._search

    def _requests(self, bodies: Mapping[str, Body], navigation: Navigation) -> Files:
        """Return the requests of the guidance of each edition as collections for other tools."""
        files: Files = {}
        answered = {url: body.answered for url, body in bodies.items()}
        for edition, href in self._settings.get("collections", {}).items():
            if pages := collected_pages(navigation.groups_at(href), answered):
                files |= self._collections.files(self._editions[edition], pages)
        return files
