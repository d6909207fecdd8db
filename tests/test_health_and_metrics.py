"""What watches over a sandbox: its health, and its metrics for Prometheus."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from importlib import metadata

import pytest
from client import Client, every_edition, lead_provider, register, sandbox, small_world, whole_layout
from http_client import ask

from lp_sandbox.app import App
from lp_sandbox.web.metrics import ANY, SECONDS
from lp_sandbox.worlds.store import Unavailable
from lp_sandbox.worlds.store.open_store import open_store

HEALTH, METRICS = "/_sandbox/health", "/_sandbox/metrics"
_SAMPLE = re.compile(r'([a-z_]+)\{([a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*)\} (\S+)')
_HEAD = re.compile(r"# (?:HELP [a-z_]+ .+|TYPE [a-z_]+ (?:counter|gauge|histogram))")


@pytest.fixture
def app() -> App:
    return small_world(*every_edition())


@pytest.fixture
def client(app: App) -> Client:
    return lead_provider(app)


def measured(app: App) -> dict[str, dict[tuple[str, ...], float]]:
    """The samples of each metric, by the values of their labels."""
    found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for line in ask(app, "GET", METRICS).text.splitlines():
        sample = _SAMPLE.fullmatch(line)
        assert sample or _HEAD.fullmatch(line), line
        if sample:
            found[sample[1]][tuple(re.findall(r'"([^"]*)"', sample[2]))] = float(sample[3])
    return found


def test_health_says_that_the_sandbox_is_ready_with_its_version_editions_and_store(app: App):
    answer = ask(app, "GET", HEALTH)
    assert answer.status_code == 200
    version = metadata.version("lead-provider-api-sandbox")
    editions = [edition.contract.edition for edition in every_edition()]
    assert answer.json() == {
        "live": True, "ready": True, "version": version, "editions": editions, "store": "memory"
    }  # fmt: skip


def test_health_names_the_kind_of_a_store_in_a_file(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/sandbox.sqlite3", whole_layout())
    assert ask(App([register()], store), "GET", HEALTH).json()["store"] == "sqlite"
    store.close()


def test_health_of_a_sandbox_that_cannot_use_its_store_is_503_and_the_example_of_the_contract(app: App, monkeypatch):
    def fail(*_: object) -> None:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(app.worlds, "all", fail)
    answer = ask(app, "GET", HEALTH)
    response = register().controls.operations["getHealth"].responses["503"]
    assert answer.status_code == 503
    assert answer.json() == {**response["content"]["application/json"]["example"], "store": "memory"}


@pytest.mark.parametrize(("path", "status"), [(HEALTH, 200), (METRICS, 403), ("/_sandbox/worlds", 403)])
def test_health_alone_is_open_to_everybody_without_the_key(path: str, status: int):
    app = sandbox(key="secret")
    assert ask(app, "GET", path).status_code == status
    assert ask(app, "GET", path, headers={"X-Sandbox-Key": "secret"}).status_code == 200


def test_requests_are_counted_by_operation_and_status_and_refusals_by_rule(app: App, client: Client):
    headers = {"authorization": f"Bearer {client.token}"}
    operation = client.app.edition.contract.operations["createPartnership"]
    for body in (operation.request_example, operation.request_example, {"data": {"attributes": {"cohort": "1"}}}):
        ask(app, "POST", operation.path, headers=headers, json=body)
    ask(app, "GET", operation.path)
    ask(app, "GET", "/nowhere/")
    found = measured(app)
    assert found["lp_sandbox_requests_total"] == {
        ("register", "createPartnership", "200"): 1,
        ("register", "createPartnership", "422"): 2,
        ("register", "getPartnerships", "401"): 1,
        ("other", "other", "404"): 1,
    }
    refusals = found["lp_sandbox_refusals_total"]
    assert refusals["register", "createPartnership", "school_not_already_partnered"] == 1
    assert refusals["register", "createPartnership", "cohort_is_known"] == 1
    assert refusals["register", "getPartnerships", "token_is_known"] == 1


def test_durations_are_a_histogram_for_each_operation(app: App):
    for _ in range(3):
        ask(app, "GET", "/_sandbox/worlds")
    found = measured(app)
    name = "lp_sandbox_request_duration_seconds"
    buckets = {end: number for (*_, end), number in found[f"{name}_bucket"].items()}
    assert list(buckets) == [*map(str, SECONDS), ANY]
    assert sorted(buckets.values()) == list(buckets.values())
    assert buckets[ANY] == found[f"{name}_count"]["register", "listWorlds"] == 3
    assert 0 < found[f"{name}_sum"]["register", "listWorlds"] < 60


def test_worlds_are_counted_by_edition(app: App):
    ask(app, "POST", "/_sandbox/worlds", json={"edition": "register", "size": "small"})
    counted = measured(app)["lp_sandbox_worlds"]
    assert counted == {(edition.contract.edition,): 0 for edition in every_edition()} | {("register",): 2}


def test_text_from_clients_is_never_the_value_of_a_label(app: App):
    for number in range(5):
        ask(app, "GET", f"/api/v3/partnerships/{number}")
        ask(app, "GET", f"/page-{number}/")
        ask(app, "DELETE", f"/_sandbox/worlds/world-{number}")
    text = json.dumps([list(samples) for samples in map(dict.keys, measured(app).values())])
    assert "page-" not in text
    assert "world-" not in text
    known = {operation for edition in every_edition() for operation in edition.contract.operations}
    known |= {operation for edition in every_edition() for operation in edition.controls.operations} | {"other"}
    counted = measured(app)["lp_sandbox_requests_total"]
    assert {operation for _, operation, _ in counted} <= known
    assert {edition for edition, _, _ in counted} <= {"other", *(each.contract.edition for each in every_edition())}


def test_an_operation_that_editions_share_is_counted_for_each(app: App):
    names = {"register", "ecf"}
    for edition in every_edition():
        name = edition.contract.edition
        if name in names:
            world = ask(app, "POST", "/_sandbox/worlds", json={"edition": name, "size": "small"}).json()
            path = edition.contract.operations["getPartnerships"].path
            ask(app, "GET", path, headers={"authorization": f"Bearer {world['tokens'][0]['token']}"})
            ask(app, "GET", f"/_sandbox/clock?world={world['id']}")
    counted = measured(app)["lp_sandbox_requests_total"]
    shared = {"createWorld": "201", "getPartnerships": "200", "getClock": "200"}
    assert counted == {(name, operation, status): 1 for name in names for operation, status in shared.items()}
