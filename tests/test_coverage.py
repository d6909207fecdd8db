"""The report of what the pages show of the contract counts what they show and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from site_helpers import FRONT, SANDBOX, body, close_sandbox, contract, small_site, write_page

from lp_contract.contract import load
from lp_contract.yaml_source import Source
from lp_guide.__main__ import lp_guide
from lp_guide.coverage import report as coverage
from lp_guide.coverage.contract_items import Shown, Thing, inventory, step_name
from lp_guide.site import Site

PAID = "DeclarationAttributes.state.paid"
GUIDANCE = "guidance/every-operation.md"
"""The page of a small site that shows what the guidance must show."""
OTHER_CODE = "guidance/other-code.md"
"""A page of which no code is of the contract."""
REASON, OTHER_REASON = "a header of the test", "It is about Python."
REQUIRED = {"coverage": {"register": {"guidance": "/guidance/", "at_least": {"operations": 100}}}}
STEP = "DeclarationAttributes.state from paid to awaiting-clawback by voidDeclaration"


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site whose guidance must show every operation, and does."""
    own = small_site(tmp_path)
    settings = yaml.safe_load((own / "site.yaml").read_text())
    (own / "site.yaml").write_text(yaml.safe_dump(settings | REQUIRED))
    names = "\n".join(f"- `{name}`" for name in contract().operations)
    write_page(own, GUIDANCE, f'{FRONT}{names}\n\nThe `X-Trial`{{not-in-contract="{REASON}"}}.\n')
    opted_out = FRONT.replace("title: A page", f"title: Other code\nnot_in_contract: {OTHER_REASON}")
    write_page(own, OTHER_CODE, f"{opted_out}Call `a_function`.\n")
    return own


SHOWS = {
    "a table of errors": ("{{ error_table('createPartnership') }}", {("rules", "school_is_eligible")}),
    "a table of states": ("{{ state_table('Declaration.state') }}", {("states", PAID), ("transitions", STEP)}),
    "a list of values": ("{{ enum_list('Declaration.state') }}", {("states", PAID)}),
    "a table of fields": (
        "{{ field_table('ParticipantAttributes') }}",
        {("fields", "ParticipantECFEnrolment.training_status")},
    ),
    "an endpoint": ("{{ endpoint('voidDeclaration') }}", {("operations", "voidDeclaration")}),
    "a table of problems": ("{{ problem_table('getSchools') }}", {("problems", "token_is_known")}),
    "a link": ("[one](rule:school_is_eligible)", {("rules", "school_is_eligible")}),
    "a link to a state": ("[one](state:Declaration.paid)", {("states", PAID)}),
    "a link to a scenario": ("[one](/scenarios/#withdrawn-ect)", {("scenarios", "withdrawn-ect")}),
    "a name in a sentence": ("The `evidence_held`.", {("fields", "DeclarationAttributes.evidence_held")}),
}


@pytest.mark.parametrize("case", SHOWS)
def test_a_page_shows_something_with(case: str, tmp_path: Path):
    text, expected = SHOWS[case]
    shown = body(tmp_path, f"{text}\n").shown
    assert {Thing(*each) for each in expected} <= shown.named
    assert not shown.sent


def test_words_alone_show_nothing(tmp_path: Path):
    assert body(tmp_path, "Declarations are paid.\n").shown == Shown()


def test_a_request_shows_its_operation_its_person_its_fields_and_the_rule_it_breaks(tmp_path: Path):
    text = """```http rule=schedule_has_the_milestone
POST /api/v3/participant-declarations

{"data": {"attributes": {
  "participant_id": "{{ person('cohort-2025') }}", "declaration_type": "extended-1", "evidence_held": "other",
  "declaration_date": "2026-09-01T09:00:00Z", "course_identifier": "ecf-induction"
}}}
```
"""
    sent = body(tmp_path, text).shown.sent
    assert Thing("operations", "createDeclaration") in sent
    assert [thing.name for thing in sent if thing.kind == "rules"] == ["schedule_has_the_milestone"]
    assert [thing.name for thing in sent if thing.kind == "scenarios"] == ["cohort-2025"]
    assert any(thing.kind == "fields" and thing.name.endswith(".evidence_held") for thing in sent)


def test_an_answer_shows_the_state_in_it(tmp_path: Path):
    text = "```http\nGET /api/v3/participant-declarations/{{ declaration('paid-declaration', 'started') }}\n```\n"
    states = [thing.name for thing in body(tmp_path, text).shown.sent if thing.kind == "states"]
    assert states == [PAID]


def lines(shown: dict[str, Shown], edition: str = "register", **at_least: int) -> dict[str, coverage.Line]:
    settings = {"guidance": "/guidance/", "at_least": at_least}
    pages = [coverage.OnPage(edition, url, each) for url, each in shown.items()]
    return {line.kind: line for line in coverage.measure(contract(), pages, settings)}


def test_what_the_reference_shows_does_not_count_as_guidance():
    rule = Thing("rules", "school_is_eligible")
    shown = {"/reference/": Shown(frozenset({rule})), "/guidance/a/": Shown(sent=frozenset({rule}))}
    assert lines(shown)["rules"].in_guidance == {"school_is_eligible"}
    assert not lines({"/reference/": shown["/reference/"]})["rules"].in_guidance


def test_what_a_page_about_another_edition_shows_does_not_count():
    shown = {"/guidance/a/": Shown(frozenset({Thing("operations", "createPartnership")}))}
    assert lines(shown)["operations"].in_guidance == {"createPartnership"}
    assert not lines(shown, "ecf")["operations"].in_reference


def test_too_little_coverage_is_reported_with_the_missing_names():
    all_but_one = frozenset(Thing("rules", name) for name in contract().rules if name != "school_is_eligible")
    measured = lines({"/guidance/a/": Shown(all_but_one)}, rules=100)
    settings = Source(Path("site/site.yaml"), "coverage:\n  register:\n    at_least:\n      rules: 100\n", {})
    (complaint,) = coverage.complaints(list(measured.values()), settings)
    assert str(complaint).startswith(
        "site/site.yaml:4: [coverage] The guidance of `register` shows 98 % of the rules, but site.yaml requires 100 %."
    )
    assert "It does not show `school_is_eligible`." in str(complaint)


@pytest.mark.parametrize("edition", ["register", "ecf"])
def test_everything_of_the_contract_is_counted_once(edition: str):
    counted = inventory(load(edition))
    assert counted["operations"] == list(load(edition).operations)
    steps = [(field, step) for field, each in load(edition).transitions.items() for step in each]
    assert {*counted["transitions"]} == {step_name(field, step) for field, step in steps}
    assert all(len(set(names)) == len(names) for names in counted.values())


def without_an_operation(site: Path, name: str) -> None:
    """Remove an operation from the guidance of a site."""
    page = site / "content" / GUIDANCE
    page.write_text(page.read_text().replace(f"`{name}`", "Nothing"))


def test_the_build_stops_when_a_page_no_longer_shows_what_it_must(site: Path):
    with Site(contract(), site, SANDBOX) as opened:
        assert not opened.make().complaints
        without_an_operation(site, "voidDeclaration")
        (complaint,) = opened.make().complaints
    assert "site.yaml" in str(complaint)
    assert "% of the operations, but site.yaml requires 100 %. It does not show `voidDeclaration`." in str(complaint)


def test_the_report_lists_all_code_that_opts_out_with_its_reason(site: Path):
    with Site(contract(), site, SANDBOX) as opened:
        opened.make()
        report = coverage.as_text(opened.report())
    line = (site / "content" / GUIDANCE).read_text().count("\n")
    assert f"content/{GUIDANCE}:{line}: X-Trial ({REASON})" in report
    assert f"content/{OTHER_CODE}:1: all of it ({OTHER_REASON})" in report


def reported(site: Path) -> tuple[int, dict[str, int]]:
    """Let the command report for programs, and return its exit code and the percentages."""
    result = CliRunner().invoke(lp_guide, ["coverage", "--format", "json", "--site", str(site)])
    kinds = json.loads(result.output)["editions"]["register"]
    return result.exit_code, {kind: each["percent"] for kind, each in kinds.items()}


def test_the_command_reports_for_programs_and_fails_when_the_guidance_shows_too_little(site: Path):
    status, percent = reported(site)
    assert (status, percent["operations"], percent["rules"]) == (0, 100, 0)
    without_an_operation(site, "voidDeclaration")
    status, percent = reported(site)
    assert status == 1
    assert 90 < percent["operations"] < 100
