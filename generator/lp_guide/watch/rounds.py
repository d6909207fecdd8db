"""The site is made, and made again whenever something is saved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import watchfiles

from lp_contract import SPEC
from lp_contract.source import Complaint
from lp_guide.build import write
from lp_guide.checks import sound
from lp_guide.faults import complaints_of
from lp_guide.site import Files, Site

QUIET = 15
"""Milliseconds without a further change after which a save is over: editors write a file in several steps."""
IDLE = 100
"""Milliseconds without a change after which there is time for what nobody should have to wait for."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of making the site once."""

    changed: frozenset[str]
    """The files of the site that are not what they were."""
    complaints: tuple[Complaint, ...]
    seconds: float
    sandbox: str = ""
    """The ASGI application that answers as the contract says; empty where that has not changed."""

    @property
    def told(self) -> str:
        """What a writer reads when nothing is wrong."""
        pages = sum(name.endswith(".html") for name in self.changed)
        return f"{pages} page{'' if pages == 1 else 's'} made in {self.seconds:.2f} s. Nothing is wrong."


class Desk:
    """The site that is kept warm from round to round, and the folder that shows it."""

    def __init__(self, edition: str, folder: Path, out: Path) -> None:
        """Take what writers write, and where the pages go."""
        self.folder, self.out = folder, out
        self._edition = edition
        self._open = ExitStack()
        self._site: Site | None = None
        self._files: Files = {}

    def make(self, *, anew: bool) -> Round:
        """Make what has changed; `anew` when the contract has."""
        begun = perf_counter()
        before, sandbox = self._files, ""
        complaints: tuple[Complaint, ...]
        try:
            if anew or self._site is None:
                sandbox = self._renew()
            complaints = self._make()
        except Exception as error:  # noqa: BLE001 - the next save may mend it
            complaints = complaints_of(error)
        changed = frozenset(name for name, data in self._files.items() if before.get(name) != data)
        return Round(changed | (before.keys() - self._files.keys()), complaints, perf_counter() - begun, sandbox)

    def rest(self) -> None:
        """Do what nobody should have to wait for."""
        if self._site:
            self._site.rest()

    def close(self) -> None:
        """Let go of the site."""
        self._open.close()
        self._site = None

    def _renew(self) -> str:
        self.close()
        self._site = self._open.enter_context(Site(sound(self._edition), self.folder))
        return self._site.sandbox

    def _make(self) -> tuple[Complaint, ...]:
        """Make and write the site. A page with something wrong in it stays as it was."""
        assert self._site
        made = self._site.make()
        self._files = {**self._files, **made.files} if made.complaints else made.files
        write(self.out, self._files)
        return made.complaints


def rounds(desk: Desk, stop: threading.Event) -> Iterator[Round]:
    """Make the site, and yield what came of it, at once and after every save until `stop` is set."""
    made: Round | None = None
    try:
        for saved in watchfiles.watch(
            desk.folder,
            SPEC,
            step=QUIET,
            rust_timeout=IDLE,
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
        ):
            if saved or made is None:
                anew = any(Path(file).is_relative_to(SPEC) for _, file in saved)
                before, made = made, desk.make(anew=anew)
                if before is None or made.changed or made.complaints != before.complaints:
                    yield made
            else:
                desk.rest()
    finally:
        desk.close()
