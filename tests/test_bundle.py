"""The published document is sound, and has an example of every answer and every error."""

from __future__ import annotations

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from site_parts import contract, whole_site

from generator.bundle import published, to_yaml
from spec.merging import references


@pytest.fixture(scope="module")
def document():
    return published(contract())


def entry(document, name):
    op = contract().operations[name]
    return document["paths"][op.path][op.method.lower()]


def response(document, name, status):
    found = entry(document, name)["responses"][status]
    return document["components"]["responses"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found


def test_the_document_is_openapi_3_1(document):
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())


def test_every_rule_is_a_named_example_of_the_422_of_every_operation_that_asks_it(document):
    for op in contract().operations.values():
        for rule in op.rules:
            shown = response(document, op.id, "422")["content"]["application/json"]["examples"][rule.name]
            assert shown["summary"] == rule.when
            brought = [contract().rules[name] for name in rule.brings]
            expected = [{"title": each.field, "detail": each.message} for each in (rule, *brought)]
            assert sorted(shown["value"]["errors"], key=str) == sorted(expected, key=str)


def test_every_problem_is_a_named_example_of_the_answers_it_can_be(document):
    for op in contract().operations.values():
        for status, given in op.responses.items():
            for name in given.get("x-problems", ()):
                (content,) = response(document, op.id, status)["content"].values()
                assert content["examples"][name]["value"] == contract().problems[name].body


def test_every_successful_answer_has_an_example_that_fits_its_schema(document):
    for op in contract().operations.values():
        example = entry(document, op.id)["responses"][op.success]["content"]["application/json"]["example"]
        jsonschema.validate(example, op.response)


def test_every_error_example_fits_its_schema(document):
    for op in contract().operations.values():
        for status, given in op.responses.items():
            for kind, content in response(document, op.id, status).get("content", {}).items():
                for shown in content.get("examples", {}).values():
                    jsonschema.validate(shown["value"], given["content"][kind]["schema"])


def test_the_rules_stand_in_it_by_name(document):
    assert set(document["x-business-rules"]) == set(contract().rules)
    assert document["x-business-rules"]["school_is_eligible"]["broken_by"]
    assert entry(document, "createPartnership")["x-rules"][0] == "cohort_is_present"


def test_our_own_shorthand_is_not_in_it(document):
    assert "x-problems" not in to_yaml(document)
    assert all(target.startswith("#/components/") for _, target in references(document))


def test_parameters_stand_with_the_operation_because_swagger_ui_does_not_look_above_it(document):
    for item in document["paths"].values():
        assert "parameters" not in item
    assert {"$ref": "#/components/parameters/ServerDate"} in entry(document, "createPartnership")["parameters"]


def test_making_it_leaves_the_contract_as_it_was():
    before = to_yaml(contract().document)
    published(contract())
    assert to_yaml(contract().document) == before


def test_readers_of_yaml_1_1_read_the_same(document):
    assert yaml.safe_load(to_yaml(document)) == document


def test_it_is_published_under_both_names():
    files = whole_site()
    assert files["api/docs/v3/openapi.yaml"] == files["api/docs/v3/swagger.yaml"]
