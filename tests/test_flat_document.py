"""The document for client generators says what the published one says, in words that every generator reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
import pytest
import yaml
from client import every_edition, whole_layout
from openapi_spec_validator import OpenAPIV31SpecValidator
from site_helpers import whole_site
from test_published_document import PUBLISHED, document_of, inner_schemas

from lp_contract.flat_document import flattened
from lp_contract.json_references import references, resolve
from lp_contract.merge_documents import METHODS
from lp_contract.published_document import content_types, files, to_yaml
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Request
from lp_sandbox.worlds.store.open_store import open_store

NAMES = list(PUBLISHED)


@cache
def flat(name: str) -> dict[str, Any]:
    return flattened(document_of(name))


@cache
def resolved(name: str) -> dict[str, Any]:
    return resolve(flat(name))


@cache
def written(edition: str) -> dict[str, bytes]:
    return files(next(contract for contract, _ in PUBLISHED.values() if contract.edition == edition))


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((f"{method} {path}", item[method]) for method in METHODS if method in item)


def dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of a document that is no example."""
    if isinstance(value, Mapping):
        yield value
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key not in ("example", "examples", "enum"):
            yield from dicts(part)


@pytest.mark.parametrize("name", NAMES)
def test_the_flat_document_is_openapi_3_1(name: str):
    assert not list(OpenAPIV31SpecValidator(flat(name)).iter_errors())


@pytest.mark.parametrize("name", NAMES)
def test_it_has_the_same_operations(name: str):
    said = [(place, op["operationId"], set(op["responses"])) for place, op in operations(document_of(name))]
    assert [(place, op["operationId"], set(op["responses"])) for place, op in operations(flat(name))] == said


@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_has_the_name_under_which_it_is_sent(name: str):
    contract = PUBLISHED[name][0]
    for _, op in operations(resolved(name)):
        sent = [
            f"{each['name']}[{key}]" if each.get("style") == "deepObject" else each["name"]
            for each in contract.operations[op["operationId"]].parameters
            for key in (each["schema"]["properties"] if each.get("style") == "deepObject" else [""])
        ]
        assert [each["name"] for each in op["parameters"]] == sent


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_is_required_where_the_operation_needs_it(name: str):
    needed = PUBLISHED[name][0].operations
    for _, op in operations(resolved(name)):
        required = {
            each["name"] for each in op["parameters"] if each["name"].startswith("filter[") and each["required"]
        }
        assert required == {f"filter[{key}]" for key in needed[op["operationId"]].needed_filters}


@pytest.mark.parametrize("name", NAMES)
def test_every_example_fits_its_schema(name: str):
    fitting = 0
    for _, op in operations(resolved(name)):
        contents = [content for each in op["responses"].values() for content in each.get("content", {}).values()]
        contents += op.get("requestBody", {}).get("content", {}).values()
        for part in (*op["parameters"], *contents):
            examples = [part[word] for word in ("example",) if word in part]
            examples += [each["value"] for each in part.get("examples", {}).values()]
            validator = jsonschema.Draft202012Validator(part["schema"])
            assert [error.message for example in examples for error in validator.iter_errors(example)] == []
            fitting += len(examples)
    assert fitting > len(flat(name)["paths"])


@pytest.mark.parametrize("name", NAMES)
def test_it_has_nothing_that_a_generator_stumbles_over(name: str):
    for each in dicts(flat(name)):
        assert "links" not in each or "content" not in each
        assert each.get("style") != "deepObject"
        assert each.get("type") != "null"


@pytest.mark.parametrize("name", NAMES)
def test_every_object_enum_and_choice_is_a_component(name: str):
    document = flat(name)
    assert dict(inner_schemas(document)) == {}
    named = document["components"]["schemas"].values()
    choices = [each for each in dicts(document) if {"anyOf", "oneOf", "allOf"} & each.keys()]
    assert [each for each in choices if not any(each is schema for schema in named)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_component_is_used(name: str):
    document = flat(name)
    used = {target for _, target in references(document)}
    components = document["components"].items()
    unused = {f"#/components/{kind}/{each}" for kind, named in components for each in named} - used
    assert all(each.startswith("#/components/securitySchemes/") for each in unused)


def test_making_it_leaves_the_published_document_as_it_was():
    before = to_yaml(document_of("register"))
    flattened(document_of("register"))
    assert to_yaml(document_of("register")) == before


@pytest.mark.parametrize("name", NAMES)
def test_it_is_published_beside_the_document(name: str):
    contract, publication = PUBLISHED[name]
    path = f"{publication.folder}openapi.flat.yaml"
    assert content_types(contract)[path] == "application/yaml; charset=utf-8"
    assert yaml.load(written(contract.edition)[path], yaml.CSafeLoader) == flat(name)


def test_the_site_has_the_flat_documents_of_every_version():
    flat_files = {path for path in whole_site() if path.endswith(".flat.yaml")}
    assert flat_files == {
        path for contract, each in PUBLISHED.values() if not contract.is_controls for path in each.flat_files
    }


def test_the_controls_are_those_of_the_edition_in_the_query():
    app = App(every_edition(), open_store("memory", whole_layout()))

    def served(query: str) -> dict[str, Any]:
        path = "/_sandbox/openapi.flat.yaml"
        return yaml.load(app.answer(Request("GET", path, query, {}, b"", "127.0.0.1")).body, yaml.CSafeLoader)

    assert served("edition=ecf")["paths"].keys() == flat("ecf/sandbox")["paths"].keys()
    assert served("edition=register")["paths"].keys() == flat("register/sandbox")["paths"].keys()
    assert served("edition=unknown") == served("")
