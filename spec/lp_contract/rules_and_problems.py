"""Parses the rules and problems of an edition, and complains of their missing, unknown and contradicting words."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from lp_contract import merge_documents
from lp_contract.contract_parts import Problem, Rule
from lp_contract.faulty_parts import FaultyParts
from lp_contract.parse_extensions import Placer
from lp_contract.service_conventions import Conventions
from lp_contract.yaml_source import MAPPINGS, Complaint, ContractError, Source, mapping

T = TypeVar("T")
REQUEST_WORDS = ("broken_by", "at", "brings")
"""The words of a rule that describe the request which breaks it."""


def rules(sources: Mapping[str, Source], faulty_parts: FaultyParts) -> dict[str, Rule]:
    """Return the rules by their names. A rule with a wrong word is a faulty part."""
    found = merge_documents.entries(sources, "rules")
    read = {name: faulty_parts.value(partial(_rule, sources, name, entry), None) for name, entry in found}
    return {name: rule for name, rule in read.items() if rule}


def problems(
    sources: Mapping[str, Source], operations: Collection[str], conventions: Conventions, faulty_parts: FaultyParts
) -> dict[str, Problem]:
    """Return the problems by their names, with the conventions of their edition.

    Faulty parts are a problem with a wrong word, and a request to an unknown operation.
    """
    found = merge_documents.entries(sources, "problems")
    parsers = {name: partial(_value, sources, Problem, "problems", name, entry) for name, entry in found}
    read = {name: faulty_parts.value(parse, None) for name, parse in parsers.items()}
    return {
        name: dataclasses.replace(
            each,
            broken_by=faulty_parts.value(partial(_request, sources, operations, each), None),
            conventions=conventions,
        )
        for name, each in read.items()
        if each
    }


def sound_problems(sources: Mapping[str, Source]) -> Collection[str]:
    """Return the names of the problems without a wrong word."""
    found = merge_documents.entries(sources, "problems")
    return {name for name, entry in found if not any(_miswordings(sources, Problem, "problems", name, mapping(entry)))}


def with_known_problems(
    sources: Mapping[str, Source], document: dict[str, Any], faulty_parts: FaultyParts
) -> dict[str, Any]:
    """Return a document in which every `x-problems` names sound problems. Other names are faulty parts."""
    known = sound_problems(sources)
    whole: dict[str, Any] = _with_known(document, (), known, partial(merge_documents.place, sources), faulty_parts)
    return whole


def _with_known(
    value: Any, way: tuple[str | int, ...], known: Collection[str], place: Placer, faulty: FaultyParts
) -> Any:
    if isinstance(value, list):
        return [_with_known(item, (*way, index), known, place, faulty) for index, item in enumerate(value)]
    if not isinstance(value, MAPPINGS):
        return value
    whole = {key: _with_known(item, (*way, key), known, place, faulty) for key, item in value.items()}
    named = whole.get("x-problems")
    unknown = [name for name in named if name not in known] if isinstance(named, list) else []
    if not unknown:
        return whole
    message = f"There is no sound problem `{unknown[0]}`."
    remedy = "Write it under `problems`, or correct its name."
    faulty.refuse([Complaint(place((*way, "x-problems")), "unknown-problem", message, remedy)])
    return {**whole, "x-problems": [name for name in whole["x-problems"] if name in known]}


def _request(sources: Mapping[str, Source], operations: Collection[str], problem: Problem) -> Mapping[str, Any] | None:
    """Return the request that has a problem. Raises ContractError if its operation is unknown."""
    named = mapping(problem.broken_by).get("operation")
    if named is not None and named not in operations:
        place = merge_documents.place(sources, ("problems", problem.name, "broken_by", "operation"))
        message = f"There is no operation `{named}`."
        raise ContractError(Complaint(place, "unknown-operation", message, "Name an operation that exists."))
    return problem.broken_by


def miswordings(sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """Complain of every word of a rule or problem that is missing, unknown or contradicts another."""
    for name, entry in merge_documents.entries(sources, "rules"):
        yield from _contradictions(sources, name, mapping(entry))
        yield from _miswordings(sources, Rule, "rules", name, _with_defaults(mapping(entry)))
    for name, entry in merge_documents.entries(sources, "problems"):
        yield from _miswordings(sources, Problem, "problems", name, mapping(entry))


def _rule(sources: Mapping[str, Source], name: str, entry: Mapping[str, Any]) -> Rule:
    complaints = tuple(_contradictions(sources, name, entry))
    if complaints:
        raise ContractError(*complaints)
    given = _with_defaults(mapping(entry))
    given["needs_clean"] = tuple(given["needs_clean"])
    given["brings"] = tuple(given.get("brings", ()))
    return _value(sources, Rule, "rules", name, given)


def _with_defaults(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Add the words that a rule can leave out and its value cannot."""
    request: dict[str, Any] = {"broken_by": {}} if "unreachable" in rule else {}
    return {"needs_clean": (rule.get("field"),), **request, **rule}


def _contradictions(sources: Mapping[str, Source], name: str, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    """Complain of a rule that no request can break and that describes such a request."""
    for word in REQUEST_WORDS if "unreachable" in rule else ():
        if word in rule:
            yield Complaint(
                merge_documents.place(sources, ("rules", name, word)),
                "unreachable",
                f"`{name}` is `unreachable`, and `{word}` describes a request that breaks it.",
                f"Remove `{word}` or `unreachable`.",
            )


def _value(sources: Mapping[str, Source], kind: type[T], section: str, name: str, entry: Mapping[str, Any]) -> T:
    """Make a value of an entry in a document. Raises ContractError for missing and unknown words."""
    complaints = tuple(_miswordings(sources, kind, section, name, entry))
    if complaints:
        raise ContractError(*complaints)
    return kind(**entry | {"name": name})  # type: ignore[operator]


def _miswordings(
    sources: Mapping[str, Source], kind: type, section: str, name: str, entry: Mapping[str, Any]
) -> Iterator[Complaint]:
    fields = {
        field.name: field
        for field in dataclasses.fields(kind)
        if field.name != "name" and not field.metadata.get("computed")
    }
    for word in entry.keys() - fields.keys():
        yield Complaint(
            merge_documents.place(sources, (section, name, word)),
            "unknown-word",
            f"`{name}` has the unknown word `{word}`.",
            f"Known words: {', '.join(sorted(fields))}.",
        )
    for word, field in fields.items():
        if word not in entry and dataclasses.MISSING is field.default is field.default_factory:
            yield Complaint(
                merge_documents.place(sources, (section, name)),
                "missing-word",
                f"`{name}` does not have the word `{word}`.",
                "Add it.",
            )
