"""Finds and resolves the references of a document, as in `#/components/schemas/Error`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from lp_contract.yaml_source import MAPPINGS, Pointer, mapping


class UnresolvableReference(LookupError):  # noqa: N818 - says what is wrong
    """A reference that has no target, or is circular. The message says which."""

    def __init__(self, reference: str, trouble: str) -> None:
        self.reference = reference
        super().__init__(f"`{reference}` is {trouble} reference.")


def resolve(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with every reference replaced by its target. Several places can share a target.

    Raises UnresolvableReference.
    """
    targets: dict[str, Any] = {}

    def target(reference: str, around: tuple[str, ...]) -> Any:
        way = steps(reference)
        if reference in around or not holds(document, way):
            raise UnresolvableReference(reference, "a circular" if reference in around else "an unresolved")
        if reference not in targets:
            targets[reference] = whole(look_up(document, way), (*around, reference))
        return targets[reference]

    def whole(value: Any, around: tuple[str, ...]) -> Any:
        if isinstance(value, MAPPINGS):
            reference = value.get("$ref")
            if isinstance(reference, str):
                return target(reference, around)
            return {key: whole(item, around) for key, item in value.items()}
        return [whole(item, around) for item in value] if isinstance(value, list | tuple) else value

    return {key: whole(item, ()) for key, item in document.items()}


def resolve_sound(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Leave out every part of a document that is only a reference which cannot be resolved.

    Returns the document, and the document with its references resolved.
    """
    while True:
        try:
            return document, resolve(document)
        except UnresolvableReference as error:
            document = _without(document, {error.reference, *(target for _, target in unresolved(document))})


def _without(value: Any, targets: AbstractSet[str]) -> Any:
    """Leave out the references to some targets."""
    if isinstance(value, MAPPINGS):
        return {key: _without(item, targets) for key, item in value.items() if not _refers(item, targets)}
    if isinstance(value, list | tuple):
        return [_without(item, targets) for item in value if not _refers(item, targets)]
    return value


def _refers(value: Any, targets: AbstractSet[str]) -> bool:
    target = mapping(value).get("$ref")
    return isinstance(target, str) and target in targets


def unresolved(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the pointer and the target of every reference that has no target."""
    for pointer, target in references(document):
        if not target.startswith("#/") or not holds(document, steps(target)):
            yield pointer, target


def references(value: Any, pointer: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the pointer and the target of every reference in a document."""
    if isinstance(value, MAPPINGS):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield (*pointer, key), item
            else:
                yield from references(item, (*pointer, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*pointer, index))


def steps(reference: str) -> tuple[str, ...]:
    """Return the pointer in a reference, as in `common.yaml#/components/schemas/Error`."""
    _, _, fragment = reference.partition("#")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in fragment.split("/")[1:])


def holds(data: Any, pointer: Pointer) -> bool:
    """Whether a document has a value at a pointer."""
    for step in pointer:
        if not isinstance(data, MAPPINGS) or step not in data:
            return False
        data = data[step]
    return True


def look_up(data: Any, pointer: Pointer) -> Any:
    """Return the value at a pointer; None where there is none."""
    for step in pointer:
        data = mapping(data).get(str(step))
    return data
