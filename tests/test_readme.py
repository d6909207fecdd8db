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

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
STEPS = [
    (command, expected)
    for block in BLOCKS
    for command, expected in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", block, re.MULTILINE)
]


def test_the_transcript_has_fewer_than_ten_requests():
    requests = [command for command, _ in STEPS if command.startswith(("curl", "lp "))]
    assert 5 < len(requests) < 10


@pytest.mark.skipif(not shutil.which("curl"), reason="the transcript is written with curl")
def test_the_transcript_answers_as_printed():
    """All commands run in one shell; after each comes a mark, so that the answers can be told apart."""
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
    bodies = re.findall(r"(?:^\$ lp [^\n]*|^ +)-d '([^']*)'", README, re.MULTILINE)
    sent = [json.loads(body)["data"] for body in bodies]
    assert len(sent) == 3
    assert [data for data in sent if "type" not in data] == []
