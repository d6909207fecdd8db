"""Values in JSON, compared with the values that the contracts allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from lp_contract.contract import Contract
from lp_guide.contract_vocabulary import parts_of, properties
from lp_guide.lint.json_blocks import REQUEST, Body
from lp_guide.lint.json_in_contract import described, operations_of
from lp_guide.lint.markdown_page import Finding, Guidance
from lp_guide.writer_mistakes import suggestion

_VALUE = re.compile(r"(?!null$)[a-z0-9]+(?:[_-][a-z0-9]+)*")
"""Text that is meant as a value, and not as words about one. The lint quoted-null complains of `null`."""

Values = Mapping[str, frozenset[str]]
"""The values of each field that has a few only."""


def unknown_value(page: Guidance) -> Iterator[Finding]:
    """Every text in JSON is a value of its field, where the contract lists them.

    A body that is meant to be refused is left out.
    """
    for body in described(page):
        known = {**_in_contracts(page), **_at(page, body)} if not body.is_refused else {}
        for name, value in body.fields():
            allowed = known.get(name)
            if allowed and isinstance(value.data, str) and _VALUE.fullmatch(value.data) and value.data not in allowed:
                yield Finding(value.line, f"`{name}` cannot be `{value.data}`.", suggestion(value.data, allowed))


def _at(page: Guidance, body: Body) -> Values:
    operations = operations_of(page, body.endpoint) if body.endpoint and body.role else ()
    return _values(op.request if body.role == REQUEST else op.response for op in operations)


def _in_contracts(page: Guidance) -> Values:
    known = [_of_contract(each) for each in page.contracts]
    shared = frozenset.intersection(*(frozenset(each) for each in known)) if known else frozenset[str]()
    return {name: frozenset[str]().union(*(each[name] for each in known)) for name in shared}


@lru_cache(maxsize=8)
def _of_contract(contract: Contract) -> Values:
    return _values(schema for op in contract.operations.values() for schema in (op.request, op.response))


def _values(schemas: Iterable[Any]) -> Values:
    """Return the values of each field that lists them wherever it occurs."""
    found: dict[str, set[str]] = {}
    is_open: set[str] = set()
    for schema in filter(None, schemas):
        for name, part in properties(schema):
            listed = _listed(part)
            found.setdefault(name, set()).update(listed)
            if not listed:
                is_open.add(name)
    return {name: frozenset(values) for name, values in found.items() if name not in is_open}


def _listed(schema: Mapping[str, Any]) -> set[str]:
    """Return the texts that a schema allows; none where it allows any."""
    if "const" in schema or "enum" in schema:
        return {value for value in schema.get("enum", [schema.get("const")]) if isinstance(value, str)}
    parts = [_listed(part) for part in parts_of(schema) if part.get("type") != "null"]
    return set().union(*parts) if all(parts) and "items" not in schema else set()
