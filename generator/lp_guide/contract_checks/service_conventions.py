"""Checks conventions, published documents, page lengths and list filters."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from lp_contract import parse_operations, publications, service_conventions
from lp_contract.operation import ListKind
from lp_contract.yaml_source import ContractError, mapping
from lp_guide.contract_checks.unchecked_contract import Draft, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


def convention(draft: Draft) -> Iterator[Finding]:
    """Every word of `x-conventions`, `x-also` and `x-also-at` is known and has a value of its type."""
    yield from _complaints(
        lambda: service_conventions.read(draft.document.get(service_conventions.WORD, {}), draft.place)
    )
    for path, item in mapping(draft.document.get("paths")).items():
        for method, entry in mapping(item).items():
            if "x-also" in mapping(entry):
                yield from _complaints(partial(parse_operations.further_methods, path, method, item, draft.place))
            if "x-also-at" in mapping(entry):
                yield from _complaints(partial(parse_operations.further_paths, path, method, item, draft.place))


def publication(draft: Draft) -> Iterator[Finding]:
    """Every path is in exactly one published document, and `x-published` has only known words."""
    try:
        published = publications.read(draft.document, draft.place)
    except ContractError as error:
        yield from _findings(error)
        return
    for path in mapping(draft.document.get("paths")):
        if sum(each.holds(path) for each in published) != 1:
            message = f"`{path}` is not in exactly one published document."
            prefixes = ", ".join(f"`{each.paths}`" for each in published)
            yield Finding(draft.place(("paths", path)), message, f"The prefixes in `x-published` are {prefixes}.")


def page_limit(draft: Draft) -> Iterator[Finding]:
    """Every parameter `page` has a default length, and its description has the number of `x-largest`."""
    for endpoint in draft.endpoints:
        for way, _ in endpoint.parameters():
            at, parameter = draft.follow(way)
            if (mapping(parameter).get("in"), mapping(parameter).get("name")) == ("query", "page"):
                yield from _lengths(draft, (*at, "schema", "properties", "per_page"))


def filter_list(draft: Draft) -> Iterator[Finding]:
    """Every `x-list` has a known kind of values."""
    for way, schema in draft.schemas:
        if "x-list" in schema and schema["x-list"] not in get_args(ListKind):
            message, remedy = f"`x-list` cannot be `{schema['x-list']}`.", f"Write {', '.join(get_args(ListKind))}."
            yield Finding(draft.place((*way, "x-list")), message, remedy)


def _lengths(draft: Draft, way: tuple[str | int, ...]) -> Iterator[Finding]:
    at, length = draft.follow(way)
    if not isinstance(mapping(length).get("default"), int):
        yield Finding(draft.place(at), "`per_page` has no default.", "Write how long a page is by default.")
    largest = mapping(length).get("x-largest")
    numbers = [int(number.replace(",", "")) for number in _NUMBER.findall(str(mapping(length).get("description")))]
    if largest is not None and any(number != largest for number in numbers):
        message = f"The description has another number than `x-largest`, which is {largest}."
        yield Finding(draft.place((*at, "description")), message, "Change one of the two.")


def _complaints(read: Callable[[], Any]) -> Iterator[Finding]:
    try:
        read()
    except ContractError as error:
        yield from _findings(error)


def _findings(error: ContractError) -> Iterator[Finding]:
    return (Finding(complaint.place, complaint.message, complaint.remedy) for complaint in error.complaints)
