"""When feedback on the service can be sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lp_sandbox.request.rules import rule

LONGEST_COMMENTS = 500


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """Feedback to send."""

    satisfaction: str
    satisfactions: Collection[str]
    """What a user can choose."""
    comments: str


@rule
def satisfaction_is_chosen(f: NewFeedback) -> bool:
    return f.satisfaction in f.satisfactions


@rule
def comments_are_short(f: NewFeedback) -> bool:
    return len(f.comments) <= LONGEST_COMMENTS
