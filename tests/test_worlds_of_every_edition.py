"""Worlds and stores hold what they promise in every edition that comes with the sandbox."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from client import Client, clock_of, every_edition, lead_provider, send_example, small_world, whole_layout
from controls_client import done, everything

from lp_contract.contract import Operation
from lp_sandbox.app import App
from lp_sandbox.request.edition import Edition
from lp_sandbox.worlds.store.open_store import open_store

EDITIONS = {edition.contract.edition: edition for edition in every_edition()}
STORES = ("memory", "sqlite")


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> Edition:
    return EDITIONS[request.param]


@pytest.fixture
def app(edition: Edition) -> App:
    return small_world(edition)


def stored(tmp_path: Path, edition: Edition, store: str = "sqlite") -> App:
    """A sandbox with a small world, in memory or in a file, which is opened if it is there."""
    name = "memory" if store == "memory" else f"sqlite:///{tmp_path}/sandbox.sqlite3"
    app = App([edition], open_store(name, whole_layout()))
    if not app.worlds.all():
        app.worlds.create(edition.template.default_world, size="small", clock=clock_of(edition))
    return app


def creation(edition: Edition) -> Operation:
    return edition.contract.operations["createPartnership"]


def form(client: Client) -> Any:
    """Form the partnership of the contract's example."""
    answer = send_example(client, creation(client.app.edition))
    assert answer.status == 200, answer
    return json.loads(answer.body)["data"]


def visible_data(app: App, world: str) -> dict[str, bytes]:
    """Return all that two lead providers can see in a world."""
    return everything(app, world, providers=2)


def in_world(app: App, world: str) -> Client:
    found = app.worlds.get(world)
    assert found
    return Client(app, app.worlds.tokens(found)[0].token)


def test_a_fork_shows_the_same_and_nothing_crosses_between_it_and_its_world(app: App):
    world = app.edition.template.default_world
    done(app, "POST", f"/worlds/{world}/fork", {"id": "fork"})
    start = visible_data(app, world)
    assert visible_data(app, "fork") == start
    made = form(in_world(app, world))
    assert visible_data(app, "fork") == start != visible_data(app, world)
    assert form(in_world(app, "fork")) == made
    assert visible_data(app, "fork") == visible_data(app, world)


@pytest.mark.parametrize("put_back", ["/reset", "/snapshots/start/restore"])
def test_a_world_that_is_put_back_answers_every_list_as_it_did(app: App, put_back: str):
    world = app.edition.template.default_world
    done(app, "POST", f"/worlds/{world}/snapshots", {"id": "start"})
    start = visible_data(app, world)
    form(in_world(app, world))
    assert visible_data(app, world) != start
    done(app, "POST", f"/worlds/{world}{put_back}")
    assert visible_data(app, world) == start


def test_every_kind_of_record_is_copied_into_a_fork(app: App):
    world = app.worlds.get(app.edition.template.default_world)
    assert world
    fork = app.worlds.fork(world, "fork")
    store = app.worlds._store  # noqa: SLF001 - what is kept shows nowhere else
    for kind in app.edition.template.kinds:
        assert sorted(map(str, store.find(kind, fork.id))) == sorted(map(str, store.find(kind, world.id)))


def test_worlds_of_all_editions_live_side_by_side_and_do_not_mix():
    app = App([*EDITIONS.values()], open_store("memory", whole_layout()))
    worlds = {name: edition.template.default_world for name, edition in EDITIONS.items()}
    for name, edition in EDITIONS.items():
        app.worlds.create(worlds[name], size="small", clock=clock_of(edition), edition=name)
    start = {world: visible_data(app, world) for world in worlds.values()}
    for name, edition in EDITIONS.items():
        assert start[worlds[name]] == visible_data(small_world(edition), worlds[name])
        answer = send_example(in_world(app, worlds[name]), creation(edition))
        assert answer.status == 200
        changed = {world for world in worlds.values() if visible_data(app, world) != start[world]}
        assert changed == {worlds[name]}
        done(app, "POST", f"/worlds/{worlds[name]}/reset")


def test_the_same_seed_gives_the_same_answers_whatever_the_store(tmp_path: Path, edition: Edition):
    apps = [stored(tmp_path, edition, store) for store in STORES]
    shown = []
    for app in apps:
        form(lead_provider(app))
        shown.append(visible_data(app, edition.template.default_world))
    assert shown[0] == shown[1]


def test_a_file_that_is_opened_again_shows_what_was_created(tmp_path: Path, edition: Edition):
    first = stored(tmp_path, edition)
    made = form(lead_provider(first))
    first.worlds._store.connection.db.close()  # noqa: SLF001 - without the order in which a server closes its store
    again = lead_provider(stored(tmp_path, edition))
    assert json.loads(again.send("GET", f"{creation(edition).path}/{made['id']}").body)["data"] == made


def test_of_identical_requests_through_many_connections_one_is_kept(tmp_path: Path, edition: Edition):
    clients = [lead_provider(stored(tmp_path, edition)) for _ in range(4)]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = pool.map(lambda each: [send_example(each, creation(edition)).status for _ in range(5)], clients)
    assert sorted(status for statuses in answers for status in statuses) == [200] + [422] * 19


def test_of_lead_providers_that_race_for_one_school_one_gets_it(tmp_path: Path):
    """A school has one lead provider in a cohort of ECF. In Register it can have several."""
    ecf = EDITIONS["ecf"]
    clients = [lead_provider(stored(tmp_path, ecf), place % 2) for place in range(4)]
    with ThreadPoolExecutor(len(clients)) as pool:
        statuses = [*pool.map(lambda each: send_example(each, creation(ecf)).status, clients)]
    assert sorted(statuses) == [200, 422, 422, 422]
    lists = [
        json.loads(each.send("GET", creation(ecf).path, "page[per_page]=3000").body)["data"] for each in clients[:2]
    ]
    school = (creation(ecf).request_example or {})["data"]["attributes"]["school_id"]
    made = [one for each in lists for one in each if one["attributes"]["school_id"] == school]
    assert len(made) == 1
