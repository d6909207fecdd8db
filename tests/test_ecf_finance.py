"""What finance does in the early career framework, and what lead providers then see."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from client import Client
from ecf_client import CLOCK, SEEDS, act, ask, ecf, sandbox, scenario, seed_id, send_act

from lp_sandbox.app import App
from lp_sandbox.worlds.records import World

YOU = seed_id("lead-providers", "penhallow")
PENHALLOW, KESTREL = "Penhallow Teaching Institute", "Kestrel Teaching School Hub"
CONTRACT = ecf().contract
OCTOBER_2025 = next(each["id"] for each in SEEDS["statements"]["named"] if each["cohort"] == 2024)
PAYABLE = scenario("ect-with-a-payable-declaration")
AWAITING = scenario("ect-with-a-clawback-to-come")
PAY, CHANGE = "finance/pay-statement", "finance/change-training-status"


@cache
def app() -> App:
    return sandbox()


@pytest.fixture
def world() -> Iterator[World]:
    """A world as it is from the start, which is gone afterwards."""
    usual = app().worlds.get("ecf")
    assert usual
    fork = app().worlds.fork(usual)
    yield fork
    app().worlds.remove(fork)


def lead_provider(world: World, id_: str = YOU, at: str | None = None) -> Client:
    return Client(app(), next(each.token for each in app().worlds.tokens(world) if each.lead_provider_id == id_), at)


def declaration(who: Client, ids: dict[str, dict[str, str]]) -> Any:
    return who.get(f"/participant-declarations/{next(iter(ids['declarations'].values()))}")["attributes"]


def training(who: Client, id_: str) -> Any:
    return who.get(f"/participants/ecf/{id_}")["attributes"]["ecf_enrolments"][0]


def pay(world: World, statement_id: str = OCTOBER_2025, at: str | None = None) -> Any:
    return act(app(), PAY, at, world=world.id, statement_id=statement_id, checks_done=True)


def test_a_statement_is_paid_early_with_the_declarations_in_it(world: World):
    who = lead_provider(world)
    before = declaration(who, PAYABLE)
    assert (before["state"], before["statement_id"]) == ("payable", OCTOBER_2025)
    pay(world, at="2025-10-16T10:00:00Z")
    who.at = "2025-10-16T10:00:00Z"
    shown, statement = declaration(who, PAYABLE), who.get(f"/statements/{OCTOBER_2025}")["attributes"]
    assert (shown["state"], shown["updated_at"]) == ("paid", "2025-10-16T10:00:00Z")
    assert (statement["paid"], statement["updated_at"]) == (True, "2025-10-16T10:00:00Z")
    changed = who.ids("/participant-declarations", "filter[updated_since]=2025-10-16T10:00:00Z")
    assert PAYABLE["declarations"]["ect-retained-3"] in changed


def test_a_statement_that_takes_money_back_claws_its_declarations_back_when_it_is_paid(world: World):
    at = "2026-01-10T09:00:00Z"
    who = lead_provider(world, at=at)
    awaiting = declaration(who, AWAITING)
    assert awaiting["state"] == "awaiting-clawback"
    pay(world, awaiting["clawback_statement_id"], at)
    assert declaration(who, AWAITING)["state"] == "clawed-back"


@pytest.mark.parametrize("at", ["2025-09-30T23:59:59Z", "2025-10-01T00:00:00Z", "2025-10-24T23:59:59Z"])
def test_a_statement_can_be_paid_from_the_end_of_its_cut_off_date_to_its_payment_date(world: World, at: str):
    answer = send_act(app(), PAY, at, world=world.id, statement_id=OCTOBER_2025, checks_done=True)
    assert answer.status == (422 if at < "2025-10-01" else 200)


def found(world: World, query: str) -> list[Any]:
    answer = ask(app(), "GET", "actors/finance/statements", f"world={world.id}&{query}")
    assert answer.status == 200, answer
    return list(json.loads(answer.body)["data"])


def test_finance_finds_the_statements_that_can_be_paid_until_they_are(world: World):
    payable = found(world, f"lead_provider={PENHALLOW.replace(' ', '+')}&state=payable")
    days = [(each["attributes"]["cut_off_date"], each["attributes"]["payment_date"]) for each in payable]
    assert {each["attributes"]["lead_provider"] for each in payable} == {PENHALLOW}
    assert all(cut_off < "2025-10-15" < payment for cut_off, payment in days)
    assert OCTOBER_2025 in [each["id"] for each in payable]
    pay(world)
    assert [each["id"] for each in found(world, f"lead_provider={YOU}&state=payable")] == [
        each["id"] for each in payable if each["id"] != OCTOBER_2025
    ]


def test_finance_finds_the_statements_of_every_lead_provider_by_payment_date(world: World):
    everything = [each["attributes"] for each in found(world, "")]
    assert {each["lead_provider"] for each in everything} == {each["full_name"] for each in SEEDS["lead-providers"]}
    assert {(each["output_fee"], each["state"]) for each in everything} >= {(False, "open"), (True, "paid")}
    dates = [each["payment_date"] for each in everything]
    assert dates == sorted(dates)


def test_an_unknown_lead_provider_has_no_statements(world: World):
    answer = ask(app(), "GET", "actors/finance/statements", f"world={world.id}&lead_provider=Nobody")
    assert answer.status == 404


@pytest.mark.parametrize("at", ["2025-09-30T12:00:00Z", CLOCK, "2025-10-25T12:00:00Z"])
def test_finance_reads_one_statement_as_the_list_shows_it(world: World, at: str):
    answer = ask(app(), "GET", f"actors/finance/statements/{OCTOBER_2025}", f"world={world.id}", at=at)
    assert answer.status == 200
    listed = ask(app(), "GET", "actors/finance/statements", f"world={world.id}", at=at)
    (same,) = (each for each in json.loads(listed.body)["data"] if each["id"] == OCTOBER_2025)
    assert json.loads(answer.body)["data"] == same


def test_a_statement_that_does_not_exist_is_not_found(world: World):
    assert ask(app(), "GET", "actors/finance/statements/nothing", f"world={world.id}").status == 404


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(1)"])
def test_a_name_in_the_file_of_declarations_is_never_a_formula(world: World, name: str):
    ect = {"participant_id": PAYABLE["participants"]["ect"], "participant_type": "ect"}
    act(app(), "school/change-details", world=world.id, **ect, full_name=name)
    answer = ask(app(), "GET", f"actors/finance/statements/{OCTOBER_2025}/declarations.csv", f"world={world.id}")
    names = [row["full_name"] for row in csv.DictReader(io.StringIO(answer.body.decode()))]
    assert f"'{name}" in names
    assert name not in names


def rows(statement_id: str, at: str | None = None) -> list[dict[str, str]]:
    answer = ask(app(), "GET", f"actors/finance/statements/{statement_id}/declarations.csv", at=at)
    assert (answer.status, answer.content_type) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.body.decode())))


def test_finance_downloads_the_declarations_of_a_statement_with_their_providers():
    id_, ect = PAYABLE["declarations"]["ect-retained-3"], PAYABLE["participants"]["ect"]
    (row,) = (each for each in rows(OCTOBER_2025) if each["id"] == id_)
    assert (row["participant_id"], row["declaration_type"], row["state"]) == (ect, "retained-3", "payable")
    assert (row["lead_provider"], row["delivery_partner"]) == (PENHALLOW, KESTREL)
    assert (row["statement_id"], row["clawback_statement_id"]) == (OCTOBER_2025, "")
    (same,) = (each for each in rows(OCTOBER_2025, "2025-10-25T09:00:00Z") if each["id"] == id_)
    assert same["state"] == "paid"


def test_finance_can_write_ids_in_capitals(world: World):
    assert rows(OCTOBER_2025.upper()) == rows(OCTOBER_2025)
    assert found(world, f"lead_provider={YOU.upper()}") == found(world, f"lead_provider={YOU}") != []


def test_a_statement_lists_what_it_takes_back(world: World):
    awaiting = declaration(lead_provider(world), AWAITING)
    states = {row["id"]: row["state"] for row in rows(awaiting["clawback_statement_id"])}
    assert states[AWAITING["declarations"]["ect-started"]] == "awaiting-clawback"


def find(world: World, search: str) -> list[Any]:
    answer = ask(app(), "GET", "actors/finance/participants", f"world={world.id}&search={search}")
    return list(json.loads(answer.body)["data"])


def test_finance_finds_a_participant_by_any_id_of_theirs_or_of_a_declaration(world: World):
    ect, id_ = PAYABLE["participants"]["ect"], PAYABLE["declarations"]["ect-retained-3"]
    (found,) = find(world, ect.upper())
    assert found["id"] == ect
    assert find(world, id_) == [found]
    (shown,) = found["attributes"]["training"]
    assert (shown["programme"], shown["lead_provider"], shown["delivery_partner"]) == (
        "provider_led",
        PENHALLOW,
        KESTREL,
    )
    urn = training(lead_provider(world), ect)["school_urn"]
    assert (shown["urn"], bool(shown["school_name"])) == (urn, True)
    merged = {
        name: each for part in scenario("participant-with-two-earlier-ids").values() for name, each in part.items()
    }
    assert [each["id"] for each in find(world, merged["ect-before-1"])] == [merged["ect"]]
    assert find(world, "nobody") == find(world, "") == []


def test_finance_sees_the_training_in_both_roles(world: World):
    (found,) = find(world, scenario("ect-who-became-a-mentor")["participants"]["both"])
    assert [each["participant_type"] for each in found["attributes"]["training"]] == ["ect", "mentor"]


def test_finance_sees_school_led_training_without_a_lead_provider(world: World):
    (found,) = find(world, scenario("mentor-you-do-not-train")["participants"]["mentor"])
    (shown,) = found["attributes"]["training"]
    assert (shown["programme"], shown["lead_provider"], shown["delivery_partner"]) == ("school_led", None, None)


IN_STATUS = {"active": "ect-in-training", "deferred": "deferred-ect", "withdrawn": "withdrawn-ect"}
REASONS: dict[str, dict[str, str]] = {
    "active": {},
    "deferred": {"reason": "career-break"},
    "withdrawn": {"reason": "moved-school"},
}


@pytest.mark.parametrize("to", IN_STATUS)
@pytest.mark.parametrize("status", IN_STATUS)
def test_finance_takes_a_training_status_where_the_table_says_or_is_refused(world: World, status: str, to: str):
    id_ = scenario(IN_STATUS[status])["participants"]["ect"]
    given = {"participant_id": id_, "participant_type": "ect", "training_status": to, **REASONS[to]}
    answer = send_act(app(), CHANGE, world=world.id, **given)
    steps = CONTRACT.transitions["ParticipantECFEnrolment.training_status"]
    is_a_step = (status, to) in {(s.source, s.target) for s in steps if s.by == "changeTrainingStatus"}
    assert answer.status == (200 if is_a_step else 422)
    shown = training(lead_provider(world), id_)
    assert shown["training_status"] == to
    for name, where in (("deferral", "deferred"), ("withdrawal", "withdrawn")):
        assert (shown[name] is not None) == (to == where)
        assert not is_a_step or shown[name] is None or shown[name]["reason"] == REASONS[to]["reason"]


def test_a_training_that_becomes_active_has_no_reason(world: World):
    id_ = scenario("deferred-ect")["participants"]["ect"]
    given = {"participant_id": id_, "participant_type": "ect", "training_status": "active", "reason": "other"}
    assert send_act(app(), CHANGE, world=world.id, **given).status == 422
