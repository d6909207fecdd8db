"""Parses the operations of a document whose references are resolved."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from types import MappingProxyType
from typing import Any

from lp_contract import merge_documents, merge_versions
from lp_contract.contract_parts import Rule
from lp_contract.faulty_parts import FaultyParts
from lp_contract.operation import Operation
from lp_contract.parse_extensions import Placer
from lp_contract.service_conventions import Conventions, is_json
from lp_contract.yaml_source import MAPPINGS, Complaint, ContractError, Pointer, Source, mapping

PARAMETER = ("name", "in", "schema")
"""The words that every parameter needs."""
BEARER = "bearer"
"""The `scheme` of tokens in the header Authorization."""


def operations(
    sources: Mapping[str, Source],
    resolved: Mapping[str, Any],
    rules: Mapping[str, Rule],
    agreed: Conventions,
    faulty_parts: FaultyParts,
) -> Iterator[Operation]:
    """Yield every operation of a resolved document, with its rules and the conventions of its edition."""
    schemes = mapping(mapping(resolved.get("components")).get("securitySchemes"))
    tokens = {name for name, scheme in schemes.items() if mapping(scheme).get("scheme") == BEARER}
    place = partial(merge_documents.place, sources)
    for path, item in resolved["paths"].items():
        for method in merge_documents.METHODS:
            if method in item:
                operation = _operation(rules, (path, method), item, place, faulty_parts)
                takes_token = any(required & tokens for required in _required_schemes(item[method], resolved))
                base = mapping(resolved["paths"].get(item.get(merge_versions.WORD))).get(method, {})
                yield dataclasses.replace(
                    operation,
                    conventions=agreed,
                    takes_token=takes_token,
                    is_public=item[method].get("security") == [],
                    version_of=base.get("operationId", ""),
                )


def with_sound_parameters(
    sources: Mapping[str, Source], document: dict[str, Any], resolved: dict[str, Any], faulty_parts: FaultyParts
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a document and the same resolved. In both, each parameter has a name, a place and a schema.

    Other parameters are faulty parts.
    """
    place, wholes = partial(merge_documents.place, sources), (document, resolved)
    faulty = [way for way, parameter in _parameters(resolved) if not {*PARAMETER} <= mapping(parameter).keys()]
    message, remedy = "The parameter lacks a word.", f"It needs {', '.join(f'`{word}`' for word in PARAMETER)}."
    faulty_parts.refuse(Complaint(place(way), "missing-word", message, remedy) for way in faulty)
    if not faulty:
        return wholes
    left = [_without_items(whole, {*faulty}, ()) for whole in wholes]
    return left[0], left[1]


def _parameters(resolved: Mapping[str, Any]) -> Iterator[tuple[Pointer, Any]]:
    """Yield the pointer to each parameter of a path or an operation, and the parameter."""
    for path, item in mapping(resolved.get("paths")).items():
        for way in ((), *((method,) for method in merge_documents.METHODS if method in mapping(item))):
            holder = mapping(item[way[0]] if way else item)
            listed = holder.get("parameters")
            for index, parameter in enumerate(listed if isinstance(listed, list) else ()):
                yield ("paths", path, *way, "parameters", index), parameter


def _without_items(value: Any, ways: AbstractSet[Pointer], way: tuple[str | int, ...]) -> Any:
    """Leave out the items of lists at some pointers."""
    if isinstance(value, MAPPINGS):
        return {key: _without_items(item, ways, (*way, key)) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    kept = [(index, item) for index, item in enumerate(value) if (*way, index) not in ways]
    return [_without_items(item, ways, (*way, index)) for index, item in kept]


def _required_schemes(entry: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[set[str]]:
    """Yield the names of the security schemes in each alternative of an operation's `security`."""
    for requirement in entry.get("security", document.get("security", ())):
        yield set(mapping(requirement))


def _operation(
    rules: Mapping[str, Rule], way: tuple[str, str], item: Mapping[str, Any], place: Placer, faulty_parts: FaultyParts
) -> Operation:
    path, method = way
    entry = item[method]
    faulty_parts.refuse(_unknown_rules(rules, way, entry, place))
    content = mapping(mapping(entry.get("requestBody")).get("content"))
    media_type = next((name for name in content if is_json(name)), next(iter(content), "application/json"))
    body = mapping(content.get(media_type))
    return Operation(
        id=entry.get("operationId", f"{method} {path}"),
        method=method.upper(),
        path=path,
        tag=next(iter(entry.get("tags", ())), ""),
        summary=entry.get("summary", ""),
        description=entry.get("description", ""),
        parameters=(*item.get("parameters", ()), *entry.get("parameters", ())),
        request=body.get("schema"),
        request_example=body.get("example"),
        responses=MappingProxyType(entry.get("responses", {})),
        rules=tuple(rules[name] for name in entry.get("x-rules", ()) if name in rules),
        is_one_answer=bool(entry.get("x-one-answer")),
        also=faulty_parts.value(partial(further_methods, path, method, item, place), ()),
        also_at=faulty_parts.value(partial(further_paths, path, method, item, place), ()),
        request_media_type=media_type,
        body_title=mapping(entry.get("requestBody")).get("x-title", ""),
    )


def _unknown_rules(
    rules: Mapping[str, Rule], way: tuple[str, str], entry: Mapping[str, Any], place: Placer
) -> Iterator[Complaint]:
    for index, name in enumerate(entry.get("x-rules", ())):
        if name not in rules:
            yield Complaint(
                place(("paths", *way, "x-rules", index)),
                "unknown-rule",
                f"There is no rule `{name}`.",
                "Write it under `rules`, or correct its name.",
            )


def further_methods(path: str, method: str, item: Mapping[str, Any], place: Placer) -> tuple[str, ...]:
    """Read `x-also`, the further methods of an operation, in capitals.

    Raises ContractError for a method that is unknown, or has an operation of its own.
    """
    given = item[method].get("x-also", [])
    methods = [given] if isinstance(given, str) else given
    for each in methods if isinstance(methods, list) else [methods]:
        name = str(each).lower()
        if name not in merge_documents.METHODS or name in item:
            trouble = "has an operation of its own" if name in item else "is not a method"
            raise ContractError(
                Complaint(
                    place(("paths", path, method, "x-also")),
                    "convention",
                    f"`{each}` {trouble}.",
                    "Name methods that this path does not have.",
                )
            )
    return tuple(each.upper() for each in methods)


def further_paths(path: str, method: str, item: Mapping[str, Any], place: Placer) -> tuple[str, ...]:
    """Read `x-also-at`, the further paths of an operation. Raises ContractError for one with other parameters."""
    given = item[method].get("x-also-at", [])
    for each in given if isinstance(given, list) else [given]:
        if not isinstance(given, list) or not str(each).startswith("/") or _braces(str(each)) != _braces(path):
            raise ContractError(
                Complaint(
                    place(("paths", path, method, "x-also-at")),
                    "convention",
                    f"`{each}` is not in a list of paths with the parameters of `{path}`.",
                    "Write a list of paths with the same parameters.",
                )
            )
    return tuple(given)


def _braces(path: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", path))
