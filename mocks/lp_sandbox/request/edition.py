"""An edition for the server: the contract, and the code that implements it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from lp_contract.contract import Contract, Problem
from lp_contract.yaml_source import Place
from lp_sandbox.request.call import Call
from lp_sandbox.request.refusals import OPTIONAL, needed_problems
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.rules import Check
from lp_sandbox.worlds.records import Record, World
from lp_sandbox.worlds.store import Store
from lp_sandbox.worlds.world_lifecycle import Worlds
from lp_sandbox.worlds.world_template import WorldTemplate

Handler = Callable[[Call], bytes | Answer]
"""Does what an operation does: looks up the facts, checks the rules, writes, and renders the resource.

Returns the body of the answer, or an Answer where its status or headers are not the usual ones. It depends on the call
and on the store alone, because an answer that changed nothing can be given again.
"""

Actor = Callable[[Call], bytes]
"""Does what an actor's operation does, and returns the body of the answer."""


@dataclass(frozen=True, slots=True)
class ServiceEdges:
    """What the service of an edition in a browser uses of the sandbox around it."""

    store: Store
    worlds: Worlds
    site: Path | None
    """The folder of the built site, with the templates of the pages."""
    answer: Callable[[Request], Answer]
    """Answers a request to an operation. The controls are open to it: the service decides who can do what."""
    may_use_controls: Callable[[Request], bool]
    """Whether the reader of a page can use the controls, and so see the outbox and the users of a world."""
    pass_for_key: Callable[[str], tuple[str, str] | None] | None
    """Returns the name and value of the cookie that a browser gets for the key, and None for another key.

    It is None where the sandbox has no key.
    """


class BrowserService(Protocol):
    """The service of an edition in a browser."""

    def answer(self, request: Request, /) -> Answer | None:
        """Answer a request with a page; None where there is no such page."""

    def failed(self, request: Request, status: int, reason: str, /) -> Answer | None:
        """Answer a request for a page that the sandbox failed to make; None where it was not for a page."""


Service = Callable[[ServiceEdges], BrowserService]
"""Makes the service of an edition."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The contract of an edition, and the code that implements it."""

    contract: Contract
    controls: Contract
    """The contract of the sandbox's controls for this edition."""
    operations: Mapping[str, Handler]
    checks: Mapping[str, Check]
    template: WorldTemplate
    actors: Mapping[str, Actor]
    """What the operations of actors do, by their names in the contract of the controls."""
    actor_checks: Mapping[str, Check]
    scenarios: Callable[[int, str, str], Sequence[Mapping[str, Any]]]
    """Lists the scenarios of a lead provider (name, story, try and ids) for the seed and the first day of a world."""
    fresh: Callable[[str, str, World, datetime], tuple[Iterable[Record], Mapping[str, Any]]]
    """Makes a new instance of a scenario for a lead provider in a world at a time: its records and its ids.

    The number of earlier instances in that world makes each instance different.

    Raises LookupError where there is no such scenario.
    """
    problems: Collection[str] = ()
    """The problems that the edition's own code returns, besides those of the engine."""
    actor_problems: Collection[str] = ()
    """The problems that its actors return, besides those of the controls. The controls' contract names them."""
    service: Service | None = None
    """The service that people use in a browser, if the edition has one."""

    def is_stateful(self, operation_id: str) -> bool:
        """Whether an operation is answered from stored data, and not from the contract's example."""
        return operation_id in self.operations


class Difference(NamedTuple):
    """Something that only the contract or only the code has."""

    place: Place | None
    """Where the contract names it; None where only the code does."""
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Disagreement(Exception):  # noqa: N818 - the name says what it is
    """Contract and code name different operations, rules or problems. The message lists them."""


def agreed(edition: Edition) -> Edition:
    """Return an edition after a check that its contract and its code agree. Raises Disagreement."""
    found = differences(edition)
    if found:
        raise Disagreement("\n".join(map(str, found)))
    return edition


def as_far_as_implemented(edition: Edition) -> Edition:
    """Return an edition whose contract may be ahead of its code.

    It lacks the operations that the contract no longer has, rules without a function refuse nothing, and problems that
    the contract does not name are faults.
    """
    named, controls = edition.contract.operations, edition.controls.operations
    return replace(
        edition,
        contract=replace(edition.contract, problems=_Problems(edition.contract.problems)),
        controls=replace(edition.controls, problems=_Problems(edition.controls.problems)),
        operations={name: handler for name, handler in edition.operations.items() if name in named},
        actors={name: actor for name, actor in edition.actors.items() if name in controls},
        checks={**dict.fromkeys(_rules(edition), _keeps), **edition.checks},
    )


class _Problems(dict[str, Problem]):
    """Problems by their names. A problem that the contract does not name is a fault."""

    def __missing__(self, name: str) -> Problem:
        return Problem(name, status=500, when="", error=f"The contract does not have the problem {name}.")


def _keeps(_facts: Any) -> bool:
    return True


def _rules(edition: Edition) -> set[str]:
    return {rule.name for operation in edition.contract.operations.values() for rule in operation.rules}


def differences(edition: Edition) -> Sequence[Difference]:
    """Return the operations, rules and problems that only the contract or only the code has."""
    return tuple(_differences(edition))


def _differences(edition: Edition) -> Iterator[Difference]:
    place, rules = edition.contract.place, _rules(edition)
    for name in sorted(edition.operations.keys() - edition.contract.operations.keys()):
        yield Difference(None, f"The code has an operation {name}, which the contract does not name.")
    for name in sorted(rules - edition.checks.keys()):
        message = f"the contract has a rule {name}, for which there is no function in the code."
        yield Difference(place(("rules", name)), message)
    for name in sorted(edition.checks.keys() - rules):
        yield Difference(None, f"The code has a rule {name}, which no operation of the contract checks.")
    problems = edition.contract.problems
    needed = {*needed_problems(edition.contract), *edition.problems}
    for name in sorted(needed - problems.keys()):
        yield Difference(None, f"The code answers with a problem {name}, which the contract does not name.")
    for name in sorted(problems.keys() - needed - set(OPTIONAL)):
        message = f"the contract has a problem {name}, with which nothing in the code answers."
        yield Difference(place(("problems", name)), message)
