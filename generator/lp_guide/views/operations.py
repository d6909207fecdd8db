"""Views of the operations of the contract, and of their fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from lp_contract.contract import Operation
from lp_guide import contract_vocabulary
from lp_guide.alternative_bodies import alternatives
from lp_guide.changes import field_versions
from lp_guide.coverage.contract_items import Thing, reached
from lp_guide.reference_urls import field_anchor, holder
from lp_guide.schema_rows import Field, fields
from lp_guide.views.view_types import Contracts, Known, operation_of
from lp_guide.writer_mistakes import find


def field_table(contracts: Contracts, schema: str) -> Known:
    """Show the fields of a schema of the contract."""
    document = contracts[0].document
    found = find(document["components"]["schemas"], schema, "schema")
    shows = reached(contracts[0], {"$ref": f"#/components/schemas/{schema}"}, schema)
    return {"caption": schema, "fields": list(fields(_resolved(document, found))), "shows": shows}


def _resolved(document: Known, value: Any) -> Any:
    """Replace every reference by its target."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            target: Any = document
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return _resolved(document, target)
        return {key: _resolved(document, part) for key, part in value.items()}
    return [_resolved(document, part) for part in value] if isinstance(value, list) else value


def request_fields(contracts: Contracts, operation: str) -> Known:
    """Show the fields that the body of a request has under `data.attributes`, and the choices that lead to them."""
    op = operation_of(contracts, operation)
    inside = [f for f in _rows(contracts, op, "body") if f.is_choice or f.parents[:2] == ("data", "attributes")]
    return {
        "caption": op.id,
        **_with_alternatives([replace(f, parents=f.parents[2:], depth=max(0, f.depth - 2)) for f in inside]),
        "shows": _shown_fields(contracts, op, "body"),
    }


def _shown_fields(contracts: Contracts, op: Operation, section: str) -> set[Thing]:
    contract = holder(contracts, "operations", op.id)
    return {
        each
        for name, schema in contract_vocabulary.written(contract, op)
        if name == section
        for each in reached(contract, schema, op.id)
    }


def request_table(contracts: Contracts, operation: str, *, anchors: bool = False) -> Known:
    """Show the whole body of a request. With `anchors`, each field has an anchor."""
    op = operation_of(contracts, operation)
    return {
        "caption": op.id,
        **_with_alternatives(_rows(contracts, op, "body"), "body" if anchors else ""),
        "shows": _shown_fields(contracts, op, "body"),
    }


def response_table(contracts: Contracts, operation: str, *, anchors: bool = False) -> Known:
    """Show the whole body of an answer. With `anchors`, each field has an anchor."""
    op = operation_of(contracts, operation)
    return {
        "caption": op.id,
        "tag": op.tag,
        **_with_alternatives(_rows(contracts, op, "response"), "response" if anchors else ""),
        "shows": _shown_fields(contracts, op, "response"),
    }


def parameter_table(contracts: Contracts, operation: str, *, anchors: bool = False) -> Known:
    """Show the parameters in the path, the query and the headers. With `anchors`, each has an anchor."""
    op = operation_of(contracts, operation)
    rows = _rows(contracts, op, "parameters")
    return {"caption": op.id, "fields": _anchored("parameters" if anchors else "", rows)}


def _rows(contracts: Contracts, op: Operation, section: str) -> Iterator[Field]:
    return field_versions.rows(holder(contracts, "operations", op.id), op, section)


def _with_alternatives(rows: Iterable[Field], section: str = "") -> Known:
    """Return the rows of a table, each field once. If clients choose between bodies, `bodies` compares them."""
    shown = list(rows)
    bodies = alternatives(shown)
    return {"fields": _anchored(section, bodies.merged if bodies else shown), "bodies": bodies, "all_fields": shown}


def _anchored(section: str, rows: Iterable[Field]) -> list[Field]:
    """Give an anchor to each row of a section, or to the first of several with the same name."""
    anchors: dict[str, Field] = {}
    shown = list(rows)
    for row in shown:
        if section and not row.is_choice:
            anchors.setdefault(field_anchor(section, (*row.parents, row.name)), row)
    named = {id(row): anchor for anchor, row in anchors.items()}
    return [replace(row, anchor=named.get(id(row), "")) for row in shown]


def operation(contracts: Contracts, operation: str) -> Known:
    """Link to an operation, within a sentence."""
    return {"op": operation_of(contracts, operation)}


def endpoint(contracts: Contracts, operation: str) -> Known:
    """Show the method and path of an operation, and a link to its page."""
    return {"op": operation_of(contracts, operation)}


def example(contracts: Contracts, operation: str) -> Known:
    """Show an operation's example request, and the answer of a fresh world."""
    return {"op": operation_of(contracts, operation)}


def operation_reference(contracts: Contracts, operation: str) -> Known:
    """Show everything about an operation."""
    return {"op": operation_of(contracts, operation)}


def operation_summary(contracts: Contracts, operation: str) -> Known:
    """Show the summary of an operation, with a link to its page."""
    return {"op": operation_of(contracts, operation)}


def operation_list(contracts: Contracts) -> Known:
    """List every operation, by tag."""
    tags = {tag["name"]: tag for tag in contracts[0].document["tags"]}
    return {"groups": [(tags[name], list(ops)) for name, ops in _by_tag(contracts[0].operations.values())]}


def _by_tag(operations: Any) -> Iterator[tuple[str, Iterator[Operation]]]:
    return groupby(sorted(operations, key=lambda op: op.tag), key=lambda op: op.tag)


def tag_list(contracts: Contracts) -> Known:
    """List the tags with their descriptions."""
    return {"tags": contracts[0].document["tags"]}
