"""A site that is kept warm: what has not changed is not made again, and what has changed is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_helpers import PAGES, SANDBOX, SITE, contract, contract_with, contracts, small_site, write_page

from lp_guide import rendered_pages
from lp_guide.answers_against_contract import Answers
from lp_guide.markdown_pages import markdown_of
from lp_guide.pages import Page
from lp_guide.render import Renderer
from lp_guide.requests_and_answers import Request, Response
from lp_guide.search_index import INDEX
from lp_guide.site import Site
from lp_guide.watch.rebuilding import Rebuilder

LONG = (SITE / "content" / "guidance" / "schedules-and-milestones.md").read_text()
WRITES = """
```http
PUT /api/v3/participants/{{ person('ect-without-declarations') }}/defer

{"data": {"type": "participant-defer", "attributes": {"reason": "other", "course_identifier": "ecf-induction"}}}
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_site(tmp_path)


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    with Site(contract(), folder, SANDBOX) as opened:
        opened.make()
        yield opened


def pages(site: Site) -> dict[str, bytes]:
    return {name: data for name, data in site.make().files.items() if name.endswith(".html")}


@pytest.fixture
def made_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What was done again after the first build, with the addresses of the pages."""
    done: dict[str, list[str]] = {}

    def record(step: str) -> None:
        original = getattr(Renderer, step)

        def recorded(self: Renderer, page: Page, *given: object) -> object:
            done.setdefault(step, []).append(page.url)
            return original(self, page, *given)

        monkeypatch.setattr(Renderer, step, recorded)

    for step in ("body", "frame"):
        record(step)
    return done


def test_what_has_not_changed_is_not_made_again(site: Site, made_again: dict[str, list[str]]):
    before = site.make().files
    assert not site.make().files.changed(before)
    assert not made_again


def test_only_the_page_that_has_changed_is_made_again(site: Site, folder: Path, made_again: dict[str, list[str]]):
    before = site.make().files
    write_page(folder, "next.md", PAGES["next.md"] + "\nAnd more.\n")
    after = site.make().files
    assert b"And more." in after["next/index.html"]
    assert after.changed(before) == {"next/index.html", "next/index.md", INDEX}
    assert made_again == {"body": ["/next/"], "frame": ["/next/"]}


def test_a_new_title_reaches_the_pages_that_show_it(site: Site, folder: Path):
    write_page(folder, "next/deep.md", PAGES["next.md"].replace("Next", "Deep"))
    assert b">Next</a>" in pages(site)["next/deep/index.html"]
    write_page(folder, "next.md", PAGES["next.md"].replace("Next", "Then"))
    assert b">Then</a>" in pages(site)["next/deep/index.html"]


def test_a_changed_template_or_text_changes_every_page(site: Site, folder: Path):
    for name, old, new in (
        ("templates/base.html", "</footer>", "<p>New</p></footer>"),
        ("texts/en-GB.yaml", "Skip to main content", "New words"),
    ):
        file = folder / name
        file.write_text(file.read_text().replace(old, new))
        assert all(new.encode() in data for data in pages(site).values()), name


def test_only_a_page_whose_words_have_changed_is_converted_to_markdown_again(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, made_again: dict[str, list[str]]
):
    converted = []

    def recorded(main: str) -> str:
        converted.append(main)
        return markdown_of(main)

    monkeypatch.setattr(rendered_pages, "markdown_of", recorded)
    write_page(folder, "next.md", PAGES["next.md"].replace("Next", "Then"))
    made = site.make().files
    assert b"# Then" in made["next/index.md"]
    assert len(converted) == 1 < len(made_again["frame"])


def test_a_page_that_is_gone_is_missed_by_those_that_link_to_it(site: Site, folder: Path):
    (folder / "content" / "next.md").unlink()
    made = site.make()
    assert "next/index.html" not in made.files
    assert any("There is no page `/next/`." in complaint.message for complaint in made.complaints)


@pytest.mark.parametrize("wrong", ["No front matter.\n", PAGES["next.md"] + "{{ nothing() }}\n"])
def test_a_mistake_on_a_page_affects_no_other_page_and_goes_when_it_is_mended(site: Site, folder: Path, wrong: str):
    write_page(folder, "next.md", wrong)
    made = site.make()
    assert [complaint.place.file.name for complaint in made.complaints] == ["next.md"]
    assert "index.html" in made.files
    assert "next/index.html" not in made.files
    write_page(folder, "next.md", PAGES["next.md"])
    assert "next/index.html" in pages(site)


def test_a_page_that_writes_finds_its_world_fresh_every_time(site: Site, folder: Path):
    for words in ("once", "twice", "thrice"):
        write_page(folder, "next.md", PAGES["next.md"] + words + WRITES)
        assert b"200 OK" in pages(site)["next/index.html"]


def test_a_page_with_many_requests_is_made_again_in_less_than_half_the_time(site: Site, folder: Path):
    seconds = []
    for words in ("once", "twice", "thrice", "and again"):
        write_page(folder, "next.md", f"{LONG}\n{words}\n")
        begun = time.process_time()
        assert "next/index.html" in site.make().files
        seconds.append(time.process_time() - begun)
    first, *later = seconds
    assert min(later) < first / 2  # a quarter of a second, where nothing else keeps the processor busy
    assert min(later) < 0.5


REQUEST = """
```http show=1
GET /api/v3/partnerships
```
"""


def test_a_field_that_is_renamed_in_the_contract_is_missed_on_the_line_of_every_answer_that_lacks_it(
    folder: Path, site: Site, tmp_path: Path
):
    write_page(folder, "asks.md", PAGES["next.md"] + REQUEST)
    for each in site.updates([folder / "content" / "asks.md"])[0]:
        each.write()
    lines = (folder / "content" / "asks.md").read_text().splitlines()
    object_line = next(number for number, line in enumerate(lines, 1) if '"attributes"' in line)
    old_line = next(number for number, line in enumerate(lines, 1) if "participants_currently_training" in line)

    with Site(
        contract_with(tmp_path, "participants_currently_training", "participants_in_training"), folder, SANDBOX
    ) as other:
        said = {
            c.place.line: f"{c.message} {c.remedy}" for c in other.make().complaints if c.place.file.name == "asks.md"
        }

    assert said.keys() == {object_line, old_line}
    assert "`data.0.attributes` is incomplete: 'participants_in_training' is a required property" in said[object_line]
    assert "has a field `data.0.attributes.participants_currently_training`, unlike the contract" in said[old_line]
    assert "Did you mean `participants_in_training`? Correct the schema of the answer at " in said[old_line]
    assert "partnerships.yaml:" in said[old_line]


def test_an_error_and_an_answer_of_the_controls_are_held_against_their_contracts():
    """And so is a status that the contract does not list."""
    answers = Answers(contracts())
    unlisted = [*answers.misfits(Request("GET", "/api/v3/schools"), Response(418, {}))]
    error = [*answers.misfits(Request("GET", "/api/v3/schools"), Response(400, {"errors": [{"title": "x"}]}))]
    control = [*answers.misfits(Request("GET", "/_sandbox/worlds"), Response(200, [{"id": 7}]))]

    assert [each.way for each in unlisted] == [()]
    assert "lists no answer 418 for getSchools" in unlisted[0].message
    assert ("errors", 0) in [each.way for each in error]
    assert (0, "id") in [each.way for each in control]


def test_the_live_preview_makes_the_search_index_when_there_is_time(tmp_path: Path):
    site, out = small_site(tmp_path), tmp_path / "out"
    rebuilder = Rebuilder("register", site, out)
    rebuilder.rebuild(from_contract=True)
    write_page(site, "next.md", PAGES["next.md"] + "A quokka appears.\n")
    rebuilder.rebuild(from_contract=False)
    assert b"quokka" in (out / "next/index.html").read_bytes()
    assert b"quokka" not in (out / INDEX).read_bytes()
    rebuilder.use_idle_time()
    assert b"quokka" in (out / INDEX).read_bytes()
    rebuilder.close()


def test_the_live_preview_counts_the_pages_that_check_counts(tmp_path: Path):
    """Pages that redirect are not among them."""
    site = small_site(tmp_path)
    (site / "site.yaml").write_text((site / "site.yaml").read_text().replace("redirects: {}", "redirects: {/old/: /}"))
    rebuilder = Rebuilder("register", site, tmp_path / "out")
    first = rebuilder.rebuild(from_contract=True)
    with Site(contract(), site, SANDBOX) as opened:
        assert first.pages == opened.make().pages
    assert "old/index.html" in first.changed
    rebuilder.close()
