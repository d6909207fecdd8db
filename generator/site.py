"""The site of an edition, kept warm: what has not changed since it was last made is not made again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from markupsafe import Markup

from generator.bundle import published, to_yaml
from generator.links import Fault, Links
from generator.mistakes import placed
from generator.navigation import Navigation
from generator.pages import Page, content_files, read_file
from generator.render import Renderer
from generator.sandbox import Sandbox
from spec.contract import Contract, load
from spec.source import Complaint, ContractError, Place, Source, read

PUBLISHED = ("api/docs/v3/openapi.yaml", "api/docs/v3/swagger.yaml")
SETTINGS = "site.yaml"

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
            self._sandbox = Sandbox(sandbox or settings.data["sandbox"])
        self._published = dict.fromkeys(PUBLISHED, to_yaml(published(contract)).encode())
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
            files: Files = self._published | dict(_assets(self._folder / "assets"))
            complaints: list[Complaint] = []
            pages = list(self._read_pages(complaints))
            complaints += _twins(pages)
            files |= self._render(pages, complaints)
        if not complaints:
            complaints += _faults(self._links.faults(files), pages)
        return Made(files, tuple(sorted(set(complaints))))

    def rest(self) -> None:
        """Do what nobody should have to wait for, while nobody waits."""
        with placed(self._sandbox_place):
            self._sandbox.rest()

    def _settings(self) -> Source:
        return read(self._folder / SETTINGS, self._shown / SETTINGS)

    def _forget_pages(self) -> None:
        self._stamps: Stamps = {}
        self._read: dict[Path, tuple[Stamps, list[Page]]] = {}
        self._bodies: dict[str, tuple[Page, Markup]] = {}
        self._whole: dict[str, tuple[Markup, bytes]] = {}
        self._listed: Sequence[Any] = ()

    def _renew_renderer(self) -> None:
        """Begin anew when a template or the settings have changed: every page depends on them."""
        stamps = _stamps(self._folder / SETTINGS, *(self._folder / "templates").rglob("*.html"))
        if stamps != self._stamps:
            self._forget_pages()
            self._renderer = Renderer(self._contracts, self._folder / "templates", self._settings().data, self._sandbox)
            self._stamps = stamps

    def _read_pages(self, complaints: list[Complaint]) -> Iterator[Page]:
        content = self._folder / "content"
        for file in content_files(content):
            stamps = _stamps(file)
            before, pages = self._read.get(file, ({}, []))
            if stamps != before:
                try:
                    pages = list(read_file(self._contracts, file, content, self._shown / "content"))
                except ContractError as error:
                    complaints += error.complaints
                    continue
                self._read[file] = (stamps, pages)
            yield from pages

    def _render(self, pages: Sequence[Page], complaints: list[Complaint]) -> Files:
        """Render the pages that have changed; all of them when what they tell of each other has."""
        listed = [(page.url, page.title, page.description) for page in pages]
        if listed != self._listed:
            self._whole, self._listed = {}, listed
            self._navigation = self._ways(pages, complaints)
        files: Files = {}
        for page in pages:
            try:
                files[page.output] = self._page(page)
            except ContractError as error:
                complaints += error.complaints
        return files

    def _ways(self, pages: Sequence[Page], complaints: Sequence[Complaint]) -> Navigation:
        """Put the pages in their order. Where one could not be read, the settings may name it in vain."""
        settings = self._settings()
        with placed(settings.place(("navigation",))):
            return Navigation(pages, settings.data["navigation"], has_all=not complaints)

    def _page(self, page: Page) -> bytes:
        source, body = self._bodies.get(page.url, (None, Markup()))
        if source is not page:
            body = self._renderer.body(page)
            self._bodies[page.url] = (page, body)
        shown, whole = self._whole.get(page.url, (None, b""))
        if shown is not body:
            whole = self._renderer.frame(page, body, self._navigation).encode()
            self._whole[page.url] = (body, whole)
        return whole


def _stamps(*files: Path) -> Stamps:
    found = ((file, file.stat()) for file in files)
    return {file: (stat.st_mtime_ns, stat.st_size) for file, stat in found}


def _assets(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield f"assets/{file.relative_to(folder).as_posix()}", file.read_bytes()


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
