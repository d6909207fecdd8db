"""The controls of an edition are the shared documents and those of its own actors."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lp_contract import SPEC
from lp_contract.contract import Contract, editions, load
from lp_contract.yaml_source import ContractError
from lp_guide.requests_and_answers import example_request

LIBRARY = {
    "openapi": "3.1.0",
    "info": {"title": "Library", "version": "v1"},
    "paths": {},
}
REMINDER = {
    "post": {
        "operationId": "sendReminder",
        "tags": ["Actors"],
        "responses": {"403": {"$ref": "../../sandbox/openapi.yaml#/components/responses/Closed"}},
    }
}


def library(root: Path, **actors: object) -> Path:
    """Write an edition whose actors have these documents."""
    folder = root / "library" / "actors"
    folder.mkdir(parents=True)
    (root / "library" / "openapi.yaml").write_text(yaml.safe_dump(LIBRARY))
    for name, document in actors.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(document))
    return root


def controls(root: Path, **actors: object) -> Contract:
    return load("library/sandbox", library(root, **actors))


def test_each_edition_and_its_controls_with_actors_are_contracts():
    assert editions() == ["ecf", "register", "ecf/sandbox", "register/sandbox"]


def test_the_paths_of_actors_are_where_the_shared_documents_list_their_tag(tmp_path: Path):
    paths = list(controls(tmp_path, librarian={"paths": {"/_sandbox/actors/remind": REMINDER}}).document["paths"])
    assert paths[paths.index("/_sandbox/actors/remind") + 1] == "/_sandbox/operations"
    assert "/_sandbox/actors/remind" not in load("sandbox").document["paths"]


def test_a_reference_of_an_actors_document_points_to_the_shared_one(tmp_path: Path):
    contract = controls(tmp_path, librarian={"paths": {"/_sandbox/actors/remind": REMINDER}})
    assert contract.operations["sendReminder"].responses["403"]["x-problems"] == ["controls_are_open"]


def test_an_edition_without_actors_has_the_shared_controls(tmp_path: Path):
    assert list(controls(tmp_path).operations) == list(load("sandbox").operations)


def test_an_edition_can_have_sizes_of_its_own(tmp_path: Path):
    size = {"type": "string", "enum": ["branch", "city"], "default": "branch"}
    contract = controls(tmp_path, librarian={"components": {"schemas": {"Size": size}}})
    assert (contract.operations["createWorld"].request or {})["properties"]["size"] == size


@pytest.mark.parametrize("name", [name for name in editions() if name.endswith("/sandbox")])
def test_an_example_request_names_a_world_of_the_edition(name: str):
    operations = load(name).operations.values()
    world = {"ecf/sandbox": "ecf", "register/sandbox": "default"}[name]
    takes_one = [each for each in operations if any(parameter["name"] == "world" for parameter in each.parameters)]
    assert takes_one
    assert [each.id for each in takes_one if f"world={world}" not in example_request(each).target] == []


def test_the_example_of_a_new_world_of_ecf_is_of_ecf():
    create = load("ecf/sandbox").operations["createWorld"]
    assert create.request_example["edition"] == create.answer_example["edition"] == "ecf"


def test_an_edition_completes_a_shared_problem(tmp_path: Path):
    shown = {"broken_by": {"operation": "sendReminder", "body": {}}}
    document = {"paths": {"/_sandbox/actors/remind": REMINDER}, "problems": {"act_is_described": shown}}
    contract = controls(tmp_path, librarian=document)
    problem, shared = contract.problems["act_is_described"], load("sandbox").problems["act_is_described"]
    assert (problem.broken_by, problem.detail) == (shown["broken_by"], shared.detail)


@pytest.mark.parametrize(
    "document",
    [
        {"paths": {"/_sandbox/operations": REMINDER}},
        {"paths": {"/_sandbox/clock": REMINDER}},
        {"components": {"schemas": {"Errors": {"type": "object"}}}},
    ],
    ids=["a path of the table of contents", "a path of another document", "a component of the table of contents"],
)
def test_what_every_edition_shares_cannot_be_replaced(tmp_path: Path, document: object):
    with pytest.raises(ContractError, match="doubled-name"):
        controls(tmp_path, librarian=document)


def test_the_place_of_a_rule_of_an_actor_is_in_the_editions_own_document():
    place = load("register/sandbox").place(("rules", "participant_exists"))
    assert (SPEC.parent / place.file).resolve() == SPEC / "register" / "actors" / "actors.yaml"


def test_there_are_no_controls_of_an_edition_that_does_not_exist(tmp_path: Path):
    with pytest.raises(ContractError, match="There is no edition `museum/sandbox`"):
        load("museum/sandbox", library(tmp_path))
