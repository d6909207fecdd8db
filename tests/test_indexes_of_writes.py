"""No write maintains an index that serves no query: each index is one more page of the file for many writes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest
from client import clock_of, every_edition, lead_provider, send_example, small_world

from lp_contract.contract import Operation
from lp_sandbox.app import App, layout
from lp_sandbox.worlds.records import table_of

EDITIONS = {edition.contract.edition: edition for edition in every_edition()}
WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE) (\w+)")
USED = re.compile(r"INDEX (\w+)")
FOR_OTHER_REQUESTS: dict[str, dict[str, str]] = {
    "register": {},
    "ecf": {
        "ecfparticipant_i0": "a school registers somebody, whose email address nobody else may have",
        "email_i0": "the outbox",
        "email_i2": "the link in an email to the page where a school challenges a partnership",
        "trainingperiod_i1": "the page that lists the participants of a school",
    },
}
"""The indexes that no example request uses, with who needs them."""


def queries(operation: Operation, year: str) -> Iterator[str]:
    """Yield queries that use every filter and every order of an operation."""
    needed = "&".join(f"filter[{name}]={year}" for name in operation.needed_filters)
    filters = {**dict.fromkeys(operation.filters, year), "updated_since": f"{year}-01-01T00:00:00Z"}
    orders = [sign + column for column in operation.sortable for sign in ("", "-")]
    each = ["", *(f"filter[{name}]={filters[name]}" for name in operation.filters), *(f"sort={by}" for by in orders)]
    return (f"{needed}&{query}" for query in each)


@contextmanager
def traced(app: App, statements: set[str]) -> Iterator[None]:
    """Collect statements, and undo at the end what they wrote."""
    database = app.worlds._store.connection.db  # noqa: SLF001
    with app.undone():
        database.set_trace_callback(statements.add)
        try:
            yield
        finally:
            database.set_trace_callback(None)


def of_api(app: App) -> set[str]:
    """The statements of what lead providers do."""
    statements: set[str] = set()
    for operation in app.edition.contract.operations.values():
        for query in queries(operation, clock_of(app.edition)[:4]):
            with traced(app, statements):
                send_example(lead_provider(app), operation, query=query)
    return statements


def of_actors(app: App) -> set[str]:
    """The statements of what schools and DfE do."""
    statements: set[str] = set()
    acts = [each for each in app.edition.controls.operations.values() if each.tag == "Actors"]
    for operation in acts:
        if isinstance(operation.request_example, dict):
            with traced(app, statements):
                send_example(lead_provider(app), operation)
    return statements


def used(database: sqlite3.Connection, statements: Collection[str]) -> set[str]:
    queries = [each for each in statements if each.startswith(("SELECT", "UPDATE", "DELETE"))]
    plans = (step for query in queries for *_, step in database.execute(f"EXPLAIN QUERY PLAN {query}"))
    return {index for step in plans for index in USED.findall(step)}


@pytest.mark.parametrize("name", EDITIONS)
def test_every_index_that_a_write_maintains_serves_a_query(name: str):
    app = small_world(EDITIONS[name])
    statements = of_api(app)
    written = {table for statement in statements for table in WRITTEN.findall(statement)}
    tables = [table for kind in layout([EDITIONS[name]]).kinds if (table := table_of(kind)).name in written]
    maintained = {f"{table.name}_i{number}" for table in tables for number in range(len(table.indexes))}
    unused = maintained - used(app.worlds._store.connection.db, statements | of_actors(app))  # noqa: SLF001
    assert maintained > unused == FOR_OTHER_REQUESTS[name].keys()
