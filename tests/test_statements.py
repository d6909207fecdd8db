"""What a lead provider sees of the statements it is paid with."""

from __future__ import annotations

import dataclasses

import pytest
from client import Client, register

NOVEMBER_2026 = "f9b6f6f4-38b6-4a16-b271-0a966ba975b7"
PATH = f"/statements/{NOVEMBER_2026}"


def test_a_statement_is_shown_as_in_the_contract(ashdown: Client):
    example = register().contract.operations["getStatement"].answer_example["data"]
    found = ashdown.get(PATH)
    assert found == example
    assert list(found["attributes"]) == list(example["attributes"])


def test_every_cohort_has_twelve_statements_in_the_order_of_their_payment(ashdown: Client):
    statements = [each["attributes"] for each in ashdown.get("/statements", "sort=-created_at")]
    dates = [each["payment_date"] for each in statements]
    assert dates == sorted(dates)
    assert len(statements) == 8 * 12
    assert {each["month"] for each in statements} == {"January", "April", "August", "November"}
    assert all(each["cut_off_date"] < each["payment_date"] for each in statements)


def test_the_list_can_be_filtered_by_cohort(ashdown: Client):
    statements = [each["attributes"] for each in ashdown.get("/statements", "filter[cohort]=2026,2024,nonsense")]
    assert {each["cohort"] for each in statements} == {"2024", "2026"}
    assert ashdown.get("/statements", "filter[cohort]=nonsense") == []


def test_a_statement_of_another_lead_provider_is_not_found(ashdown: Client, brightwater: Client):
    assert brightwater.send("GET", f"/api/v3{PATH}").status == 404
    assert not set(ashdown.ids("/statements")) & set(brightwater.ids("/statements"))


@pytest.mark.parametrize(
    ("moment", "paid", "updated_at"),
    [
        ("2026-10-31T23:59:59Z", False, "2026-05-27T09:00:00Z"),
        ("2026-11-01T00:00:00Z", False, "2026-11-01T00:00:00Z"),
        ("2026-11-24T23:59:59Z", False, "2026-11-01T00:00:00Z"),
        ("2026-11-25T00:00:00Z", True, "2026-11-25T00:00:00Z"),
    ],
)
def test_a_statement_is_cut_off_and_paid_in_time(ashdown: Client, moment: str, updated_at: str, *, paid: bool):
    found = dataclasses.replace(ashdown, at=moment).get(PATH)["attributes"]
    assert (found["paid"], found["updated_at"]) == (paid, updated_at)
