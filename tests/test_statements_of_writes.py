"""How many SQL statements each write takes: what maintains lists for nobody, or reads a fact twice, shows here."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import yaml
from client import every_edition, lead_provider, send_example, small_world, traced

CASES: dict[str, dict[str, int]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "statements-of-writes.yaml").read_text()
)
EDITIONS = {edition.contract.edition: edition for edition in every_edition()}
PARTS_OF_WORLD = re.compile(r"SCAN (?!json_each)|\(world=\? AND \w+[<>]")
WRITES = {
    name: [each for each in edition.contract.operations.values() if each.is_write and edition.is_stateful(each.id)]
    for name, edition in EDITIONS.items()
}


@pytest.mark.parametrize(
    ("name", "operation_id"), [(name, operation_id) for name, counted in CASES.items() for operation_id in counted]
)
def test_a_write_takes_as_many_statements_as_it_needs(name: str, operation_id: str):
    operation = EDITIONS[name].contract.operations[operation_id]
    app = small_world(EDITIONS[name])
    database, who = app.worlds._store.connection.db, lead_provider(app)  # noqa: SLF001
    with traced(app) as statements:
        answer = send_example(who, operation)
    assert answer.status == int(operation.success), answer
    assert len(statements) == CASES[name][operation_id], "\n".join(statements)
    assert not [statement for statement in statements if _reads_a_part_of_the_world(database, statement)]


def _reads_a_part_of_the_world(database: sqlite3.Connection, statement: str) -> bool:
    """Whether SQLite reads a whole table or all rows from a time on: what takes longer in a larger world."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
        return False
    return any(PARTS_OF_WORLD.search(step) for *_, step in database.execute(f"EXPLAIN QUERY PLAN {statement}"))


def test_every_write_of_every_edition_is_counted():
    counted = {name: sorted(cases) for name, cases in CASES.items()}
    assert counted == {name: sorted(operation.id for operation in writes) for name, writes in WRITES.items()}
