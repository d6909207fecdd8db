"""Names and types, held against the contract that the page describes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from generator.lint.bodies import bodies
from generator.lint.guidance import Endpoint, Finding, Guidance
from generator.lint.loose_json import Template
from generator.mistakes import suggestion
from spec.contract import Operation
from spec.source import mapping

_GAP = re.compile(r"\{[^}]*\}\}?|<[^>]*>|:\w+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_CAPITALS = re.compile(r"(?:\w+ ?=+ ?)?(TRUE|FALSE|True|False)")
_ALIKE = 0.9
"""How like a name must be to one of the contract to be taken for it, misspelt."""
_KINDS = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))
_IN_WORDS = {
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def unknown_path(page: Guidance) -> Iterator[Finding]:
    """Every path with a method is an operation of the contract."""
    routes = _routes(page)
    for endpoint in page.endpoints:
        route = _GAP.sub("{}", endpoint.route)
        if endpoint.verb and _is_ours(endpoint, routes) and endpoint.verb not in routes.get(route, ()):
            if route in routes:
                methods = " and ".join(routes[route])
                message = f"The contract has no `{endpoint.verb} {endpoint.path}`: that path takes {methods}."
                yield Finding(endpoint.line, message, "Write the method that you mean.")
            else:
                message = f"The contract has no path `{endpoint.path}`."
                known = {path.replace("{}", "{id}") for path in routes}
                yield Finding(endpoint.line, message, suggestion(route.replace("{}", "{id}"), known))


@lru_cache(maxsize=4)
def _routes(page: Guidance) -> Mapping[str, list[str]]:
    """Return the methods of every path of the contract, without version and with `{}` for every gap."""
    routes: dict[str, list[str]] = {}
    for op in _operations(page):
        routes.setdefault(_GAP.sub("{}", Endpoint(0, op.method, op.path).route), []).append(op.method)
    return routes


def _operations(page: Guidance) -> Iterable[Operation]:
    return page.contract.operations.values() if page.contract else ()


def _is_ours(endpoint: Endpoint, routes: Mapping[str, list[str]]) -> bool:
    """Whether a path is meant as one of the contract's."""
    path = re.sub(r"/{2,}", "/", re.sub(r"^https?://[^/]+", "", endpoint.path))
    if path.startswith("/api/"):
        return bool(routes) and bool(re.match(r"/api/v(?:3|\{[^}]*\})/", path))
    return endpoint.resource in {route.split("/")[1] for route in routes}


def wrong_type(page: Guidance) -> Iterator[Finding]:
    """Every field in JSON is of a type that the contract gives it."""
    types = _types(page)
    for body in bodies(page):
        for name, value in body.fields():
            known = types.get(name)
            found = _type(value.data)
            if known and found and found not in known and not (found == "integer" and "number" in known):
                wanted = " or ".join(dict.fromkeys(_IN_WORDS[each] for each in sorted(known - {"null"})))
                message = f"`{name}` is {_IN_WORDS[found]}: `{_shown(value.data)}`. The contract says {wanted}."
                remedy = f'Write `"{value.data}"`.' if found == "integer" and "string" in known else "Write that."
                yield Finding(value.line, message, remedy)


def _type(value: Any) -> str:
    if isinstance(value, Template):
        return ""
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _shown(value: Any) -> str:
    return "…" if isinstance(value, dict | list) else str(value)


@lru_cache(maxsize=4)
def _types(page: Guidance) -> Mapping[str, frozenset[str]]:
    """Return the types that the contract gives a field of a name, wherever it stands."""
    found: dict[str, set[str]] = {}
    for op in _operations(page):
        for schema in (op.request, op.response):
            for name, kinds in _properties(mapping(schema)):
                found.setdefault(name, set()).update(kinds)
    return {name: frozenset(kinds) for name, kinds in found.items() if "" not in kinds}


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Yield the name and types of every property, at any depth and through every alternative."""
    for name, inner in mapping(schema.get("properties")).items():
        yield name, _kinds(inner)
        yield from _properties(inner)
    for inner in (mapping(schema.get("items")), *_alternatives(schema)):
        yield from _properties(inner) if inner else ()


def _alternatives(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for word in ("anyOf", "oneOf", "allOf") for part in schema.get(word, ())]


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    """Return the types that a schema allows; the empty name stands for any."""
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    if "const" in schema or "enum" in schema:
        return {_type(value) for value in schema.get("enum", [schema.get("const")])}
    return {kind for part in _alternatives(schema) for kind in _kinds(part)} or {""}


def unknown_field(page: Guidance) -> Iterator[Finding]:
    """Every attribute in JSON is one of the contract, and no code is nearly one."""
    types = _types(page)
    for body in bodies(page) if types else ():
        for resource in body.resources:
            attributes = resource.get("attributes")
            for name, value in (attributes.data if attributes and isinstance(attributes.data, dict) else {}).items():
                if name not in types:
                    yield Finding(value.line, f"The contract has no field `{name}`.", suggestion(name, types))
    for line, text in page.code:
        if _SNAKE.fullmatch(text) and text not in _words(page):
            near = difflib.get_close_matches(text, types, n=1, cutoff=_ALIKE)
            if near:
                yield Finding(line, f"The contract has no `{text}`.", f"Did you mean `{near[0]}`?")


@lru_cache(maxsize=4)
def _words(page: Guidance) -> frozenset[str]:
    """Return every word with underscores that stands anywhere in the contract."""
    sources = page.contract.sources.values() if page.contract else ()
    return frozenset(word for source in sources for word in _SNAKE.findall(source.text))


def capital_boolean(page: Guidance) -> Iterator[Finding]:
    """Every true and false is written as the API writes them."""
    found = {line: match for line, text in reversed(page.code) if (match := _CAPITALS.fullmatch(text))}
    for line, match in found.items() if page.contract else ():
        yield Finding(line, f"`{match[0]}` is not how JSON writes it.", f"Write `{match[1].lower()}`.")
