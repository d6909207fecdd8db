"""The pages of a contract with mistakes: a writer sees the effects of a half-finished change at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lp_contract.contract import load_sound_parts
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide.settings import FILE
from lp_guide.site import Site


def open_draft(edition: str, folder: Path, sandbox: str | None = None) -> Site:
    """Open the site of an edition without the faulty parts of its contracts.

    Raises ContractError for a file that cannot be read.
    """
    return Site(load_sound_parts(edition), folder, sandbox, load_contract=load_sound_parts)


def with_effects(of_contract: Sequence[Complaint], of_pages: Sequence[Complaint]) -> tuple[Complaint, ...]:
    """Return the complaints about a contract, and then those about pages that do not repeat any of them."""
    return (*of_contract, *(each for each in of_pages if each not in of_contract))


def complaints_without_pages(error: Exception, folder: Path) -> tuple[Complaint, ...]:
    """Return the complaints if an error stopped the pages of a contract with mistakes."""
    if isinstance(error, ContractError):
        return error.complaints
    message = "The pages cannot be checked until the contract is correct."
    return (Complaint(Place(folder / FILE, 1), "contract", message, "Correct the contract first."),)
