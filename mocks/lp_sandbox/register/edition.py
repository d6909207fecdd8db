"""The Register edition: its contract and the code that keeps it."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

from lp_contract.contract import Loader
from lp_contract.contract import load as load_whole
from lp_sandbox.register import rules, seed
from lp_sandbox.register.actors import actors
from lp_sandbox.register.actors import rules as actor_rules
from lp_sandbox.register.operations import OPERATIONS
from lp_sandbox.register.records import KINDS, LASTING
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.rules import checks_in
from lp_sandbox.worlds.world_template import WorldTemplate


def load(spec: Path, load_contract: Loader = load_whole) -> Edition:
    """Load the edition, with the contract in a folder."""
    contract = load_contract("register", spec)
    return Edition(
        contract=contract,
        controls=load_contract("register/sandbox", spec),
        operations=OPERATIONS,
        checks=checks_in(rules),
        template=WorldTemplate(
            edition=contract.edition,
            kinds=KINDS,
            lasting=LASTING,
            lead_providers={entry["id"]: entry["full_name"] for entry in contract.seeds["lead-providers"]},
            sizes=seed.sizes(contract.seeds),
            records=seed.cached_records(contract.seeds),
        ),
        actors=actors(contract.seeds),
        actor_checks=checks_in(actor_rules),
        # To resolve every recipe takes longer than all else in a request.
        scenarios=lru_cache(maxsize=16)(partial(seed.scenarios_of, contract.seeds)),
        fresh=partial(seed.new_scenario, contract.seeds),
    )
