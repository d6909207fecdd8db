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
from lp_contract.contract import Contract, Loader, load
from lp_contract.file_reading import visible
from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError
from lp_guide import contract_links, git_history, published_anchors, redirects, sitemap_and_feed, texts
from lp_guide.answer_cache import AnswerCache
from lp_guide.collections import Collections
from lp_guide.content_files import Content, Stamps, named, read_assets, shared_addresses, stamps
from lp_guide.counterparts import Counterparts
from lp_guide.coverage import report as coverage
from lp_guide.files_for_programs import Files, FilesForPrograms
from lp_guide.link_check import faults_of, read_links
from lp_guide.link_complaints import link_complaints
from lp_guide.navigation import Navigation
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page
from lp_guide.recorded_answers import Answered, Block, unsent
from lp_guide.reference_urls import Addresses, homes
from lp_guide.render import Renderer
from lp_guide.rendered_pages import RenderedPages, WholePage
from lp_guide.rendered_views import EXAMPLES, SIDE_BY_SIDE
from lp_guide.sandbox_client import Sandbox
from lp_guide.search_index import Index
from lp_guide.served_templates import ServedTemplates
from lp_guide.settings import FILE as SETTINGS
from lp_guide.settings import FOR_WRITERS, links_on_pages, read_settings
from lp_guide.site_files import SiteFiles, is_page
from lp_guide.source_hashes import Sources, is_own
from lp_guide.write_recorded_answers import Update, update
from lp_guide.writer_mistakes import find, placed


@dataclass(frozen=True, slots=True)
class Made:
    """The result of building the site."""

    files: SiteFiles
    """All files that could be made. A page with a mistake is not among them."""
    complaints: tuple[Complaint, ...]
    """Every complaint, those about contracts first.

    Links are checked if all pages could be read, and coverage if all could be made.
    """
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
        *,
        load_contract: Loader = load,
    ) -> None:
        """Take the folder of content, templates and settings, and a sandbox that replaces that of the settings.

        `spec` is the folder that holds the contracts, and `load_contract` loads those beside the first. With `sources`,
        uses the answers that were cached for the same contracts and code.
        """
        self._folder = folder
        self._shown = shown(folder)
        settings = self._settings = read_settings(folder, self._shown)
        self._contracts = (contract, *(load_contract(name, spec) for name in settings.data["beside"]))
        self._editions = {
            name: [*contracts] for name, contracts in groupby(self._contracts, key=lambda each: each.of_edition)
        }
        self._of_contracts = tuple(sorted({*contract_links.complaints(self._editions.values())}))
        self._sandbox_place = settings.place(("sandbox",))
        with placed(self._sandbox_place):
            self.sandbox: str = sandbox or settings.data["sandbox"]
            """The sandbox for the requests: a URL, or `module:factory` of an ASGI application."""
            self._sandboxes = {name: Sandbox(self.sandbox, edition=name) for name in self._editions}
        self._sources = sources if is_own(self.sandbox) else None
        self._answers = (
            AnswerCache.of_site(folder, f"{self._sources.code} {self.sandbox}") if self._sources else AnswerCache()
        )
        self._made_collections = Collections()
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
        with placed(self._sandbox_place):
            self._renew_renderer()
            pages, unread = self._content.pages()
            unread += shared_addresses(pages)
            unread += sitemap_and_feed.unknown_tags(pages, self._known)
            made, complaints = self._make_pages(pages, has_all=not unread)
            complaints += self._unused
        assets, unreadable = read_assets(self._folder, self._shown)
        for_programs, mistakes = self._for_programs.make(
            pages, self._rendered.by_url, self._navigation, self.published, search_later=search_later
        )
        unread += [*unreadable, *mistakes]
        former = {} if unread else self._former_pages()
        of_pages = {name: text for page in made.values() for name, text in page.files.items()}
        files = SiteFiles(self.published | assets | of_pages | former | for_programs)
        if not unread:
            complaints += self._check(pages, made, files, former)
        for sandbox in self._sandboxes.values():
            complaints += sandbox.complaints(self._sandbox_place)
        requests = sum(len(body.answered) for _, body in self._rendered.all)
        return Made(files, (*self._of_contracts, *sorted({*unread, *complaints})), len(made), requests)

    def _check(
        self, pages: Sequence[Page], made: Mapping[str, WholePage], files: SiteFiles, former: Collection[str]
    ) -> Iterator[Complaint]:
        """Check what only all pages together show: redirects, links, anchors and coverage."""
        moved, settings = self._moved, self._settings
        unmade = {page.output for page in pages} - made.keys()
        own = published_anchors.addresses((name, page.own_anchors) for name, page in made.items())
        yield from published_anchors.misdirected(own, moved, settings.places("redirects"), unmade)
        yield from self._navigation.complaints(settings.place)
        if FOR_WRITERS in settings.data:
            yield from self._navigation.missing(settings.data[FOR_WRITERS], settings.place((FOR_WRITERS,)))
        yield from self._navigation.counterparts.complaints(settings.places("counterparts"))
        yield from self._index.complaints(pages, settings.places("search", "weights"))
        links = {name: page.links for name, page in made.items()}
        others = {name: files[name] for name in files if is_page(name) and (name in former or name not in made)}
        links |= {name: read_links(name, data.decode()) for name, data in others.items()}
        faults = faults_of(files, links, unmade, redirects.moved_files(moved))
        yield from link_complaints(faults, pages, self._contracts, links_on_pages(settings))
        here = published_anchors.addresses((name, page.anchors) for name, page in made.items())
        here |= published_anchors.published(others)
        yield from published_anchors.vanished(here, self._folder, self._shown, moved, unmade)
        if not unmade:
            yield from coverage.complaints(self._coverage(), settings)

    @cached_property
    def published(self) -> Files:
        """The published documents of every edition."""
        documents = (published_document.files(first) for first, *_ in self._editions.values())
        return {name: data for of_edition in documents for name, data in of_edition.items()}

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

    def _former_pages(self) -> dict[str, PackedText]:
        """Return the pages that redirect from former addresses, by the names of their files."""
        titles: dict[str, str] = {}
        for page, body in self._rendered.all:
            titles |= self._index.titles(page, body.packed)
        former = redirects.former_pages(self._moved, self._addresses, titles)
        pages = [(page, PackedText.of(self._renderer.views.former_page(page))) for page in former]
        return {output: html for page, html in pages for output in page.outputs}

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

    def _forget_pages(self) -> None:
        self._stamps: Stamps = {}
        self._content = Content(self._contracts, self._folder, self._shown, self._changes)
        self._renderers: dict[str, Renderer] = {}
        self._moved: published_anchors.Redirects = self._settings.data.get("redirects") or {}
        self._rendered = RenderedPages(self._renderers, self._moved)
        self._listed: Sequence[Any] = ()

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
            settings = self._settings = read_settings(self._folder, self._shown)
            self._forget_pages()
            self._unused = texts.unused(self._folder, settings.data["language"], settings.place(("language",)))
            self._texts = texts.written(self._folder, settings.data["language"])
            for name, contracts in self._editions.items():
                known = contracts, self._folder / "templates", settings.data, self._sandboxes[name]
                self._renderers[name] = Renderer(*known, self._renderers, answers=self._answers)
            self._renderer = next(iter(self._renderers.values()))
            of_editions = {name: renderer.views for name, renderer in self._renderers.items()}
            layouts, self._known = settings.data.get("layouts", {}), settings.data
            served = ServedTemplates(self._folder / "templates", of_editions, layouts, self._texts)
            self._addresses = Addresses(self._contracts, homes(settings.data))
            self._index = Index(self._addresses, settings.data, self._texts)
            made = self._index, served, self._made_collections
            self._for_programs = FilesForPrograms(self._editions, settings.data, *made)
            self._stamps = found

    def _make_pages(self, pages: Sequence[Page], *, has_all: bool) -> tuple[dict[str, WholePage], list[Complaint]]:
        """Make the pages that have changed, or all if a title or address has changed: pages list each other."""
        listed = [(page.url, page.title, page.description, page.date, page.tags, page.edition) for page in pages]
        if listed != self._listed:
            self._rendered.forget_frames()
            self._listed = listed
            self._navigation = self._navigate(pages)
        complaints = [*self._renew_terms(pages, has_all=has_all)]
        made, mistakes = self._rendered.make(pages, self._navigation)
        return made, [*complaints, *mistakes]

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

    def search_index(self) -> SiteFiles:
        """Make the search index of the last build."""
        return SiteFiles(self._for_programs.search_index())

    def _navigate(self, pages: Sequence[Page]) -> Navigation:
        """Put the pages in their order."""
        settings = self._settings.data
        counterparts = Counterparts(pages, settings["switch"], settings.get("counterparts"))
        return Navigation(pages, settings["navigation"], counterparts)
