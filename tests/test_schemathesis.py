"""Schemathesis over the sandbox: what the contract promises is what is answered, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import schemathesis_setup as judge
from schemathesis import Case, Response
from schemathesis.core.failures import FailureGroup

API = judge.Subject.of("register")
EXAMPLES = API.schema("examples")
COVERAGE = API.schema("coverage")
FUZZING = API.schema("fuzzing", max_examples=20)

CONTROLS = judge.Subject.of("register/sandbox")
CONTROLS_COVERAGE = CONTROLS.schema("coverage")
CONTROLS_FUZZING = CONTROLS.schema("fuzzing", max_examples=20)


@EXAMPLES.parametrize()
def test_the_contracts_examples_are_answered_as_it_says(case: Case):
    API.judge(case)


@COVERAGE.parametrize()
def test_the_edges_of_every_schema_are_kept(case: Case):
    API.judge(case)


@FUZZING.parametrize()
def test_whatever_is_sent_is_answered_as_the_contract_says(case: Case):
    API.judge(case)


WAYS = [
    ("createPartnership", "getPartnerships", "updatePartnership"),
    ("createDeclaration", "getDeclarations", "getParticipant", "voidDeclaration"),
    ("createDeclaration", "voidDeclaration", "createDeclaration"),
    ("getParticipants", "deferParticipant", "withdrawParticipant"),
]


@pytest.fixture(scope="module")
def walk() -> judge.Walk:
    return API.walk(*WAYS)


def test_every_link_of_the_contract_leads_on(walk: judge.Walk, record_property: Callable[[str, str], None]):
    record_property("transitions", str(walk))
    assert not walk.dead_ends


def test_every_operation_succeeds_in_a_sequence(walk: judge.Walk):
    assert walk.reached == API.contract.operations.keys()


def test_what_is_created_is_listed_acted_on_and_taken_back(walk: judge.Walk):
    assert not walk.missed


@CONTROLS_COVERAGE.parametrize()
def test_the_edges_of_the_controls_are_kept(case: Case):
    CONTROLS.judge(case)


@CONTROLS_FUZZING.parametrize()
def test_whatever_is_sent_to_the_controls_is_answered_as_they_say(case: Case):
    CONTROLS.judge(case)


NEVER_DELETED = "GET /_sandbox/worlds -> [200] deleteWorld -> DELETE /_sandbox/worlds/{id}"
"""The first world of the list is the default one, which cannot be removed."""


def test_every_link_of_the_controls_leads_on(record_property: Callable[[str, str], None]):
    walk = CONTROLS.walk(("createWorld", "takeSnapshot", "restoreSnapshot"), examples=4, never=[NEVER_DELETED])
    record_property("transitions", str(walk))
    assert not walk.dead_ends
    assert not walk.missed


def refused(operation: str, status: int, *errors: tuple[str, str]) -> tuple[Case, Response]:
    """Return a case of an operation, and a refusal to it that the sandbox did not give."""
    case = EXAMPLES.find_operation_by_id(operation).Case(path_parameters={"id": "1"})
    body = {"errors": [{"title": title, "detail": detail} for title, detail in errors]}
    return case, judge.answer_to(case, status, json.dumps(body).encode())


def the(rule: str) -> tuple[str, str]:
    return API.contract.rules[rule].field, API.contract.rules[rule].detail


def test_a_422_that_names_rules_of_the_operation_is_right():
    case, answer = refused("createPartnership", 422, the("cohort_is_known"), the("school_is_eligible"))
    case.validate_response(answer, checks=API.checks)


@pytest.mark.parametrize(
    "errors",
    [
        [("school_id", "The moon is full.")],
        [the("school_is_eligible"), ("school_id", "The moon is full.")],
        [("cohort", the("school_is_eligible")[1])],
        [the("delivery_partner_not_already_confirmed")],
        [],
    ],
    ids=["made up", "made up beside a rule", "another field's", "another operation's", "without errors"],
)
def test_a_422_that_names_no_rule_of_the_operation_is_refused(errors: list[tuple[str, str]]):
    case, answer = refused("createPartnership", 422, *errors)
    with pytest.raises(FailureGroup, match="a_refusal_names_a_listed_rule"):
        case.validate_response(answer, checks=API.checks)


def test_a_422_of_an_operation_without_rules_is_refused():
    case, answer = refused("getPartnership", 422, the("school_is_eligible"))
    with pytest.raises(FailureGroup, match="a_refusal_names_a_listed_rule"):
        case.validate_response(answer, checks=API.checks)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500])
def test_a_refusal_in_words_that_the_contract_does_not_list_is_refused(status: int):
    case, answer = refused("getPartnership", status, ("Bad request", "The moon is full."))
    with pytest.raises(FailureGroup, match="a_refusal_is_a_listed_problem"):
        case.validate_response(answer, checks=API.checks)
