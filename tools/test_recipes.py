"""The recipes for CI and for a container install the sandbox from an index of packages, and it serves.

Every step is run in an empty environment. No container engine is needed: the paths of the image are in a folder. So the
base image and `useradd` are not tried.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from ci_recipes import GITLAB, INSTALL, ROOT, container_variables, instruction, instructions, sh
from conftest import PATIENCE

NETWORK = ("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
"""The beginnings of the names of variables that say how to reach an index."""


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The variables of an empty environment in which there is Python."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    (programs / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    network = {name: value for name, value in os.environ.items() if name.startswith(NETWORK)}
    return {"PATH": f"{programs}:/usr/bin:/bin", **network}


def done(script: str, folder: Path, variables: dict[str, str]) -> None:
    """Run a script that must succeed."""
    finished = sh(script, folder, **variables)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.fixture
def image(tmp_path: Path, variables: dict[str, str]) -> Callable[[str], str]:
    """Builds the image in a folder, and returns a function that places a path of the image there."""
    root = tmp_path / "image"

    def placed(text: str) -> str:
        for path in ("/opt/", "/data", "/build"):
            text = text.replace(f" {path}", f" {root}{path}").replace(f"={path}", f"={root}{path}")
        return text.replace("////data", f"///{root}/data")

    folder = root / "build"
    for path in (folder, root / "opt", root / "data"):
        path.mkdir(parents=True)
    for each in instructions():
        if each.name == "COPY" and not each.text.startswith("--from"):
            *sources, _ = each.text.split()
            for source in sources:
                there = ROOT / source
                copy = shutil.copytree if there.is_dir() else shutil.copy2
                copy(there, folder / source)
        if each.name == "RUN" and not each.text.startswith("useradd"):
            done(placed(f" {each.text}"), folder, variables)
    return placed


@pytest.fixture
def served(image: Callable[[str], str], tmp_path: Path, variables: dict[str, str]) -> Iterator[Path]:
    """Starts what a container starts, on a free port, and yields the ready file."""
    ready_file = tmp_path / "ready.json"
    given = {name: image(value) for name, value in container_variables().items() if name.startswith("LP_")}
    given |= {"LP_SANDBOX_PORT": "0", "LP_SANDBOX_SIZE": "small", "LP_SANDBOX_READY_FILE": str(ready_file)}
    words = json.loads(instruction("ENTRYPOINT").text) + json.loads(instruction("CMD").text)
    program = image(f" /opt/lp-sandbox/bin/{words[0]}").strip()
    with subprocess.Popen([program, *words[1:]], env=variables | given, cwd=tmp_path) as process:
        while not ready_file.exists():
            assert process.poll() is None
        yield ready_file
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_the_container_is_ready_and_has_the_guide(served: Path, tried: Callable[[str, str], None]):
    tried("lead-provider-api-sandbox", "the steps of the Containerfile: install, build the pages, serve")
    url = json.loads(served.read_text())["url"].replace("0.0.0.0", "127.0.0.1")
    assert httpx.get(f"{url}/_sandbox/health", timeout=PATIENCE).json()["store"] == "sqlite"
    assert httpx.get(f"{url}/testing/use-it-in-ci/", timeout=PATIENCE).status_code == httpx.codes.OK


def test_the_github_action_installs_the_sandbox(
    tmp_path: Path, variables: dict[str, str], tried: Callable[[str, str], None]
):
    tried("lead-provider-api-sandbox", "the step of the GitHub action that installs it")
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".git", ".venv", "build", "node_modules", "bench"))
    done(INSTALL["run"], tmp_path, variables | {"RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": str(checkout)})
    done("lp-sandbox/bin/lp-sandbox --version", tmp_path, variables)


def test_the_gitlab_job_installs_the_sandbox(
    tmp_path: Path, variables: dict[str, str], tried: Callable[[str, str], None]
):
    tried("lead-provider-api-sandbox", "the lines of the GitLab job that install it")
    lines = [line for line in GITLAB["before_script"] if "venv" in line or "pip install" in line]
    done("\n".join(lines), tmp_path, variables | {"SANDBOX": str(ROOT)})
    done(".sandbox/bin/lp-sandbox --version", tmp_path, variables)
