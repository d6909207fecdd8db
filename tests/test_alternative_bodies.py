"""A table shows each field once where a client can choose between bodies, and compares the bodies."""

from __future__ import annotations

import re

from site_helpers import contract, whole_site

from lp_guide.alternative_bodies import alternatives
from lp_guide.schema_rows import fields

TEXT = {"type": "string", "description": "Some text."}
PAGE = "reference/declarations/createDeclaration/index.html"


def body(name: str, required: tuple[str, ...] = (), **properties: dict) -> dict:
    return {"type": "object", "x-choice": name, "required": [*required], "properties": properties}


def compared(*bodies: dict, **beside: dict):
    return alternatives(list(fields({"properties": beside, "anyOf": [*bodies]})))


def test_a_field_that_all_bodies_have_is_shown_once_and_the_others_say_that_they_vary():
    found = compared(
        body("One", text=TEXT, kind={**TEXT, "enum": ["one"]}), body("Two", text=TEXT, kind=TEXT), beside=TEXT
    )
    assert [(row.name, row.varies) for row in found.merged] == [("beside", False), ("text", False), ("kind", True)]
    assert [each.name for each in found.differing] == ["kind"]


def test_a_field_that_a_body_lacks_varies_and_is_not_required():
    found = compared(body("One", ("text", "both"), text=TEXT, both=TEXT), body("Two", ("both",), both=TEXT))
    assert [(row.name, row.varies, row.required) for row in found.merged] == [
        ("text", True, False),
        ("both", False, True),
    ]
    assert [len(each.fields) for each in found.bodies] == [2, 1]


def test_another_example_is_not_a_difference():
    found = compared(body("One", text={**TEXT, "examples": ["a"]}), body("Two", text={**TEXT, "examples": ["b"]}))
    assert [(row.name, row.example) for row in found.merged] == [("text", '"a"')]
    assert not found.differing


def test_a_choice_inside_a_choice_is_a_body_of_its_own():
    inner = {"type": "object", "anyOf": [body("Small", text=TEXT), body("Large", text=TEXT)]}
    found = compared(body("One", size=inner), body("Two", text=TEXT))
    assert [each.name for each in found.bodies] == [("One", "Small"), ("One", "Large"), ("Two",)]
    assert [(row.parents, row.name) for row in found.merged] == [((), "size"), (("size",), "text"), ((), "text")]


def test_choices_that_are_independent_of_each_other_are_not_compared():
    first, second = (
        {"type": "object", "anyOf": [body(f"{name} 1", text=TEXT), body(f"{name} 2", text=TEXT)]} for name in "ab"
    )
    assert alternatives(list(fields({"properties": {"first": first, "second": second}}))) is None


def test_a_table_without_a_choice_is_left_as_it_is():
    assert alternatives(list(fields(body("", text=TEXT)))) is None


def test_the_reference_compares_the_bodies_of_a_declaration_and_has_all_their_fields_on_demand():
    section = re.search(r'id="body".*?<h2', whole_site()[PAGE].decode().replace("<wbr>", ""), re.DOTALL)[0]
    first, rest = section.split('id="createDeclaration-bodies"')
    differences, on_demand = rest.split("<details")
    for name in contract().operations["createDeclaration"].attributes:
        assert first.count(f'id="body.data.attributes.{name}"') == 1
        assert "id=" not in on_demand
    assert differences.count("<tr") == 11
    assert on_demand.count("declaration_date") >= 10
