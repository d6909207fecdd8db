"""Finds misspellings, and spellings of other countries, with typos: a program with a large list of corrections.

It knows wrong words and not all the right ones. So names and technical words draw no complaint.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

PACKAGE = "typos"
"""The package, which consists of a program of the same name."""
_PROGRAMS = ("bin", "Scripts")
"""The folders for programs, the second one on Windows."""


class Misspelling(NamedTuple):
    """A misspelt word: the index of its text, and the words that could be meant."""

    text: int
    line: int
    word: str
    corrections: Sequence[str]


def misspellings(texts: Sequence[str], locale: str) -> Iterator[Misspelling]:
    """Yield every misspelling in some texts, for a locale such as `en-gb`.

    One run of the program reads all the texts.
    """
    lines = [(index, number) for index, text in enumerate(texts) for number, _ in enumerate(text.split("\n"))]
    command = [_program(), "--isolated", "--format", "json", "--locale", locale, "-"]
    done = subprocess.run(command, input="\n".join(texts).encode(), capture_output=True, check=False)  # noqa: S603
    for found in map(json.loads, done.stdout.splitlines()):
        if found["type"] == "typo":
            index, line = lines[found["line_num"] - 1]
            yield Misspelling(index, line, found["typo"], found["corrections"])


@cache
def _program() -> str:
    """Return the path of the program, wherever its package is installed."""
    files = importlib.metadata.files(PACKAGE) or ()
    return next(str(file.locate()) for file in files if file.stem == PACKAGE and file.parent.name in _PROGRAMS)
