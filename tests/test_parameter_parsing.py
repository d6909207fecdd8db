"""How the values of a request are read: as the service reads them, and no more leniently."""

from __future__ import annotations

import json
from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id, send_example

from lp_contract.contract import Operation
from lp_sandbox.request.query import DEEPEST, leading_number, order, parameters
from lp_sandbox.worlds.ids import read_id

PARTNERSHIP = "1ab501b1-142e-47ad-95a4-20f56a62e71f"
PARTICIPANT = "7ef3a3d8-ae2e-40d1-8d97-c72b7a111621"
PARTNER = seed_id("delivery-partners", "harbour-hub")
NEW = {"cohort": "2026", "school_id": seed_id("schools", "fresh"), "delivery_partner_id": PARTNER}
OPERATIONS = register().contract.operations
NOBODY, EVERYBODY = None, ""


def foreign(digits: str) -> str:
    """The same digits as they are written in Arabic."""
    return "".join(chr(0x660 + int(digit)) for digit in digits)


LONG = "&page[per_page]=3000"


@pytest.fixture(scope="module")
def reader() -> Client:
    """A lead provider in a world that no test of this module changes."""
    return client(sandbox())


BAD_IDS = [
    PARTICIPANT[:-1],
    PARTICIPANT + "0",
    PARTICIPANT.replace("7", foreign("7")),
    "x" + PARTICIPANT[1:],
    "null",
    "{}",
]
LOOSE_IDS = [
    PARTNER.replace("-", ""),
    f"{{{PARTNER}}}",
    f"{{{PARTNER.replace('-', '')}}}",
    PARTNER[:4] + "-" + PARTNER[4:],
]
COHORTS = [
    ("=2025, 2024", "=2025"),
    ("=2025 ,2024", "=2024"),
    ("=%202025", NOBODY),
    ("=2025,,2024,", "=2024,2025"),
    ("=2025,2025", "=2025"),
    ("=02025", "=2025"),
    ("=0000000000000000000000002025", "=2025"),
    ("=2025abc", NOBODY),
    ("=%2B2025", NOBODY),
    ("=-2025", NOBODY),
    ("=2025.0", NOBODY),
    ("=2_025", NOBODY),
    ("=" + foreign("2025"), NOBODY),
    ("=\u00b2,2025", "=2025"),
    ("=2025%00", NOBODY),
    ("=" + "9" * 5000, NOBODY),
    ("=,", NOBODY),
    ("=", EVERYBODY),
    ("", EVERYBODY),
    ("=%20%20", EVERYBODY),
    ("[]=2025&filter[cohort][]=2024", "=2024,2025"),
    ("[]=2025,2024", NOBODY),
    ("[]=%202025", NOBODY),
    ("[]=", NOBODY),
    ("[]", EVERYBODY),
    ("[a]=2025", EVERYBODY),
]
ALIKE: list[tuple[str, str, str | None]] = [
    *(("/partnerships", f"filter[cohort]{given}", like and f"filter[cohort]{like}") for given, like in COHORTS),
    ("/participants", "filter[cohort]=2025, 2024", "filter[cohort]=2025"),
    ("/participant-declarations", "filter[cohort]=2025, 2024", "filter[cohort]=2025"),
    ("/statements", "filter[cohort]=2025, 2024", "filter[cohort]=2025"),
    *(("/participant-declarations", f"filter[participant_id]={bad}", NOBODY) for bad in BAD_IDS),
    ("/participant-declarations", f"filter[participant_id]= {PARTICIPANT}", NOBODY),
    ("/participant-declarations", f"filter[participant_id]={{{PARTICIPANT}}}", NOBODY),
    ("/participant-declarations", f"filter[participant_id]={PARTICIPANT.replace('-', '')}", NOBODY),
    (
        "/participant-declarations",
        f"filter[participant_id]=x,{PARTICIPANT.upper()}",
        f"filter[participant_id]={PARTICIPANT}",
    ),
    ("/participant-declarations", f"filter[participant_id][]={PARTICIPANT}", EVERYBODY),
    ("/participant-declarations", f"filter[participant_id][a]={PARTICIPANT}", EVERYBODY),
    ("/participant-declarations", f"filter[delivery_partner_id][]={PARTNER}", EVERYBODY),
    ("/partnerships", f"filter[delivery_partner_id][]={PARTNER}", EVERYBODY),
    ("/partnerships", f"filter[delivery_partner_id]= {PARTNER}", NOBODY),
    *(
        ("/partnerships", f"filter[delivery_partner_id]=x,{loose}", f"filter[delivery_partner_id]={PARTNER}")
        for loose in LOOSE_IDS
    ),
    ("/participants", "filter[training_status]= deferred", NOBODY),
    ("/participants", "filter[training_status]=deferred ", NOBODY),
    ("/participants", "filter[training_status]=Deferred", NOBODY),
    ("/participants", "filter[training_status]=deferred,withdrawn", NOBODY),
    ("/participants", "filter[training_status]=%20", EVERYBODY),
    ("/participants", "filter[training_status][]=deferred", EVERYBODY),
    ("/participants", "filter[training_status][a]=deferred", EVERYBODY),
    ("/participants", "filter[from_participant_id][]=x", EVERYBODY),
    ("/participants", "filter[from_participant_id]=x", NOBODY),
    ("/participants", "filter", EVERYBODY),
    ("/participants", "page", EVERYBODY),
    ("/participants", "page[page]&page[per_page]", EVERYBODY),
    ("/participants", "sort=--created_at", EVERYBODY),
    ("/participants", "sort=%2B-created_at", EVERYBODY),
    ("/participants", "sort=-created_at ", EVERYBODY),
    ("/participants", "sort=created_at,-", EVERYBODY),
    ("/participants", "sort[]=-created_at", EVERYBODY),
    ("/participants", "sort[a]=-created_at", EVERYBODY),
    ("/participants", "sort", EVERYBODY),
    ("/participants", "sort=nothing,-updated_at", "sort=-updated_at"),
]


@pytest.mark.parametrize(("path", "given", "like"), ALIKE)
def test_a_list_is_filtered_and_sorted_as_the_service_would(reader: Client, path: str, given: str, like: str | None):
    everybody = reader.ids(path, LONG)
    expected = [] if like is None else reader.ids(path, like + LONG)
    assert expected != everybody or like == EVERYBODY, "the filter leaves out nobody, so that this case cannot fail"
    assert reader.ids(path, given if like == EVERYBODY and "page" in given else given + LONG) == (
        everybody[:100] if "page" in given else expected
    )


SCHOOLS = [
    ("filter[cohort]=2026abc", "filter[cohort]=2026"),
    ("filter[cohort]=%202026", "filter[cohort]=2026"),
    ("filter[cohort]=%2B2026", "filter[cohort]=2026"),
    ("filter[cohort]=2_026", "filter[cohort]=2026"),
    ("filter[cohort]=02026", "filter[cohort]=2026"),
    ("filter[cohort]=2026,2025", "filter[cohort]=2026"),
    ("filter[cohort][]=2026", "filter[cohort]=2026"),
    ("filter[cohort]=" + foreign("2026"), NOBODY),
    ("filter[cohort]=-2026", NOBODY),
    ("filter[cohort]=+", NOBODY),
    ("filter[cohort]", NOBODY),
    ("filter[cohort][]", NOBODY),
    ("filter[cohort][a]=2026", NOBODY),
    ("filter[cohort]=2026&filter[urn]=100101,invalid", "filter[cohort]=2026&filter[urn]=100101"),
    ("filter[cohort]=2026&filter[urn]=%20100101", "filter[cohort]=2026&filter[urn]=100101"),
    ("filter[cohort]=2026&filter[urn]=000100101", "filter[cohort]=2026&filter[urn]=100101"),
    ("filter[cohort]=2026&filter[urn]=100_101", "filter[cohort]=2026&filter[urn]=100101"),
    ("filter[cohort]=2026&filter[urn]=100__101", NOBODY),
    ("filter[cohort]=2026&filter[urn]=" + foreign("100101"), NOBODY),
    ("filter[cohort]=2026&filter[urn]=x100101", NOBODY),
    ("filter[cohort]=2026&filter[urn][]=100101", "filter[cohort]=2026"),
    ("filter[cohort]=2026&filter[urn]=%20", "filter[cohort]=2026"),
]


@pytest.mark.parametrize(("given", "like"), SCHOOLS)
def test_cohort_and_urn_of_schools_are_numbers_as_ruby_reads_them(reader: Client, given: str, like: str | None):
    found = reader.ids("/schools", given)
    assert found == ([] if like is None else reader.ids("/schools", like))
    assert bool(found) == (like is not None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("7", 7), ("+7", 7), ("-7", -7), (" \n7", 7), ("7.9", 7), ("0.8", 0), ("1_0", 10), ("1__0", 1), ("_1", 0)],
        *[("", 0), ("+ 7", 0), ("\u00a07", 0), ("0x10", 0), ("1e3", 1), (foreign("3"), 0), ("0" * 5000 + "7", 7)],
    ],
)
def test_a_number_ends_where_ruby_ends_it(text: str, number: int):
    assert leading_number(text) == number


PAGES = [
    ("page[per_page]=" + foreign("3"), 400),
    ("page[per_page]=\u00b3", 400),
    ("page[page]=" + foreign("1"), 400),
    ("page[per_page]=_3", 400),
    ("page[per_page]=%C2%A03", 400),
    ("page[per_page]=-3", 400),
    ("page[per_page][]=3", 400),
    ("page[per_page][a]=3", 400),
    ("page[]=3", 400),
    ("page=", 400),
    ("page[per_page]=%203", 200),
    ("page[per_page]=%2B3", 200),
    ("page[per_page]=3abc", 200),
    ("page[per_page]=3.9", 200),
    ("page[per_page]=0003", 200),
    ("page[per_page]=3&page[page]=" + "0" * 5000 + "1", 200),
]


@pytest.mark.parametrize(("given", "status"), PAGES)
def test_only_ascii_digits_make_a_page(reader: Client, given: str, status: int):
    answer = reader.send("GET", "/api/v3/partnerships", given)
    assert answer.status == status
    assert status == 400 or len(json.loads(answer.body)["data"]) == 3


def test_per_page_counts_with_underscores_as_ruby_counts(reader: Client):
    assert len(reader.ids("/partnerships", "page[per_page]=1_2")) == 12


LISTS = [
    o for o in OPERATIONS.values() if "updated_since" in o.filters and any(p["name"] == "page" for p in o.parameters)
]


@pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.id)
def test_the_page_is_looked_at_before_updated_since(reader: Client, operation: Operation):
    query = "filter[cohort]=2026&filter[updated_since]=soon"
    problems = register().contract.problems
    for page, problem in (("page[page]=0", "page_is_positive"), ("page[page]=1", "updated_since_is_a_time")):
        answer = reader.send("GET", operation.path, f"{query}&{page}")
        assert json.loads(answer.body) == problems[problem].body


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-01t00:00:00z",
        "2026-06-01T00:00:00Z%20",
        "%202026-06-01T00:00:00Z",
        "2026-05-31T24:00:00Z",
        "2026-05-31T23:59:60Z",
        "2026-06-01T01:00:00%252B01",
        "2026-06-01T01:00:00%252B0100",
        "2026-05-31T22:00:00-02",
        "2026-06-01T01:00:00",
        "2026-05-31T23:59:59." + "0" * 300 + "1Z",
    ],
)
def test_updated_since_is_read_in_every_form_of_xml_schema(reader: Client, value: str):
    found = reader.ids("/partnerships", f"filter[updated_since]={value}")
    assert found == reader.ids("/partnerships", "filter[updated_since]=2026-06-01T00:00:00Z") != []


@pytest.mark.parametrize(("year", "found"), [("0000", True), ("-44", True), ("00000", True), ("10000", False)])
def test_a_year_of_updated_since_can_be_beyond_what_records_hold(reader: Client, year: str, *, found: bool):
    assert bool(reader.ids("/partnerships", f"filter[updated_since]={year}-03-15T00:00:00Z")) == found


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-01T00:00:00,5Z",
        "2026-06-01T00:00:00.Z",
        "2026-06-01T00:00:00 Z",
        "2026-06-01T00:00Z",
        "2026-06-01T24:00:01Z",
        "2026-06-01T48:00:00Z",
        "2026-06-01T00:60:00Z",
        "2026-06-01T00:00:61Z",
        "2026-06-32T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "0000-13-01T00:00:00Z",
        "2026-06-01T00:00:00%252B24:00",
        "2026-06-01T00:00:00UTC",
        foreign("2026") + "-06-01T00:00:00Z",
        "Mon, 01 Jun 2026 00:00:00 GMT",
    ],
)
def test_other_text_is_not_a_valid_updated_since(reader: Client, value: str):
    assert reader.send("GET", "/api/v3/partnerships", f"filter[updated_since]={value}").status == 400


IN_USE = {
    "partnerships": PARTNERSHIP,
    "participants": PARTICIPANT,
    "delivery-partners": PARTNER,
    "statements": "f9b6f6f4-38b6-4a16-b271-0a966ba975b7",
    "participant-declarations": "29f85bca-1a11-4f29-882a-6cb7c146e89d",
    "schools": seed_id("schools", "partnered"),
}


@pytest.mark.parametrize("resource", IN_USE)
def test_an_id_in_a_path_is_read_as_postgresql_reads_it(reader: Client, resource: str):
    id_, query = IN_USE[resource], "filter[cohort]=2026"
    found = reader.get(f"/{resource}/{id_}", query)
    plain = id_.replace("-", "")
    hyphens = "-".join(plain[at : at + 4] for at in range(0, 32, 4))
    for written in (id_.upper(), plain, f"{{{id_}}}", f"{{{plain}}}", hyphens, hyphens + "-"):
        assert reader.get(f"/{resource}/{written}", query) == found
    for written in (f"{{{id_}", f"{id_}}}", f" {id_}", f"{id_} ", f"urn:uuid:{id_}", plain[:3] + "-" + plain[3:]):
        assert reader.send("GET", f"/api/v3/{resource}/{written}", query).status == 404


def test_an_id_is_read_once_whatever_its_length():
    assert read_id("a0eebc999c0b4ef8bb6d6bb9bd380a11") == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
    assert read_id("a0eebc99" * 10_000) == ""
    assert read_id("") == ""


def test_an_id_in_a_body_is_read_as_postgresql_reads_it(ashdown: Client):
    plain = {name: value.replace("-", "") if name.endswith("id") else value for name, value in NEW.items()}
    created = ashdown.done("POST", "/partnerships", **plain)["attributes"]
    assert {name: created[name] for name in NEW} == NEW


BLANKS = [" {}", "{} ", "\n{}", "\u00a0{}"]
WRITES = [operation for operation in OPERATIONS.values() if operation.request]
VALUES = [
    pytest.param(operation, name, id=f"{operation.id}-{name}")
    for operation in WRITES
    for name in operation.request_example["data"]["attributes"]
    if name != "cohort"  # a number, which can have space before it
]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(("operation", "name"), VALUES)
def test_space_around_a_value_belongs_to_it(reader: Client, operation: Operation, name: str, blank: str):
    value = operation.request_example["data"]["attributes"][name]
    answer = reader.send(operation.method, path_of(operation), body=changed(operation, **{name: blank.format(value)}))
    assert answer.status == 422
    assert name in {error["title"] for error in json.loads(answer.body)["errors"]}


def path_of(operation: Operation) -> str:
    return operation.path.format_map(operation.path_example)


def changed(operation: Operation, **changes: Any) -> Any:
    return {"data": {"attributes": {**operation.request_example["data"]["attributes"], **changes}}}


@pytest.mark.parametrize("nothing", ["", " ", "\n\t", "\u00a0", None, False, {}, [], {"a": "b"}, ["x"], [[]]])
@pytest.mark.parametrize(("operation", "name"), VALUES)
def test_what_is_blank_a_list_or_an_object_counts_as_absent(
    reader: Client, operation: Operation, name: str, nothing: Any
):
    answers = [
        reader.send(operation.method, path_of(operation), body=changed(operation, **{name: value}))
        for value in (nothing, "")
    ]
    assert [answer.status for answer in answers] == [422, 422]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("value", [{}, {"a": 1}, [], ["x"]])
def test_an_object_or_a_list_alone_is_refused_by_the_rules(reader: Client, value: Any):
    for operation in WRITES:
        fields = dict.fromkeys(operation.attributes, value)
        answer = reader.send(operation.method, path_of(operation), body={"data": {"attributes": fields}})
        assert answer.status == 422, operation.id


@pytest.mark.parametrize("given", [{"cohort": "1999"}, {"updated_since": "soon"}])
def test_a_filter_in_a_body_is_ignored(ashdown: Client, given: Any):
    body = {"data": {"attributes": NEW}, "filter": given, "page": {"page": 0}}
    assert ashdown.send("POST", "/api/v3/partnerships", body=body).status == 200


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=1&b[c]=2&b[d][]=3&b[d][]=4", {"a": "1", "b": {"c": "2", "d": ["3", "4"]}}),
        ("a&b=&c[]&d[]=", {"a": None, "b": "", "c": [], "d": [""]}),
        ("a=b=c&&=d", {"a": "b=c"}),
        ("a%5Bb%5D=c+d%2Be", {"a": {"b": "c d+e"}}),
        ("a=1&a=2", {"a": "2"}),
        ("a[b]=1&a=2", {"a": "2"}),
        ("a=2&a[b]=1", {"a": {"b": "1"}}),
    ],
)
def test_a_query_string_is_read_as_rails_reads_it(text: str, found: Any):
    assert parameters(text) == found


def test_brackets_are_read_to_a_depth():
    found, depth = parameters("a" + "[a]" * 1000 + "=1"), 0
    while isinstance(found, dict):
        found, depth = next(iter(found.values())), depth + 1
    assert depth == DEEPEST + 1


def test_the_sign_of_a_sort_is_one_character():
    columns = {"a": "a", "b": "b"}
    assert order("-a,+b", columns) == (("a", True), ("b", False))
    assert order("--a,+-b,++b,- a", columns) == ()


def test_the_examples_are_accepted_as_they_are(ashdown: Client):
    assert send_example(ashdown, OPERATIONS["createPartnership"]).status == 200
