"""The wheel holds contract, sandbox and guidance, and works where there is no checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from site_helpers import contract, small_site, whole_site

from lp_contract import SPEC
from lp_guide.build import make
from lp_guide.built_files import write

CHECKOUT = SPEC.parent
SHIPPED = ("spec", "generator", "mocks", "site", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE")
FILLED = b"<!--sandbox:"
"""Where the sandbox fills something in."""
BUILT, PAGES = "build/site", "lp_sandbox/site/"
"""Where the pages are in a checkout, and in a wheel."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
LONGEST = 180
OF_THE_SERVICE = "lead-providers/partnership-guide/index.html"
"""A host of files leads on to the guide from here. In a sandbox it is a page of the service."""
PACKAGES = {"spec": "lp_contract", "generator": "lp_guide", "mocks": "lp_sandbox"}
PICTURE = CHECKOUT / "site" / "picture.png"
"""The picture in the README."""


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


def wheel_of(project: Path) -> Path:
    """Build the wheel with the backend that `pip install .` uses."""
    made = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", folder=project)
    assert made.returncode == 0, made.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    return wheel


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def greeting_of(process: subprocess.Popen[str]) -> str:
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(lines)


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and, linked, what the wheel depends on."""

    programs: Path
    purelib: Path
    folder: Path
    """Empty, and far from the checkout."""

    def run(self, *words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return run(self.programs / words[0], *words[1:], folder=folder or self.folder)

    @contextmanager
    def serving(self) -> Iterator[tuple[str, str]]:
        """Serve from memory, and yield the address and the greeting."""
        command = (self.programs / "lp-sandbox", "serve", "--port", "0", "--store", "memory", "--size", "small")
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, cwd=self.folder, env=ENVIRONMENT, text=True, **pipes) as process:
            try:
                greeting = greeting_of(process)
                yield re.search(r"http://[\d.:]+", greeting)[0], greeting
            finally:
                process.kill()


def environment(folder: Path, wheel: Path) -> Installed:
    """Make an environment that holds a wheel."""
    venv.create(folder / "venv", with_pip=False)
    programs = folder / "venv" / "bin"
    said = run(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder)
    purelib = Path(said.stdout.strip())
    (purelib / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    put = ("-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-index", "--no-deps", wheel)
    done = run(sys.executable, *put, folder=folder)
    assert done.returncode == 0, done.stderr
    (folder / "empty").mkdir()
    return Installed(programs, purelib, folder / "empty")


@dataclass(frozen=True)
class Wheels:
    """What is in the wheel of a checkout without pages, and an environment that holds the wheel of one with pages."""

    without_pages: set[str]
    with_pages: set[str]
    installed: Installed


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> Wheels:
    folder = tmp_path_factory.mktemp("wheel")
    project = copied(folder / "project")
    without_pages = names_in(wheel_of(project))
    write(project / BUILT, whole_site())
    wheel = wheel_of(project)
    found = Wheels(without_pages, names_in(wheel), environment(folder, wheel))
    shutil.rmtree(project)
    return found


@pytest.fixture(scope="module")
def installed(wheels: Wheels) -> Installed:
    return wheels.installed


def test_nothing_of_the_checkout_is_in_reach(installed: Installed):
    said = installed.run(
        "python",
        "-c",
        "import lp_contract, lp_guide, lp_sandbox as s; print(*(m.__file__ for m in (lp_contract, lp_guide, s)))",
    )
    places = said.stdout.split()
    assert len(places) == 3, said.stderr
    assert all(Path(place).is_relative_to(installed.programs.parent) for place in places)


def test_the_sandbox_shows_every_page_and_answers_requests(installed: Installed):
    """The sandbox got no folder of pages."""
    with installed.serving() as (url, greeting), httpx.Client(base_url=url) as reader:
        assert "no guidance pages" not in greeting
        for name, data in whole_site().items():
            if not name.startswith(".") and name != OF_THE_SERVICE:
                served = reader.get(f"/{name.removesuffix('index.html')}")
                assert served.status_code == 200, name
                assert served.content.replace(url.encode(), b"http://127.0.0.1:8000") == data or FILLED in data, name
        assert "<form" in reader.get("/reference/partnerships/createPartnership/").text
        token = reader.get("/_sandbox/worlds").json()[0]["tokens"][0]["token"]
        listed = reader.get("/api/v3/partnerships", headers={"Authorization": f"Bearer {token}"})
        assert listed.status_code == 200
        assert listed.json()["data"]


KIT = """
import sys
sys.modules.update(dict.fromkeys({blocked!r}))  # as if they were not installed
from importlib.metadata import entry_points
from lp_sandbox.testing import Sandbox
(plugin,) = [each for each in entry_points(group="pytest11") if each.name == "lp_sandbox"]
plugin.load().pytest_configure
with Sandbox() as sandbox, sandbox.world() as world, sandbox.world("ecf") as other:
    print(len(world.participants()), len(other.participants()))
"""
"""A program with the kit, where nothing is installed that only the guide needs."""


def modules_of_the_guide_alone() -> list[str]:
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    packages = {canonicalize_name(Requirement(each).name) for each in (*extras["guide"], *extras["fast"])}
    packages.remove("pygments")  # pytest needs it too
    with_packages = packages_distributions().items()
    return [module for module, names in with_packages if packages & {canonicalize_name(name) for name in names}]


def test_the_kit_and_the_plugin_work_without_the_packages_of_the_guide(installed: Installed):
    blocked = modules_of_the_guide_alone()
    assert {"httpx", "jsonschema", "uvloop"} <= set(blocked)
    done = installed.run("python", "-c", KIT.format(blocked=blocked))
    assert done.returncode == 0, done.stderr
    assert min(map(int, done.stdout.split())) > 0


def test_the_wheel_says_that_its_packages_are_typed(wheels: Wheels):
    assert {f"{package}/py.typed" for package in ("lp_contract", "lp_sandbox")} <= wheels.with_pages


def test_it_holds_all_code_contracts_and_sources_of_pages(wheels: Wheels):
    folders = [(f"{folder}/{package}", package) for folder, package in PACKAGES.items()]
    contracts = {file.relative_to(CHECKOUT).parts[1] for file in (CHECKOUT / "spec").rglob("*.yaml")}
    folders += [(f"spec/{name}", f"lp_contract/editions/{name}") for name in contracts - {*PACKAGES.values()}]
    folders += [("site", "lp_guide/site")]
    held = {
        f"{there}/{file.relative_to(CHECKOUT / here)}": file.read_bytes()
        for here, there in folders
        for file in (CHECKOUT / here).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file != PICTURE
    }
    assert {name: (wheels.installed.purelib / name).read_bytes() for name in held} == held
    others = {name for name in wheels.without_pages if not name.partition("/")[0].endswith(".dist-info")}
    assert others == held.keys()


def test_the_guide_judges_the_contract_and_builds_the_pages_that_a_checkout_builds(
    installed: Installed, tmp_path: Path
):
    """It builds few pages in the place of its own, for it has the code and the sources of all of them."""
    assert "The contract is sound" in installed.run("lp-guide", "check", "--contract-only").stdout
    site, own = small_site(tmp_path), installed.purelib / "lp_guide" / "site"
    pages = make(contract(), site)
    with moved_away(own, tmp_path / "own"):
        shutil.copytree(site, own)
        built = installed.run("lp-guide", "build", "--out", "pages")
    assert built.returncode == 0, built.stdout
    assert {name: (installed.folder / "pages" / name).read_bytes() for name in pages} == dict(pages.items())


def test_a_wheel_without_built_pages_lacks_nothing_else(wheels: Wheels):
    assert wheels.without_pages == {name for name in wheels.with_pages if not name.startswith(PAGES)}
    assert f"{PAGES}index.html" in wheels.with_pages


def test_without_built_pages_the_wheel_serves_the_api_and_says_that_it_has_no_pages(
    installed: Installed, tmp_path: Path
):
    with moved_away(installed.purelib / PAGES, tmp_path / "pages"), installed.serving() as (url, greeting):
        assert "has no guidance pages. `lp-guide build --out build/site` builds them" in greeting
        home = httpx.get(url)
        assert "This sandbox has no guidance pages." in home.text
        assert httpx.get(f"{url}/_sandbox/worlds").json()[0]["id"] == "default"


@contextmanager
def moved_away(folder: Path, elsewhere: Path) -> Iterator[None]:
    """Take a folder out of an environment for a while, as if its wheel had none, or another."""
    folder.rename(elsewhere)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        elsewhere.rename(folder)


PROJECT_OF_ANOTHER = ("mocks", "spec", "generator", "tests")
"""Names that a project which uses the sandbox may well have for packages of its own."""


@pytest.mark.parametrize("beside", ["in the environment", "in the working folder"])
def test_programs_and_a_project_with_packages_of_our_folders_names_work_side_by_side(
    installed: Installed, tmp_path: Path, beside: str
):
    home = installed.purelib if beside == "in the environment" else tmp_path
    for name in PROJECT_OF_ANOTHER:
        (home / name).mkdir()
        (home / name / "__init__.py").write_text(f"WHOSE = 'theirs: {name}'\n")
    try:
        imports = "import sys; sys.path.insert(0, '.'); import " + ", ".join(PROJECT_OF_ANOTHER)
        shown = f"{imports}; print(*({', '.join(f'{name}.WHOSE' for name in PROJECT_OF_ANOTHER)}), sep='; ')"
        theirs = installed.run("python", "-c", shown, folder=tmp_path)
        assert theirs.stdout.strip() == "; ".join(f"theirs: {name}" for name in PROJECT_OF_ANOTHER), theirs.stderr
        for words in (("lp-sandbox", "operations"), ("python", "-m", "lp_sandbox", "operations")):
            assert "stateful." in installed.run(*words, folder=tmp_path).stdout
        (tmp_path / "page.md").write_text("# A page\n")
        for words in (("lp-guide", "lint"), ("python", "-m", "lp_guide", "lint")):
            judged = installed.run(*words, "--edition", "register", "page.md", folder=tmp_path)
            assert "Nothing is wrong with 1 file." in judged.stdout, judged.stdout + judged.stderr
    finally:
        for name in PROJECT_OF_ANOTHER:
            shutil.rmtree(home / name)
