"""A sandbox that goes on without us is left as it was found."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from listening_sandbox import listening
from site_helpers import FRONT, SITE, contracts

from lp_contract.yaml_source import ContractError, read
from lp_guide.pages import read_pages
from lp_guide.render import Renderer
from lp_guide.sandbox_client import Sandbox

MAKES = '```http status=201\nPOST /_sandbox/worlds\n\n{"id": "left-behind", "size": "small"}\n```\n'
WRITES = """
```http
PUT /api/v3/participants/{{ person('ect-without-declarations') }}/defer

{"data": {"type": "participant-defer", "attributes": {"reason": "other", "course_identifier": "ecf-induction"}}}
```
"""
FAILS = "\n```http status=418\nGET /api/v3/participants\n```\n"


def make(url: str, folder: Path, text: str) -> None:
    (folder / "trial.md").write_text(FRONT + text)
    page = read_pages(contracts(), folder, Path("content"))[0]
    with Sandbox(url) as sandbox:
        Renderer(contracts(), SITE / "templates", read(SITE / "site.yaml").data, sandbox).body(page)
        assert worlds(url) != []


def worlds(url: str) -> list[str]:
    return [world["id"] for world in httpx.get(f"{url}/_sandbox/worlds").json()]


def test_no_world_is_left_behind_when_a_page_is_made(tmp_path: Path):
    with listening() as url:
        make(url, tmp_path, MAKES + WRITES)
        assert worlds(url) == []


def test_no_world_is_left_behind_when_a_page_fails(tmp_path: Path):
    with listening() as url:
        with pytest.raises(ContractError, match="status 418"):
            make(url, tmp_path, MAKES + WRITES + FAILS)
        assert worlds(url) == []
