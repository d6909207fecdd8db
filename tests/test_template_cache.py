"""Compiled templates are kept beside their sources, and never outlive them."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from lp_guide.template_cache import FOLDER, Bytecode


@pytest.fixture(autouse=True)
def _may_keep(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def rendered(folder: Path) -> str:
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), bytecode_cache=Bytecode(folder), autoescape=True)
    return made.get_template("a.html").render()


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch):
    (tmp_path / "a.html").write_text("One {{ 1 + 1 }}")
    assert rendered(tmp_path) == "One 2"
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *_: pytest.fail("compiled again"))
    assert rendered(tmp_path) == "One 2"


def test_a_template_that_has_changed_is_compiled_again(tmp_path: Path):
    for words in ("One", "Two"):
        (tmp_path / "a.html").write_text(words)
        assert rendered(tmp_path) == words


def test_a_folder_that_cannot_be_written_to_is_not_an_error(tmp_path: Path):
    (tmp_path / "a.html").write_text("One")
    (tmp_path / FOLDER).write_text("in the way")
    assert rendered(tmp_path) == "One"


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "a.html").write_text("One")
    assert rendered(tmp_path) == "One"
    assert not (tmp_path / FOLDER).exists()
