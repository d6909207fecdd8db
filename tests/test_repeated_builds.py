"""A build does nothing when nothing has changed, and sends only the requests that are new. It is never wrong."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from site_helpers import LINKED, PAGES, SITE, small_site, write_page

from lp_contract import SPEC
from lp_guide import source_hashes
from lp_guide.__main__ import lp_guide
from lp_guide.answer_cache import AnswerCache
from lp_guide.built_files import MANIFEST, read_manifest
from lp_guide.requests_and_answers import Request, Response, Said
from lp_guide.source_hashes import Sources
from lp_guide.watch.rebuilding import Rebuilder

REQUEST = "\n```http show=1\nGET /api/v3/partnerships{query}\n```\n"
UP_TO_DATE = "are up to date: nothing has changed."


@pytest.fixture(scope="module", autouse=True)
def _caches() -> Iterator[None]:
    """Caches are written, whatever the environment says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", False)
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small site, which was built into its folder `out`."""
    folder = tmp_path_factory.mktemp("built")
    write_page(small_site(folder), "asks.md", PAGES["next.md"] + REQUEST.format(query=""))
    CliRunner().invoke(lp_guide, ["update", "--site", str(folder / "site")])
    run(folder)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(built, tmp_path / "built"))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests to the sandbox, in their order."""
    targets: list[str] = []
    request = httpx.AsyncClient.request

    def listed(self: httpx.AsyncClient, method: str, target: str, **parts: object) -> object:
        targets.append(f"{method} {target}")
        return request(self, method, target, **parts)

    monkeypatch.setattr(httpx.AsyncClient, "request", listed)
    return targets


def run(folder: Path) -> str:
    done = attempt(folder)
    assert done.exit_code == 0, done.output
    return done.output


def attempt(folder: Path) -> Result:
    return CliRunner().invoke(lp_guide, ["build", "--site", str(folder / "site"), "--out", str(folder / "out")])


# A build when nothing has changed


def test_a_build_counts_the_pages_that_do_not_redirect(tmp_path: Path):
    settings = small_site(tmp_path) / "site.yaml"
    counted = [run(tmp_path).split()[0]]
    settings.write_text(settings.read_text().replace("redirects: {}", "redirects: {/old/: /}"))
    counted.append(run(tmp_path).split()[0])
    assert (tmp_path / "out/old/index.html").is_file()
    assert counted == [str(len(PAGES) + len(LINKED))] * 2


def test_a_build_of_what_has_not_changed_makes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lp_guide.site.Site.make", lambda _: pytest.fail("it was made again"))
    assert UP_TO_DATE in run(folder)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_text("other")], ids=["removed", "changed"])
def test_an_output_that_is_not_as_it_was_written_is_made_again(folder: Path, spoil: Callable[[Path], object]):
    page = folder / "out" / "next" / "index.html"
    before = page.read_bytes()
    spoil(page)
    assert UP_TO_DATE not in run(folder)
    assert page.read_bytes() == before
    assert UP_TO_DATE in run(folder)


def test_an_answer_of_another_sandbox_is_never_taken_as_unchanged(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(source_hashes, "SANDBOX", "a_package_that_is_not_ours")
    write_page(folder / "site", "next.md", PAGES["next.md"] + "\nAnd more.\n")
    assert UP_TO_DATE not in run(folder)
    assert not read_manifest(folder / "out").sources


def test_a_source_that_is_saved_during_a_build_is_noticed_by_the_next(folder: Path, monkeypatch: pytest.MonkeyPatch):
    from lp_guide.site import Site

    make, page = Site.make, folder / "site" / "content" / "next.md"
    page.write_text(f"{page.read_text()}\nFirst.\n")

    def saved_meanwhile(site: Site) -> object:
        made = make(site)
        page.write_text(f"{page.read_text()}\nSecond.\n")
        return made

    with monkeypatch.context() as patch:
        patch.setattr(Site, "make", saved_meanwhile)
        run(folder)
    assert "Second." not in (folder / "out" / "next" / "index.html").read_text()
    run(folder)
    assert "Second." in (folder / "out" / "next" / "index.html").read_text()


# What is noticed

CHANGES = {
    "content": "site/content/index.md",
    "a template": "site/templates/base.html",
    "a template of the sandbox": "site/templates/served/search.jinja",
    "texts of templates": "site/texts/en-GB.yaml",
    "an asset": "site/assets/site.css",
    "settings": "site/site.yaml",
    "locked anchors": "site/anchors.lock",
    "differences between editions": "site/side-by-side.yaml",
    "a contract": "spec/register/openapi.yaml",
    "seeds": "spec/register/seeds/world.yaml",
    "a released contract": "spec/released/0.1.0/openapi.yaml",
    "code": "code/own/deep/module.py",
    "data beside code": "code/own/schema.yaml",
    "a new library": "code/other-2.0.dist-info/METADATA",
}


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources of every kind, with a package `own` as the only code."""
    (tmp_path / "code" / "own" / "deep").mkdir(parents=True)
    (tmp_path / "code" / "own" / "__init__.py").touch()
    (tmp_path / "site").mkdir()
    (tmp_path / "spec").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "code")
    monkeypatch.setattr(source_hashes, "PACKAGES", ("own",))
    return tmp_path


def sources(inputs: Path, *options: str | None) -> Sources:
    return Sources.read(inputs / "spec", inputs / "site", *options)


@pytest.mark.parametrize("name", CHANGES.values(), ids=CHANGES)
def test_a_change_of_any_kind_of_source_is_noticed(inputs: Path, name: str):
    hashes = [sources(inputs).whole]
    (inputs / name).parent.mkdir(parents=True, exist_ok=True)
    for text in ("new", "changed"):
        (inputs / name).write_text(text)
        hashes.append(sources(inputs).whole)
    (inputs / name).rename(inputs / f"{name}.moved")
    hashes.append(sources(inputs).whole)

    expected = 2 if name.endswith("METADATA") else 4  # a library is known by its version alone
    assert len(set(hashes)) == expected


def test_every_kind_of_source_is_one_that_the_site_has():
    assert all((SITE.parent / name).exists() for kind, name in CHANGES.items() if name.startswith("site/"))
    assert {file.name for file in SITE.iterdir() if not file.name.startswith((".", "_"))} - {"picture.png"} == {
        name.split("/")[1] for name in CHANGES.values() if name.startswith("site/")
    }


def test_other_options_are_other_sources(inputs: Path):
    options = [(None, None), ("ecf", None), (None, "ecf"), ("None", None)]
    assert len({sources(inputs, *each).whole for each in options}) == len(options)


def test_the_site_alone_does_not_change_the_code(inputs: Path):
    before = sources(inputs)
    (inputs / "site" / "page.md").write_text("new")
    assert (sources(inputs).code, sources(inputs).whole == before.whole) == (before.code, False)


def test_caches_and_hidden_files_are_not_sources(inputs: Path):
    before = sources(inputs)
    for name in ("site/__pycache__/answers.json", "code/own/__pycache__/x.pyc", "site/.page.md.swp", "spec/.git/x"):
        (inputs / name).parent.mkdir(exist_ok=True)
        (inputs / name).write_text("new")
    assert before.are_unchanged()


def test_a_linked_folder_is_never_taken_as_unchanged(inputs: Path):
    (inputs / "elsewhere").mkdir()
    (inputs / "site" / "content").symlink_to(inputs / "elsewhere")
    assert not sources(inputs).are_unchanged()


def test_the_packages_of_this_project_are_the_code():
    project = tomllib.loads((SPEC.parent / "pyproject.toml").read_text())
    assert list(source_hashes.PACKAGES) == project["tool"]["importlinter"]["root_packages"]


# Answers


def test_a_build_after_a_change_of_words_sends_nothing_and_makes_the_same_answers(folder: Path, sent: list[str]):
    def answers() -> list[str]:
        return re.findall(r"<pre.*?</pre>", (folder / "out" / "asks" / "index.html").read_text(), re.DOTALL)

    before = answers()
    page = folder / "site" / "content" / "asks.md"
    page.write_text(f"{page.read_text()}\nAnd more.\n")
    assert UP_TO_DATE not in run(folder)
    assert (sent, answers()) == ([], before)
    assert "99 more" in before[-1]


def test_a_request_that_has_changed_is_sent(folder: Path, sent: list[str]):
    write_page(folder / "site", "asks.md", PAGES["next.md"] + REQUEST.format(query="?page[per_page]=1"))
    assert "is missing" in attempt(folder).output  # on the page is the answer to none
    assert "GET /api/v3/partnerships?page[per_page]=1" in sent


def test_the_check_uses_the_answers_of_a_build(folder: Path, sent: list[str]):
    done = CliRunner().invoke(lp_guide, ["check", "--edition", "register", "--site", str(folder / "site")])
    assert (done.exit_code, sent) == (0, []), done.output


def test_the_live_preview_uses_the_answers_of_a_build_and_leaves_them_as_they_are(folder: Path, sent: list[str]):
    (cache,) = (folder / "site" / "__pycache__").iterdir()
    before = cache.read_bytes()
    preview = Rebuilder("register", folder / "site", folder / "preview")
    first = preview.rebuild(from_contract=True)
    preview.close()
    assert (first.complaints, sent) == ((), [])
    assert (folder / "preview/asks/index.html").read_bytes() == (folder / "out/asks/index.html").read_bytes()
    assert cache.read_bytes() == before


def break_cache(folder: Path, broken: Callable[[bytes], bytes]) -> None:
    (file,) = (folder / "site" / "__pycache__").iterdir()
    file.write_bytes(broken(file.read_bytes()))


@pytest.mark.parametrize(
    "broken",
    [lambda _: b"", lambda data: data[:-100], lambda data: data.replace(b"data", b"date"), lambda _: b"\xff" * 99],
    ids=["empty", "cut", "changed", "rubbish"],
)
def test_a_broken_cache_of_answers_is_as_good_as_none(tmp_path: Path, broken: Callable[[bytes], bytes]):
    (tmp_path / "site").mkdir()
    kept = AnswerCache.of_site(tmp_path / "site", "key")
    kept.keep("page", [Said("page", Request("GET", "/data"), Response(200, {"data": ["x" * 200]}))])
    kept.save()
    break_cache(tmp_path, broken)
    assert not AnswerCache.of_site(tmp_path / "site", "key").conversation("page")


def test_a_cache_returns_what_was_said_and_only_under_its_key(tmp_path: Path):
    said = [
        Said("page", Request("PUT", "/x?y=%20", {"A": "b"}, '{"é": 1}', 3), Response(422, {"n": [1, 1.5, None, "…"]})),
        Said("mine", Request("GET", "/text"), Response(200, "words")),
        Said("page", Request("DELETE", "/none"), Response(204, None)),
    ]
    kept = AnswerCache.of_site(tmp_path, "key")
    kept.keep("page", said)
    assert kept.fact("names", lambda: ["a", "b"]) == ["a", "b"]
    kept.save()

    again = AnswerCache.of_site(tmp_path, "key")
    assert again.conversation("page") == said
    assert again.fact("names", list) == ["a", "b"]
    assert not AnswerCache.of_site(tmp_path, "another key").conversation("page")


def test_a_cache_keeps_only_what_the_last_build_used(tmp_path: Path):
    for name in ("first", "second"):
        kept = AnswerCache.of_site(tmp_path, "key")
        kept.keep(name, [Said("page", Request("GET", f"/{name}"), Response(200, name))])
        kept.save()
    last = AnswerCache.of_site(tmp_path, "key")
    assert (bool(last.conversation("first")), bool(last.conversation("second"))) == (False, True)
    assert len(list((tmp_path / "__pycache__").iterdir())) == 1


def test_a_folder_that_cannot_be_written_to_keeps_no_answers(tmp_path: Path):
    (tmp_path / "__pycache__").write_text("a file in the way of the folder")
    AnswerCache.of_site(tmp_path, "key").save()
    assert [file.name for file in tmp_path.iterdir()] == ["__pycache__"]


def test_a_manifest_of_another_form_lists_nothing(tmp_path: Path):
    for text in ("[]", '{"files": []}', '{"sources": 1}', "null"):
        (tmp_path / MANIFEST).write_text(text)
        assert not read_manifest(tmp_path).files
