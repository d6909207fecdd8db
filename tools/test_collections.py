"""The collections of the guidance's requests run in other tools, each on a sandbox without anything in it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import EDITIONS, node
from sandbox_process import serving
from site_helpers import whole_site

from lp_contract.contract import load
from lp_contract.published_document import usual_address

Tried = Callable[[str, str], None]
USUAL = usual_address(load("register")).encode()


@pytest.fixture(scope="module")
def fresh() -> Iterator[str]:
    """The address of a sandbox that serves both editions."""
    with serving("--store", "memory", "--size", "small") as server:
        yield server.url


def download(edition: str, kind: str, url: str) -> bytes:
    """Return a download with the address of a sandbox in place of the usual one."""
    return whole_site()[f"downloads/{edition}.{kind}"].replace(USUAL, url.encode())


@pytest.mark.parametrize("edition", EDITIONS)
def test_newman_runs_the_postman_collection(edition: str, fresh: str, tmp_path: Path, tried: Tried):
    tried("newman", "runs the Postman collection: every status, refusal and captured value is as on the pages")
    collection, report = tmp_path / "collection.json", tmp_path / "report.json"
    collection.write_bytes(download(edition, "postman_collection.json", fresh))
    node("newman", "run", collection, "--reporters", "cli,json", "--reporter-json-export", report)
    counted = json.loads(report.read_text())["run"]["stats"]
    assert counted["requests"]["total"] > 100
    assert counted["assertions"]["total"] >= counted["requests"]["total"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_bruno_runs_its_collection(edition: str, fresh: str, tmp_path: Path, tried: Tried):
    tried("@usebruno/cli", "opens the Bruno collection and runs it: every status and refusal is as on the pages")
    with zipfile.ZipFile(io.BytesIO(whole_site()[f"downloads/{edition}.bruno.zip"])) as packed:
        packed.extractall(tmp_path)
        requests = sum("folder.bru" not in name and name.count("/") == 1 for name in packed.namelist()) - 1
    said = node("bru", "run", "-r", "--env", "Sandbox", "--env-var", f"sandbox={fresh}", cwd=tmp_path)
    assert f"Requests:      {requests} passed" in said or f"{requests} Passed" in said, said[-2000:]


@pytest.mark.parametrize("edition", EDITIONS)
def test_redocly_follows_the_workflows(edition: str, fresh: str, tmp_path: Path, tried: Tried):
    tried("@redocly/cli", "respect: follows every workflow of the Arazzo document")
    workflows = tmp_path / "workflows.arazzo.yaml"
    workflows.write_bytes(download(edition, "arazzo.yaml", fresh))
    node("redocly", "respect", workflows)
