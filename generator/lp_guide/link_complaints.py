"""Complaints about broken links on built pages, at the line of the content if that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, Place
from lp_guide.contract_links import places_of
from lp_guide.link_check import Fault
from lp_guide.pages import Page


def link_complaints(
    found: Iterable[Fault], pages: Sequence[Page], contracts: Sequence[Contract]
) -> Iterator[Complaint]:
    """Yield a complaint for each fault: at its line of the content, of the contract, or else of the built page."""
    sources = {page.output: page for page in pages}
    for fault in found:
        page = sources.get(fault.file)
        place = page.place_of(fault.target) if page else None
        in_contract = [] if place else places_of(fault.target, contracts)
        for each in in_contract or [place or Place(Path(fault.file), fault.line)]:
            yield Complaint(each, "link", fault.message, fault.remedy)
