"""Worlds of the library, a made-up edition: sizes, scenarios, actors and the store's file are its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from client import CLOCK, Client, client, register, sandbox
from controls_client import ask, done
from example_edition import edition as library
from test_example_edition import CONTRACT, EDITION, EMMA, LOANS, MIDDLEMARCH, PERSUASION, borrow, partner, read, shelf

from lp_sandbox.app import App
from lp_sandbox.worlds.store import CannotOpen

ALL = "page[per_page]=50"
WITHDRAW = "/_sandbox/actors/librarian/withdraw-book"


@pytest.fixture
def app() -> App:
    app = library.sandbox()
    partner(app)
    return app


def loans(app: App, world: str = "default") -> list[Any]:
    found = app.worlds.get(world)
    assert found
    client = Client(app, app.worlds.tokens(found)[0].token)
    return list(read(client.send("GET", LOANS, ALL))["data"])


def withdraw(app: App, book_id: str) -> tuple[int, Any]:
    answer, body = ask(app, "POST", WITHDRAW, {"data": {"attributes": {"book_id": book_id}}})
    return answer.status, body


def test_a_world_has_a_size_of_the_edition_and_a_token_for_every_client(app: App):
    made = done(app, "POST", "/worlds", {"id": "ci", "size": "town"})
    assert (made["edition"], made["size"]) == ("library", "town")
    assert [token["lead_provider"] for token in made["tokens"]] == ["Harbour Readers", "Hill School", "A visitor"]


def test_a_size_of_another_edition_is_refused_with_those_of_this_one(app: App):
    answer, body = ask(app, "POST", "/_sandbox/worlds", {"size": "standard"})
    assert answer.status == 400
    assert "small or town" in body["errors"][0]["detail"]


def test_the_usual_world_has_the_editions_usual_size(app: App):
    assert done(app, "POST", "/worlds", {})["size"] == "small"


def test_worlds_are_isolated_forked_snapshotted_restored_and_reset(app: App):
    start = loans(app)
    done(app, "POST", "/worlds/default/snapshots", {"id": "before"})
    borrow(partner(app))
    changed = loans(app)
    done(app, "POST", "/worlds/default/fork", {"id": "fork"})
    assert loans(app, "fork") == changed != start

    done(app, "POST", "/worlds/default/snapshots/before/restore")
    assert loans(app) == start
    borrow(partner(app))
    done(app, "POST", "/worlds/default/reset")
    assert loans(app) == start
    assert loans(app, "fork") == changed


def test_the_clock_of_a_world_moves_its_loans(app: App):
    done(app, "POST", "/clock/advance", {"days": 30})
    assert "current" not in {loan["attributes"]["state"] for loan in loans(app)}


def test_scenarios_are_seeded_listed_and_made_anew(app: App):
    (seeded,) = done(app, "GET", "/scenarios")
    made = done(app, "POST", "/scenarios/overdue-loan")
    states = {loan["id"]: loan["attributes"]["state"] for loan in loans(app)}
    assert [states[each["ids"]["loans"]["overdue"]] for each in (seeded, made)] == ["overdue", "overdue"]
    assert seeded["ids"] != made["ids"]
    assert ask(app, "POST", "/_sandbox/scenarios/ect-in-training")[0].status == 404


def test_a_librarian_withdraws_a_book_which_nobody_can_borrow_then(app: App):
    status, body = withdraw(app, EMMA)
    assert status == 200
    assert body["data"]["attributes"]["shelf"] == "withdrawn" == shelf(partner(app))
    assert borrow(partner(app)).status == 422


@pytest.mark.parametrize("book_id", [MIDDLEMARCH, PERSUASION, "00000000-0000-4000-8000-000000000000"])
def test_a_librarian_keeps_to_the_rule(app: App, book_id: str):
    rule = EDITION.controls.rules["book_is_in_its_branch"]
    status, body = withdraw(app, book_id)
    assert (status, body) == (422, EDITION.controls.operations["withdrawBook"].refusal(rule))


def test_the_rule_of_librarians_can_be_switched_off():
    app = library.sandbox(without={"book_is_in_its_branch"})
    partner(app)
    assert withdraw(app, MIDDLEMARCH)[0] == 200


def test_actors_of_another_edition_do_not_exist(app: App):
    assert ask(app, "POST", "/_sandbox/actors/dfe/pay-statement", {})[0].status == 404
    assert "/_sandbox/actors/librarian/withdraw-book" in EDITION.controls.document["paths"]


def test_the_controls_list_the_editions_operations(app: App):
    listed = {each["operation_id"]: each["stateful"] for each in done(app, "GET", "/operations")}
    assert listed == dict.fromkeys(CONTRACT.operations, True)


def test_a_file_keeps_its_worlds_for_its_own_edition_only(tmp_path: Path):
    name = f"sqlite:///{tmp_path}/library.sqlite3"
    first = library.sandbox(store=name)
    partner(first)
    first.worlds._store.close()  # noqa: SLF001
    assert loans(library.sandbox(store=name))
    with pytest.raises(CannotOpen, match="another version of the sandbox"):
        sandbox(name)


def test_it_shares_a_sandbox_and_a_store_with_another_edition():
    app = library.sandbox(others=[register()])
    harbour = partner(app)
    app.worlds.create("register", size="small", clock=CLOCK, edition="register")
    ashdown = client(app, "register")
    assert borrow(harbour).status == 201
    assert ashdown.send("GET", "/api/v3/partnerships").status == 200
    assert [each.send("GET", path).status for each, path in ((harbour, "/api/v3/schools"), (ashdown, LOANS))] == [
        404
    ] * 2
    assert {world["id"]: world["edition"] for world in done(app, "GET", "/worlds")} == {
        "default": "library",
        "register": "register",
    }
