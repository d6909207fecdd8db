"""Views of the whole contract: changes, differences from the service, and limits."""

from __future__ import annotations

from lp_contract.contract import load
from lp_guide.changes import changes
from lp_guide.changes.git_revisions import released_versions
from lp_guide.changes.report import descriptions, summary
from lp_guide.views.view_types import Contracts, Known
from lp_guide.writer_mistakes import find


def contract_changes(contracts: Contracts, since: str) -> Known:
    """Show the changes in the contract since a released version, breaking changes first."""
    old = load(contracts[0].edition, find(released_versions(), since, "released version"))
    found = changes(old, contracts[0])
    summaries = {
        op.id: op.summary.partition(". ")[0] for each in (old, contracts[0]) for op in each.operations.values()
    }
    return {"summary": summary(found), "groups": descriptions(found), "operations": summaries}


def difference_table(contracts: Contracts) -> Known:
    """Show the differences between the sandbox and DfE's service or guidance."""
    return {"differences": contracts[0].differences}


def rate_limit(contracts: Contracts) -> Known:
    """Show, within a sentence, how many requests you can send with one token."""
    return {"limit": contracts[0].document["x-rate-limit"]}
