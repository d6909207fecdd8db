"""What the tests of the site share: one sandbox, one contract, and ways to render a page of their own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lp_contract import SPEC
from lp_contract.contract import Contract, load
from lp_contract.source import ContractError, read
from lp_guide.addresses import Addresses, homes
from lp_guide.build import make
from lp_guide.navigation import Navigation
from lp_guide.pages import Page, read_pages
from lp_guide.render import Body, Renderer
from lp_guide.sandbox_client import Sandbox

SITE = Path(__file__).parent.parent / "site"
SANDBOX = "lp_sandbox.app:in_memory"
FRONT = "---\ntitle: A page\ndescription: What it is about.\n---\n"
FIRST_LINE = 5
"""The line of a page on which its text begins."""


@cache
def contract() -> Contract:
    return load("register")


@cache
def whole_site() -> dict[str, bytes]:
    return make(contract(), SITE, SANDBOX)


@cache
def _sandbox() -> Sandbox:
    return Sandbox(SANDBOX).__enter__()


@cache
def contracts() -> tuple[Contract, ...]:
    return contract(), load("register/sandbox")


@cache
def settings() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read(SITE / "site.yaml").data
    return found


def addresses(of: Sequence[Contract]) -> Addresses:
    return Addresses(of, homes(settings()))


@cache
def renderer() -> Renderer:
    return Renderer(contracts(), SITE / "templates", settings(), _sandbox())


def close_sandbox() -> None:
    if _sandbox.cache_info().currsize:
        _sandbox().__exit__(None, None, None)
        _sandbox.cache_clear()
        renderer.cache_clear()


def render(folder: Path, text: str) -> str:
    """Render a page that holds this text."""
    page = trial(folder, text)
    return renderer().frame(page, renderer().body(page), Navigation([page], []))


def body(folder: Path, text: str) -> Body:
    """Make what a page says that holds this text."""
    return renderer().body(trial(folder, text))


def trial(folder: Path, text: str) -> Page:
    """Write a page that holds this text."""
    (folder / "trial.md").write_text(FRONT + text)
    return read_pages(contracts(), folder, Path("content"))[0]


def complaint(folder: Path, text: str) -> str:
    """Render a page that holds this text, and return the complaint that this must bring."""
    try:
        render(folder, text)
    except ContractError as error:
        return str(error)
    raise AssertionError("nothing was wrong")


def contract_with(folder: Path, old: str, new: str) -> Contract:
    """Return the contract with other words in its document of partnerships."""
    shutil.copytree(SPEC, folder / "spec", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "spec" / "register" / "partnerships.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return load("register", root=folder / "spec")
