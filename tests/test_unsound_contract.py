"""A half-finished change of the contract: its complaints come first, and then every effect on the pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from contract_drafts import copied, cut, one_of_each_resource, remove_operation
from site_helpers import FRONT, SITE, small_site, write_page

from lp_contract import published_document
from lp_contract.contract import load, load_sound_parts
from lp_contract.json_references import references, resolve_sound
from lp_contract.yaml_source import ContractError
from lp_sandbox.app import in_memory

EDITIONS = ("register", "ecf")
ABOUT = """{{{{ operation_summary('{name}') }}}}

See [the operation](op:{name}).

```http
{method} {path}
```
"""
VIEW, LINK, REQUEST = 5, 7, 10
"""The lines of a page about an operation."""


def check(spec: Path, site: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the complaints of `lp-guide check`, and what it writes to standard error."""
    code = (spec, SITE.parent / "generator", SITE.parent / "mocks")
    done = subprocess.run(
        [sys.executable, "-m", "lp_guide", "check", "--site", str(site), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=spec.parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, code))},
    )
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout), done.stderr


def site_about(edition: str, folder: Path) -> Path:
    """Write a small site about an edition."""
    site = small_site(folder)
    file = site / "site.yaml"
    settings = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**settings, "edition": edition, "beside": [f"{edition}/sandbox"]}))
    return site


@pytest.mark.parametrize("edition", EDITIONS)
def test_check_reports_what_a_removed_operation_leaves_in_the_contract_and_on_the_pages(edition: str, tmp_path: Path):
    spec, site = copied(tmp_path), site_about(edition, tmp_path)
    removed = [*one_of_each_resource(edition)]
    for operation in removed:
        remove_operation(spec / edition, operation.id)
        write_page(site, f"about/{operation.id}.md", FRONT + ABOUT.format(name=operation.id, **vars(operation)))
    found, errors = check(spec, site)
    assert "Traceback" not in errors
    assert not {"fault", "contract"} & {each["check"] for each in found}
    is_of_page = [each["file"].startswith("site/") for each in found]
    assert is_of_page == sorted(is_of_page), "complaints about the contract come first"
    assert not all(is_of_page)
    lines = {(Path(each["file"]).stem, each["line"]) for each in found}
    for operation in removed:
        assert {(operation.id, line) for line in (VIEW, LINK, REQUEST)} <= lines


@pytest.mark.parametrize(
    ("edition", "name"),
    [(edition, operation.id) for edition in EDITIONS for operation in one_of_each_resource(edition)],
)
def test_the_rest_of_a_contract_is_loaded_without_an_operation_and_the_sandbox_answers(
    edition: str, name: str, tmp_path: Path
):
    spec, whole = copied(tmp_path), load(edition).operations
    remove_operation(spec / edition, name)
    left = load_sound_parts(edition, spec).operations
    heirs = {each.id for each in whole.values() if name in (each.id, *_inherited_from(whole, each.id))}
    assert left.keys() == whole.keys() - heirs
    assert in_memory(edition, spec=spec).differences


def _inherited_from(operations: Any, name: str) -> list[str]:
    base = operations[name].version_of
    return [base, *_inherited_from(operations, base)] if base else []


PARTS: dict[str, tuple[str, str, tuple[str | int, ...]]] = {
    "a rule": ("register", "partnerships.yaml", ("rules", "cohort_is_open")),
    "the message of a rule": ("register", "partnerships.yaml", ("rules", "cohort_is_open", "detail")),
    "a problem": ("register", "common.yaml", ("problems", "token_is_known")),
    "a problem of one filter": ("register", "common.yaml", ("problems", "cohort_filter_is_given")),
    "a problem of items": ("register", "common.yaml", ("problems", "resource_is_found")),
    "the answer to requests that break rules": (
        "register",
        "common.yaml",
        ("components", "responses", "Unprocessable"),
    ),
    "the condition of a problem": ("register", "common.yaml", ("problems", "token_is_known", "when")),
    "a schema of a parameter": ("register", "schools.yaml", ("components", "schemas", "SchoolsFilter")),
    "a schema of a body": ("ecf", "partnerships.yaml", ("components", "schemas", "PartnershipCreateRequest")),
    "a schema of an answer": ("register", "declarations.yaml", ("components", "schemas", "DeclarationResponse")),
    "a parameter": ("register", "common.yaml", ("components", "parameters", "Page")),
    "an answer": ("register", "common.yaml", ("components", "responses", "Unauthorised")),
    "an operationId": ("register", "partnerships.yaml", ("paths", "/api/v3/partnerships", "post", "operationId")),
    "the path of other versions": ("ecf", "participants.yaml", ("paths", "/api/v3/participants/ecf/{id}/defer")),
    "the paths of a resource": ("register", "statements.yaml", ("paths",)),
    "conventions": ("ecf", "openapi.yaml", ("x-conventions",)),
}


@pytest.mark.parametrize(("edition", "file", "pointer"), PARTS.values(), ids=PARTS)
def test_a_contract_is_loaded_and_served_without_a_part(
    edition: str, file: str, pointer: tuple[str | int, ...], tmp_path: Path
):
    spec = copied(tmp_path)
    assert pointer[-1] in _keys(spec / edition / file, pointer[:-1])
    cut(spec / edition / file, pointer)
    sound = load_sound_parts(edition, spec)
    assert published_document.files(sound)
    assert all(set(operation.problems) <= sound.problems.keys() for operation in sound.operations.values())
    in_memory(edition, spec=spec)


def _keys(file: Path, pointer: tuple[str | int, ...]) -> Any:
    value = yaml.safe_load(file.read_text())
    for step in pointer:
        value = value[step]
    return value


def test_a_contract_is_loaded_without_the_file_of_a_resource(tmp_path: Path):
    spec = copied(tmp_path)
    (spec / "register" / "transfers.yaml").unlink()
    with pytest.raises(ContractError):
        load("register", spec)
    assert load("register").operations.keys() - load_sound_parts("register", spec).operations.keys() == {
        "getTransfer",
        "getTransfers",
    }


def test_a_contract_with_an_unreadable_file_is_not_loaded(tmp_path: Path):
    spec = copied(tmp_path)
    (spec / "register" / "transfers.yaml").write_text("paths: [")
    with pytest.raises(ContractError, match="This is not YAML"):
        load_sound_parts("register", spec)


@pytest.mark.parametrize(
    ("reference", "left"),
    [
        ("#/components/schemas/Gone", {"A": {"type": "array"}, "C": {"allOf": []}}),
        ("#/components/schemas/A", {"A": {"type": "array"}, "C": {"allOf": []}}),
    ],
    ids=["unresolved", "circular"],
)
def test_only_the_parts_that_are_a_faulty_reference_are_left_out(reference: str, left: dict[str, Any]):
    faulty = {"$ref": reference}
    schemas = {"A": {"type": "array", "items": faulty}, "B": faulty, "C": {"allOf": [faulty]}}
    document, resolved = resolve_sound({"components": {"schemas": schemas}})
    assert resolved["components"]["schemas"] == left
    assert not [*references(document)]
