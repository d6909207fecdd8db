"""The Register edition: its contract and the code that keeps it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from mocks.edition import Edition
from mocks.register import rules, seed
from mocks.register.actors import actors
from mocks.register.actors import rules as actor_rules
from mocks.register.operations import OPERATIONS
from mocks.register.records import KINDS, LASTING
from mocks.rules import checks_in
from spec.contract import load as load_contract


def load(spec: Path) -> Edition:
    """Load the edition, with the contract in a folder."""
    contract = load_contract("register", spec)
    return Edition(
        contract=contract,
        controls=load_contract("sandbox"),
        operations=OPERATIONS,
        checks=checks_in(rules),
        kinds=KINDS,
        lasting=LASTING,
        lead_providers={entry["id"]: entry["full_name"] for entry in contract.seeds["lead-providers"]},
        sizes=seed.sizes(contract.seeds),
        records=seed.recalled(contract.seeds),
        actors=actors(contract.seeds),
        actor_checks=checks_in(actor_rules),
        scenarios=partial(seed.listed, contract.seeds),
        fresh=partial(seed.fresh, contract.seeds),
    )
