"""The site of an edition, kept warm: what has not changed since it was last made is not made again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lp_contract import published
from lp_contract.contract import Contract, load
from lp_contract.reading import visible
from lp_contract.source import Complaint, ContractError, Place, Source, read_bytes
from lp_guide import anchors, feeds
from lp_guide.addresses import Addresses, homes
from lp_guide.coverage import report as coverage
from lp_guide.links import Fault, Links
from lp_guide.mistakes import find, placed
from lp_guide.navigation import Navigation
from lp_guide.pages import Page, content_files, read_file
from lp_guide.recorded_answers import stale
from lp_guide.render import Body, Renderer
from lp_guide.sandbox_client import Sandbox
from lp_guide.search import INDEX, Index
from lp_guide.settings import FILE as SETTINGS
from lp_guide.settings import read_settings
from lp_guide.update import Update, update

ASSETS = "assets"
TEXTS = (".css", ".html", ".js", ".svg")
"""The assets that are looked into, or that browsers read as text."""
SERVED = "served"
"""The templates that are not filled in here: the sandbox does so whenever a page is asked for."""

Files = dict[str, bytes]
"""Every file of the site, by its name."""
Stamps = Mapping[Path, tuple[int, int]]
"""When files were written, and how long they are."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making the site."""

    files: Files
    """All that could be made: a page with something wrong in it is not among them."""
    complaints: tuple[Complaint, ...]
    """Everything that is wrong. Links are looked up when all pages are there."""
    pages: int
    requests: int
    """How many were sent for the pages."""


class Site:
    """The pages, the assets and the published contract of an edition. Use it in a `with`.

    The contracts are those that it began with: after a change to them, take another.
    """

    def __init__(self, contract: Contract, folder: Path, sandbox: str | None = None) -> None:
        """Take the folder of what writers write, and where to send examples if not where its settings say."""
        self._folder = folder
        self._shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
        settings = self._settings()
        self._contracts = (contract, *map(load, settings.data["beside"]))
        self._sandbox_place = settings.place(("sandbox",))
        with placed(self._sandbox_place):
            self.sandbox: str = sandbox or settings.data["sandbox"]
            """Where examples are sent: a URL, or `module:factory` of an ASGI application."""
            self._sandbox = Sandbox(self.sandbox, name=contract.edition)
        self.published: Files = {f"{published.FOLDER}{name}": file for name, file in published.files(contract).items()}
        """The documents of the contract, as clients read it."""
        self._links = Links()
        self._forget_pages()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with placed(self._sandbox_place):
            self._sandbox.__exit__(kind, error, trace)

    def make(self) -> Made:
        """Make what has changed since the last time, and return the whole."""
        with placed(self._sandbox_place):
            self._renew_renderer()
            pages, unread = self._read_pages()
            unread += _twins(pages)
            made, complaints = self._make_pages(pages, has_all=not unread)
        assets, unreadable = self._assets()
        unread += unreadable
        is_whole = not unread and len(made) == len(pages)
        if is_whole:
            complaints += anchors.misdirected(made, self._moved, self._moves)
            made = self._leave_ways_behind(made)
        files = self.published | assets | made | self._beside(pages, complaints)
        if is_whole:
            complaints += _faults(self._links.faults(files), pages)
            complaints += anchors.vanished(files, self._folder, self._shown, self._moved)
            complaints += self._uncovered()
        requests = sum(len(body.answered) for _, body in self._bodies.values())
        return Made(files, tuple(sorted({*unread, *complaints})), len(made), requests)

    def report(self) -> coverage.Report:
        """Tell what the pages that were made last show of the contract."""
        opted = {str(page.file): body.opt_outs for page, body in self._bodies.values() if body.opt_outs}
        return coverage.Report(self._coverage(self._settings()), dict(sorted(opted.items())))

    def _coverage(self, settings: Source) -> Sequence[coverage.Line]:
        shown = {url: body.shown for url, (_, body) in self._bodies.items()}
        with placed(settings.place(("coverage", "at_least"))):
            return coverage.measure(self._contracts[0], shown, settings.data["coverage"])

    def _uncovered(self) -> Iterator[Complaint]:
        settings = self._settings()
        lines = self._coverage(settings)
        places = {line.kind: settings.place(("coverage", "at_least", line.kind)) for line in lines}
        return coverage.complaints(lines, places)

    def _leave_ways_behind(self, made: Files) -> Files:
        """Make what leads from where things stood to where they are."""
        if not self._moved:
            return made
        left = {name: anchors.leave_behind(page, _url(name), self._moved) for name, page in made.items()}
        gone = {old: new for old, new in self._moved.items() if "#" not in old}
        return left | {_output(old): self._renderer.views.moved(old, new).encode() for old, new in gone.items()}

    def updates(self, files: Collection[Path]) -> tuple[list[Update], list[Complaint]]:
        """Return what the answers change in some files, or in all where none is named, and what is wrong in them.

        Raises Mistake for a file that is no page.
        """
        found: list[Update] = []
        self._renew_renderer()
        pages, complaints = self._read_pages()
        for page in _named(pages, files):
            try:
                with placed(self._sandbox_place):
                    found += filter(None, [update(page, self._body(page).answered)])
            except ContractError as error:
                complaints += error.complaints
        return found, complaints

    def use_idle_time(self) -> None:
        """Prepare for the next build."""
        with placed(self._sandbox_place):
            self._sandbox.use_idle_time()

    def _settings(self) -> Source:
        return read_settings(self._folder, self._shown)

    def _forget_pages(self) -> None:
        self._stamps: Stamps = {}
        self._read: dict[Path, tuple[Stamps, list[Page]]] = {}
        self._bodies: dict[str, tuple[Page, Body]] = {}
        self._whole: dict[str, tuple[Body, bytes, Sequence[Complaint]]] = {}
        self._listed: Sequence[Any] = ()

    def _renew_renderer(self) -> None:
        """Begin anew when a template or the settings have changed: every page depends on them."""
        stamps = _stamps(self._folder / SETTINGS, *visible(self._folder / "templates", "**/*.html"))
        if stamps != self._stamps:
            self._forget_pages()
            settings = self._settings()
            self._renderer = Renderer(self._contracts, self._folder / "templates", settings.data, self._sandbox)
            self._known = settings.data
            self._index = Index(Addresses(self._contracts, homes(settings.data)), settings.data["search"])
            self._moved: anchors.Redirects = settings.data.get("redirects") or {}
            self._moves = {old: settings.place(("redirects", old)) for old in self._moved}
            self._stamps = stamps

    def _read_pages(self) -> tuple[list[Page], list[Complaint]]:
        """Return the pages of every file, and what is wrong with their front matter."""
        files = content_files(self._folder / "content")
        complaints: list[Complaint] = []
        for file in files:
            try:
                self._read_again(file)
            except ContractError as error:
                complaints += error.complaints
        return [page for file in files if file in self._read for page in self._read[file][1]], complaints

    def _read_again(self, file: Path) -> None:
        stamps = _stamps(file)
        if file not in self._read or self._read[file][0] != stamps:
            self._read.pop(file, None)
            pages = read_file(self._contracts, file, self._folder / "content", self._shown / "content")
            self._read[file] = (stamps, list(pages))

    def _make_pages(self, pages: Sequence[Page], *, has_all: bool) -> tuple[Files, list[Complaint]]:
        """Make the pages that have changed; all of them when what they tell of each other has."""
        listed = [(page.url, page.title, page.description, page.date, page.tags) for page in pages]
        if listed != self._listed:
            self._whole, self._listed = {}, listed
            self._navigation = self._ways(pages, has_all=has_all)
        files: Files = {}
        complaints: list[Complaint] = []
        for page in pages:
            try:
                files[page.output], old_answers = self._page(page)
                complaints += old_answers
            except ContractError as error:
                complaints += error.complaints
        return files, complaints

    def _beside(self, pages: Sequence[Page], complaints: list[Complaint]) -> Files:
        """Make what is no page: what is searched, and what the sandbox fills in."""
        bodies = {url: body.html for url, (_, body) in self._bodies.items()}
        shown = [(page, bodies[page.url]) for page in pages if page.url in bodies]
        own = {INDEX: self._index.make(shown), feeds.MAP: feeds.site_map(pages, self._known)}
        try:
            own[feeds.FEED] = feeds.feed(shown, self._known)
            own |= self._served()
        except ContractError as error:
            complaints += error.complaints
        return own

    def _assets(self) -> tuple[Files, list[Complaint]]:
        """Read the assets, and say which cannot be read as what they are."""
        files: Files = {}
        complaints: list[Complaint] = []
        for file in visible(self._folder / ASSETS, "**/*"):
            try:
                if not file.is_dir():
                    name = file.relative_to(self._folder)
                    files[name.as_posix()] = read_bytes(file, self._shown / name, is_text=file.suffix in TEXTS)
            except ContractError as error:
                complaints += error.complaints
        return files, complaints

    def _served(self) -> Iterator[tuple[str, bytes]]:
        """Yield what the sandbox fills in, once it can be read."""
        for file in visible(self._folder / "templates" / SERVED, "*.jinja"):
            self._renderer.views.check_served(f"{SERVED}/{file.name}")
            yield f".{SERVED}/{file.name}", file.read_bytes()

    def _ways(self, pages: Sequence[Page], *, has_all: bool) -> Navigation:
        """Put the pages in their order. Where one could not be read, the settings may name it in vain."""
        settings = self._settings()
        with placed(settings.place(("navigation",))):
            return Navigation(pages, settings.data["navigation"], has_all=has_all)

    def _page(self, page: Page) -> tuple[bytes, Sequence[Complaint]]:
        """Return a whole page, and what is wrong with the answers that stand in its file."""
        body = self._body(page)
        shown, whole, old_answers = self._whole.get(page.url, (None, b"", ()))
        if shown is not body:
            whole = self._renderer.frame(page, body, self._navigation).encode()
            old_answers = (*stale(page.text, body.answered, page.file), *body.misfits)
            self._whole[page.url] = (body, whole, old_answers)
        return whole, old_answers

    def _body(self, page: Page) -> Body:
        source, body = self._bodies.get(page.url, (None, None))
        if body is None or source is not page:
            body = self._renderer.body(page)
            self._bodies[page.url] = (page, body)
        return body


def _named(pages: Sequence[Page], files: Collection[Path]) -> Sequence[Page]:
    """Return the pages of some files, or all where none is named."""
    by_file = {str(page.path.resolve()): page for page in pages}
    return [find(by_file, str(file.resolve()), "page") for file in files] if files else pages


def _url(output: str) -> str:
    return f"/{output.removesuffix('index.html')}"


def _output(url: str) -> str:
    return f"{url.removeprefix('/')}index.html"


def _stamps(*files: Path) -> Stamps:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int]:
    """Return when a file was written, and how long it is. Whoever reads it says why, where that is not possible."""
    try:
        stat = file.stat()
    except OSError:
        return (0, -1)
    return stat.st_mtime_ns, stat.st_size


def _twins(pages: Sequence[Page]) -> Iterator[Complaint]:
    """Complain of every page that stands at the address of another."""
    first: dict[str, Page] = {}
    for page in pages:
        other = first.setdefault(page.url, page)
        if other is not page:
            message = f"This page stands at `{page.url}`, and so does {other.file}."
            yield Complaint(
                Place(page.file, 1), "address", message, "Rename one of the files, or give it another `url:`."
            )


def _faults(found: Iterator[Fault], pages: Sequence[Page]) -> Iterator[Complaint]:
    sources = {page.output: page for page in pages}
    return (_complaint(fault, sources.get(fault.file)) for fault in found)


def _complaint(fault: Fault, page: Page | None) -> Complaint:
    """Name the line in the content where the words of the fault stand there, and that of the built page otherwise."""
    place = page.place_of(fault.target) if page else None
    where = f" (On the built page {fault.file}.)" if place else ""
    return Complaint(
        place or Place(Path(fault.file), fault.line),
        "link",
        fault.message + where,
        fault.remedy,
    )
