"""Counts answers and measures how long they take, and writes this as text for Prometheus.

The values of every label come from the contract, so that a sandbox that runs for long does not collect more and more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate

from lp_sandbox.request.request_and_answer import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""The upper ends of the buckets of durations. The fastest answers take some hundredths of a millisecond."""
ANY = "+Inf"
OTHER = "other"
"""The edition and operation of requests for pages, files and unknown paths."""
Addressed = tuple[str, str]
"""An edition, and its operation: editions share names of operations."""
Labels = Mapping[str, str]


class Metrics:
    """What a sandbox has answered since it started."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[Addressed, int]] = Counter()
        self._refusals: Counter[tuple[Addressed, str]] = Counter()
        self._in_buckets: defaultdict[Addressed, list[int]] = defaultdict(lambda: [0] * (len(SECONDS) + 1))
        self._seconds: defaultdict[Addressed, float] = defaultdict(float)

    def measure(self, answer: Answer, seconds: float) -> None:
        """Count an answer, and the time that it took."""
        self.count(answer)
        addressed = answer.edition, answer.operation
        self._in_buckets[addressed][bisect_left(SECONDS, seconds)] += 1
        self._seconds[addressed] += seconds

    def count(self, answer: Answer) -> None:
        """Count an answer, and the reasons for which it refuses."""
        addressed = answer.edition, answer.operation
        self._answers[addressed, answer.status] += 1
        for reason in answer.reasons:
            self._refusals[addressed, reason] += 1

    def written(self, version: str, worlds: Mapping[str, int]) -> str:
        """Write all metrics, with the version of the sandbox and the number of worlds of each edition."""
        return "".join(f"{line}\n" for line in self._lines(version, worlds))

    def _lines(self, version: str, worlds: Mapping[str, int]) -> Iterator[str]:
        yield from _head("lp_sandbox_info", "gauge", "The version of the sandbox.")
        yield _sample("lp_sandbox_info", 1, version=version)
        yield from _head("lp_sandbox_worlds", "gauge", "Worlds that exist.")
        for edition, number in worlds.items():
            yield _sample("lp_sandbox_worlds", number, edition=edition)
        yield from _head("lp_sandbox_requests_total", "counter", "Answered requests.")
        for (addressed, status), number in self._answers.items():
            yield _sample("lp_sandbox_requests_total", number, **_labels(addressed), status=status)
        yield from _head("lp_sandbox_refusals_total", "counter", "Broken rules, and problems that refused a request.")
        for (addressed, reason), number in self._refusals.items():
            yield _sample("lp_sandbox_refusals_total", number, **_labels(addressed), rule=reason)
        yield from self._durations("lp_sandbox_request_duration_seconds")

    def _durations(self, name: str) -> Iterator[str]:
        yield from _head(name, "histogram", "How long the sandbox took to answer.")
        for addressed, in_buckets in self._in_buckets.items():
            up_to, labels = list(accumulate(in_buckets)), _labels(addressed)
            for end, number in zip((*SECONDS, ANY), up_to, strict=True):
                yield _sample(f"{name}_bucket", number, **labels, le=end)
            yield _sample(f"{name}_sum", self._seconds[addressed], **labels)
            yield _sample(f"{name}_count", up_to[-1], **labels)


def _labels(addressed: Addressed) -> Labels:
    edition, operation = addressed
    return {"edition": edition or OTHER, "operation": operation or OTHER}


def _head(name: str, kind: str, about: str) -> tuple[str, str]:
    return f"# HELP {name} {about}", f"# TYPE {name} {kind}"


def _sample(name: str, value: float, **labels: object) -> str:
    named = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{named}}} {value}"
