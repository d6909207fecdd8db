"""Uploads of partnerships: a file of URNs becomes partnerships, under the rules of one partnership."""

from __future__ import annotations

import json
from typing import Any

import pytest
from client import Client, errors
from ecf_client import CLOCK, SEEDS, ask, client, ecf, partnership_id, refusals, sandbox, seed_id
from ecf_client import act as acts
from hypothesis import given
from hypothesis import strategies as st

from lp_contract.contract import Rule
from lp_sandbox.app import App
from lp_sandbox.ecf.actors.parse_urns import parse_urns
from lp_sandbox.ecf.actors.upload_partnerships import Uploads
from lp_sandbox.request.request_and_answer import LARGEST_UPLOAD

PATH = "actors/lead-provider/upload-partnerships"
KESTREL, CURLEW, DUNLIN = (seed_id("delivery-partners", f"{name}-hub") for name in ("kestrel", "curlew", "dunlin"))
FRESH, FRESH_TOO = "140101", "140108"
CREATE = ecf().contract.operations["createPartnership"]
OF_ROWS = [rule for rule in CREATE.rules if rule.in_file]
REMEDY = {rule.name: rule.in_file_remedy for rule in OF_ROWS}
CHOOSE = [("delivery_partner_id", "Choose a delivery partner")]
ALREADY_CONFIRMED = [("id", "This upload has already been confirmed.")]


@pytest.fixture
def app() -> App:
    return sandbox()


@pytest.fixture
def penhallow(app: App) -> Client:
    return client(app)


def upload(who: Client, content: bytes, cohort: str = "2025", partner: str = KESTREL, at: str | None = None) -> Any:
    query = f"cohort={cohort}&delivery_partner_id={partner}"
    answer = ask(who.app, "POST", PATH, query, content, token=who.token, at=at)
    assert answer.status == 200, answer
    return json.loads(answer.body)["data"]


def confirm(who: Client, upload_id: str, removed: list[str] | None = None, at: str | None = None) -> Any:
    attributes = {"remove_school_ids": removed}
    content = json.dumps({"data": {"attributes": attributes}}).encode() if removed is not None else b""
    answer = ask(who.app, "POST", f"{PATH}/{upload_id}/confirm", content=content, token=who.token, at=at)
    assert answer.status == 200, answer
    return json.loads(answer.body)["data"]["attributes"]


@pytest.mark.parametrize(
    ("content", "urns"),
    [
        pytest.param(b"140101\n140108\n", ["140101", "140108"], id="a URN on each line"),
        pytest.param(b"\xef\xbb\xbf140101\r\n140108", ["140101", "140108"], id="a byte order mark and Windows lines"),
        pytest.param(b"URN\n140101", ["", "140101"], id="a heading is an empty URN"),
        pytest.param(b"14 01-01x\n", ["140101"], id="only digits count"),
        pytest.param(b"140101,,140108, \n\n,\n", ["140101", "140108"], id="blank cells and lines do not count"),
        pytest.param(b"140108\n140101\n140108", ["140108", "140101"], id="a repeated URN counts once"),
        pytest.param(b"0140101\n140101", ["0140101", "140101"], id="leading zeros make another URN"),
        pytest.param(b"\xff140101\n", ["140101"], id="bytes that are no text"),
        pytest.param(b"\n", [], id="nothing"),
    ],
)
def test_the_urns_of_a_file(content: bytes, urns: list[str]):
    assert parse_urns(content) == tuple(urns)


@given(st.binary(max_size=60))
def test_every_file_gives_different_urns_of_digits_only(content: bytes):
    urns = parse_urns(content)
    assert len(set(urns)) == len(urns)
    assert all(urn.isdecimal() and urn.isascii() for urn in urns if urn)


def test_an_upload_lists_schools_and_errors_and_confirms_nothing(penhallow: Client):
    found = upload(penhallow, b"URN\n0140101\n140129\n140108")
    assert found["type"] == "partnership-upload"
    assert found["attributes"] == {
        "cohort": "2025",
        "delivery_partner_id": KESTREL,
        "row_count": 4,
        "errors": [
            {
                "row_number": 1,
                "urn": "",
                "school_name": "",
                "message": "URN is not valid",
                "remedy": REMEDY["school_is_known"],
            },
            {
                "row_number": 3,
                "urn": "140129",
                "school_name": "Elverton Junior School",
                "message": "School not eligible for inductions",
                "remedy": REMEDY["school_is_eligible"],
            },
        ],
        "schools": [
            {"school_id": seed_id("schools", "fresh"), "urn": FRESH, "name": "Applegarth Primary School"},
            {"school_id": seed_id("schools", "fresh-too"), "urn": FRESH_TOO, "name": "Birkdale Academy"},
        ],
        "partnership_ids": None,
    }
    assert not at_fresh(penhallow)


def at_fresh(who: Client) -> list[str]:
    listed = who.get("/partnerships/ecf", "page[per_page]=3000")
    return [each["id"] for each in listed if each["attributes"]["urn"] == FRESH]


URNS = {
    "school_is_known": "999999",
    "school_is_not_cip_only": "140150",
    "school_is_eligible": "140129",
    "school_not_already_partnered": "140171",
    "school_has_no_other_provider": "140178",
    "school_has_confirmed_funded_training": "140185",
}
"""The URN of the school in each rule's `broken_by`."""


@pytest.mark.parametrize("rule", OF_ROWS, ids=lambda rule: rule.name)
def test_a_row_has_the_error_that_the_same_school_gets_from_the_api_in_the_words_for_files(
    penhallow: Client, rule: Rule
):
    (error,) = upload(penhallow, URNS[rule.name].encode())["attributes"]["errors"]
    assert (error["message"], error["remedy"]) == (rule.in_file, rule.in_file_remedy)
    assert rule.in_file_remedy
    attributes = {"cohort": "2025", "delivery_partner_id": KESTREL, **rule.broken_by}
    assert penhallow.errors("POST", "/partnerships/ecf", **attributes) == [(rule.field, rule.detail)]


def test_the_rules_of_rows_are_those_of_the_school_in_the_same_order():
    assert [rule.in_file for rule in OF_ROWS] == [
        "URN is not valid",
        "School not eligible for funding",
        "School not eligible for inductions",
        "Your school - already confirmed",
        "Recruited by other provider",
        "School programme not yet confirmed",
    ]


def test_confirming_creates_the_partnerships_in_the_order_of_the_rows(penhallow: Client):
    found = upload(penhallow, b"140108\n999999\n140101")
    confirmed = confirm(penhallow, found["id"])
    assert {**confirmed, "partnership_ids": None} == found["attributes"]
    shown = [penhallow.get(f"/partnerships/ecf/{id_}")["attributes"] for id_ in confirmed["partnership_ids"]]
    assert [(each["urn"], each["status"], each["delivery_partner_id"]) for each in shown] == [
        (FRESH_TOO, "active", KESTREL),
        (FRESH, "active", KESTREL),
    ]


def test_a_confirmed_upload_is_what_the_api_would_have_created(penhallow: Client):
    school = {"cohort": "2025", "school_id": seed_id("schools", "fresh"), "delivery_partner_id": KESTREL}
    created = client(sandbox()).done("POST", "/partnerships/ecf", **school)
    (id_,) = confirm(penhallow, upload(penhallow, b"140101")["id"])["partnership_ids"]
    assert penhallow.get(f"/partnerships/ecf/{id_}") == created


def test_removed_schools_are_left_out(penhallow: Client):
    found = upload(penhallow, b"140101\n140108")
    confirmed = confirm(penhallow, found["id"], [seed_id("schools", "fresh")])
    assert [school["urn"] for school in confirmed["schools"]] == [FRESH_TOO]
    assert (len(confirmed["partnership_ids"]), confirmed["row_count"]) == (1, 2)
    assert not at_fresh(penhallow)


def test_a_school_that_is_taken_in_the_meantime_moves_to_the_errors(app: App, penhallow: Client):
    found = upload(penhallow, b"140101\n140108")
    taken = {"cohort": "2025", "school_id": seed_id("schools", "fresh"), "delivery_partner_id": DUNLIN}
    client(app, "Quarrington").done("POST", "/partnerships/ecf", **taken)
    confirmed = confirm(penhallow, found["id"])
    assert [(each["urn"], each["message"]) for each in confirmed["errors"]] == [(FRESH, "Recruited by other provider")]
    assert [school["urn"] for school in confirmed["schools"]] == [FRESH_TOO]
    assert len(confirmed["partnership_ids"]) == 1


def test_a_school_on_two_rows_gets_one_partnership(penhallow: Client):
    confirmed = confirm(penhallow, upload(penhallow, b"0140101\n140101")["id"])
    first, second = confirmed["partnership_ids"]
    assert first == second
    assert at_fresh(penhallow) == [first]


def test_a_challenged_partnership_is_confirmed_again_under_its_id(penhallow: Client):
    challenged = partnership_id("challenged", "penhallow", 2025)
    assert confirm(penhallow, upload(penhallow, b"140241")["id"])["partnership_ids"] == [challenged]
    assert penhallow.get(f"/partnerships/ecf/{challenged}")["attributes"]["status"] == "active"


def test_a_second_confirmation_is_refused_also_when_all_schools_were_removed(penhallow: Client):
    found = upload(penhallow, b"140101")
    confirm(penhallow, found["id"], [seed_id("schools", "fresh")])
    answer = ask(penhallow.app, "POST", f"{PATH}/{found['id']}/confirm", token=penhallow.token)
    assert (answer.status, errors(answer)) == (422, ALREADY_CONFIRMED)


@pytest.mark.parametrize(
    ("query", "content", "expected"),
    [
        ("cohort=2025", b"140101", CHOOSE),
        (f"cohort=2025&delivery_partner_id={DUNLIN}", b"140101", CHOOSE),
        ("cohort=2025&delivery_partner_id=nobody", b"140101", CHOOSE),
        (f"cohort=2025&delivery_partner_id={KESTREL}", b"", [("csv", "Select a CSV file to upload.")]),
    ],
)
def test_an_upload_without_a_file_or_a_delivery_partner_of_the_lead_provider_is_refused(
    penhallow: Client, query: str, content: bytes, expected: list[tuple[str, str]]
):
    answer = ask(penhallow.app, "POST", PATH, query, content, token=penhallow.token)
    assert (answer.status, errors(answer)) == (422, expected)


@pytest.mark.parametrize("cohort", ["", "2020", "2030", "next"])
def test_a_cohort_in_which_the_lead_provider_does_not_train_counts_as_the_current_one(penhallow: Client, cohort: str):
    assert upload(penhallow, b"140101", cohort)["attributes"]["cohort"] == "2025"
    assert upload(penhallow, b"140101", cohort, at="2025-08-31T12:00:00Z")["attributes"]["cohort"] == "2024"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/00000000-0000-4000-8000-000000000000/confirm"])
@pytest.mark.parametrize("token", ["", "nobody"])
def test_an_upload_needs_the_token_of_a_lead_provider(app: App, path: str, token: str):
    answer = ask(app, "POST", path, f"cohort=2025&delivery_partner_id={KESTREL}", b"140101", token=token)
    assert answer.status == 401
    assert (b"www-authenticate", b"Bearer") in answer.headers


def test_the_upload_of_another_lead_provider_is_not_found(app: App, penhallow: Client):
    found = upload(penhallow, b"140101")
    answer = ask(app, "POST", f"{PATH}/{found['id']}/confirm", token=client(app, "Quarrington").token)
    assert answer.status == 404


def test_a_file_can_have_2_mib(penhallow: Client):
    query = f"cohort=2025&delivery_partner_id={KESTREL}"
    full = b"140101\n" + b"\n" * (LARGEST_UPLOAD - 7)
    assert upload(penhallow, full)["attributes"]["row_count"] == 1
    assert ask(penhallow.app, "POST", PATH, query, full + b"\n", token=penhallow.token).status == 413


def test_uploads_and_confirmations_happen_at_the_server_date(penhallow: Client):
    at = "2025-11-20T10:00:00Z"
    (id_,) = confirm(penhallow, upload(penhallow, b"140101", at=CLOCK)["id"], at=at)["partnership_ids"]
    assert penhallow.get(f"/partnerships/ecf/{id_}")["attributes"]["created_at"] == at


def test_a_school_can_challenge_what_a_file_confirmed(penhallow: Client):
    (id_,) = confirm(penhallow, upload(penhallow, b"140101")["id"])["partnership_ids"]
    acts(penhallow.app, "school/challenge-partnership", partnership_id=id_, reason="mistake")
    assert penhallow.get(f"/partnerships/ecf/{id_}")["attributes"]["status"] == "challenged"
    already = refusals(penhallow.app, "school/challenge-partnership", partnership_id=id_, reason="mistake")
    assert already == [("partnership_id", "This partnership has already been challenged.")]


def show(who: Client, upload_id: str, at: str | None = None) -> Any:
    answer = ask(who.app, "GET", f"{PATH}/{upload_id}", token=who.token, at=at)
    assert answer.status == 200, answer
    return json.loads(answer.body)["data"]


def test_an_upload_is_shown_as_it_was_answered(penhallow: Client):
    found = upload(penhallow, b"URN\n140101\n140108\n140129")
    assert show(penhallow, found["id"]) == found
    confirmed = confirm(penhallow, found["id"])
    assert show(penhallow, found["id"])["attributes"] == confirmed


def test_a_school_that_is_taken_is_an_error_when_an_upload_is_shown_again(app: App, penhallow: Client):
    found = upload(penhallow, b"140101\n140108")
    taken = {"cohort": "2025", "school_id": seed_id("schools", "fresh"), "delivery_partner_id": DUNLIN}
    client(app, "Quarrington").done("POST", "/partnerships/ecf", **taken)
    assert [each["urn"] for each in show(penhallow, found["id"])["attributes"]["errors"]] == [FRESH]
    confirmed = confirm(penhallow, found["id"])
    assert show(penhallow, found["id"])["attributes"] == confirmed


def test_removed_schools_are_not_shown_among_those_confirmed(penhallow: Client):
    found = upload(penhallow, b"140101\n140108")
    assert show(penhallow, found["id"])["attributes"]["partnership_ids"] is None
    confirmed = confirm(penhallow, found["id"], [seed_id("schools", "fresh")])
    assert show(penhallow, found["id"])["attributes"] == confirmed
    all_removed = upload(penhallow, b"140101")
    confirm(penhallow, all_removed["id"], [seed_id("schools", "fresh")])
    assert show(penhallow, all_removed["id"])["attributes"]["partnership_ids"] == []


def test_the_confirmed_upload_of_the_seeds_shows_its_partnership(penhallow: Client):
    (seeded,) = [each["id"] for each in SEEDS["uploads"] if each["confirmed"]]
    ids = show(penhallow, seeded)["attributes"]["partnership_ids"]
    assert ids == [partnership_id("recently-confirmed", "penhallow", 2025)]


def test_the_upload_of_another_lead_provider_is_not_shown(app: App, penhallow: Client):
    found = upload(penhallow, b"140101")
    for id_, token in ((found["id"], client(app, "Quarrington").token), ("nothing", penhallow.token)):
        assert ask(app, "GET", f"{PATH}/{id_}", token=token).status == 404


def test_the_rules_are_checked_once_for_each_school_and_once_for_all_rows_without_one(
    penhallow: Client, monkeypatch: pytest.MonkeyPatch
):
    checked = []
    original = Uploads._first_broken  # noqa: SLF001
    monkeypatch.setattr(Uploads, "_first_broken", lambda self, facts: checked.append(facts) or original(self, facts))
    upload(penhallow, "\n".join(["140101", "0140101", "140108", *map(str, range(900_000, 900_050))]).encode())
    assert len(checked) == 3
