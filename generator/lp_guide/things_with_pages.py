"""The things of a contract for each of which one file can make a page: `each` in the front matter names the kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from lp_contract.contract import Contract, Operation, Problem, Rule
from lp_contract.contract_parts import UNPROCESSABLE
from lp_guide.reference_urls import checked_rules, slug

Values = Mapping[str, Any]
"""What a page is about, by the names that its front matter and its text use."""


def _tags(contract: Contract) -> Iterator[Values]:
    for tag in contract.document["tags"]:
        operations = [op for op in contract.operations.values() if op.tag == tag["name"]]
        yield {"tag": {**tag, "slug": slug(tag["name"])}, "operations": operations}


def _operations(contract: Contract) -> Iterator[Values]:
    for values in _tags(contract):
        for operation in values["operations"]:
            yield {"tag": values["tag"], "operation": operation, "version": _other_version(contract, operation)}


def _other_version(contract: Contract, operation: Operation) -> str:
    """Name the version of an operation, such as v1; empty for those of the first published document."""
    _, *others = contract.publications
    return next((each.paths.rpartition("/")[2] for each in others if each.holds(operation.path)), "")


def _errors(contract: Contract) -> Iterator[Values]:
    for error in errors(contract).values():
        yield {"error": error, "message": message(error), "status": status(error)}


def errors(contract: Contract) -> Mapping[str, Rule | Problem]:
    """Return the problems of a contract, and the rules that an operation checks, by their names."""
    return {**contract.problems, **checked_rules(contract)}


def message(error: Rule | Problem) -> str:
    """Return the message of an error on one line; its status where it has none."""
    return " ".join(error.message.split()) or f"{status(error)} {HTTPStatus(status(error)).phrase}"


def status(error: Rule | Problem) -> int:
    """Return the status of the answer."""
    return error.status if isinstance(error, Problem) else UNPROCESSABLE


EACH: Mapping[str, Callable[[Contract], Iterable[Values]]] = {
    "": lambda _: [{}],
    "tag": _tags,
    "operation": _operations,
    "error": _errors,
}
"""Returns what each page is about, by the kind of thing."""
