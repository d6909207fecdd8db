"""What the tests of the site share: one sandbox, one contract, and ways to render a page of their own."""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from lp_contract import SPEC
from lp_contract.contract import Contract, load
from lp_contract.yaml_source import ContractError, read
from lp_guide.build import make
from lp_guide.built_files import read_manifest, write
from lp_guide.navigation import Navigation
from lp_guide.pages import Page, read_pages
from lp_guide.reference_urls import Addresses, homes
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


MOVING = "/guidance/moving-from-ecf/"
"""Where the pages about both editions are."""
BUILT_SITE = "LP_TESTS_BUILT_SITE"
"""Names the variable with the folder of the built site, which the workers of a run share.

`make test` builds it before. Otherwise the first worker that needs it does.
"""
PAGES = {
    "index.md": "---\ntitle: Start\ndescription: Where it all begins.\n---\nGo [on](/next/).\n",
    "next.md": "---\ntitle: Next\ndescription: What comes then.\n---\nThere was [once](/).\n",
}
LINKED = ("differences.md", "release-notes.md", "guidance/accessibility.md", "guidance/support.md", "search.md")
"""The pages to which every page links."""


@cache
def whole_site() -> dict[str, bytes]:
    """Return every file of the site, by its name."""
    folder = os.environ.get(BUILT_SITE)
    return _shared_site(Path(folder)) if folder else {**make(contract(), SITE, SANDBOX)}


def _shared_site(folder: Path) -> dict[str, bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not read_manifest(folder).files:
            write(folder, make(contract(), SITE, SANDBOX))
        return {name: (folder / name).read_bytes() for name in read_manifest(folder).files}


def small_site(folder: Path) -> Path:
    """Write a site of few pages into a folder. It need not show any of the contract."""
    own = folder / "site"
    shutil.copytree(SITE, own, ignore=shutil.ignore_patterns("content", "anchors.lock", "__pycache__"))
    for name, text in PAGES.items():
        write_page(own, name, text)
    for name in LINKED:
        front = f"title: About {name}\ndescription: What every page leads to."
        write_page(own, name, f"---\n{front}\n---\nNone.\n")
    settings = yaml.load((SITE / "site.yaml").read_text(), yaml.CSafeLoader)
    changed = {
        "beside": ["register/sandbox"],
        "search": {**settings["search"], "weights": {}},
        "glossary": {},
        "switch": [],
        "counterparts": {},
        "for_writers": "/",
        "navigation": [],
        "redirects": {},
        "coverage": {},
    }
    (own / "site.yaml").write_text(yaml.safe_dump({**settings, **changed}))
    return own


def write_page(site: Path, name: str, text: str) -> None:
    """Write the source of a page of a site, by its path under `content`."""
    file = site / "content" / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(text)


@cache
def _sandbox() -> Sandbox:
    return Sandbox(SANDBOX).__enter__()


@cache
def contracts() -> tuple[Contract, ...]:
    return contract(), load("register/sandbox")


@cache
def all_contracts() -> tuple[Contract, ...]:
    """The contracts of every page: those that the settings of the site name."""
    return contract(), *map(load, settings()["beside"])


@cache
def site_pages() -> list[Page]:
    """Every page of the site, as it was read."""
    return read_pages(all_contracts(), SITE / "content", SITE / "content")


@cache
def settings() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read(SITE / "site.yaml").data
    return found


def addresses(of: Sequence[Contract]) -> Addresses:
    return Addresses(of, homes(settings()))


@cache
def renderer() -> Renderer:
    return Renderer(contracts(), SITE / "templates", settings(), _sandbox())


@cache
def renderers() -> Mapping[str, Renderer]:
    """Return a renderer for each edition, for pages about two of them."""
    made: dict[str, Renderer] = {}
    for edition, of in groupby(all_contracts(), key=lambda contract: contract.of_edition):
        sandbox = Sandbox(SANDBOX, edition=edition).__enter__()
        made[edition] = Renderer(list(of), SITE / "templates", settings(), sandbox, made)
        atexit.register(sandbox.__exit__, None, None, None)
    return made


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


def unmarked(markup: str) -> str:
    """Return HTML without what only keeps names whole: its words stand beside each other again."""
    return re.sub(r"<wbr>|</?span\b[^>]*>", "", markup)
