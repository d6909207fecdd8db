"""Every link of the built site has a target, and a dead link stops the build."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from site_helpers import SANDBOX, SITE, addresses, complaint, contract, contracts, render, small_site, whole_site

from lp_contract.contract import Contract
from lp_contract.yaml_source import ContractError
from lp_guide import contract_vocabulary, redirects
from lp_guide.build import make
from lp_guide.contract_links import complaints
from lp_guide.link_check import faults, faults_of, read_links
from lp_guide.link_complaints import link_complaints
from lp_guide.settings import links_on_pages, read_settings


def site(**pages: str) -> dict[str, bytes]:
    return {f"{name}/index.html": text.encode() for name, text in pages.items()}


def messages(files: dict[str, bytes]) -> list[str]:
    return [f"{fault.file}:{fault.line} {fault.message}" for fault in faults(files)]


def test_the_site_has_no_dead_link():
    assert not messages(whole_site())


def with_link(address: str) -> Contract:
    """Return the contract with another address in the first link of its declarations."""
    source = contract().sources["declarations.yaml"]
    changed = replace(source, text=source.text.replace("(op:getParticipants)", f"({address})", 1))
    return replace(contract(), sources={**contract().sources, "declarations.yaml": changed})


def test_a_dead_link_in_a_text_of_the_contract_is_reported_once_at_its_line_on_however_many_pages():
    found = link_complaints(faults(site(a='<a href="/c/">', b='<a href="/c/">')), [], [with_link("/c/")], {})
    assert {(each.place.file.name, each.message) for each in found} == {
        ("declarations.yaml", "There is no page `/c/`."),
    }


def test_a_link_from_a_text_of_the_contract_to_an_unknown_operation_is_reported_at_its_line():
    assert not list(complaints([[contract()]]))
    line = 1 + contract().sources["declarations.yaml"].text.partition("(op:getParticipants)")[0].count("\n")
    [found] = complaints([[with_link("op:getParticipantz")]])
    assert str(found.place).endswith(f"register/declarations.yaml:{line}")
    assert "`getParticipantz`" in found.message


def test_the_same_relative_link_can_be_sound_on_one_page_and_dead_on_another():
    files = site(a='<a href="b/">b</a>', c='<a href="b/">b</a>') | {"a/b/index.html": b""}
    assert messages(files) == ["c/index.html:1 There is no page `b/`."]


def test_a_link_to_a_missing_page_is_reported_with_its_line():
    assert messages(site(a='<p>\n<a href="/b/">b</a>')) == ["a/index.html:2 There is no page `/b/`."]


def test_a_link_to_a_missing_anchor_is_reported():
    assert messages(site(a='<a href="/b/#c">b</a>', b='<p id="d">')) == [
        "a/index.html:1 The page of `/b/#c` has no `c`."
    ]


def test_a_name_may_be_written_as_it_is_or_encoded():
    assert not messages(site(a='<a href="/b/#/x%20y/z">b</a>', b='<p id="/x%20y/z">'))
    assert not messages(site(a='<a href="/b/#caf%C3%A9">b</a>', b='<p id="café">'))


def test_pictures_scripts_and_stylesheets_are_looked_up_too():
    assert len(messages(site(a='<img src="x.png"><script src="/y.js"></script><link href="z.css">'))) == 3


def test_addresses_in_a_stylesheet_are_checked():
    assert messages({"a.css": b"p{}\nb{background:url('x.png')}"}) == ["a.css:2 `x.png` is not a file of the site."]


def test_a_repeated_id_is_reported():
    assert messages(site(a='<p id="x"><p id="x">')) == ["a/index.html:1 The id `x` occurs twice."]


def test_links_to_other_hosts_are_left_alone():
    assert not messages(site(a='<a href="https://example.com/x#y">x</a><a href="mailto:a@example.com">y</a>'))


def test_relative_links_are_followed_from_the_page():
    assert not messages(site(a='<a href="../b/">b</a><a href="#x" id="x">x</a>', b=""))


MOVED = redirects.moved_files({"/old/": "/new/", "/new/#was": "/new/#is", "/older/": "/old/", "/oldest.html": "/new/"})
THROUGH_REDIRECTS = {
    "/old/": "/new/",
    "/old/#is": "/new/#is",
    "/old/#other": "/new/",
    "../new/#was": "/new/#is",
    "/older/": "/new/",
    "/oldest.html": "/new/",
    "/oldest/": "/new/",
}


@pytest.mark.parametrize("link", THROUGH_REDIRECTS)
def test_a_link_through_a_redirect_is_found_and_the_page_that_redirects_is_left_alone(link: str):
    files = site(a=f'<a href="{link}">x</a>', new='<p id="is">', old='<a href="/older/">x</a>')
    pages = {name: read_links(name, text.decode()) for name, text in files.items()}
    (found,) = faults_of(files, pages, moved=MOVED)
    assert (found.file, found.message) == ("a/index.html", f"`{link}` has moved to `{THROUGH_REDIRECTS[link]}`.")


def test_a_dead_link_stops_the_build_and_names_the_line_it_is_written_on(tmp_path: Path):
    own = small_site(tmp_path)
    page = own / "content" / "differences.md"
    page.write_text(page.read_text() + "\n[Nowhere](/nowhere/)\n")
    line = page.read_text().splitlines().index("[Nowhere](/nowhere/)") + 1
    with pytest.raises(ContractError, match=rf"differences\.md:{line}: \[link\] There is no page `/nowhere/`"):
        make(contract(), own, SANDBOX)


def test_a_dead_link_on_every_page_is_not_reported_at_a_longer_link(tmp_path: Path):
    own = small_site(tmp_path)
    page = own / "content" / "differences.md"
    page.write_text(page.read_text() + "\n[Nowhere](/nowhere/#at-all)\n")
    settings = own / "site.yaml"
    settings.write_text(re.sub(r"href: /guidance/support/", "href: /nowhere/", settings.read_text()))
    with pytest.raises(ContractError) as raised:
        make(contract(), own, SANDBOX)
    assert [(each.place.file.name, each.message) for each in raised.value.complaints] == [
        ("differences.md", "There is no page `/nowhere/#at-all`."),
        ("site.yaml", "There is no page `/nowhere/`."),
    ]


ON_EVERY_PAGE = {"switch": "href: /ecf/}", "footer": "href: /guidance/accessibility/}"}


@pytest.mark.parametrize("href", ON_EVERY_PAGE.values(), ids=ON_EVERY_PAGE)
def test_a_dead_link_on_every_page_is_reported_once_at_its_line_of_the_settings(href: str, tmp_path: Path):
    shutil.copy(SITE / "site.yaml", tmp_path)
    file = tmp_path / "site.yaml"
    file.write_text(file.read_text().replace(href, "href: /gone/}", 1))
    line = 1 + file.read_text().partition("/gone/")[0].count("\n")
    settings = read_settings(tmp_path, Path("site"))
    dead = faults(site(a='<a href="/gone/">', b='<a href="/gone/">'))
    found = {str(each.place) for each in link_complaints(dead, [], [contract()], links_on_pages(settings))}
    assert found == {f"site/site.yaml:{line}"}


# Links into the contract

AIMS = {
    "op:voidDeclaration": "/reference/declarations/voidDeclaration/",
    "op:payStatement": "/sandbox/actors/payStatement/",
    "rule:school_is_eligible": "/errors/school_is_eligible/",
    "problem:requests_are_few": "/errors/requests_are_few/",
    "scenario:withdrawn-ect": "/scenarios/#withdrawn-ect",
    "state:Declaration.paid": "/reference/declarations/#state-paid",
    "state:Declaration.state.awaiting-clawback": "/reference/declarations/#state-awaiting-clawback",
    "state:DeclarationAttributes.state.paid": "/reference/declarations/#state-paid",
    "state:training_status.active": "/reference/participants/#training_status-active",
    "state:participant_status.active": "/reference/participants/#participant_status-active",
    "state:Statement.paid.true": "/reference/statements/#paid-true",
    "field:Declaration.state": "/reference/declarations/getDeclaration/#response.data.attributes.state",
    "field:World.clock": "/sandbox/worlds/listWorlds/#response.clock",
}


@pytest.mark.parametrize("link", AIMS)
def test_a_link_into_the_contract_points_to_the_line_of_its_name(link: str, tmp_path: Path):
    page, _, anchor = AIMS[link].partition("#")
    assert f'href="{AIMS[link]}"' in render(tmp_path, f"[words]({link})\n")
    landed = whole_site()[f"{page.strip('/')}/index.html"].decode()
    assert not anchor or f'id="{anchor}"' in landed


ASTRAY = {
    "op:voidDeclarations": "There is no operation `voidDeclarations`. Did you mean `voidDeclaration`?",
    "state:Declaration.payed": "There is no state `Declaration.payed`. Did you mean `Declaration.paid`?",
    "state:ParticipantECFEnrolment.active": "There is no state `ParticipantECFEnrolment.active`. Did you mean",
    "field:Declaration.stat": "There is no field `Declaration.stat`. Did you mean `Declaration.state`?",
    "scenario:withdrawn": "There is no scenario `withdrawn`. Did you mean `withdrawn-ect`?",
    "stat:Declaration.paid": "There is no kind of link `stat`. Did you mean `state`?",
}


@pytest.mark.parametrize("link", ASTRAY)
def test_a_link_to_what_the_contract_has_not_is_refused_with_what_may_be_meant(link: str, tmp_path: Path):
    assert f"content/trial.md:6: [unknown-name] {ASTRAY[link]}" in complaint(tmp_path, f"\n[words]({link})\n")


def test_every_state_and_every_field_that_the_contract_names_can_be_linked_to():
    for each in contracts():
        own = addresses([each])
        aims = [own.state(name) for name in contract_vocabulary.state_names(each)]
        aims += [own.field(name) for name in contract_vocabulary.field_names(each)]
        for page, _, anchor in (aim.partition("#") for aim in aims):
            assert f'id="{anchor}"' in whole_site()[f"{page.strip('/')}/index.html"].decode()
