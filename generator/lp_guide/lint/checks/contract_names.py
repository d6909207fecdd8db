"""Names and types, compared with the contracts that the page describes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from lp_contract.contract import Contract, Operation
from lp_contract.yaml_source import mapping
from lp_guide.api_paths import GAP, Endpoint, can_mean, operations_at, prefixes, taken
from lp_guide.contract_vocabulary import field_types, type_of, types_in
from lp_guide.lint.json_blocks import REQUEST, Body
from lp_guide.lint.json_in_contract import described, operations_of
from lp_guide.lint.lenient_json_parser import Template
from lp_guide.lint.markdown_page import Finding, Guidance
from lp_guide.writer_mistakes import suggestion

_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_CAPITALS = re.compile(r"(?:\w+ ?=+ ?)?(TRUE|FALSE|True|False)")
_ALIKE = 0.9
"""How similar a misspelt name must be to a name in the contract."""
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
    """Every path with a method is an operation of a contract."""
    for endpoint in page.endpoints:
        meant = [each for each in page.contracts if endpoint.verb and _is_ours(endpoint, each)]
        found = [op for each in meant for op in operations_at(each, endpoint.path)]
        if meant and not found:
            message = f"The contract has no path `{endpoint.path}`."
            yield Finding(endpoint.line, message, _nearest(meant, endpoint))
        elif meant and not any(endpoint.verb in op.methods for op in found):
            message = f"The contract has no `{endpoint.verb} {endpoint.path}`."
            yield Finding(endpoint.line, message, taken(found, endpoint))


def _nearest(contracts: Iterable[Contract], endpoint: Endpoint) -> str:
    """Suggest paths of the version on the page, or of any version if the page names none."""
    paths = (Endpoint(0, None, op.path) for each in contracts for op in each.operations.values())
    known = {re.sub(r"\{.*?\}", "{id}", each.route) for each in paths if can_mean(endpoint.prefix, each.prefix)}
    remedy = suggestion(GAP.sub("{id}", endpoint.route), known)
    return remedy.replace("`/", f"`{endpoint.prefix}/")


def unknown_parameter(page: Guidance) -> Iterator[Finding]:
    """Every parameter in the query of an endpoint is a parameter of its operation, with a valid value.

    Where a path without a version means several operations, the parameter can be one of any.
    """
    for endpoint in page.endpoints:
        found = operations_of(page, endpoint)
        known = _all_parameters(found)
        for name, value in _query(endpoint) if found else ():
            if name not in known:
                message = f"`{endpoint.verb} {endpoint.path.partition('?')[0]}` has no parameter `{name}`."
                yield Finding(endpoint.line, message, suggestion(name, known))
            elif known[name] and value not in known[name]:
                yield Finding(endpoint.line, f"`{name}` cannot be `{value}`.", suggestion(value, known[name]))


def _all_parameters(operations: Iterable[Operation]) -> dict[str, list[str]]:
    """List the parameters in the query of some operations, and the possible values if they are few."""
    known: dict[str, list[str]] = {}
    for each in map(_parameters, operations):
        for name, values in each.items():
            is_open = not values or known.get(name) == []
            known[name] = [] if is_open else [*known.get(name, ()), *values]
    return known


def _query(endpoint: Endpoint) -> list[tuple[str, str]]:
    """Return the parameters in the query, except values that a template fills in."""
    parts = (unquote(part).partition("=") for part in endpoint.path.partition("?")[2].split("&") if "=" in part)
    return [(name, value) for name, _, value in parts if "{" not in value]


def _parameters(operation: Operation) -> dict[str, list[str]]:
    """List the parameters in the query, such as `sort` and `filter[cohort]`, and their values if they are few."""
    found: dict[str, list[str]] = {}
    for parameter in operation.parameters:
        schema = mapping(parameter.get("schema"))
        if parameter["in"] == "query" and "properties" in schema:
            found |= {f"{parameter['name']}[{key}]": _choices(part) for key, part in schema["properties"].items()}
        elif parameter["in"] == "query":
            found[parameter["name"]] = _choices(schema)
    return found


def _choices(schema: Any) -> list[str]:
    return [str(value) for value in mapping(schema).get("enum", ())]


def _is_ours(endpoint: Endpoint, contract: Contract) -> bool:
    """Whether a path is meant as a path of the contract."""
    known = prefixes(contract)
    if endpoint.prefix:
        return any(can_mean(endpoint.prefix, prefix) for prefix in known)
    if any(endpoint.full_route.startswith(f"{prefix.rpartition('/')[0]}/") for prefix in known):
        return False  # the lint unversioned-path complains of it
    return endpoint.resource in {Endpoint(0, None, op.path).resource for op in contract.operations.values()}


def wrong_type(page: Guidance) -> Iterator[Finding]:
    """Every field in JSON is of a type that the contract gives it."""
    for body in described(page):
        types = {**_types(page), **_types_at(page, body)}
        for name, value in body.fields():
            known = types.get(name)
            found = _type(value.data)
            if known and found and found not in known and not (found == "integer" and "number" in known):
                wanted = " or ".join(dict.fromkeys(_IN_WORDS[each] for each in sorted(known - {"null"})))
                message = f"`{name}` is {_IN_WORDS[found]}: `{_shown(value.data)}`. The contract says {wanted}."
                remedy = f'Write `"{value.data}"`.' if found == "integer" and "string" in known else "Write that."
                yield Finding(value.line, message, remedy)


def _types(page: Guidance) -> Mapping[str, frozenset[str]]:
    """Return the types of every field of the contracts."""
    known = [field_types(each) for each in page.contracts]
    names = frozenset[str]().union(*known)
    return {name: frozenset[str]().union(*(each[name] for each in known if name in each)) for name in names}


def _types_at(page: Guidance, body: Body) -> Mapping[str, frozenset[str]]:
    """Return the types of the fields that are sent to, or come from, the operation to which JSON belongs.

    `list-for-one` complains of the type of `data`.
    """
    operations = operations_of(page, body.endpoint) if body.endpoint and body.role else ()
    known = types_in(op.request if body.role == REQUEST else op.response for op in operations)
    return {name: types for name, types in known.items() if name != "data"}


def _type(value: Any) -> str:
    if isinstance(value, Template):
        return ""
    return type_of(value)


def _shown(value: Any) -> str:
    return "…" if isinstance(value, dict | list) else str(value)


def unknown_field(page: Guidance) -> Iterator[Finding]:
    """Every attribute in JSON is in the contract, and no code is a misspelt attribute."""
    types = _types(page)
    for body in described(page) if types else ():
        for resource in body.resources:
            attributes = resource.get("attributes")
            for name, value in (attributes.data if attributes and isinstance(attributes.data, dict) else {}).items():
                if name not in types:
                    yield Finding(value.line, f"The contract has no field `{name}`.", suggestion(name, types))
    for line, text in page.code:
        if _SNAKE.fullmatch(text) and not any(text in _words(each) for each in page.contracts):
            near = difflib.get_close_matches(text, types, n=1, cutoff=_ALIKE)
            if near:
                yield Finding(line, f"The contract has no `{text}`.", f"Did you mean `{near[0]}`?")


@lru_cache(maxsize=4)
def _words(contract: Contract) -> frozenset[str]:
    """Return every word with underscores in a contract."""
    return frozenset(word for source in contract.sources.values() for word in _SNAKE.findall(source.text))


def capital_boolean(page: Guidance) -> Iterator[Finding]:
    """Every true and false is written as the API writes them."""
    found = {line: match for line, text in reversed(page.code) if (match := _CAPITALS.fullmatch(text))}
    for line, match in found.items() if page.contracts else ():
        yield Finding(line, f"`{match[0]}` is not how JSON writes it.", f"Write `{match[1].lower()}`.")
