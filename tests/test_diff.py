"""`lp-guide diff`: every change between two contracts is reported once, with what it breaks and why."""

import functools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from site_helpers import contracts, renderer, settings

from lp_contract.contract import SPEC, editions, load
from lp_contract.yaml_source import read
from lp_guide.__main__ import lp_guide
from lp_guide.changes import changes
from lp_guide.changes.breaking_change import Change, Group
from lp_guide.changes.git_revisions import contract_of
from lp_guide.changes.report import FORMATS, HEADINGS, headline
from lp_guide.navigation import Navigation
from lp_guide.pages import read_pages
from lp_guide.sitemap_and_feed import unknown_tags
from lp_guide.writer_mistakes import Mistake

EDITION = "register"
CASES = yaml.load((Path(__file__).parent / "cases" / "changes.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
BACK = [case for case in CASES if "back" in case]


@pytest.fixture(scope="module")
def contract():
    return load(EDITION)


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """An edition of links, so that a file which no case has edited is read but once."""
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # no contract of a case is loaded again: none is cached
    monkeypatch.setattr("lp_contract.merge_documents.read", lambda file, shown_as: read_once(file.resolve(), shown_as))
    shutil.copytree(SPEC / EDITION, tmp_path / "spec" / EDITION, copy_function=link)
    return tmp_path / "spec"


def link(source, copy):
    Path(copy).symlink_to(source)


@functools.cache
def read_own(file):
    return read(file)


def read_once(file, shown_as):
    return read_own(file) if file.is_relative_to(SPEC) else read(file, shown_as)


def edit(spec, *cases):
    for case in cases:
        for each in case.get("edits", (case,)):
            file = spec / EDITION / each["file"]
            text = file.read_text(encoding="utf-8")
            assert each["old"] in text, f"{each['file']} has changed: mend the case"
            file.unlink()
            file.write_text(text.replace(each["old"], each["new"], 1), encoding="utf-8")
    return load(EDITION, spec)


def named(*names):
    return [case for case in CASES if case["name"] in names]


JUDGED = {Group.BREAKING: "breaking", Group.OTHER: "harmless", Group.CONDITION: "to compare"}


def descriptions_of(found):
    return [f"{JUDGED[change.group]}: {headline(change)}" for change in found]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_edit_is_reported_and_nothing_else(contract, spec, case):
    edited = edit(spec, case)

    assert descriptions_of(changes(contract, edited)) == case["finds"]
    assert descriptions_of(changes(edited, contract)) == case["back"] if "back" in case else True


@pytest.mark.parametrize("edition", editions())
def test_a_contract_does_not_differ_from_itself(edition):
    assert changes(load(edition), load(edition)) == ()


SEVERAL = (
    *("the message of a rule", "a field of an answer", "a milestone", "who may call", "the title of the service"),
    "when a problem is met",
)


@pytest.fixture
def several(contract, spec):
    return changes(contract, edit(spec, *named(*SEVERAL)))


def test_what_breaks_clients_comes_first_and_then_it_goes_by_resource(several):
    assert [(change.group, change.resources if len(change.resources) < 3 else "all") for change in several] == [
        (Group.BREAKING, "all"),
        (Group.BREAKING, ("Partnerships",)),
        (Group.BREAKING, ("Cohorts and schedules",)),
        (Group.OTHER, ()),
        (Group.OTHER, ("Partnerships",)),
        (Group.CONDITION, "all"),
    ]


def test_every_change_has_its_reason_in_a_sentence(several):
    assert all(change.reason[0].isupper() and change.reason.endswith(".") for change in several)


def test_a_change_names_every_operation_that_it_concerns(contract, spec):
    (found,) = changes(contract, edit(spec, *named("a field of an answer")))[:1]

    assert found.operations == ("getPartnerships", "createPartnership", "getPartnership", "updatePartnership")
    assert found.after == {"type": "string", "description": "Its colour."}


def test_a_change_in_an_alternative_names_the_alternative(contract, spec):
    (found,) = changes(contract, edit(spec, *named("a value in one alternative")))

    assert [choice.partition(" before 2025 ")[2] for choice in found.choices] == [
        "is still in training.",
        "has completed training.",
        "is in extended training.",
    ]


def test_a_changed_message_is_reported_with_its_old_and_new_text(contract, spec):
    (found,) = changes(contract, edit(spec, *named("the message of a rule")))

    assert (found.what, found.where, found.reason) == (
        "message",
        "cohort_has_started",
        "Clients that match on the message no longer recognise it.",
    )
    assert found.before == "You cannot create a partnership for a future cohort."
    assert found.after == "You cannot create a partnership for a cohort to come."
    assert found.operations == ("createPartnership",)


def test_the_text_is_in_groups_and_ends_with_the_number(several):
    text = FORMATS["text"](several, "old", "new")

    assert [line for line in text.splitlines() if line.startswith(tuple(HEADINGS.values()))] == [
        "Breaking changes: The whole service",
        "Breaking changes: Partnerships",
        "Breaking changes: Cohorts and schedules",
        "Other changes: The whole service",
        "Other changes: Partnerships",
        "Conditions to compare: The whole service",
    ]
    assert "    Before: You cannot create a partnership for a future cohort.\n" in text
    assert text.endswith("\n6 changes. 3 of them break clients. Compare 1 changed condition yourself.")


def test_json_holds_everything(several):
    answer = json.loads(FORMATS["json"](several, "old", "new"))

    assert (answer["old"], answer["new"], answer["breaking"], len(answer["changes"])) == ("old", "new", 3, 6)
    assert answer["changes"][1]["after"] == "You cannot create a partnership for a cohort to come."


def test_the_markdown_is_the_draft_of_a_release_note(several):
    text = FORMATS["markdown"](several, "v1", "v2")

    assert text.startswith(
        "---\ntitle: 'What changed from v1 to v2'\n"
        "description: '6 changes. 3 of them break clients. Compare 1 changed condition yourself.'\n"
    )
    assert "\ntags: breaking-change, new-field, data-update\n" in text
    assert text.index("## Breaking changes") < text.index("### Partnerships") < text.index("## Other changes")
    assert text.index("## Other changes") < text.index("## Conditions to compare")
    assert (
        "- **Message of `cohort_has_started` changed** (`createPartnership`). Clients that match on the message no "
        "longer recognise it. Before: `You cannot create a partnership for a future cohort.`. After: "
        "`You cannot create a partnership for a cohort to come.`."
    ) in text


@pytest.mark.parametrize("old", ["the release before", "the same"])
def test_the_draft_of_a_release_note_is_a_page_without_a_mistake(contract, tmp_path, old):
    before = contract if old == "the same" else load(EDITION, SPEC / "released" / "0.1.0")
    (tmp_path / "draft.md").write_text(FORMATS["markdown"](changes(before, contract), "v'1", "v2"), encoding="utf-8")

    (page,) = read_pages(contracts(), tmp_path, Path("content"))

    assert list(unknown_tags([page], settings())) == []
    assert "What changed from v&#39;1 to v2" in renderer().frame(page, renderer().body(page), Navigation([page], []))


def test_a_value_that_looks_like_a_directive_is_shown_as_it_is(tmp_path):
    change = Change(
        "message", "x", "changed", breaking=True, before="{{ school }}", after="{# no #}", reason="It differs."
    )
    (tmp_path / "draft.md").write_text(FORMATS["markdown"]((change,), "v1", "v2"), encoding="utf-8")

    (page,) = read_pages(contracts(), tmp_path, Path("content"))

    assert {"{{ school }}", "{# no #}"} <= set(re.findall("<code[^>]*>([^<]+)</code>", renderer().body(page).html))


def test_equal_contracts_have_no_changes():
    assert FORMATS["text"]((), "old", "new") == "Nothing changed."


def ask(*arguments):
    return CliRunner().invoke(lp_guide, ["diff", *map(str, arguments)])


def test_the_command_fails_on_breaking_changes_only_with_an_option(spec):
    edit(spec, *named("a field of an answer"))
    harmless, breaking = (SPEC, spec), (spec, SPEC)

    codes = [ask(*pair, *more).exit_code for pair in (harmless, breaking) for more in ((), ("--fail-on-breaking",))]

    assert codes == [0, 0, 0, 1]


def test_the_command_reads_revisions_of_git(tmp_path, monkeypatch):
    spec = tmp_path / "spec"
    shutil.copytree(SPEC / EDITION, spec / EDITION)
    git = ["git", "-C", spec.parent, "-c", "user.name=N", "-c", "user.email=n@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"], ["tag", "v1"]):
        subprocess.run([*git, *words], check=True)
    edit(spec, *named("the message of a rule"))
    monkeypatch.chdir(spec)

    for old, new in (("v1", spec), ("git:HEAD", spec.parent)):
        answer = ask(old, new, "--format", "json")
        assert [change["what"] for change in json.loads(answer.output)["changes"]] == ["message"], answer.output


def test_a_released_version_needs_neither_a_tag_nor_git(tmp_path, monkeypatch, contract):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")

    assert contract_of("v0.1.0", EDITION).rules.keys() <= contract.rules.keys()
    with pytest.raises(Mistake, match=r"a released version \(v0.1.0\)"):
        contract_of("git:v0.1.0", EDITION)


@pytest.mark.parametrize("given", ["nowhere", "git:nowhere", "git:--help"])
def test_neither_a_folder_nor_a_revision_is_a_clear_error(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    answer = ask(given, SPEC)

    assert answer.exit_code == 2
    assert f"`{given}` is neither a folder nor a revision that contains a contract." in answer.output


def test_a_folder_without_the_edition_is_reported(tmp_path):
    answer = ask(tmp_path, SPEC)

    assert answer.exit_code == 1
    assert "There is no edition `register`." in answer.output
