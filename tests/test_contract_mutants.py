"""Nothing on the pages is typed that the contract knows: change the contract, and the build fails or the pages change.

Each case changes one thing in a copy of the contract. Where it says what pages say of that thing today, every page that
says so is made again, with a sandbox that keeps the changed contract: one must be refused, or none may say it any more.
A change that lives shows a fact that somebody has typed.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MUTANT
from site_helpers import SANDBOX, SITE, all_contracts, settings, site_pages, whole_site

import lp_sandbox.ecf.seed
import lp_sandbox.register.seed
from lp_contract import SPEC
from lp_contract.contract import Contract, load
from lp_contract.contract_cache import kept
from lp_contract.yaml_source import ContractError, Source, read
from lp_guide.contract_checks import check
from lp_guide.pages import Page, read_file
from lp_guide.recorded_answers import stale
from lp_guide.render import Body, Renderer
from lp_guide.sandbox_client import Sandbox, World
from lp_sandbox.app import in_memory

READ: dict[tuple[str, str], Source] = {}
"""What files of the contract hold, by name and text: most of them are the same in every case."""
LATEST: dict[str, tuple[list[bytes], Contract]] = {}
"""The contract of each name that was loaded last, with its files: the pages and the sandbox of a case load the same."""
MADE: dict[tuple[str, str], Any] = {}
"""What makes the records of a world, by edition and seeds: few cases change the seeds."""
CASES = yaml.load((Path(__file__).parent / "cases" / "mutants.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
EDITIONS = ("register", "ecf")
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
ANSWER = re.compile(r"^```response.*?^```$", re.DOTALL | re.MULTILINE)
VERSIONS = "/versions/"
"""The page that says what each thing was before a change."""
CHECKED, REFUSED, CHANGED = "refused by the checks", "refused by a page", "changed with it on every page"


@pytest.fixture(autouse=True)
def _read_once(monkeypatch):
    monkeypatch.setattr("lp_contract.merge_documents.read", read_once)
    monkeypatch.setattr("lp_contract.contract.kept", loaded_once)
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # no contract of a case is loaded again: none is cached
    for seed in (lp_sandbox.register.seed, lp_sandbox.ecf.seed):
        monkeypatch.setattr(seed, "cached_records", partial(made_once, seed.__name__, seed.cached_records))


def made_once(edition: str, make: Callable[[Any], Any], seeds: Any) -> Any:
    key = edition, json.dumps(dict(seeds))
    if key not in MADE:
        MADE[key] = make(seeds)
    return MADE[key]


def read_once(file: Path, shown_as: Path | None = None) -> Source:
    key = (file.name, file.read_text(encoding="utf-8"))
    if key not in READ:
        READ[key] = read(file, shown_as)
    return READ[key]


def loaded_once(folder: Path, name: str, files: Iterable[Path], make: Callable[[], Contract]) -> Contract:
    files = list(files)
    texts = [file.read_bytes() for file in files]
    if LATEST.get(name, ([],))[0] != texts:
        LATEST[name] = texts, kept(folder, name, files, make)
    return LATEST[name][1]


class ReadySandbox(Sandbox):
    """A sandbox that keeps a changed contract, and has the worlds that its pages need from the beginning."""

    def __init__(self, edition: str, spec: Path) -> None:
        contents, clock, to_read, to_write = ready_worlds(edition)
        super().__init__(SANDBOX, edition=edition, spec=spec, contents=contents)
        self._pristine[clock], self._to_write[clock] = to_read, to_write


@cache
def ready_worlds(edition: str) -> tuple[bytes, str, World, World]:
    """Return the contents of a store with a world of an edition and a copy of it, their clock, and those worlds."""
    app = in_memory(edition)
    clock = app.edition.contract.seeds["world"]["clock"]
    first = app.worlds.create(size="small", clock=clock)
    to_read, to_write = (World(each.id, app.worlds.tokens(each)[0].token) for each in (first, app.worlds.fork(first)))
    return app.worlds._store.connection.db.serialize(), clock, to_read, to_write  # noqa: SLF001


def changed_sandbox(contract: Contract, spec: Path) -> Sandbox:
    """Return a sandbox that keeps a changed contract. Only worlds of other seeds are made anew."""
    edition = contract.edition
    if contract.seeds != of_edition(all_contracts(), edition)[0].seeds:
        return Sandbox(SANDBOX, edition=edition, spec=spec)
    return ReadySandbox(edition, spec)


def edition_of(case) -> str:
    return case.get("edition", "register")


def title(case) -> str:
    return f"{edition_of(case)} {case['kind']}: {' '.join(case['old'].split())}"


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def renderers(known: tuple[Contract, ...], edition: str, sandbox: Sandbox) -> dict[str, Renderer]:
    """Return what renders the pages, with a sandbox for an edition and the usual ones for the others."""
    made: dict[str, Renderer] = {}
    for name in {contract.of_edition for contract in known}:
        own = sandbox if name == edition else unchanged(name)
        made[name] = Renderer(of_edition(known, name), SITE / "templates", settings(), own, made)
    return made


@cache
def unchanged(edition: str) -> Sandbox:
    return Sandbox(SANDBOX, edition=edition)


@pytest.fixture(scope="module", autouse=True)
def _close_sandboxes():
    yield
    for edition in EDITIONS:
        unchanged(edition).__exit__(None, None, None)
    unchanged.cache_clear()


@cache
def files() -> dict[str, Path]:
    """Return the file that every page is made of, by its address."""
    return {page.url: page.file for page in site_pages()}


def pages(known: tuple[Contract, ...], edition: str, urls: Collection[str]) -> list[Page]:
    """Read some of the pages about an edition, or about two of which it is one, the short ones first."""
    content = SITE / "content"
    found = [page for file in {files()[url] for url in urls} for page in read_file(known, file, content, content)]
    about = (page for page in found if page.url in urls and edition in page.editions)
    return sorted(about, key=lambda page: (len(page.text), page.url))


def of_edition(known: tuple[Contract, ...], edition: str) -> tuple[Contract, ...]:
    return tuple(contract for contract in known if contract.of_edition == edition)


@cache
def today(edition: str) -> dict[str, str]:
    """Return what every page about an edition says while nothing is changed: what was built."""
    about = pages(all_contracts(), edition, files())
    built = {page.url: whole_site()[f"{page.url}{'index.html' * page.url.endswith('/')}".lstrip("/")] for page in about}
    return {url: words(MAIN.search(data.decode())[0]) for url, data in built.items()}


def mutated(case, folder: Path) -> Path:
    """Return a folder with the contract in which one thing is changed. All else in it is linked."""
    spec = folder / "spec"
    changed = Path(edition_of(case)) / case["file"]
    linked_beside(changed, SPEC, spec)
    text = (SPEC / changed).read_text(encoding="utf-8")
    assert case["old"] in text, "the contract has changed: mend the case"
    (spec / changed).write_text(text.replace(case["old"], case["new"], 1), encoding="utf-8")
    return spec


def linked_beside(file: Path, source: Path, folder: Path) -> None:
    """Make a folder that has everything in another one except a file, as links."""
    first, *rest = file.parts
    folder.mkdir()
    for path in source.iterdir():
        if path.name not in (first, "__pycache__"):
            (folder / path.name).symlink_to(path)
    if rest:
        linked_beside(Path(*rest), source / first, folder / first)


def fate(case, spec: Path) -> str:
    """Say what becomes of a change; nothing, when it lives."""
    shown = by_pages(edition_of(case), case["says"], spec) if "says" in case else ""
    return shown or (CHECKED if check(edition_of(case), spec) else "")


def by_pages(edition: str, says: str, spec: Path) -> str:
    """Make every page about an edition that says something of what was changed, and say what becomes of it."""
    saying = {url for url, text in today(edition).items() if says in text and url != VERSIONS}
    assert saying, "no page says this: mend the case"
    try:
        changed = load(edition, spec)
        known = tuple(changed if each.edition == edition else each for each in all_contracts())
        with changed_sandbox(changed, spec) as sandbox:
            made = renderers(known, edition, sandbox)
            texts = [(page, text(made[page.edition].body(page), page)) for page in pages(known, edition, saying)]
    except ContractError:
        return REFUSED
    return "" if any(still_says(page, each, says) for page, each in texts) else CHANGED


def still_says(page: Page, words: str, says: str) -> bool:
    """Return whether a page says something as before. What is shown of two editions may come from the other one."""
    return says in (" ".join(ANSWER.sub("", page.text).split()) if len(page.editions) > 1 else words)


def text(body: Body, page: Page) -> str:
    """Return the text of a page. Raises ContractError where an answer differs from the one in its source."""
    complaints = [*stale(page.text, body.answered, page.file), *body.misfits]
    if complaints:
        raise ContractError(*complaints)
    return words(body.html)


def test_there_are_forty_changes_of_every_kind():
    assert len(CASES) >= 40
    assert len({case["kind"] for case in CASES}) >= 12


@pytest.mark.parametrize("case", CASES, ids=title)
def test_a_change_of_the_contract_does_not_live(case, tmp_path, record_property):
    found = fate(case, mutated(case, tmp_path))

    record_property(MUTANT, found)
    assert found, "the build takes the change, and a page still says what was so before"
