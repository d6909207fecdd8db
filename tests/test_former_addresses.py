"""Links to the guidance that DfE publishes, the links of the seeds among them, lead to what they mean."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from client import sandbox
from site_helpers import whole_site

from lp_contract.contract import load
from lp_guide.redirects import operation_anchor
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Request

CASES: dict[str, Any] = yaml.load(
    (Path(__file__).parent / "cases" / "seed-links.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
OF_SEEDS = [link for links in CASES["of_the_seeds"].values() for link in links]
REFERENCE = "/api-reference/reference-v3.html"
HREF = re.compile(r'href="([^"]+)"')
NEW = re.compile(r'<link rel="canonical" href="([^"]+)">')
MOST_STEPS = 4


@cache
def app(folder: Path) -> App:
    return sandbox(site=folder)


def followed(folder: Path, link: str) -> str:
    """Return the address at which a reader arrives; the page is there, and has the place that the address names."""
    parts = urlsplit(link)
    path, place = parts.path, parts.fragment
    for _ in range(MOST_STEPS):
        answer = app(folder).answer(Request("GET", path, "", {}, b"", "127.0.0.1"))
        if answer.status == 308:
            path = dict(answer.headers)[b"location"].decode()
            continue
        assert answer.status == 200, f"{link} leads to {path}, where nothing is"
        text = answer.body.decode()
        new = NEW.search(text)
        if new is None:
            assert not place or f'id="{place}"' in text, f"{link} leads to {path}, which has no {place}"
            return path + (f"#{place}" if place else "")
        path, _, place = (_of_place(text, place) or new[1]).partition("#")
    raise AssertionError(f"{link} leads on and on")


def _of_place(text: str, place: str) -> str:
    """Return the link of a place on a page that has moved: its own, or the first one in it."""
    at = text.find(f' id="{place}"')
    link = HREF.search(text, text.rfind("<", 0, at)) if place and at >= 0 else None
    return link[1] if link else ""


@pytest.mark.parametrize("link", OF_SEEDS)
def test_a_link_of_the_seeds_redirects_to_a_page(link: str, built_site: Path):
    arrived = followed(built_site, link)
    assert ("#" in link) == (not arrived.startswith("/ecf/guidance/") and arrived != "/ecf/reference/")


@pytest.mark.parametrize("anchor", CASES["anchors"])
def test_an_anchor_of_the_reference_redirects_to_its_operation(anchor: str, built_site: Path):
    arrived = followed(built_site, f"{REFERENCE}#{anchor}")
    operation = load("ecf").operations[arrived.rstrip("/").rpartition("/")[2]]
    assert operation_anchor(operation) == anchor


@pytest.mark.parametrize("ending", ["", "/", ".html"])
@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_every_operation_of_a_version_is_found_by_its_former_anchor(version: str, ending: str, built_site: Path):
    operations = [op for op in load("ecf").operations.values() if op.path.startswith(f"/api/{version}/")]
    assert operations
    for op in operations:
        arrived = followed(built_site, f"/api-reference/reference-{version}{ending}#{operation_anchor(op)}")
        assert arrived.endswith(f"/{op.id}/")


@pytest.mark.parametrize("anchor", CASES["parts"])
def test_a_part_of_an_operation_and_a_schema_have_a_place(anchor: str, built_site: Path):
    assert "#" in followed(built_site, f"{REFERENCE}#{anchor}")


@pytest.mark.parametrize("heading", CASES["headings"])
@pytest.mark.parametrize("page", ["how-to-guides", "guidance"])
def test_a_heading_of_the_published_guidance_has_a_place(page: str, heading: str, built_site: Path):
    anchor = re.sub("[^a-z0-9]+", "-", heading.replace("'", "&#39;").lower()).strip("-")
    assert has_place(built_site, f"/api-reference/ecf/{page}.html#{anchor}")


@pytest.mark.parametrize("link", CASES["places"])
def test_a_place_to_which_the_published_pages_link_has_one_here(link: str, built_site: Path):
    assert has_place(built_site, link)


def has_place(folder: Path, link: str) -> bool:
    """Whether a page that has moved says where this place of it is now; a reader arrives there."""
    page, _, _ = link.partition("#")
    return followed(folder, link) != followed(folder, page)


@pytest.mark.parametrize("ending", ["", "/", ".html"])
@pytest.mark.parametrize("page", CASES["pages"])
def test_a_page_of_the_published_guidance_redirects(page: str, ending: str, built_site: Path):
    assert not followed(built_site, page + ending).startswith("/api-reference/")


@pytest.mark.parametrize("page", ["/api-reference", "/api-reference/", "/api-reference/index.html"])
def test_the_start_of_the_published_guidance_redirects_to_the_edition(page: str, built_site: Path):
    assert followed(built_site, page) == "/ecf/"


@pytest.mark.parametrize("page", CASES["older_pages"])
def test_an_older_page_redirects(page: str, built_site: Path):
    assert not followed(built_site, page).startswith("/lead-providers/")


def test_an_unknown_anchor_redirects_to_the_new_page(built_site: Path):
    assert followed(built_site, f"{REFERENCE}#lead-provider-api-3-0-0") == "/ecf/reference/"


def test_without_a_script_only_a_page_without_anchors_redirects():
    assert b'http-equiv="refresh"' in whole_site()["api-reference/help.html"]
    assert b'http-equiv="refresh"' not in whole_site()["api-reference/reference-v3.html"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside the checkout")
def test_the_cases_have_every_link_of_the_seeds_to_another_page():
    texts = [file.read_text(encoding="utf-8") for file in SEEDS.glob("*.md")]
    links = {link for text in texts for link in re.findall(r"\]\(((?:/|https?:)[^)]+)\)", text)}
    assert links == {*OF_SEEDS, *CASES["elsewhere"]}
