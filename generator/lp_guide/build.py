"""`build` makes the whole site: pages, published contract and assets, or nothing when something is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lp_contract import SPEC
from lp_contract.contract import Contract, editions
from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide.contract_checks import sound
from lp_guide.site import Files, Site

MANIFEST = ".lp-guide.json"
"""Lists what was built, so that the next build removes what it no longer makes, and nothing else."""
WORLD = "world"
"""The seed that an edition has when pages can be made of it."""


def build(
    out: Path, *, edition: str, site: Path, sandbox: str | None, report: Callable[[str], None], spec: Path = SPEC
) -> None:
    """Build the site of an edition into a folder. Raises ContractError, having written nothing, for what is wrong.

    `spec` is the folder that holds the contracts.
    """
    begun = time.perf_counter()
    contract = sound(edition, spec)
    if WORLD not in contract.seeds:
        known = ", ".join(name for name in editions(spec) if (spec / name / "seeds" / f"{WORLD}.yaml").is_file())
        raise ContractError(
            Complaint(
                contract.place(()), "edition", f"The edition `{edition}` has no world of its own.", f"Use {known}."
            )
        )
    files = make(contract, site, sandbox, spec)
    write(out, files)
    pages = sum(name.endswith(".html") for name in files)
    report(f"{pages} pages in {out}, in {time.perf_counter() - begun:.1f} s.")


def make(contract: Contract, site: Path, sandbox: str | None = None, spec: Path = SPEC) -> Files:
    """Make every file of the site, by its name. Raises ContractError with all that is wrong."""
    with Site(contract, site, sandbox, spec) as opened:
        made = opened.make()
        if made.complaints:
            raise ContractError(*made.complaints)
    return made.files


def write(out: Path, files: Mapping[str, bytes]) -> None:
    """Write what has changed and remove what an earlier build made and this one did not.

    Raises ContractError for a folder that cannot be written to.
    """
    try:
        _write(out, files)
    except OSError as error:
        place, message = Place(shown(Path(error.filename or out)), 1), f"This cannot be written: {error.strerror}."
        raise ContractError(
            Complaint(place, "output", message, "Make room for it, or choose another folder with --out.")
        ) from None


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    manifest = out / MANIFEST
    for name in _built_before(manifest) - files.keys():
        (out / name).unlink(missing_ok=True)
    for name, data in files.items():
        file = out / name
        if not file.is_file() or file.read_bytes() != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    manifest.write_text(json.dumps(sorted(files)))


def _built_before(manifest: Path) -> set[str]:
    """Name what an earlier build made, inside its folder."""
    try:
        names: Any = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    except (ValueError, RecursionError):
        message, remedy = "This is not the list of files that a build leaves.", "Remove it, or choose another folder."
        raise ContractError(Complaint(Place(shown(manifest), 1), "manifest", message, remedy)) from None
    return {name for name in names if _is_inside(name)} if isinstance(names, list) else set()


def _is_inside(name: Any) -> bool:
    return isinstance(name, str) and not Path(name).is_absolute() and ".." not in Path(name).parts
