"""Writes the received answers into the files of the pages, below their requests."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lp_contract.yaml_source import ContractError, Place, read_text
from lp_guide.pages import Page
from lp_guide.program_name import command
from lp_guide.recorded_answers import Answered, stale, updated
from lp_guide.writer_mistakes import Mistake


@dataclass(frozen=True, slots=True)
class Update:
    """The file of a page before and after."""

    page: Page
    before: str
    after: str
    answers: int
    """The number of answers in it that change."""

    @property
    def difference(self) -> str:
        """The change, as a unified difference."""
        before, after, name = self.before.splitlines(), self.after.splitlines(), str(self.page.file)
        return "\n".join(difflib.unified_diff(before, after, name, name, n=2, lineterm=""))

    def write(self) -> None:
        """Replace the file in one step. Raises ContractError when it has changed since it was read."""
        if _read(self.page.path) != self.before:
            raise _overtaken(self.page)
        _replace(self.page.path, self.after)


def update(page: Page, answered: Sequence[Answered]) -> Update | None:
    """Return the update of a page, if its answers have changed. Raises ContractError as Update.write does."""
    if read_text(page.path, page.file) != page.source:
        raise _overtaken(page)
    before = _read(page.path)
    changed = sum(1 for _ in stale(page.text, answered, page.file))
    return Update(page, before, updated(before, answered), changed) if changed else None


def _overtaken(page: Page) -> ContractError:
    message = "The file has changed while its requests were sent."
    return Mistake("update", message, f"Run `{command('update')}` again.").at(Place(page.file, 1))


def _read(file: Path) -> str:
    return file.read_bytes().decode()


def _replace(file: Path, text: str) -> None:
    """Write a file atomically."""
    target = file.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(text.encode())
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
