"""The wheel is all that a reader needs: contract, sandbox and guidance, installed where there is no checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from site_parts import whole_site

from lp_contract import SPEC
from lp_guide.build import write

CHECKOUT = SPEC.parent
SHIPPED = ("spec", "generator", "mocks", "site", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE")
FILLED = b"<!--sandbox:"
"""Where the sandbox fills something in."""
BUILT = "build/site"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
LONGEST = 60


def run(*words: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=folder, env=ENVIRONMENT | environment, timeout=LONGEST
    )


def copied(folder: Path) -> Path:
    """Copy what makes the wheel, so that nothing is built in the checkout itself."""
    folder.mkdir(exist_ok=True)
    for name in SHIPPED:
        there = CHECKOUT / name
        copy = shutil.copytree if there.is_dir() else shutil.copy2
        copy(there, folder / name)
    return folder


def wheel_of(project: Path) -> subprocess.CompletedProcess[str]:
    words = ("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", ".")
    return run(sys.executable, *words, folder=project)


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and, linked, what the wheel depends on."""

    programs: Path
    folder: Path
    """Empty, and far from the checkout."""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run(self.programs / words[0], *words[1:], folder=self.folder)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    project = folder / "project"
    copied(project)
    write(project / BUILT, whole_site())
    made = wheel_of(project)
    assert made.returncode == 0, made.stderr
    venv.create(folder / "venv", with_pip=False)
    programs = folder / "venv" / "bin"
    said = run(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder)
    Path(said.stdout.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    (wheel,) = (project / "dist").glob("*.whl")
    put = ("-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-index", "--no-deps", wheel)
    done = run(sys.executable, *put, folder=folder)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(project)
    (folder / "empty").mkdir()
    return Installed(programs, folder / "empty")


@pytest.fixture(scope="module")
def reader(installed: Installed) -> Iterator[httpx.Client]:
    """Whoever opens what the installed sandbox serves, told nothing of where the pages are."""
    command = (installed.programs / "lp-sandbox", "serve", "--port", "0", "--store", "memory", "--size", "small")
    with subprocess.Popen(
        command, cwd=installed.folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            url = next(found[0] for line in process.stdout if (found := re.search(r"http://[\d.:]+", line)))
            with httpx.Client(base_url=url) as client:
                yield client
        finally:
            process.kill()


def test_nothing_of_the_checkout_is_in_reach(installed: Installed):
    said = installed.run(
        "python",
        "-c",
        "import lp_contract, lp_guide, lp_sandbox as s; print(*(m.__file__ for m in (lp_contract, lp_guide, s)))",
    )
    places = said.stdout.split()
    assert len(places) == 3, said.stderr
    assert all(Path(place).is_relative_to(installed.programs.parent) for place in places)


def test_the_sandbox_shows_every_page_and_answers_requests(reader: httpx.Client):
    address = str(reader.base_url).rstrip("/").encode()
    for name, data in whole_site().items():
        if not name.startswith("."):
            served = reader.get(f"/{name.removesuffix('index.html')}")
            assert served.status_code == 200, name
            assert served.content.replace(address, b"http://127.0.0.1:8000") == data or FILLED in data, name
    assert "<form" in reader.get("/reference/partnerships/createPartnership/").text
    token = reader.get("/_sandbox/worlds").json()[0]["tokens"][0]["token"]
    listed = reader.get("/api/v3/partnerships", headers={"Authorization": f"Bearer {token}"})
    assert listed.status_code == 200
    assert listed.json()["data"]


def test_the_guide_judges_the_contract_and_builds_the_same_pages(installed: Installed):
    assert installed.run("lp-guide", "check").stdout.startswith("The contract is sound")
    built = installed.run("lp-guide", "build", "--out", "pages")
    assert built.returncode == 0, built.stdout
    for name, data in whole_site().items():
        assert (installed.folder / "pages" / name).read_bytes() == data, name


def test_no_wheel_is_made_without_the_pages(tmp_path: Path):
    made = wheel_of(copied(tmp_path))
    assert made.returncode != 0
    assert f"{BUILT} is not there: the pages have not been built. Run `make wheel`." in made.stderr + made.stdout
