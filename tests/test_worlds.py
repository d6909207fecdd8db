"""Worlds: made, reset, removed, and never seen from one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from client import CLOCK, Client, client, register, sandbox, seed_id
from controls_client import ask, saved, two_worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_sandbox.request.request_and_answer import Answer, Request

WORLDS = "/_sandbox/worlds"
PARTNERS = [seed_id("delivery-partners", name) for name in ("harbour-hub", "moorland-hub", "unpaired-hub")]
SCHOOLS = [seed_id("schools", name) for name in ("fresh", "closed", "interested", "partnered", "all-left")]
PARTNERSHIPS = ["1ab501b1-142e-47ad-95a4-20f56a62e71f", "c1ecac6b-7201-4292-868f-080cc0c6369c"]


def control(method: str, path: str, body: Any = None, **headers: str) -> tuple[Answer, Any]:
    return ask(sandbox(), method, path, body, **headers)


def test_a_created_world_returns_a_token_for_each_lead_provider():
    app = sandbox()
    answer, world = ask(app, "POST", WORLDS, {"id": "ci-42", "size": "small", "clock": CLOCK})
    assert answer.status == 201
    assert world["id"] == "ci-42"
    assert world["clock"] == CLOCK
    assert [token["lead_provider"] for token in world["tokens"]] == list(register().template.lead_providers.values())
    assert {token["world"] for token in world["tokens"]} == {"ci-42"}
    assert Client(app, world["tokens"][0]["token"]).get("/partnerships")


def test_a_world_can_be_created_without_saying_anything():
    answer, world = control("POST", WORLDS)
    assert (answer.status, world["size"], world["seed"], world["clock"]) == (201, "standard", 0, None)


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2026-09-15", "2026-09-14T23:00:00Z"),
        ("2026-12-01", "2026-12-01T00:00:00Z"),
        ("2026-09-15T09:00:00", "2026-09-15T08:00:00Z"),
        ("2026-09-15T09:00:00+02:00", "2026-09-15T07:00:00Z"),
    ],
)
def test_the_clock_of_a_new_world_is_read_as_a_clock_that_is_set(written: str, clock: str):
    app = sandbox()
    _, world = ask(app, "POST", WORLDS, {"id": "made", "size": "small", "clock": written})
    _, time = ask(app, "PUT", "/_sandbox/clock", {"now": written}, query="world=made")
    assert world["clock"] == time["now"] == clock


def test_a_whole_number_is_the_same_however_it_is_written():
    answer, world = control("POST", WORLDS, b'{"size": "small", "seed": 1.0}')
    _, usual = control("POST", WORLDS, {"size": "small", "seed": 1})
    assert b'"seed":1,' in answer.body
    assert world["seed"] == usual["seed"]


def test_a_world_removed_through_one_server_is_closed_on_another_of_the_same_store(tmp_path: Path):
    store = f"sqlite:///{tmp_path}/shared.sqlite3"
    here, there = sandbox(store), sandbox(store)
    gone, kept = client(here, "gone"), client(here, "kept")
    for mine in (gone, kept):
        assert Client(there, mine.token).send("GET", "/api/v3/partnerships").status == 200
    assert ask(here, "DELETE", f"{WORLDS}/gone")[0].status == 204
    assert Client(there, gone.token).send("GET", "/api/v3/partnerships").status == 401
    assert Client(there, kept.token).send("GET", "/api/v3/partnerships").status == 200


def test_worlds_of_one_seed_hold_the_same_under_other_tokens():
    app = sandbox()
    first, second = client(app, "first"), client(app, "second")
    assert first.token != second.token
    assert first.get("/partnerships") == second.get("/partnerships")


def test_worlds_of_another_seed_hold_other_schools():
    app = sandbox()
    ask(app, "POST", WORLDS, {"id": "other", "size": "small", "seed": 1})
    assert client(app, "other").ids("/partnerships") != client(app, "default").ids("/partnerships")


def test_sizes_differ_in_how_much_they_hold():
    app = sandbox()
    counts = [
        len(client(app, size, size=size).ids("/schools", "filter[cohort]=2026&page[per_page]=3000"))
        for size in ("small", "standard")
    ]
    assert counts[0] < counts[1]


def test_a_reset_puts_a_world_back_and_keeps_its_tokens():
    ashdown = client(sandbox())
    one = f"/partnerships/{PARTNERSHIPS[0]}"
    before = ashdown.get(one)
    ashdown.done("PUT", one, delivery_partner_id=PARTNERS[0])
    assert ashdown.get(one) != before
    answer, _ = ask(ashdown.app, "POST", f"{WORLDS}/default/reset")
    assert answer.status == 200
    assert ashdown.get(one) == before


def test_a_removed_world_is_gone_with_its_tokens():
    app = sandbox()
    gone = client(app, "gone")
    gone.get("/partnerships")
    assert ask(app, "DELETE", f"{WORLDS}/gone")[0].status == 204
    assert gone.send("GET", "/api/v3/partnerships").status == 401
    assert ask(app, "GET", WORLDS)[1] == []
    assert ask(app, "DELETE", f"{WORLDS}/gone")[0].status == 404


def test_the_default_world_can_only_be_reset():
    ashdown = client(sandbox())
    assert ask(ashdown.app, "DELETE", f"{WORLDS}/default")[0].status == 409


def test_a_name_is_taken_once():
    app = sandbox()
    assert ask(app, "POST", WORLDS, {"id": "one", "size": "small"})[0].status == 201
    assert ask(app, "POST", WORLDS, {"id": "one", "size": "small"})[0].status == 409


def test_a_wrong_description_of_a_world_is_refused():
    for body in (
        {"size": "huge"},
        {"id": "A B"},
        {"seed": -1},
        {"clock": "soon"},
        {"clock": ""},
        {"clock": "2026-02-30"},
        {"colour": 1},
        [],
        1,
    ):
        assert control("POST", WORLDS, body)[0].status == 400, body


def test_the_controls_are_open_to_this_machine_only():
    app = sandbox()
    assert ask(app, "GET", WORLDS, client="127.0.0.1")[0].status == 200
    assert ask(app, "GET", WORLDS, client="::1")[0].status == 200
    assert ask(app, "GET", WORLDS, client="192.0.2.1")[0].status == 403
    assert ask(app, "GET", WORLDS, client="")[0].status == 403


def test_a_page_of_another_site_cannot_use_the_controls():
    app = sandbox()
    assert ask(app, "GET", WORLDS, origin="https://elsewhere.example.com", host="127.0.0.1:8000")[0].status == 403
    assert ask(app, "GET", WORLDS, origin="http://127.0.0.1:8000", host="127.0.0.1:8000")[0].status == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000", ""])
def test_the_controls_are_open_under_the_names_of_this_machine(host: str):
    assert ask(sandbox(), "GET", WORLDS, host=host)[0].status == 200


@pytest.mark.parametrize("host", ["evil.com", "evil.com:8000", "localhost.evil.com", "127.0.0.1.evil.com"])
def test_another_host_name_of_this_machine_does_not_open_the_controls(host: str):
    assert ask(sandbox(), "GET", WORLDS, host=host)[0].status == 403
    assert ask(sandbox(key="secret"), "GET", WORLDS, host=host, x_sandbox_key="secret")[0].status == 200


@pytest.mark.parametrize("origin", ["null", "http://[", "http://127.0.0.1:9000", "ftp://127.0.0.1:8000"])
def test_an_origin_that_is_not_the_sandboxs_own_is_refused(origin: str):
    assert ask(sandbox(), "GET", WORLDS, origin=origin, host="127.0.0.1:8000")[0].status == 403


def test_a_key_opens_the_controls_from_anywhere_and_is_then_always_needed():
    app = sandbox(key="secret")
    assert ask(app, "GET", WORLDS, client="192.0.2.1", x_sandbox_key="secret")[0].status == 200
    assert ask(app, "GET", WORLDS, client="127.0.0.1")[0].status == 403
    assert ask(app, "GET", WORLDS, client="127.0.0.1", x_sandbox_key="guess")[0].status == 403


def test_the_controls_have_a_document_of_their_own():
    answer = sandbox().answer(Request("GET", "/_sandbox/openapi.yaml", "", {}, b"", "127.0.0.1"))
    assert answer.status == 200
    assert b"operationId: createWorld" in answer.body


def test_a_world_says_which_operations_have_a_memory():
    _, operations = control("GET", "/_sandbox/operations")
    stateful = {o["operation_id"] for o in operations if o["stateful"]}
    assert len(operations) == len(register().contract.operations)
    assert stateful == set(register().operations)


STEPS = st.one_of(
    st.tuples(
        st.just("create"),
        st.sampled_from(["2022", "2025", "2026"]),
        st.sampled_from(SCHOOLS),
        st.sampled_from(PARTNERS),
    ),
    st.tuples(st.just("update"), st.sampled_from(PARTNERSHIPS), st.sampled_from(PARTNERS), st.just("")),
    st.tuples(st.just("list"), st.sampled_from(["/partnerships", "/schools"]), st.just(""), st.just("")),
)


def take(client: Client, step: tuple[str, str, str, str]) -> tuple[int, bytes]:
    kind, first, second, third = step
    if kind == "create":
        answer = client.write("POST", "/partnerships", cohort=first, school_id=second, delivery_partner_id=third)
    elif kind == "update":
        answer = client.write("PUT", f"/partnerships/{first}", delivery_partner_id=second)
    else:
        answer = client.send("GET", f"/api/v3{first}", "filter[cohort]=2026")
    return answer.status, answer.body


def test_any_interleaving_on_two_worlds_equals_running_them_apart():
    clients = two_worlds(CLOCK, "2026-06-20T09:00:00Z")

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(st.sampled_from((0, 1)), STEPS), max_size=12))
    def check(steps: list[tuple[int, Any]]) -> None:
        put_back()
        interleaved = [(place, take(clients[place], step)) for place, step in steps]
        for place, alone in enumerate(clients):
            put_back()
            apart = [take(alone, step) for other, step in steps if other == place]
            assert apart == [answer for other, answer in interleaved if other == place]

    with saved(clients[0].app) as put_back:
        check()
