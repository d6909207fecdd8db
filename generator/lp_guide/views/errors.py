"""Views of the errors of requests: rules and problems."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from lp_contract.contract import Contract, Operation, Problem, Rule
from lp_guide import requests_and_answers
from lp_guide.coverage.contract_items import ids
from lp_guide.reference_urls import holder
from lp_guide.schema_rows import as_json
from lp_guide.things_with_pages import errors, status
from lp_guide.views.view_types import Contracts, Known, operation_of
from lp_guide.writer_mistakes import find

Change = tuple[str, str, Mapping[str, str]]
"""A field, its JSON in the request, and facts from the seeds about the value."""


def error_table(contracts: Contracts, operation: str) -> Known:
    """Show every rule of an operation: message, condition, and a request that shows it or the reason why none does."""
    op, seeded = operation_of(contracts, operation), _seeded(contracts)
    return {"op": op, "rows": [(rule, _changes(seeded, rule)) for rule in op.rules]}


def file_error_table(contracts: Contracts, operation: str) -> Known:
    """Show the rules of an operation for rows of an uploaded file: the message for files and the remedy."""
    op = operation_of(contracts, operation)
    return {"op": op, "rules": [rule for rule in op.rules if rule.in_file]}


def _changes(seeded: Mapping[str, Mapping[str, str]], rule: Rule) -> list[Change]:
    return [(name, as_json(value), seeded.get(str(value), {})) for name, value in rule.broken_by.items()]


def _seeded(contracts: Contracts) -> Mapping[str, Mapping[str, str]]:
    """Return facts about the ids of the seeds: what they identify, its story, and a link."""
    return ChainMap(*(_seeded_by(contract) for contract in reversed(contracts)))


@lru_cache(maxsize=16)
def _seeded_by(contract: Contract) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for recipe in contract.seeds.get("scenarios", ()):
        found |= dict.fromkeys(ids(recipe), _facts(recipe["name"], recipe["story"], recipe["name"]))
    for item in _with_full_names(contract.seeds):
        found[item["id"]] = _facts(item["full_name"], item.get("story", ""))
    return found


def _with_full_names(seeds: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Yield the entries of the seeds that have an id and a full name."""
    for entries in (each for each in seeds.values() if isinstance(each, list)):
        yield from (entry for entry in entries if {"id", "full_name"} <= entry.keys())


def _facts(name: str, story: str, scenario: str = "") -> Mapping[str, str]:
    return {"name": name, "story": story, "scenario": scenario}


def problem_table(contracts: Contracts, operation: str) -> Known:
    """Show the problems that a request to an operation can cause, apart from its rules."""
    op = operation_of(contracts, operation)
    return {"op": op, "problems": _problems(holder(contracts, "operations", op.id), op)}


def _problems(contract: Contract, op: Operation) -> list[Problem]:
    return [contract.problems[name] for name in op.problems]


def error_list(contracts: Contracts) -> Known:
    """List every error by operation. Problems come first, and those that only the sandbox has come last."""
    contract = contracts[0]
    problems = sorted(contract.problems.values(), key=lambda problem: problem.status)
    return {
        "problems": [problem for problem in problems if not problem.sandbox_only],
        "tags": _by_tag(contract),
        "sandbox_only": [problem for problem in problems if problem.sandbox_only],
        "first_operation": _first_operation(contract),
    }


def _by_tag(contract: Contract) -> list[tuple[str, list[tuple[Operation, list[Rule]]]]]:
    """Return the operations with rules and their rules by tag. All versions of an operation are one."""
    found: dict[str, dict[str, dict[str, Rule]]] = {}
    for op in contract.operations.values():
        first = _first_version(contract, op)
        if op.rules:
            rules = found.setdefault(first.tag, {}).setdefault(first.id, {})
            rules |= {rule.name: rule for rule in op.rules}
    return [
        (tag, [(contract.operations[name], list(rules.values())) for name, rules in operations.items()])
        for tag, operations in sorted(found.items())
    ]


def _first_version(contract: Contract, op: Operation) -> Operation:
    return _first_version(contract, contract.operations[op.version_of]) if op.version_of else op


def _first_operation(contract: Contract) -> Mapping[str, str]:
    """Return the operation under which each rule is listed first."""
    listed = ((rule.name, op.id) for _, operations in _by_tag(contract) for op, rules in operations for rule in rules)
    return dict(reversed([*listed]))


def error_reference(contracts: Contracts, name: str) -> Known:
    """Show all there is to know of an error: condition, remedy, operations, and a request that shows it."""
    contract = contracts[0]
    error = find(errors(contract), name, "error")
    operations = [op for op in contract.operations.values() if error in (*op.rules, *_problems(contract, op))]
    of_kind = _of_rule(error, operations[0]) if isinstance(error, Rule) else _of_problem(contract, error)
    return {
        "error": error,
        "status": status(error),
        "operations": operations,
        "everywhere": len(contract.operations),
        **of_kind,
    }


def _of_rule(rule: Rule, op: Operation) -> Known:
    return {
        "title": rule.field,
        "unreachable": rule.unreachable,
        "exchange": None if rule.unreachable else requests_and_answers.refused(op, rule),
        "broken_too": op.broken_with(rule),
        "is_sandbox_only": False,
    }


def _of_problem(contract: Contract, problem: Problem) -> Known:
    return {
        "title": problem.title,
        "unreachable": None,
        "exchange": requests_and_answers.meeting(contract, problem),
        "broken_too": (),
        "is_sandbox_only": problem.sandbox_only,
    }
