"""The pytest plugin: the fixtures lp_sandbox and lp_world. It needs no configuration.

pytest imports it in every project of an environment, so it imports the sandbox only for tests that use it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from inspect import signature
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lp_sandbox.testing import Sandbox, World

MARKER = "lp_world"
ARGUMENTS = "edition=None, size=None, seed=0, clock=None, lead_provider=None"
"""Those of the marker, which are the arguments of Sandbox.world."""
OPTIONS = {
    "edition": "The edition of the worlds in tests, such as ecf.",
    "size": "The size of the worlds in tests, such as standard.",
    "clock": "The time at which the clock of the worlds in tests has stopped, such as 2026-09-15T09:00:00Z.",
}
"""What the command line can set for every world. The marker of a test comes before it."""
STRICT = "--lp-strict"
_WORLD = pytest.StashKey["World"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command line."""
    group = parser.getgroup("lead provider API sandbox")
    for name, help_text in OPTIONS.items():
        group.addoption(f"--lp-{name}", metavar=name.upper(), help=help_text)
    group.addoption(STRICT, action="store_true", help="Refuse a parameter or field that the service would ignore.")


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker."""
    config.addinivalue_line("markers", f"{MARKER}({ARGUMENTS}): the kind of world that the fixture lp_world creates.")


@pytest.fixture(scope="session")
def lp_sandbox(pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    """Run a sandbox of the lead provider API until the tests end."""
    from lp_sandbox.testing import Sandbox

    with Sandbox(strict=pytestconfig.getoption(STRICT)) as sandbox:
        yield sandbox


@pytest.fixture
def lp_world(lp_sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[World]:
    """Create a world that no other test uses. The marker lp_world says what kind."""
    with lp_sandbox.world(**_wanted(lp_sandbox, request.node, request.config)) as world:
        request.node.stash[_WORLD] = world
        yield world


def _wanted(sandbox: Sandbox, node: pytest.Item, config: pytest.Config) -> Mapping[str, Any]:
    """Return the kind of world for a test, from its marker or else from the command line."""
    from lp_sandbox.testing.known_names import require_known

    __tracebackhide__ = True
    given = {name: config.getoption(f"--lp-{name}") for name in OPTIONS}
    marker = node.get_closest_marker(MARKER)
    if marker is None:
        return given
    accepted = signature(sandbox.world)
    for name in marker.kwargs:
        require_known(f"argument of the marker {MARKER}", name, accepted.parameters)
    return given | accepted.bind(*marker.args, **marker.kwargs).arguments


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the requests to the world and its answers to the report of a failed test."""
    report = yield
    world = item.stash.get(_WORLD, None)
    if world and report.failed and report.when != "teardown":
        from lp_sandbox.testing import HasStopped

        with suppress(HasStopped):
            report.sections.append((MARKER, world.report()))
    return report
