"""Every link of the built site leads somewhere, and one that does not stops the build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from site_parts import SANDBOX, SITE, contract, whole_site

from generator.build import make
from generator.links import faults
from spec.source import ContractError


def site(**pages: str) -> dict[str, bytes]:
    return {f"{name}/index.html": text.encode() for name, text in pages.items()}


def messages(files: dict[str, bytes]) -> list[str]:
    return [f"{fault.file}:{fault.line} {fault.message}" for fault in faults(files)]


def test_the_site_has_no_dead_link():
    assert not messages(whole_site())


def test_a_link_to_a_page_that_is_not_there_is_found_with_its_line():
    assert messages(site(a='<p>\n<a href="/b/">b</a>')) == ["a/index.html:2 `/b/` leads to no page."]


def test_a_link_to_a_name_that_is_not_there_is_found():
    assert messages(site(a='<a href="/b/#c">b</a>', b='<p id="d">')) == [
        "a/index.html:1 `/b/#c` leads to a page that has no `c`."
    ]


def test_a_name_may_be_written_as_it_is_or_encoded():
    assert not messages(site(a='<a href="/b/#/x%20y/z">b</a>', b='<p id="/x%20y/z">'))
    assert not messages(site(a='<a href="/b/#caf%C3%A9">b</a>', b='<p id="café">'))


def test_pictures_scripts_and_stylesheets_are_looked_up_too():
    assert len(messages(site(a='<img src="x.png"><script src="/y.js"></script><link href="z.css">'))) == 3


def test_what_a_stylesheet_asks_for_is_looked_up():
    assert messages({"a.css": b"p{}\nb{background:url('x.png')}"}) == ["a.css:2 `x.png` is no file of the site."]


def test_a_name_that_stands_twice_is_found():
    assert messages(site(a='<p id="x"><p id="x">')) == ["a/index.html:1 The id `x` stands twice."]


def test_links_to_other_hosts_are_left_alone():
    assert not messages(site(a='<a href="https://example.com/x#y">x</a><a href="mailto:a@example.com">y</a>'))


def test_relative_links_are_followed_from_the_page():
    assert not messages(site(a='<a href="../b/">b</a><a href="#x" id="x">x</a>', b=""))


def test_a_dead_link_stops_the_build_and_names_the_line_it_is_written_on(tmp_path: Path):
    own = tmp_path / "site"
    shutil.copytree(SITE, own)
    page = own / "content" / "differences.md"
    page.write_text(page.read_text() + "\n[Nowhere](/nowhere/)\n")
    line = page.read_text().splitlines().index("[Nowhere](/nowhere/)") + 1
    with pytest.raises(ContractError, match=rf"differences\.md:{line}: \[link\] `/nowhere/` leads to no page"):
        make(contract(), own, SANDBOX)
