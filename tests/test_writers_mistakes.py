"""What those who write pages get wrong, and the exact sentence that each mistake gives: file, line, what to do.

The cases are in cases/writers-mistakes.yaml: at least thirty, each on a page of a site that has few others.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from site_helpers import FRONT, SANDBOX, contract, small_site, write_page

from lp_guide.site import Site

CASES = yaml.load(
    (Path(__file__).parent / "cases" / "writers-mistakes.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)
PAGE = Path("content", "guidance", "trial.md")
SOUND = f"{FRONT}Nothing is wrong here.\n"
OTHERS = {
    "errors.md": "{#school_is_eligible}\n## The school is eligible\n\nIt is.\n",
    "guidance/get-started.md": "This is how.\n",
    "guidance/page-filter-and-sort-lists.md": "{#pages}\n## Pages\n\nThere are several.\n",
}
"""The pages that cases link to."""
MOVED = {"/guidance/get-started/#pages": "/guidance/page-filter-and-sort-lists/#pages"}
ANYTHING = "…"
"""What stands in a sentence of the cases for an answer of the sandbox, which is not theirs to tell."""


class Desk:
    """The site as a writer has it open, with a page of their own."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._site, self._page = site, folder / PAGE

    def save(self, data: bytes) -> list[str]:
        """Save the page, and return what is wrong with the site, as the preview shows it."""
        self._page.write_bytes(data)
        return [str(complaint) for complaint in self._site.make(search_later=True).complaints]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    own = small_site(folder)
    for name, text in OTHERS.items():
        write_page(own, name, FRONT.replace("A page", f"About {name}") + text)
    settings = own / "site.yaml"
    settings.write_text(settings.read_text().replace("redirects: {}", f"redirects: {MOVED}"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # complaints name files as one who stands here would open them
        with Site(contract(), Path.cwd() / "site", SANDBOX) as site:
            yield Desk(site, own)


def written(case) -> bytes:
    return case["page"].encode(case.get("encoding", "utf-8")) if "page" in case else (FRONT + case["text"]).encode()


def pattern(sentence: str) -> str:
    return ".*".join(map(re.escape, sentence.split(ANYTHING))) if sentence.endswith(ANYTHING) else re.escape(sentence)


def test_there_are_thirty_mistakes_or_more():
    assert len(CASES) >= 30
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mistake_gives_its_sentence_and_no_other(desk: Desk, case):
    said = desk.save(written(case))

    assert len(said) == len(case["says"]), said
    for sentence, expected in zip(said, case["says"], strict=True):
        assert re.fullmatch(pattern(f"site/{PAGE}:{expected}"), sentence, re.DOTALL), sentence


def test_a_page_without_a_mistake_gives_none_whatever_stood_there_before(desk: Desk):
    assert desk.save(written(CASES[0]))
    assert desk.save(SOUND.encode()) == []


@pytest.mark.parametrize("form", [SOUND.replace("\n", "\r\n"), "\ufeff" + SOUND], ids=["of Windows", "with a mark"])
def test_a_page_is_read_however_its_editor_saves_it(desk: Desk, form: str):
    assert desk.save(form.encode()) == []


def test_mistakes_of_several_pages_are_reported_together(desk: Desk):
    other = Path("site", "content", "guidance", "another.md")
    other.write_text(FRONT + "[x](op:createPartnershipp)\n", encoding="utf-8")
    try:
        said = desk.save((FRONT + "[x](rule:school_is_elligible)\n").encode())
    finally:
        other.unlink()

    assert [line.partition(" ")[0] for line in said] == [f"{other}:5:", f"site/{PAGE}:5:"]
