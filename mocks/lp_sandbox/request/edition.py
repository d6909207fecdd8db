"""An edition as the server knows it: the contract, and the code that implements it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from lp_contract.contract import Contract
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

Returns the body of the answer, or an Answer where its status or headers are not the usual ones.
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
    ask: Callable[[Request], Answer]
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


class Disagreement(Exception):  # noqa: N818 - the name says what it is
    """Contract and code name different operations, rules or problems. The message lists them."""


def agreed(edition: Edition) -> Edition:
    """Return an edition after a check that its contract and its code agree. Raises Disagreement."""
    complaints = list(_disagreements(edition))
    if complaints:
        raise Disagreement("\n".join(complaints))
    return edition


def _disagreements(edition: Edition) -> Iterator[str]:
    operations = edition.contract.operations
    for name in sorted(edition.operations.keys() - operations.keys()):
        yield f"The code has an operation {name}, which the contract does not name."
    asked = {rule.name for operation in operations.values() for rule in operation.rules}
    for name in sorted(asked - edition.checks.keys()):
        place = edition.contract.place(("rules", name))
        yield f"{place}: the contract has a rule {name}, for which there is no function in the code."
    for name in sorted(edition.checks.keys() - asked):
        yield f"The code has a rule {name}, which no operation of the contract asks."
    problems = edition.contract.problems
    needed = {*needed_problems(edition.contract), *edition.problems}
    for name in sorted(needed - problems.keys()):
        yield f"The code answers with a problem {name}, which the contract does not name."
    for name in sorted(problems.keys() - needed - set(OPTIONAL)):
        place = edition.contract.place(("problems", name))
        yield f"{place}: the contract has a problem {name}, with which nothing in the code answers."
