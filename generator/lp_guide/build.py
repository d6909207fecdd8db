"""Builds the whole site: pages, published contract and assets, or nothing when something is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from lp_contract import SPEC
from lp_contract.contract import Contract, editions
from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError
from lp_guide.built_files import write
from lp_guide.contract_checks import sound
from lp_guide.settings import read_settings
from lp_guide.site import Made, Site
from lp_guide.site_files import SiteFiles
from lp_guide.source_hashes import Sources
from lp_guide.sub_path import move_below

WORLD = "world"
"""The seed that an edition needs for pages."""


def build(
    out: Path,
    *,
    edition: str,
    site: Path,
    sandbox: str | None,
    report: Callable[[str], None],
    spec: Path = SPEC,
    sources: Sources | None = None,
) -> None:
    """Build the site of an edition into a folder. If anything is wrong, raises ContractError and writes nothing.

    `spec` is the folder that holds the contracts. With `sources`, answers of an earlier build are used again, and the
    next build can find that nothing has changed.
    """
    begun = time.perf_counter()
    contract = sound(edition, spec)
    _refuse_without_world(contract, spec)
    made, is_reusable = _make(contract, site, sandbox, spec, sources)
    address = read_settings(site, shown(site)).data["address"]
    write(out, move_below(urlsplit(address).path, made.files), sources.whole if sources and is_reusable else "")
    report(f"{made.pages} pages in {out}, in {time.perf_counter() - begun:.1f} s.")


def _refuse_without_world(contract: Contract, spec: Path) -> None:
    if WORLD not in contract.seeds:
        known = ", ".join(name for name in editions(spec) if (spec / name / "seeds" / f"{WORLD}.yaml").is_file())
        message = f"The edition `{contract.edition}` has no world of its own."
        raise ContractError(Complaint(contract.place(()), "edition", message, f"Use {known}."))


def make(contract: Contract, site: Path, sandbox: str | None = None, spec: Path = SPEC) -> SiteFiles:
    """Make every file of the site, by its name. Raises ContractError with every complaint."""
    return _make(contract, site, sandbox, spec, None)[0].files


def _make(
    contract: Contract, site: Path, sandbox: str | None, spec: Path, sources: Sources | None
) -> tuple[Made, bool]:
    """Make the site. Return it, and whether a later build of the same sources would make the same."""
    with Site(contract, site, sandbox, spec, sources) as opened:
        made = opened.make()
        is_reusable = opened.save_answers()
    if made.complaints:
        raise ContractError(*made.complaints)
    return made, is_reusable
