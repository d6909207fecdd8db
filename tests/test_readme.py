"""The README tells the truth: its transcript is run, line by line, and answers as printed."""

from __future__ import annotations

import doctest
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_server import serving

from lp_sandbox.editions import MODULES

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
Steps = list[tuple[str, str]]
"""Commands, and what they print."""


def steps_in(text: str) -> Steps:
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [step for block in blocks for step in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", block, re.MULTILINE)]


STEPS = steps_in(README)
TRANSCRIPTS = list(filter(None, map(steps_in, re.split(r"^## ", README, flags=re.MULTILINE))))
"""The steps of each section that has any: one for each edition and one for version 1, in one shell after the other."""


def test_there_is_a_transcript_for_each_edition_and_one_for_version_1_with_fewer_than_ten_requests():
    counted = [sum(command.startswith(("curl", "lp ", "ecf ")) for command, _ in steps) for steps in TRANSCRIPTS]
    assert len(counted) == len(MODULES) + 1
    assert all(5 < count < 10 for count in counted)


@pytest.mark.skipif(not shutil.which("curl"), reason="the transcript is written with curl")
def test_the_transcript_answers_as_printed():
    """All commands run in one shell. A mark follows each, to separate the answers."""
    with serving("--store", "memory", "--size", "small") as server:
        script = "\n".join(f"{command}; echo; echo '=== done'" for command, _ in STEPS)
        script = script.replace("http://127.0.0.1:8000", server.url)
        ran = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False)
    answers = [answer.strip() for answer in ran.stdout.split("=== done")[:-1]]
    assert len(answers) == len(STEPS), ran.stderr
    same = doctest.OutputChecker().check_output
    for (command, expected), answer in zip(STEPS, answers, strict=True):
        assert same(f"{expected.strip()}\n", f"{answer}\n", doctest.ELLIPSIS), (command, answer)


def test_every_request_of_a_lead_provider_names_the_type_of_its_data():
    bodies = re.findall(r"(?:^\$ (?:lp|ecf) [^\n]*|^ +)-d '([^']*)'", README, re.MULTILINE)
    sent = [json.loads(body)["data"] for body in bodies]
    assert len(sent) == 6
    assert [data for data in sent if "type" not in data] == []
