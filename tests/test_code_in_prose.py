"""Code within a sentence must name something of the contract, or say why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_helpers import FIRST_LINE, close_sandbox, complaint, contract, contracts, render, unmarked

from lp_contract.contract import Contract
from lp_guide.code_in_prose import Words
from lp_guide.writer_mistakes import Mistake

WORDS = Words(contracts())
"""`WORDS.refuse_unknown` raises Mistake for a name that the contract does not have."""


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


SOUND = [
    "training_status",
    "data.attributes.ecf_enrolments",
    "errors[0].title",
    "DeclarationAttributes.state",
    "awaiting-clawback",
    "ecf-standard-september",
    "75-percent-engagement-met",
    "voidDeclaration",
    "school_is_eligible",
    "requests_are_few",
    "withdrawn-ect",
    "null",
    "YOUR_TOKEN",
    '"2026"',
    "2026-09-15",
    "2026-09-15T09:00:00Z",
    "422",
    "Authorization",
    "Authorization: Bearer YOUR_TOKEN",
    "X-With-Server-Date: 2026-05-01",
    "filter[updated_since]",
    "filter[cohort]=2026",
    "sort=-updated_at",
    "page[per_page]",
    "/api/v3",
    "http://127.0.0.1:8000/api/v3",
    "/participants/{id}/defer",
    "/api/v3/participants/transfers",
    "GET /api/v3/schools?filter[cohort]=2026",
    "PUT /api/v3/participants/14023b76-e659-4afd-8c96-13cd44ef022f/defer",
    "POST /_sandbox/scenarios/{name}",
]


@pytest.mark.parametrize("code", SOUND)
def test_what_the_contract_names_may_be_said(code: str):
    WORDS.refuse_unknown(code)


def test_every_field_state_value_rule_and_operation_may_be_said():
    for each in contracts():
        states = [
            state for steps in each.transitions.values() for step in steps for state in (step.source, step.target)
        ]
        for name in [*each.operations, *each.rules, *each.problems, *filter(None, states)]:
            WORDS.refuse_unknown(name)
        for op in each.operations.values():
            WORDS.refuse_unknown(f"{op.method} {op.path}")


WRONG = {
    "training_statuss": "Nothing in the contract is called `training_statuss`. Did you mean `training_status`?",
    "training status": "Nothing in the contract is called `training status`. Did you mean `training_status`?",
    "awaiting_clawback": "Did you mean `awaiting-clawback`?",
    "True": "Nothing in the contract is called `True`.",
    "ecf-standard-october": "Did you mean `ecf-standard-",
    "voidDeclarations": "Did you mean `voidDeclaration`?",
    "school_is_elegible": "Did you mean `school_is_eligible`?",
    "data.attributes.training_statuss": "Nothing in the contract is called",
    "2026-02-30": "`2026-02-30` is not a date.",
    "418": "The contract has no status `418`. Known: 200, 201,",
    "X-Server-Date": "The contract has no header `X-Server-Date`. Did you mean `X-With-Server-Date`?",
    "Autorization: Bearer YOUR_TOKEN": "The contract has no header `Autorization`. Did you mean `Authorization`?",
    "filter[cohorts]": "The contract has no parameter `filter[cohorts]`. Did you mean `filter[cohort]`?",
    "sort=name": "`sort` cannot be `name`.",
    "/participants/ecf": "`/participants/ecf` is not a path: `ecf` is not an id. Write `{id}` or an id.",
    "/participant/{id}": "The contract has no path `/participant/{id}`.",
    "/api/v3/school": "The contract has no path `/api/v3/school`. Did you mean `/api/v3/schools`?",
    "POST /api/v3/schools": "The contract has no operation `POST /api/v3/schools`. That path accepts GET.",
    "GET /api/v3/schools?filter[cohrt]=2026": "The contract has no parameter `filter[cohrt]`.",
    "0123abcd-0123-4abc-8def-0123456789ab": "The contract has no id",
    "lp-sandbox serve": "give the reason directly after it: `{not-in-contract=",
}


@pytest.mark.parametrize("code", WRONG)
def test_what_the_contract_does_not_name_is_refused(code: str):
    with pytest.raises(Mistake) as refused:
        WORDS.refuse_unknown(code)
    assert WRONG[code] in str(refused.value)


PLACES = {
    "a paragraph": ("One.\n\nTwo and\n`cohrt` three.\n", 3),
    "a heading": ("{#name}\n## The `cohrt`\n", 1),
    "a list": ("- one\n- `cohrt`\n", 1),
    "a cell": ("| a | b |\n|---|---|\n| one | `cohrt` |\n", 2),
    "a box": ("::: inset\nThe `cohrt`.\n:::\n", 1),
    "a link": ("One [`cohrt`](op:getSchools).\n", 0),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_complaint_names_the_line(place: str, tmp_path: Path):
    text, line = PLACES[place]
    start = f"content/trial.md:{FIRST_LINE + line}: [prose] Nothing in the contract is called `cohrt`."
    assert start in complaint(tmp_path, text)


def test_a_name_that_leaves_the_contract_is_missed_on_the_pages():
    assert "restart" not in contract().operations
    with pytest.raises(Mistake, match="voidDeclaration"):
        Words(contracts()[1:]).refuse_unknown("voidDeclaration")


def test_a_reason_for_code_outside_the_contract_is_written_once_on_a_page(tmp_path: Path):
    text = 'Say `lp-sandbox serve`{not-in-contract="a command"}.\n\nSay `lp-sandbox serve` again.\n'
    assert unmarked(render(tmp_path, text)).count('<code class="app-code">lp-sandbox serve</code>') == 2


EXCUSES = {
    "no reason": ('`lp`{not-in-contract=""}\n', "[prose] `lp` has no reason."),
    "no need": ('`cohort`{not-in-contract="a word"}\n', "[prose] `cohort` is in the contract and needs no excuse."),
}


@pytest.mark.parametrize("case", EXCUSES)
def test_an_excuse_is_refused_that_has(case: str, tmp_path: Path):
    text, expected = EXCUSES[case]
    assert expected in complaint(tmp_path, text)


def test_what_a_request_on_the_page_brought_may_be_said(tmp_path: Path):
    text = "```http capture=partner_id:data.0.id\nGET /api/v3/delivery-partners\n```\n\nThat is `{{ partner_id }}`.\n"
    assert "That is" in render(tmp_path, text.replace("{{ partner_id }}", "{{ captured.partner_id }}"))


# The words of the contract itself, which pages show

KEYS_OF_PROSE = {"description", "summary", "when", "ours", "theirs", "story", "try"}
NO_NAMES = {
    "--rate-limit": "an option of lp-sandbox",
    "application/x-www-form-urlencoded": "a media type",
    "--key": "an option of lp-sandbox",
    "--proxied": "an option of lp-sandbox",
    "--strict": "an option of lp-sandbox",
    "--max-snapshots": "an option of lp-sandbox",
    "--max-worlds": "an option of lp-sandbox",
    "--forget-after": "an option of lp-sandbox",
    "trn": "a column that the department's service sorts by",
    ".json": "the end of a path that the department's service takes",
    "75-percent": "how two values begin",
}


def prose(value: object, way: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, str) and KEYS_OF_PROSE & set(way[-2:]):
        yield value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from prose(item, (*way, str(key)))


@pytest.mark.parametrize("each", contracts(), ids=lambda each: each.edition)
def test_what_the_contract_says_in_words_names_what_there_is(each: Contract):
    for source in each.sources.values():
        for code in (code for text in prose(source.data) for code in re.findall(r"`([^`]+)`", text)):
            if code not in NO_NAMES:
                WORDS.refuse_unknown(code)


def test_no_exception_is_kept_that_nobody_needs():
    text = "".join(source.text for each in contracts() for source in each.sources.values())
    assert all(f"`{code}`" in text for code in NO_NAMES)
