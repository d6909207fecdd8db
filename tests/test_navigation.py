"""Ways through the site: every page is in the navigation of its section, beside those before and after it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from site_helpers import SANDBOX, SITE, contract, site_pages, small_site, whole_site

from lp_contract.yaml_source import ContractError, Place, read
from lp_guide.build import make
from lp_guide.navigation import Navigation

SETTINGS = read(SITE / "site.yaml").data["navigation"]
NAV = re.compile(r'<nav class="app-nav".*?</nav>', re.DOTALL)
LINK = re.compile(r'href="([^"]+)"( aria-current="page")?')
TURN = re.compile(r'<a class="govuk-link govuk-pagination__link" href="([^"]+)" rel="(prev|next)"')


def text(url: str) -> str:
    return whole_site()[f"{url.strip('/')}/index.html"].decode()


SECTIONS = [given["href"] for given in SETTINGS]
INSIDE = [page for page in site_pages() if page.url.startswith(tuple(SECTIONS)) and not page.url.startswith("/api/")]
EDITIONS = {page.url: page.edition for page in site_pages()}
IN_MENU = [page.url for page in INSIDE if page.is_in_menu]


def test_the_left_navigation_names_all_sections_of_its_edition_and_marks_the_page_that_is_read():
    for url, edition in ((page.url, page.edition) for page in INSIDE):
        links = LINK.findall(NAV.search(text(url))[0])
        own = {section for section in SECTIONS if EDITIONS[section] == edition}
        assert {href for href, _ in links}.intersection(SECTIONS) == own, url
        assert [href for href, current in links if current] == [each for each in IN_MENU if each == url]


def test_pages_of_errors_are_in_no_menu_and_have_no_neighbours():
    assert {page.url for page in INSIDE}.difference(IN_MENU) >= {"/errors/school_is_eligible/", "/ecf/errors/fault/"}
    assert not TURN.findall(text("/errors/school_is_eligible/"))
    assert 'href="/errors/school_is_eligible/"' not in NAV.search(text("/errors/school_is_known/"))[0]


@pytest.mark.parametrize("section", [url for url in SECTIONS if not url.startswith("/api/")])
def test_going_on_from_page_to_page_passes_every_page_of_a_section_once_and_back_again(section: str):
    passed = [section]
    while "next" in (ways := {way: href for href, way in TURN.findall(text(passed[-1]))}):
        assert {way: href for href, way in TURN.findall(text(ways["next"]))}["prev"] == passed[-1]
        passed.append(ways["next"])
    assert sorted(passed) == sorted(url for url in IN_MENU if url.startswith(section))


def test_the_first_page_of_guidance_lists_its_pages_in_their_groups():
    shown = text("/guidance/")
    for group in next(given["groups"] for given in SETTINGS if given["href"] == "/guidance/"):
        assert f">{group['title']}</h2>" in shown
        for url in group["pages"]:
            assert f'<a class="govuk-link" href="{url}">' in shown


def test_a_missing_page_is_reported_with_a_suggestion():
    groups = [{"title": "First", "pages": ["/versions/", "/glosary/"]}]
    section = {"text": "Errors", "href": "/erors/", "in_menu": True, "groups": groups}
    found = Navigation(site_pages(), [section]).complaints(lambda way: Place(Path("site.yaml"), len(way)))
    assert [str(each) for each in found] == [
        "site.yaml:3: [unknown-name] There is no page `/erors/`. Did you mean `/errors/`?",
        "site.yaml:6: [unknown-name] There is no page `/glosary/`. Did you mean `/guidance/glossary/`?",
    ]


def test_a_page_that_was_renamed_is_suggested_and_not_one_that_is_in_the_navigation_already():
    groups = [{"title": "First", "pages": ["/guidance/view-partnerships/", "/guidance/view-partnership-data/"]}]
    section = {"text": "Guidance", "href": "/guidance/", "in_menu": True, "groups": groups}
    (found,) = Navigation(site_pages(), [section]).complaints(lambda _: Place(Path("site.yaml"), 1))
    assert found.remedy == "Did you mean `/guidance/view-participant-data/`?"


def test_a_page_for_new_writers_that_does_not_exist_is_reported(tmp_path: Path):
    site = small_site(tmp_path)
    settings = (site / "site.yaml").read_text()
    (site / "site.yaml").write_text(settings.replace("for_writers: /\n", "for_writers: /nxt/\n"))
    with pytest.raises(ContractError, match=r"There is no page `/nxt/`. Did you mean `/next/`\?"):
        make(contract(), site, SANDBOX)


def test_a_page_in_no_group_comes_last():
    groups = [{"title": "First", "pages": ["/guidance/glossary/"]}]
    made = Navigation(site_pages(), [{"text": "Guidance", "href": "/guidance/", "in_menu": True, "groups": groups}])
    assert [group.title for group in made.sections[0].groups] == ["First", "More"]
    assert "/guidance/glossary/" not in [page.url for page in made.sections[0].groups[1].pages]


def test_breadcrumbs_lead_to_every_page_above():
    crumbs = re.search(r'<nav class="govuk-breadcrumbs".*?</nav>', text("/reference/schools/getSchool/"), re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/", "/reference/", "/reference/schools/"]


def test_breadcrumbs_call_a_section_as_the_menu_does():
    page = text("/ecf/guidance/view-participants/")
    crumbs = re.search(r'<nav class="govuk-breadcrumbs".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r">\s*([^<]+?)\s*</a>", crumbs) == ["Home", "Early career framework", "Guidance"]


def test_an_unknown_page_is_reported_at_its_entry_in_the_settings(tmp_path: Path):
    settings = tmp_path / "site.yaml"
    settings.write_text("""navigation:
- text: Guidance
  href: /guidance/
  in_menu: true
  groups:
  - title: First
    pages:
    - /guidance/get-started/
    - /guidance/gone/
""")
    source = read(settings)
    (found,) = Navigation(site_pages(), source.data["navigation"]).complaints(source.place)
    assert (found.place.line, found.message) == (9, "There is no page `/guidance/gone/`.")
