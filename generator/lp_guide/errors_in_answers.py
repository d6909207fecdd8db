"""Finds the errors in the body of an answer, in the shape of the edition's errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lp_contract.contract import Operation, Rule
from lp_contract.contract_parts import UNPROCESSABLE
from lp_contract.service_conventions import ErrorConvention


def has_error(errors: ErrorConvention, body: Any, rule: Rule) -> bool:
    """Whether the body of an answer has the error of a rule."""
    *_, entry = _mappings(errors.body_of(UNPROCESSABLE, [(rule.field, rule.message)]))
    return any(_has(each, entry, errors.join) for each in _mappings(body))


def is_refusal(op: Operation, body: Any, rule: Rule, brought: Sequence[Rule]) -> bool:
    """Whether a body has the error of a rule, and no others but those that the rule brings."""
    errors = op.conventions.errors
    expected = [each for each in op.rules if each in (rule, *brought) and has_error(errors, body, each)]
    pairs = [(each.field, each.message) for each in expected]
    return rule in expected and bool(body == errors.body_of(UNPROCESSABLE, pairs))


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings in a JSON value, the outer ones first."""
    if isinstance(value, Mapping):
        yield value
    for part in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _mappings(part)


def _has(given: Mapping[str, Any], entry: Mapping[str, Any], join: str | None) -> bool:
    """Whether an entry of an answer is for one error, or joins its message with others."""
    if join is None:
        return given == entry
    return given.keys() == entry.keys() and all(_joins(given[name], value, join) for name, value in entry.items())


def _joins(given: Any, part: Any, join: str) -> bool:
    if isinstance(given, str) and isinstance(part, str):
        return f"{join}{part}{join}" in f"{join}{given}{join}"
    return bool(given == part)
