"""Complaints about broken links on built pages, at the line that a writer can change if that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, Place
from lp_guide.contract_links import places_of
from lp_guide.link_check import Fault
from lp_guide.pages import Page


def link_complaints(
    found: Iterable[Fault], pages: Sequence[Page], contracts: Sequence[Contract], on_many_pages: Mapping[str, Place]
) -> Iterator[Complaint]:
    """Yield a complaint for each fault: at its line of the content, of the contract, of the settings or of the page.

    `on_many_pages` has the place of each link of the settings by its address. A link on several pages gives the same
    complaint several times.
    """
    sources = {page.output: page for page in pages}
    for fault in found:
        page = sources.get(fault.file)
        place = page.place_of_link(fault.target) if page else None
        places = [place] if place else places_of(fault.target, contracts)
        for each in places or [on_many_pages.get(fault.target) or Place(Path(fault.file), fault.line)]:
            yield Complaint(each, "link", fault.message, fault.remedy)
