"""A request of a client with the answer to it, as a test and its report see it. Neither has a token."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lp_contract.contract import Problem, Rule
from lp_contract.published_document import usual_address
from lp_sandbox.request.edition import Edition
from lp_sandbox.web.site_search import INDEX, read_index

LONGEST = 400
"""How many characters of a body a report shows."""
FIRST_ERROR = 400
"""The first status that is an error."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of a client, and the answer to it."""

    number: int
    """Counts the requests to the sandbox."""
    lead_provider: str
    """The full name of the lead provider whose token the request had; empty for an unknown token."""
    method: str
    target: str
    """The path with the query."""
    sent: bytes
    """The body of the request."""
    status: int
    received: bytes
    """The body of the answer."""
    reasons: tuple[str, ...]
    """The names of the broken rules, or of the problem, for which the request was refused."""
    operation: str = ""
    """The id of the operation, such as getParticipants; empty where there is none."""
    note: str = ""
    """What the sandbox ignored in the request, and what to write instead."""

    @property
    def is_refused(self) -> bool:
        """Whether the status of the answer is an error."""
        return self.status >= FIRST_ERROR

    def json(self) -> Any:
        """Return the body of the answer as JSON. Raises ValueError where it is not JSON."""
        return json.loads(self.received)

    def __str__(self) -> str:
        reasons = f" ({', '.join(self.reasons)})" if self.reasons else ""
        return f"{self.method} {self.target} -> {self.status}{reasons}"


def described(exchange: Exchange, edition: Edition, site: Path) -> Iterator[str]:
    """Yield the lines of a report about an exchange: what was sent and answered, and why it was refused.

    Links lead to the guide where a folder holds the built pages.
    """
    yield str(exchange)
    if not exchange.lead_provider:
        yield "  token: unknown or missing"
    if exchange.note:
        yield f"  ignored: {exchange.note}"
    if exchange.is_refused and exchange.sent:
        yield f"  sent: {_shortened(exchange.sent)}"
    if exchange.is_refused:
        yield f"  answer: {_shortened(exchange.received)}"
    reasons = reasons_of(edition)
    for name in exchange.reasons:
        yield f"  {name}: {' '.join(reasons[name].when.split())}"
        yield from (f"    {address}" for address in _pages_about(name, edition, site))


def reasons_of(edition: Edition) -> Mapping[str, Rule | Problem]:
    """Return the rules and problems for which a request to the API or to the controls can be refused, by name."""
    api, controls = edition.contract, edition.controls
    return {**controls.problems, **controls.rules, **api.problems, **api.rules}


def _pages_about(name: str, edition: Edition, site: Path) -> Iterator[str]:
    """Yield the address of the guide's page about a rule or problem, on a sandbox at the usual address."""
    index = site / INDEX
    if index.is_file():
        url = read_index(index).address("Error", name, edition.contract.edition)
        if url:
            yield f"{usual_address(edition.contract)}{url}"


def _shortened(body: bytes) -> str:
    text = body.decode(errors="replace")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
