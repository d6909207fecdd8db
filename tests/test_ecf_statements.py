"""What a lead provider sees of its statements in the early career framework."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import ecf_client
import msgspec
import pytest
from client import Client
from ecf_client import SEEDS, ecf, sandbox

from lp_guide import views
from lp_sandbox.programme.records import Statement
from lp_sandbox.worlds.store import Where

JANUARY_2026 = "6b1f35b2-33d3-4a21-a860-95c875dc7aca"
PATH = f"/statements/{JANUARY_2026}"
COHORTS = {each["cohort"]: each for each in SEEDS["statements"]["cohorts"]}


@pytest.fixture(scope="module")
def penhallow() -> Client:
    return ecf_client.client(sandbox())


def attributes(client: Client, query: str = "") -> list[dict[str, str]]:
    return [each["attributes"] for each in client.get("/statements", f"page[per_page]=3000&{query}")]


def stored(client: Client, **where: object) -> list[Statement]:
    (world, _) = client.app.worlds.opened_by(client.token)
    return client.app.worlds._store.find(Statement, world.id, *(Where(c, "=", v) for c, v in where.items()))  # noqa: SLF001


def test_a_statement_is_shown_as_in_the_contract(penhallow: Client):
    example = ecf().contract.operations["getStatement"].answer_example["data"]
    found = penhallow.get(PATH)
    assert found == example
    assert list(found["attributes"]) == list(example["attributes"])


def test_the_list_has_every_statement_that_pays_for_declarations_in_the_order_of_payment(penhallow: Client):
    listed = attributes(penhallow)
    dates = [each["payment_date"] for each in listed]
    assert dates == sorted(dates)
    assert {each["type"] for each in listed} == {"ecf"}
    for year, seeds in COHORTS.items():
        assert sum(each["cohort"] == str(year) for each in listed) == len(seeds["output_fees"])


def month_in_words(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def test_the_table_on_the_pages_has_the_statements_that_are_listed_with_their_dates(penhallow: Client):
    shown = views.VIEWS["statement_table"]((ecf().contract,))
    irregular = {month: dates for month, *dates in shown["irregular"]}
    for year, months in shown["rows"]:
        listed = attributes(penhallow, f"filter[cohort]={year}")
        assert [f"{each['month']} {each['year']}" for each in listed] == [month_in_words(month) for month in months]
        for each, month in zip(listed, months, strict=True):
            cut_off, paid = (date.fromisoformat(each[name]) for name in ("cut_off_date", "payment_date"))
            if month in irregular:
                assert irregular[month] == [each["cut_off_date"], each["payment_date"]]
            else:
                assert paid.day == shown["payment_day"]
                assert cut_off == paid.replace(day=1) - timedelta(days=1)


def test_a_statement_of_service_fees_is_shown_and_not_listed(penhallow: Client):
    (fees,) = stored(penhallow, lead_provider_id=SEEDS["lead-providers"][0]["id"], cohort=2025, year=2026, month=2)
    assert fees.id not in penhallow.ids("/statements", "page[per_page]=3000")
    assert penhallow.get(f"/statements/{fees.id}")["attributes"]["month"] == "February"


def test_a_statement_of_another_lead_provider_is_not_found(penhallow: Client):
    quarrington = ecf_client.client(penhallow.app, "Quarrington")
    assert quarrington.send("GET", f"/api/v3{PATH}").status == 404
    assert not set(penhallow.ids("/statements")) & set(quarrington.ids("/statements"))


@pytest.mark.parametrize(("query", "cohorts"), [("2021,2024,nonsense", {"2021", "2024"}), ("nonsense", set())])
def test_the_list_can_be_filtered_by_cohort(penhallow: Client, query: str, cohorts: set[str]):
    assert {each["cohort"] for each in attributes(penhallow, f"filter[cohort]={query}")} == cohorts


def test_the_type_ecf_lets_every_statement_through_and_any_other_none(penhallow: Client):
    assert attributes(penhallow, "filter[type]=ecf") == attributes(penhallow, "filter[type]=") == attributes(penhallow)
    assert attributes(penhallow, "filter[type]=npq") == []
    assert penhallow.send("GET", f"/api/v3{PATH}", "filter[type]=ecf").status == 200
    assert penhallow.send("GET", f"/api/v3{PATH}", "filter[type]=npq").status == 404


MOMENTS = [
    ("2025-12-31T23:59:59Z", False, "2025-05-27T09:00:00Z"),
    ("2026-01-01T00:00:00Z", False, "2026-01-01T00:00:00Z"),
    ("2026-01-24T23:59:59Z", False, "2026-01-01T00:00:00Z"),
    ("2026-01-25T00:00:00Z", True, "2026-01-25T00:00:00Z"),
]


@pytest.mark.parametrize(("moment", "paid", "updated_at"), MOMENTS)
def test_a_statement_is_cut_off_and_paid_in_time(penhallow: Client, moment: str, updated_at: str, *, paid: bool):
    then = dataclasses.replace(penhallow, at=moment)
    found = then.get(PATH)["attributes"]
    assert (found["paid"], found["updated_at"]) == (paid, updated_at)
    changed = then.ids("/statements", f"filter[updated_since]={updated_at}&filter[cohort]=2025")
    assert JANUARY_2026 in changed


@pytest.mark.parametrize(("at", "paid", "updated_at"), [("T23:59:59Z", False, "cut-off"), ("T00:00:00Z", True, "paid")])
def test_days_begin_at_midnight_in_utc_in_summer_too(penhallow: Client, at: str, updated_at: str, *, paid: bool):
    """In London, it is an hour later."""
    statement = next(each for each in stored(penhallow, output_fee=True) if each.payment_date[5:7] == "04")
    payment = date.fromisoformat(statement.payment_date)
    moment = f"{payment if paid else payment - timedelta(days=1)}{at}"
    cut_off = date.fromisoformat(statement.cut_off_date) + timedelta(days=1)
    owner = next(each for each in SEEDS["lead-providers"] if each["id"] == statement.lead_provider_id)
    client = dataclasses.replace(ecf_client.client(penhallow.app, owner["full_name"]), at=moment)
    found = client.get(f"/statements/{statement.id}")["attributes"]
    changed = {"cut-off": f"{cut_off}T00:00:00Z", "paid": f"{payment}T00:00:00Z"}[updated_at]
    assert (found["paid"], found["updated_at"]) == (paid, changed)
    assert statement.id in client.ids("/statements", f"filter[updated_since]={changed}&page[per_page]=3000")


def test_a_statement_that_finance_pays_early_is_paid_from_then_on():
    client = ecf_client.client(sandbox())
    (statement,) = stored(client, id=JANUARY_2026)
    (world, _) = client.app.worlds.opened_by(client.token)
    paid = msgspec.structs.replace(statement, paid_early_at="2026-01-12T10:00:00Z")
    client.app.worlds._store.put(world.id, paid)  # noqa: SLF001
    for moment, is_paid in (("2026-01-12T09:59:59Z", False), ("2026-01-12T10:00:00Z", True)):
        assert dataclasses.replace(client, at=moment).get(PATH)["attributes"]["paid"] == is_paid
