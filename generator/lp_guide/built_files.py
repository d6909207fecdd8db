"""Writes the files of a built site that have changed, and checks whether a built site is complete."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError, Place

MANIFEST = ".lp-guide.json"
"""The file that lists what was built, so that the next build removes only what it no longer makes."""


@dataclass(frozen=True)
class Manifest:
    """The manifest that a build writes next to its files."""

    sources: str = ""
    """The hash of the sources; empty if another build of the same sources may give something else."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The hash of every file, by its name; empty if the sources are unknown."""


def up_to_date(out: Path, sources: str) -> Manifest | None:
    """Return the manifest of a site with equal sources, if none of its files has changed.

    `sources` is a hash, and not empty.
    """
    manifest = read_manifest(out)
    if manifest.sources != sources:
        return None
    return manifest if all(_is_intact(out / name, known) for name, known in manifest.files.items()) else None


def _is_intact(file: Path, known: str) -> bool:
    try:
        return _hash(file.read_bytes()) == known
    except OSError:
        return False


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_manifest(out: Path) -> Manifest:
    """Read the manifest in a folder. Raises ContractError for a manifest that cannot be read."""
    file = out / MANIFEST
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Manifest()
    except (ValueError, RecursionError):
        message, remedy = "This is not the list of files that a build writes.", "Remove it, or choose another folder."
        raise ContractError(Complaint(Place(shown(file), 1), "manifest", message, remedy)) from None
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict):
        return Manifest()
    return Manifest(str(found.get("sources", "")), {name: known for name, known in files.items() if _is_inside(name)})


def _is_inside(name: str) -> bool:
    return not Path(name).is_absolute() and ".." not in Path(name).parts


def write(out: Path, files: Mapping[str, bytes], sources: str = "") -> None:
    """Write what has changed, and remove what an earlier build made and this one did not.

    `sources` is the hash of what the files were made from. Raises ContractError for a folder that cannot be written to.
    """
    with _complaining(out):
        _remove(out, read_manifest(out).files.keys() - files.keys())
        hashes = {}
        for name in sorted(files):
            data = files[name]
            hashes[name] = _hash(data) if sources else ""
            _write(out / name, data)
        new = out / f"{MANIFEST}.{os.getpid()}"
        new.write_text(json.dumps({"sources": sources, "files": hashes}), encoding="utf-8")
        new.replace(out / MANIFEST)


def write_changes(out: Path, files: Mapping[str, bytes], changed: Iterable[str]) -> None:
    """Write the files that have changed, and remove those that are gone, without a manifest.

    Raises ContractError for a folder that cannot be written to.
    """
    with _complaining(out):
        for name in changed:
            if name in files:
                _write(out / name, files[name])
            else:
                _remove(out, [name])


@contextmanager
def _complaining(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place, message = Place(shown(Path(error.filename or out)), 1), f"Cannot write this file: {error.strerror}."
        raise ContractError(
            Complaint(place, "output", message, "Allow lp-guide to write it, or choose another folder with --out.")
        ) from None


def _remove(out: Path, names: Iterable[str]) -> None:
    for name in names:
        (out / name).unlink(missing_ok=True)


def _write(file: Path, data: bytes) -> None:
    if not file.is_file() or file.read_bytes() != data:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
