"""A rule that no request can break is listed with the reason, and nothing shows or sends a request for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from site_helpers import FRONT, SANDBOX, SITE, contract_with

from lp_contract.contract import Contract, load
from lp_contract.published_document import published
from lp_contract.yaml_source import ContractError, read
from lp_guide.coverage.contract_items import inventory
from lp_guide.pages import read_pages
from lp_guide.render import Renderer
from lp_guide.sandbox_client import Sandbox

RULE = "cohort_is_open"
OTHER = "cohort_is_known"
REASON = "The server chooses the cohort."
BREAKABLE = '    broken_by: {cohort: "2022"}\n'
UNREACHABLE = f"    unreachable: {REASON}\n"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract_with(tmp_path_factory.mktemp("unreachable"), BREAKABLE, UNREACHABLE)


@pytest.fixture(scope="module")
def renderer(changed: Contract) -> Iterator[Renderer]:
    with Sandbox(SANDBOX) as sandbox:
        yield Renderer([changed, load("register/sandbox")], SITE / "templates", read(SITE / "site.yaml").data, sandbox)


def rendered(changed: Contract, renderer: Renderer, folder: Path, text: str) -> str:
    (folder / "trial.md").write_text(FRONT + text)
    return str(renderer.body(read_pages([changed], folder, Path("content"))[0]).html)


def test_its_operation_still_checks_it(changed: Contract):
    operation = changed.operations["createPartnership"]
    assert changed.rules[RULE] in operation.rules
    assert changed.rules[RULE] not in operation.breakable_rules


def test_the_published_document_has_its_message_and_the_reason_and_no_example(changed: Contract):
    document = published(changed)
    shown = document["x-business-rules"][RULE]
    answer = document["paths"]["/api/v3/partnerships"]["post"]["responses"]["422"]["content"]["application/json"]
    assert shown["unreachable"] == REASON
    assert shown["detail"] == changed.rules[RULE].detail
    assert "broken_by" not in shown
    assert RULE not in answer["examples"]
    assert OTHER in answer["examples"]


def test_the_table_of_errors_shows_the_reason_in_place_of_a_request(
    changed: Contract, renderer: Renderer, tmp_path: Path
):
    table = rendered(changed, renderer, tmp_path, "{{ error_table('createPartnership') }}\n")
    row = next(row for row in table.split("<tr") if f"/errors/{RULE}/" in row)
    assert REASON in row
    assert "app-plain-list" not in row


def test_the_page_of_the_rule_shows_the_reason_and_no_request(changed: Contract, renderer: Renderer, tmp_path: Path):
    page = rendered(changed, renderer, tmp_path, f"{{{{ error_reference('{RULE}') }}}}\n")
    assert REASON in page
    assert "A request that causes this error" not in page


def test_coverage_does_not_count_it(changed: Contract):
    assert RULE not in inventory(changed)["rules"]
    assert OTHER in inventory(changed)["rules"]


def test_a_rule_that_is_unreachable_and_has_a_request_is_refused_with_its_line(tmp_path: Path):
    with pytest.raises(ContractError) as refused:
        contract_with(tmp_path, BREAKABLE, BREAKABLE + UNREACHABLE)
    (complaint,) = refused.value.complaints
    text = (tmp_path / "spec" / "register" / "partnerships.yaml").read_text().split("\n")
    assert complaint.check == "unreachable"
    assert text[complaint.place.line - 1] == BREAKABLE.rstrip()
