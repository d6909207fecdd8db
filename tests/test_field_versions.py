"""A table of fields says since which version of the contract it has a field."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

import pytest
from site_helpers import FRONT, SANDBOX, SITE, contract, contract_with

from lp_contract.contract import Contract, load
from lp_contract.yaml_source import read
from lp_guide.changes import field_versions
from lp_guide.changes.field_versions import NEXT, Spot, added_in, compare
from lp_guide.pages import read_pages
from lp_guide.render import Renderer
from lp_guide.sandbox_client import Sandbox

OLD = "        induction_tutor_name:\n          type"
NEW = "        region:\n          type: string\n          description: The region.\n          examples: [North]\n" + OLD
REGION = Spot("getPartnership", "response", ("data", "attributes"), "region")
ANSWERING = {"getPartnerships", "getPartnership", "createPartnership", "updatePartnership"}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract_with(tmp_path_factory.mktemp("changed"), OLD, NEW)


def test_a_field_has_the_first_version_that_has_it(changed: Contract):
    added = compare([("0.1.0", contract()), ("0.2.0", changed), ("0.3.0", changed)])
    assert added[REGION] == "0.2.0"
    assert {spot.operation for spot in added} == ANSWERING
    assert {spot.name for spot in added} == {"region"}


def test_the_fields_of_a_new_operation_have_no_version(changed: Contract):
    others = {name: op for name, op in contract().operations.items() if name != REGION.operation}
    without = replace(contract(), operations=MappingProxyType(others))
    added = compare([("0.1.0", without), ("0.2.0", contract()), ("0.3.0", changed)])
    assert added[REGION] == "0.3.0"
    assert not [spot for spot, version in added.items() if version == "0.2.0"]


def test_what_no_release_has_is_of_the_version_to_come(changed: Contract, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metadata, "version", lambda _: "9.0.0")
    assert added_in.__wrapped__(changed)[REGION] == "9.0.0"
    monkeypatch.setattr(metadata, "version", lambda _: "0.1.0")
    assert added_in.__wrapped__(changed)[REGION] == NEXT


def test_an_edition_without_a_release_has_no_versions():
    assert not added_in(load("ecf"))


def test_the_table_shows_the_version(changed: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(field_versions, "added_in", lambda _: {REGION: "9.0.0"})
    (tmp_path / "trial.md").write_text(FRONT + "{{ response_table('getPartnership') }}\n")
    with Sandbox(SANDBOX) as sandbox:
        known = [changed, load("register/sandbox")]
        opened = Renderer(known, SITE / "templates", read(SITE / "site.yaml").data, sandbox)
        html = str(opened.body(read_pages([changed], tmp_path, Path("content"))[0]).html)
    dated = [row for row in html.split("<tr") if "since 9.0.0" in row]
    assert [re.search(r"app-code--name\">([^<]+)", row)[1] for row in dated] == ["region"]
