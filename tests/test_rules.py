"""Every rule of the contract is kept: its own request breaks it, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from client import Client, errors, every_edition, faults, lead_provider, send_example, small_world
from controls_client import saved

from lp_contract.contract import Operation, Rule
from lp_guide.requests_and_answers import TOKEN, breaking
from lp_guide.requests_and_answers import Request as Written
from lp_sandbox.app import App, layout
from lp_sandbox.controls import new_world_defaults
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.refusals import Broken
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.rules import BoundRule, broken
from lp_sandbox.worlds.records import InvariantError
from lp_sandbox.worlds.store.open_store import open_store

EDITIONS = {edition.contract.edition: edition for edition in every_edition()}
STATEFUL = [
    pytest.param(edition, operation, id=f"{name}-{operation.id}")
    for name, edition in EDITIONS.items()
    for operation in edition.contract.operations.values()
    if edition.is_stateful(operation.id)
]
CASES = [
    pytest.param(edition, operation, rule, id=f"{case.id}-{rule.name}")
    for case in STATEFUL
    for edition, operation in [case.values]
    for rule in operation.breakable_rules
]


@cache
def shared(name: str, without: str = "") -> App:
    """A sandbox on the store that all of an edition share."""
    if not without:
        return small_world(EDITIONS[name])
    return App([EDITIONS[name]], shared(name).worlds._store, without={without})  # noqa: SLF001


@contextmanager
def client_of(edition: Edition, without: str = "") -> Iterator[Client]:
    """Yield a client of a sandbox, perhaps without a rule. The sandbox is shared, and restored afterwards."""
    app = shared(edition.contract.edition, without)
    with app.undone():
        yield lead_provider(app)


def shows(answer: Answer, rule: Rule) -> bool:
    """Return whether an answer has the message of a rule: errors of one field can be joined."""
    return any(title == rule.field and rule.message in detail for title, detail in errors(answer))


@pytest.mark.parametrize(("edition", "operation", "rule"), CASES)
def test_a_request_that_breaks_a_rule_is_refused_with_its_message_and_no_other(
    edition: Edition, operation: Operation, rule: Rule
):
    with client_of(edition) as client:
        answer = send_example(client, operation, rule)
    assert answer.status == 422
    assert json.loads(answer.body) == operation.refusal(rule)
    broken_rules = (rule, *operation.broken_with(rule))
    assert answer.reasons == tuple(each.name for each in operation.rules if each in broken_rules)


@pytest.mark.parametrize(("edition", "operation", "rule"), CASES)
def test_with_the_rule_switched_off_the_same_request_is_not_refused_by_it(
    edition: Edition, operation: Operation, rule: Rule, caplog: pytest.LogCaptureFixture
):
    with client_of(edition, without=rule.name) as client:
        answer = send_example(client, operation, rule)
    assert not shows(answer, rule)
    assert set(faults(caplog)) <= {InvariantError}
    assert (answer.status == 500) == bool(faults(caplog))


LATER = {"register": "2027-09-10T09:00:00Z", "ecf": "2026-03-31T09:00:00Z"}
"""A clock with which a world can begin, long after that of the pages. The stories of ECF end with its last cohort."""


@pytest.mark.parametrize(
    ("edition", "clock"),
    [
        pytest.param(edition, clock, id=f"{name}-{clock or 'usual'}")
        for name, edition in EDITIONS.items()
        for clock in (None, LATER[name])
    ],
)
def test_what_the_pages_say_to_send_shows_each_error_in_the_world_that_a_sandbox_begins_with(
    edition: Edition, clock: str | None
):
    app = App([edition], open_store("memory", layout([edition])))
    size = new_world_defaults(edition)["size"]
    world = app.worlds.create(edition.template.default_world, size=size, clock=clock)
    token = app.worlds.tokens(world)[0].token
    missed = []
    with saved(app) as put_back:
        for contract in (edition.contract, edition.controls):
            for operation in contract.operations.values():
                for rule in operation.breakable_rules:
                    answer = as_written(app, breaking(operation, rule), token)
                    if not shows(answer, rule):
                        missed.append((operation.id, rule.name, answer))
                    if answer.status < 300:  # a refusal changes nothing
                        put_back()
    assert missed == []


def as_written(app: App, written: Written, token: str) -> Answer:
    """Send a request as it stands on a page, with a token in place of the one shown."""
    path, _, query = written.target.partition("?")
    headers = {name.lower().encode(): value.replace(TOKEN, token).encode() for name, value in written.headers.items()}
    return app.answer(Request(written.method, path, query, headers, written.body.encode(), "127.0.0.1"))


WRITES = [case for case in STATEFUL if case.values[1].is_write]


@pytest.mark.parametrize(("edition", "operation"), WRITES)
def test_the_example_request_of_a_write_breaks_no_rule(edition: Edition, operation: Operation):
    with client_of(edition) as client:
        assert send_example(client, operation).status == 200


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS)
def test_every_rule_of_a_stateful_operation_has_a_function_and_a_case_if_a_request_can_break_it(edition: Edition):
    rules = {rule.name: rule for case in STATEFUL if case.values[0] is edition for rule in case.values[1].rules}
    assert rules.keys() == set(edition.checks)
    breakable = {name for name, rule in rules.items() if rule.unreachable is None}
    assert {case.values[2].name for case in CASES if case.values[0] is edition} == breakable


def bound_rule(name: str, field: str, needs_clean: tuple[str, ...], *, kept: bool) -> BoundRule:
    return BoundRule(Rule(name, field, name, "", {}, needs_clean), lambda _: kept)


@pytest.mark.parametrize(
    ("bound_rules", "expected"),
    [
        pytest.param(
            [bound_rule("first", "a", ("a",), kept=False), bound_rule("second", "a", ("a",), kept=False)],
            ["first"],
            id="a rule that needs its field clean is not checked once the field has an error",
        ),
        pytest.param(
            [bound_rule("first", "a", ("a",), kept=False), bound_rule("second", "a", (), kept=False)],
            ["first", "second"],
            id="a rule that needs nothing clean is always checked",
        ),
        pytest.param(
            [bound_rule("first", "a", ("a",), kept=False), bound_rule("second", "b", ("a", "b"), kept=False)],
            [],
            id="a rule can need several fields clean",
        ),
        pytest.param(
            [bound_rule("first", "a", ("a",), kept=True), bound_rule("second", "a", ("a",), kept=False)],
            ["second"],
            id="a rule that is kept makes no error",
        ),
    ],
)
def test_rules_are_checked_in_order_while_the_fields_that_they_need_have_no_errors(
    bound_rules: list[BoundRule], expected: list[str]
):
    found: list[Broken] = list(broken(bound_rules, object()))
    names = [one.rule.name for one in found]
    assert names == (expected or ["first"])


WRITTEN = [
    case
    for case in STATEFUL
    for operation in [case.values[1]]
    if "example" in operation.responses[operation.success].get("content", {}).get(operation.media_type, {})
]


@pytest.mark.parametrize(("edition", "operation"), WRITTEN)
def test_an_answer_that_is_written_in_the_contract_is_what_its_example_request_gets(
    edition: Edition, operation: Operation
):
    with client_of(edition) as client:
        answer = send_example(client, operation)
    assert json.loads(answer.body) == operation.answer_example
