"""A page says when it was last changed. If the settings say so, it links to its source and to a form for feedback."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from site_helpers import SITE, _sandbox, contracts, renderer, settings

from lp_contract.yaml_source import ContractError, read
from lp_guide.content_files import Content
from lp_guide.git_history import last_changes, last_commit
from lp_guide.navigation import Navigation
from lp_guide.pages import Page, read_pages
from lp_guide.render import Renderer
from lp_guide.settings import SCHEMA
from lp_guide.source_hashes import Sources

PAGE = "---\ntitle: A page\ndescription: What it is about.\n{front}---\nText.\n"
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


def commit(folder: Path, day: str) -> None:
    for words in (("add", "-A"), ("commit", "-qm", "A change", f"--date={day}T12:00:00Z")):
        subprocess.run([*GIT, *words], cwd=folder, check=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in a repository: two pages of one day, one of which was changed on another."""
    top = tmp_path_factory.mktemp("repository")
    content = top / "site/content"
    content.mkdir(parents=True)
    subprocess.run([*GIT, "init", "-q"], cwd=top, check=True)
    for name, url in (("old.md", "/old/"), ("año.md", "/new/")):
        (content / name).write_text(PAGE.format(front=f"url: {url}\n"))
    commit(top, "2026-03-01")
    (content / "año.md").write_text(PAGE.format(front="url: /new/\n") + "More.\n")
    commit(top, "2026-05-22")
    return top / "site"


def foot(page: Page, own: Renderer | None = None) -> str:
    own = own or renderer()
    html = own.frame(page, own.body(page), Navigation([page], []))
    return html[html.index("<footer") :]


def text(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", "", html).split())


def page_with(folder: Path, front: str, name: str = "trial.md") -> Page:
    (folder / name).write_text(PAGE.format(front=front))
    return read_pages(contracts(), folder, Path("content"))[0]


def test_git_says_when_each_file_was_last_changed(site: Path):
    assert last_changes(site / "content") == {"año.md": "2026-05-22", "old.md": "2026-03-01"}


def test_pages_show_the_day_of_their_last_commit(site: Path):
    pages, _ = Content(contracts(), site, Path("site"), last_changes(site / "content")).pages()
    assert {page.name: page.changed for page in pages} == {"año.md": "2026-05-22", "old.md": "2026-03-01"}
    assert "Last changed on 22 May 2026." in text(foot(next(page for page in pages if page.url == "/new/")))


def test_a_day_in_the_front_matter_comes_before_that_of_git(tmp_path: Path):
    (tmp_path / "content").mkdir()
    page_with(tmp_path / "content", "changed: '2026-01-02'\n")
    (page,), _ = Content(contracts(), tmp_path, Path("site"), {"trial.md": "2026-05-22"}).pages()
    assert "Last changed on 2 January 2026." in text(foot(page))


def test_a_day_that_is_not_in_the_calendar_is_refused_at_its_line(tmp_path: Path):
    expected = r"content/trial.md:4: .*`2026-02-30` is not a day.*`changed: '2026-11-22'`"
    with pytest.raises(ContractError, match=expected):
        page_with(tmp_path, "changed: '2026-02-30'\n")


def test_pages_that_the_contract_fills_show_no_day(tmp_path: Path):
    (tmp_path / "content").mkdir()
    page_with(tmp_path / "content", "each: tag\nurl: /{{ tag.slug }}/\n")
    pages, _ = Content(contracts(), tmp_path, Path("site"), {"trial.md": "2026-05-22"}).pages()
    assert {page.changed for page in pages} == {""}


def test_without_a_repository_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert (last_changes(tmp_path), last_commit(tmp_path)) == ({}, "")
    assert "Last changed" not in foot(page_with(tmp_path, ""))


def test_without_the_program_git_nothing_is_known(site: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert (last_changes(site / "content"), last_commit(site / "content")) == ({}, "")


def test_a_shallow_clone_does_not_date_what_it_has_no_history_of(site: Path, tmp_path: Path):
    subprocess.run([*GIT, "clone", "-q", "--depth=1", f"file://{site.parent}", str(tmp_path / "clone")], check=True)
    assert set(last_changes(tmp_path / "clone/site/content").values()) == {""}


def test_a_commit_of_a_page_is_a_change_of_the_sources(site: Path, tmp_path: Path):
    copy = Path(shutil.copytree(site.parent, tmp_path / "copy"))

    def sources() -> str:
        return Sources.read(copy / "spec", copy / "site").whole

    (copy / "site/content/old.md").write_text(PAGE.format(front="") + "More.\n")
    before = sources()
    commit(copy, "2026-06-01")
    after = sources()
    (copy / "other.txt").write_text("It is no page.")
    commit(copy, "2026-06-02")
    assert before != after == sources()


HOST = "https://host.example/below"
PAGE_AT_HOST = "https%3A%2F%2Fhost.example%2Fbelow%2Fguidance%2Ftrial%2F"
LINKS = [
    ("source", "https://example.com/blob/{path}?plain=1", "https://example.com/blob/guidance/trial.md?plain=1"),
    ("feedback", "https://example.com/form?page={page}&a=b", f"https://example.com/form?page={PAGE_AT_HOST}&amp;a=b"),
    ("feedback", "mailto:guide@example.com?subject={page}", f"mailto:guide@example.com?subject={PAGE_AT_HOST}"),
    ("feedback", "https://example.com/form", "https://example.com/form"),
]
WORDS = {"source": "Source of this page", "feedback": "Is this page useful? Give feedback"}


@pytest.mark.parametrize(("name", "written", "expected"), LINKS)
def test_a_page_has_a_link_if_the_settings_have_its_address(tmp_path: Path, name: str, written: str, expected: str):
    (tmp_path / "guidance").mkdir()
    page = page_with(tmp_path, "", "guidance/trial.md")
    own = Renderer(contracts(), SITE / "templates", settings() | {"address": HOST, name: written}, _sandbox())
    html = foot(page, own)
    assert f'href="{expected}"' in html
    assert WORDS[name] in text(html)
    assert WORDS[name] not in text(foot(page))


WRONG = [
    ("source", "https://example.com/blob/main"),
    ("source", "content/{path}"),
    ("source", "https://example.com/{page}"),
    ("feedback", "/feedback/"),
    ("feedback", "https://example.com/{path}"),
    ("feedback", "javascript:alert(1)"),
]


@pytest.mark.parametrize(("name", "written"), WRONG)
def test_an_address_without_a_page_is_refused(name: str, written: str):
    validator = Draft202012Validator(read(SCHEMA).data)
    assert [[*error.path] for error in validator.iter_errors(settings() | {name: written})] == [[name]]


@pytest.mark.parametrize(("name", "written"), dict.fromkeys((name, written) for name, written, _ in LINKS))
def test_the_addresses_of_links_are_settings(name: str, written: str):
    assert Draft202012Validator(read(SCHEMA).data).is_valid(settings() | {name: written})
