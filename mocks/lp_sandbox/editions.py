"""The editions that come with the sandbox. Nothing else names them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lp_contract import SPEC
from lp_contract.contract import load_sound_parts
from lp_sandbox.request.edition import Difference, Edition, agreed, as_far_as_implemented, differences

MODULES = {"register": "lp_sandbox.register.edition", "ecf": "lp_sandbox.ecf.edition"}
"""The module that loads each edition. The first edition answers what no other one has to."""


def edition(name: str, spec: Path = SPEC) -> Edition:
    """Load an edition by its name, with the contract in a folder.

    Raises Disagreement, ContractError, and LookupError for a name not known.
    """
    return agreed(_module(name).load(spec))


def draft_edition(name: str, spec: Path = SPEC) -> tuple[Edition, Sequence[Difference]]:
    """Load an edition whose contract may be ahead of its code, and return how the two differ.

    Leaves out the parts of the contract that have a fault. Raises ContractError for a file that cannot be read, and
    LookupError for a name not known.
    """
    loaded: Edition = _module(name).load(spec, load_sound_parts)
    return as_far_as_implemented(loaded), differences(loaded)


def _module(name: str) -> Any:
    """Return the module of an edition: its function `load` takes the folder, and how to load the contract in it."""
    if name not in MODULES:
        raise LookupError(f"There is no edition {name!r}. Known: {', '.join(MODULES)}.")
    return importlib.import_module(MODULES[name])
