"""`lp-guide check`: every mistake is found, once, with its file and line; the true contract has none."""

import json
import random
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from site_helpers import small_site

from lp_contract import SPEC
from lp_contract.contract import editions, load
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide import complaint_formats
from lp_guide.__main__ import lp_guide
from lp_guide.commands.options_and_failures import FORMATS
from lp_guide.contract_checks import CHECKS, check

EDITION = "register"
CASES = yaml.load((Path(__file__).parent / "cases" / "mistakes.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
COMPLAINT = Complaint(Place(Path("spec/a,b.yaml"), 7), "seed-name", "100% wrong:\nno `x`.", "Did you mean `y`?")


@pytest.fixture
def spec(tmp_path):
    shutil.copytree(SPEC / EDITION, tmp_path / EDITION)
    return tmp_path


def plant(folder, case):
    for edit in (*case.get("edits", ()), case):
        file = folder / edit["file"]
        text = file.read_text(encoding="utf-8")
        assert edit["old"] in text, f"{edit['file']} has changed: mend the case"
        file.write_text(text.replace(edit["old"], edit["new"], 1), encoding="utf-8")


def line_of(file, words):
    text = file.read_text(encoding="utf-8")
    return text[: text.index(words)].count("\n") + 1 + words.startswith("\n")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mistake_draws_its_complaint_and_no_other(spec, case):
    plant(spec / EDITION, case)
    file = spec / EDITION / case.get("in", case["file"])

    found = check(EDITION, spec)

    assert [(c.check, c.place) for c in found] == [(case["check"], Place(file, line_of(file, case["at"])))], found
    assert "remedy" not in case or found[0].remedy == case["remedy"]


def plant_ambiguous_path(spec):
    """Rename a path that takes PUT, so that it and a path that takes GET fit the same addresses."""
    withdraw, other = "/api/v3/participants/{id}/withdraw", "/api/v3/{id}/declarations/transfers"
    escaped = {path: path.replace("/", "~1") for path in (withdraw, other)}
    for name in ("openapi.yaml", "participants.yaml"):
        file = spec / EDITION / name
        text = file.read_text(encoding="utf-8").replace(f"  {withdraw}:", f"  {other}:")
        file.write_text(text.replace(escaped[withdraw], escaped[other]), encoding="utf-8")


def test_paths_that_one_address_fits_are_sound_when_their_methods_differ(spec):
    plant_ambiguous_path(spec)
    assert check(EDITION, spec) == ()


def test_further_methods_of_an_operation_can_make_its_path_ambiguous(spec):
    plant_ambiguous_path(spec)
    file = spec / EDITION / "participants.yaml"
    named = "      operationId: withdrawParticipant\n"
    text = file.read_text(encoding="utf-8")
    assert named in text
    file.write_text(text.replace(named, f"{named}      x-also: GET\n"), encoding="utf-8")
    assert [complaint.check for complaint in check(EDITION, spec)] == ["ambiguous-path"]


def test_a_rule_that_no_request_can_break_can_name_a_field_that_no_request_has(spec):
    file = spec / EDITION / "partnerships.yaml"
    request = '    broken_by: {cohort: "2022"}\n'
    head, _, rule = file.read_text(encoding="utf-8").partition("  cohort_is_open:\n")
    rule = rule.replace("field: cohort", "field: lead_provider_id", 1)
    file.write_text(f"{head}  cohort_is_open:\n{rule}", encoding="utf-8")
    assert [complaint.check for complaint in check(EDITION, spec)] == ["unknown-field"]
    rule = rule.replace(request, "    unreachable: The token names it.\n", 1)
    file.write_text(f"{head}  cohort_is_open:\n{rule}", encoding="utf-8")
    assert check(EDITION, spec) == ()


def test_every_check_is_planted():
    assert {case["check"] for case in CASES} == {each.name for each in CHECKS}


def test_a_check_waits_only_for_checks_before_it():
    names = [each.name for each in CHECKS]
    assert len(set(names)) == len(names)
    assert all(set(each.after) <= set(names[:index]) for index, each in enumerate(CHECKS))


@pytest.mark.parametrize("edition", editions())
def test_the_true_contract_has_no_complaint(edition):
    assert check(edition) == ()


def test_all_mistakes_are_reported_together(spec):
    names = ("a time without quotes", "a rule without a condition", "an id twice", "a default that does not fit")
    cases = [case for case in CASES if case["name"] in names]
    for case in cases:
        plant(spec / EDITION, case)

    assert sorted(c.check for c in check(EDITION, spec)) == sorted(case["check"] for case in cases)


def test_a_file_that_cannot_be_read_does_not_hide_what_the_others_have(spec):
    for case in CASES:
        if case["name"] in ("text that is no YAML", "an id twice", "an operation with a blank summary"):
            plant(spec / EDITION, case)

    assert {c.check for c in check(EDITION, spec)} == {"readable", "doubled-seed", "missing-description"}


def loads(spec):
    try:
        return load(EDITION, spec)
    except ContractError:
        return None


def places(value, way=()):
    if way:
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*way, key))


def put(value, way, new):
    for step in way[:-1]:
        value = value[step]
    value[way[-1]] = new


@pytest.mark.parametrize("seed", range(40))
def test_nothing_of_the_wrong_shape_makes_a_check_fail_or_a_sound_contract_that_will_not_load(spec, seed):
    chance = random.Random(seed)
    file = spec / EDITION / chance.choice(["openapi.yaml", "common.yaml", "partnerships.yaml", "seeds/schools.yaml"])
    data = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    put(data, chance.choice(list(places(data))), chance.choice([None, [], {}, 7, "x", [None], {"x": None}]))
    file.write_text(yaml.safe_dump(data), encoding="utf-8")

    found = check(EDITION, spec)

    assert all(c.message and c.remedy for c in found)
    assert found or loads(spec)


def test_an_edition_without_seeds_rules_and_tokens_is_judged_by_what_it_has(tmp_path):
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "openapi.yaml").write_text(
        """
openapi: 3.1.0
info: {title: Tiny, version: "1"}
tags: [{name: Worlds, description: All there is.}]
paths:
  /worlds:
    post:
      operationId: createWorld
      tags: [Worlds]
      summary: Create
      description: Creates a world.
      requestBody:
        description: Its size.
        content: {application/json: {schema: {type: object, description: Its size.}, example: {}}}
      responses:
        "204": {description: It is there.}
""",
        encoding="utf-8",
    )

    assert [(c.check, c.place.line) for c in check("tiny", tmp_path)] == [("missing-status", 15)]


def work(*arguments):
    """Count the seconds for which the program keeps a core busy: how busy others keep it is not its fault."""
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "lp_guide", *arguments], capture_output=True, check=True, cwd=SPEC.parent)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime


@pytest.mark.parametrize("edition", editions())
def test_a_contract_is_judged_in_less_than_two_seconds(edition):
    assert any(work("check", "--contract-only", "--edition", edition) < 2 for _ in range(3))


def test_help_does_not_wait_for_what_it_does_not_need():
    listed = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "lp_guide", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=SPEC.parent,
    ).stderr
    assert not [name for name in ("jsonschema", "yaml", "prance", "jinja2", "httpx") if f"| {name}" in listed]


def test_a_sound_contract_is_praised_in_one_line():
    done = CliRunner().invoke(lp_guide, ["check", "--contract-only"])

    assert done.exit_code == 0
    assert done.output.splitlines()[-1].startswith("The contract is sound: ")


def test_sound_pages_are_praised_after_the_contract(tmp_path):
    site = str(small_site(tmp_path))
    *_, contract, pages = CliRunner().invoke(lp_guide, ["check", "--site", site]).output.splitlines()

    assert contract.startswith("The contract is sound: ")
    assert re.fullmatch(r"The pages are sound: \d+ pages, \d+ requests.", pages)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_reports_every_complaint_and_exits_with_1(spec, form):
    plant(spec / EDITION, next(case for case in CASES if case["check"] == "seed-name"))

    done = CliRunner().invoke(lp_guide, ["check", "--spec", str(spec), "--format", form])

    assert done.exit_code == 1
    assert "seed-name" in done.output
    assert "Did you mean `partnered`?" in done.output


def test_the_command_line_offers_the_formats_that_there_are():
    assert tuple(complaint_formats.FORMATS) == FORMATS


def test_a_sound_contract_has_no_complaint_in_a_list_for_programs():
    found = json.loads(CliRunner().invoke(lp_guide, ["check", "--contract-only", "--format", "json"]).output)
    assert {each["severity"] for each in found} <= {"warning"}


def test_an_unknown_edition_is_a_complaint():
    done = CliRunner().invoke(lp_guide, ["check", "--edition", "regster"])

    assert done.exit_code == 1
    assert "There is no edition `regster`." in done.output


def test_a_folder_without_editions_is_refused(tmp_path):
    assert CliRunner().invoke(lp_guide, ["check", "--spec", str(tmp_path)]).exit_code == 2


def test_text_has_a_line_for_each_complaint_and_their_number():
    assert complaint_formats.as_text([COMPLAINT]).splitlines() == [
        "spec/a,b.yaml:7: [seed-name] 100% wrong: no `x`. Did you mean `y`?",
        "1 complaint.",
    ]


def test_colour_is_for_terminals_without_no_color(monkeypatch):
    class Terminal:
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert complaint_formats.wants_colour(Terminal())
    assert "\x1b[" in complaint_formats.as_text([COMPLAINT], colour=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not complaint_formats.wants_colour(Terminal())
    assert not complaint_formats.wants_colour(sys.__stdin__) or sys.__stdin__.isatty()


def test_json_is_a_list_of_objects():
    assert json.loads(complaint_formats.as_json([COMPLAINT])) == [
        {
            "file": "spec/a,b.yaml",
            "line": 7,
            "check": "seed-name",
            "message": "100% wrong:\nno `x`.",
            "remedy": "Did you mean `y`?",
            "severity": "error",
        }
    ]


def test_github_commands_are_escaped():
    assert complaint_formats.as_github([COMPLAINT]) == (
        "::error file=spec/a%2Cb.yaml,line=7,title=seed-name::100%25 wrong:%0Ano `x`. Did you mean `y`?"
    )
