"""What programs read of the site: the feed of its release notes, and its map."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from site_helpers import SITE, contract, contracts, whole_site

from lp_contract.yaml_source import ContractError, read
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page, read_pages
from lp_guide.published_anchors import LEADS_ON
from lp_guide.sitemap_and_feed import FEED, MAP, feed, unknown_tags

SETTINGS = read(SITE / "site.yaml").data
ATOM = {"a": "http://www.w3.org/2005/Atom", "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NOTE = "---\ntitle: {title}\ndescription: What it is.\ndate: {date}\ntags: {tags}\n---\n{body}\n"


def notes(folder: Path, *given: dict[str, str]) -> list[tuple[Page, PackedText]]:
    for number, note in enumerate(given):
        text = NOTE.format(**{"title": f"Note {number}", "date": "'2026-11-22'", "tags": "bug-fix", "body": ""} | note)
        (folder / f"{number}.md").write_text(text)
    return [
        (page, PackedText.of(f"<p>{page.text.strip()}</p>"))
        for page in read_pages(contracts(), folder, Path("content"))
    ]


def all_of(root: ET.Element, path: str) -> list[str]:
    return [found.text or "" for found in root.findall(path, ATOM)]


@pytest.mark.parametrize("path", ["", "a:entry/"])
def test_the_feed_and_its_entries_have_what_atom_requires(path: str):
    root = ET.fromstring(whole_site()[FEED])
    entries = root.findall("a:entry", ATOM) if path else [root]
    assert entries
    for entry in entries:
        (id_,), (title,), (updated,) = (all_of(entry, f"a:{name}") for name in ("id", "title", "updated"))
        assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}(-\d\d){0,2}:/release-notes/\S*", id_)
        assert title
        assert datetime.fromisoformat(updated).tzinfo
        assert entry.find("a:link[@rel='alternate']", ATOM).get("href").startswith(SETTINGS["address"])
    assert all_of(root, "a:author/a:name") == [SETTINGS["name"]]
    assert root.find("a:link[@rel='self']", ATOM).get("href") == f"{SETTINGS['address']}/{FEED}"
    assert len({*all_of(root, "a:id"), *all_of(root, "a:entry/a:id")}) == 1 + len(root.findall("a:entry", ATOM))


def test_what_is_released_is_in_the_feed_the_latest_first_with_its_words_and_tags(tmp_path: Path):
    given = notes(
        tmp_path,
        {"date": "'2026-01-31'", "body": "<b> & co."},
        {"date": "'2026-11-22'", "tags": "bug-fix, new-field"},
        {"date": "unreleased"},
    )
    root = ET.fromstring(feed(given, SETTINGS))
    assert all_of(root, "a:entry/a:title") == ["Note 1", "Note 0"]
    assert all_of(root, "a:updated") == ["2026-11-22T00:00:00Z"]
    assert all_of(root, "a:entry/a:content")[1] == "<p><b> & co.</p>"
    assert [each.get("term") for each in root.find("a:entry", ATOM).findall("a:category", ATOM)] == [
        "bug-fix",
        "new-field",
    ]


def test_a_note_is_refused_for_a_day_that_is_none(tmp_path: Path):
    expected = "`2026-02-30` is not a day. Write `date: '2026-11-22'`"
    with pytest.raises(ContractError, match=re.escape(expected)):
        notes(tmp_path, {"date": "'2026-02-30'"})


KNOWN_TAGS = ", ".join(sorted(SETTINGS["tags"]))


def test_each_unknown_tag_of_a_note_is_reported_at_its_line(tmp_path: Path):
    pages = [
        page for page, _ in notes(tmp_path, {"tags": "bug-fix, new-feild"}, {"date": "unreleased", "tags": "xyzzy"})
    ]
    assert [str(each).partition(" The tags")[0] for each in unknown_tags(pages, SETTINGS)] == [
        "content/0.md:5: [unknown-name] There is no tag `new-feild`. Did you mean `new-field`?",
        f"content/1.md:5: [unknown-name] There is no tag `xyzzy`. Known: {KNOWN_TAGS}.",
    ]


def test_every_page_links_to_the_feed():
    for name, data in whole_site().items():
        if name.endswith(".html") and LEADS_ON not in data:
            assert f'type="application/atom+xml" title="Release notes" href="/{FEED}"'.encode() in data, name


def test_every_tag_of_a_note_links_to_its_heading_in_the_index():
    index = whole_site()["release-notes/index.html"].decode()
    for tag in SETTINGS["tags"]:
        assert f'id="tag-{tag}"' in index
    assert '<a class="govuk-link app-release__tag" href="/release-notes/#tag-new-feature">' in index


def test_the_map_of_the_site_has_every_page_that_is_to_be_found():
    listed = all_of(ET.fromstring(whole_site()[MAP]), "s:url/s:loc")
    built = {
        f"{SETTINGS['address']}/{name.removesuffix('index.html')}"
        for name, data in whole_site().items()
        if name.endswith(".html") and LEADS_ON not in data
    }
    apart = {f"{SETTINGS['address']}/{name}" for name in ("404.html", "search/", "writing/directives/")}
    assert sorted(listed) == sorted(built - apart)


def test_the_page_of_versions_names_every_rule_that_was_added_under_breaking_changes():
    text = whole_site()["versions/index.html"].decode().replace("<wbr>", "")
    breaking, other = text.split('id="other"')
    assert "declaration_date_is_present" in breaking.split('id="breaking"')[1]
    assert "<details" in breaking
    assert "<details" in other
    assert not re.search("<details[^>]* open", text[text.index('id="breaking"') :])


def test_the_page_of_versions_groups_the_changes_of_an_operation():
    breaking = whole_site()["versions/index.html"].decode().replace("<wbr>", "").split('id="other"')[0]
    op = contract().operations["createDeclaration"]
    group = breaking.split(op.summary.partition(". ")[0])[1].split("</details>")[0]
    added = re.findall(r"Rule <code[^>]*>([^<]+)</code> added", group)
    assert len(added) > 10
    assert {rule.name for rule in op.rules} >= {*added}


def test_the_page_of_versions_lists_changed_conditions_last_and_does_not_judge_them():
    page = whole_site()["versions/index.html"].decode()
    judged, conditions = page.split('id="conditions"')
    assert "when changed" not in judged
    assert "No school has this id." in conditions
    assert "may refuse" not in conditions


def test_the_page_of_versions_lists_changes_of_words_without_the_words():
    entries = whole_site()["versions/index.html"].decode().split("<li>")
    of_words = [entry.split("</li>")[0] for entry in entries if "Only words change." in entry]
    assert len(of_words) > 50
    assert [entry for entry in of_words if "app-note" in entry] == []
