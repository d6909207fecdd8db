"""The parts of a contract besides its operations, as frozen values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from lp_contract.service_conventions import DEFAULTS, Conventions

EVERYTHING = "everything"
TEXT = "text/plain"
UNPROCESSABLE = 422
"""The status of answers to requests that break rules."""
COMPUTED: Mapping[str, bool] = MappingProxyType({"computed": True})
"""Marks a field that is computed when a contract is loaded. The other fields are words of the documents."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule: its field, its message, its condition and a request that breaks it."""

    name: str
    field: str
    """The `title` of the error: the field that is wrong."""
    detail: str
    """The exact message; `{name}` is replaced by the fact of that name."""
    when: str
    """The condition under which a request breaks the rule, in plain English."""
    broken_by: Mapping[str, Any]
    """What differs from the operation's example request: attributes, or parameters of path and query by their name.

    Empty where the server date alone breaks the rule, and where no request does."""
    needs_clean: tuple[str, ...]
    """The rule is checked only while these fields have no error; EVERYTHING means all fields."""
    brings: tuple[str, ...] = ()
    """Other rules that `broken_by` breaks too."""
    at: str | None = None
    """The server date of the request that breaks it, where the rule depends on the date."""
    shows: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The values of `{name}` in the message when `broken_by` is sent."""
    unreachable: str | None = None
    """Why no request can break the rule; None for a rule that `broken_by` breaks."""
    remedy: str | None = None
    """What to do about the error; None where the message says it."""
    in_file: str | None = None
    """The exact message about a row of an uploaded file; None for a rule that is not checked for such rows."""
    in_file_remedy: str | None = None
    """What to do about such a row."""

    @property
    def message(self) -> str:
        """The message of the answer to `broken_by`."""
        return self.detail.format_map(self.shows) if self.shows else self.detail

    @property
    def error_entry(self) -> Mapping[str, str]:
        """The title and detail of the error when `broken_by` is sent."""
        return {"title": self.field, "detail": self.message}


@dataclass(frozen=True)
class Problem:
    """A reason other than a rule for which a request is refused.

    The answer is one of: `title` and `detail` in the shape of the edition's errors, `error`, `json`, `text`, or nothing
    where `empty` is true.
    """

    name: str
    status: int
    when: str
    title: str | None = None
    detail: str | None = None
    error: str | None = None
    """The whole message, where the answer is `{"error": ...}`."""
    json: Any = None
    """The whole body, where it has another shape."""
    text: str | None = None
    """The whole message, where the answer is plain text."""
    empty: bool = False
    """Whether the answer has no body."""
    content_type: str | None = None
    """The whole Content-Type of the answer, where it is not the usual one."""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The headers that the answer has beside Content-Type."""
    broken_by: Mapping[str, Any] | None = None
    """A request that is refused for it: `operation`, and `path`, `query`, `headers`, `body` or `padding` in bytes."""
    shows: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The values of `{name}` in the detail when `broken_by` is sent."""
    remedy: str | None = None
    """What to do about the error; None where the message says it."""
    sandbox_only: bool = False
    """Whether only the sandbox refuses requests for it."""
    conventions: Conventions = dataclasses.field(default=DEFAULTS, metadata=COMPUTED, repr=False)

    @property
    def message(self) -> str:
        """The message of the answer to `broken_by`."""
        if self.detail is not None:
            return self.detail.format_map(self.shows) if self.shows else self.detail
        return self.error or self.text or ""

    @property
    def summary(self) -> str:
        """The condition, and whether only the sandbox has the problem."""
        return f"{self.when.strip()} Sandbox only." if self.sandbox_only else self.when

    @cached_property
    def body(self) -> Any:
        """The body of the answer: a JSON value, plain text where `text` is given, or None where there is none."""
        if self.text is not None or self.empty:
            return self.text
        if self.json is not None:
            return self.json
        if self.error is not None:
            return {"error": self.error}
        return self.conventions.errors.body_of(self.status, [(self.title or "", self.message)])

    @cached_property
    def media_type(self) -> str:
        """The Content-Type of the answer; empty where it has neither a body nor a type."""
        if self.content_type is not None:
            return self.content_type
        if self.empty:
            return ""
        return TEXT if self.text is not None else self.conventions.content_type(self.conventions.errors.media_type)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between the sandbox and DfE's service or guidance."""

    subject: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one state to another."""

    source: str | None
    """None for an initial state."""
    target: str
    by: str
    """An operationId, `time`, or an actor of the sandbox."""
    when: str
    """The condition, in plain English."""
