"""What a request costs does not grow with the world, counted in steps of the database: no busy machine changes them."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest
from client import CLOCK, Client, client, register, send_example
from controls_client import forked, saved

from lp_contract.contract import Operation
from lp_sandbox.app import App, layout
from lp_sandbox.register import seed
from lp_sandbox.worlds.store.open_store import open_store

MORE = {"schools": 2000, "partnerships": 400, "delivery_partners": 10, "participants": 800, "declarations": 1600}
"""A world that is many times as large as a small one. Delivery partners are few, and as many."""
ADVANCE = 20
"""How many steps of the database are counted as one."""
GROWTH = 1.5
SETTLED = 40
"""What is below this costs nothing worth counting."""
LISTS = [operation for operation in register().contract.operations.values() if operation.id.endswith("s")]
OTHERS = [operation for operation in register().contract.operations.values() if operation not in LISTS]


@cache
def larger() -> App:
    seeds = register().contract.seeds
    sizes = {**seeds["world"]["sizes"], "small": MORE}
    records = seed.cached_records({**seeds, "world": {**seeds["world"], "sizes": sizes}})
    edition = dataclasses.replace(register(), template=dataclasses.replace(register().template, records=records))
    app = App([edition], open_store("memory", layout([edition])))
    app.worlds.create("default", size="small", clock=CLOCK)
    return app


def steps(asked: Client, operation: Operation, query: str = "") -> int:
    """Count the steps that the database takes for an answer, once it knows the question."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    filters = "&".join([query, *(f"filter[{name}]=2026" for name in operation.needed_filters)])
    database = asked.app.worlds._store.connection.db  # noqa: SLF001
    database.set_progress_handler(count, ADVANCE)
    try:
        answer = send_example(asked, operation, query=filters)
    finally:
        database.set_progress_handler(None, 0)
    assert answer.status == 200, answer
    return counted


@pytest.mark.parametrize("operation", OTHERS, ids=lambda operation: operation.id)
def test_one_thing_costs_the_same_in_a_larger_world(operation: Operation):
    with forked() as in_small, saved(larger()) as put_back:
        in_larger = steps(client(larger()), operation)
        put_back()
        assert in_larger <= max(SETTLED, GROWTH * steps(in_small, operation))


@pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.id)
def test_the_first_page_of_a_list_costs_the_same_in_a_larger_world(operation: Operation):
    page = "page[per_page]=5"
    with forked() as in_small:
        in_larger = client(larger())
        assert steps(in_larger, operation, page) <= max(SETTLED, GROWTH * steps(in_small, operation, page))
