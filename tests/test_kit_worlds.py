"""The kit for tests of a client: a sandbox in a thread, its worlds, and what they say of a client's requests."""

from __future__ import annotations

import dataclasses
import http.client
import inspect
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lp_contract.contract import load
from lp_sandbox.editions import MODULES
from lp_sandbox.request.edition import Edition
from lp_sandbox.testing import (
    CannotStart,
    Clock,
    HasStopped,
    Refused,
    Sandbox,
    Scenario,
    UnknownName,
    World,
    running_sandbox,
)
from lp_sandbox.testing.journal import LENGTH

DECLARATIONS = "/api/v3/participant-declarations"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def world(sandbox: Sandbox) -> Iterator[World]:
    with sandbox.world() as world:
        yield world


def send(world: World, method: str, path: str, token: str | None = None, **attributes: Any) -> tuple[int, Any]:
    """Send a request over HTTP, as a client does."""
    host, port = world.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    headers = {"Authorization": f"Bearer {token}"} if token else dict(world.headers)
    body = json.dumps({"data": {"type": "x", "attributes": attributes}}) if attributes else None
    connection.request(method, path, body, {**headers, "Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def started(participant_id: str) -> dict[str, str]:
    """Return the attributes of the first declaration for an ECT."""
    return {
        "participant_id": participant_id,
        "declaration_type": "started",
        "declaration_date": "2026-09-10T09:00:00Z",
        "course_identifier": "ecf-induction",
        "evidence_held": "training-event-attended",
    }


def test_a_client_declares_is_refused_the_second_time_and_is_paid_when_the_clock_has_moved(world: World):
    ect = world.scenario("ect-without-declarations").participants.ect
    status, answer = send(world, "POST", DECLARATIONS, **started(ect))
    assert status == world.assert_accepted().status == 200
    send(world, "POST", DECLARATIONS, **started(ect))
    assert world.assert_refused("event_is_not_declared_yet").json()["errors"][0]["title"] == "declaration_type"
    world.clock.advance(days=72)
    assert [each["id"] for each in world.declarations(state="paid", participant_id=ect)] == [answer["data"]["id"]]


@pytest.mark.parametrize("edition", MODULES)
def test_a_world_shows_the_time_of_the_guide_and_has_a_token_for_each_lead_provider(sandbox: Sandbox, edition: str):
    contract = load(edition)
    with sandbox.world(edition) as world:
        assert world.clock.now == datetime.fromisoformat(contract.seeds["world"]["clock"])
        assert list(world.tokens) == [each["full_name"] for each in contract.seeds["lead-providers"]]
        statuses = {send(world, "GET", DECLARATIONS, token)[0] for token in world.tokens.values()}
    assert statuses == {200}


def test_worlds_of_a_kind_hold_the_same_people_and_nothing_of_each_other(sandbox: Sandbox):
    with sandbox.world() as first, sandbox.world() as second:
        scenarios = [world.scenario("ect-without-declarations") for world in (first, second)]
        send(first, "POST", DECLARATIONS, **started(scenarios[0].participants.ect))
        assert scenarios[0] == scenarios[1]
        assert len(first.declarations()) == len(second.declarations()) + 1
        assert set(first.tokens.values()).isdisjoint(second.tokens.values())


def test_a_world_has_the_requested_size_seed_and_clock(sandbox: Sandbox):
    clock = datetime(2026, 10, 1, 12, tzinfo=UTC)
    with sandbox.world(clock=clock) as world, sandbox.world(seed=1) as other:
        assert world.clock.now == clock
        assert world.scenario("deferred-ect") != other.scenario("deferred-ect")


@pytest.mark.parametrize("day", ["2026-10-01", date(2026, 10, 1)])
def test_the_clock_of_a_world_can_begin_and_be_set_at_a_date(sandbox: Sandbox, day: str | date):
    midnight_in_london = datetime(2026, 9, 30, 23, tzinfo=UTC)
    with sandbox.world(clock=day) as world, sandbox.world() as other:
        other.clock.set(day)
        assert world.clock.now == other.clock.now == midnight_in_london


def test_an_actor_changes_what_the_client_sees(world: World):
    scenario = world.scenario("ect-without-declarations")
    done = world.act(
        "school",
        "report-leaver",
        participant_id=scenario.participants.ect,
        participant_type="ect",
        date=world.clock.now.date(),
    )
    assert done["attributes"]["end_date"] == world.clock.now.date().isoformat()


def test_an_actor_that_only_looks_takes_its_parameters_as_fields(sandbox: Sandbox):
    with sandbox.world("ecf") as world:
        payable = world.act("finance", "statements", state="payable")
        shown = world.act("finance", "statements/{statement_id}", statement_id=payable[0]["id"])
    assert {each["attributes"]["state"] for each in payable} == {"payable"}
    assert shown["id"] == payable[0]["id"]


def test_an_actor_that_looks_at_one_thing_needs_its_id(sandbox: Sandbox):
    with sandbox.world("ecf") as world, pytest.raises(TypeError, match=r"needs statement_id\."):
        world.act("finance", "statements/{statement_id}")


@pytest.mark.parametrize("edition", MODULES)
def test_a_world_lists_what_its_lead_provider_sees_on_all_pages(sandbox: Sandbox, edition: str):
    with sandbox.world(edition) as world:
        lists = [world.declarations(), world.participants(), world.partnerships(), world.resources("getStatements")]
    types = [{each["type"] for each in listed} for listed in lists]
    assert types == [{"participant-declaration"}, {"participant"}, {"partnership"}, {"statement"}]
    assert all(len({each["id"] for each in listed}) == len(listed) for listed in lists)


def test_an_act_that_breaks_a_rule_raises_its_name_and_message(world: World):
    with pytest.raises(Refused, match=r"participant_exists\): .*There is no participant") as refused:
        unknown = "00000000-0000-4000-8000-000000000000"
        world.act("school", "change-mentor", participant_id=unknown, mentor_id=unknown)
    assert refused.value.status == 422


def test_a_scenario_is_created_again_with_other_people(world: World):
    first, second = world.scenario("deferred-ect"), world.create_scenario("deferred-ect")
    assert first.story == second.story
    assert first.participants.ect != second.participants.ect
    assert len(world.participants()) == len({each["id"] for each in world.participants()})


def test_another_lead_provider_uses_the_same_world(world: World):
    other = world.as_lead_provider("Brightwater Education")
    assert other.token != world.token
    send(other, "GET", DECLARATIONS)
    assert [each.lead_provider for each in world.requests] == ["Brightwater Education"]
    assert other.scenario("deferred-ect") != world.scenario("deferred-ect")


def test_a_fork_and_a_snapshot_hold_the_state_of_their_moment(world: World):
    snapshot = world.snapshot()
    world.clock.advance(days=1)
    with world.fork() as fork:
        world.restore(snapshot)
        assert (fork.clock.now - world.clock.now).days == 1


def test_a_clock_takes_the_units_of_the_contract_and_can_run(world: World):
    units = inspect.signature(Clock.advance).parameters.keys() - {"self"}
    assert units == load("register/sandbox").operations["advanceClock"].request["properties"].keys() - {"duration"}
    world.clock.set(datetime(2027, 1, 1, tzinfo=UTC), running=True)
    assert (world.clock.now - datetime(2027, 1, 1, tzinfo=UTC)).total_seconds() < 60
    assert world.clock.now.year == 2027


@pytest.mark.parametrize("edition", MODULES)
def test_a_scenario_has_an_attribute_for_every_kind_of_id(sandbox: Sandbox, edition: str):
    world = sandbox.world(edition)
    listed = world._scenarios()  # noqa: SLF001
    kinds = {field.name for field in dataclasses.fields(Scenario)} - {"name", "story"}
    assert all(each["ids"].keys() == kinds for each in listed)


def test_a_list_that_needs_a_filter_takes_it_as_an_attribute(world: World):
    listed = world.resources("getSchools", cohort="2026", in_partnership=True)
    assert {each["attributes"]["in_partnership"] for each in listed} == {True}


WRONG: dict[str, tuple[Callable[[World], object], str]] = {
    "scenario": (
        lambda world: world.scenario("ect-defered"),
        "no scenario 'ect-defered'. Did you mean 'ect-deferred-today'",
    ),
    "actor": (lambda world: world.act("schol", "report-leaver"), "no actor 'schol'. Did you mean 'school'?"),
    "action": (lambda world: world.act("school", "enrol"), "school 'enrol'. Known: register-participant, report-tran"),
    "field": (lambda world: world.act("school", "report-leaver", day=""), "field of school report-leaver 'day'"),
    "attribute": (lambda world: world.declarations(sate="paid"), "Did you mean 'state'?"),
    "list": (lambda world: world.resources("getStatement"), "Did you mean 'getStatements'"),
    "rule": (lambda world: world.assert_refused("school_known"), "Did you mean 'school_is_known'"),
    "many rules": (lambda world: world.assert_refused("?"), r"Known: .*, and \d+ more\."),
    "lead provider": (lambda world: world.as_lead_provider("Brightwater"), "Did you mean 'Brightwater Education'?"),
}


@pytest.mark.parametrize("use", WRONG)
def test_an_unknown_name_is_refused_with_a_suggestion(world: World, use: str):
    function, message = WRONG[use]
    with pytest.raises(UnknownName, match=message):
        function(world)


@pytest.mark.parametrize("wanted", [{"edition": "efc"}, {"size": "tiny"}, {"lead_provider": "Ashdown"}])
def test_an_unknown_kind_of_world_is_refused_with_a_suggestion(sandbox: Sandbox, wanted: dict[str, str]):
    with pytest.raises(UnknownName, match=next(iter(wanted.values()))):
        sandbox.world(**wanted)


def test_a_name_that_a_scenario_does_not_have_brings_those_that_it_has(world: World):
    with pytest.raises(AttributeError, match=r"no 'tutor' here. It has: ect, mentor\."):
        _ = world.scenario("ect-without-declarations").participants.tutor


def test_an_assertion_that_fails_says_what_was_sent_and_why_it_was_refused(world: World):
    send(world, "POST", DECLARATIONS, **started("x"))
    with pytest.raises(AssertionError) as failed:
        world.assert_accepted()
    rule = load("register").rules["declared_participant_is_known"]
    lines = str(failed.value).splitlines()
    assert lines[1] == f"POST {DECLARATIONS} -> 422 ({rule.name})"
    assert '"participant_id": "x"' in lines[2]
    assert rule.detail in lines[3]
    assert lines[4].endswith(rule.when)
    with pytest.raises(AssertionError, match="did not bring a refusal for school_is_known"):
        world.assert_refused("school_is_known")


def test_the_report_says_what_was_ignored_in_a_request(world: World):
    send(world, "GET", "/api/v3/partnerships?cohort=2026")
    exchange = world.assert_accepted()
    assert exchange.operation == "getPartnerships"
    assert "`filter[cohort]`" in exchange.note
    assert f"  ignored: {exchange.note}" in world.report().splitlines()


def test_a_strict_sandbox_refuses_what_the_service_ignores():
    with Sandbox(strict=True) as sandbox, sandbox.world() as world:
        assert send(world, "GET", "/api/v3/partnerships?cohort=2026")[0] == 400
        world.assert_refused("names_are_known")
        assert send(world, "GET", "/api/v3/partnerships?filter[cohort]=2026")[0] == 200
        assert world.scenario("deferred-ect").participants
        world.clock.advance(days=1)


def test_a_world_that_a_test_has_removed_is_not_removed_again(sandbox: Sandbox):
    with sandbox.world() as world:
        world.remove()
    with pytest.raises(Refused, match="world_is_found"):
        world.clock.advance(days=1)


def test_an_assertion_about_a_client_that_sent_nothing_says_so(world: World):
    with pytest.raises(AssertionError, match="sent no request"):
        world.assert_accepted()


def test_the_journal_has_requests_with_an_unknown_token_and_no_token_at_all(world: World):
    send(world, "GET", DECLARATIONS, token="nobody")
    exchange = world.assert_refused("token_is_known")
    assert (exchange.lead_provider, exchange.target) == ("", DECLARATIONS)
    send(world, "GET", DECLARATIONS)
    assert world.token not in repr(world.requests)


def test_the_journal_of_a_world_begins_with_the_world_and_is_bounded(world: World, sandbox: Sandbox):
    for _ in range(LENGTH + 2):
        send(world, "GET", "/api/v3/nowhere")
    assert len(world.requests) == LENGTH
    with sandbox.world() as later:
        assert later.requests == []


def test_a_sandbox_that_has_stopped_listens_no_more_and_leaves_no_thread():
    before = threading.active_count()
    with Sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        assert threading.active_count() > before
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.world()


def test_a_world_says_that_its_sandbox_has_stopped():
    with Sandbox() as sandbox:
        world = sandbox.world()
    with pytest.raises(HasStopped, match="has stopped"):
        world.clock.advance(days=1)


def test_an_answer_does_not_wait_for_the_client_where_uvloop_is_not_installed(monkeypatch: pytest.MonkeyPatch):
    """asyncio does not set the option TCP_NODELAY on a socket that names no protocol, and uvloop does."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    with Sandbox() as sandbox:
        running = sandbox._started  # noqa: SLF001
        assert "uvloop" not in type(running._loop).__module__  # noqa: SLF001
        with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as client:
            client.sendall(b"GET /api/v3/statements HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 401"
            connections = running._server.server_state.connections  # noqa: SLF001
            (served,) = (each.transport.get_extra_info("socket") for each in connections)
            assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_stops_the_start_with_a_remedy(sandbox: Sandbox):
    port = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(CannotStart, match=f"cannot listen on port {port}.*free one"):
        Sandbox(port=port).start()


def test_a_start_that_fails_gives_the_port_back(monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def broken(name: str) -> Edition:
        raise LookupError(name)

    monkeypatch.setattr(running_sandbox, "edition", broken)
    with pytest.raises(LookupError):
        Sandbox(port=port).start()
    socket.create_server(("127.0.0.1", port)).close()
