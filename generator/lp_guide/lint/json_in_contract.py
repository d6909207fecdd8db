"""Finds the JSON on a page that the contracts describe, and its operations."""

from __future__ import annotations

from collections.abc import Iterator

from lp_contract.contract import Operation
from lp_guide.api_paths import Endpoint, operations_for
from lp_guide.lint.json_blocks import Body, bodies
from lp_guide.lint.markdown_page import Guidance
from lp_guide.requests_and_answers import CONTROLS


def described(page: Guidance) -> Iterator[Body]:
    """Yield the JSON that the contract describes: everything except requests to controls or elsewhere."""
    return (body for body in bodies(page) if not (body.is_elsewhere or _is_of_controls(body)))


def _is_of_controls(body: Body) -> bool:
    return bool(body.endpoint and body.endpoint.path.startswith(CONTROLS))


def operations_of(page: Guidance, endpoint: Endpoint) -> list[Operation]:
    """Return the operations of the contracts that an endpoint can mean."""
    return [op for each in page.contracts for op in operations_for(each, endpoint.verb or "", endpoint.path)]
