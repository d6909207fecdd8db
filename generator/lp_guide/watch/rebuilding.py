"""Builds the site, and rebuilds it whenever something is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import watchfiles

from lp_contract import SPEC
from lp_contract.contract import load
from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint
from lp_guide.built_files import write_changes
from lp_guide.content_files import ASSETS
from lp_guide.contract_checks import check
from lp_guide.draft_site import complaints_without_pages, open_draft, with_effects
from lp_guide.failure_complaints import complaints_of
from lp_guide.site import Site
from lp_guide.site_files import SiteFiles
from lp_guide.slow_work import announced
from lp_guide.source_hashes import Sources

QUIET = 15
"""Milliseconds without a further change after which a save is over: editors write a file in several steps."""
IDLE = 100
"""Milliseconds without a change after which idle time begins."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The result of building the site once."""

    changed: frozenset[str]
    """The files of the site that differ from the last build."""
    reloads: bool
    """Whether pages load any of them, so that an open page must be reloaded."""
    complaints: tuple[Complaint, ...]
    seconds: float
    sandbox: str = ""
    """The ASGI application for the changed contract; empty if the contract has not changed."""
    pages: int = 0
    """The number of pages that differ from the last build, without those that redirect."""
    is_as_before: bool = False
    """Whether neither the files nor the complaints differ from the last build."""

    @property
    def summary(self) -> str:
        """The message when nothing is wrong, or when everything is as before."""
        if self.complaints:
            return f"Saved. Still {_number(len(self.complaints), 'mistake')}, the same as before."
        if not self.pages:
            return "Saved. Nothing is wrong. The pages are as before."
        return f"{_number(self.pages, 'page')} made in {self.seconds:.2f} s. Nothing is wrong."


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


class Rebuilder:
    """Builds the site of an edition into a folder. What has not changed is kept from the last build."""

    def __init__(self, edition: str, folder: Path, out: Path) -> None:
        """Take the folder of the site, and the folder for the pages."""
        self.edition, self.folder, self.out = edition, folder, out
        self._open = ExitStack()
        self._site: Site | None = None
        self._of_contract: tuple[Complaint, ...] = ()
        self._complaints: tuple[Complaint, ...] | None = None
        self._files = self._written = SiteFiles({})
        self._search_is_due = False

    def rebuild(self, *, from_contract: bool) -> Rebuild:
        """Build what has changed, or everything `from_contract` when the contract has."""
        begun = perf_counter()
        before, sandbox = self._files, ""
        of_pages: tuple[Complaint, ...]
        try:
            if from_contract or self._site is None:
                sandbox = self._open_site()
            of_pages = self._write_site()
        except Exception as error:  # noqa: BLE001 - the next save may correct it
            is_sound = not self._of_contract
            of_pages = complaints_of(error) if is_sound else complaints_without_pages(error, shown(self.folder))
        complaints = with_effects(self._of_contract, of_pages)
        changed = self._files.changed(before)
        is_as_before = not changed and complaints == self._complaints
        self._complaints = complaints
        seconds, pages = perf_counter() - begun, len(changed & self._names_of_pages())
        return Rebuild(
            frozenset(changed), self._reloads(changed), complaints, seconds, sandbox, pages, is_as_before=is_as_before
        )

    def use_idle_time(self) -> None:
        """Make the search index."""
        if self._site and self._search_is_due:
            self._search_is_due = False
            self._files |= self._site.search_index()
            self._write()

    def close(self) -> None:
        """Close the site."""
        self._open.close()
        self._site = None

    def _open_site(self) -> str:
        self.close()
        self._of_contract = ()  # not those of the last contract, if this contract has no table of contents
        self._of_contract = check(self.edition)
        is_draft = bool(self._of_contract)
        opened = open_draft(self.edition, self.folder) if is_draft else self._sound_site()
        self._site = self._open.enter_context(opened)
        return self._site.sandbox

    def _sound_site(self) -> Site:
        """Open the site with the answers of the last build.

        This program caches none: its code may be older than the files whose hash would be the key.
        """
        return Site(load(self.edition), self.folder, sources=Sources.read(SPEC, self.folder))

    def _write_site(self) -> tuple[Complaint, ...]:
        """Build and write the site. A page with a mistake stays as it was."""
        assert self._site
        made = self._site.make(search_later=True)
        self._search_is_due = True
        self._files = self._files | made.files if made.complaints else made.files
        self._write()
        return made.complaints

    def _write(self) -> None:
        """Write the files that have changed. The folder belongs to this program, so the others are as it left them."""
        write_changes(self.out, self._files, self._files.changed(self._written))
        self._written = self._files

    def _names_of_pages(self) -> set[str]:
        return {page.output for page in self._site.read_pages} if self._site else set()

    def _reloads(self, changed: set[str]) -> bool:
        documents = self._site.published.keys() if self._site else ()
        return any(name.startswith(f"{ASSETS}/") or name in documents for name in changed)


def rebuilds(rebuilder: Rebuilder, stop: threading.Event, busy: Callable[[], object]) -> Iterator[Rebuild]:
    """Build the site at once and after every save, and yield the results, until `stop` is set.

    Calls `busy` when a build after a save is slow.
    """
    is_first = True
    try:
        for saved in watchfiles.watch(
            rebuilder.folder,
            SPEC,
            step=QUIET,
            rust_timeout=IDLE,
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
        ):
            if saved or is_first:
                from_contract = any(Path(file).is_relative_to(SPEC) for _, file in saved)
                with nullcontext() if is_first else announced(busy):
                    result = rebuilder.rebuild(from_contract=from_contract)
                is_first = False
                yield result
            else:
                rebuilder.use_idle_time()
    finally:
        rebuilder.close()
