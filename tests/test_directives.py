"""What writers put on pages with a word in braces is what the contract says."""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from site_helpers import (
    FIRST_LINE,
    SITE,
    all_contracts,
    close_sandbox,
    complaint,
    contract,
    contracts,
    render,
    renderer,
    settings,
    trial,
    unmarked,
    whole_site,
)

from lp_contract.contract import Contract, load
from lp_guide import directive_samples, reference_urls, views
from lp_guide.boxes import BOXES
from lp_guide.request_options import Claims
from lp_guide.search_entries import entries_of_page
from lp_guide.seed_ids_by_name import Seeded
from lp_guide.state_diagrams import Row, Step, draw

STATES = sorted(contract().transitions)
MILESTONES = contract().seeds["schedules"]["milestones"]


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", unmarked(markup))).split())


def day(written: str) -> str:
    return f"{date.fromisoformat(written):%d %B %Y}".removeprefix("0")


def rows(field: str) -> list[Row]:
    return list(views.VIEWS["state_diagram"](contracts(), field)["rows"])


# Diagrams


@pytest.mark.parametrize("field", STATES)
def test_a_diagram_has_a_box_for_every_state_and_an_arrow_for_every_two_that_a_step_connects(field: str):
    drawn = [
        (arrow.source, arrow.target) for row in rows(field) for arrow in [row.down, *row.sideways] if arrow is not None
    ]
    connected = {(step.source, step.target) for step in contract().transitions[field]}
    assert sorted(map(str, drawn)) == sorted(map(str, connected))
    assert sorted(row.state or "" for row in rows(field)) == sorted({name or "" for pair in connected for name in pair})


def test_an_arrow_of_a_diagram_says_who_makes_each_of_its_steps():
    eligible = next(row for row in rows("DeclarationAttributes.state") if row.state == "eligible")
    assert eligible.down is not None
    assert (eligible.down.target, eligible.down.names) == ("payable", {"time": [""]})
    assert {arrow.target: arrow.names for arrow in eligible.sideways} == {
        "paid": {"others": ["pay statement"]},
        "voided": {"you": ["void declaration"]},
    }


def test_a_diagram_follows_the_first_step_from_each_state_and_marks_steps_back():
    steps = [Step(*ends, "you", "x") for ends in [("a", "b"), ("a", "d"), ("b", "c"), ("c", "a"), ("d", "c")]]
    assert [row.state for row in draw(steps)] == ["a", "b", "c", "d"]
    assert [row.down.target if row.down else None for row in draw(steps)] == ["b", "c", None, None]
    assert [(arrow.target, arrow.is_back) for row in draw(steps) for arrow in row.sideways] == [
        ("d", False),
        ("a", True),
        ("c", True),
    ]


@pytest.mark.parametrize("field", STATES)
def test_a_diagram_alone_has_a_text_description(field: str, tmp_path: Path):
    shown = words(render(tmp_path, f"{{{{ state_diagram('{field}') }}}}\n"))
    for step in contract().transitions[field]:
        assert (f"changes from {step.source} to {step.target}" if step.source else f"begins as {step.target}") in shown


def test_a_diagram_is_drawn_in_the_colours_of_the_text_and_hidden_from_screen_readers(tmp_path: Path):
    shown = render(tmp_path, "{{ state_diagram('Declaration.state') }}\n")
    assert 'aria-hidden="true"' in shown
    assert not re.search(r'(?:fill|stroke|style)="', shown)
    assert "others: confirm eligibility, record induction" in words(shown)


# Tables


def test_every_state_is_explained_at_a_place_of_its_own(tmp_path: Path):
    shown = render(tmp_path, "{{ state_table('Declaration.state') }}\n")
    schema = contract().document["components"]["schemas"]["DeclarationAttributes"]["properties"]["state"]
    for value, meaning in schema["x-enumDescriptions"].items():
        assert f'id="state-{value}"' in shown
        assert " ".join(meaning.split()) in words(shown)


@pytest.mark.parametrize("level", [2, 3, 4])
def test_the_heading_of_a_state_table_has_the_requested_level(level: int, tmp_path: Path):
    shown = render(
        tmp_path,
        f"{{{{ state_table('training_status', heading={level}) }}}}\n".replace(
            "training_status", "ParticipantECFEnrolment.training_status"
        ),
    )
    assert re.search(rf'<h{level} [^>]*id="states-training_status"', shown)


@pytest.mark.parametrize("row", MILESTONES[:: len(MILESTONES) // 7])
def test_a_milestone_table_has_every_milestone_with_its_days(row, tmp_path: Path):
    shown = words(render(tmp_path, f"{{{{ milestone_table('{row['cohort']}', '{row['schedule']}') }}}}\n"))
    for name, days in row["types"].items():
        last = day(days["until"]) if days["until"] else "It stays open"
        assert f"{name} {day(days['from'])} {last}" in shown


def test_the_list_of_milestones_has_every_day_of_every_schedule(tmp_path: Path):
    said = {}
    for part in render(tmp_path, "{{ milestone_list() }}\n").split('id="cohort-')[1:]:
        for row in re.findall("<tr.*?</tr>", part, re.DOTALL)[1:]:
            schedule, *names = re.findall("<code[^>]*>(.*?)</code>", row)
            days = words(row[row.rindex("</code>") :])
            said |= {(part[:4], schedule, name): days for name in names}
    for row in MILESTONES:
        for name, days in row["types"].items():
            last = day(days["until"]) if days["until"] else "It stays open"
            assert said.pop((str(row["cohort"]), row["schedule"], name)) == f"{day(days['from'])} {last}"
    assert not said


def test_the_words_of_the_contract_on_the_rate_limit_have_its_figure():
    limit = contract().document["x-rate-limit"]
    minutes = {5: "five"}[limit["minutes"]]
    assert f"{limit['requests']:,} requests" in contract().problems["requests_are_few"].when
    assert f"in {minutes} minutes" in contract().problems["requests_are_few"].when


def test_an_evidence_table_has_every_row_of_the_contract(tmp_path: Path):
    shown = words(render(tmp_path, "{{ evidence_table('createDeclaration') }}\n"))
    for row in contract().operations["createDeclaration"].request["x-evidence"]:
        people = " and ".join({"ect": "ECTs", "mentor": "mentors"}[role] for role in row["roles"])
        cohort = "2025 and later" if row["detailed"] else "Before 2025"
        assert f"{cohort} {people} {' '.join(row['types'])} {' '.join(row['takes'] or ['None is needed'])}" in shown


@pytest.mark.parametrize("of", all_contracts(), ids=lambda of: of.edition)
def test_a_table_of_errors_names_only_rules_of_its_operation(of: Contract):
    home = reference_urls.homes(settings())[of.edition].reference.removeprefix("/")
    for name, page in whole_site().items():
        if name.startswith(home) and name.split("/")[-2] in of.operations:
            rules = {rule.name for rule in of.operations[name.split("/")[-2]].rules}
            broken_too = re.findall(r'This also breaks <a [^>]*href="[^"]*#(\w+)"', page.decode())
            assert set(broken_too) <= rules, name


def test_a_list_of_values_says_what_each_means_where_the_contract_does(tmp_path: Path):
    shown = words(render(tmp_path, "{{ enum_list('ParticipantTransfersTransfer.status') }}\n"))
    assert "incomplete The participant has not left yet, or has not joined yet." in shown
    plain = words(render(tmp_path, "{{ enum_list('DeferralReason') }}\n"))
    assert " ".join(contract().document["components"]["schemas"]["DeferralReason"]["enum"]) in plain


def test_a_cohort_table_says_which_are_closed_and_since_when_they_are_frozen(tmp_path: Path):
    shown = words(render(tmp_path, "{{ cohort_table() }}\n"))
    assert "2022 1 June 2022 31 May 2023 No Frozen since 16 June 2025" in shown
    assert "2026 1 June 2026 31 May 2027 Yes, once it has started Not frozen" in shown


def test_the_rate_limit_can_be_part_of_a_sentence(tmp_path: Path):
    assert "You can send 1,000 requests in 5 minutes." in words(render(tmp_path, "You can send {{ rate_limit() }}.\n"))


WRONG = {
    "state_table('Declaration.stat')": "no field with states called `Declaration.stat`. Did you mean",
    "state_diagram('Declaration.id')": "no field with states called `Declaration.id`.",
    "enum_list('Declaration.stat')": "no field or schema `Declaration.stat`. Did you mean `Declaration.state`?",
    "enum_list('Declaration.id')": "`Declaration.id` can have any value. Name a field with an enum.",
    "milestone_table('2031', 'ecf-standard-april')": "no cohort `2031`. Did you mean",
    "milestone_table('2026', 'ecf-standard-apil')": "no schedule of the 2026 cohort called `ecf-standard-apil`.",
    "evidence_table('voidDeclaration')": "`voidDeclaration` does not accept evidence.",
    "error_table('createDeclarations')": "no operation `createDeclarations`. Did you mean `createDeclaration`?",
}


@pytest.mark.parametrize("call", WRONG)
def test_a_call_that_names_nothing_is_refused_with_its_line(call: str, tmp_path: Path):
    said = complaint(tmp_path, f"\n{{{{ {call} }}}}\n")
    assert said.startswith(f"content/trial.md:{FIRST_LINE + 1}: ")
    assert WRONG[call] in said


# Boxes


def test_a_box_has_the_markup_of_the_design_system_and_its_text_is_markdown(tmp_path: Path):
    text = "::: {}\nUse **one** token.\n:::\n"
    inset, warning, details = (
        render(tmp_path, text.format(name)).partition("<h1")[2] for name in ("inset", "warning", "details Why & how")
    )
    paragraph = '<p class="govuk-body">Use <strong>one</strong> token.</p>'
    assert f'<div class="govuk-inset-text">\n{paragraph}\n</div>' in inset
    assert f'<strong class="govuk-visually-hidden">Warning</strong>\n{paragraph}\n</div></div>' in warning
    assert '<span class="govuk-details__summary-text">Why &amp; how</span></summary>' in details
    assert f'<div class="govuk-details__text">\n{paragraph}\n</div></details>' in details


def test_every_box_is_on_the_page_for_writers_with_a_sample():
    for name in BOXES:
        assert f"::: {name}" in directives("requests-links-and-headings")
        assert f"govuk-{name}" in directives("requests-links-and-headings")


def test_search_finds_what_details_of_a_writer_contain(tmp_path: Path):
    page = trial(tmp_path, "{#a}\n## A\n\n::: details More\nA peculiar thing.\n:::\n")
    assert any("peculiar" in entry.text for entry in entries_of_page(page, renderer().body(page).html))


# The page that tells writers of all this


def directives(page: str = "directives") -> str:
    return html.unescape(unmarked(whole_site()[f"writing/{page}/index.html"].decode()))


@pytest.mark.parametrize("name", views.VIEWS)
def test_every_directive_is_on_the_page_for_writers_with_its_text_and_its_result(name: str):
    said = words(directives())
    assert f'id="{name}"' in directives()
    first = (views.VIEWS[name].__doc__ or "").split(".")[0].replace("`", "")
    assert "".join(first.split()) in said.replace(" ", "")
    call = f"{name}({', '.join(map(repr, directive_samples.CALLS.get(name, ())))})"
    assert f"{{{{ {call} }}}}" in said or f"You can see it on {directive_samples.SEEN[name]}" in said


def used_below(name: str) -> list[str]:
    """Return the addresses of the pages that use a directive, with the folder for a file that makes several pages."""
    content = SITE / "content"
    files = [file for file in content.rglob("*.md") if f"{{{{ {name}(" in file.read_text(encoding="utf-8")]
    several = [file.parent / "index.md" if file.stem.startswith("each-") else file for file in files]
    return [f"/{file.relative_to(content).with_suffix('')}/".replace("/index/", "/") for file in several]


def test_a_directive_is_used_on_the_page_that_shows_it():
    for name, seen in directive_samples.SEEN.items():
        assert any(seen.startswith(page) for page in used_below(name)), name


def test_every_kind_of_link_is_on_the_page_for_writers():
    for kind in reference_urls.SCHEMES:
        assert f"[words]({kind}:{directive_samples.LINKS[kind]})" in directives("requests-links-and-headings")


def test_every_value_and_every_word_of_a_request_is_on_the_page_for_writers():
    said = words(directives())
    for name in [*Seeded(contract()).helpers(), "clock", "captured", "download", "rule_message", "scenarios"]:
        assert re.search(rf"\{{\{{ {name}\b", said), name
    said = words(directives("requests-links-and-headings"))
    for name in (each.name for each in dataclasses.fields(Claims)):
        assert f"{name}=" in said


@pytest.mark.parametrize("edition", ["register", "ecf"])
@pytest.mark.parametrize("kind", ["school", "delivery-partner", "lead-provider"])
def test_every_name_of_the_seeds_is_on_the_page_for_writers_with_its_title(edition: str, kind: str):
    said = words(directives())
    for each in load(edition).seeds[f"{kind}s"]:
        assert f"{{{{ {kind.replace('-', '_')}('{each['name']}') }}}} {each['full_name']}" in said


def test_the_milestones_that_overlap_are_those_that_the_page_on_schedules_names():
    overlapping = {
        (row["cohort"], row["schedule"], first, second)
        for row in MILESTONES
        for (first, one), (second, other) in pairwise(row["types"].items())
        if one["until"] and other["until"] and other["from"] <= one["until"]
    }
    assert overlapping == {
        (2021, schedule, "started", "retained-1") for schedule in ("ecf-standard-september", "ecf-standard-april")
    }
