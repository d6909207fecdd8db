"""Completes what versions of an API share, in the document that is merged from all.

A path names the path of another version with `x-version-of`. Its operations inherit what they do not write themselves,
and the answers that they do not list. A schema shares a property of another schema with a reference to the property.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lp_contract import merge_documents
from lp_contract.json_references import look_up, steps
from lp_contract.merge_documents import METHODS
from lp_contract.yaml_source import MAPPINGS, Complaint, Source, mapping

WORD = "x-version-of"
_COMPONENT = 3
"""The number of steps in the way to a component: `components`, its kind, its name."""
_WRITTEN_ONCE = "x-transitions"
"""The word that a property keeps to itself when another schema shares the property."""


def merge(sources: Mapping[str, Source]) -> tuple[dict[str, Any], tuple[Complaint, ...]]:
    """Make one complete document of all, in which references lead to whole components.

    Paths and operations that cannot be used are left out, and complained of.
    """
    document, misplaced = merge_documents.merge(sources)
    written = mapping(document.get("paths"))
    unknown = tuple(_without_base(sources, written))
    usable = (path for path, item in written.items() if WORD not in mapping(item) or _base(written, path))
    paths = {path: _with_inherited(written, path) for path in usable}
    complete: dict[str, Any] = _with_shared_properties({**document, "paths": paths}, document)
    return complete, (*misplaced, *unknown)


def _without_base(sources: Mapping[str, Source], paths: Mapping[str, Any]) -> Iterator[Complaint]:
    """Complain of every path, and of every operation, that cannot inherit from the path that is named.

    If the named path cannot inherit either, only the named path is complained of.
    """
    for path, item in paths.items():
        if WORD not in mapping(item):
            continue
        base, named = _base(paths, path), mapping(paths.get(item[WORD]))
        lacking = [method for method in METHODS if method in item and method not in named] if base else []
        if lacking or (not base and _ends_here(paths, path)):
            way, trouble = ((lacking[0],), f"no {lacking[0].upper()}") if base else ((WORD,), "nothing")
            yield Complaint(
                merge_documents.place(sources, ("paths", path, *way)),
                "version",
                f"`{path}` inherits {trouble} from `{item[WORD]}`.",
                "Name a path of another version that has the same methods, or remove what cannot inherit.",
            )


def _ends_here(paths: Mapping[str, Any], path: str) -> bool:
    """Whether it is the path itself, and not one that it inherits through, whose named path cannot be used."""
    above = _above(paths, path)
    return len(above) == 1 or above[-1] in above[:-1]


def _above(paths: Mapping[str, Any], path: str) -> list[str]:
    """Return a path and those that it inherits through, up to one that is named twice."""
    above = [path]
    while isinstance(named := mapping(paths[above[-1]]).get(WORD), str) and named in paths:
        above.append(named)
        if named in above[:-1]:
            break
    return above


def _base(paths: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return the complete path item that a path inherits from; empty where it inherits from none."""
    above = _above(paths, path)
    is_complete = len(above) > 1 and WORD not in mapping(paths[above[-1]])
    return _with_inherited(paths, above[1]) if is_complete else {}


def _with_inherited(paths: Mapping[str, Any], path: str) -> Any:
    """Complete a path item with what it does not write itself.

    Methods that it does not name are not inherited. A method that cannot inherit is left out.
    """
    item = paths[path]
    base = _base(paths, path)
    if not base:
        return item
    shared, own = ({word: part for word, part in each.items() if word not in METHODS} for each in (base, item))
    methods = (method for method in METHODS if method in item and method in base)
    return {**shared, **own, **{method: _operation(base, item, method) for method in methods}}


def _operation(base: Mapping[str, Any], own: Mapping[str, Any], method: str) -> Mapping[str, Any]:
    inherited, written = mapping(base.get(method)), mapping(own[method])
    responses = {**mapping(inherited.get("responses")), **mapping(written.get("responses"))}
    return {**inherited, **written, "responses": responses}


def _with_shared_properties(value: Any, document: Mapping[str, Any], above: tuple[str, ...] = ()) -> Any:
    """Write out every reference to a part of a component: generators of clients read only those to whole components."""
    if isinstance(value, list):
        return [_with_shared_properties(item, document, above) for item in value]
    if not isinstance(value, dict):
        return value
    target = value.get("$ref")
    part = _part(document, target) if isinstance(target, str) and target not in above else None
    if part is None:
        return {key: _with_shared_properties(item, document, above) for key, item in value.items()}
    alone = {key: item for key, item in part.items() if key != _WRITTEN_ONCE}
    return _with_shared_properties(alone, document, (*above, str(target)))


def _part(document: Mapping[str, Any], target: str) -> Mapping[str, Any] | None:
    """Return the part of a component that a reference points to; None for a whole component, or for nothing."""
    way = steps(target)
    part = look_up(document, way) if way[:1] == ("components",) and len(way) > _COMPONENT else None
    return part if isinstance(part, MAPPINGS) else None
