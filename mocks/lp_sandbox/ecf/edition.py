"""The edition of the early career framework: its contract and the code that keeps it."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

from lp_contract.contract import Loader
from lp_contract.contract import load as load_whole
from lp_sandbox.ecf import rules, seed
from lp_sandbox.ecf.actors import PROBLEMS, actors
from lp_sandbox.ecf.actors import rules as actor_rules
from lp_sandbox.ecf.operations import OPERATIONS
from lp_sandbox.ecf.records import KINDS, LASTING, BrowserSession
from lp_sandbox.ecf.service import lead_provider_service
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.rules import checks_in
from lp_sandbox.worlds.world_template import WorldTemplate


def load(spec: Path, load_contract: Loader = load_whole) -> Edition:
    """Load the edition, with the contract in a folder."""
    contract, checks = load_contract("ecf", spec), checks_in(rules)
    controls = load_contract("ecf/sandbox", spec)
    return Edition(
        contract=contract,
        controls=controls,
        operations=OPERATIONS,
        checks=checks,
        template=WorldTemplate(
            edition=contract.edition,
            kinds=KINDS,
            lasting=LASTING,
            lead_providers={entry["id"]: entry["full_name"] for entry in contract.seeds["lead-providers"]},
            sizes=seed.sizes(contract.seeds),
            records=seed.cached_records(contract.seeds),
            clock_starts_at=contract.seeds["world"]["clock"],
            beside=(BrowserSession,),
            default_world=contract.edition,
        ),
        actors=actors(contract, checks),
        actor_checks=checks_in(actor_rules),
        # To resolve every recipe takes longer than all else in a request.
        scenarios=lru_cache(maxsize=16)(partial(seed.scenarios_of, contract.seeds)),
        fresh=partial(seed.new_scenario, contract.seeds),
        problems=("training_status_is_known", "participant_filter_is_an_id"),
        actor_problems=PROBLEMS,
        service=partial(lead_provider_service, contract, controls),
    )
