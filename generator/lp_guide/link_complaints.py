"""Complaints about broken links on built pages, at the line of the content if that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lp_contract.yaml_source import Complaint, Place
from lp_guide.link_check import Fault
from lp_guide.pages import Page


def link_complaints(found: Iterable[Fault], pages: Sequence[Page]) -> Iterator[Complaint]:
    """Return a complaint for each fault of a link."""
    sources = {page.output: page for page in pages}
    return (_complaint(fault, sources.get(fault.file)) for fault in found)


def _complaint(fault: Fault, page: Page | None) -> Complaint:
    """Name the line in the content that has the words of the fault, or else the line of the built page."""
    place = page.place_of(fault.target) if page else None
    where = f" (On the built page {fault.file}.)" if place else ""
    return Complaint(
        place or Place(Path(fault.file), fault.line),
        "link",
        fault.message + where,
        fault.remedy,
    )
