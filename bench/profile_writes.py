"""Profile writes: where the time of each goes, one request at a time: `python bench/run.py --only writes`."""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from compare_editions import SUBJECTS, Measured
from markdown_tables import table
from processes import Failure

from lp_sandbox.editions import edition
from lp_sandbox.request.edition import Edition
from lp_sandbox.worlds.store.sqlite import SqliteStore

AROUND, RULES, READS, WRITES, COMMITS = LAYERS = (
    "routing, token and body",
    "rules and documents",
    "reads",
    "writes",
    "begin and commit",
)
"""The layers of a request. Time within a layer that is in another one counts for the inner one."""
PARTNERSHIP, DECLARATION, WITHDRAWAL = "POST partnership", "POST declaration", "PUT withdraw"
GOALS: Mapping[str, int] = {PARTNERSHIP: 80, DECLARATION: 150, WITHDRAWAL: 150}
"""Microseconds."""
WARM_UP, FASTEST = 20, 5
"""How many of each request are not counted, and of the others the part that is: the fastest fifth."""
Sent = tuple[str, str, bytes]
"""The method, path and body of a request."""
COURSES = {"ect": "ecf-induction", "mentor": "ecf-mentor"}


class Layers:
    """Measures how long each layer of a request takes."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._layer, self._since = AROUND, 0

    def of(self, edition: Edition) -> Edition:
        """Measure the operations of an edition."""
        timed = {name: self.timed(RULES, handler) for name, handler in edition.operations.items()}
        return replace(edition, operations=timed)

    def measure(self, store: SqliteStore) -> None:
        """Measure what a store does, from now on."""
        parts = {"row": READS, "rows": READS, "run": WRITES, "begin_writing": COMMITS, "commit": COMMITS}
        for name, layer in parts.items():
            setattr(store.connection, name, self.timed(layer, getattr(store.connection, name)))

    def begin(self) -> None:
        """Begin with a request."""
        self.taken.clear()
        self._since = time.perf_counter_ns()

    def end(self) -> Mapping[str, int]:
        """End with a request, and return the nanoseconds of each layer."""
        self._enter(AROUND)
        return dict(self.taken)

    def timed(self, layer: str, part: Callable[..., Any]) -> Callable[..., Any]:
        """Return a part of the sandbox that counts for a layer."""

        def counted(*given: Any) -> Any:
            if self._layer == COMMITS:  # it is a statement too
                return part(*given)
            before = self._enter(layer)
            try:
                return part(*given)
            finally:
                self._enter(before)

        return counted

    def _enter(self, layer: str) -> str:
        now, before = time.perf_counter_ns(), self._layer
        self.taken[before] += now - self._since
        self._since, self._layer = now, layer
        return before


def measure(turns: int) -> list[Mapping[str, Any]]:
    """Return the microseconds of each layer, for each write in each edition."""
    with TemporaryDirectory() as folder:
        return [result for subject in SUBJECTS for result in _profiled(subject.edition, Path(folder), turns)]


def _profiled(name: str, folder: Path, turns: int) -> Iterator[Mapping[str, Any]]:
    layers = Layers()
    subject = next(each for each in SUBJECTS if each.edition == name)
    measured = Measured(subject, turns, layers.of(edition(name)), f"sqlite:///{folder / name}.sqlite3")
    writes = {
        DECLARATION: measured.declarations(),
        PARTNERSHIP: _partnerships(measured),
        WITHDRAWAL: _withdrawals(measured),
    }
    layers.measure(measured.store)
    for write, requests in writes.items():
        accepted = list(islice(_accepted(measured, layers, requests), WARM_UP + turns))[WARM_UP:]
        if len(accepted) < FASTEST:
            raise Failure(f"{write}: the world of {name} is too small for so many.")
        yield {"write": write, "edition": name, **_fastest(accepted)}


def _accepted(measured: Measured, layers: Layers, requests: Iterable[Sent]) -> Iterator[Mapping[str, int]]:
    """Send requests, and yield what each layer of those took that rules do not refuse."""
    for method, path, content in requests:
        gc.disable()
        layers.begin()
        answer = measured.send(method, path, content=content)
        taken = layers.end()
        gc.enable()
        if answer.status == 200:  # noqa: PLR2004 - a success
            yield taken


def _fastest(accepted: Sequence[Mapping[str, int]]) -> Mapping[str, float]:
    """Return the mean microseconds of each layer in the fastest requests."""
    fastest = sorted(accepted, key=lambda taken: sum(taken.values()))[: len(accepted) // FASTEST]
    return {layer: round(fmean(taken.get(layer, 0) for taken in fastest) / 1000, 1) for layer in LAYERS}


def _partnerships(measured: Measured) -> Iterator[Sent]:
    """Yield requests for partnerships with the free schools of every cohort, with the first partner in each."""
    operations = measured.edition.contract.operations
    create = operations["createPartnership"]
    partners = {
        cohort: partner["id"]
        for partner in measured.listed(operations["getDeliveryPartners"].path)
        for cohort in partner["attributes"]["cohort"]
    }
    for cohort, partner in sorted(partners.items(), reverse=True):
        for school in measured.listed(operations["getSchools"].path, f"&filter[cohort]={cohort}"):
            if not school["attributes"]["in_partnership"]:
                chosen = {"cohort": cohort, "school_id": school["id"], "delivery_partner_id": partner}
                yield create.method, create.path, _body(create.request_example, **chosen)


def _withdrawals(measured: Measured) -> Iterator[Sent]:
    """Yield requests to withdraw participants of the seeds."""
    withdraw = measured.edition.contract.operations["withdrawParticipant"]
    for person in measured.listed(measured.subject.participants):
        for enrolment in person["attributes"]["ecf_enrolments"][:1]:
            content = _body(withdraw.request_example, course_identifier=COURSES[enrolment["participant_type"]])
            yield withdraw.method, withdraw.path.replace("{id}", person["id"]), content


def _body(example: Any, **changes: str) -> bytes:
    data = example["data"]
    return json.dumps({"data": {**data, "attributes": {**data["attributes"], **changes}}}).encode()


def tables(results: Sequence[Mapping[str, Any]]) -> str:
    """Show the results as a table, with the goal beside the whole time."""
    return table(("", "edition", "whole, µs", *LAYERS), map(_row, results))


def _row(result: Mapping[str, Any]) -> Sequence[str]:
    whole, goal = sum(result[layer] for layer in LAYERS), GOALS[result["write"]]
    shown = f"{whole:.0f} (≤ {goal})" if whole <= goal else f"**{whole:.0f}, missed** (≤ {goal})"
    return (result["write"], result["edition"], shown, *(f"{result[layer]:.0f}" for layer in LAYERS))
