"""What versions of a path share is written once: operations inherit it, and schemas share properties."""

from __future__ import annotations

import pytest

from lp_contract.contract import load
from lp_contract.json_references import references, steps
from lp_contract.published_document import published

CONTRACT = load("ecf")
OPERATIONS = CONTRACT.operations
VERSIONS = [
    pytest.param(OPERATIONS[f"{name}{ending}"], base, id=f"{name}{ending}")
    for name, base in OPERATIONS.items()
    for ending in ("V1", "V2", "AliasV1")
    if f"{name}{ending}" in OPERATIONS
]


@pytest.mark.parametrize(("version", "base"), VERSIONS)
def test_a_version_inherits_what_it_does_not_write(version, base):
    assert (version.method, version.rules) == (base.method, base.rules)
    assert (version.request, version.request_example) == (base.request, base.request_example)
    assert version.responses.keys() == base.responses.keys()
    assert [p for p in version.parameters if p["in"] != "query"] == [p for p in base.parameters if p["in"] != "query"]


def test_an_answer_that_a_version_writes_replaces_that_of_its_status_and_no_other():
    version, base = OPERATIONS["deferParticipantV1"], OPERATIONS["deferParticipant"]
    assert [status for status in base.responses if version.responses[status] != base.responses[status]] == ["200"]


def test_an_operation_names_the_one_of_another_version_from_which_it_inherits():
    named = ("deferParticipant", "deferParticipantV1", "deferParticipantV2")
    assert [OPERATIONS[name].version_of for name in named] == ["", "deferParticipant", "deferParticipantV1"]


def test_a_version_has_no_method_that_it_does_not_name():
    assert "post" not in CONTRACT.document["paths"]["/api/v1/participant-declarations.csv"]


def test_references_lead_to_whole_components_and_shared_properties_are_written_out():
    assert {len(steps(target)) for _, target in references(CONTRACT.document)} == {3}
    schemas = CONTRACT.document["components"]["schemas"]
    owner, sharer = (schemas[name]["properties"] for name in ("ParticipantECFEnrolment", "ProfileAttributes"))
    assert sharer["email"] == owner["email"]
    assert (
        sharer["training_status"] | {"x-transitions": owner["training_status"]["x-transitions"]}
        == owner["training_status"]
    )


def test_a_further_path_is_served_and_not_published():
    assert OPERATIONS["getParticipantsV1"].paths == ("/api/v1/participants/ecf", "/api/v1/participants")
    for publication in CONTRACT.publications:
        text = str(published(CONTRACT, publication))
        assert not any(word in text for word in ("x-also-at", "x-version-of", "'/api/v1/participants'"))
