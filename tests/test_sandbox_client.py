"""The worlds that the requests of pages go to: each page finds its world as a new one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from client import every_edition
from site_helpers import SANDBOX

from lp_guide.requests_and_answers import Request, Response
from lp_guide.sandbox_client import Sandbox, World
from lp_sandbox.request.edition import Edition

CLOCK, LATER = "2026-09-15T09:00:00Z", "2026-10-15T09:00:00Z"
CLOCKS = Request("GET", "/_sandbox/clock?world={}")
LISTED = Request("GET", "/api/v3/partnerships", {"Authorization": "Bearer YOUR_TOKEN"})
MOVED = Request("POST", "/_sandbox/clock/advance?world={}", {"Content-Type": "application/json"}, '{"duration": "P1D"}')


@pytest.fixture
def pages() -> Iterator[Sandbox]:
    with Sandbox(SANDBOX) as sandbox:
        yield sandbox


def send(sandbox: Sandbox, request: Request, world: World) -> Response:
    target = request.target.format(world.id)
    return sandbox.send(Request(request.method, target, request.headers, request.body), world.token)


def now(sandbox: Sandbox, world: World) -> str:
    """Return the time of a world."""
    return send(sandbox, CLOCKS, world).body["now"]


def test_a_world_to_write_to_is_as_new_every_time(pages: Sandbox):
    for _ in range(3):
        world = pages.fresh(CLOCK)
        assert now(pages, world) == CLOCK
        assert send(pages, MOVED, world).status == 200
        assert now(pages, world) != CLOCK == now(pages, pages.pristine(CLOCK))
        pages.discard(world)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_worlds_that_are_written_to_at_once_are_independent(pages: Sandbox, order: tuple[int, int]):
    worlds = pages.fresh(CLOCK), pages.fresh(CLOCK)
    assert send(pages, MOVED, worlds[0]).status == 200
    assert now(pages, worlds[1]) == CLOCK
    for place in order:
        pages.discard(worlds[place])
    assert now(pages, pages.fresh(CLOCK)) == CLOCK


def test_a_world_to_read_that_is_made_while_another_is_written_to_can_be_read_afterwards(pages: Sandbox):
    written = pages.fresh(CLOCK)
    assert send(pages, LISTED, pages.pristine(LATER)).status == 200
    pages.discard(written)
    assert send(pages, LISTED, pages.pristine(LATER)).status == 200


@pytest.mark.parametrize("edition", every_edition(), ids=lambda edition: edition.contract.edition)
def test_no_world_is_made_to_learn_which_operations_are_answered_from_data(edition: Edition):
    with Sandbox(SANDBOX, edition=edition.contract.edition) as sandbox:
        learned = sandbox.stateful(CLOCK)
        assert sandbox.send(Request("GET", "/_sandbox/worlds"), "").body == []
    assert learned == [name for name in edition.contract.operations if edition.is_stateful(name)]
