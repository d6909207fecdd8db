"""Where on the site a thing of the contract is explained. Anchors come from names, never from titles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from generator.mistakes import find
from spec.contract import Contract, Operation

REFERENCE = "/reference/"
ERRORS = "/errors/"
SWAGGER = "/api/docs/v3/"


def slug(words: str) -> str:
    """Make words fit to stand in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", words.lower()))


def operation(contract: Contract, name: str) -> str:
    """Return the address of an operation on its reference page."""
    tag = find(contract.operations, name, "operation").tag
    return f"{REFERENCE}{slug(tag)}/#{name}"


def rule(contract: Contract, name: str) -> str:
    """Return the address of a rule in the error catalogue."""
    find(contract.rules, name, "rule")
    return f"{ERRORS}#{name}"


def problem(contract: Contract, name: str) -> str:
    """Return the address of a problem in the error catalogue."""
    find(contract.problems, name, "problem")
    return f"{ERRORS}#{name}"


def swagger(contract: Contract, name: str) -> str:
    """Return the address of an operation in Swagger UI."""
    return f"{SWAGGER}#{deep_link(find(contract.operations, name, 'operation'))}"


def deep_link(op: Operation) -> str:
    """Name an operation as Swagger UI does: by tag and operationId."""
    return f"/{quote(op.tag)}/{op.id}"


def path_deep_link(op: Operation) -> str:
    """Name an operation as Swagger UI did when it had no operationId: by tag, method and path."""
    return f"/{quote(op.tag)}/{op.method.lower()}{re.sub('[^A-Za-z0-9]', '_', op.path)}"


SCHEMES: Mapping[str, Callable[[Contract, str], str]] = {
    "op": operation,
    "rule": rule,
    "problem": problem,
    "swagger": swagger,
}
"""How a writer links to the contract: `[text](op:createPartnership)`."""
