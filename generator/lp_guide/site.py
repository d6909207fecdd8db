"""Builds the site of one edition or several. A second build makes only what has changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lp_contract import SPEC, published_document
from lp_contract.contract import Contract, load
from lp_contract.file_reading import visible
from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError
from lp_guide import contract_links, git_history, published_anchors, redirects, sitemap_and_feed, texts
from lp_guide.answer_cache import AnswerCache
from lp_guide.collections import Collections, collected_pages
from lp_guide.content_files import Content, Stamps, named, read_assets, shared_addresses, stamps
from lp_guide.counterparts import Counterparts
from lp_guide.coverage import report as coverage
from lp_guide.link_check import Links
from lp_guide.link_complaints import link_complaints
from lp_guide.markdown_pages import LIST, MarkdownPages, llms_txt
from lp_guide.navigation import Navigation
from lp_guide.pages import Page
from lp_guide.rare_garbage_collection import rare_garbage_collection
from lp_guide.recorded_answers import Answered, Block, unsent
from lp_guide.reference_urls import Addresses, homes
from lp_guide.render import Renderer
from lp_guide.rendered_pages import RenderedPages
from lp_guide.rendered_views import EXAMPLES, SIDE_BY_SIDE
from lp_guide.sandbox_client import Sandbox
from lp_guide.search_index import INDEX, Index
from lp_guide.served_templates import ServedTemplates
from lp_guide.settings import FILE as SETTINGS
from lp_guide.settings import read_settings
from lp_guide.source_hashes import Sources, is_own
from lp_guide.write_recorded_answers import Update, update
from lp_guide.writer_mistakes import find, placed

Files = dict[str, bytes]
"""Every file of the site, by its name."""


@dataclass(frozen=True, slots=True)
class Made:
    """The result of building the site."""

    files: Files
    """All files that could be made. A page with a mistake is not among them."""
    complaints: tuple[Complaint, ...]
    """Every complaint. Links are checked only if all pages could be made."""
    pages: int
    requests: int
    """The number of requests on the pages."""


class Site:
    """The pages, the assets and the published contract of an edition. Use it in a `with`.

    It does not read the contracts again: open another site after a change to them.
    """

    def __init__(
        self,
        contract: Contract,
        folder: Path,
        sandbox: str | None = None,
        spec: Path = SPEC,
        sources: Sources | None = None,
    ) -> None:
        """Take the folder of content, templates and settings, and a sandbox that replaces that of the settings.

        `spec` is the folder that holds the contracts. With `sources`, uses the answers
        that were cached for the same contracts and code.
        """
        self._folder = folder
        self._shown = shown(folder)
        settings = self._settings = read_settings(folder, self._shown)
        self._contracts = (contract, *(load(name, spec) for name in settings.data["beside"]))
        self._editions = {
            name: [*contracts] for name, contracts in groupby(self._contracts, key=lambda each: each.of_edition)
        }
        contract_links.refuse_unresolved(self._editions.values())
        self._sandbox_place = settings.place(("sandbox",))
        with placed(self._sandbox_place):
            self.sandbox: str = sandbox or settings.data["sandbox"]
            """The sandbox for the requests: a URL, or `module:factory` of an ASGI application."""
            self._sandboxes = {name: Sandbox(self.sandbox, edition=name) for name in self._editions}
        self._sources = sources if is_own(self.sandbox) else None
        self._answers = (
            AnswerCache.of_site(folder, f"{self._sources.code} {self.sandbox}") if self._sources else AnswerCache()
        )
        self.published: Files = {}
        """The published documents of every edition."""
        for first, *_ in self._editions.values():
            self.published |= published_document.files(first)
        self._made_collections = Collections()
        self._links = Links()
        self._markdown = MarkdownPages()
        self._forget_pages()

    def save_answers(self) -> bool:
        """Cache the answers for the next build and return True, unless the next build may get other answers."""
        if not (self._sources and self._sources.are_unchanged()):
            return False
        self._answers.save()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with placed(self._sandbox_place):
            for sandbox in self._sandboxes.values():
                sandbox.__exit__(kind, error, trace)

    def make(self, *, search_later: bool = False) -> Made:
        """Make what has changed since the last build, and return the whole site.

        With `search_later` the search index stays as it was, until `search_index` makes it.
        """
        with rare_garbage_collection():
            return self._make(search_later=search_later)

    def _make(self, *, search_later: bool) -> Made:
        with placed(self._sandbox_place):
            self._renew_renderer()
            pages, unread = self._content.pages()
            unread += shared_addresses(pages)
            unread += sitemap_and_feed.unknown_tags(pages, self._known)
            made, complaints = self._make_pages(pages, has_all=not unread)
            complaints += self._unused
        assets, unreadable = read_assets(self._folder, self._shown)
        unread += unreadable
        others = self._other_files(pages, unread, search_later=search_later)
        as_markdown = self._markdown.make(pages, made)
        is_whole = not unread and len(made) == len(pages)
        if is_whole:
            complaints += published_anchors.misdirected(made, self._moved, self._settings.places("redirects"))
            complaints += self._navigation.counterparts.complaints(self._settings.places("counterparts"))
            complaints += self._index.complaints(pages, self._settings.places("search", "weights"))
            made = self._with_redirects(made)
        files = self.published | assets | as_markdown | made | others
        if is_whole:
            complaints += link_complaints(self._links.faults(files), pages, self._contracts)
            complaints += published_anchors.vanished(files, self._folder, self._shown, self._moved)
            complaints += coverage.complaints(self._coverage(), self._settings)
        for sandbox in self._sandboxes.values():
            complaints += sandbox.complaints(self._sandbox_place)
        requests = sum(len(body.answered) for _, body in self._rendered.all)
        return Made(files, tuple(sorted({*unread, *complaints})), len(made), requests)

    @property
    def read_pages(self) -> Sequence[Page]:
        """The pages of the last build."""
        return [page for page, _ in self._rendered.all]

    def report(self) -> coverage.Report:
        """Return what the pages of the last build show of the contract."""
        opted = {str(page.file): body.opt_outs for page, body in self._rendered.all if body.opt_outs}
        return coverage.Report(self._coverage(), dict(sorted(opted.items())))

    def _coverage(self) -> Sequence[coverage.Line]:
        pages = [coverage.OnPage(page.edition, page.url, body.shown) for page, body in self._rendered.all]
        return coverage.measure_all(self._editions, pages, self._settings)

    def _with_redirects(self, made: Files) -> Files:
        """Add the redirects from former addresses."""
        left = published_anchors.leave_behind(made, self._moved)
        titles: dict[str, str] = {}
        for page, body in self._rendered.all:
            titles |= self._index.titles(page, body.html)
        former = redirects.former_pages(self._moved, self._addresses, titles)
        pages = [(page, self._renderer.views.former_page(page).encode()) for page in former]
        return left | {output: html for page, html in pages for output in page.outputs}

    def updates(self, files: Collection[Path]) -> tuple[list[Update], list[Complaint]]:
        """Return the updates and the complaints of some files, or of all if no file is given.

        Raises Mistake for a file that is not a page.
        """
        found: list[Update] = []
        self._renew_renderer()
        pages, complaints = self._content.pages()
        for page in named(pages, files):
            requests: list[Block] = []
            answered: list[Answered] = []
            renderer = self._renderers[page.edition]
            try:
                with placed(self._sandbox_place):
                    requests += renderer.requests(page)
                    renderer.body(page, answered)
            except ContractError as error:
                complaints += error.complaints
                complaints += unsent(page.file, requests, answered, error.complaints)
            found += filter(None, [update(page, answered)])
        return found, complaints

    def use_idle_time(self) -> None:
        """Prepare for the next build."""
        with placed(self._sandbox_place):
            for sandbox in self._sandboxes.values():
                sandbox.use_idle_time()

    def _forget_pages(self) -> None:
        self._stamps: Stamps = {}
        self._content = Content(self._contracts, self._folder, self._shown, self._changes)
        self._renderers: dict[str, Renderer] = {}
        self._rendered = RenderedPages(self._renderers)
        self._listed: Sequence[Any] = ()
        self._searched: Sequence[tuple[Page, str]] = ()

    @cached_property
    def _changes(self) -> Mapping[str, str]:
        return git_history.last_changes(self._folder / "content")

    def _renew_renderer(self) -> None:
        """Start again if settings, templates or examples have changed, because every page can depend on them."""
        found = stamps(
            *(self._folder / name for name in (SETTINGS, SIDE_BY_SIDE)),
            *visible(self._folder / EXAMPLES, "*"),
            *visible(self._folder / "templates", "**/*.html"),
            *visible(self._folder / texts.FOLDER, "*.yaml"),
        )
        if found != self._stamps:
            self._forget_pages()
            settings = self._settings = read_settings(self._folder, self._shown)
            self._unused = texts.unused(self._folder, settings.data["language"], settings.place(("language",)))
            self._texts = texts.written(self._folder, settings.data["language"])
            for name, contracts in self._editions.items():
                known = contracts, self._folder / "templates", settings.data, self._sandboxes[name]
                self._renderers[name] = Renderer(*known, self._renderers, answers=self._answers)
            self._renderer = next(iter(self._renderers.values()))
            of_editions = {name: renderer.views for name, renderer in self._renderers.items()}
            layouts, self._known = settings.data.get("layouts", {}), settings.data
            self._served = ServedTemplates(self._folder / "templates", of_editions, layouts, self._texts)
            self._addresses = Addresses(self._contracts, homes(settings.data))
            self._index = Index(self._addresses, settings.data, self._texts)
            self._search = b""
            self._moved: published_anchors.Redirects = settings.data.get("redirects") or {}
            self._stamps = found

    def _make_pages(self, pages: Sequence[Page], *, has_all: bool) -> tuple[Files, list[Complaint]]:
        """Make the pages that have changed, or all if a title or address has changed: pages list each other."""
        listed = [(page.url, page.title, page.description, page.date, page.tags, page.edition) for page in pages]
        if listed != self._listed:
            self._rendered.forget_frames()
            self._listed = listed
            self._navigation = self._navigate(pages, has_all=has_all)
        complaints = [*self._renew_terms(pages, has_all=has_all)]
        files, mistakes = self._rendered.make(pages, self._navigation)
        return files, [*complaints, *mistakes]

    def _renew_terms(self, pages: Sequence[Page], *, has_all: bool) -> Iterator[Complaint]:
        """Read the glossaries."""
        by_url = {page.url: page for page in pages}
        for edition, given in self._known.get("glossary", {}).items():
            try:
                with placed(self._settings.place(("glossary", edition))):
                    renderer = find(self._renderers, edition, "edition")
                    if has_all or given["page"] in by_url:
                        page = find(by_url, given["page"], "page")
                        self._rendered.explain(renderer, page, given["explained"])
            except ContractError as error:
                if given["page"] not in by_url or by_url[given["page"]].file != error.complaints[0].place.file:
                    yield from error.complaints

    def search_index(self) -> Files:
        """Make the search index of the last build."""
        self._search = self._index.make(self._searched)
        return {INDEX: self._search}

    def _other_files(self, pages: Sequence[Page], complaints: list[Complaint], *, search_later: bool) -> Files:
        """Make the files for programs (search index, lists of pages, feed), and templates for the sandbox."""
        bodies = self._rendered.by_url
        self._searched = [(page, bodies[page.url].html) for page in pages if page.url in bodies]
        found = {INDEX: self._search} if search_later and self._search else self.search_index()
        own = found | {
            LIST: llms_txt(self._navigation, self._contracts, self.published, self._known),
            sitemap_and_feed.MAP: sitemap_and_feed.site_map(pages, self._known),
            sitemap_and_feed.ROBOTS: sitemap_and_feed.robots(self._known),
        }
        try:
            own[sitemap_and_feed.FEED] = sitemap_and_feed.feed(self._searched, self._known)
            own |= self._served.files(self._navigation)
            own |= self._collections()
        except ContractError as error:
            complaints += error.complaints
        return own

    def _collections(self) -> Files:
        """Return the requests of the guidance of each edition as collections for other tools."""
        files: Files = {}
        answered = {url: body.answered for url, body in self._rendered.by_url.items()}
        for edition, href in self._known.get("collections", {}).items():
            if pages := collected_pages(self._navigation.groups_at(href), answered):
                files |= self._made_collections.files(self._editions[edition], pages)
        return files

    def _navigate(self, pages: Sequence[Page], *, has_all: bool) -> Navigation:
        """Put the pages in their order. Unless `has_all`, the settings may name a page that could not be read."""
        settings = self._settings
        with placed(settings.place(("navigation",))):
            counterparts = Counterparts(pages, settings.data["switch"], settings.data.get("counterparts"))
            return Navigation(pages, settings.data["navigation"], counterparts, has_all=has_all)
