"""What the pages show of a contract, and what they leave out.

A thing counts as shown by a page that lists it in a table, links to it, names it in its words or sends a request with
it. The reference shows everything, since it is made from the contract; what is asked for is that guidance does, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from lp_contract.contract import Contract, Operation, Problem, Rule, Transition
from lp_contract.source import Complaint, Place, mapping
from lp_guide import vocabulary
from lp_guide.exchanges import Exchange
from lp_guide.mistakes import find
from lp_guide.paths import operations_for

_LINK = re.compile(r"([a-z]+):([\w.-]+)")
_ADDRESS = re.compile(r"/(errors|scenarios)/#([\w-]+)")
FEW = 8
"""How many missing names a complaint lists."""


class Thing(NamedTuple):
    """Something of a contract."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows."""

    told: frozenset[Thing] = frozenset()
    """In its words, tables and links."""
    sent: frozenset[Thing] = frozenset()
    """With the requests that were sent for it."""


def inventory(contract: Contract) -> Mapping[str, Sequence[str]]:
    """Return everything there is to show, by kind."""
    return {
        "operations": list(contract.operations),
        "states": [f"{state.field}.{state.value}" for state in vocabulary.states(contract)],
        "transitions": [_step(name, step) for name, steps in contract.transitions.items() for step in steps],
        "rules": [name for name, rule in contract.rules.items() if not rule.unreachable],
        "problems": list(contract.problems),
        "fields": list(vocabulary.homes(contract)),
        "scenarios": [recipe["name"] for recipe in contract.seeds.get("scenarios", ())],
    }


def _step(name: str, step: Transition) -> str:
    return f"{name} from {step.source or 'nothing'} to {step.target} by {step.by}"


class Watch:
    """Notes what is shown while a page is made."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        """Take the contracts, of which the first is asked what its guidance shows."""
        self._contract = contracts[0]
        self._steps = {id(s): (f, s) for f, steps in self._contract.transitions.items() for s in steps}
        self._fields = _by_last_step(vocabulary.homes(self._contract))
        self._people = {each: r["name"] for r in self._contract.seeds.get("scenarios", ()) for each in ids(r)}
        self._told: set[Thing] = set()
        self._sent: set[Thing] = set()

    def take(self) -> Shown:
        """Return what was noted since the last time."""
        shown = Shown(frozenset(self._told), frozenset(self._sent))
        self._told, self._sent = set(), set()
        return shown

    def note(self, shown: Shown) -> None:
        """Note what was noted before."""
        self._told |= shown.told
        self._sent |= shown.sent

    def view(self, known: Any) -> None:
        """Note what a view shows: every operation, rule, problem and step in it, and what it says it shows besides."""
        if isinstance(known, Mapping):
            self._told |= known.get("shows", set())
            known = list(known.values())
        if isinstance(known, list | tuple) and not hasattr(known, "_fields"):
            for part in known:
                self.view(part)
        elif isinstance(known, Transition) and id(known) in self._steps:
            self._told.add(Thing("transitions", _step(*self._steps[id(known)])))
        else:
            kind = next((name for kind, name in _KINDS.items() if isinstance(known, kind)), None)
            if kind:
                self._told.add(Thing(kind, getattr(known, "id", None) or known.name))

    def link(self, target: str) -> None:
        """Note where a link leads."""
        match = _LINK.fullmatch(target)
        if match and match[1] in _LINKS:
            self._told |= set(_LINKS[match[1]](self._contract, match[2]))
        for place, name in _ADDRESS.findall(target):
            self._told |= {Thing(kind, name) for kind in _PLACES[place]}

    def code(self, words: str) -> None:
        """Note a name in a sentence. A field is meant wherever one has that name."""
        name = re.findall(r"[^][.]+", words)[-1:] or [words]
        self._told |= {Thing("fields", each) for each in self._fields.get(name[0], ())}
        self._told |= {Thing("operations", words), Thing("rules", words), Thing("problems", words)}

    def exchange(self, exchange: Exchange) -> None:
        """Note what a request and the answer to it show."""
        request, response = exchange.request, exchange.response
        sent = f"{request.target} {request.body}"
        self._sent |= {Thing("scenarios", name) for each, name in self._people.items() if each in sent}
        for op in operations_for(self._contract, request.method, request.target):
            self._sent |= {Thing("operations", op.id), *_broken(self._contract, op, response.status, response.body)}
            for body in (_json(request.body), response.body):
                self._sent |= set(_held(self._contract, op, body))


def ids(recipe: Any) -> Iterator[str]:
    """Yield every id that a recipe of the seeds fixes."""
    if isinstance(recipe, Mapping):
        if recipe.get("id"):
            yield recipe["id"]
        recipe = list(recipe.values())
    if isinstance(recipe, list):
        for part in recipe:
            yield from ids(part)


def _by_last_step(owners: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for owner in owners:
        found.setdefault(owner.rpartition(".")[2], []).append(owner)
    return found


_KINDS: Mapping[type, str] = {Operation: "operations", Rule: "rules", Problem: "problems"}
_PLACES: Mapping[str, Sequence[str]] = {"errors": ("rules", "problems"), "scenarios": ("scenarios",)}


def _state(contract: Contract, name: str) -> list[Thing]:
    state = vocabulary.state_names(contract).get(name)
    return [Thing("states", f"{state.field}.{state.value}")] if state else []


def _field(contract: Contract, name: str) -> list[Thing]:
    return [Thing("fields", vocabulary.field_names(contract)[name])] if name in vocabulary.field_names(contract) else []


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
    """Yield the rules and problems that an answer tells of."""
    errors = [error for error in mapping(body).get("errors", ()) if isinstance(error, Mapping)]
    told = {(error.get("title"), error.get("detail")) for error in errors}
    yield from (Thing("rules", rule.name) for rule in op.rules if (rule.field, rule.message) in told)
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
    """Return the fields that an operation takes and gives, by their path in a body."""
    found: dict[tuple[str, ...], list[str]] = {}
    for _, schema in vocabulary.written(contract, contract.operations[operation]):
        for path, owner, _ in vocabulary.owned(contract.document, schema, operation):
            found.setdefault(path, []).append(owner)
    return found


def _as_state(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(body: Any) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yield the path of every field in a body, through lists as if they were not there, with its values."""
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


def reached(contract: Contract, schema: Mapping[str, Any], owner: str) -> set[Thing]:
    """Return the fields of a schema as things; `owner` has those of a schema without a name."""
    return {Thing("fields", name) for _, name, _ in vocabulary.owned(contract.document, schema, owner)}


@dataclass(frozen=True, slots=True)
class Line:
    """How much of one kind is shown."""

    kind: str
    names: Sequence[str]
    in_reference: frozenset[str]
    in_guidance: frozenset[str]
    in_examples: frozenset[str]
    at_least: int
    """The percentage that guidance must show."""

    @property
    def missing(self) -> list[str]:
        """What guidance does not show."""
        return [name for name in self.names if name not in self.in_guidance]

    @property
    def percent(self) -> int:
        """How much guidance shows, rounded down."""
        return 100 * (len(self.names) - len(self.missing)) // max(len(self.names), 1)

    @property
    def is_short(self) -> bool:
        """Whether guidance shows less than it must."""
        return self.percent < self.at_least


@dataclass(frozen=True)
class Report:
    """What the pages show."""

    lines: Sequence[Line]
    opt_outs: Mapping[str, Sequence[tuple[int, str, str]]] = field(default_factory=dict)
    """Code that is no name of the contract, by the file of its page: line, code and reason."""


def measure(contract: Contract, shown: Mapping[str, Shown], settings: Mapping[str, Any]) -> Sequence[Line]:
    """Measure what pages, given by their addresses, show; guidance are those below an address of the settings."""
    guidance = [each for url, each in shown.items() if url.startswith(settings["guidance"])]
    sent = frozenset().union(*(each.sent for each in guidance))
    told = sent.union(*(each.told for each in guidance))
    whole = told.union(*(each.told | each.sent for each in shown.values()))
    for kind in settings["at_least"]:
        find(inventory(contract), kind, "kind of thing to show called")
    return [
        Line(
            kind=kind,
            names=names,
            in_reference=_of(kind, names, whole),
            in_guidance=_of(kind, names, told),
            in_examples=_of(kind, names, sent),
            at_least=settings["at_least"].get(kind, 0),
        )
        for kind, names in inventory(contract).items()
    ]


def _of(kind: str, names: Sequence[str], things: frozenset[Thing]) -> frozenset[str]:
    return frozenset(names) & {thing.name for thing in things if thing.kind == kind}


def complaints(lines: Sequence[Line], places: Mapping[str, Place]) -> Iterator[Complaint]:
    """Complain of every kind of which guidance shows too little."""
    for line in lines:
        if line.is_short:
            more = f" and {len(line.missing) - FEW} more" if len(line.missing) > FEW else ""
            yield Complaint(
                places[line.kind],
                "coverage",
                f"The guidance shows {line.percent} % of the {line.kind}, and {line.at_least} % are asked for. "
                f"It does not show {', '.join(f'`{name}`' for name in line.missing[:FEW])}{more}.",
                "Show them on a page. `lp-guide coverage` lists everything.",
            )


def as_text(report: Report) -> str:
    """Write a report for people."""
    head = f"{'':<12} {'all':>5} {'anywhere':>9} {'guidance':>9} {'examples':>9} {'%':>4} {'asked':>6}"
    rows = [
        f"{line.kind:<12} {len(line.names):>5} {len(line.in_reference):>9} {len(line.in_guidance):>9} "
        f"{len(line.in_examples):>9} {line.percent:>4} {line.at_least:>6}"
        for line in report.lines
    ]
    gaps = [f"\nNot shown by guidance, {line.kind}:\n" + _list(line.missing) for line in report.lines if line.missing]
    outs = [f"{file}:{line}: {code} ({why})" for file, each in report.opt_outs.items() for line, code, why in each]
    return "\n".join([head, *rows, *gaps, "\nCode that is no name of the contract:", _list(outs)])


def _list(names: Iterable[str]) -> str:
    return "\n".join(f"  {name}" for name in names)


def as_json(report: Report) -> dict[str, Any]:
    """Return a report for programs."""
    kinds = {
        line.kind: {
            "all": len(line.names),
            "anywhere": len(line.in_reference),
            "guidance": len(line.in_guidance),
            "examples": len(line.in_examples),
            "percent": line.percent,
            "asked": line.at_least,
            "missing": line.missing,
        }
        for line in report.lines
    }
    outs = [
        {"file": file, "line": line, "code": code, "reason": reason}
        for file, each in report.opt_outs.items()
        for line, code, reason in each
    ]
    return {"kinds": kinds, "not_in_contract": outs}
