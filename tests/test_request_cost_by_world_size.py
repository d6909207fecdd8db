"""What a request costs does not grow with the world, counted in steps of the database: no busy machine changes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from client import Client, clock_of, every_edition, lead_provider, send_example, small_world, traced

from lp_contract.contract import Operation
from lp_sandbox.app import App, layout
from lp_sandbox.ecf.seed import cached_records as records_of_ecf
from lp_sandbox.register.seed import cached_records as records_of_register
from lp_sandbox.worlds.store.open_store import open_store

EDITIONS = {edition.contract.edition: edition for edition in every_edition()}
RECORDS = {"register": records_of_register, "ecf": records_of_ecf}
MORE = {
    "register": {
        "schools": 2000,
        "partnerships": 400,
        "delivery_partners": 10,
        "participants": 800,
        "declarations": 1600,
    },
    "ecf": {"schools": 2000, "free_schools": 200, "delivery_partners": 4, "participants": 400},
}
"""A world that is many times as large as a small one. Delivery partners are few, and as many."""
ADVANCE = 20
"""How many steps of the database are counted as one."""
GROWTH = 1.5
SETTLED = 40
"""What is below this costs nothing worth counting."""
STATEFUL = [
    pytest.param(name, operation, id=f"{name}-{operation.id}")
    for name, edition in EDITIONS.items()
    for operation in edition.contract.operations.values()
    if edition.is_stateful(operation.id)
]
LISTS = [case for case in STATEFUL if case.values[1].page_limits]
WHOLE_LISTS = [case for case in STATEFUL if case.values[1].media_type == "text/csv"]
"""The lists without pages, which cost more where they hold more."""
OF_ONE = [
    pytest.param(*case.values, which, id=f"{case.id}-{which}")
    for case in LISTS
    for which in ("urn", "participant_id")
    if which in case.values[1].filters
]
"""The lists that have a filter for one school or one participant."""
OTHERS = [case for case in STATEFUL if case not in (*LISTS, *WHOLE_LISTS)]


@cache
def smaller(name: str) -> App:
    return small_world(EDITIONS[name])


@cache
def larger(name: str) -> App:
    edition = EDITIONS[name]
    seeds = edition.contract.seeds
    sizes = {**seeds["world"]["sizes"], "small": MORE[name]}
    records = RECORDS[name]({**seeds, "world": {**seeds["world"], "sizes": sizes}})
    edition = dataclasses.replace(edition, template=dataclasses.replace(edition.template, records=records))
    app = App([edition], open_store("memory", layout([edition])))
    app.worlds.create(edition.template.default_world, size="small", clock=clock_of(edition))
    return app


def send(who: Client, operation: Operation, query: str = "") -> None:
    cohort = clock_of(who.app.edition)[:4]
    filters = "&".join(filter(None, [query, *(f"filter[{name}]={cohort}" for name in operation.needed_filters)]))
    answer = send_example(who, operation, query=filters)
    assert answer.status == 200, answer


def steps(who: Client, operation: Operation, query: str = "") -> int:
    """Count the steps that the database takes for an answer, once the query is prepared."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    database = who.app.worlds._store.connection.db  # noqa: SLF001
    database.set_progress_handler(count, ADVANCE)
    try:
        send(who, operation, query)
    finally:
        database.set_progress_handler(None, 0)
    return counted


def queries(who: Client, operation: Operation, query: str) -> int:
    """Count the queries that an answer takes."""
    with traced(who.app) as statements:
        send(who, operation, query)
    return sum(statement.startswith("SELECT") for statement in statements)


@contextmanager
def restored(app: App) -> Iterator[Client]:
    """A client of a world that is put back afterwards."""
    with app.undone():
        yield lead_provider(app)


@pytest.mark.parametrize(("name", "operation"), OTHERS)
def test_one_thing_costs_the_same_in_a_larger_world(name: str, operation: Operation):
    with restored(smaller(name)) as in_small, restored(larger(name)) as in_larger:
        assert steps(in_larger, operation) <= max(SETTLED, GROWTH * steps(in_small, operation))


@pytest.mark.parametrize(("name", "operation"), LISTS)
def test_the_first_page_of_a_list_costs_the_same_in_a_larger_world(name: str, operation: Operation):
    page = "page[per_page]=5"
    in_small, in_larger = lead_provider(smaller(name)), lead_provider(larger(name))
    assert steps(in_larger, operation, page) <= max(SETTLED, GROWTH * steps(in_small, operation, page))


@pytest.mark.parametrize(("name", "operation", "which"), OF_ONE)
def test_what_a_list_has_of_one_thing_costs_the_same_in_a_larger_world(name: str, operation: Operation, which: str):
    in_small, in_larger = lead_provider(smaller(name)), lead_provider(larger(name))
    query = f"filter[{which}]={operation.answer_example['data'][0]['attributes'][which]}"
    assert steps(in_larger, operation, query) <= max(SETTLED, GROWTH * steps(in_small, operation, query))


@pytest.mark.parametrize(("name", "operation"), LISTS)
def test_a_longer_list_takes_no_more_queries(name: str, operation: Operation):
    in_larger = lead_provider(larger(name))
    short, long = (queries(in_larger, operation, f"page[per_page]={length}") for length in (5, 100))
    assert long <= short


@pytest.mark.parametrize(("name", "operation"), WHOLE_LISTS)
def test_a_list_without_pages_takes_no_more_queries_in_a_larger_world(name: str, operation: Operation):
    in_small, in_larger = lead_provider(smaller(name)), lead_provider(larger(name))
    assert queries(in_larger, operation, "") <= queries(in_small, operation, "")
