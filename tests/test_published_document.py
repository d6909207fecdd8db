"""The published document is sound, and has an example of every answer and every error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import quote

import hypothesis
import jsonschema
import pytest
import yaml
from client import client, every_edition, lead_provider, sandbox, small_world
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from site_helpers import contract, contract_with, whole_site

from lp_contract.composed_examples import example_of
from lp_contract.contract import Operation, editions, load
from lp_contract.extract_inline_schemas import NameTaken, with_names
from lp_contract.json_references import references, resolve
from lp_contract.merge_documents import METHODS
from lp_contract.published_document import published, to_json, to_yaml
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Request

PUBLISHED = {
    f"{contract.edition} {publication.paths}" if number else contract.edition: (contract, publication)
    for contract in map(load, editions())
    for number, publication in enumerate(contract.publications)
}
"""The contract and the publication of every document: that of an edition's first has its name."""
SCHEMA_WORDS = ("properties", "enum")
"""A schema with one of these words becomes a class in a generated client."""


@cache
def document_of(name: str) -> dict[str, Any]:
    return published(*PUBLISHED[name])


@cache
def resolved(name: str) -> dict[str, Any]:
    """A document with everything that is referred to in its place."""
    return resolve(document_of(name))


@pytest.fixture(scope="module")
def document():
    return document_of("register")


def entry(document, op: Operation):
    return document["paths"][op.path][op.method.lower()]


def response(document, op: Operation, status: str):
    found = entry(document, op)["responses"][status]
    return document["components"]["responses"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_document_is_openapi_3_1(name: str):
    assert not list(OpenAPIV31SpecValidator(document_of(name)).iter_errors())


OPERATIONS_OF = [
    pytest.param(name, operation, id=f"{contract.edition}-{operation.id}")
    for name, (contract, publication) in PUBLISHED.items()
    for operation in contract.operations.values()
    if publication.holds(operation.path)
]


@pytest.mark.parametrize(("name", "op"), OPERATIONS_OF)
def test_every_rule_is_a_named_example_of_the_422_of_every_operation_that_asks_it(name: str, op: Operation):
    for rule in op.breakable_rules:
        (content,) = response(document_of(name), op, "422")["content"].values()
        shown = content["examples"][rule.name]
        assert (shown["summary"], shown["value"]) == (rule.when, op.refusal(rule))


@pytest.mark.parametrize(("name", "op"), OPERATIONS_OF)
def test_every_problem_is_a_named_example_of_the_answers_it_can_be(name: str, op: Operation):
    problems = PUBLISHED[name][0].problems
    for status, given in op.responses.items():
        shown = response(document_of(name), op, status).get("content", {}).values()
        values = {name: each["value"] for content in shown for name, each in content.get("examples", {}).items()}
        for problem in map(problems.__getitem__, given.get("x-problems", ())):
            assert problem.empty or values[problem.name] == problem.body
        for problem in (problems[each] for each in op.problem_media_types if str(problems[each].status) == status):
            assert json.loads(values[problem.name]) == problem.body


@pytest.mark.parametrize(("name", "op"), OPERATIONS_OF)
def test_every_example_of_an_answer_fits_its_schema(name: str, op: Operation):
    for status, given in op.responses.items():
        for kind, content in response(document_of(name), op, status).get("content", {}).items():
            schema = given["content"][kind]["schema"]
            examples = [each["value"] for each in content.get("examples", {}).values()]
            for example in [*examples, content["example"]] if "example" in content else examples:
                jsonschema.validate(example, schema)


@pytest.mark.parametrize(("name", "op"), OPERATIONS_OF)
def test_every_successful_answer_with_a_body_has_an_example(name: str, op: Operation):
    for content in response(document_of(name), op, op.success).get("content", {}).values():
        assert "example" in content


def test_the_document_has_the_rules_by_name(document):
    assert set(document["x-business-rules"]) == set(contract().rules)
    assert document["x-business-rules"]["school_is_eligible"]["broken_by"]
    assert entry(document, contract().operations["createPartnership"])["x-rules"][0] == "cohort_is_present"


def test_our_own_shorthand_is_not_in_it(document):
    assert "x-problems" not in to_yaml(document)
    assert all(target.startswith("#/components/") for _, target in references(document))


def test_parameters_are_part_of_the_operation_because_swagger_ui_reads_only_those(document):
    for item in document["paths"].values():
        assert "parameters" not in item
    assert {"$ref": "#/components/parameters/ServerDate"} in entry(
        document, contract().operations["createPartnership"]
    )["parameters"]


def test_making_it_leaves_the_contract_as_it_was():
    before = to_yaml(contract().document)
    published(contract())
    assert to_yaml(contract().document) == before


def test_a_changed_message_changes_the_published_document(tmp_path):
    old, new = "currently ineligible for DfE funding", "not one that DfE funds"
    assert old in to_yaml(published(contract()))
    changed = to_yaml(published(contract_with(tmp_path, old, new)))
    assert new in changed
    assert old not in changed


@pytest.mark.parametrize("name", PUBLISHED)
def test_json_and_yaml_say_the_same(name: str):
    assert json.loads(to_json(document_of(name))) == yaml.load(to_yaml(document_of(name)), yaml.CSafeLoader)


def inner_schemas(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every schema that is written out inside another, or inside a parameter, a body or a response."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from inner_schemas(part, (*way, str(number)))
    elif isinstance(value, Mapping):
        is_component = len(way) == 3 and way[:2] == ("components", "schemas")
        if "description" in value and not is_component and any(word in value for word in SCHEMA_WORDS):
            yield "/".join(way), value
        for key, part in value.items():
            if not key.startswith("x-") and key not in ("example", "examples"):
                yield from inner_schemas(part, (*way, key))


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_object_and_enum_is_a_component_that_client_generators_can_name(name: str):
    assert dict(inner_schemas(document_of(name))) == {}


def test_a_data_object_is_named_after_the_request_that_holds_it(document):
    schemas = document["components"]["schemas"]
    assert schemas["PartnershipCreateRequestData"]["properties"]["attributes"] == {
        "$ref": "#/components/schemas/PartnershipCreateRequestDataAttributes"
    }
    assert set(schemas["DeclarationAttributesState"]["enum"]) >= {"eligible", "paid"}


def test_what_is_named_resolves_to_what_was_written(document):
    def schema(found: Mapping[str, Any]) -> Any:
        return resolve(found)["components"]["schemas"]["PartnershipCreateRequest"]

    assert schema(document) == schema(contract().document)


@pytest.mark.parametrize(
    "taken",
    [
        {"Person": {"properties": {"home": {"enum": ["a"]}}}, "PersonHome": {"type": "string"}},
        {"Person": {"properties": {"home": {"enum": ["a"]}, "Home": {"enum": ["b"]}}}},
    ],
    ids=["by a component", "by another field"],
)
def test_a_name_that_is_taken_is_refused(taken: dict[str, Any]):
    with pytest.raises(NameTaken, match="PersonHome"):
        with_names(taken)


def test_schemas_in_lists_and_choices_are_named_after_what_holds_them():
    home = {"properties": {"kind": {"enum": ["flat"]}}}
    named = with_names({"Street": {"items": home}, "Person": {"anyOf": [home, {"type": "string"}]}})
    assert list(named) == ["Street", "StreetItem", "StreetItemKind", "Person", "PersonOption1", "PersonOption1Kind"]
    assert named["Person"]["anyOf"] == [{"$ref": "#/components/schemas/PersonOption1"}, {"type": "string"}]


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_two_schemas_have_the_same_title(name: str):
    titles = [schema["title"] for schema in resolved_schemas(name) if "title" in schema]
    assert len(titles) == len(set(titles))


def resolved_schemas(name: str) -> Iterator[Mapping[str, Any]]:
    """Yield every schema of the document, with everything that is referred to in its place."""
    waiting: list[Any] = [resolved(name)["paths"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            if "type" in value and "description" in value:
                yield value
            waiting += [part for key, part in value.items() if key not in ("example", "examples")]


OPERATIONS = [
    (name, path, method)
    for name in PUBLISHED
    for path, item in document_of(name)["paths"].items()
    for method in METHODS
    if method in item
]


@cache
def served(edition: str) -> App:
    """A sandbox in which an edition is the first."""
    own = next(each for each in every_edition() if each.contract.edition == edition)
    return small_world(own, *(other for other in every_edition() if other is not own))


def request_with(entry: Mapping[str, Any], method: str, path: str, token: str, body: Any) -> Request:
    """Return a request with the example of every parameter of an operation."""
    headers, query = {b"authorization": f"Bearer {token}".encode(), b"content-type": b"application/json"}, []
    for parameter in entry.get("parameters", ()):
        example = parameter["example"] if "example" in parameter else example_of(parameter["schema"])
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(example), safe=""))
        elif parameter["in"] == "header":
            headers[parameter["name"].lower().encode()] = str(example).encode()
        elif parameter.get("style") == "deepObject":
            query += [f"{parameter['name']}[{key}]={quote(str(part))}" for key, part in example.items()]
        else:
            query.append(f"{parameter['name']}={quote(str(example))}")
    content = b"" if body is None else json.dumps(body).encode()
    return Request(method.upper(), path, "&".join(query), headers, content, "127.0.0.1")


@pytest.mark.parametrize(("name", "path", "method"), OPERATIONS, ids=lambda part: part)
def test_a_request_with_the_example_of_every_parameter_and_field_is_understood(name: str, path: str, method: str):
    app = served(PUBLISHED[name][0].of_edition)
    token = lead_provider(app).token
    entry = resolved(name)["paths"][path][method]
    content = entry.get("requestBody", {}).get("content", {}).get("application/json")
    bodies = [content["example"], example_of(content["schema"])] if content else [None]
    with app.undone():
        answers = [app.answer(request_with(entry, method, path, token, body)) for body in bodies]
    assert [answer.body for answer in answers if answer.status == 400] == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_components_of_different_kinds_have_different_names(name: str):
    """A client generator puts all of them into one module, and numbers those that share a name."""
    names = [component for kind in document_of(name)["components"].values() for component in kind]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_const_has_a_line_break(name: str):
    """Orval writes one as a string that does not end."""
    assert not [schema for schema in resolved_schemas(name) if "\n" in str(schema.get("const", ""))]


def parameters(name: str, place: str) -> Iterator[Mapping[str, Any]]:
    for item in resolved(name)["paths"].values():
        for method in METHODS & item.keys():
            yield from (each for each in item[method].get("parameters", ()) if each["in"] == place)


def test_every_header_has_the_same_format_that_no_generator_stumbles_over():
    """openapi-python-client leaves out every operation that has a `date-time` in a header."""
    found = [header for name in PUBLISHED for header in parameters(name, "header")]
    headers = {(header["name"], header["schema"]["format"]) for header in found}
    assert headers == {("X-With-Server-Date", "iso-date-time")}


def test_every_text_that_fits_a_time_in_a_request_is_accepted():
    """Postman's default import fills in a text that fits the pattern."""
    filters = [each["schema"]["properties"] for each in parameters("register", "query") if each["name"] == "filter"]
    (times,) = {
        allowed["pattern"]
        for properties in filters
        if (schema := properties.get("updated_since"))
        for allowed in [schema, *schema.get("allOf", ())]
        if "pattern" in allowed
    }
    dates = next(each["schema"]["pattern"] for each in parameters("register", "header"))
    ashdown = client(sandbox())

    @hypothesis.given(st.from_regex(dates, fullmatch=True), st.from_regex(times, fullmatch=True))
    @hypothesis.settings(max_examples=200, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    def accepts(date: str, time: str) -> None:
        hypothesis.assume(is_a_day(date[:10]) and is_a_day(time[:10]))
        answer = ashdown.send("GET", "/api/v3/partnerships", f"filter[updated_since]={time}", x_with_server_date=date)
        assert answer.status == 200, answer.body

    accepts()


def is_a_day(text: str) -> bool:
    """Whether the year has the day: a pattern does not know leap years."""
    with suppress(ValueError):
        return bool(date.fromisoformat(text))
    return False


def test_its_server_is_an_address_without_variables(document):
    assert [server["url"] for server in document["servers"]] == ["http://127.0.0.1:8000"]
    assert document["info"]["contact"]["url"] == "http://127.0.0.1:8000/guidance/support/"


def test_readers_of_yaml_1_1_read_the_same(document):
    assert yaml.load(to_yaml(document), yaml.CSafeLoader) == document


def test_it_is_published_under_both_names():
    files = whole_site()
    assert files["api/docs/v3/openapi.yaml"] == files["api/docs/v3/swagger.yaml"]
