"""Measure the same requests in each edition, in turns and in one process: `python bench/run.py --only editions`."""

from __future__ import annotations

import gc
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from markdown_tables import table
from processes import Failure

from lp_sandbox.app import App, layout
from lp_sandbox.controls import new_world_defaults
from lp_sandbox.editions import edition
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.worlds.store.open_store import open_store

GET_ONE, GET_LIST = "GET one participant", "GET participants, 100"
DECLARE, REFUSED = "POST declaration", "POST declaration refused"
TIMES: Mapping[str, int] = {GET_ONE: 10, GET_LIST: 2}
"""How often a GET is sent in each turn: what is short is measured together."""
WHO = ("school_id", "participant_type", "start_date", "lead_provider")
"""What a school says of an ECT, beside details that no two have in common."""
DECLARATIONS = "/api/v3/participant-declarations"
LONGEST_PAGE = 3000


@dataclass(frozen=True, slots=True)
class Subject:
    """What differs between editions: a path, and how an ECT comes to be eligible for funding."""

    edition: str
    participants: str
    register: str
    """The operation with which a school registers an ECT."""
    confirms: str | None
    """The operation with which DfE confirms that the ECT is eligible; None where it does so at once."""


SUBJECTS = (
    Subject("register", "/api/v3/participants", "registerParticipant", "confirmEligibility"),
    Subject("ecf", "/api/v3/participants/ecf", "addParticipant", None),
)


class Measured:
    """An edition in a world of its default size, with ECTs for whom nothing is declared yet."""

    def __init__(self, subject: Subject, turns: int, edition: Edition, store: str = "memory") -> None:
        self.subject, self.edition = subject, edition
        self.store = open_store(store, layout([edition]))
        self.app = App([edition], self.store)
        template, clock = self.edition.template, self.edition.contract.seeds["world"]["clock"]
        size = new_world_defaults(self.edition)["size"]
        world = self.app.worlds.create(template.default_world, size=size, clock=clock)
        self._token = self.app.worlds.tokens(world)[0].token
        self._bodies = [self._declaration(self._ect()) for _ in range(turns)]

    def requests(self, turn: int) -> Iterator[tuple[str, Callable[[], Answer], int]]:
        """Yield each workload of a turn: what is sent, and the status of the answer."""
        id_ = self.edition.contract.operations["getParticipant"].path_example["id"]
        path = self.subject.participants
        yield GET_ONE, lambda: self.send("GET", f"{path}/{id_}"), 200
        yield GET_LIST, lambda: self.send("GET", path, "page[per_page]=100"), 200
        for workload, status in ((DECLARE, 200), (REFUSED, 422)):
            yield workload, lambda: self.send("POST", DECLARATIONS, content=self._bodies[turn]), status

    def send(self, method: str, path: str, query: str = "", content: bytes = b"") -> Answer:
        """Send a request as a lead provider."""
        headers = {b"authorization": f"Bearer {self._token}".encode(), b"content-type": b"application/json"}
        return self.app.answer(Request(method, path, query, headers, content, "127.0.0.1"))

    def declarations(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield the method, path and body of each declaration."""
        return (("POST", DECLARATIONS, body) for body in self._bodies)

    def listed(self, path: str, more: str = "") -> Any:
        """Return the first items of a list, as many as a page can have."""
        return json.loads(self.send("GET", path, f"page[per_page]={LONGEST_PAGE}{more}").body)["data"]

    def _ect(self) -> str:
        """Let a school register an ECT who is eligible for funding, and return the id."""
        example = (self.edition.controls.operations[self.subject.register].request_example or {})["data"]["attributes"]
        id_: str = self._act(self.subject.register, **{name: example[name] for name in WHO if name in example})["id"]
        if self.subject.confirms:
            self._act(self.subject.confirms, participant_id=id_, participant_type="ect")
        return id_

    def _act(self, operation_id: str, **attributes: str) -> Any:
        operation = self.edition.controls.operations[operation_id]
        content = json.dumps({"data": {"attributes": attributes}}).encode()
        answer = self.send(operation.method, operation.path, content=content)
        if answer.status >= 300:  # noqa: PLR2004 - any answer but a success
            raise Failure(f"{operation_id} was answered with {answer.status}: {answer.body.decode()}")
        return json.loads(answer.body)["data"]

    def _declaration(self, participant_id: str) -> bytes:
        example = self.edition.contract.operations["createDeclaration"].request_example
        body = {"data": {"attributes": {**(example or {})["data"]["attributes"], "participant_id": participant_id}}}
        return json.dumps(body).encode()


def measure(turns: int) -> list[Mapping[str, Any]]:
    """Return the CPU time of each workload in each edition, in microseconds: a tenth of the turns took less."""
    subjects = [Measured(subject, turns, edition(subject.edition)) for subject in SUBJECTS]
    taken: dict[tuple[str, str], list[int]] = defaultdict(list)
    with _without_garbage_collection():
        for turn in range(turns):
            for measured in subjects:
                for workload, send, status in measured.requests(turn):
                    taken[workload, measured.subject.edition].append(_cpu(workload, send, status))
    workloads = dict.fromkeys(workload for workload, _ in taken)
    return [
        {"request": workload, **{one.edition: _low(taken[workload, one.edition]) / 1000 for one in SUBJECTS}}
        for workload in workloads
    ]


def _cpu(workload: str, send: Callable[[], Answer], status: int) -> int:
    times = TIMES.get(workload, 1)
    began = time.process_time_ns()
    for _ in range(times):
        answer = send()
    used = time.process_time_ns() - began
    if answer.status != status:
        raise Failure(f"{workload} was answered with {answer.status}, not with {status}.")
    return used // times


def _low(taken: Sequence[int]) -> int:
    return sorted(taken)[len(taken) // 10]


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def tables(results: Sequence[Mapping[str, Any]]) -> str:
    """Show the results as a table with the ratio of the second edition to the first."""
    first, second = (subject.edition for subject in SUBJECTS)
    rows = [
        (each["request"], f"{each[first]:,.0f}", f"{each[second]:,.0f}", f"{each[second] / each[first]:.2f}")
        for each in results
    ]
    return table(("", f"{first}, µs", f"{second}, µs", f"{second} ÷ {first}"), rows)
