"""Schemathesis over the sandbox: what the contract promises is what is answered, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial

import pytest
import schemathesis_setup as judge
from client import every_edition
from schemathesis import Case, Response
from schemathesis.core.failures import FailureGroup

from lp_contract.publications import Publication
from lp_sandbox.request.edition import Edition

EDITIONS = {edition.contract.edition: edition for edition in every_edition()}


def api(edition: Edition, *ways: judge.Way, made_up: int, walks: int) -> type:
    """Return the tests of an edition's API.

    `ways` are what must succeed one after the other. `made_up` is how many requests are made up for an operation, and
    `walks` how many sequences follow its links.
    """
    subject = cache(partial(judge.Subject.of, edition))
    listed = judge.in_document(edition.contract)
    answered = [name for name in listed if edition.is_stateful(name)]

    @cache
    def walk() -> judge.Walk:
        return subject().walk(*ways, examples=walks)

    class OfApi:
        @pytest.mark.parametrize("operation", listed)
        def test_the_contracts_examples_are_answered_as_it_says(self, operation: str):
            subject().try_out(operation, "examples")

        @pytest.mark.parametrize("operation", answered)
        def test_the_edges_of_every_schema_are_kept(self, operation: str):
            subject().try_out(operation, "coverage")

        @pytest.mark.parametrize("operation", answered)
        def test_whatever_is_sent_is_answered_as_the_contract_says(self, operation: str):
            subject().try_out(operation, "fuzzing", made_up)

        def test_every_link_of_the_contract_can_be_followed(self, record_property: Callable[[str, str], None]):
            record_property("transitions", str(walk()))
            assert not walk().dead_ends

        def test_every_operation_succeeds_in_a_sequence(self):
            assert walk().reached == subject().operations.keys()

        def test_what_is_created_is_listed_acted_on_and_taken_back(self):
            assert not walk().missed

    return OfApi


TestRegister = api(
    EDITIONS["register"],
    ("createPartnership", "getPartnerships", "updatePartnership"),
    ("createDeclaration", "getDeclarations", "getParticipant", "voidDeclaration"),
    ("createDeclaration", "voidDeclaration", "createDeclaration"),
    ("getParticipants", "deferParticipant", "withdrawParticipant"),
    made_up=20,
    walks=8,
)
TestEcf = api(
    EDITIONS["ecf"],
    ("createPartnership", "getPartnerships", "updatePartnership"),
    made_up=8,
    walks=2,
)


def earlier(edition: Edition, publication: Publication) -> type:
    """Return the tests of another version. Its bodies and rules are those of the first document, so only reads vary."""
    subject = cache(partial(judge.Subject.of, edition, publication))
    listed = judge.in_document(edition.contract, publication)
    answered = [name for name in listed if edition.is_stateful(name)]

    class OfVersion:
        @pytest.mark.parametrize("operation", answered)
        def test_the_contracts_examples_are_answered_as_it_says(self, operation: str):
            subject().try_out(operation, "examples")

        @pytest.mark.parametrize("operation", [name for name in answered if not listed[name].is_write])
        def test_the_edges_of_what_is_read_are_kept(self, operation: str):
            subject().try_out(operation, "coverage")

        def test_every_operation_is_tried(self):
            assert answered == [*listed]

    return OfVersion


TestEcfVersion1, TestEcfVersion2 = (
    earlier(EDITIONS["ecf"], each) for each in EDITIONS["ecf"].contract.publications[1:]
)

api_of_register = cache(partial(judge.Subject.of, EDITIONS["register"]))
controls = cache(partial(judge.Subject.controls_of, EDITIONS["register"]))
actors_of_ecf = cache(partial(judge.Subject.controls_of, EDITIONS["ecf"]))
CONTROLS = judge.in_document(EDITIONS["register"].controls)


@pytest.mark.parametrize("operation", CONTROLS)
def test_the_edges_of_the_controls_are_kept(operation: str):
    controls().try_out(operation, "coverage")


@pytest.mark.parametrize("operation", CONTROLS)
def test_whatever_is_sent_to_the_controls_is_answered_as_they_say(operation: str):
    controls().try_out(operation, "fuzzing", 20)


TITLED_BY_FILE = {"createCohort"}
"""Its errors are titled by the file that they are about, which the check of rules does not know."""
ACTS_OF_ECF = [
    name
    for name, operation in judge.in_document(EDITIONS["ecf"].controls).items()
    if operation.tag == "Actors" and operation.request_media_type == "application/json" and name not in TITLED_BY_FILE
]


@pytest.mark.parametrize("operation", ACTS_OF_ECF)
def test_the_edges_of_what_the_actors_of_ecf_do_are_kept(operation: str):
    actors_of_ecf().try_out(operation, "coverage")


NEVER_DELETED = "GET /_sandbox/worlds -> [200] deleteWorld -> DELETE /_sandbox/worlds/{id}"
"""The first world of the list is the default one, which cannot be removed."""


def test_every_link_of_the_controls_can_be_followed(record_property: Callable[[str, str], None]):
    walk = controls().walk(("createWorld", "takeSnapshot", "restoreSnapshot"), examples=4, never=[NEVER_DELETED])
    record_property("transitions", str(walk))
    assert not walk.dead_ends
    assert not walk.missed


def refused(operation: str, status: int, *errors: tuple[str, str]) -> tuple[Case, Response]:
    """Return a case of an operation, and a refusal to it that the sandbox did not give."""
    found = api_of_register().schema("examples").find_operation_by_id(operation)
    case = found.Case(path_parameters={"id": "1"})
    body = {"errors": [{"title": title, "detail": detail} for title, detail in errors]}
    return case, judge.answer_to(case, status, json.dumps(body).encode())


def the(rule: str) -> tuple[str, str]:
    found = EDITIONS["register"].contract.rules[rule]
    return found.field, found.detail


def test_a_422_that_names_rules_of_the_operation_is_right():
    case, answer = refused("createPartnership", 422, the("cohort_is_known"), the("school_is_eligible"))
    case.validate_response(answer, checks=api_of_register().checks)


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
        case.validate_response(answer, checks=api_of_register().checks)


def test_a_422_of_an_operation_without_rules_is_refused():
    case, answer = refused("getPartnership", 422, the("school_is_eligible"))
    with pytest.raises(FailureGroup, match="a_refusal_names_a_listed_rule"):
        case.validate_response(answer, checks=api_of_register().checks)


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500])
def test_a_refusal_in_words_that_the_contract_does_not_list_is_refused(status: int):
    case, answer = refused("getPartnership", status, ("Bad request", "The moon is full."))
    with pytest.raises(FailureGroup, match="a_refusal_is_a_listed_problem"):
        case.validate_response(answer, checks=api_of_register().checks)
