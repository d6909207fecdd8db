"""What `pip install` brings: the server and the kit alone are small, and the guide is an extra."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hatch_build
from lp_guide.commands.options_and_failures import Command
from lp_guide.plain_english import spelling

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LARGEST = 40_000_000
"""The bytes that the server and the kit take with everything on which they depend, as installed and not compiled."""
OWN = ("spec/lp_contract", "generator/lp_guide", "mocks/lp_sandbox")
SHIPPED = (*OWN, "site", *(f"spec/{name}" for name in ("register", "ecf", "sandbox", "released")))
IMPORT = re.compile(r"(?:^ *(?:import|from(?= [\w.]+ import)) |PackageLoader\(\")(\w+)", re.MULTILINE)
REPOSITORY = "https://example.com/lead-provider-api-sandbox"


def names(requirements: Sequence[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def with_theirs(requirements: set[str]) -> set[str]:
    """Return packages with those on which they depend, and these in turn."""
    found: set[str] = set()
    while requirements:
        found |= requirements
        needed = (Requirement(each) for name in requirements for each in importlib.metadata.requires(name) or ())
        wanted = (each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""}))
        requirements = {canonicalize_name(each.name) for each in wanted} - found
    return found


def installed_bytes(package: str) -> int:
    files = (each.locate() for each in importlib.metadata.files(package) or () if each.suffix != ".pyc")
    return sum(Path(file).stat().st_size for file in files if Path(file).is_file())


def test_the_server_and_the_kit_take_less_than_forty_megabytes():
    needed = sum(map(installed_bytes, with_theirs(names(PROJECT["dependencies"]))))
    files = (file for folder in SHIPPED for file in (ROOT / folder).rglob("*") if "__pycache__" not in file.parts)
    own = sum(file.stat().st_size for file in files if file.is_file())
    assert 10_000_000 < needed + own < LARGEST


@cache
def packages() -> Mapping[str, Sequence[str]]:
    """Return the packages with each module."""
    return importlib.metadata.packages_distributions()


def package_of(module: str) -> str:
    """Return the package that a module comes with; empty for Python's own."""
    return "" if module in sys.stdlib_module_names else canonicalize_name(packages()[module][0])


@cache
def imports(folder: Path) -> frozenset[tuple[str, str]]:
    """Return each package that the modules in a folder import, with the name of the module."""
    return frozenset(
        (package_of(module), file.relative_to(ROOT).as_posix())
        for file in folder.rglob("*.py")
        for module in set(IMPORT.findall(file.read_text()))
        if not module.startswith("lp_") and package_of(module)
    )


PLUGIN = ("pytest", "mocks/lp_sandbox/pytest_plugin.py")
"""pytest imports its plugin, so it is there."""


@pytest.mark.parametrize(
    ("folder", "extras"), [("spec/lp_contract", ()), ("mocks/lp_sandbox", ()), ("generator/lp_guide", ("guide",))]
)
def test_a_package_imports_only_what_is_installed_with_it(folder: str, extras: Sequence[str]):
    allowed = names([*PROJECT["dependencies"], *(each for extra in extras for each in EXTRAS[extra])])
    assert {found for found in imports(ROOT / folder) if found[0] not in allowed} <= {PLUGIN}


def test_a_package_is_required_because_something_imports_or_runs_it():
    imported = {package for folder in OWN for package, _ in imports(ROOT / folder)}
    assert names([*PROJECT["dependencies"], *EXTRAS["guide"]]) <= imported | {spelling.PACKAGE}


def test_every_requirement_is_in_the_lock_file():
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert names([*PROJECT["dependencies"], *(each for extra in EXTRAS.values() for each in extra)]) <= locked


def test_the_guide_without_its_packages_says_how_to_install_them():
    @click.command(cls=Command)
    def build() -> None:
        raise ModuleNotFoundError("No module named 'httpx'", name="httpx")

    done = CliRunner().invoke(build)
    assert done.exit_code == 1
    assert "No module named 'httpx'" in done.output
    assert f"pip install '{PROJECT['name']}[guide]'" in done.output


def readme_for(repository: str) -> dict[str, object]:
    metadata: dict[str, object] = {}
    hatch_build.MetadataHook(str(ROOT), {"repository": repository}).update(metadata)
    return metadata


def test_on_an_index_the_links_and_the_picture_of_the_readme_are_absolute():
    metadata = readme_for(REPOSITORY)
    text = metadata["readme"]["text"]
    linked = re.findall(r"\]\(([^)]+)\)", text)
    assert f"{REPOSITORY}/raw/main/site/picture.png" in linked
    assert f"{REPOSITORY}/blob/main/ARCHITECTURE.md" in linked
    assert [link for link in linked if not link.startswith(("https://", "http://"))] == []
    assert metadata["urls"]["Source"] == REPOSITORY


def test_a_readme_without_the_address_of_a_repository_has_no_dead_link():
    text = readme_for("")["readme"]["text"]
    assert [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")] == []
    assert "picture.png" not in text
    assert "ARCHITECTURE.md is one page" in text
