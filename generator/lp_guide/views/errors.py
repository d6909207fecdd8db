"""What a request can be refused with: rules, and problems beside them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from lp_contract.contract import Contract, Operation, Problem, Rule
from lp_guide import requests_and_answers
from lp_guide.coverage.contract_items import ids
from lp_guide.reference_urls import holder
from lp_guide.requests_and_answers import Exchange
from lp_guide.schema_rows import as_json
from lp_guide.views.view_types import Contracts, Known, operation_of

Change = tuple[str, str, Mapping[str, str]]
"""A field, the JSON that is sent in it, and what the seeds tell of that value."""


def error_table(contracts: Contracts, operation: str) -> Known:
    """Show every rule of an operation: its message, its condition and what to send to see it, or why nothing does."""
    op, seeded = operation_of(contracts, operation), _seeded(contracts)
    return {"op": op, "rows": [(rule, _changes(seeded, rule)) for rule in op.rules]}


def file_error_table(contracts: Contracts, operation: str) -> Known:
    """Show the rules of an operation that rows of an uploaded file must keep: the message for files and the remedy."""
    op = operation_of(contracts, operation)
    return {"op": op, "rules": [rule for rule in op.rules if rule.in_file]}


def _changes(seeded: Mapping[str, Mapping[str, str]], rule: Rule) -> list[Change]:
    return [(name, as_json(value), seeded.get(str(value), {})) for name, value in rule.broken_by.items()]


def _seeded(contracts: Contracts) -> Mapping[str, Mapping[str, str]]:
    """Tell of the ids that the seeds have: what bears them, its story, and where to read more."""
    return ChainMap(*(_seeded_by(contract) for contract in reversed(contracts)))


@lru_cache(maxsize=16)
def _seeded_by(contract: Contract) -> dict[str, Mapping[str, str]]:
    told: dict[str, Mapping[str, str]] = {}
    for recipe in contract.seeds.get("scenarios", ()):
        told |= dict.fromkeys(ids(recipe), _told(recipe["name"], recipe["story"], recipe["name"]))
    for item in _with_full_names(contract.seeds):
        told[item["id"]] = _told(item["full_name"], item.get("story", ""))
    return told


def _with_full_names(seeds: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Yield the entries of the seeds that have an id and a full name."""
    for entries in (each for each in seeds.values() if isinstance(each, list)):
        yield from (entry for entry in entries if {"id", "full_name"} <= entry.keys())


def _told(name: str, story: str, scenario: str = "") -> Mapping[str, str]:
    return {"name": name, "story": story, "scenario": scenario}


def problem_table(contracts: Contracts, operation: str) -> Known:
    """Show the problems that a request to an operation can meet beside its rules."""
    op = operation_of(contracts, operation)
    return {"op": op, "problems": _problems(holder(contracts, "operations", op.id), op)}


def _problems(contract: Contract, op: Operation) -> list[Problem]:
    return [contract.problems[name] for name in op.problems]


def rule_catalogue(contracts: Contracts) -> Known:
    """Show every rule: condition, message, the operations that ask it and the requests that show it."""
    groups: dict[str, list[tuple[Rule, Sequence[Operation], Exchange | None]]] = {}
    for rule in contracts[0].rules.values():
        operations = _asked_by(contracts[0], rule)
        for op in operations[:1]:
            exchange = None if rule.unreachable else requests_and_answers.refused(op, rule)
            groups.setdefault(op.tag, []).append((rule, operations, exchange))
    return {"groups": sorted(groups.items(), key=lambda group: group[0])}


def _asked_by(contract: Contract, rule: Rule) -> list[Operation]:
    return [op for op in contract.operations.values() if rule in op.rules]


def problem_catalogue(contracts: Contracts) -> Known:
    """Show every problem that a request can meet beside rules."""
    contract = contracts[0]
    by_status = sorted(contract.problems.values(), key=lambda problem: problem.status)
    meeting = {
        problem.name: [op for op in contract.operations.values() if problem in _problems(contract, op)]
        for problem in by_status
    }
    return {
        "problems": [
            (problem, meeting[problem.name], requests_and_answers.meeting(contract, problem)) for problem in by_status
        ],
        "everywhere": len(contract.operations),
    }
