"""Collects what a search can find: everything in the contracts, every page and every section."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lp_contract.contract import Contract, Operation
from lp_contract.contract_parts import UNPROCESSABLE
from lp_guide import contract_vocabulary
from lp_guide.pages import Page
from lp_guide.reference_urls import Addresses, checked_rules, field_anchor
from lp_guide.schema_rows import Field, fields, parameter_fields

_PART = re.compile(r'<h([1-4])(?=[^>]*\bid="([^"]+)")[^>]*>(.*?)</h\1>(.*?)(?=<h[1-4][ >]|$)', re.DOTALL)
_UNREAD = re.compile(
    r'<(pre|dl|details(?! class="[^"]*app-box"))\b.*?</\1>|<div class="app-endpoint">.*?</div>', re.DOTALL
)
"""Code, and facts and operations of the contract, which have entries of their own."""
_INLINE = re.compile(r"</?(?:a|code|em|q|strong|var|wbr)\b[^>]*>")
_CODE = re.compile(r"<code\b[^>]*>((?!</code>).)*</code>", re.DOTALL)
"""A heading that is a name in the contract."""
_MARK_UP = re.compile(r"<[^>]+>")
_VALUE = re.compile(r"\{\w+\}")
"""A value that the sandbox fills into a message. A message without other words is not a title."""


Where = Mapping[str, str]
"""The texts that say of what an entry is a part, by the kind of the entry."""


class Entry(NamedTuple):
    """An entry of the search."""

    kind: str
    title: str
    url: str
    where: str
    """The whole that it is a part of."""
    text: str
    edition: str = ""
    """The edition of the entry; empty for entries about several editions."""
    name: str = ""
    """Its name in the contract."""
    more: str = ""
    """Further words that find it."""


def edition_of(page: Page, shared: Iterable[str]) -> str:
    """Return the edition of a page; empty for the addresses that all editions share."""
    is_shared = any(page.url == each or (each != "/" and page.url.startswith(each)) for each in shared)
    return "" if is_shared or not page.is_listed else page.edition


def entries_of_contract(own: Addresses, where: Where) -> Iterator[Entry]:
    """Yield an entry for everything in a contract, with the address that explains it."""
    (contract,) = own.contracts
    for kind in (_operations, _states, _fields, _parameters, _errors, _scenarios):
        yield from (entry._replace(edition=contract.of_edition) for entry in kind(contract, own, where))


def _operations(contract: Contract, own: Addresses, _: Where) -> Iterator[Entry]:
    for op in contract.operations.values():
        where = f"{op.method} {op.path}"
        yield Entry("Operation", _title(op), own.operation(op.id), where, _plain(op.description), name=op.id)


def _fields(contract: Contract, own: Addresses, where: Where) -> Iterator[Entry]:
    rows = {
        (op.id, section, (*row.parents, row.name)): row
        for op in contract.operations.values()
        for section, schema in (("response", op.response), ("body", op.request))
        for row in fields(schema or {})
        if not row.is_choice
    }
    for owner, home in contract_vocabulary.homes(contract).items():
        row = rows.get((home.operation.id, home.section, home.path))
        if row:
            url = own.field(owner)
            schema = owner.partition(".")[0]
            text = f"{_plain(row.description)} {_values(row)}".strip()
            yield Entry("Field", row.name, url, schema.removesuffix("Attributes"), text, name=row.name)
            among = where["value"].format(field=row.name, schema=schema)
            yield from _of_values(contract, owner, row, url, among)


def _states(contract: Contract, own: Addresses, _: Where) -> Iterator[Entry]:
    for state in contract_vocabulary.states(contract):
        when = " ".join(step.when for step in contract.transitions[state.field] if step.target == state.value)
        url = own.state(f"{state.field}.{state.value}")
        yield Entry("State", state.value, url, state.field.rpartition(".")[2], _plain(when), name=state.value)


def _values(row: Field) -> str:
    return f"One of {', '.join(row.values)}." if len(row.values) > 1 else ""


def _of_values(contract: Contract, owner: str, row: Field, url: str, where: str) -> Iterator[Entry]:
    """Yield the values of an enum, if they are no states."""
    for value in row.values if len(row.values) > 1 and owner not in contract.transitions else ():
        yield Entry("Value", value, url, where, "", name=value)


def _parameters(contract: Contract, own: Addresses, where: Where) -> Iterator[Entry]:
    shown: dict[str, Entry] = {}
    for op in contract.operations.values():
        for row in (row for parameter in op.parameters for row in parameter_fields(parameter) if row.place != "path"):
            url = f"{own.operation(op.id)}#{field_anchor('parameters', [row.name])}"
            text = _plain(row.description)
            place = where["parameter"].format(place=row.place)
            shown.setdefault(row.name, Entry("Parameter", row.name, url, place, text, name=row.name))
    yield from shown.values()


def _errors(contract: Contract, own: Addresses, _: Where) -> Iterator[Entry]:
    for rule in checked_rules(contract).values():
        text = f"{rule.when} {rule.detail if rule.shows else ''}"
        where = f"{UNPROCESSABLE}, {rule.field}"
        yield Entry("Error", _plain(rule.message), own.rule(rule.name), where, _plain(text), name=rule.name)
    for problem in contract.problems.values():
        message = _plain(problem.detail or problem.message)
        title = message if _VALUE.sub("", message) else problem.name
        where = f"{problem.status} {problem.title or ''}".strip()
        yield Entry("Error", title, own.problem(problem.name), where, _plain(problem.when), name=problem.name)


def _scenarios(contract: Contract, own: Addresses, where: Where) -> Iterator[Entry]:
    for recipe in contract.seeds.get("scenarios", ()):
        url = own.scenario(recipe["name"])
        yield Entry("Scenario", recipe["name"], url, where["scenario"], _plain(recipe["story"]), name=recipe["name"])


def _title(op: Operation) -> str:
    return op.summary.partition(". ")[0]


def entries_of_page(page: Page, body: str) -> Iterator[Entry]:
    """Yield a page and its sections, without the texts of the contract, which have entries of their own."""
    if {"operation", "error"} & page.values.keys() or not page.is_listed:
        return
    lead = re.split(r"<h[1-4][ >]", body, maxsplit=1)[0]
    operations = page.contracts[0].operations if page.contracts else ()
    parts = [each for each in _PART.finditer(body) if each[2] not in operations and each[2][0] != "/"]
    more = " ".join(_words(part) for part in (lead, *(f"{each[3]} {each[4]}" for each in parts)))
    yield Entry("", page.title, page.url, "", _plain(page.description), more=more)
    for part in parts:
        title = _words(part[3])
        name = title if _CODE.fullmatch(part[3].strip()) else ""
        url = f"{page.url}#{html.unescape(part[2])}"
        yield Entry("", title, url, page.title, _words(part[4]), name=name)


def _words(markup: str) -> str:
    """Return the words that a reader sees, without code."""
    return _plain(html.unescape(_MARK_UP.sub(" ", _INLINE.sub("", _UNREAD.sub(" ", markup)))))


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())
