"""Caches a loaded contract beside its documents until one of them changes, as Python caches its modules.

Parsing the YAML and resolving its references takes a fifth of a second; reading the cache takes a hundredth.
"""

from __future__ import annotations

import copyreg
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

T = TypeVar("T")

FOLDER = "__pycache__"
_UNUSABLE = (OSError, EOFError, pickle.PickleError, AttributeError, ImportError, IndexError, TypeError, ValueError)


def kept(folder: Path, name: str, files: Iterable[Path], make: Callable[[], T]) -> T:
    """Return the contract that `make` makes of files, or that it made before of equal files. Cache it in the folder.

    A contract from the cache has the paths of files as they were written then, perhaps for another folder.
    """
    file = folder / FOLDER / f"contract.{sys.implementation.cache_tag}.pickle"
    key = _key(name, files)
    with suppress(*_UNUSABLE):
        found = file.read_bytes()
        if found.startswith(key):
            was_made: T = pickle.loads(memoryview(found)[len(key) :])  # noqa: S301 - as safe as the modules beside it
            return was_made
    made = make()
    if not sys.dont_write_bytecode:
        with suppress(OSError):  # the cache is optional: a read-only folder works too
            _write(file, key + pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    return made


def _key(name: str, files: Iterable[Path]) -> bytes:
    """Return a hash of the name, the files, and the code that reads them."""
    digest = hashlib.sha256(name.encode())
    for file in (*files, *sorted(Path(__file__).parent.glob("*.py"))):
        content = file.read_bytes()
        digest.update(f"\0{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.digest()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_bytes(content)
    new.replace(file)


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


copyreg.pickle(MappingProxyType, lambda proxy: (_read_only, (dict(proxy),)))
