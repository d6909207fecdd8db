"""What the pages show of the contract. Each view is shown by the template of its name in site/templates/parts/.

A writer calls a view by its name: `{{ error_table('createPartnership') }}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType
from typing import Any

from generator import exchanges
from generator.exchanges import Exchange
from generator.fields import as_json, fields, parameter_fields
from generator.mistakes import find
from spec.contract import Contract, Operation, Problem, Rule

Known = Mapping[str, Any]
Change = tuple[str, str, Mapping[str, str]]
"""A field, the JSON that is sent in it, and what the seeds tell of that value."""


def _resolved(document: Known, value: Any) -> Any:
    """Put what is referred to in place of every reference."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            target: Any = document
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return _resolved(document, target)
        return {key: _resolved(document, part) for key, part in value.items()}
    return [_resolved(document, part) for part in value] if isinstance(value, list) else value


def _operation(contract: Contract, name: str) -> Operation:
    return find(contract.operations, name, "operation")


def _seeded(contract: Contract) -> Mapping[str, Mapping[str, str]]:
    """Tell of the ids that the contract's seeds have: what bears them, and its story."""
    named = [item for kind in ("schools", "delivery-partners", "lead-providers") for item in contract.seeds[kind]]
    return {item["id"]: {"name": item["full_name"], "story": item.get("story", "")} for item in named}


def _changes(contract: Contract, rule: Rule) -> list[Change]:
    seeded = _seeded(contract)
    return [(name, as_json(value), seeded.get(str(value), {})) for name, value in rule.broken_by.items()]


def _problems(contract: Contract, op: Operation) -> list[Problem]:
    names = (name for response in op.responses.values() for name in response.get("x-problems", ()))
    return [contract.problems[name] for name in names]


def _asked_by(contract: Contract, rule: Rule) -> list[Operation]:
    return [op for op in contract.operations.values() if rule in op.rules]


def field_table(contract: Contract, schema: str) -> Known:
    """Show the fields of a schema of the contract."""
    schemas = contract.document["components"]["schemas"]
    return {"caption": schema, "fields": list(fields(_resolved(contract.document, find(schemas, schema, "schema"))))}


def request_fields(contract: Contract, operation: str) -> Known:
    """Show the fields that the body of a request has under `data.attributes`."""
    op = _operation(contract, operation)
    inside = [f for f in fields(op.request or {}) if f.parents[:2] == ("data", "attributes")]
    return {"caption": op.id, "fields": [replace(f, parents=f.parents[2:], depth=f.depth - 2) for f in inside]}


def request_table(contract: Contract, operation: str) -> Known:
    """Show the whole body of a request."""
    op = _operation(contract, operation)
    return {"caption": op.id, "fields": list(fields(op.request or {}))}


def response_table(contract: Contract, operation: str) -> Known:
    """Show the whole body of an answer."""
    op = _operation(contract, operation)
    return {"caption": op.id, "fields": list(fields(op.response or {}))}


def parameter_table(contract: Contract, operation: str) -> Known:
    """Show what can be sent in the path, the query and the headers."""
    op = _operation(contract, operation)
    return {"caption": op.id, "fields": [row for parameter in op.parameters for row in parameter_fields(parameter)]}


def error_table(contract: Contract, operation: str) -> Known:
    """Show every rule of an operation: its message, its condition and what to send to see it."""
    op = _operation(contract, operation)
    return {"op": op, "rows": [(rule, _changes(contract, rule)) for rule in op.rules]}


def problem_table(contract: Contract, operation: str) -> Known:
    """Show what an operation can answer before it asks a rule."""
    op = _operation(contract, operation)
    return {"op": op, "problems": _problems(contract, op)}


def operation(contract: Contract, operation: str) -> Known:
    """Link to an operation, within a sentence."""
    return {"op": _operation(contract, operation)}


def endpoint(contract: Contract, operation: str) -> Known:
    """Show the method and path of an operation, and where to read more of it."""
    return {"op": _operation(contract, operation)}


def example(contract: Contract, operation: str) -> Known:
    """Show an operation's example request and the answer to it, as the contract gives them."""
    op = _operation(contract, operation)
    return {"op": op, "exchange": exchanges.example(op)}


def operation_reference(contract: Contract, operation: str) -> Known:
    """Show all there is to know of an operation."""
    return {"op": _operation(contract, operation)}


def operation_list(contract: Contract) -> Known:
    """List every operation, by tag."""
    tags = {tag["name"]: tag for tag in contract.document["tags"]}
    return {"groups": [(tags[name], list(ops)) for name, ops in _by_tag(contract.operations.values())]}


def tag_list(contract: Contract) -> Known:
    """List the tags with their descriptions."""
    return {"tags": contract.document["tags"]}


def _by_tag(operations: Any) -> Iterator[tuple[str, Iterator[Operation]]]:
    return groupby(sorted(operations, key=lambda op: op.tag), key=lambda op: op.tag)


def rule_catalogue(contract: Contract) -> Known:
    """Show every rule: condition, message, the operations that ask it and the requests that show it."""
    groups: dict[str, list[tuple[Rule, Sequence[Operation], Sequence[Exchange]]]] = {}
    for rule in contract.rules.values():
        asking = _asked_by(contract, rule)
        for tag in {op.tag: None for op in asking[:1]}:
            shown = [exchanges.refused(op, rule) for op in asking]
            groups.setdefault(tag, []).append((rule, asking, shown))
    return {"groups": sorted(groups.items(), key=lambda group: group[0])}


def problem_catalogue(contract: Contract) -> Known:
    """Show everything that a request can meet before a rule is asked."""
    by_status = sorted(contract.problems.values(), key=lambda problem: problem.status)
    meeting = {
        problem.name: [op for op in contract.operations.values() if problem in _problems(contract, op)]
        for problem in by_status
    }
    return {
        "problems": [(problem, meeting[problem.name], exchanges.meeting(contract, problem)) for problem in by_status],
        "everywhere": len(contract.operations),
    }


def difference_table(contract: Contract) -> Known:
    """Show where the sandbox and the department's service or guidance differ."""
    return {"differences": contract.differences}


def seeded_schools(contract: Contract) -> Known:
    """Show the schools that every world has."""
    return {"schools": contract.seeds["schools"]}


def way_list(_: Contract, ways: Sequence[Mapping[str, str]]) -> Known:
    """Offer ways on, each with `href`, `title` and `text`."""
    return {"ways": ways}


VIEWS: Mapping[str, Callable[..., Known]] = MappingProxyType(
    {
        view.__name__: view
        for view in (
            difference_table,
            endpoint,
            error_table,
            example,
            field_table,
            operation,
            operation_list,
            operation_reference,
            parameter_table,
            problem_catalogue,
            problem_table,
            request_fields,
            request_table,
            response_table,
            rule_catalogue,
            seeded_schools,
            tag_list,
            way_list,
        )
    }
)


def seed(contract: Contract, kind: str) -> Callable[..., str]:
    """Return a function that gives a value of a named seed: `{{ school('fresh') }}` is its id."""

    def value(name: str, field: str = "id") -> str:
        named = {item["name"]: item for item in contract.seeds[f"{kind.replace(' ', '-')}s"]}
        return str(find(find(named, name, kind), field, f"value of a {kind} called"))

    return value
