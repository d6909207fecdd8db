"""A page about two editions can use the names of both. Each of its requests goes to the edition that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from site_helpers import FRONT, all_contracts, renderers

from lp_contract.yaml_source import ContractError
from lp_guide.pages import read_pages
from lp_guide.render import Body

BESIDE = FRONT.replace("\n---\n", "\nbeside: ecf\n---\n")
REFUSED = """```http edition=ecf rule=participant_has_started
PUT /api/v3/participants/ecf/{{ person('ect-in-training') }}/withdraw

{"data": {"type": "participant-withdraw", "attributes": {"reason": "other", "course_identifier": "ecf-induction"}}}
```
"""


def body(folder: Path, text: str) -> Body:
    (folder / "trial.md").write_text(BESIDE + text)
    return renderers()["register"].body(read_pages(all_contracts(), folder, Path("content"))[0])


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ContractError) as raised:
        body(folder, text)
    return str(raised.value)


def test_a_request_goes_to_the_edition_that_it_names(tmp_path):
    (answered,) = body(tmp_path, REFUSED).answered

    assert answered.received.status == 422


def test_each_request_names_the_edition_on_the_page(tmp_path):
    html = body(
        tmp_path, "```http edition=ecf\nGET /api/v3/statements\n```\n\n```http\nGET /api/v3/statements\n```\n"
    ).html

    assert html.index("Early career framework (ECF)") < html.index("Register early career teachers")


def test_the_name_of_a_seed_means_the_edition_that_gets_the_request(tmp_path):
    text = "```http edition=ecf\nGET /api/v3/schools/ecf/{{ school('fresh') }}?filter[cohort]=2025\n```\n"
    ecf, register = body(
        tmp_path, f"{text}\n```http\nGET /api/v3/schools/{{{{ school('fresh') }}}}?filter[cohort]=2026\n```\n"
    ).answered

    assert ecf.received.body["data"]["id"] != register.received.body["data"]["id"]


def test_values_are_captured_in_each_edition_apart(tmp_path):
    requests = [
        "```http edition=ecf capture=first:data.0.id\nGET /api/v3/statements\n```",
        "```http capture=first:data.0.id\nGET /api/v3/statements\n```",
        "```http edition=ecf\nGET /api/v3/statements/{{ first }}\n```",
        "```http\nGET /api/v3/statements/{{ first }}\n```",
    ]

    assert [each.received.status for each in body(tmp_path, "\n\n".join(requests)).answered] == [200] * 4


def test_fields_of_one_edition_alone_are_named_in_a_sentence(tmp_path):
    html = body(tmp_path, "Remove {{ edition_fields('ecf', 'Partnerships', 'removed') }} now.\n").html

    assert re.sub("<[^>]+>", "", html).strip() == "Remove status, challenged_reason and challenged_at now."


def test_a_rule_of_the_second_edition_has_its_address_there(tmp_path):
    assert "/ecf/errors/participant_has_started/" in body(tmp_path, "See [it](rule:participant_has_started).\n").html


@pytest.mark.parametrize("path", ["/api/v3/partnerships/ecf", "/api/v3/partnerships"])
def test_a_path_of_either_edition_is_known(tmp_path, path):
    assert path in body(tmp_path, f"Send it to `{path}`.\n").html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Send it to `/api/v3/partnerships/npq`.\n", "is not an id"),
        ("```http edition=efc\nGET /api/v3/statements\n```\n", "Did you mean `ecf`?"),
        ("{{ edition_changes('efc') }}\n", "Did you mean `ecf`?"),
        ("{{ edition_changes('ecf', 'Partnership') }}\n", "Did you mean `Partnerships`?"),
        ("Use {{ edition_fields('ecf', 'Statements', 'added') }}.\n", "No field of Statements was added"),
    ],
)
def test_a_name_that_neither_edition_has_is_refused(tmp_path, text, said):
    assert said in complaint(tmp_path, text)
