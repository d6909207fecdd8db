"""The header links each page to the matching page of the other edition, and otherwise to the page above that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from site_helpers import SANDBOX, contract, settings, site_pages, small_site, whole_site

from lp_contract.yaml_source import Place
from lp_guide.counterparts import Counterparts
from lp_guide.pages import Page
from lp_guide.site import Site

HEADER = re.compile(r'<nav class="[^"]*app-editions".*?</nav>', re.DOTALL)
LINK = re.compile(r'href="([^"]+)"( aria-current="true")?')

MATCHES = {
    "/": "/ecf/",
    "/errors/": "/ecf/errors/",
    "/scenarios/": "/ecf/scenarios/",
    "/differences/": "/ecf/differences/",
    "/reference/": "/ecf/reference/",
    "/reference/schools/": "/ecf/reference/ecf-schools/",
    "/reference/schools/getSchool/": "/ecf/reference/ecf-schools/getSchool/",
    "/reference/participants/withdrawParticipant/": "/ecf/reference/ecf-participants/withdrawParticipant/",
    "/sandbox/": "/ecf/sandbox/",
    "/sandbox/errors/": "/ecf/sandbox/errors/",
    "/sandbox/worlds/createWorld/": "/ecf/sandbox/worlds/createWorld/",
    "/sandbox/actors/reportTransfer/": "/ecf/sandbox/actors/transferIn/",
    "/guidance/": "/ecf/guidance/",
    "/guidance/get-started/": "/ecf/guidance/get-started/",
    "/guidance/understanding-transfers/": "/ecf/guidance/transfers/",
    "/guidance/submit-declarations/": "/ecf/guidance/submit-declarations/",
    "/guidance/create-a-partnership/": "/ecf/guidance/confirm-a-partnership/",
}
"""Pages of Register and of ECF that lead to each other."""
ONE_WAY = {
    "/ecf/reference/version-1/withdrawParticipantV1/": "/reference/participants/withdrawParticipant/",
    "/ecf/reference/version-2/withdrawParticipantV2/": "/reference/participants/withdrawParticipant/",
    "/ecf/reference/version-1/getDeclarationsCsvV1/": "/reference/declarations/getDeclarations/",
    "/ecf/sandbox/actors/listEmails/": "/sandbox/actors/",
    "/ecf/reference/version-1/": "/reference/",
    "/sandbox/actors/nameInductionTutor/": "/ecf/sandbox/actors/",
    "/guidance/understanding-declarations/": "/ecf/guidance/submit-declarations/",
    "/guidance/dates-of-declarations/": "/ecf/guidance/evidence-dates-and-errors-of-declarations/",
    "/ecf/guidance/declarations-in-versions-1-and-2/": "/guidance/submit-declarations/",
    "/guidance/keeping-data-in-sync/": "/ecf/guidance/get-started/",
    "/writing/directives/": "/ecf/",
    "/search/": "/ecf/",
}
"""Pages whose counterpart has another page as its own counterpart."""


def header(url: str) -> list[tuple[str, str]]:
    """Return the address of each link in the header of a page, with the mark of the current edition."""
    file = f"{url.lstrip('/')}index.html" if url.endswith("/") else url.lstrip("/")
    return LINK.findall(HEADER.search(whole_site()[file].decode())[0])


@pytest.mark.parametrize(
    ("url", "matching"), [*MATCHES.items(), *((ecf, other) for other, ecf in MATCHES.items()), *ONE_WAY.items()]
)
def test_the_header_links_to_the_matching_page_of_the_other_edition(url: str, matching: str):
    assert [href for href, current in header(url) if not current] == [matching]


@pytest.mark.parametrize("url", ["/", "/errors/", "/ecf/", "/ecf/errors/"])
def test_the_link_to_the_edition_of_the_page_is_to_its_first_page(url: str):
    assert [href for href, current in header(url) if current] == ["/ecf/" if url.startswith("/ecf/") else "/"]


@cache
def pages() -> Mapping[str, Page]:
    return {page.url: page for page in site_pages()}


def counterparts(pairs: Mapping[str, str]) -> Counterparts:
    return Counterparts([*pages().values()], settings()["switch"], pairs)


def matching(pairs: Mapping[str, str], url: str) -> str:
    return next(link.href for link in counterparts(pairs).links(pages()[url]) if not link.is_current)


def test_every_page_links_to_a_page_of_the_other_edition():
    for url, page in pages().items():
        for link in counterparts({}).links(page):
            assert (pages()[link.href].edition == page.edition) == link.is_current, url


def test_a_page_without_a_match_links_to_the_match_of_its_parent():
    assert matching({}, "/ecf/guidance/when-a-school-challenges/") == "/guidance/"
    assert matching({"/ecf/guidance/": "/reference/"}, "/ecf/guidance/when-a-school-challenges/") == "/reference/"


def test_the_pages_of_a_pair_link_to_each_other_rather_than_to_the_same_operation():
    pairs = {"/ecf/reference/ecf-schools/getSchool/": "/guidance/glossary/"}
    assert matching(pairs, "/ecf/reference/ecf-schools/getSchool/") == "/guidance/glossary/"
    assert matching(pairs, "/guidance/glossary/") == "/ecf/reference/ecf-schools/getSchool/"


def test_of_several_pages_with_one_partner_the_first_matches_it():
    pairs = {"/ecf/errors/": "/guidance/glossary/", "/ecf/scenarios/": "/guidance/glossary/"}
    assert [matching(pairs, url) for url in (*pairs, "/guidance/glossary/")] == [
        "/guidance/glossary/",
        "/guidance/glossary/",
        "/ecf/errors/",
    ]


SAME_EDITION = (
    "`/ecf/differences/` and `/ecf/scenarios/` are about the same edition. Pair it with a page of another edition."
)


@pytest.mark.parametrize(("url", "differences"), [("/errors/", "/differences/"), ("/ecf/errors/", "/ecf/differences/")])
def test_the_foot_of_a_page_links_to_the_differences_of_its_edition_and_to_what_both_share(url: str, differences: str):
    foot = whole_site()[f"{url.strip('/')}/index.html"].decode().partition("<footer")[2]
    links = re.findall(r'href="([^"]+)"', foot)
    assert [link for link in links if "differences" in link] == [differences]
    assert {"/release-notes/", "/guidance/support/", "/guidance/accessibility/"} <= set(links)


def test_an_impossible_pair_is_reported_at_its_line():
    wrong = {"/ecf/erors/": "/errors/", "/ecf/errors/": "/erors/", "/ecf/differences/": "/ecf/scenarios/"}
    places = {url: Place(Path("site/site.yaml"), line) for line, url in enumerate(wrong, 7)}
    assert [str(each) for each in counterparts(wrong).complaints(places)] == [
        "site/site.yaml:7: [counterpart] There is no page `/ecf/erors/`. Did you mean `/ecf/errors/`?",
        "site/site.yaml:8: [counterpart] There is no page `/erors/`. Did you mean `/errors/`?",
        f"site/site.yaml:9: [counterpart] {SAME_EDITION}",
    ]


def test_the_build_stops_for_a_pair_without_a_page(tmp_path: Path):
    own = small_site(tmp_path)
    written = yaml.load((own / "site.yaml").read_text(), yaml.CSafeLoader)
    (own / "site.yaml").write_text(yaml.safe_dump({**written, "counterparts": {"/nexxt/": "/"}}))
    with Site(contract(), own, SANDBOX) as site:
        (complaint,) = site.make().complaints
    assert "site.yaml:" in str(complaint)
    assert "[counterpart] There is no page `/nexxt/`. Did you mean `/next/`?" in str(complaint)
