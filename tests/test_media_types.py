"""Pages, checks and coverage take media types and the shape of errors from the contract."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from site_helpers import contract

from lp_contract import SPEC
from lp_contract.contract import Contract, load
from lp_contract.operation import Operation
from lp_contract.published_document import published
from lp_contract.service_conventions import AuthorizationConvention, Conventions, ErrorConvention
from lp_guide import contract_vocabulary
from lp_guide.contract_checks import check
from lp_guide.coverage.detector import Detector
from lp_guide.errors_in_answers import has_error, is_refusal
from lp_guide.page_request_runner import read_request
from lp_guide.reference_urls import Addresses
from lp_guide.requests_and_answers import Exchange, Request, Response, example_request, usual_headers
from lp_guide.sandbox_client import body_of

VENDOR = "application/vnd.api+json"
SHAPES = {
    "a list": ErrorConvention(),
    "a list with the messages of a field joined": ErrorConvention(join=", "),
    "another list": ErrorConvention(entry={"field": "{title}", "message": "{detail}"}, body={"problems": "{errors}"}),
    "no list": ErrorConvention(body={"status": "{status}", "field": "{title}", "message": "{detail}"}),
}
PRESENT, KNOWN = (contract().rules[f"school_is_{name}"] for name in ("present", "known"))


def create(errors: ErrorConvention) -> Operation:
    return dataclasses.replace(contract().operations["createPartnership"], conventions=Conventions(errors=errors))


def refusal(errors: ErrorConvention, *names: str) -> Any:
    rules = [contract().rules[name] for name in names]
    return errors.body_of(422, [(rule.field, rule.message) for rule in rules])


@pytest.mark.parametrize("shape", SHAPES)
def test_an_error_is_found_in_every_shape(shape: str):
    errors = SHAPES[shape]
    body = refusal(errors, "school_is_present")
    assert has_error(errors, body, PRESENT)
    assert not has_error(errors, body, KNOWN)
    assert is_refusal(create(errors), body, PRESENT, [])


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "no list"])
def test_errors_of_one_answer_can_be_distinguished(shape: str):
    errors = SHAPES[shape]
    body = refusal(errors, "school_is_present", "school_is_known")
    assert has_error(errors, body, PRESENT)
    assert has_error(errors, body, KNOWN)
    assert not is_refusal(create(errors), body, PRESENT, [])
    assert is_refusal(create(errors), body, PRESENT, [KNOWN])


def test_a_request_on_a_page_shows_a_rule_whatever_the_shape_of_errors():
    errors = SHAPES["another list"]
    own = dataclasses.replace(contract(), operations={"createPartnership": create(errors)})
    sent = Request("POST", "/api/v3/partnerships")
    shown = Detector(Addresses([own])).in_exchange(Exchange(sent, Response(422, refusal(errors, "school_is_present"))))
    assert [thing.name for thing in shown if thing.kind == "rules"] == ["school_is_present"]


BODIES = {
    "JSON": ("application/json; charset=utf-8", b'{"a": 1}', {"a": 1}),
    "another type of JSON": (VENDOR, b"[1]", [1]),
    "CSV": ("text/csv", b"id,name\n1,one\n", "id,name\n1,one\n"),
    "nothing": ("text/html", b"", None),
}


@pytest.mark.parametrize("case", BODIES)
def test_an_answer_is_read_by_its_type(case: str):
    kind, sent, expected = BODIES[case]
    assert body_of(httpx.Response(200, headers={"Content-Type": kind}, content=sent)) == expected


def test_requests_have_the_scheme_and_the_media_type_of_the_contract():
    conventions = Conventions(authorization=AuthorizationConvention(schemes=("Token",)))
    assert usual_headers(conventions, VENDOR, takes_token=True) == {
        "Authorization": "Token YOUR_TOKEN",
        "Content-Type": VENDOR,
    }
    assert usual_headers(conventions, "", takes_token=False) == {}


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract with another JSON type."""
    root = tmp_path_factory.mktemp("vendor")
    shutil.copytree(SPEC / "register", root / "register", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (root / "register").glob("*.yaml"):
        file.write_text(file.read_text().replace("application/json", VENDOR))
    return root


@pytest.fixture(scope="module")
def vendored(vendor: Path) -> Contract:
    return load("register", vendor)


def test_a_contract_with_another_json_type_is_sound(vendor: Path):
    assert check("register", vendor) == ()


def test_a_mistake_in_an_answer_of_another_json_type_is_found(vendor: Path, tmp_path: Path):
    shutil.copytree(vendor, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "register" / "schools.yaml"
    file.write_text(file.read_text().replace("          examples: [Ashgrove Primary School]\n", "", 1))
    (complaint,) = check("register", tmp_path)
    assert complaint.check == "missing-example"


def test_its_fields_examples_and_requests_are_the_same(vendored: Contract):
    assert contract_vocabulary.homes(vendored).keys() == contract_vocabulary.homes(contract()).keys()
    op = vendored.operations["createPartnership"]
    assert example_request(op).headers["Content-Type"] == VENDOR
    assert read_request("POST /api/v3/partnerships\n\n{}", [vendored]).headers["Content-Type"] == VENDOR
    answers = published(vendored)["paths"]["/api/v3/partnerships"]["post"]["responses"]
    assert answers["200"]["content"][VENDOR]["example"] == op.answer_example
    assert answers["422"]["content"][VENDOR]["examples"].keys() == {rule.name for rule in op.breakable_rules}
