"""The evidence that declarations can have, from the table in the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lp_sandbox.request.call import Call


def evidence_row(call: Call, role: str, declaration_type: str, *, detailed: bool) -> Mapping[str, Any] | None:
    """Return the first row of the operation's table that fits a declaration, or None.

    `detailed` says whether the cohort needs detailed evidence.
    """
    for row in (call.operation.request or {})["x-evidence"]:
        if row["detailed"] == detailed and role in row["roles"] and declaration_type in row["types"]:
            found: Mapping[str, Any] = row
            return found
    return None
