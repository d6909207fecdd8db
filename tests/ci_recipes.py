"""The recipes that start a sandbox in CI and in a container, read as steps that a test can run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "site" / "assets" / "examples"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
INSTALL, START = ACTION["runs"]["steps"]
WORKFLOW: dict[str, Any] = yaml.safe_load((EXAMPLES / "github-workflow.yaml").read_text())
GITLAB: dict[str, Any] = yaml.safe_load((EXAMPLES / "gitlab-ci.yaml").read_text())["test"]
CONTAINERFILE = (ROOT / "Containerfile").read_text()
_EXPRESSION = re.compile(r"\$\{\{ *([\w.]+) *\}\}")


@dataclass(frozen=True)
class Instruction:
    """A line of a Containerfile, with those that continue it."""

    name: str
    text: str


def instructions() -> Iterator[Instruction]:
    """Yield the instructions of the Containerfile."""
    lines = "\n".join(line for line in CONTAINERFILE.splitlines() if not line.startswith("#"))
    for line in filter(None, lines.replace("\\\n", " ").splitlines()):
        name, _, text = line.strip().partition(" ")
        yield Instruction(name, " ".join(text.split()))


def instruction(name: str) -> Instruction:
    """Return the last instruction of a name: it overrides the earlier ones."""
    return [each for each in instructions() if each.name == name][-1]


def container_variables() -> dict[str, str]:
    """The environment variables with which a container starts."""
    return dict(word.partition("=")[::2] for word in instruction("ENV").text.split())


def of_action(text: str, inputs: Mapping[str, str], temp: Path) -> str:
    """Replace the expressions in a text of the action, as GitHub does."""
    values = {f"inputs.{name}": given["default"] for name, given in ACTION["inputs"].items()}
    values |= {f"inputs.{name}": value for name, value in inputs.items()} | {"runner.temp": str(temp)}
    return _EXPRESSION.sub(lambda found: values[found[1]], text)


def sh(script: str | Sequence[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script in bash as GitHub does, in an environment that has nothing but some variables."""
    text = script if isinstance(script, str) else "\n".join(script)
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), **variables},
        timeout=500,
    )
