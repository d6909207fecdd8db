"""The index that the site is searched by: all that the contracts name, and every heading with the words under it.

Each entry leads to the place where its thing is explained. The page that is searched from, and the sandbox, read the
same file; how they look for words in it is in site/assets/search.js and in mocks/lp_sandbox/web/site_search.py.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from lp_contract.contract import Contract, Operation
from lp_contract.contract_parts import UNPROCESSABLE
from lp_guide import contract_vocabulary
from lp_guide.pages import Page
from lp_guide.reference_urls import Addresses, field_anchor
from lp_guide.schema_rows import Field, fields, parameter_fields

INDEX = "search.json"
_PART = re.compile(r'<h([1-4])(?=[^>]*\bid="([^"]+)")[^>]*>(.*?)</h\1>(.*?)(?=<h[1-4][ >]|$)', re.DOTALL)
_UNREAD = re.compile(r"<(pre|dl|details)\b.*?</\1>", re.DOTALL)
"""Code, and facts of the contract, which have entries of their own."""
_INLINE = re.compile(r"</?(?:a|code|em|q|strong|var|wbr)\b[^>]*>")
_MARK_UP = re.compile(r"<[^>]+>")


class Entry(NamedTuple):
    """What can be found."""

    kind: str
    title: str
    url: str
    where: str
    """What it is a part of."""
    text: str
    edition: str = ""
    """The edition that it is about; empty for what several are about."""


def edition_of(page: Page, shared: Iterable[str]) -> str:
    """Return the edition that a page is about; empty below the addresses of what all editions share."""
    is_shared = any(page.url == each or (each != "/" and page.url.startswith(each)) for each in shared)
    return "" if is_shared or not page.is_listed else page.edition


class Index:
    """Makes the index of a site; what has not changed is not read again."""

    def __init__(
        self, addresses: Addresses, settings: Mapping[str, Any], editions: Sequence[Mapping[str, str]] = ()
    ) -> None:
        """Take the contracts with their addresses, and the editions that a reader can choose from.

        The settings have words of a question that are `ignored` or `alike`, and addresses that editions `share`.
        """
        self._words = {"ignored": settings.get("ignored", ()), "alike": settings.get("alike", ())}
        self._shared = settings.get("shared", ())
        self._editions = [{"edition": each["edition"], "text": each["text"]} for each in editions]
        own = (replace(addresses, contracts=[contract]) for contract in addresses.contracts)
        self._named = [entry for each in own for entry in _named(each)]
        self._written: dict[str, tuple[str, list[Entry]]] = {}

    def make(self, bodies: Iterable[tuple[Page, str]]) -> bytes:
        """Write the index, given what each page says as HTML."""
        found = chain(self._named, (entry for page, body in bodies for entry in self._of(page, body)))
        entries: dict[tuple[str, str], Entry] = {}
        told = set()
        for entry in found:
            if entry.kind != "Section" or entry.url not in told:
                entries.setdefault((entry.url, entry.title), entry)
                told.add(entry.url)
        whole = {**self._words, "editions": self._editions, "entries": list(entries.values())}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    def titles(self, page: Page, body: str) -> Mapping[str, str]:
        """Return the titles of a page and of its sections by their addresses."""
        return {
            entry.url: f"{entry.where}: {entry.title}" if entry.where else entry.title for entry in self._of(page, body)
        }

    def _of(self, page: Page, body: str) -> list[Entry]:
        read, entries = self._written.get(page.url, ("", []))
        if read is not body:
            edition = edition_of(page, self._shared) if len(page.editions) == 1 else ""
            entries = list(_written(page, body, edition))
            self._written[page.url] = (body, entries)
        return entries


def _named(own: Addresses) -> Iterator[Entry]:
    """Yield what a contract names, and where it is explained."""
    (contract,) = own.contracts
    for kind in (_operations, _states, _fields, _parameters, _errors, _scenarios):
        yield from (entry._replace(edition=contract.of_edition) for entry in kind(contract, own))


def _operations(contract: Contract, own: Addresses) -> Iterator[Entry]:
    for op in contract.operations.values():
        where, text = f"{op.method} {op.path}", f"{op.id}. {op.description}"
        yield Entry("Operation", _title(op), own.operation(op.id), where, _plain(text))


def _fields(contract: Contract, own: Addresses) -> Iterator[Entry]:
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
            where = owner.partition(".")[0].removesuffix("Attributes")
            yield Entry("Field", row.name, url, where, f"{_plain(row.description)} {_values(row)}".strip())
            yield from _of_values(contract, owner, row, url)


def _states(contract: Contract, own: Addresses) -> Iterator[Entry]:
    for state in contract_vocabulary.states(contract):
        when = " ".join(step.when for step in contract.transitions[state.field] if step.target == state.value)
        url = own.state(f"{state.field}.{state.value}")
        yield Entry("State", state.value, url, state.field.rpartition(".")[2], _plain(when))


def _values(row: Field) -> str:
    return f"One of {', '.join(row.values)}." if len(row.values) > 1 else ""


def _of_values(contract: Contract, owner: str, row: Field, url: str) -> Iterator[Entry]:
    """Yield the values of an enum, if they are no states."""
    for value in row.values if len(row.values) > 1 and owner not in contract.transitions else ():
        yield Entry("Value", value, url, f"{row.name} of {owner.partition('.')[0]}", "")


def _parameters(contract: Contract, own: Addresses) -> Iterator[Entry]:
    shown: dict[str, Entry] = {}
    for op in contract.operations.values():
        for row in (row for parameter in op.parameters for row in parameter_fields(parameter) if row.place != "path"):
            url = f"{own.operation(op.id)}#{field_anchor('parameters', [row.name])}"
            shown.setdefault(
                row.name, Entry("Parameter", row.name, url, f"in the {row.place}", _plain(row.description))
            )
    yield from shown.values()


def _errors(contract: Contract, own: Addresses) -> Iterator[Entry]:
    for rule in contract.rules.values():
        text = f"{rule.message} {rule.when} {rule.detail if rule.shows else ''}"
        yield Entry("Error", rule.name, own.rule(rule.name), f"{UNPROCESSABLE}, {rule.field}", _plain(text))
    for problem in contract.problems.values():
        message = problem.detail or problem.message
        url = own.problem(problem.name)
        text = f"{message} {problem.when}"
        yield Entry("Error", problem.name, url, f"{problem.status} {problem.title or ''}".strip(), _plain(text))


def _scenarios(contract: Contract, own: Addresses) -> Iterator[Entry]:
    for recipe in contract.seeds.get("scenarios", ()):
        url = own.scenario(recipe["name"])
        yield Entry("Scenario", recipe["name"], url, "Scenarios", _plain(recipe["story"]))


def _title(op: Operation) -> str:
    return op.summary.partition(". ")[0]


def _written(page: Page, body: str, edition: str) -> Iterator[Entry]:
    """Yield a page and its sections. What is said there of an operation is what the contract says, and told already."""
    if "operation" in page.values or not page.is_listed:
        return
    lead = re.split(r"<h[1-4][ >]", body, maxsplit=1)[0]
    yield Entry("Page", page.title, page.url, "", _plain(f"{page.description} {_words(lead)}"), edition)
    told = page.contracts[0].operations if page.contracts else ()
    for match in (each for each in _PART.finditer(body) if each[2] not in told and each[2][0] != "/"):
        url = f"{page.url}#{html.unescape(match[2])}"
        yield Entry("Section", _words(match[3]), url, page.title, _words(match[4]), edition)


def _words(markup: str) -> str:
    """Return the words that a reader sees, without code."""
    return _plain(html.unescape(_MARK_UP.sub(" ", _INLINE.sub("", _UNREAD.sub(" ", markup)))))


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())
