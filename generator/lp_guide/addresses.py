"""Where on the site a thing of a contract is explained. Anchors come from names, never from titles."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from lp_contract.contract import Contract, Operation
from lp_guide import vocabulary
from lp_guide.mistakes import find


@dataclass(frozen=True, slots=True)
class Home:
    """Where the pages of a contract stand."""

    reference: str = "/reference/"
    errors: str = "/errors/"
    swagger: str = "/api/docs/v3/"
    """Empty where the contract is not shown there."""


HOMES: Mapping[str, Home] = MappingProxyType({"sandbox": Home("/sandbox/", "/sandbox/errors/", "")})
"""The homes of contracts that stand beside the one that the site is about."""
SCENARIOS = "/scenarios/"


def home(contract: Contract) -> Home:
    """Return where the pages of a contract stand."""
    return HOMES.get(contract.edition, Home())


def slug(words: str) -> str:
    """Make words fit to stand in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", words.lower()))


def operation(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of the reference page of an operation."""
    contract = holder(contracts, "operations", name)
    return f"{tag(contract, contract.operations[name].tag)}{name}/"


def tag(contract: Contract, name: str) -> str:
    """Return the address of the reference page of a tag."""
    return f"{home(contract).reference}{slug(name)}/"


def rule(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of a rule in the error catalogue of its contract."""
    return f"{home(holder(contracts, 'rules', name)).errors}#{name}"


def problem(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of a problem in the error catalogue of its contract."""
    return f"{home(holder(contracts, 'problems', name)).errors}#{name}"


def scenario(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of a scenario."""
    known = {each["name"]: each for contract in contracts for each in contract.seeds.get("scenarios", ())}
    return f"{SCENARIOS}#{find(known, name, 'scenario')['name']}"


def field(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of a field, named as `Schema.field`, on the reference page that shows it first."""
    owners = ChainMap(*(dict.fromkeys(vocabulary.field_names(contract), contract) for contract in contracts))
    contract = find(owners, name, "field")
    home = vocabulary.homes(contract)[vocabulary.field_names(contract)[name]]
    return f"{operation([contract], home.operation.id)}#{field_anchor(home.section, home.path)}"


def field_anchor(section: str, path: Sequence[str]) -> str:
    """Name the row of a field in a table on a reference page: `filter[cohort]` stands there as `filter.cohort`."""
    return f"{section}.{'.'.join(re.findall('[^][.]+', '.'.join(path)))}"


def state(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of a state, named as `Declaration.paid` or `training_status.active`."""
    owners = ChainMap(*(dict.fromkeys(vocabulary.state_names(contract), contract) for contract in contracts))
    contract = find(owners, name, "state")
    meant = vocabulary.state_names(contract)[name]
    return f"{tag(contract, state_tag(contract, meant.field))}#{state_anchor(meant.field, meant.value)}"


def state_tag(contract: Contract, field: str) -> str:
    """Name the tag on whose reference page the states of a field stand."""
    return vocabulary.homes(contract)[field].operation.tag


def state_anchor(field: str, value: str) -> str:
    """Name a state on a page: that of a declaration that is paid is `state-paid`."""
    return f"{field.rpartition('.')[2]}-{value}"


def swagger(contracts: Sequence[Contract], name: str) -> str:
    """Return the address of an operation in Swagger UI; empty where its contract is not shown there."""
    contract = holder(contracts, "operations", name)
    page = home(contract).swagger
    return page and f"{page}#{deep_link(contract.operations[name])}"


def holder(contracts: Sequence[Contract], section: str, name: str) -> Contract:
    """Return the first contract that names a thing. Raises Mistake when none does."""
    holders = {known: contract for contract in reversed(contracts) for known in getattr(contract, section)}
    return find(holders, name, section.removesuffix("s"))


def deep_link(op: Operation) -> str:
    """Name an operation as Swagger UI does: by tag and operationId."""
    return f"/{quote(op.tag)}/{op.id}"


def path_deep_link(op: Operation) -> str:
    """Name an operation as Swagger UI did when it had no operationId: by tag, method and path."""
    return f"/{quote(op.tag)}/{op.method.lower()}{re.sub('[^A-Za-z0-9]', '_', op.path)}"


SCHEMES: Mapping[str, Callable[[Sequence[Contract], str], str]] = {
    "op": operation,
    "rule": rule,
    "problem": problem,
    "state": state,
    "field": field,
    "scenario": scenario,
    "swagger": swagger,
}
"""How a writer links to a contract: `[text](op:createPartnership)`, `[text](state:Declaration.paid)`."""
