"""The tables that compare the versions of an API."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ecf_client import ecf

from lp_guide import views

CONTRACT = ecf().contract
SCHEMAS = CONTRACT.document["components"]["schemas"]
VERSIONS = ["v1", "v2", "v3"]


def compared(view: str, operation: str) -> dict[str, Sequence[bool]]:
    shown = views.VIEWS[view]((CONTRACT,), operation)
    assert shown["versions"] == VERSIONS
    return {row.name: row.has for row in shown["rows"]}


@pytest.mark.parametrize("version", range(len(VERSIONS)), ids=VERSIONS)
@pytest.mark.parametrize(
    ("operation", "schemas"),
    [
        ("getDeclaration", ["V1DeclarationAttributes", "V2DeclarationAttributes", "DeclarationAttributes"]),
        ("getParticipant", ["ProfileAttributes", "ProfileAttributes", "ParticipantAttributes"]),
    ],
)
def test_a_version_has_the_fields_that_its_answers_have_and_no_others(
    operation: str, schemas: Sequence[str], version: int
):
    shown = {name for name, has in compared("version_fields", operation).items() if has[version]}
    assert {name for name in shown if "." not in name} == set(SCHEMAS[schemas[version]]["properties"])


def test_fields_within_fields_are_compared_too():
    assert compared("version_fields", "getParticipant")["ecf_enrolments.email"] == [False, False, True]


def test_filters_are_compared_by_their_keys():
    shown = compared("version_parameters", "getDeclarations")
    assert shown["filter[participant_id]"] == [True, True, True]
    assert shown["filter[cohort]"] == [False, False, True]


def test_every_operation_has_one_place_in_the_table_of_versions():
    shown = views.VIEWS["version_operations"]((CONTRACT,))
    placed = [op.id for _, _, operations in shown["rows"] for op in operations if op]
    assert sorted(placed) == sorted(CONTRACT.operations)
    calls = {(method, path): [op is not None for op in operations] for method, path, operations in shown["rows"]}
    assert calls["GET", "/participants/ecf.csv"] == [True, True, False]
    assert calls["PUT", "/participants/{id}/defer"] == [True, False, False]
    assert calls["GET", "/statements"] == [False, False, True]
