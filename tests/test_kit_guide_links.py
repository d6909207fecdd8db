"""The reports of the kit lead to the pages of the guide about errors, where the pages are installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from client import every_edition
from site_helpers import whole_site

from lp_contract.published_document import usual_address
from lp_sandbox.request.edition import Edition
from lp_sandbox.testing.exchanges import Exchange, described
from lp_sandbox.web.site_search import INDEX


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / INDEX).write_bytes(whole_site()[INDEX])
    return folder


def links(edition: Edition, name: str, site: Path) -> list[str]:
    """Return the addresses in the report of a request that was refused for a reason."""
    refused = Exchange(1, "Somebody", "POST", "/", b"", 422, b"", (name,))
    address = usual_address(edition.contract)
    return [line.strip().removeprefix(address) for line in described(refused, edition, site) if address in line]


@pytest.mark.parametrize("edition", every_edition(), ids=lambda each: each.contract.edition)
def test_the_report_has_the_address_of_the_page_about_every_rule_and_problem(edition: Edition, site: Path):
    for name in (*edition.contract.rules, *edition.contract.problems):
        (url,) = links(edition, name, site)
        path, _, anchor = url.partition("#")
        page = whole_site()[f"{path.strip('/')}/index.html"].decode()
        assert f'id="{anchor}"' in page if anchor else name in page


def test_without_pages_the_report_has_no_address(tmp_path: Path):
    edition = every_edition()[0]
    assert links(edition, next(iter(edition.contract.rules)), tmp_path) == []
