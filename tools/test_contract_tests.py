"""Schemathesis with the published settings finds no fault in the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import EDITIONS, SCRIPTS, run
from sandbox_process import serving
from site_helpers import whole_site

from lp_contract.contract import load

DOCUMENTS = [(edition, path) for edition in EDITIONS for each in load(edition).publications for path in each.flat_files]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("edition", "document"), DOCUMENTS)
def test_a_run_with_the_settings_exits_with_0(
    edition: str, document: str, seed: int, tmp_path: Path, tried: Callable[[str, str], None]
):
    tried("schemathesis", "finds nothing with the published settings, each document with two seeds")
    (tmp_path / "schemathesis.toml").write_bytes(whole_site()[f"downloads/{edition}.schemathesis.toml"])
    with serving("--edition", edition, "--store", "memory", "--size", "small") as server:
        words = ("run", f"{server.url}/{document}", "--seed", seed, "--no-color")
        said = run(SCRIPTS / "st", *words, cwd=tmp_path, env=os.environ | {"LP_TOKEN": server.token})
    assert "No issues found" in said or " passed" in said
