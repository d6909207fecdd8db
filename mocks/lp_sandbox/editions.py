"""The editions that come with the sandbox. Nothing else names them."""

from __future__ import annotations

import importlib
from pathlib import Path

from lp_contract import SPEC
from lp_sandbox.request.edition import Edition, agreed

MODULES = {"register": "lp_sandbox.register.edition", "ecf": "lp_sandbox.ecf.edition"}
"""The module that loads each edition. The first edition answers what no other one has to."""


def edition(name: str, spec: Path = SPEC) -> Edition:
    """Load an edition by its name, with the contract in a folder.

    Raises Disagreement, ContractError, and LookupError for a name not known.
    """
    if name not in MODULES:
        raise LookupError(f"There is no edition {name!r}. Known: {', '.join(MODULES)}.")
    loaded: Edition = importlib.import_module(MODULES[name]).load(spec)
    return agreed(loaded)
