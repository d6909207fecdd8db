"""Hashes what a build depends on: contracts, code, libraries, and the sources of the site.

Equal hashes mean that a build would make the same again.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from lp_guide import git_history

SANDBOX = "lp_sandbox"
"""The package of the sandbox. Another sandbox may run code from anywhere, so its answers are not used again."""
CONTENT = "content"
"""The folder of the pages, which show when Git says that they were changed."""
PACKAGES = ("lp_contract", "lp_guide", SANDBOX)


@dataclass(frozen=True)
class Sources:
    """The sources of a site, with their hashes."""

    spec: Path
    site: Path
    options: tuple[str | None, ...]
    code: str
    """The hash of all that the sandbox's answers depend on: contracts, our packages, and the versions of libraries."""
    whole: str
    """The hash of these, of the folder of the site and its last commit, and of the options of the command."""

    @classmethod
    def read(cls, spec: Path, site: Path, *options: str | None) -> Self:
        """Read the contracts, the code and the folder of the site."""
        packages = (Path(place) for name in PACKAGES for place in _places(name))
        code = _hash([sys.version, *_libraries()], [spec, *packages])
        history = git_history.last_commit(site / CONTENT)
        return cls(spec, site, options, code, _hash([code, history, *map(repr, options)], [site]))

    def are_unchanged(self) -> bool:
        """Read everything again, and return whether nothing has changed."""
        return Sources.read(self.spec, self.site, *self.options) == self


def is_own(sandbox: str) -> bool:
    """Return whether a sandbox runs the code that is hashed."""
    return sandbox.partition(":")[0].partition(".")[0] == SANDBOX


def _places(package: str) -> Iterable[str]:
    found = find_spec(package)
    return found.submodule_search_locations or () if found else ()


def _libraries() -> Iterator[str]:
    """Yield the name and version of everything that is installed, from the names of its folders."""
    for folder in sys.path:
        yield from sorted(each.name for each in Path(folder).glob("*.dist-info"))


def _hash(words: Iterable[str], folders: Iterable[Path]) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for folder in folders:
        digest.update(b"\0\0")  # a file that moves to the next folder is a change
        for file in _files(folder):
            content = _content(file)
            digest.update(f"\0{file.relative_to(folder)}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder in a fixed order, without hidden files and caches."""
    for place, folders, names in os.walk(folder):
        linked = [each for each in folders if Path(place, each).is_symlink()]
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != "__pycache__")
        yield from (Path(place, each) for each in sorted([*names, *linked]) if not each.startswith("."))


def _content(file: Path) -> bytes:
    """Return the content of a file. A file that cannot be read gets a different hash each time."""
    try:
        return file.read_bytes() if file.is_file() else os.urandom(16)
    except OSError:
        return os.urandom(16)
