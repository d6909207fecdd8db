"""Names the program in messages as the user called it, so that they can copy a command from a message."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PROGRAM = "lp-guide"
_MODULE = Path(__file__).with_name("__main__.py")


def command(words: str) -> str:
    """Return a command of this program, such as `.venv/bin/lp-guide update`."""
    called = Path(sys.argv[0]).absolute()
    if called == _MODULE:
        return f"{_as_reached(Path(sys.executable))} -m {__package__} {words}"
    return f"{_as_reached(called) if called.stem == PROGRAM else PROGRAM} {words}"


def _as_reached(program: Path) -> str:
    """Return the name of a program on the PATH, or else its path, from the current folder if it is below it."""
    on_path = shutil.which(program.name)
    if on_path and Path(on_path).absolute() == program:
        return program.name.removesuffix(".exe")
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)
