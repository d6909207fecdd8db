"""Keywords of schemas: the table that says which types they affect agrees with a validator of JSON Schema."""

import jsonschema_rs
import pytest

from lp_guide.contract_checks.schema_keywords import BY_TYPE, NEEDS, json_schema_keywords

OF_EACH_TYPE = {"array": [[1], [1, 1]], "number": [1.5], "object": [{"a": 1}, {"b": 1}], "string": ["x", "xx"]}
STRICT = {
    "items": False,
    "prefixItems": [False],
    "contains": False,
    "unevaluatedItems": False,
    "uniqueItems": True,
    "maxItems": 0,
    "minItems": 3,
    "multipleOf": 1,
    "maximum": 0,
    "exclusiveMaximum": 0,
    "minimum": 2,
    "exclusiveMinimum": 2,
    "properties": {"a": False},
    "patternProperties": {"a": False},
    "additionalProperties": False,
    "propertyNames": False,
    "unevaluatedProperties": False,
    "maxProperties": 0,
    "minProperties": 2,
    "required": ["c"],
    "dependentRequired": {"a": ["c"]},
    "dependentSchemas": {"a": False},
    "maxLength": 0,
    "minLength": 3,
    "pattern": "^y",
}
"""A value for each keyword with which it refuses something."""


@pytest.mark.parametrize("keyword", STRICT)
def test_a_keyword_affects_values_of_its_type_only(keyword):
    validator = jsonschema_rs.Draft202012Validator({keyword: STRICT[keyword]})
    refused = {name for name, values in OF_EACH_TYPE.items() if not all(map(validator.is_valid, values))}
    assert refused == {name for name, keywords in BY_TYPE.items() if keyword in keywords}


def test_every_keyword_of_a_type_is_tried_or_refuses_nothing_alone():
    annotations = {"contentEncoding", "contentMediaType", "contentSchema", "discriminator"}
    alone = {keyword for keywords in BY_TYPE.values() for keyword in keywords} - NEEDS.keys() - annotations
    assert alone == STRICT.keys()


def test_every_keyword_of_json_schema_has_one_type_or_affects_all():
    general = {"type", "enum", "const", "not", "allOf", "anyOf", "oneOf", "if", "then", "else", "format"}
    annotations = {"title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"}
    typed = [keyword for keywords in BY_TYPE.values() for keyword in keywords if keyword != "discriminator"]
    untyped = {keyword for keyword in json_schema_keywords() if not keyword.startswith("$")} - set(typed)
    assert untyped == general | annotations
    assert len(typed) == len(set(typed))
