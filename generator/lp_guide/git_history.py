"""When Git says that files were changed. Without Git, and outside of a repository, nothing is known."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_GRAFTED = "grafted"
"""How Git marks a commit of a shallow clone whose parents are missing: it seems to change every file."""


def last_changes(folder: Path) -> Mapping[str, str]:
    """Return the day of the last commit of each file in a folder, by its path from there."""
    commits = _log(folder, "--format=format:%x00%as%x00%D", "--decorate", "--name-only", "--relative", "--no-renames")
    parts = commits.split("\0")[1:]
    days: dict[str, str] = {}
    for day, rest in zip(parts[::2], parts[1::2], strict=True):
        marks, *files = rest.splitlines()
        is_known = _GRAFTED not in marks.split(", ")
        for file in filter(None, files):
            days.setdefault(file, day if is_known else "")
    return days


def last_commit(folder: Path) -> str:
    """Return the last commit that changed a folder. If it is the same, so are all days of `last_changes`."""
    return _log(folder, "-1", "--format=%H")


def _log(folder: Path, *options: str) -> str:
    git = shutil.which("git")
    if not git or not folder.is_dir():
        return ""
    command = [git, "-c", "core.quotePath=false", "log", *options, "--", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 - no shell
    return "" if done.returncode else done.stdout.decode(errors="replace")
