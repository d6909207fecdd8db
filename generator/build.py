"""`build` makes the whole site: pages, published contract and assets, or nothing when something is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.bundle import published, to_yaml
from generator.links import Fault, faults
from generator.mistakes import placed
from generator.pages import Page, read_pages
from generator.render import Renderer
from generator.sandbox import Sandbox
from spec import SPEC
from spec.contract import Contract, editions, load
from spec.source import Complaint, ContractError, Place, read

MANIFEST = ".lp-guide.json"
"""Lists what was built, so that the next build removes what it no longer makes, and nothing else."""
WORLD = "world"
"""The seed that an edition has when pages can be made of it."""
PUBLISHED = ("api/docs/v3/openapi.yaml", "api/docs/v3/swagger.yaml")

Files = dict[str, bytes]


def build(out: Path, *, edition: str, site: Path, sandbox: str | None, report: Callable[[str], None]) -> None:
    """Build the site of an edition into a folder. Raises ContractError, having written nothing, for what is wrong."""
    begun = time.perf_counter()
    contract = load(edition)
    if WORLD not in contract.seeds:
        known = ", ".join(name for name in editions() if (SPEC / name / "seeds" / f"{WORLD}.yaml").is_file())
        raise ContractError(
            Complaint(
                contract.place(()), "edition", f"The edition `{edition}` has no world of its own.", f"Use {known}."
            )
        )
    files = make(contract, site, sandbox)
    write(out, files)
    pages = sum(name.endswith(".html") for name in files)
    report(f"{pages} pages in {out}, in {time.perf_counter() - begun:.1f} s.")


def make(contract: Contract, site: Path, sandbox: str | None = None) -> Files:
    """Make every file of the site, by its name."""
    shown = site.relative_to(Path.cwd()) if site.is_relative_to(Path.cwd()) else site
    settings = read(site / "site.yaml", shown / "site.yaml")
    contracts = (contract, *map(load, settings.data["beside"]))
    pages = read_pages(contracts, site / "content", shown / "content")
    document = to_yaml(published(contract)).encode()
    files = dict.fromkeys(PUBLISHED, document) | dict(_assets(site / "assets"))
    with placed(settings.place(("sandbox",))):
        client = Sandbox(sandbox or settings.data["sandbox"])
        with client:
            renderer = Renderer(contracts, site / "templates", settings.data, client, pages)
            files |= _render(renderer, pages)
    _refuse_faults(files, pages)
    return files


def _assets(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield f"assets/{file.relative_to(folder).as_posix()}", file.read_bytes()


def _render(renderer: Renderer, pages: Sequence[Page]) -> Files:
    """Render every page, and complain of all at once."""
    files: Files = {}
    complaints: list[Complaint] = []
    for page in pages:
        try:
            files[page.output] = renderer.render(page).encode()
        except ContractError as error:
            complaints += error.complaints
    if complaints:
        raise ContractError(*complaints)
    return files


def _refuse_faults(files: Mapping[str, bytes], pages: Sequence[Page]) -> None:
    sources = {page.output: page for page in pages}
    complaints = [_complaint(fault, sources.get(fault.file)) for fault in faults(files)]
    if complaints:
        raise ContractError(*complaints)


def _complaint(fault: Fault, page: Page | None) -> Complaint:
    """Name the line in the content where the words of the fault stand there, and that of the built page otherwise."""
    place = page.place_of(fault.target) if page else None
    where = f" (On the built page {fault.file}.)" if place else ""
    return Complaint(
        place or Place(Path(fault.file), fault.line),
        "link",
        fault.message + where,
        "Mend the link, or make what it leads to.",
    )


def write(out: Path, files: Mapping[str, bytes]) -> None:
    """Write what has changed and remove what an earlier build made and this one did not."""
    manifest = out / MANIFEST
    before: Any = json.loads(manifest.read_text()) if manifest.is_file() else []
    for name in set(before) - files.keys():
        (out / name).unlink(missing_ok=True)
    for name, data in files.items():
        file = out / name
        if not file.is_file() or file.read_bytes() != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    manifest.write_text(json.dumps(sorted(files)))
