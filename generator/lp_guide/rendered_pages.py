"""The pages of a site as they were last rendered. A page is rendered again only when its source has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lp_contract.yaml_source import Complaint, ContractError
from lp_guide import glossary
from lp_guide.link_check import PageLinks, read_links
from lp_guide.markdown_pages import main_of, markdown_of
from lp_guide.navigation import Navigation
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page
from lp_guide.published_anchors import Redirects, anchors, leave_behind, moved_from_pages
from lp_guide.recorded_answers import stale
from lp_guide.render import Body, Renderer


@dataclass(frozen=True, slots=True)
class WholePage:
    """A page in its frame, and what the checks of the whole site need to know of it."""

    body: Body
    files: Mapping[str, PackedText]
    """Its files by their names: the HTML, and the Markdown if searches find the page."""
    own_anchors: frozenset[str]
    anchors: frozenset[str]
    """The anchors of the page, with those that have moved to another place."""
    links: PageLinks
    complaints: Sequence[Complaint]
    """Complaints about the recorded answers in its file."""


class RenderedPages:
    """Renders pages, and keeps their contents and the whole pages."""

    def __init__(self, renderers: Mapping[str, Renderer], moved: Redirects) -> None:
        """Take the renderers by edition, and the redirects."""
        self._renderers, self._gone = renderers, moved_from_pages(moved)
        self._bodies: dict[str, tuple[Page, Body]] = {}
        self._whole: dict[str, WholePage] = {}
        self._markdown: dict[str, tuple[bytes, PackedText]] = {}
        """A hash of the main part of each page, and that part as Markdown. A new frame seldom changes them."""

    @property
    def all(self) -> Sequence[tuple[Page, Body]]:
        """Every page that could be rendered, with its content."""
        return [*self._bodies.values()]

    @property
    def by_url(self) -> Mapping[str, Body]:
        """The content of each page by its address."""
        return {url: body for url, (_, body) in self._bodies.items()}

    def body(self, page: Page) -> Body:
        """Return the content of a page."""
        source, body = self._bodies.get(page.url, (None, None))
        if body is None or source is not page:
            body = self._renderers[page.edition].body(page)
            self._bodies[page.url] = (page, body)
        return body

    def make(self, pages: Iterable[Page], navigation: Navigation) -> tuple[dict[str, WholePage], list[Complaint]]:
        """Return all pages without a mistake by the names of their files, and the complaints."""
        made: dict[str, WholePage] = {}
        complaints: list[Complaint] = []
        for page in pages:
            try:
                made[page.output] = self._page(page, navigation)
                complaints += made[page.output].complaints
            except ContractError as error:
                complaints += error.complaints
        return made, complaints

    def explain(self, renderer: Renderer, page: Page, explained: Sequence[str]) -> None:
        """Explain terms of a glossary on the pages of a renderer. If they have changed, all pages are made again."""
        terms = glossary.terms(page.url, self.body(page).html, explained)
        if terms != renderer.terms:
            renderer.terms = terms
            self.forget_frames()

    def forget_frames(self) -> None:
        """Put all pages into their frames again: what pages share has changed."""
        self._whole.clear()

    def _page(self, page: Page, navigation: Navigation) -> WholePage:
        body, whole = self.body(page), self._whole.get(page.url)
        if whole is None or whole.body is not body:
            whole = self._whole[page.url] = self._framed(page, body, navigation)
        return whole

    def _framed(self, page: Page, body: Body, navigation: Navigation) -> WholePage:
        html = self._renderers[page.edition].frame(page, body, navigation)
        gone = self._gone.get(page.url, {})
        full = leave_behind(html, page.url, gone)
        files = {page.output: PackedText.of(full)}
        if page.markdown:
            files[page.markdown.removeprefix("/")] = self._as_markdown(page, main_of(html))
        own_anchors = anchors(html)
        return WholePage(
            body,
            files,
            own_anchors,
            anchors(full) if gone else own_anchors,
            read_links(page.output, full),
            (*stale(page.text, body.answered, page.file), *body.misfits),
        )

    def _as_markdown(self, page: Page, main: str) -> PackedText:
        digest = hashlib.sha256(main.encode()).digest()
        converted, markdown = self._markdown.get(page.url, (b"", None))
        if markdown is None or converted != digest:
            markdown = PackedText.of(markdown_of(main))
            self._markdown[page.url] = (digest, markdown)
        return markdown
