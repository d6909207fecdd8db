"""Views of the differences between the edition of a page and its second edition."""

from __future__ import annotations

from lp_guide.changes.by_operation import Comparison, compare_editions
from lp_guide.changes.report import WHOLE_SERVICE
from lp_guide.views.view_types import Contracts, Known
from lp_guide.writer_mistakes import Mistake, find


def edition_changes(contracts: Contracts, since: str, subject: str = WHOLE_SERVICE) -> Known:
    """Show the differences from another edition, in a resource or in every operation, breaking changes first."""
    compared = _compared(contracts, since)
    return {**_names(contracts, since), "changed": find(compared.subjects, subject, "subject"), "subject": subject}


def edition_fields(contracts: Contracts, since: str, subject: str, kind: str) -> Known:
    """List, within a sentence, the fields of a resource that were `removed` since another edition, or `added`."""
    changed = find(_compared(contracts, since).subjects, subject, "subject")
    names = find({"removed": changed.removed, "added": changed.added}, kind, "kind of change called")
    if not names:
        message = f"No field of {subject} was {kind} since the edition `{since}`."
        raise Mistake("directive", message, "Remove the sentence from the page.")
    return {"names": names}


def edition_paths(contracts: Contracts, since: str) -> Known:
    """Show the path of every operation in another edition and in this one."""
    return {**_names(contracts, since), "paths": [*map(list, _compared(contracts, since).paths)]}


def step_differences(contracts: Contracts, since: str) -> Known:
    """Show the differences in each step of one client in both editions, from `site/side-by-side.yaml`."""
    return {**_names(contracts, since), "editions": {contract.edition: contract for contract in contracts}}


def _compared(contracts: Contracts, since: str) -> Comparison:
    named = {contract.edition: contract for contract in contracts}
    return compare_editions(find(named, since, "edition on this page called"), contracts[0])


def _names(contracts: Contracts, since: str) -> Known:
    summaries = {contract.edition: contract.document["info"]["summary"] for contract in contracts}
    sides = [since, contracts[0].edition]
    return {"sides": sides, "old": summaries[since], "new": summaries[sides[1]]}
