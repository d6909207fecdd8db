"""Refusals: answers that are no success, and how they are raised from wherever the trouble is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from lp_contract.contract import Problem, Rule

JSON = "application/json; charset=utf-8"
TEXT = "text/plain"
ProblemName = Literal[
    "server_date_is_a_time",
    "path_is_known",
    "token_is_known",
    "requests_are_few",
    "filter_is_a_hash",
    "filter_values_are_few",
    "page_is_positive",
    "updated_since_is_a_time",
    "body_is_small",
    "body_has_attributes",
    "resource_is_found",
    "records_agree",
    "store_is_usable",
    "fault",
]
"""The problems that the code answers with, beside `without_filter`. Every edition must name them and no others."""


def without_filter(key: str) -> str:
    """Name the problem of a request without a filter that its operation needs."""
    return f"{key}_filter_is_given"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A request is answered with something else than success. Holds status, content type and body."""

    def __init__(self, status: int, body: bytes, content_type: str = JSON) -> None:
        self.status, self.body, self.content_type = status, body, content_type
        super().__init__(status, body)


def refusal(problem: Problem, **more: str) -> Refusal:
    """Make the refusal of a problem that the contract names; `more` is added to a JSON body."""
    body = problem.body
    if isinstance(body, str):
        return Refusal(problem.status, body.encode(), TEXT)
    return Refusal(problem.status, msgspec.json.encode({**body, **more}))


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a request breaks."""

    rule: Rule
    detail: str


def unprocessable(broken: Sequence[Broken]) -> Refusal:
    """Make the refusal of broken rules: grouped by field in the order first met, no message twice."""
    errors: dict[str, dict[str, None]] = {}
    for one in broken:
        errors.setdefault(one.rule.field, {})[one.detail] = None
    listed = [{"title": field, "detail": detail} for field, details in errors.items() for detail in details]
    return Refusal(422, msgspec.json.encode({"errors": listed}))
