"""The JSON that `lp-sandbox serve` prints for scripts when it is ready: its address, worlds and tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lp_sandbox.commands.output import fail

if TYPE_CHECKING:
    from lp_sandbox.app import App
    from lp_sandbox.worlds.records import World


def ready_report(app: App, worlds: Sequence[World], url: str, store_name: str) -> str:
    """Return the report in one line."""
    described = [
        {
            "id": world.id,
            "edition": world.edition,
            "size": world.size,
            "tokens": [
                {"token": token.token, "lead_provider": token.lead_provider} for token in app.worlds.tokens(world)
            ],
        }
        for world in worlds
    ]
    return json.dumps({"url": url, "editions": list(app.editions), "store": store_name, "worlds": described})


class ReadyFile:
    """A file that exists, with the report, while a sandbox is ready."""

    def __init__(self, path: Path) -> None:
        self._path, self._draft = path, path.with_name(f"{path.name}.new")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Remove the file of an earlier sandbox, and at the end this sandbox's file. Fails if it cannot write a file.

        The draft is written at once, so that the user learns of a mistake before the sandbox is ready.
        """
        try:
            self._path.unlink(missing_ok=True)
            self._draft.touch()
        except OSError as error:
            fail(f"Cannot write {self._path}: {error.strerror}. Choose another file with --ready-file.")
        try:
            yield
        finally:
            for path in (self._path, self._draft):
                path.unlink(missing_ok=True)

    def write(self, report: str) -> None:
        """Write the file in one step, so that no script reads half of it."""
        self._draft.write_text(f"{report}\n", encoding="utf-8")
        self._draft.replace(self._path)
