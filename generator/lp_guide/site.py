"""Builds the site of one edition or several. A second build makes only what has changed."""

from __future__ import annotations

import json
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
from lp_contract.yaml_source import Complaint, ContractError, Source
from lp_guide import git_history, glossary, published_anchors, redirects, sitemap_and_feed, texts
from lp_guide.answer_cache import AnswerCache
from lp_guide.collections import Collections
from lp_guide.collections.journeys import CollectedPage
from lp_guide.content_files import Content, Stamps, read_assets, shared_addresses, stamps
from lp_guide.counterparts import Counterparts
from lp_guide.coverage import report as coverage
from lp_guide.link_check import Links
from lp_guide.link_complaints import link_complaints
from lp_guide.markdown_pages import LIST, MarkdownPages, llms_txt
from lp_guide.navigation import Navigation
from lp_guide.pages import Page
from lp_guide.rare_garbage_collection import rare_garbage_collection
from lp_guide.recorded_answers import Answered, Block, stale, unsent
from lp_guide.reference_urls import Addresses, homes
from lp_guide.render import Body, Renderer
from lp_guide.rendered_views import EXAMPLES, SIDE_BY_SIDE
from lp_guide.sandbox_client import Sandbox
from lp_guide.search_index import INDEX, Index
from lp_guide.settings import FILE as SETTINGS
from lp_guide.settings import read_settings
from lp_guide.source_hashes import Sources, is_own
from lp_guide.write_recorded_answers import Update, update
from lp_guide.writer_mistakes import find, placed

SERVED = "served"
"""The folder of templates that the sandbox fills in for each request."""

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
        self._shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        settings = self._settings = read_settings(folder, self._shown)
        self._contracts = (contract, *(load(name, spec) for name in settings.data["beside"]))
        self._editions = {
            name: [*contracts] for name, contracts in groupby(self._contracts, key=lambda each: each.of_edition)
        }
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
            complaints += published_anchors.misdirected(made, self._moved, self._moves)
            complaints += self._unpaired()
            complaints += self._unweighed(pages)
            made = self._with_redirects(made)
        files = self.published | assets | as_markdown | made | others
        if is_whole:
            complaints += link_complaints(self._links.faults(files), pages)
            complaints += published_anchors.vanished(files, self._folder, self._shown, self._moved)
            complaints += self._uncovered()
        requests = sum(len(body.answered) for _, body in self._bodies.values())
        return Made(files, tuple(sorted({*unread, *complaints})), len(made), requests)

    @property
    def read_pages(self) -> Sequence[Page]:
        """The pages of the last build."""
        return [page for page, _ in self._bodies.values()]

    def report(self) -> coverage.Report:
        """Return what the pages of the last build show of the contract."""
        opted = {str(page.file): body.opt_outs for page, body in self._bodies.values() if body.opt_outs}
        return coverage.Report(self._coverage(self._settings), dict(sorted(opted.items())))

    def _coverage(self, settings: Source) -> Sequence[coverage.Line]:
        lines: list[coverage.Line] = []
        pages = [coverage.OnPage(page.edition, page.url, body.shown) for page, body in self._bodies.values()]
        for edition, asked in settings.data["coverage"].items():
            with placed(settings.place(("coverage", edition))):
                contract, *_ = find(self._editions, edition, "edition")
                lines += coverage.measure(contract, pages, asked)
        return lines

    def _uncovered(self) -> Iterator[Complaint]:
        settings = self._settings
        lines = self._coverage(settings)
        ways = [(line.edition, line.kind) for line in lines]
        places = {(edition, kind): settings.place(("coverage", edition, "at_least", kind)) for edition, kind in ways}
        return coverage.complaints(lines, places)

    def _unpaired(self) -> Iterator[Complaint]:
        settings = self._settings
        pairs = settings.data.get("counterparts") or {}
        return self._navigation.counterparts.complaints({one: settings.place(("counterparts", one)) for one in pairs})

    def _unweighed(self, pages: Sequence[Page]) -> Iterator[Complaint]:
        settings = self._settings
        weights = settings.data["search"].get("weights", {})
        return self._index.complaints(pages, {name: settings.place(("search", "weights", name)) for name in weights})

    def _with_redirects(self, made: Files) -> Files:
        """Add the redirects from former addresses."""
        left = {name: published_anchors.leave_behind(page, _url(name), self._moved) for name, page in made.items()}
        bodies = self._bodies.values()
        titles = {url: title for page, body in bodies for url, title in self._index.titles(page, body.html).items()}
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
        for page in _named(pages, files):
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
        self._bodies: dict[str, tuple[Page, Body]] = {}
        self._whole: dict[str, tuple[Body, bytes, Sequence[Complaint]]] = {}
        self._listed: Sequence[Any] = ()
        self._readable: Files = {}
        self._searched: Sequence[tuple[Page, str]] = ()

    @cached_property
    def _changes(self) -> Mapping[str, str]:
        return git_history.last_changes(self._folder / "content")

    def _renew_renderer(self) -> None:
        """Start again if settings, templates or examples have changed, because every page can depend on them."""
        shared = (self._folder / name for name in (SETTINGS, SIDE_BY_SIDE))
        shown_whole = visible(self._folder / EXAMPLES, "*")
        found = stamps(
            *shared,
            *shown_whole,
            *visible(self._folder / "templates", "**/*.html"),
            *visible(self._folder / texts.FOLDER, "*.yaml"),
        )
        if found != self._stamps:
            self._forget_pages()
            settings = self._settings = read_settings(self._folder, self._shown)
            self._unused = texts.unused(self._folder, settings.data["language"], settings.place(("language",)))
            self._texts = texts.written(self._folder, settings.data["language"])
            self._renderers: dict[str, Renderer] = {}
            for name, contracts in self._editions.items():
                known = contracts, self._folder / "templates", settings.data, self._sandboxes[name]
                self._renderers[name] = Renderer(*known, self._renderers, answers=self._answers)
            self._renderer = next(iter(self._renderers.values()))
            self._known = settings.data
            self._addresses = Addresses(self._contracts, homes(settings.data))
            self._index = Index(self._addresses, settings.data, self._texts)
            self._search = b""
            self._moved: published_anchors.Redirects = settings.data.get("redirects") or {}
            self._moves = {old: settings.place(("redirects", old)) for old in self._moved}
            self._stamps = found

    def _make_pages(self, pages: Sequence[Page], *, has_all: bool) -> tuple[Files, list[Complaint]]:
        """Make the pages that have changed, or all if a title or address has changed: pages list each other."""
        listed = [(page.url, page.title, page.description, page.date, page.tags, page.edition) for page in pages]
        if listed != self._listed:
            self._whole, self._listed = {}, listed
            self._navigation = self._navigate(pages, has_all=has_all)
        files: Files = {}
        complaints: list[Complaint] = list(self._renew_terms(pages, has_all=has_all))
        for page in pages:
            try:
                files[page.output], old_answers = self._page(page)
                complaints += old_answers
            except ContractError as error:
                complaints += error.complaints
        return files, complaints

    def _renew_terms(self, pages: Sequence[Page], *, has_all: bool) -> Iterator[Complaint]:
        """Read the glossaries. If their terms have changed, all pages are made again."""
        by_url = {page.url: page for page in pages}
        for edition, given in self._known.get("glossary", {}).items():
            try:
                with placed(self._settings.place(("glossary", edition))):
                    renderer = find(self._renderers, edition, "edition")
                    if has_all or given["page"] in by_url:
                        page = find(by_url, given["page"], "page")
                        terms = glossary.terms(page.url, self._body(page).html, given["explained"])
                        if terms != renderer.terms:
                            renderer.terms, self._whole = terms, {}
            except ContractError as error:
                if given["page"] not in by_url or by_url[given["page"]].file != error.complaints[0].place.file:
                    yield from error.complaints

    def search_index(self) -> Files:
        """Make the search index of the last build."""
        self._search = self._index.make(self._searched)
        return {INDEX: self._search}

    def _other_files(self, pages: Sequence[Page], complaints: list[Complaint], *, search_later: bool) -> Files:
        """Make the files for programs (search index, lists of pages, feed), and templates for the sandbox."""
        bodies = {url: body.html for url, (_, body) in self._bodies.items()}
        shown = [(page, bodies[page.url]) for page in pages if page.url in bodies]
        self._searched = shown
        found = {INDEX: self._search} if search_later and self._search else self.search_index()
        own = found | {
            LIST: llms_txt(self._navigation, self._contracts, self.published, self._known),
            sitemap_and_feed.MAP: sitemap_and_feed.site_map(pages, self._known),
            sitemap_and_feed.ROBOTS: sitemap_and_feed.robots(self._known),
        }
        try:
            own[sitemap_and_feed.FEED] = sitemap_and_feed.feed(shown, self._known)
            own |= self._served()
            own |= self._collections()
        except ContractError as error:
            complaints += error.complaints
        return own

    def _served(self) -> Iterator[tuple[str, bytes]]:
        """Yield the templates that the sandbox fills in, and their layouts.

        Raises ContractError for one that cannot be read.
        """
        folder = self._folder / "templates" / SERVED
        yield f".{SERVED}/texts.json", json.dumps(self._texts, ensure_ascii=False).encode()
        for file in visible(folder, "**/*.jinja"):
            name, data = file.relative_to(folder).as_posix(), file.read_bytes()
            if self._readable.get(name) != data:
                self._renderer.views.check_served(f"{SERVED}/{name}")
                self._readable[name] = data
            yield f".{SERVED}/{name}", data
        for name, layout in self._known.get("layouts", {}).items():
            if layout["edition"] in self._renderers:
                html = self._renderers[layout["edition"]].views.layout(
                    layout["template"], {"navigation": self._navigation}
                )
                yield f".{SERVED}/{name}", html.encode()

    def _collections(self) -> Files:
        """Return the requests of the guidance of each edition as collections for other tools."""
        files: Files = {}
        for edition, href in self._known.get("collections", {}).items():
            collected = [
                CollectedPage(page.title, page.url, page.description, group.title, body.answered)
                for group in self._navigation.groups_at(href)
                for page in group.pages
                for _, body in filter(None, [self._bodies.get(page.url)])
                if body.answered and len(page.editions) == 1
            ]
            if collected:
                files |= self._made_collections.files(self._editions[edition], collected)
        return files

    def _navigate(self, pages: Sequence[Page], *, has_all: bool) -> Navigation:
        """Put the pages in their order. Unless `has_all`, the settings may name a page that could not be read."""
        settings = self._settings
        with placed(settings.place(("navigation",))):
            counterparts = Counterparts(pages, settings.data["switch"], settings.data.get("counterparts"))
            return Navigation(pages, settings.data["navigation"], counterparts, has_all=has_all)

    def _page(self, page: Page) -> tuple[bytes, Sequence[Complaint]]:
        """Return a whole page, and the complaints about the recorded answers in its file."""
        body = self._body(page)
        shown, whole, old_answers = self._whole.get(page.url, (None, b"", ()))
        if shown is not body:
            whole = self._renderers[page.edition].frame(page, body, self._navigation).encode()
            old_answers = (*stale(page.text, body.answered, page.file), *body.misfits)
            self._whole[page.url] = (body, whole, old_answers)
        return whole, old_answers

    def _body(self, page: Page) -> Body:
        source, body = self._bodies.get(page.url, (None, None))
        if body is None or source is not page:
            body = self._renderers[page.edition].body(page)
            self._bodies[page.url] = (page, body)
        return body


def _named(pages: Sequence[Page], files: Collection[Path]) -> Sequence[Page]:
    """Return the pages of some files, or all if no file is given."""
    by_file = {str(page.path.resolve()): page for page in pages}
    return [find(by_file, str(file.resolve()), "page") for file in files] if files else pages


def _url(output: str) -> str:
    return f"/{output.removesuffix('index.html')}"
