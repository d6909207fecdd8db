"""The pytest plugin in projects of others: each test is a small project that pytest runs in this process."""

from __future__ import annotations

import inspect
import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from lp_contract.contract import load
from lp_sandbox import pytest_plugin
from lp_sandbox.testing import Sandbox, World

pytest_plugins = ["pytester"]
IMPORTS = """
import json
import urllib.error
import urllib.request

import pytest

def status_of(world, path, body=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(world.url + path, data, {**world.headers, "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
"""
PARTNERSHIPS = "/api/v3/partnerships"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Run the tests of a project that has the plugin and no other one."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def ran(tests: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(IMPORTS + textwrap.dedent(tests))
        return pytester.runpytest_inprocess("-W", "error", "--strict-markers", *options, plugins=[pytest_plugin])

    return ran


def test_each_test_has_a_world_of_its_own_in_one_sandbox_and_its_marker_comes_before_the_options(run):
    result = run(
        """
        seen = []

        @pytest.mark.parametrize("turn", [1, 2])
        def test_of_the_options(lp_world, turn):
            assert (lp_world.edition, lp_world.clock.now.isoformat()) == ("ecf", "2025-11-03T09:00:00+00:00")
            assert lp_world.requests == []
            assert status_of(lp_world, "/api/v3/statements") == 200
            seen.append((lp_world.url, lp_world.token))

        @pytest.mark.lp_world(edition="register", clock="2026-10-01T09:00:00Z", lead_provider="Brightwater Education")
        def test_of_the_marker(lp_sandbox, lp_world):
            assert (lp_world.edition, lp_world.clock.now.month) == ("register", 10)
            assert lp_world.lead_provider == "Brightwater Education"
            assert lp_world.url == lp_sandbox.url

        def test_of_the_worlds_before():
            assert len({url for url, _ in seen}) == 1
            assert len({token for _, token in seen}) == 2
        """,
        "--lp-edition=ecf",
        "--lp-clock=2025-11-03T09:00:00Z",
    )
    result.assert_outcomes(passed=4)


def test_the_report_of_a_failed_test_has_the_request_the_answer_and_the_reason_for_the_refusal(run):
    rule = load("register").rules["cohort_is_present"]
    result = run(
        f"""
        @pytest.fixture
        def client(lp_world):
            return lp_world

        def test_that_fails(client):
            for _ in range(20):
                status_of(client, "{PARTNERSHIPS}")
            body = {{"data": {{"type": "partnership", "attributes": {{"school_id": "x" * 2000}}}}}}
            assert status_of(client, "{PARTNERSHIPS}", body) == 200

        def test_that_passes(client):
            status_of(client, "/api/v3/never-shown")
        """
    )
    result.assert_outcomes(failed=1, passed=1)
    lines = result.stdout.lines
    report = lines[lines.index(next(line for line in lines if "received 21 requests; the last 10" in line)) :]
    assert sum(line.startswith(f"GET {PARTNERSHIPS} -> 200") for line in report) == 9
    assert any(line.startswith(f"POST {PARTNERSHIPS} -> 422 ({rule.name}, ") for line in report)
    assert any(line.startswith("  answer: ") and rule.detail in line for line in report)
    assert f"  {rule.name}: {rule.when}" in report
    assert max(map(len, report)) < 1000
    assert "never-shown" not in result.stdout.str()
    assert "Bearer" not in result.stdout.str()


def test_a_mistake_in_the_marker_is_an_error_with_a_suggestion(run):
    result = run(
        """
        @pytest.mark.lp_world(editon="ecf")
        def test_of_the_marker(lp_world):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no argument of the marker lp_world 'editon'. Did you mean 'edition'?"])


MISTAKES = {
    "a world": ("", 'lp_world.scenario("nobody")'),
    "an act": ("", 'lp_world.act("school", "report-leaver")'),
    "the clock": ("", 'lp_world.clock.set("soon")'),
    "a list": ("", "lp_world.declarations(stat=1)"),
    "an edition": ('@pytest.mark.lp_world(edition="efc")', "pass"),
    "a size": ('@pytest.mark.lp_world(size="tiny")', "pass"),
    "the clock of the marker": ('@pytest.mark.lp_world(clock="soon")', "pass"),
    "too many arguments": ('@pytest.mark.lp_world("ecf", "small")', "pass"),
}


def test_the_report_of_a_mistake_in_a_test_has_no_line_of_the_kit(run):
    tests = [
        f"{marker}\ndef test_{number}(lp_world): {line}" for number, (marker, line) in enumerate(MISTAKES.values())
    ]
    result = run("\n".join(tests))
    in_marker = sum(bool(marker) for marker, _ in MISTAKES.values())
    result.assert_outcomes(failed=len(MISTAKES) - in_marker, errors=in_marker)
    printed = result.stdout.str()
    assert str(pathlib.Path("lp_sandbox", "testing")) not in printed
    assert len(printed.splitlines()) < 25 * len(MISTAKES)


def test_a_fault_of_the_kit_is_shown_in_full(run, monkeypatch):
    monkeypatch.setattr(World, "_actors", lambda _: {}["fault"])
    result = run('def test_that_acts(lp_world): lp_world.act("school", "report-leaver")')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{pathlib.Path('lp_sandbox', 'testing', 'world.py')}:*"])


def test_a_test_that_stops_the_sandbox_fails_alone(run):
    result = run(
        """
        def test_that_stops_the_sandbox(lp_sandbox, lp_world):
            lp_sandbox.stop()
            assert lp_world.requests == []

        def test_without_a_sandbox():
            pass
        """
    )
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*HasStopped: The sandbox of this world has stopped*"])


def test_the_marker_takes_what_a_world_takes(run):
    run(
        """
        @pytest.mark.lp_world("ecf")
        def test_of_an_edition(lp_world):
            assert lp_world.edition == "ecf"
        """
    ).assert_outcomes(passed=1)


def test_the_marker_and_the_options_are_arguments_of_a_world():
    arguments = inspect.signature(Sandbox.world).parameters
    assert pytest_plugin.OPTIONS.keys() <= arguments.keys()
    assert all(name in pytest_plugin.ARGUMENTS for name in arguments if name != "self")


def test_a_project_without_worlds_does_not_import_the_sandbox():
    code = f"import sys, {pytest_plugin.__name__}; print(*sorted(m for m in sys.modules if m.startswith('lp_')))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["lp_sandbox", pytest_plugin.__name__]
