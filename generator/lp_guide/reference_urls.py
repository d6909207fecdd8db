"""Returns the address of each thing in a contract. Anchors are made from names, never from titles."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from lp_contract.contract import Contract, Operation, Rule
from lp_guide import contract_vocabulary
from lp_guide.writer_mistakes import Mistake, find


@dataclass(frozen=True, slots=True)
class Home:
    """The addresses of the pages about a contract, from `homes` in site.yaml."""

    reference: str = "/reference/"
    errors: str = "/errors/"
    scenarios: str = "/scenarios/"
    swagger: bool = False
    """Whether a page at the folder of each published document shows that document in Swagger UI."""
    former_reference: str = ""
    """The address at which DfE publishes all operations of a version on one page, with `{version}` in it."""


def homes(settings: Mapping[str, Any]) -> Mapping[str, Home]:
    """Return the homes of the contracts in the settings of a site."""
    return {edition: Home(**words) for edition, words in settings["homes"].items()}


@dataclass(frozen=True)
class Addresses:
    """The addresses of everything in some contracts. A name means the first contract that has it."""

    contracts: Sequence[Contract]
    homes: Mapping[str, Home] = field(default_factory=dict)

    def home(self, contract: Contract) -> Home:
        """Return the addresses of the pages about a contract."""
        return self.homes.get(contract.edition, Home())

    def operation(self, name: str) -> str:
        """Return the address of the reference page of an operation."""
        contract = holder(self.contracts, "operations", name)
        return f"{self._tag(contract, contract.operations[name].tag)}{name}/"

    def tag(self, name: str) -> str:
        """Return the address of the reference page of a tag of the first contract."""
        return self._tag(self.contracts[0], name)

    def _tag(self, contract: Contract, name: str) -> str:
        return f"{self.home(contract).reference}{slug(name)}/"

    def rule(self, name: str) -> str:
        """Return the address of the page about a rule that an operation checks."""
        contract = holder(self.contracts, "rules", name)
        if name not in checked_rules(contract):
            raise Mistake("unused-rule", f"No operation checks the rule `{name}`, so it has no page.", "Name another.")
        return f"{self.home(contract).errors}{name}/"

    def problem(self, name: str) -> str:
        """Return the address of the page about a problem."""
        return f"{self.home(holder(self.contracts, 'problems', name)).errors}{name}/"

    def scenario(self, name: str) -> str:
        """Return the address of a scenario."""
        owners = {
            each["name"]: contract
            for contract in reversed(self.contracts)
            for each in contract.seeds.get("scenarios", ())
        }
        return f"{self.home(find(owners, name, 'scenario')).scenarios}#{name}"

    def field(self, name: str) -> str:
        """Return the address of a field, named as `Schema.field`, on the reference page that shows it first."""
        owners = ChainMap(*(dict.fromkeys(contract_vocabulary.field_names(each), each) for each in self.contracts))
        contract = find(owners, name, "field")
        home = contract_vocabulary.homes(contract)[contract_vocabulary.field_names(contract)[name]]
        page = f"{self._tag(contract, home.operation.tag)}{home.operation.id}/"
        return f"{page}#{field_anchor(home.section, home.path)}"

    def state(self, name: str) -> str:
        """Return the address of a state, named as `Declaration.paid` or `training_status.active`."""
        owners = ChainMap(*(dict.fromkeys(contract_vocabulary.state_names(each), each) for each in self.contracts))
        contract = find(owners, name, "state")
        meant = contract_vocabulary.state_names(contract)[name]
        return f"{self._tag(contract, state_tag(contract, meant.field))}#{state_anchor(meant.field, meant.value)}"

    def swagger(self, name: str) -> str:
        """Return the address of an operation in Swagger UI; empty if its contract has no Swagger UI."""
        contract = holder(self.contracts, "operations", name)
        op = contract.operations[name]
        return f"{swagger_page(contract, op)}#{deep_link(op)}" if self.home(contract).swagger else ""


@lru_cache(maxsize=16)
def checked_rules(contract: Contract) -> Mapping[str, Rule]:
    """Return the rules that an operation checks, by their names. Only a draft of a contract has others."""
    checked = {rule.name for operation in contract.operations.values() for rule in operation.rules}
    return {name: rule for name, rule in contract.rules.items() if name in checked}


def swagger_page(contract: Contract, op: Operation) -> str:
    """Return the address of the Swagger UI that shows an operation."""
    return next(f"/{each.folder}" for each in contract.publications if each.holds(op.path))


def slug(words: str) -> str:
    """Convert words to a part of an address."""
    return "-".join(re.findall(r"[a-z0-9]+", words.lower()))


def field_anchor(section: str, path: Sequence[str]) -> str:
    """Name the row of a field in a table on a reference page: `filter[cohort]` is `filter.cohort` there."""
    return f"{section}.{'.'.join(re.findall('[^][.]+', '.'.join(path)))}"


def state_tag(contract: Contract, field: str) -> str:
    """Name the tag whose reference page shows the states of a field."""
    return contract_vocabulary.homes(contract)[field].operation.tag


def state_anchor(field: str, value: str) -> str:
    """Name a state on a page: that of a paid declaration is `state-paid`."""
    return f"{field.rpartition('.')[2]}-{value}"


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


SCHEMES: Mapping[str, Callable[[Addresses, str], str]] = {
    "op": Addresses.operation,
    "rule": Addresses.rule,
    "problem": Addresses.problem,
    "state": Addresses.state,
    "field": Addresses.field,
    "scenario": Addresses.scenario,
    "swagger": Addresses.swagger,
}
"""The kinds of links into a contract: `[text](op:createPartnership)`, `[text](state:Declaration.paid)`."""
