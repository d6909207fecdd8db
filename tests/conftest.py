from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from client import Client, client, every_edition, register, small_world
from site_helpers import BUILT_SITE, whole_site

hypothesis.settings.register_profile("busy", deadline=None)  # an example takes longer while other programs run
hypothesis.settings.load_profile("busy")
gc.set_threshold(50_000, 10, 10)  # by default 700, 10, 10: most objects of a worker are contracts that stay
gc.disable()  # until the tests are collected


def pytest_configure(config: pytest.Config) -> None:
    """Let the workers of a run share one build of the site: their temporary folders have one parent.

    A program that a shell starts in the background ignores SIGINT, and one that `nohup` starts ignores SIGHUP.
    Programs that the tests start would inherit that. They do not inherit handlers, so this sets handlers.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)
    if hasattr(config, "workerinput"):
        os.environ.setdefault(BUILT_SITE, str(Path(config.option.basetemp).parent / "built-site"))


LONGEST_FIRST = (
    "test_browser.py",
    "test_wheel.py",
    "test_service_in_browser.py",
    "test_contract_checks.py",
    "test_contract_mutants.py",
    "test_schemathesis.py",
    "test_scenarios.py",
    "test_writers_mistakes.py",
    "test_linear_time_of_sandbox_parsers.py",
    "test_repeated_builds.py",
    "test_partnership_state_machine.py",
    "test_server.py",
    "test_pages.py",
    "test_service_walk.py",
)
"""The slowest files. They start first, so that all workers finish at about the same time."""
LAST = (
    "test_watch.py",
    "test_recorded_answers.py",
    "test_unreadable_files.py",
    "test_diff.py",
    "test_version_tables.py",
    "test_clock.py",
    "test_published_document.py",
    "test_bookmarks_and_stored_documents.py",
)
"""The files that end a run.

The last test of the first one measures how soon a save is shown. By then few other tests keep the processors busy.
Its worker gets the fifth as well, which is the shortest.
"""


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: some tests wait for programs that they have started."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest files first, and those of LAST at the end."""
    others = len(LONGEST_FIRST)
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    places |= {name: place for place, name in enumerate(LAST, others + 1)}
    items.sort(key=lambda item: places.get(item.path.name, others))


def pytest_collection_finish() -> None:
    """Turn the garbage collector on. It skips the tests and modules that exist until the end."""
    gc.freeze()
    gc.enable()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Let a worker report each test once, unless its fixtures fail: six messages take longer than many a test."""
    if not hasattr(item.config, "workerinput"):
        return None
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Collect garbage after each file of tests. From then on the garbage collector skips what is left: caches."""
    if nextitem and nextitem.path != item.path:
        gc.collect()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Collect garbage once. Then pytest does it five times, to find what was not closed, and skips what is left."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _the_garbage_collector_stays_on() -> Iterator[None]:
    """Fail a test that leaves the garbage collector off: later sandboxes would not free their memory."""
    yield
    is_on = gc.isenabled()
    gc.enable()
    assert is_on


@pytest.fixture(autouse=True)
def _signals_are_handled_as_before() -> Iterator[None]:
    """Restore the signal handlers: a command ignores signals at its end, and later programs would inherit that."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def ashdown() -> Client:
    """A client of the lead provider in the guidance, in a small world of its own with a fixed clock."""
    return client(small_world(register()))


@pytest.fixture
def brightwater(ashdown: Client) -> Client:
    """A client of another lead provider in the same world."""
    return client(ashdown.app, lead_provider="Brightwater")


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    from lp_guide.built_files import write

    folder = tmp_path_factory.mktemp("site")
    write(folder, whole_site())
    return folder


MUTANT = "mutant"
"""The property of a test report that names the check that killed a mutant; empty for a mutant that survived."""
BREAKS = "test_a_request_that_breaks_a_rule_is_refused_with_its_message_and_no_other"
BITES = "test_with_the_rule_switched_off_the_same_request_is_not_refused_by_it"


def pytest_terminal_summary(terminalreporter):
    """Report the number of checked rules and of their cases, the mutants, and the links that were followed."""
    passed = terminalreporter.stats.get("passed", ())
    _report_rules(terminalreporter, [report.nodeid for report in passed])
    _report_mutants(terminalreporter)
    for report in passed:
        for name, value in report.user_properties:
            if name == MUTANT:
                continue
            terminalreporter.section(f"{name}: {report.nodeid}")
            terminalreporter.line(value)


def _report_mutants(terminalreporter):
    reports = [report for found in ("passed", "failed") for report in terminalreporter.stats.get(found, ())]
    fates = Counter(fate for report in reports for name, fate in report.user_properties if name == MUTANT)
    if fates:
        killed = fates.total() - fates[""]
        how = ", ".join(f"{count} {fate}" for fate, count in fates.items() if fate)
        terminalreporter.section("mutants")
        terminalreporter.line(f"{killed} of {fates.total()} killed, {killed / fates.total():.0%}: {how}")


def _report_rules(terminalreporter, passed):
    for edition in every_edition():
        name = edition.contract.edition
        cases, bites = (sum(f"::{test}[{name}-" in nodeid for nodeid in passed) for test in (BREAKS, BITES))
        if cases or bites:
            rules = sum(len(operation.rules) for operation in edition.contract.operations.values())
            terminalreporter.section(f"rules of {name}")
            terminalreporter.line(
                f"{rules} rules checked, {cases} cases refused as expected, {bites} cases that fail without the rule"
            )
