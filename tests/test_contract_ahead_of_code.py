"""A contract that is ahead of its code: the pages are judged all the same, and what the code lacks is reported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from client import client
from site_helpers import FRONT, SITE, small_site, write_page

from lp_contract import SPEC
from lp_sandbox.app import in_memory
from lp_sandbox.editions import edition
from lp_sandbox.request.edition import Disagreement, as_far_as_implemented, differences

AFTER = "        - cohort_is_open\n"
BEFORE = "  cohort_is_open:\n    field: cohort\n"
NEW_RULE = """  school_is_near:
    field: school_id
    detail: The school is too far away.
    when: The school is too far away.
    remedy: Choose another school.
    broken_by: {school_id: 00000000-0000-4000-8000-000000000000}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the contract with one more rule for new partnerships."""
    folder = tmp_path / "spec"
    shutil.copytree(SPEC, folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "register" / "partnerships.yaml"
    text = file.read_text().replace(AFTER, f"{AFTER}        - school_is_near\n", 1)
    file.write_text(text.replace(BEFORE, f"{NEW_RULE}{BEFORE}", 1))
    return folder


def line_of(file: Path, words: str) -> int:
    return file.read_text().partition(words)[0].count("\n") + 1


def test_a_sandbox_does_not_start_with_a_rule_that_the_code_lacks(spec: Path):
    with pytest.raises(Disagreement, match="school_is_near"):
        edition("register", spec)


def test_the_sandbox_of_the_pages_names_a_rule_that_the_code_lacks_and_answers_as_before(spec: Path):
    app = in_memory("register", spec=spec)
    ((place, message),) = app.differences
    assert place is not None
    assert place.line == line_of(spec / "register" / "partnerships.yaml", "  school_is_near:")
    assert "school_is_near" in message
    assert client(app).ids("/partnerships")


def test_an_operation_that_only_the_code_has_is_reported_and_left_out():
    register = edition("register")
    ahead = replace(register, operations={**register.operations, "moveSchool": lambda _: b""})
    assert [message for _, message in differences(ahead)] == [
        "The code has an operation moveSchool, which the contract does not name."
    ]
    assert as_far_as_implemented(ahead).operations.keys() == register.operations.keys()


def test_check_reports_the_rule_and_every_page_with_a_mistake(spec: Path, tmp_path: Path):
    site = small_site(tmp_path)
    write_page(site, "far.md", f"{FRONT}{{{{ rule_message('school_is_nearby') }}}}\n")
    code = (spec, SITE.parent / "generator", SITE.parent / "mocks")
    done = subprocess.run(
        [sys.executable, "-m", "lp_guide", "check", "--site", str(site)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, code))},
    )
    assert done.returncode == 1
    assert "The contract has a rule school_is_near, for which there is no function in the code." in done.stdout
    assert "Did you mean `school_is_near`?" in done.stdout
