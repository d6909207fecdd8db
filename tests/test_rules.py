"""Every rule of the contract is kept: its own request breaks it, and nothing else does."""

from __future__ import annotations

import json

import pytest
from client import client, errors, faults, register, sandbox, send_example
from controls_client import saved

from lp_contract.contract import Operation, Rule
from lp_guide.requests_and_answers import TOKEN, breaking
from lp_guide.requests_and_answers import Request as Written
from lp_sandbox.app import App
from lp_sandbox.controls import new_world_defaults
from lp_sandbox.request.refusals import Broken
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.rules import BoundRule, broken
from lp_sandbox.worlds.records import InvariantError

CONTRACT = register().contract
STATEFUL = [operation for operation in CONTRACT.operations.values() if register().is_stateful(operation.id)]
CASES = [
    pytest.param(operation, rule, id=f"{operation.id}-{rule.name}")
    for operation in STATEFUL
    for rule in operation.breakable_rules
]


def told(rule: Rule) -> tuple[str, str]:
    return rule.field, rule.message


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_a_request_that_breaks_a_rule_is_refused_with_its_message_and_no_other(operation: Operation, rule: Rule):
    answer = send_example(client(sandbox()), operation, rule)
    expected = {told(rule), *(told(CONTRACT.rules[name]) for name in rule.brings)}
    assert answer.status == 422
    assert set(errors(answer)) == expected
    assert len(errors(answer)) == len(expected)


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_with_the_rule_switched_off_the_same_request_is_not_refused_by_it(
    operation: Operation, rule: Rule, caplog: pytest.LogCaptureFixture
):
    answer = send_example(client(sandbox(without={rule.name})), operation, rule)
    assert told(rule) not in errors(answer)
    assert set(faults(caplog)) <= {InvariantError}
    assert (answer.status == 500) == bool(faults(caplog))


@pytest.mark.parametrize("clock", [None, "2027-09-10T09:00:00Z"], ids=["today", "in a year"])
def test_what_the_pages_say_to_send_shows_each_error_in_the_world_that_a_sandbox_begins_with(clock: str | None):
    app = sandbox()
    world = app.worlds.create("default", size=new_world_defaults(register())["size"], clock=clock)
    token = app.worlds.tokens(world)[0].token
    missed = []
    with saved(app) as put_back:
        for contract in (CONTRACT, register().controls):
            for operation in contract.operations.values():
                for rule in operation.breakable_rules:
                    answer = as_written(app, breaking(operation, rule), token)
                    if told(rule) not in errors(answer):
                        missed.append((operation.id, rule.name, answer))
                    put_back()
    assert missed == []


def as_written(app: App, written: Written, token: str) -> Answer:
    """Send a request as it stands on a page, with a token in place of the one shown."""
    path, _, query = written.target.partition("?")
    headers = {name.lower().encode(): value.replace(TOKEN, token).encode() for name, value in written.headers.items()}
    return app.answer(Request(written.method, path, query, headers, written.body.encode(), "127.0.0.1"))


@pytest.mark.parametrize("operation", [o for o in STATEFUL if o.is_write], ids=lambda o: o.id)
def test_the_example_request_of_a_write_breaks_no_rule(operation: Operation):
    assert send_example(client(sandbox()), operation).status == 200


def test_every_rule_of_a_stateful_operation_has_a_function_and_a_case_if_a_request_can_break_it():
    assert {rule.name for operation in STATEFUL for rule in operation.rules} == set(register().checks)
    breakable = {rule.name for rule in CONTRACT.rules.values() if rule.unreachable is None}
    assert {case.values[1].name for case in CASES} == breakable


def bound_rule(name: str, field: str, needs_clean: tuple[str, ...], *, kept: bool) -> BoundRule:
    return BoundRule(Rule(name, field, name, "", {}, needs_clean), lambda _: kept)


@pytest.mark.parametrize(
    ("bound_rules", "expected"),
    [
        pytest.param(
            [bound_rule("first", "a", ("a",), kept=False), bound_rule("second", "a", ("a",), kept=False)],
            ["first"],
            id="a rule that needs its field clean is not asked once the field has an error",
        ),
        pytest.param(
            [bound_rule("first", "a", ("a",), kept=False), bound_rule("second", "a", (), kept=False)],
            ["first", "second"],
            id="a rule that needs nothing clean is always asked",
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
def test_rules_are_asked_in_order_while_what_they_need_is_clean(bound_rules: list[BoundRule], expected: list[str]):
    found: list[Broken] = list(broken(bound_rules, object()))
    names = [one.rule.name for one in found]
    assert names == (expected or ["first"])


WRITTEN = [
    operation
    for operation in STATEFUL
    if "example" in operation.responses[operation.success].get("content", {}).get("application/json", {})
]


@pytest.mark.parametrize("operation", WRITTEN, ids=lambda o: o.id)
def test_an_answer_that_is_written_in_the_contract_is_what_its_example_request_gets(operation: Operation):
    assert json.loads(send_example(client(sandbox()), operation).body) == operation.answer_example
