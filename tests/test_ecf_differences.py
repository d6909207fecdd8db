"""The page "Where this sandbox differs" of ECF has every decision between DfE's guidance and the service."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import yaml
from ecf_client import ecf
from site_helpers import whole_site

CASES: dict[str, Sequence[str]] = yaml.load(
    (Path(__file__).parent / "cases" / "ecf-differences.yaml").read_text(), yaml.CSafeLoader
)
DECISIONS = [f"S{number}" for number in range(1, 22)]
DIFFERENCES = {difference.subject: difference for difference in ecf().contract.differences}


@cache
def text_of_page() -> str:
    page = whole_site()["ecf/differences/index.html"].decode()
    return words(re.sub(r"<[^>]+>", "", page.partition("<main")[2]))


def words(text: str) -> str:
    return " ".join(html.unescape(text).split())


def as_read(markdown: str) -> str:
    """Return Markdown as a reader has it: links by their words, code without its quotes."""
    return words(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", markdown).replace("`", ""))


def test_every_decision_has_a_case():
    assert [name for name in CASES if re.fullmatch(r"S\d+", name)] == DECISIONS


@pytest.mark.parametrize("case", CASES)
def test_the_page_says_what_guidance_and_service_do_and_what_the_sandbox_does(case: str):
    for subject in CASES[case]:
        difference = DIFFERENCES[subject]
        assert all(as_read(part) in text_of_page() for part in (subject, difference.theirs, difference.ours))
