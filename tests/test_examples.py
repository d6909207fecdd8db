"""The examples that pages show and readers download pass, in every language, against one sandbox."""

from __future__ import annotations

import doctest
import inspect
import os
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lp_sandbox import pytest_plugin
from lp_sandbox.testing import Sandbox, World

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "site" / "assets" / "examples"
PYTHON = ("test_declarations.py", "test_worlds.py")
PROGRAMS = {
    "declarations.sh": ("sh",),
    "declarations.test.mjs": ("node", "--test"),
    "declarations_test.rb": ("ruby",),
}
"""What runs each example that needs a sandbox beside it."""
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def run(name: str, url: str, folder: Path = EXAMPLES) -> subprocess.CompletedProcess[str]:
    """Run an example, or skip the test where the language is not installed."""
    program = PROGRAMS[name]
    if not shutil.which(program[0]):
        pytest.skip(f"THERE IS NO {program[0].upper()}: the example {name} is not run")
    return subprocess.run(
        [*program, str(folder / name)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SANDBOX_URL": url},
        timeout=120,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_example_passes_and_removes_its_world(name: str, sandbox: Sandbox):
    with sandbox.world() as world:
        worlds = len(world._send.control("listWorlds"))  # noqa: SLF001
        done = run(name, sandbox.url)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(world._send.control("listWorlds")) == worlds  # noqa: SLF001


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_example_fails_where_the_sandbox_answers_otherwise(name: str, sandbox: Sandbox, tmp_path: Path):
    text = (EXAMPLES / name).read_text()
    assert "72" in text
    (tmp_path / name).write_text(text.replace("72", "1"))
    assert run(name, sandbox.url, tmp_path).returncode != 0


def test_the_examples_for_pytest_pass_with_the_plugin_alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(**{f"{Path(name).stem}_example": (EXAMPLES / name).read_text() for name in PYTHON})
    pytester.runpytest_inprocess("-W", "error", plugins=[pytest_plugin]).assert_outcomes(passed=6)


def test_the_readme_shows_the_first_example_for_pytest():
    assert f"```python\n{(EXAMPLES / PYTHON[0]).read_text()}```" in README


PAGE = (ROOT / "site" / "content" / "testing" / "test-with-pytest.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [README, PAGE], ids=["README", "page"])
def test_the_report_of_a_failed_test_is_as_shown(text: str, sandbox: Sandbox):
    (shown,) = re.findall(r"```(?:text)?\n(POST .*?)```", re.sub(r"{{.*?}}", "...", text), re.DOTALL)
    example = runpy.run_path(str(EXAMPLES / PYTHON[0]))
    with sandbox.world() as world:
        example["test_a_second_declaration_is_refused"](world)
        said = world.report(most=1).partition("\n")[2]
    assert doctest.OutputChecker().check_output(shown, f"{said}\n", doctest.ELLIPSIS), said


def test_the_page_about_pytest_shows_every_part_of_a_world_and_of_its_marker():
    public = {name for name in [*vars(World), "clock", "lead_provider", "tokens"] if not name.startswith("_")}
    assert public - {"edition", "id"} <= set(re.findall(r"\.(\w+)", PAGE))
    assert set(re.findall(r"world\.(\w+)", PAGE)) <= public
    arguments = inspect.signature(Sandbox.world).parameters.keys() - {"self"}
    assert set(re.findall(r"^\| `(\w+)=", PAGE, re.MULTILINE)) == arguments
    assert set(re.findall(r"`--lp-(\w+)", PAGE)) == {*pytest_plugin.OPTIONS, "strict"}


CI = ("github-workflow.yaml", "gitlab-ci.yaml", "nginx.conf", "prometheus.yaml")
"""What `test_ci_recipes.py` runs or checks."""


def test_every_example_is_run():
    assert {file.name for file in EXAMPLES.iterdir()} == {*PYTHON, *PROGRAMS, *CI}
