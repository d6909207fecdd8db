"""Linters of OpenAPI find nothing to say about the published documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import EDITIONS, HERE, node

from lp_contract.contract import load
from lp_contract.published_document import content_types

DOCUMENTS = [path for edition in EDITIONS for path in content_types(load(edition)) if path.endswith((".yaml", ".yml"))]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_redocly_reports_nothing(document: str, published: Path, tried: Callable[[str, str], None]):
    tried("@redocly/cli", "lint: no errors and no warnings, without the rule on ambiguous paths, which ECF has")
    words = ("--config", HERE / "redocly.yaml", "--format", "json")
    said = node("redocly", "lint", *words, published / document)
    assert json.loads(said[said.index("{") : said.rindex("}") + 1])["problems"] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_spectral_reports_nothing(document: str, published: Path, tried: Callable[[str, str], None]):
    tried("@stoplight/spectral-cli", "lint with the rules `spectral:oas`: no findings, not even hints")
    words = ("--ruleset", HERE / "spectral.yaml", "--fail-severity", "hint")
    node("spectral", "lint", *words, published / document)
