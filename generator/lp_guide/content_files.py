"""Reads the content and the assets of a site. Files that have not changed are not read again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from lp_contract.contract import Contract
from lp_contract.file_reading import visible
from lp_contract.yaml_source import Complaint, ContractError, Place, read_bytes
from lp_guide.pages import Page, content_files, read_file
from lp_guide.writer_mistakes import find

ASSETS = "assets"
TEXTS = (".css", ".html", ".js", ".svg")
"""The assets that are text: links in them are checked, or browsers read them as text."""
NO_CHANGES: Mapping[str, str] = MappingProxyType({})
Stamps = Mapping[Path, tuple[int, int]]
"""The time at which each file was written, and its length."""


class Content:
    """The pages of a site, read from its files."""

    def __init__(
        self, contracts: Sequence[Contract], folder: Path, shown: Path, changes: Mapping[str, str] = NO_CHANGES
    ) -> None:
        """Take the folder of the site, which complaints call `shown`.

        `changes` has the day on which each file was last changed, by its path in the content.
        """
        self._changes = changes
        self._contracts, self._folder, self._shown = contracts, folder / "content", shown / "content"
        self._read: dict[Path, tuple[Stamps, list[Page]]] = {}

    def pages(self) -> tuple[list[Page], list[Complaint]]:
        """Return the pages of every file, and the mistakes in their front matter."""
        files = content_files(self._folder)
        complaints = list(self._misnamed())
        for file in files:
            try:
                self._read_again(file)
            except ContractError as error:
                complaints += error.complaints
        return [page for file in files if file in self._read for page in self._read[file][1]], complaints

    def _misnamed(self) -> Iterator[Complaint]:
        """Complain of every file that is not a page, such as `page.md.txt`, which some editors make of `page.md`."""
        for file in visible(self._folder, "**/*"):
            if file.is_file() and file.suffix != ".md":
                name = f"{file.name.partition('.')[0]}.md"
                message = f"`{file.name}` is not a page, because its name does not end in `.md`."
                remedy = f"Name it `{name}`, or move it to the folder `{ASSETS}` if it is not a page."
                yield Complaint(Place(self._shown / file.relative_to(self._folder), 1), "file-name", message, remedy)

    def _read_again(self, file: Path) -> None:
        found = stamps(file)
        if file not in self._read or self._read[file][0] != found:
            self._read.pop(file, None)
            pages = read_file(self._contracts, file, self._folder, self._shown)
            self._read[file] = (found, [_dated(page, self._changes.get(page.name, "")) for page in pages])


def _dated(page: Page, day: str) -> Page:
    """Add the day of the last commit. It says nothing of a page that the contract fills, or that has another day."""
    return page if page.changed or page.values or not day else replace(page, changed=day)


def named(pages: Sequence[Page], files: Collection[Path]) -> Sequence[Page]:
    """Return the pages of some files, or all if no file is given. Raises Mistake for a file that is not a page."""
    by_file = {str(page.path.resolve()): page for page in pages}
    return [find(by_file, str(file.resolve()), "page") for file in files] if files else pages


def shared_addresses(pages: Sequence[Page]) -> Iterator[Complaint]:
    """Complain of every page that has the address of another page."""
    first: dict[str, Page] = {}
    for page in pages:
        other = first.setdefault(page.url, page)
        if other is not page:
            message = f"This page and {other.file} have the same address, `{page.url}`."
            yield Complaint(
                Place(page.file, 1), "address", message, "Rename one of the files, or write another `url:` in it."
            )


def read_assets(folder: Path, shown: Path) -> tuple[dict[str, bytes], list[Complaint]]:
    """Read the assets of a site by their names. Return them, and complaints about assets that cannot be read."""
    files: dict[str, bytes] = {}
    complaints: list[Complaint] = []
    for file in visible(folder / ASSETS, "**/*"):
        try:
            if not file.is_dir():
                name = file.relative_to(folder)
                files[name.as_posix()] = read_bytes(file, shown / name, is_text=file.suffix in TEXTS)
        except ContractError as error:
            complaints += error.complaints
    return files, complaints


def stamps(*files: Path) -> Stamps:
    """Return the time and the length of files, to find out which have changed."""
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int]:
    """Return the time and the length of a file. A missing file has a stamp of its own."""
    try:
        stat = file.stat()
    except OSError:
        return (0, -1)
    return stat.st_mtime_ns, stat.st_size
