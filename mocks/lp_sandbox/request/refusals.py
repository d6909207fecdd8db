"""Refusals: answers other than success, raised where the code finds the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from lp_contract.contract import Contract, Problem, Rule
from lp_contract.contract_parts import UNPROCESSABLE
from lp_contract.service_conventions import Conventions

JSON = "application/json; charset=utf-8"
ProblemName = Literal[
    "server_date_is_a_time",
    "path_is_known",
    "token_is_known",
    "token_has_access",
    "requests_are_few",
    "filter_is_a_hash",
    "filter_values_are_few",
    "page_is_positive",
    "updated_since_is_a_time",
    "body_is_small",
    "body_is_json",
    "body_has_data",
    "body_has_attributes",
    "resource_is_found",
    "records_agree",
    "store_is_usable",
    "fault",
]
"""The problems that the engine returns, besides `without_filter`. An edition's own code can have more."""
OPTIONAL: Collection[ProblemName] = ("token_has_access", "body_is_json")
"""The problems that a contract can leave out: the engine then does not refuse, or refuses with another problem."""


def without_filter(key: str) -> str:
    """Name the problem of a request without a filter that its operation needs."""
    return f"{key}_filter_is_given"


def needed_problems(contract: Contract) -> Iterator[str]:
    """Yield the problems that the operations and conventions of a contract need."""
    operations, conventions = contract.operations.values(), contract.conventions
    yield from ("path_is_known", "token_is_known", "store_is_usable", "fault")
    if "refuse" in (conventions.server_date.unreadable, conventions.server_date.out_of_range):
        yield "server_date_is_a_time"
    if "x-rate-limit" in contract.document:
        yield "requests_are_few"
    if any(operation.is_write for operation in operations):
        yield "records_agree"
    if any(operation.request for operation in operations):
        yield from ("body_is_small", f"body_has_{conventions.body.needs}")
    if any("{" in operation.path for operation in operations):
        yield "resource_is_found"
    if any(operation.page_limits for operation in operations):
        yield "page_is_positive"
    filters = {name for operation in operations for name in operation.filters}
    if filters:
        yield "filter_is_a_hash"
    if filters and conventions.filters.most_values is not None:
        yield "filter_values_are_few"
    if "updated_since" in filters:
        yield "updated_since_is_a_time"
    yield from (without_filter(key) for operation in operations for key in operation.needed_filters)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of the sandbox
    """An answer other than success. Holds status, body, content type and headers."""

    def __init__(
        self,
        status: int,
        body: bytes,
        content_type: str = JSON,
        headers: Sequence[tuple[bytes, bytes]] = (),
        reasons: tuple[str, ...] = (),
    ) -> None:
        """Take an answer and its `reasons`: the names of the problem or the broken rules."""
        self.status, self.body, self.content_type, self.headers = status, body, content_type, headers
        self.reasons = reasons
        self.operation = self.world = self.edition = ""
        super().__init__(status, body)


def refusal(problem: Problem, **more: str) -> Refusal:
    """Make the refusal of a problem that the contract names; `more` is added to a JSON object."""
    body, headers = _written(problem, more), raw_headers(problem.headers)
    return Refusal(problem.status, body, problem.media_type, headers, (problem.name,))


def raw_headers(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Return headers as an answer holds them."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items()) if headers else ()


def _written(problem: Problem, more: Mapping[str, str]) -> bytes:
    body: Any = problem.body
    if body is None or problem.text is not None:
        return (body or "").encode()
    return msgspec.json.encode({**body, **more} if more else body)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a request breaks."""

    rule: Rule
    detail: str


def unprocessable(broken: Sequence[Broken], conventions: Conventions) -> Refusal:
    """Make the refusal of a request that breaks rules."""
    body = conventions.errors.body_of(UNPROCESSABLE, [(each.rule.field, each.detail) for each in broken])
    content_type = conventions.content_type(conventions.errors.media_type)
    names = tuple(each.rule.name for each in broken)
    return Refusal(UNPROCESSABLE, msgspec.json.encode(body), content_type, reasons=names)
