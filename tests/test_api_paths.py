"""A path on a page means the operations of its version; without a version it can mean those of any."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import pytest
from site_helpers import contract

from lp_contract.contract import Contract, Operation
from lp_guide.api_paths import Endpoint, operations_at, operations_for, prefixes
from lp_guide.code_in_prose import Words
from lp_guide.lint.checks import endpoints
from lp_guide.lint.markdown_page import Guidance
from lp_guide.writer_mistakes import Mistake


def in_version(op: Operation, version: int) -> Operation:
    path = op.path.replace("/api/v3/", f"/api/v{version}/")
    return dataclasses.replace(op, id=f"{op.id}V{version}", path=path)


def of_versions() -> Contract:
    """The contract as if it had two more versions: v1 without transfers, v2 without partnerships."""
    absent = {1: "/transfers", 2: "/partnerships", 3: "/nothing"}
    made = [
        in_version(op, version)
        for version, part in absent.items()
        for op in contract().operations.values()
        if part not in op.path
    ]
    paths = contract().document["paths"]
    versions = {f"/api/v{version}/{path.removeprefix('/api/v3/')}": paths[path] for version in absent for path in paths}
    return dataclasses.replace(
        contract(),
        operations=MappingProxyType({op.id: op for op in made}),
        document=MappingProxyType({**contract().document, "paths": versions}),
    )


CONTRACT = of_versions()
MEANT = {
    "/api/v1/schools": {"getSchoolsV1"},
    "/api/v3/schools": {"getSchoolsV3"},
    "/schools": {"getSchoolsV1", "getSchoolsV2", "getSchoolsV3"},
    "/api/v{n}/schools": {"getSchoolsV1", "getSchoolsV2", "getSchoolsV3"},
    "https://example.com/api/v2/schools?page[page]=2": {"getSchoolsV2"},
    "/api/v4/schools": set(),
    "/other/v3/schools": set(),
    "/other/v{n}/schools": set(),
    "/partnerships": {"getPartnershipsV1", "createPartnershipV1", "getPartnershipsV3", "createPartnershipV3"},
    "/api/v2/partnerships": set(),
    "/api/v3/participants/transfers": {"getTransfersV3"},
}


@pytest.mark.parametrize("path", MEANT)
def test_a_path_means_the_operations_of_its_version(path: str):
    assert {op.id for op in operations_at(CONTRACT, path)} == MEANT[path]


def test_a_request_means_one_operation():
    assert [op.id for op in operations_for(CONTRACT, "POST", "/api/v1/partnerships")] == ["createPartnershipV1"]
    assert operations_for(CONTRACT, "DELETE", "/api/v1/partnerships") == []


def test_the_prefixes_are_those_of_the_contracts_paths():
    assert prefixes(CONTRACT) == ["/api/v1", "/api/v2", "/api/v3"]
    assert Endpoint(0, None, "https://example.com//library/v2/books?x=1").prefix == "/library/v2"


def test_a_complaint_of_a_path_without_a_version_lists_the_operations_that_it_can_mean():
    with pytest.raises(Mistake) as refused:
        Words([CONTRACT]).refuse_unknown("DELETE /partnerships/{id}")
    assert "can mean `GET /api/v1/partnerships/{id}` or `PUT /api/v1/partnerships/{id}` or" in str(refused.value)


def test_a_path_that_lacks_its_version_draws_a_remedy_with_every_version():
    page = Guidance("Use `GET /schools`.\n\nFor example, `/api/schools`.", [CONTRACT])
    ((_, _, remedy),) = endpoints.unversioned_path(page)
    assert remedy.startswith("Write `/api/v1/schools` or `/api/v2/schools` or `/api/v3/schools`,")
