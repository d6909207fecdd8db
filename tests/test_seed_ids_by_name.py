"""Ids of the seeds stand on pages by the name of what bears them."""

from __future__ import annotations

from pathlib import Path

import pytest
from site_helpers import FRONT, close_sandbox, complaint, contract, render

from lp_contract.contract import load
from lp_guide.seed_ids_by_name import Seeded
from lp_guide.writer_mistakes import Mistake


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


def recipe(name: str) -> dict:
    return next(recipe for recipe in contract().seeds["scenarios"] if recipe["name"] == name)


def test_a_person_is_the_first_of_their_scenario_unless_another_is_named():
    people, seeded = recipe("ect-in-training")["people"], Seeded(contract())
    assert seeded.person("ect-in-training") == people["ect"]["id"]
    assert seeded.person("ect-in-training", "mentor") == people["mentor"]["id"]


def test_a_declaration_is_found_by_its_type_and_its_participant():
    people, seeded = recipe("billable-declarations")["people"], Seeded(contract())
    assert seeded.declaration("billable-declarations") == people["ect"]["declarations"][0]["id"]
    assert seeded.declaration("billable-declarations", "retained-2") == people["ect"]["declarations"][2]["id"]
    assert (
        seeded.declaration("billable-declarations", "started", "mentor") == (people["mentor"]["declarations"][0]["id"])
    )


@pytest.mark.parametrize("edition", ["register", "ecf"])
def test_every_id_has_a_call_that_gives_it(edition: str):
    seeded = Seeded(load(edition))
    assert len(seeded.calls) > 100
    for known, call in seeded.calls.items():
        assert eval(call, dict(seeded.helpers())) == known


def test_a_partnership_is_the_first_of_its_school_in_the_cohort():
    schools, seeded = {school["name"]: school for school in load("ecf").seeds["schools"]}, Seeded(load("ecf"))
    assert seeded.partnership("partnered", "2025") == schools["partnered"]["partnerships"][1]["id"]
    first, second = schools["relationship-too"]["partnerships"]
    assert seeded.calls[first["id"]] == "partnership('relationship-too', '2025')"
    assert second["id"] not in seeded.calls


def test_a_cohort_without_a_partnership_is_refused():
    with pytest.raises(Mistake, match=r"`partnered` has no partnership in 2021 .* Use one of `2024`, `2025`, or"):
        Seeded(load("ecf")).partnership("partnered", "2021")


def test_a_request_can_contain_the_former_id_of_a_participant(tmp_path: Path):
    request = "```http\nGET /api/v3/participants?filter[from_participant_id]={{ former_id('ect-in-training') }}\n```\n"
    assert recipe("ect-in-training")["people"]["ect"]["id"] in render(tmp_path, request)


WRONG = {
    "{{ school('frehs') }}": "There is no school `frehs`. Did you mean `fresh` (Ashgrove Primary School)?",
    "{{ school('Ashgrove Primary') }}": "Did you mean `fresh` (Ashgrove Primary School)?",
    "{{ delivery_partner('lighthouse-hub') }}": "Use one of: `harbour-hub` (Harbour Teaching School Hub), `moor",
    "{{ lead_provider('ashdwn') }}": "Did you mean `ashdown` (Ashdown Teaching Partnership)?",
    "{{ person('ect-in-trainin') }}": "There is no scenario `ect-in-trainin`. Did you mean `ect-in-training`?",
    "{{ person('ect-in-training', 'mento') }}": "There is no person in `ect-in-training` called `mento`.",
    "{{ declaration('ect-in-training', 'startd') }}": "Did you mean `started`?",
    "{{ former_id('withdrawn-ect') }}": "The seeds have no fixed id for this in `withdrawn-ect`.",
}


@pytest.mark.parametrize("written", WRONG)
def test_a_name_that_the_seeds_do_not_have_is_refused(written: str, tmp_path: Path):
    message = complaint(tmp_path, f"One.\n\n{written}\n")
    assert "content/trial.md:7: [unknown-name]" in message
    assert WRONG[written] in message


TYPED = {
    "in a request": "```http\nGET /api/v3/participants/{}\n```\n",
    "in a sentence": "\nLook at\n`{}`.\n",
    "in other code": "\n```sh\ncurl {}\n```\n",
}


@pytest.mark.parametrize("case", TYPED)
def test_a_typed_id_is_refused_with_the_name_to_write_instead(case: str, tmp_path: Path):
    known = recipe("billable-declarations")["people"]["mentor"]["declarations"][0]["id"]
    message = complaint(tmp_path, TYPED[case].format(known))
    line = (FRONT + TYPED[case]).split("{}")[0].count("\n") + 1
    assert f"content/trial.md:{line}: [typed-id] `{known}` is an id from the seeds." in message
    assert "Write `{{ declaration('billable-declarations', 'started', 'mentor') }}`." in message


def test_answers_have_the_ids_that_were_received():
    known = recipe("ect-in-training")["people"]["ect"]["id"]
    text = f"````response 200 OK\n```\n{known}\n````\n{known}\n"
    assert [each.place.line for each in Seeded(contract()).typed(text, Path("a.md"))] == [5]
