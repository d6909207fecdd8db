"""The pages of a site as they were last rendered. A page is rendered again only when its source has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lp_contract.yaml_source import Complaint, ContractError
from lp_guide import glossary
from lp_guide.navigation import Navigation
from lp_guide.pages import Page
from lp_guide.recorded_answers import stale
from lp_guide.render import Body, Renderer


class RenderedPages:
    """Renders pages, and keeps their contents and the whole pages."""

    def __init__(self, renderers: Mapping[str, Renderer]) -> None:
        """Take the renderers by edition."""
        self._renderers = renderers
        self._bodies: dict[str, tuple[Page, Body]] = {}
        self._whole: dict[str, tuple[Body, bytes, Sequence[Complaint]]] = {}

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

    def make(self, pages: Iterable[Page], navigation: Navigation) -> tuple[dict[str, bytes], list[Complaint]]:
        """Return the files of all pages without a mistake, and the complaints."""
        files: dict[str, bytes] = {}
        complaints: list[Complaint] = []
        for page in pages:
            try:
                files[page.output], old_answers = self._page(page, navigation)
                complaints += old_answers
            except ContractError as error:
                complaints += error.complaints
        return files, complaints

    def explain(self, renderer: Renderer, page: Page, explained: Sequence[str]) -> None:
        """Explain terms of a glossary on the pages of a renderer. If they have changed, all pages are made again."""
        terms = glossary.terms(page.url, self.body(page).html, explained)
        if terms != renderer.terms:
            renderer.terms = terms
            self.forget_frames()

    def forget_frames(self) -> None:
        """Put all pages into their frames again: what pages share has changed."""
        self._whole.clear()

    def _page(self, page: Page, navigation: Navigation) -> tuple[bytes, Sequence[Complaint]]:
        """Return a whole page, and the complaints about the recorded answers in its file."""
        body = self.body(page)
        framed, whole, old_answers = self._whole.get(page.url, (None, b"", ()))
        if framed is not body:
            whole = self._renderers[page.edition].frame(page, body, navigation).encode()
            old_answers = (*stale(page.text, body.answered, page.file), *body.misfits)
            self._whole[page.url] = (body, whole, old_answers)
        return whole, old_answers
