"""Finds the things of a contract that views, words and requests show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lp_contract.contract import Contract, Operation, Problem, Rule, Transition
from lp_contract.contract_parts import UNPROCESSABLE
from lp_guide import contract_vocabulary
from lp_guide.api_paths import operations_for
from lp_guide.coverage.contract_items import Thing, ids, step_name
from lp_guide.errors_in_answers import has_error
from lp_guide.reference_urls import Addresses, checked_rules
from lp_guide.requests_and_answers import Exchange

if TYPE_CHECKING:
    from markdown_it.token import Token

_LINK = re.compile(r"([a-z]+):([\w.-]+)")


class Detector:
    """Finds the things of the first of some contracts. It keeps no state, so calls can come in any order."""

    def __init__(self, addresses: Addresses) -> None:
        """Take the contracts with their addresses."""
        self._contract = addresses.contracts[0]
        own = replace(addresses, contracts=[self._contract])
        self._pages = {
            **{own.rule(name): Thing("rules", name) for name in checked_rules(self._contract)},
            **{own.problem(name): Thing("problems", name) for name in self._contract.problems},
        }
        self._scenarios = own.home(self._contract).scenarios
        self._steps = {id(s): step_name(f, s) for f, steps in self._contract.transitions.items() for s in steps}
        self._fields = _by_last_step(contract_vocabulary.homes(self._contract))
        self._people = {each: r["name"] for r in self._contract.seeds.get("scenarios", ()) for each in ids(r)}

    def in_view(self, values: Any) -> frozenset[Thing]:
        """Return what a view shows: the operations, rules, problems and steps in its values, and what `shows` lists."""
        return frozenset(self._in_values(values))

    def _in_values(self, values: Any) -> Iterator[Thing]:
        if isinstance(values, Mapping):
            yield from values.get("shows", ())
            values = list(values.values())
        if isinstance(values, list | tuple) and not hasattr(values, "_fields"):
            for part in values:
                yield from self._in_values(part)
        elif isinstance(values, Transition) and id(values) in self._steps:
            yield Thing("transitions", self._steps[id(values)])
        else:
            kind = next((name for kind, name in _KINDS.items() if isinstance(values, kind)), None)
            if kind:
                yield Thing(kind, getattr(values, "id", None) or values.name)

    def in_words(self, tokens: Sequence[Token]) -> Iterator[Thing]:
        """Yield what the links and the code in the words of a page show."""
        for child in (child for token in tokens for child in token.children or ()):
            if child.type == "link_open":
                yield from self._in_link(str(child.attrGet("href")))
            elif child.type == "code_inline":
                yield from self._in_code(child.content)

    def _in_link(self, target: str) -> Iterator[Thing]:
        match = _LINK.fullmatch(target)
        if match and match[1] in _LINKS:
            yield from _LINKS[match[1]](self._contract, match[2])
        page, _, name = target.partition("#")
        yield from [self._pages[page]] if page in self._pages else []
        yield from [Thing("scenarios", name)] if page == self._scenarios and name else []

    def _in_code(self, words: str) -> Iterator[Thing]:
        """Yield the things that are named in a sentence. A name means a field of any schema."""
        name = re.findall(r"[^][.]+", words)[-1:] or [words]
        yield from (Thing("fields", each) for each in self._fields.get(name[0], ()))
        yield from (Thing(kind, words) for kind in ("operations", "rules", "problems"))

    def in_exchange(self, exchange: Exchange) -> frozenset[Thing]:
        """Return what a request and the answer to it show."""
        return frozenset(self._in_exchange(exchange))

    def _in_exchange(self, exchange: Exchange) -> Iterator[Thing]:
        request, response = exchange.request, exchange.response
        sent = f"{request.target} {request.body}"
        yield from (Thing("scenarios", name) for each, name in self._people.items() if each in sent)
        for op in operations_for(self._contract, request.method, request.target):
            yield Thing("operations", op.id)
            yield from _broken(self._contract, op, response.status, response.body)
            for body in (_json(request.body), response.body):
                yield from _held(self._contract, op, body)


def _by_last_step(owners: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for owner in owners:
        found.setdefault(owner.rpartition(".")[2], []).append(owner)
    return found


_KINDS: Mapping[type, str] = {Operation: "operations", Rule: "rules", Problem: "problems"}


def _state(contract: Contract, name: str) -> list[Thing]:
    state = contract_vocabulary.state_names(contract).get(name)
    return [Thing("states", f"{state.field}.{state.value}")] if state else []


def _field(contract: Contract, name: str) -> list[Thing]:
    return (
        [Thing("fields", contract_vocabulary.field_names(contract)[name])]
        if name in contract_vocabulary.field_names(contract)
        else []
    )


_LINKS: Mapping[str, Callable[[Contract, str], list[Thing]]] = {
    "op": lambda _, name: [Thing("operations", name)],
    "swagger": lambda _, name: [Thing("operations", name)],
    "rule": lambda _, name: [Thing("rules", name)],
    "problem": lambda _, name: [Thing("problems", name)],
    "scenario": lambda _, name: [Thing("scenarios", name)],
    "state": _state,
    "field": _field,
}
"""What a link of each kind shows."""


def _broken(contract: Contract, op: Operation, status: int, body: Any) -> Iterator[Thing]:
    """Yield the rules and problems whose errors an answer has."""
    if status == UNPROCESSABLE:
        shape = op.conventions.errors
        yield from (Thing("rules", rule.name) for rule in op.rules if has_error(shape, body, rule))
    for problem in contract.problems.values():
        if status == problem.status and body == problem.body:
            yield Thing("problems", problem.name)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _held(contract: Contract, op: Operation, body: Any) -> Iterator[Thing]:
    """Yield every field of an operation that a body has, and the state in it."""
    owners = _owners(contract, op.id)
    for path, values in _values(body):
        for owner in owners.get(path, ()):
            yield Thing("fields", owner)
            if owner in contract.transitions:
                yield from (Thing("states", f"{owner}.{_as_state(value)}") for value in values)


@lru_cache(maxsize=128)
def _owners(contract: Contract, operation: str) -> Mapping[tuple[str, ...], Sequence[str]]:
    """Return the fields of an operation's request and answer, by their path in the body."""
    found: dict[tuple[str, ...], list[str]] = {}
    for _, schema in contract_vocabulary.written(contract, contract.operations[operation]):
        for path, owner, _ in contract_vocabulary.owned(contract.document, schema, operation):
            found.setdefault(path, []).append(owner)
    return found


def _as_state(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(body: Any) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yield the path of every field in a body, without the steps of lists, and its values."""
    found: dict[tuple[str, ...], list[Any]] = {}
    _gather(body, (), found)
    yield from found.items()


def _gather(body: Any, path: tuple[str, ...], found: dict[tuple[str, ...], list[Any]]) -> None:
    if isinstance(body, Mapping):
        for name, value in body.items():
            found.setdefault((*path, name), []).append(value)
            _gather(value, (*path, name), found)
    for part in body if isinstance(body, list) else ():
        _gather(part, path, found)
