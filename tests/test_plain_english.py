"""The checks of plain English: what they find, what they leave alone, and how the commands report it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from site_helpers import FRONT, SITE, contract

from lp_contract import SPEC
from lp_contract.contract import editions, load
from lp_contract.yaml_source import Source
from lp_guide.__main__ import lp_guide
from lp_guide.commands.check import english_warnings
from lp_guide.content_files import Content
from lp_guide.contract_checks.unchecked_contract import read_draft
from lp_guide.pages import read_pages
from lp_guide.plain_english import PlainEnglish, of_contracts, of_file, of_pages, of_words

HERE = Path(__file__).parent
CASES = yaml.load((HERE / "cases" / "plain-english.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
PAGE = Path("page.md")
SETTINGS = {
    "language": "en-GB",
    "plain_english": {
        "most_passive": 20,
        "known": ["wrk"],
        "avoid": {"utilise, leverage": "use", "in order to": "to", "foster": "help", "prior to": "before", "via": "by"},
    },
}
CHECKS = PlainEnglish(SETTINGS, [{"ect": [{"full_name": "Ann Tennant"}]}])
ACTIVE, PASSIVE = "The school changes the record. ", "The record is quickly changed. "


def warnings(text: str, checks: PlainEnglish = CHECKS) -> list:
    return [(each.place.line, each.check) for each in checks.warnings([of_file(text, PAGE)])]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_warning_is_about_its_line_and_its_neighbour_draws_none(case):
    line = case["text"].partition("«")[0].count("\n") + 1

    assert warnings(FRONT + case["text"].replace("«", "")) == [(FRONT.count("\n") + line, case["check"])]
    assert warnings(FRONT + case["clean"]) == []


def test_a_warning_names_the_better_words():
    said = [str(each) for each in CHECKS.warnings([of_file("Utilise the color, or leverage it.", PAGE)])]

    assert said == [
        "page.md:1: [spelling] “color” is not in the dictionary. Write “colour”.",
        "page.md:1: [word-to-avoid] Avoid “Utilise”. Better: use.",
        "page.md:1: [word-to-avoid] Avoid “leverage”. Better: use.",
    ]


def test_a_page_with_many_passive_sentences_draws_one_warning_that_lists_them():
    (found,) = CHECKS.warnings([of_file(f"{ACTIVE * 25}\n\n{PASSIVE * 10}", PAGE)])

    assert str(found).startswith("page.md:3: [passive-voice] 29 in 100 sentences are in the passive voice.")
    assert found.detail.startswith("line 3: The record is quickly changed.")


@pytest.mark.parametrize(
    "text",
    [
        f"{ACTIVE * 32}{PASSIVE * 8}",
        f"{PASSIVE * 4}",
        "You need the seed. It is red. They exceed it, and the need is big. " * 20,
        "".join(f"# {PASSIVE}\n\n" for _ in range(40)),
    ],
    ids=["as many as the limit", "a short page", "words that look like participles", "headings"],
)
def test_a_page_with_few_passive_sentences_draws_none(text):
    assert warnings(text) == []


def test_a_site_in_another_language_draws_no_warning():
    assert warnings("Utilise the color.", PlainEnglish(SETTINGS | {"language": "cy"})) == []


def test_the_contracts_own_words_draw_warnings_and_its_messages_and_data_do_not():
    text = "rules:\n  a_rule:\n    when: Utilise it.\n    detail: Utilise it.\n    example: {story: Utilise it.}\n"
    source = Source(Path("a.yaml"), text, yaml.load(text, yaml.CSafeLoader))

    assert [str(each.place) for each in CHECKS.warnings(of_contracts([source]))] == ["a.yaml:3"]


def test_a_warning_about_a_contract_names_the_line_however_yaml_breaks_the_text():
    text = "components:\n  description: >-\n    The list of schools. Some\n    schools are here. Utilise\n    it.\n"
    source = Source(Path("a.yaml"), text, yaml.load(text, yaml.CSafeLoader))

    assert [str(each.place) for each in CHECKS.warnings(of_contracts([source]))] == ["a.yaml:4"]


def test_the_front_matter_of_a_page_is_checked_and_pages_in_another_language_are_not(tmp_path):
    front = "---\ntitle: Leverage it\ndescription: Utilise it.\n"
    (tmp_path / "english.md").write_text(f"{front}---\n")
    (tmp_path / "welsh.md").write_text(f"{front}lang: cy\n---\nUtilise it.\n")
    pages = read_pages([contract()], tmp_path, Path())

    assert [str(each.place) for each in CHECKS.warnings(of_pages(pages))] == ["english.md:2", "english.md:3"]


def test_the_words_of_templates_are_checked():
    text = "page:\n  skip: Skip it\n  more: {one: Utilise it., other: Use it.}\n"
    source = Source(Path("en-GB.yaml"), text, yaml.load(text, yaml.CSafeLoader))

    assert [str(each.place) for each in CHECKS.warnings(of_words(source))] == ["en-GB.yaml:3"]


@pytest.fixture
def spec(tmp_path):
    """A contract that draws one warning and no complaint."""
    document = """\
openapi: 3.1.0
info: {title: A service, version: v1, description: Utilise it., summary: A service}
servers: [{url: http://127.0.0.1, description: Yours}]
tags: []
paths: {}
"""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "openapi.yaml").write_text(document)
    return str(tmp_path)


def check(*options: str):
    return CliRunner().invoke(lp_guide, ["check", *options])


def test_warnings_do_not_fail_the_command_unless_it_is_strict(spec):
    lenient, strict = check("--spec", spec), check("--spec", spec, "--strict")

    assert (lenient.exit_code, strict.exit_code) == (0, 1)
    assert (
        "openapi.yaml:2: [word-to-avoid] Avoid “Utilise”. Better: use.\n1 warning.\nThe contract is" in lenient.output
    )
    assert strict.output.endswith("\n1 warning.\n")


def test_programs_can_tell_a_warning_from_a_complaint(spec):
    (found,) = json.loads(check("--spec", spec, "--format", "json").output)

    assert (found["check"], found["severity"]) == ("word-to-avoid", "warning")
    assert check("--spec", spec, "--format", "github").output.startswith("::warning file=")


def test_any_markdown_file_can_be_checked_by_the_settings_of_the_site(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("The participant-id of the ect.\n\nUtilise the color.\n")
    arguments = ["lint", "--plain-english", str(file)]
    lenient, strict = (CliRunner().invoke(lp_guide, [*arguments, *more]) for more in ([], ["--strict"]))

    assert (lenient.exit_code, strict.exit_code) == (0, 1)
    assert [line.partition(" ")[0] for line in strict.output.splitlines()] == [f"{file}:3:", f"{file}:3:", "2"]


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_our_own_documents_draw_no_warning(name):
    done = CliRunner().invoke(lp_guide, ["lint", "--plain-english", "--strict", str(HERE.parent / name)])

    assert done.exit_code == 0, done.output


def test_our_own_pages_and_contracts_draw_no_warning():
    drafts = [read_draft(edition, SPEC) for edition in editions()]
    pages, _ = Content([load(edition) for edition in editions()], SITE, Path("site")).pages()

    assert list(map(str, english_warnings(SITE, drafts, pages))) == []
