"""CONTRIBUTING describes how to add an edition by the library: what it names is there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from example_edition import edition as library

from lp_contract import publications, service_conventions
from lp_guide.contract_checks.openapi_structure import EXTENSIONS
from lp_guide.contract_checks.seed_files import REFERENCES
from lp_sandbox.editions import MODULES
from lp_sandbox.request.call import Call
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.worlds.world_template import WorldTemplate

ROOT = Path(__file__).parent.parent
LIBRARY = ROOT / "tests" / "example_edition"
CHAPTER = re.search(r"^## Add an edition\n(.*?)^## ", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)[
    1
]
ROWS = [line.strip("|").split("|") for line in CHAPTER.splitlines() if line.startswith("| `")]
EXAMPLES = [file for *_, files in ROWS for file in re.findall("`([^`]+)`", files)]
NAMED = set(re.findall(r"`([^`]+)`", CHAPTER))
PATHS = sorted(
    name.replace("EDITION", "register").replace("RESOURCE", "schools")
    for name in NAMED
    if name.startswith(("tests/", "mocks/", "spec/E"))
)


@pytest.mark.parametrize("file", EXAMPLES)
def test_the_files_of_the_example_exist(file: str):
    assert (LIBRARY / file).is_file()


def test_no_file_of_the_example_is_left_out():
    code = {file.name for file in LIBRARY.glob("*.py")} - {"__init__.py"}
    contract = {file.relative_to(LIBRARY).as_posix() for file in LIBRARY.glob("spec/library/*.yaml")}
    actors = {file.relative_to(LIBRARY).as_posix() for file in LIBRARY.glob("spec/library/actors/*.yaml")}
    assert code | contract | actors <= set(EXAMPLES)


@pytest.mark.parametrize("path", PATHS)
def test_other_paths_exist(path: str):
    assert (ROOT / path).exists()


def test_the_words_of_the_contract_are_known_and_used_in_the_example():
    words = {name for name in NAMED if name.startswith("x-")}
    text = "".join(file.read_text() for file in LIBRARY.rglob("*.yaml"))
    assert words >= {service_conventions.WORD, publications.WORD}
    assert words <= {*EXTENSIONS, REFERENCES}
    assert [word for word in words if f"{word}:" not in text] == []


def test_the_values_have_these_names():
    assert {each.__name__ for each in (Edition, WorldTemplate, Call, Answer)} <= NAMED
    assert inspect.signature(library.load).return_annotation == "Edition"
    assert MODULES
