"""Reads a mapping of a document into a dataclass, and complains of every word that is unknown, missing or wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lp_contract.yaml_source import MAPPINGS, Complaint, ContractError, Place

Placer = Callable[[tuple[str | int, ...]], Place]
"""Returns the file and line of a value in the contract."""


def read(kind: type, given: Any, way: tuple[str | int, ...], place: Placer) -> Any:
    """Make a dataclass of the mapping at a pointer. Raises ContractError with every complaint."""
    complaints = tuple(_complaints(kind, given, way, place))
    if complaints:
        raise ContractError(*complaints)
    return _made(kind, given)


def _made(kind: Any, given: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**{word: _made(_kinds(kind)[word], value) for word, value in given.items()})
    return tuple(given) if get_origin(kind) is tuple else given


@cache
def _kinds(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _complaints(kind: Any, given: Any, way: tuple[str | int, ...], place: Placer) -> Iterator[Complaint]:
    name = way[-1]
    if not dataclasses.is_dataclass(kind) or not isinstance(kind, type):
        if not _fits(kind, given):
            yield Complaint(place(way), "wrong-word", f"`{name}` cannot be `{given}`.", f"Write {_description(kind)}.")
        return
    fields = {field.name: field for field in dataclasses.fields(kind)}
    if not isinstance(given, MAPPINGS):
        yield Complaint(place(way), "wrong-word", f"`{name}` is not a mapping.", f"Known words: {', '.join(fields)}.")
        return
    for word, value in given.items():
        if word in fields:
            yield from _complaints(_kinds(kind)[word], value, (*way, word), place)
        else:
            message = f"`{name}` has an unknown word `{word}`."
            yield Complaint(place((*way, word)), "unknown-word", message, f"Known words: {', '.join(fields)}.")
    for word, field in fields.items():
        if word not in given and dataclasses.MISSING is field.default is field.default_factory:
            yield Complaint(place(way), "missing-word", f"`{name}` does not have the word `{word}`.", "Add it.")


def _fits(kind: Any, value: Any) -> bool:
    origin = get_origin(kind)
    if origin is Literal:
        return value in get_args(kind)
    if origin is tuple:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if origin is Mapping:
        return isinstance(value, MAPPINGS)
    if isinstance(kind, UnionType):
        return any(_fits(each, value) for each in get_args(kind))
    return kind is Any or type(value) is kind


def _description(kind: Any) -> str:
    origin = get_origin(kind)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in get_args(kind))
    if origin is tuple:
        return "a list of texts"
    if origin is Mapping:
        return "a mapping"
    if isinstance(kind, UnionType):
        return " or ".join(map(_description, get_args(kind)))
    return {str: "text", int: "a whole number", bool: "true or false", type(None): "null"}[kind]
