"""Loads a contract from a folder, a Git revision or a released version."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import lp_contract
from lp_contract.contract import Contract, load
from lp_contract.merge_documents import TABLE_OF_CONTENTS
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide.writer_mistakes import Mistake

GIT = "git:"
SPEC = "spec"
"""The folder of the editions, in a checkout."""
RELEASED = "released"
"""The folder with the contracts of released versions, next to the editions."""


def released_versions() -> dict[str, Path]:
    """Return the folder of each released version, such as `0.1.0`."""
    return {path.name: path for path in sorted((lp_contract.SPEC / RELEASED).glob("*"))}


def contract_of(given: str, edition: str) -> Contract:
    """Read an edition from a folder, a revision such as `HEAD~3` or `git:main`, or a version such as `v0.1.0`.

    A folder takes precedence over a revision of the same name, unless the name begins with `git:`. A version is read
    from the released contracts where Git has no such tag, as in a clone without tags and without Git. Raises Mistake
    if none exists, and ContractError if the contract cannot be loaded.
    """
    folder = Path(given)
    if not given.startswith(GIT) and folder.is_dir():
        return load(edition, _editions(folder, edition))
    try:
        return _of_revision(given, edition)
    except Mistake:
        released = released_versions().get(given.removeprefix("v"))
        if released is None:
            raise
        return load(edition, released)


def _of_revision(given: str, edition: str) -> Contract:
    with TemporaryDirectory() as temporary, _complaints_named(given, Path(temporary)):
        _unpack(given, given.removeprefix(GIT), Path(temporary))
        return load(edition, Path(temporary) / SPEC)


def _editions(folder: Path, edition: str) -> Path:
    """Return the folder of the editions: `spec` inside a checkout, or else the folder itself."""
    inner = folder / SPEC
    return inner if (inner / edition.partition("/")[0] / TABLE_OF_CONTENTS).is_file() else folder


@contextmanager
def _complaints_named(given: str, temporary: Path) -> Iterator[None]:
    """Name the revision in complaints, in place of the temporary folder."""
    try:
        yield
    except ContractError as error:
        raise ContractError(*(_renamed(each, given, temporary) for each in error.complaints)) from None


def _renamed(complaint: Complaint, given: str, temporary: Path) -> Complaint:
    file = complaint.place.file.resolve().relative_to(temporary.resolve())
    return replace(complaint, place=Place(Path(f"{given}:{file.as_posix()}"), complaint.place.line))


def _unpack(given: str, revision: str, folder: Path) -> None:
    """Write the contract of a revision into a folder."""
    top = _git(given, "rev-parse", "--show-toplevel").decode().strip()
    commit = _git(given, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    archive = _git(given, "-C", top, "archive", "--format=zip", commit.decode().strip(), SPEC)
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)


def _git(given: str, *words: str) -> bytes:
    git = shutil.which("git")
    done = subprocess.run([git, *words], capture_output=True, check=False) if git else None  # noqa: S603 - no shell
    if done is None or done.returncode:
        versions = ", ".join(f"v{each}" for each in released_versions())
        raise Mistake(
            "contract",
            f"`{given}` is neither a folder nor a revision that contains a contract.",
            f"Name a folder such as spec/, a released version ({versions}), or, within a clone, a tag, branch or "
            "commit such as HEAD~1.",
        )
    return done.stdout
