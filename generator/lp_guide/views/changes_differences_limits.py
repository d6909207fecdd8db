"""What holds for the whole contract: how it differs from others, what has changed in it, how much may be sent."""

from __future__ import annotations

from lp_contract.contract import load
from lp_guide.changes import changes
from lp_guide.changes.git_revisions import released_versions
from lp_guide.changes.report import descriptions, summary
from lp_guide.views.view_types import Contracts, Known
from lp_guide.writer_mistakes import find


def contract_changes(contracts: Contracts, since: str) -> Known:
    """Show what has changed in the contract since a released version, what breaks clients first."""
    old = load(contracts[0].edition, find(released_versions(), since, "released version"))
    found = changes(old, contracts[0])
    return {"summary": summary(found), "kinds": descriptions(found)}


def difference_table(contracts: Contracts) -> Known:
    """Show where the sandbox and the department's service or guidance differ."""
    return {"differences": contracts[0].differences}


def rate_limit(contracts: Contracts) -> Known:
    """Say, within a sentence, how many requests can be sent with one token."""
    return {"limit": contracts[0].document["x-rate-limit"]}
