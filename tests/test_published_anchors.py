"""What others link to stays where it is, or leads on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from site_helpers import PAGES, SANDBOX, SITE, contract, small_site, whole_site, write_page

from lp_guide import published_anchors
from lp_guide.__main__ import lp_guide
from lp_guide.site import Site

LOCK = Path("site/anchors.lock")
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
DEEP_LINK = re.compile(r"/api/docs/v3/?#(/[^\s)\"]+)")


def page(words: str) -> bytes:
    return f'<main class="x" id="main-content">{words}</main>'.encode()


FILES = {"a/index.html": page('<h2 id="one">One</h2><h2 id="two">Two</h2>'), "b/index.html": page('<p id="three">')}
HERE = published_anchors.published(FILES)


def locked(folder: Path, *lines: str) -> Path:
    published_anchors.write_lock(folder, lines)
    return folder


def complaints(folder: Path, **moved: str) -> list[str]:
    return [str(each) for each in published_anchors.vanished(HERE, folder, Path("site"), moved)]


def test_every_page_and_every_name_on_the_pages_is_in_the_lock():
    assert not published_anchors.unlocked(whole_site(), SITE), "lock them with `lp-guide anchors --write`"


def test_the_lock_is_in_order_and_has_nothing_twice():
    lines = published_anchors.read_lock(SITE)[1:]
    assert lines == sorted(set(lines))


def test_pages_and_names_in_their_words_are_published_and_the_frame_is_not():
    assert published_anchors.published(FILES) == {"/a/", "/a/#one", "/a/#two", "/b/", "/b/#three"}


def test_a_missing_anchor_is_reported_with_its_line_and_a_suggestion(tmp_path: Path):
    (complaint,) = complaints(locked(tmp_path, "/a/", "/a/#onne"))
    assert complaint.startswith("site/anchors.lock:3: [anchor] `/a/#onne` was published and no longer exists")
    assert "Did you mean `/a/#one`?" in complaint
    assert "redirects:" in complaint


def test_a_missing_page_is_reported(tmp_path: Path):
    (complaint,) = complaints(locked(tmp_path, "/c/"))
    assert "`/c/` was published" in complaint


def test_a_page_that_has_moved_takes_the_names_on_it_along(tmp_path: Path):
    folder = locked(tmp_path, "/old/#one")
    assert not [*published_anchors.vanished(HERE, folder, Path("site"), {"/old/": "/a/"})]
    assert [*published_anchors.vanished(HERE, folder, Path("site"), {"/old/": "/b/"})]


WRONG = {
    "from what is still there": ({"/a/#one": "/b/"}, "`/a/#one` still exists, so it cannot have a redirect."),
    "to what is not there": ({"/a/#old": "/b/#fore"}, "`/b/#fore` does not exist."),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_redirect_is_refused(case: str):
    moved, expected = WRONG[case]
    places = dict.fromkeys(moved, published_anchors.Place(Path("site/site.yaml"), 9))
    (complaint,) = published_anchors.misdirected(HERE, moved, places)
    assert str(complaint).startswith(f"site/site.yaml:9: [redirect] {expected}")


def left_behind(moved: dict[str, str]) -> str:
    gone = published_anchors.moved_from_pages(moved)["/a/"]
    return published_anchors.leave_behind(FILES["a/index.html"].decode(), "/a/", gone)


def test_an_old_anchor_comes_before_the_new_one_of_the_same_page():
    left = left_behind({"/a/#old": "/a/#two"})
    assert '<span id="old"></span><h2 id="two">' in left


def test_an_old_anchor_redirects_to_another_page():
    left = left_behind({"/a/#old": "/b/#three"})
    assert re.search(r'id="old">This part has <a class="govuk-link" href="/b/#three">moved</a>', left)


def test_the_build_stops_where_something_vanishes_and_goes_on_with_a_redirect(tmp_path: Path):
    own = small_site(tmp_path)
    published_anchors.write_lock(own, ["/next/#named"])
    write_page(own, "next.md", PAGES["next.md"] + "\n{#renamed}\n## What it is\n")
    settings = own / "site.yaml"
    with Site(contract(), own, SANDBOX) as site:
        complaints = [str(each) for each in site.make().complaints]
        assert any("`/next/#named` was published and no longer exists" in each for each in complaints), complaints
        published_anchors.write_lock(own, ["/old/", "/old/#renamed"])
        added = "redirects:\n  /next/#named: /next/#renamed\n  /old/: /next/\n"
        settings.write_text(re.sub(r"^redirects:.*\n", added, settings.read_text(), flags=re.MULTILINE))
        made = site.make()
    assert not made.complaints
    assert '<span id="named"></span>' in made.files["next/index.html"].decode()
    assert '<meta http-equiv="refresh" content="0; url=/next/">' in made.files["old/index.html"].decode()


def test_the_command_says_what_is_new_and_locks_it(tmp_path: Path):
    own = small_site(tmp_path)
    assert CliRunner().invoke(lp_guide, ["anchors", "--write", "--site", str(own)]).exit_code == 0
    lines = published_anchors.read_lock(own)
    assert "/next/" in lines
    (own / "anchors.lock").write_text("\n".join(line for line in lines if line != "/next/") + "\n")
    result = CliRunner().invoke(lp_guide, ["anchors", "--site", str(own)])
    assert (result.exit_code, result.output.splitlines()[0]) == (1, "/next/")
    wrote = CliRunner().invoke(lp_guide, ["anchors", "--write", "--site", str(own)])
    assert (wrote.exit_code, wrote.output.splitlines()) == (0, ["/next/", "1 new in the lock."])
    assert published_anchors.read_lock(own) == lines


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the guidance that this edition follows is not beside the checkout")
def test_every_deep_link_of_the_guidance_lands():
    text = whole_site()["api/docs/v3/index.html"].decode()
    links = {link for file in SEEDS.glob("*.md") for link in DEEP_LINK.findall(file.read_text(encoding="utf-8"))}
    assert links
    assert not [link for link in links if f'id="{link}"' not in text]
