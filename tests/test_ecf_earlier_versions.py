"""Versions 1 and 2 of ECF: participants with an item for each role, declarations with fewer fields, and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import ecf_client
import msgspec
import pytest
from client import Client
from ecf_client import CLOCK, SEEDS, ecf, sandbox, scenario

from lp_sandbox.ecf.list_rows import rebuild_list_rows
from lp_sandbox.ecf.records import EcfParticipant
from lp_sandbox.ecf.records.people import cohort_bits
from lp_sandbox.request.csv_documents import table
from lp_sandbox.request.json_documents import document
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.worlds.store import Where

YOU, ANOTHER = (entry["id"] for entry in SEEDS["lead-providers"][:2])
VERSIONS = ("v1", "v2")
PARTICIPANTS, DECLARATIONS, ALL = "participants/ecf", "participant-declarations", "page[per_page]=3000"
PROBLEMS = ecf().contract.problems
NOT_FOUND = {"error": "Resource not Found"}
PARTICIPANT = [
    *("email", "full_name", "mentor_id", "school_urn", "participant_type", "cohort", "status"),
    *("teacher_reference_number", "teacher_reference_number_validated", "eligible_for_funding"),
    *("pupil_premium_uplift", "sparsity_uplift", "training_status", "training_record_id"),
    *("schedule_identifier", "updated_at"),
]
DECLARATION = {
    "v1": [
        *("participant_id", "declaration_type", "course_identifier", "eligible_for_payment"),
        *("declaration_date", "updated_at", "voided", "state", "has_passed"),
    ],
    "v2": [
        *("participant_id", "declaration_type", "course_identifier"),
        *("declaration_date", "updated_at", "state", "has_passed"),
    ],
}
STARTED = {
    "participant_id": scenario("ect-in-training")["participants"]["ect"],
    "course_identifier": "ecf-induction",
    "declaration_type": "started",
    "declaration_date": "2025-10-10T09:00:00Z",
}


@cache
def app() -> Any:
    return sandbox()


@pytest.fixture
def penhallow() -> Iterator[Client]:
    """A client in a world as it is from the start, which is gone afterwards."""
    fork = app().worlds.fork(app().worlds.get("ecf"))
    token = next(each.token for each in app().worlds.tokens(fork) if each.lead_provider_id == YOU)
    yield Client(app(), token)
    app().worlds.remove(fork)


def reader() -> Client:
    """A client in the world from the start, which must not change it."""
    return ecf_client.client(app())


def person(name: str, which: str = "ect") -> str:
    return scenario(name)["participants"][which]


def send(client: Client, method: str, path: str, query: str = "", **attributes: Any) -> Answer:
    body = {"data": {"attributes": attributes}} if attributes else None
    return client.send(method, f"/api/{path}", query, body)


def get(client: Client, path: str, query: str = "") -> Any:
    answer = send(client, "GET", path, query)
    assert (answer.status, answer.content_type) == (200, "application/vnd.api+json"), answer
    return json.loads(answer.body)["data"]


def listed(client: Client, path: str, query: str = "") -> Any:
    return get(client, path, f"{ALL}&{query}")


def put(client: Client, path: str, **attributes: Any) -> Any:
    answer = send(client, "PUT", path, **attributes)
    assert answer.status == 200, answer
    return json.loads(answer.body)["data"]


def records(client: Client, kind: type[Any], **where: Any) -> list[Any]:
    (world, _) = client.app.worlds.opened_by(client.token)
    return client.app.worlds._store.find(kind, world.id, *(Where(c, "=", v) for c, v in where.items()))  # noqa: SLF001


@pytest.mark.parametrize("version", VERSIONS)
def test_the_list_has_an_item_for_each_role_in_which_version_3_shows_a_participant(version: str):
    shown = [
        (each["id"], role["training_record_id"], role["training_status"], role["schedule_identifier"], role["cohort"])
        for each in reader().get("/participants/ecf", ALL)
        for role in each["attributes"]["ecf_enrolments"]
    ]
    items = listed(reader(), f"{version}/{PARTICIPANTS}")
    names = ("training_record_id", "training_status", "schedule_identifier", "cohort")
    assert [(each["id"], *(each["attributes"][name] for name in names)) for each in items] == shown
    assert len({each["id"] for each in items}) < len(items)
    assert {tuple(each["attributes"]) for each in items} == {tuple(PARTICIPANT)}


@pytest.mark.parametrize("version", VERSIONS)
def test_somebody_in_both_roles_is_shown_as_an_ect(version: str):
    both = person("ect-who-became-a-mentor", "both")
    items = [each for each in listed(reader(), f"{version}/{PARTICIPANTS}") if each["id"] == both]
    assert [each["attributes"]["participant_type"] for each in items] == ["ect", "mentor"]
    assert get(reader(), f"{version}/{PARTICIPANTS}/{both}") == items[0]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ect-in-training", "active"),
        ("ect-joining-next-month", "active"),
        ("ect-leaving-next-month", "active"),
        ("ect-who-left", "active"),
        ("deferred-ect", "active"),
        ("withdrawn-ect", "active"),
        ("removed-ect", "withdrawn"),
    ],
)
def test_the_status_is_withdrawn_when_the_school_removed_somebody(name: str, status: str):
    assert get(reader(), f"v1/{PARTICIPANTS}/{person(name)}")["attributes"]["status"] == status


def test_who_is_hidden_in_version_3_is_hidden_in_the_others():
    for name in ("ect-not-validated", "ect-of-another-provider"):
        for version in VERSIONS:
            answer = send(reader(), "GET", f"{version}/{PARTICIPANTS}/{person(name)}")
            assert (answer.status, json.loads(answer.body)) == (404, NOT_FOUND)


def test_an_unknown_reference_number_is_the_one_that_the_school_gave(penhallow: Client):
    (participant,) = records(penhallow, EcfParticipant, id=STARTED["participant_id"])
    (world, _) = penhallow.app.worlds.opened_by(penhallow.token)
    changed = msgspec.structs.replace(participant, teacher_reference_number=None, given_reference_number="7654321")
    store = penhallow.app.worlds._store  # noqa: SLF001
    store.put(world.id, changed)
    rebuild_list_rows(store, world.id, [participant.id], CLOCK[:10])
    shown = get(penhallow, f"v2/{PARTICIPANTS}/{participant.id}")["attributes"]
    assert (shown["teacher_reference_number"], shown["teacher_reference_number_validated"]) == ("7654321", True)
    assert penhallow.get(f"/participants/ecf/{participant.id}")["attributes"]["teacher_reference_number"] is None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("cohorts", "shown"),
    [
        ("2021", ("2021", "withdrawn", "ecf-standard-september")),
        ("2024", ("2024", "active", "ecf-extended-september")),
        ("2021,2024", ("2024", "active", "ecf-extended-september")),
        ("", ("2024", "active", "ecf-extended-september")),
        ("2022,2023", None),
        ("abc", None),
    ],
)
def test_the_filter_for_cohorts_shows_the_latest_training_in_these_cohorts(version: str, cohorts: str, shown: Any):
    moved, query = person("ect-who-left-a-frozen-cohort"), f"filter[cohort]={cohorts}"
    items = [each for each in listed(reader(), f"{version}/{PARTICIPANTS}", query) if each["id"] == moved]
    names = ("cohort", "status", "schedule_identifier")
    assert [tuple(each["attributes"][name] for name in names) for each in items] == ([shown] if shown else [])
    answer = send(reader(), "GET", f"{version}/{PARTICIPANTS}/{moved}", query)
    assert (answer.status, json.loads(answer.body).get("data")) == ((200, items[0]) if items else (404, None))


def test_the_filter_for_cohorts_shows_each_role_in_its_own_cohort():
    both = person("ect-who-became-a-mentor", "both")
    for cohort, role in (("2023", "ect"), ("2024", "mentor")):
        shown = get(reader(), f"v1/{PARTICIPANTS}/{both}", f"filter[cohort]={cohort}")
        assert shown["attributes"]["participant_type"] == role


def test_the_bits_of_cohorts_ignore_other_years():
    assert cohort_bits([2021, 2024, 2024]) == cohort_bits([2021]) | cohort_bits([2024])
    assert cohort_bits([0, 1999, 2063, 10**30]) == 0


def test_pages_together_are_the_list_and_the_last_is_empty():
    everything = listed(reader(), f"v1/{PARTICIPANTS}")
    pages = [get(reader(), f"v1/{PARTICIPANTS}", f"page[per_page]=7&page[page]={number}") for number in range(1, 99)]
    assert [each for page in pages for each in page] == everything
    assert pages[-1] == []


def test_who_changed_since_comes_in_the_order_of_the_changes(penhallow: Client):
    since = "filter[updated_since]=2025-09-01T00:00:00Z"
    stamps = [each["attributes"]["updated_at"] for each in listed(penhallow, f"v1/{PARTICIPANTS}", since)]
    assert stamps == sorted(stamps)
    assert len(set(stamps)) > 3
    assert min(stamps) >= "2025-09-01"
    withdrawn = person("withdrawn-ect")
    put(penhallow, f"v2/{PARTICIPANTS}/{withdrawn}/resume", course_identifier="ecf-induction")
    assert listed(penhallow, f"v1/{PARTICIPANTS}", since)[-1]["id"] == withdrawn


USUAL = "ecf-standard-september"
ACTIONS = {
    "defer": ("ect-in-training", {"reason": "career-break"}, ("deferred", USUAL)),
    "withdraw": ("ect-with-an-eligible-declaration", {"reason": "moved-school"}, ("withdrawn", USUAL)),
    "resume": ("deferred-ect", {}, ("active", USUAL)),
    "change-schedule": (
        "ect-in-training",
        {"schedule_identifier": "ecf-reduced-january"},
        ("active", "ecf-reduced-january"),
    ),
}


@pytest.mark.parametrize("path", ["v1/participants/ecf", "v1/participants", "v2/participants/ecf"])
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_answers_with_the_role_of_the_course_and_every_version_shows_it(
    penhallow: Client, path: str, action: str
):
    name, attributes, shown = ACTIONS[action]
    changed = put(penhallow, f"{path}/{person(name)}/{action}", course_identifier="ecf-induction", **attributes)
    assert list(changed["attributes"]) == PARTICIPANT
    for version in VERSIONS:
        assert get(penhallow, f"{version}/{PARTICIPANTS}/{person(name)}") == changed
    (enrolment,) = penhallow.get(f"/participants/ecf/{person(name)}")["attributes"]["ecf_enrolments"]
    for found in (changed["attributes"], enrolment):
        assert (found["training_status"], found["schedule_identifier"]) == shown


def test_an_action_on_a_mentor_who_was_an_ect_answers_with_the_mentor(penhallow: Client):
    both = person("ect-who-became-a-mentor", "both")
    attributes = {"course_identifier": "ecf-mentor", "reason": "other"}
    changed = put(penhallow, f"v2/{PARTICIPANTS}/{both}/defer", **attributes)["attributes"]
    assert (changed["participant_type"], changed["training_status"], changed["mentor_id"]) == (
        "mentor",
        "deferred",
        None,
    )
    assert get(penhallow, f"v2/{PARTICIPANTS}/{both}")["attributes"]["participant_type"] == "ect"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"v1/participants/{STARTED['participant_id']}"),
        ("GET", f"v2/participants/{STARTED['participant_id']}"),
        ("PUT", f"v2/participants/{STARTED['participant_id']}/defer"),
        ("GET", "v1/participants/ecf/transfers"),
        ("GET", "v1/partnerships/ecf"),
        ("GET", "v2/schools/ecf"),
        ("GET", "v3/participants"),
        ("GET", "v3/participants/ecf.csv"),
        ("GET", f"v1/{DECLARATIONS}/{STARTED['participant_id']}.csv"),
        ("POST", f"v1/{PARTICIPANTS}.csv"),
    ],
)
def test_a_path_that_a_version_lacks_is_not_found(method: str, path: str):
    answer = send(reader(), method, path)
    assert (answer.status, json.loads(answer.body)) == (404, NOT_FOUND)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("ending", ["", ".csv"])
def test_the_other_path_of_a_list_gives_the_same_list(version: str, ending: str):
    one, other = (send(reader(), "GET", f"{version}/participants{part}{ending}") for part in ("", "/ecf"))
    assert one == other
    assert one.status == 200


@pytest.mark.parametrize("path", ["v1/participants/ecf", "v1/participants", "v2/participants/ecf"])
def test_the_other_path_of_an_action_reads_no_filter(path: str):
    url = f"/api/{path}/{person('deferred-ect')}/defer"
    refusal = {"errors": [{"title": "Bad parameter", "detail": PROBLEMS["filter_is_a_hash"].detail}]}
    for query, body in (("filter=x", {"data": {}}), ("", {"data": {"type": "x"}, "filter": "x"})):
        answer = reader().send("PUT", url, query, body)
        if path == "v1/participants":
            assert answer.status == (400 if body == {"data": {}} else 422)
            assert json.loads(answer.body) != refusal
        else:
            assert (answer.status, json.loads(answer.body)) == (400, refusal)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_declaration_is_one_thing_in_three_versions(penhallow: Client, version: str):
    answer = send(penhallow, "POST", f"{version}/{DECLARATIONS}", **STARTED)
    made = json.loads(answer.body)["data"]
    assert (answer.status, list(made["attributes"])) == (200, DECLARATION[version])
    assert made["id"] in penhallow.ids("/participant-declarations", ALL)
    for each in VERSIONS:
        shown = get(penhallow, f"{each}/{DECLARATIONS}/{made['id']}")
        assert shown in listed(penhallow, f"{each}/{DECLARATIONS}")
        assert list(shown["attributes"]) == DECLARATION[each]
        assert shown["attributes"]["state"] == "eligible"
    voided = put(penhallow, f"{version}/{DECLARATIONS}/{made['id']}/void")
    assert voided["attributes"]["state"] == "voided"
    assert penhallow.get(f"/participant-declarations/{made['id']}")["attributes"]["state"] == "voided"


@pytest.mark.parametrize("version", VERSIONS)
def test_declarations_have_the_states_of_version_3_and_come_in_its_order(version: str):
    shown = {each["id"]: each["attributes"]["state"] for each in reader().get("/participant-declarations", ALL)}
    items = listed(reader(), f"{version}/{DECLARATIONS}")
    assert [(each["id"], each["attributes"]["state"]) for each in items] == list(shown.items())
    assert {"voided", "paid", "eligible", "awaiting-clawback"} <= set(shown.values())


def test_only_eligible_and_payable_declarations_of_version_1_are_eligible_for_payment():
    for each in (item["attributes"] for item in listed(reader(), f"v1/{DECLARATIONS}")):
        assert each["eligible_for_payment"] == (each["state"] in ("eligible", "payable"))
        assert each["voided"] == (each["state"] == "voided")


def test_the_declaration_of_another_provider_is_hidden_from_the_one_that_a_participant_left(penhallow: Client):
    (world, _) = penhallow.app.worlds.opened_by(penhallow.token)
    token = next(e.token for e in penhallow.app.worlds.tokens(world) if e.lead_provider_id == ANOTHER)
    event = {
        "participant_id": person("ect-who-transferred-to-another-provider"),
        "declaration_type": "retained-2",
        "declaration_date": "2025-06-10T09:00:00Z",
        "evidence_held": "other",
    }
    id_ = Client(penhallow.app, token).done("POST", "/participant-declarations", **{**STARTED, **event})["id"]
    assert id_ in penhallow.ids("/participant-declarations", ALL)
    for version in VERSIONS:
        assert id_ not in [each["id"] for each in listed(penhallow, f"{version}/{DECLARATIONS}")]
        assert send(penhallow, "GET", f"{version}/{DECLARATIONS}/{id_}").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_the_declaration_of_another_provider_is_shown_to_the_one_that_trains_the_participant(version: str):
    (id_,) = scenario("ect-declared-by-another-provider")["declarations"].values()
    assert id_ in [each["id"] for each in listed(reader(), f"{version}/{DECLARATIONS}")]
    assert send(reader(), "PUT", f"{version}/{DECLARATIONS}/{id_}/void").status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_the_filter_for_changes_leaves_out_the_very_time(version: str):
    items = listed(reader(), f"{version}/{DECLARATIONS}")
    stamp = sorted({each["attributes"]["updated_at"] for each in items})[-2]
    later = [each for each in items if each["attributes"]["updated_at"] > stamp]
    with_it = [each for each in items if each["attributes"]["updated_at"] >= stamp]
    assert later != with_it
    for since in (stamp, f"{stamp[:-1]}.5Z"):
        assert listed(reader(), f"{version}/{DECLARATIONS}", f"filter[updated_since]={since}") == later
    in_version_3 = reader().ids("/participant-declarations", f"{ALL}&filter[updated_since]={stamp}")
    assert in_version_3 == [each["id"] for each in with_it]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_filter_for_a_participant_takes_one_id(version: str):
    paid = person("ect-with-a-paid-declaration")
    path, query = f"{version}/{DECLARATIONS}", f"filter[participant_id]={paid}"
    items = listed(reader(), path, query)
    assert {each["attributes"]["participant_id"] for each in items} == {paid}
    assert listed(reader(), path, f"filter[participant_id]={paid.upper()}") == items
    assert listed(reader(), path, "filter[participant_id]=") == listed(reader(), path)
    assert get(reader(), f"{path}/{items[0]['id']}", query) == items[0]
    other = f"filter[participant_id]={STARTED['participant_id']}"
    assert send(reader(), "GET", f"{path}/{items[0]['id']}", other).status == 404
    for wrong in ("1", f"{paid},{paid}", "z" * 36):
        for each in (path, f"{path}/{items[0]['id']}", f"{path}.csv"):
            answer = send(reader(), "GET", each, f"filter[participant_id]={wrong}")
            expected = {"title": "Bad request", "detail": PROBLEMS["participant_filter_is_an_id"].detail}
            assert (answer.status, json.loads(answer.body)) == (400, {"errors": [expected]})


def rows(answer: Answer) -> list[list[str]]:
    assert (answer.status, answer.content_type) == (200, "text/csv"), answer
    return list(csv.reader(io.StringIO(answer.body.decode(), newline="")))


def as_text(value: Any) -> str:
    return {None: "", True: "true", False: "false"}.get(value, value)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", [PARTICIPANTS, DECLARATIONS])
@pytest.mark.parametrize("query", ["", "filter[updated_since]=2025-01-01T00:00:00Z"])
def test_csv_holds_what_json_holds(version: str, path: str, query: str):
    items = listed(reader(), f"{version}/{path}", query)
    header, *lines = rows(send(reader(), "GET", f"{version}/{path}.csv", query))
    assert header == ["id", *items[0]["attributes"]]
    assert lines == [[each["id"], *map(as_text, each["attributes"].values())] for each in items]


def test_csv_ends_each_line_with_a_line_feed_and_quotes_only_null_and_what_needs_it():
    attributes = {"a": None, "b": True, "c": 'say "hi"', "d": "x,y", "e": "two\nlines", "f": "plain", "g": 7}
    assert table([document("thing", "1", attributes)]) == (
        b'id,a,b,c,d,e,f,g\n1,"",true,"say ""hi""","x,y","two\nlines",plain,7\n'
    )


@pytest.mark.parametrize("path", [PARTICIPANTS, DECLARATIONS])
def test_csv_without_items_is_empty(path: str):
    answer = send(reader(), "GET", f"v1/{path}.csv", "filter[updated_since]=2099-01-01T00:00:00Z")
    assert (answer.status, answer.content_type, answer.body) == (200, "text/csv", b"")


@pytest.mark.parametrize("path", [PARTICIPANTS, DECLARATIONS])
def test_csv_ignores_page_parameters_and_says_so(path: str):
    everything = send(reader(), "GET", f"v2/{path}.csv")
    for query in ("page[per_page]=1", "page[page]=0", "page[per_page]=x", "page=2"):
        answer = send(reader(), "GET", f"v2/{path}.csv", query)
        assert (answer.status, answer.body) == (everything.status, everything.body)
        assert dict(answer.headers)[b"sandbox-note"].startswith(f"`{query.partition('=')[0]}` is not a".encode())


JSON_API = "application/vnd.api+json"


@pytest.mark.parametrize("path", [PARTICIPANTS, DECLARATIONS])
@pytest.mark.parametrize(
    ("query", "token", "status", "content_type"),
    [
        ("filter=x", "", 400, JSON_API),
        ("filter[updated_since]=x", "", 400, "text/csv"),
        ("", "nobody", 401, JSON_API),
        ("filter=x", "nobody", 401, JSON_API),
    ],
)
def test_csv_refuses_in_json_and_a_wrong_filter_under_its_own_type(
    path: str, query: str, token: str, status: int, content_type: str
):
    for version in VERSIONS:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = reader().send("GET", f"/api/{version}/{path}.csv", query, **headers)
        assert (answer.status, answer.content_type) == (status, content_type)
        assert json.loads(answer.body).keys() <= {"errors", "error"}


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("filter[updated_since]=x&page[page]=0", "updated_since_is_a_time"),
        ("filter[participant_id]=x&page[page]=0", "page_is_positive"),
        ("filter[participant_id]=x&filter[updated_since]=x", "updated_since_is_a_time"),
    ],
)
def test_of_two_wrong_parameters_one_answers(query: str, problem: str):
    for version in VERSIONS:
        answer = send(reader(), "GET", f"{version}/{DECLARATIONS}", query)
        assert json.loads(answer.body)["errors"] == [{"title": "Bad request", "detail": PROBLEMS[problem].detail}]
