"""No write maintains an index that serves no query: each index is one more page of the file for many writes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from itertools import chain

import pytest
from client import clock_of, every_edition, lead_provider, send_example, small_world, traced

from lp_contract.contract import Operation
from lp_sandbox.app import App, layout
from lp_sandbox.worlds.records import table_of
from lp_sandbox.worlds.store.sqlite_statements import indexes

EDITIONS = {edition.contract.edition: edition for edition in every_edition()}
WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE) (\w+)")
CREATED = re.compile(r"CREATE INDEX (\w+)")
"""Without the indexes that keep records unique."""
USED = re.compile(r"INDEX (\w+)")
FOR_OTHER_REQUESTS: dict[str, dict[str, str]] = {
    "register": {},
    "ecf": {
        "ecfparticipant_i0": "the registration of a participant: no other may have the email address",
        "email_i0": "the outbox",
        "email_i2": "the link in an email to the page where a school challenges a partnership",
        "trainingperiod_i1": "the page that lists the participants of a school",
    },
}
"""The indexes that no example request uses, with what needs them."""


def queries(operation: Operation, year: str) -> Iterator[str]:
    """Yield a query for every filter and every order of an operation."""
    needed = "&".join(f"filter[{name}]={year}" for name in operation.needed_filters)
    filters = {**dict.fromkeys(operation.filters, year), "updated_since": f"{year}-01-01T00:00:00Z"}
    orders = [sign + column for column in operation.sortable for sign in ("", "-")]
    each = ["", *(f"filter[{name}]={filters[name]}" for name in operation.filters), *(f"sort={by}" for by in orders)]
    return (f"{needed}&{query}" for query in each)


def of_api(app: App) -> set[str]:
    """The statements of what lead providers do."""
    found: set[str] = set()
    for operation in app.edition.contract.operations.values():
        for query in queries(operation, clock_of(app.edition)[:4]):
            found.update(statements_of(app, operation, query))
    return found


def of_actors(app: App) -> set[str]:
    """The statements of what schools and DfE do."""
    acts = [each for each in app.edition.controls.operations.values() if each.tag == "Actors"]
    found = (statements_of(app, act) for act in acts if isinstance(act.request_example, dict))
    return set(chain.from_iterable(found))


def statements_of(app: App, operation: Operation, query: str = "") -> list[str]:
    """The statements of an example request, whose writes are undone."""
    with app.undone(), traced(app) as statements:
        send_example(lead_provider(app), operation, query=query)
    return statements


def used(database: sqlite3.Connection, statements: Collection[str]) -> set[str]:
    """The indexes that statements use."""
    planned = [each for each in statements if each.startswith(("SELECT", "UPDATE", "DELETE"))]
    plans = (step for each in planned for *_, step in database.execute(f"EXPLAIN QUERY PLAN {each}"))
    return {index for step in plans for index in USED.findall(step)}


@pytest.mark.parametrize("name", EDITIONS)
def test_every_index_that_a_write_maintains_serves_a_query(name: str):
    app = small_world(EDITIONS[name])
    statements = of_api(app)
    written = {table for statement in statements for table in WRITTEN.findall(statement)}
    tables = [table for kind in layout([EDITIONS[name]]).kinds if (table := table_of(kind)).name in written]
    maintained = {name for table in tables for each in indexes(table) for name in CREATED.findall(each)}
    unused = maintained - used(app.worlds._store.connection.db, statements | of_actors(app))  # noqa: SLF001
    assert maintained > unused == FOR_OTHER_REQUESTS[name].keys()
