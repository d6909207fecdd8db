"""What the contract says about all its operations: conventions, problems, answers, methods, lists and documents."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from client import CLOCK, Client, client, register, seed_id

from lp_contract import SPEC
from lp_contract.contract import Contract, Operation, Problem, load
from lp_contract.publications import FLAT, Publication
from lp_contract.published_document import content_types, files, published
from lp_contract.service_conventions import (
    AuthorizationConvention,
    BodyConvention,
    Conventions,
    ErrorConvention,
    FilterConvention,
    ServerDateConvention,
)
from lp_contract.yaml_source import ContractError
from lp_sandbox.app import App, layout
from lp_sandbox.editions import edition
from lp_sandbox.request.call import Call
from lp_sandbox.request.edition import Disagreement, Edition
from lp_sandbox.request.json_documents import changed, document
from lp_sandbox.request.media_types import accepted
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.request.routes import Routes
from lp_sandbox.worlds.store.open_store import open_store

LIST = "/api/v3/partnerships"
ONE = "/api/v3/partnerships/1ab501b1-142e-47ad-95a4-20f56a62e71f"
NEW = {
    "cohort": "2026",
    "school_id": seed_id("schools", "fresh"),
    "delivery_partner_id": seed_id("delivery-partners", "harbour-hub"),
}
NOTHING = {"cohort": "", "school_id": "", "delivery_partner_id": ""}


def serving(edition: Edition) -> Client:
    """A client of a sandbox that serves one edition."""
    return client(App([edition], open_store("memory", layout([edition]))))


def with_contract(**changes: Any) -> Edition:
    """Register with another contract."""
    return dataclasses.replace(register(), contract=dataclasses.replace(register().contract, **changes))


def following(conventions: Conventions, **problems: Mapping[str, Any]) -> Edition:
    """Register with other conventions, and with more problems."""
    contract = register().contract
    known = {**contract.problems, **{name: Problem(name=name, when="", **words) for name, words in problems.items()}}
    return with_contract(
        conventions=conventions,
        operations=MappingProxyType(
            {name: dataclasses.replace(each, conventions=conventions) for name, each in contract.operations.items()}
        ),
        problems=MappingProxyType(
            {name: dataclasses.replace(each, conventions=conventions) for name, each in known.items()}
        ),
    )


def with_operation(name: str, *, handler: Any = None, **changes: Any) -> Edition:
    """Register with one operation changed, and with another function for it."""
    operations = register().contract.operations
    changed_one = dataclasses.replace(operations[name], **changes)
    edition = with_contract(operations=MappingProxyType({**operations, name: changed_one}))
    return dataclasses.replace(edition, operations={**edition.operations, **({name: handler} if handler else {})})


def write(who: Client, attributes: Mapping[str, Any]) -> Answer:
    return who.send("POST", LIST, body={"data": {"attributes": attributes}})


# Errors


def test_errors_have_the_shape_and_the_type_that_the_contract_gives_them():
    errors = ErrorConvention(
        media_type="application/problem+json",
        entry={"pointer": "/data/attributes/{title}", "message": "{detail}"},
        body={"type": "about:blank", "status": "{status}", "first": "{detail}", "problems": "{errors}"},
    )
    who = serving(following(Conventions(charset=None, errors=errors)))
    answer = write(who, NEW | {"school_id": "unknown"})
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    (problem,) = json.loads(answer.body)["problems"]
    assert problem["pointer"] == "/data/attributes/school_id"
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "status": 422,
        "first": problem["message"],
        "problems": [problem],
    }
    missing = who.send("GET", f"{LIST}/00000000-0000-4000-8000-000000000000")
    assert (missing.status, json.loads(missing.body)["status"]) == (404, 404)


def test_an_example_in_the_published_document_has_the_shape_of_the_answer():
    errors = ErrorConvention(entry={"message": "{detail}"}, body={"errors": "{errors}"})
    edition = following(Conventions(errors=errors))
    document = published(edition.contract)
    examples = document["paths"][LIST]["post"]["responses"]["422"]["content"]["application/json"]["examples"]
    answer = write(serving(edition), NEW | {"cohort": "1066"})
    assert examples["cohort_is_known"]["value"] == json.loads(answer.body)


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        (None, [("a", "1"), ("a", "2"), ("b", "3")]),
        (", ", [("a", "1, 2"), ("b", "3")]),
    ],
)
def test_the_messages_of_a_field_are_joined_or_have_an_entry_each(join: str | None, expected: list[tuple[str, str]]):
    body = ErrorConvention(join=join).body_of(422, [("a", "1"), ("b", "3"), ("a", "2"), ("a", "1")])
    assert body == {"errors": [{"title": title, "detail": detail} for title, detail in expected]}


PROBLEMS = {
    "an empty body": ({"empty": True}, (b"", "", ())),
    "an empty body with a type": ({"empty": True, "content_type": "text/html"}, (b"", "text/html", ())),
    "plain text": ({"text": "No\n"}, (b"No\n", "text/plain", ())),
    "any JSON": ({"json": [{"code": 7}]}, (b'[{"code":7}]', "application/json; charset=utf-8", ())),
    "headers": (
        {"error": "No", "headers": {"WWW-Authenticate": "Token"}},
        (b'{"error":"No"}', "application/json; charset=utf-8", ((b"www-authenticate", b"Token"),)),
    ),
}


@pytest.mark.parametrize(("words", "expected"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_has_the_body_the_type_and_the_headers_that_the_contract_gives_it(words: Any, expected: Any):
    who = serving(following(Conventions(), token_is_known={"status": 401, **words}))
    answer = who.send("GET", LIST, authorization="")
    assert (answer.status, answer.body, answer.content_type, tuple(answer.headers)) == (401, *expected)


def spec_with(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of the contracts in which the text of some documents is replaced."""
    shutil.copytree(SPEC, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"), dirs_exist_ok=True)
    for name, old, new in edits:
        text = (folder / "register" / name).read_text()
        assert old in text
        (folder / "register" / name).write_text(text.replace(old, new))
    return folder


def test_start_up_requires_only_the_problems_that_conventions_need(tmp_path: Path):
    ignoring = ("openapi.yaml", "{unreadable: refuse}", "{unreadable: ignore, out_of_range: ignore}")
    with pytest.raises(Disagreement, match="server_date_is_a_time, with which nothing in the code answers"):
        edition("register", spec_with(tmp_path, ignoring))


def test_the_code_of_an_edition_can_name_problems_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = ("common.yaml", "problems:\n", "problems:\n  own: {status: 400, when: Always., error: Own}\n")
    spec = spec_with(tmp_path, own)
    with pytest.raises(Disagreement, match="a problem own, with which nothing"):
        edition("register", spec)
    loaded = dataclasses.replace(register(), contract=load("register", spec), problems=("own", "other"))
    monkeypatch.setattr("lp_sandbox.register.edition.load", lambda _: loaded)
    with pytest.raises(Disagreement) as refused:
        edition("register", spec)
    assert str(refused.value) == "The code answers with a problem other, which the contract does not name."


# Requests


DATA = Conventions(body=BodyConvention(needs="data"))
NO_DATA = {"status": 400, "error": "No data"}
NO_JSON = {"status": 400, "empty": True, "content_type": "text/html; charset="}
BODIES = [
    (b"", 400, "application/json; charset=utf-8"),
    (b"[]", 400, "application/json; charset=utf-8"),
    (b'{"data": {}}', 400, "application/json; charset=utf-8"),
    (b'{"data": "x"}', 400, "application/json; charset=utf-8"),
    (b"{", 400, "text/html; charset="),
    (b'{"data": {"type": "x"}}', 422, "application/json; charset=utf-8"),
    (b'{"data": {"attributes": {}}}', 422, "application/json; charset=utf-8"),
    (b'{"data": {"attributes": []}}', 422, "application/json; charset=utf-8"),
]


@pytest.mark.parametrize(("body", "status", "content_type"), BODIES)
def test_where_only_data_is_needed_missing_attributes_go_to_the_rules(body: bytes, status: int, content_type: str):
    who = serving(following(DATA, body_has_data=NO_DATA, body_is_json=NO_JSON))
    answer = who.send("POST", LIST, body=body)
    assert (answer.status, answer.content_type) == (status, content_type)


def test_json_is_read_under_the_media_types_of_the_contract():
    who = serving(following(Conventions(body=BodyConvention(json=("application/vnd.api+json",), forms=()))))
    body = {"data": {"attributes": NOTHING}}
    assert who.send("POST", LIST, body=body, content_type="application/vnd.api+json").status == 422
    assert who.send("POST", LIST, body=body, content_type="application/json").status == 400
    form = b"data[attributes][cohort]=2026"
    assert who.send("POST", LIST, body=form, content_type="application/x-www-form-urlencoded").status == 400


@pytest.mark.parametrize(("trim", "status"), [(True, 200), (False, 422)])
def test_white_space_in_a_body_is_trimmed_only_by_convention(*, trim: bool, status: int):
    who = serving(following(Conventions(body=BodyConvention(trim=trim))))
    assert write(who, {name: f" {value}\n" for name, value in NEW.items()} | {"cohort": "2026"}).status == status


@pytest.mark.parametrize(("trim", "is_found"), [(True, True), (False, False)])
def test_white_space_in_a_filter_is_trimmed_only_by_convention(*, trim: bool, is_found: bool):
    who = serving(following(Conventions(filters=FilterConvention(trim=trim))))
    found = who.get("/partnerships", "filter[cohort]=%20" + "2025%20,2026%20")
    assert bool(found) == is_found


@pytest.mark.parametrize("most", [2, None])
def test_a_filter_lists_as_many_values_as_the_convention_allows(most: int | None):
    who = serving(following(Conventions(filters=FilterConvention(most_values=most))))
    listed = ",".join(["2026"] * 1000)
    assert who.send("GET", LIST, "filter[cohort]=2025,2026").status == 200
    assert who.send("GET", LIST, f"filter[cohort]={listed}").status == (400 if most else 200)


def test_an_unreadable_server_date_can_be_ignored():
    who = serving(following(Conventions(server_date=ServerDateConvention(unreadable="ignore"))))
    who.at = "rubbish"
    assert who.done("POST", "/partnerships", **NEW)["attributes"]["created_at"] == CLOCK


@pytest.mark.parametrize(
    ("zone", "stamp"), [("UTC", "2027-07-10T10:00:00Z"), ("Europe/London", "2027-07-10T09:00:00Z")]
)
def test_times_without_a_zone_are_in_the_zone_of_the_contract(zone: Any, stamp: str):
    who = serving(following(Conventions(zone=zone)))
    who.at = "2027-07-10T10:00:00"
    created = who.done("POST", "/partnerships", **NEW)
    assert created["attributes"]["created_at"] == stamp
    listed = who.ids("/partnerships", f"filter[updated_since]={who.at}")
    assert created["id"] in listed
    assert who.ids("/partnerships", "filter[updated_since]=2027-07-10T10:00:01") == []


SCHEMES = [
    (AuthorizationConvention(schemes=("Bearer",)), {"Bearer": 200, "bearer": 401, "Token": 401}),
    (AuthorizationConvention(schemes=("Bearer",), case="any"), {"Bearer": 200, "BEARER": 200, "Token": 401}),
    (AuthorizationConvention(schemes=("Key",)), {"Key": 200, "Bearer": 401}),
]


@pytest.mark.parametrize(("convention", "statuses"), SCHEMES)
def test_a_token_follows_a_scheme_of_the_contract(convention: AuthorizationConvention, statuses: dict[str, int]):
    who = serving(following(Conventions(authorization=convention)))
    sent = {scheme: who.send("GET", LIST, authorization=f"{scheme} {who.token}").status for scheme in statuses}
    assert sent == statuses


def test_extra_slashes_can_make_a_path_unknown():
    who = serving(following(Conventions(extra_slashes="refuse")))
    assert [who.send("GET", path).status for path in (LIST, f"{LIST}/", "/api//v3/partnerships")] == [200, 404, 404]


def test_a_token_without_a_lead_provider_has_no_access_where_the_contract_says_so(monkeypatch: pytest.MonkeyPatch):
    who = serving(following(Conventions(), token_has_access={"status": 403, "empty": True}))
    world, token = who.app.worlds.opened_by(who.token)
    nobody = type(token)(token=token.token, world_id=token.world_id, lead_provider_id="", lead_provider="")
    monkeypatch.setattr(who.app.worlds, "opened_by", lambda _: (world, nobody))
    answer = who.send("GET", LIST)
    assert (answer.status, answer.body, answer.content_type) == (403, b"", "")


# Answers


def accepting(call: Call) -> Answer:
    return call.answer(b'{"data":1}', headers={"Location": "/later"})


CONTENT = {"application/vnd.api+json": {"schema": {"const": {}}}}


def test_the_status_and_the_media_type_of_an_answer_come_from_the_contract():
    responses = {"202": {"description": "Later", "content": CONTENT}}
    who = serving(with_operation("createPartnership", responses=responses, handler=lambda _: b'{"data":1}'))
    answer = write(who, NEW)
    assert (answer.status, answer.content_type) == (202, "application/vnd.api+json; charset=utf-8")


def test_a_handler_can_add_headers_and_choose_another_status():
    responses = {"202": {"description": "Later", "content": CONTENT}}
    who = serving(with_operation("createPartnership", responses=responses, handler=accepting))
    answer = write(who, NEW)
    assert (answer.status, answer.headers) == (202, ((b"location", b"/later"),))
    chosen = with_operation("createPartnership", responses=responses, handler=lambda call: call.answer(b"", status=200))
    assert write(serving(chosen), NEW).status == 200


def test_an_answer_without_content_has_neither_a_body_nor_a_type():
    who = serving(with_operation("createPartnership", responses={"204": {}}, handler=lambda _: b""))
    answer = write(who, NEW)
    assert (answer.status, answer.body, answer.content_type) == (204, b"", "")


TWO = {
    "200": {
        "content": {
            "application/json": {"schema": {"const": {"data": []}}},
            "text/csv": {"schema": {"type": "string"}, "x-ending": ".csv", "example": "id\n"},
        }
    }
}
ACCEPT = [
    (LIST, "", "application/json"),
    (LIST, "*/*", "application/json"),
    (LIST, "text/csv", "text/csv"),
    (LIST, "text/csv;q=0.1, application/json", "application/json"),
    (LIST, "image/png", "application/json"),
    (f"{LIST}.csv", "application/json", "text/csv"),
]


@pytest.mark.parametrize(("path", "accept", "media_type"), ACCEPT)
def test_the_ending_of_the_path_or_accept_chooses_the_media_type(path: str, accept: str, media_type: str):
    edition = with_operation("getPartnerships", responses=TWO, handler=lambda call: call.media_type.encode())
    answer = serving(edition).send("GET", path, accept=accept)
    assert (answer.body.decode(), answer.content_type.partition(";")[0]) == (media_type, media_type)


def test_an_operation_without_a_function_answers_with_the_example_in_each_media_type():
    edition = with_operation("getPartnerships", responses=TWO)
    edition = dataclasses.replace(edition, operations={})
    assert [serving(edition).send("GET", path).body for path in (LIST, f"{LIST}.csv")] == [b'{"data":[]}', b"id\n"]


LIKED = {
    "": "a/b",
    "c/*": "c/d",
    "c/d;q=0": "a/b",
    "C/D;q=x": "a/b",
    "C/D": "c/d",
    "a/b;q=0.1,c/d;q=0.2": "c/d",
}


@pytest.mark.parametrize(("accept", "chosen"), LIKED.items())
def test_the_type_that_a_client_likes_best_is_chosen(accept: str, chosen: str):
    assert accepted(accept, ["a/b", "c/d"]) == chosen


def test_a_value_that_a_document_does_not_have_is_not_replaced():
    school = document("school", "1", {"name": "Fern", "cohort": "2026"})
    assert changed(school, "cohort", "2026", "2027") == document("school", "1", {"name": "Fern", "cohort": "2027"})
    with pytest.raises(LookupError, match="no cohort '2025'"):
        changed(school, "cohort", "2025", "2027")


# Methods and paths


def test_a_further_method_does_what_the_operation_does_and_is_not_published(tmp_path: Path):
    line = "      operationId: updatePartnership\n"
    spec = spec_with(tmp_path, ("partnerships.yaml", line, f"{line}      x-also: PATCH\n"))
    contract = load("register", spec)
    assert contract.operations["updatePartnership"].methods == ("PUT", "PATCH")
    assert published(contract) == published(register().contract)
    who = serving(dataclasses.replace(register(), contract=contract))
    partner = {"delivery_partner_id": seed_id("delivery-partners", "harbour-hub")}
    answers = [who.write(method, f"/partnerships/{ONE[-36:]}", **partner).status for method in ("PATCH", "PUT", "POST")]
    assert answers[:2] == [200, 422]  # PUT repeats what PATCH has done
    assert answers[2] == 404


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /v1/books", ("list 1", {})),
        ("GET /v2/books", ("list 2", {})),
        ("PATCH /v1/books/7", ("change", {"id": "7"})),
        ("GET /v1/books/7", ("get", {"id": "7"})),
        ("GET /v1/books/7.csv", ("get csv", {"id": "7"})),
        ("GET /v1/books/new", ("new", {})),
        ("GET /v1/books/7/copies/8", ("copy", {"id": "7", "copy": "8"})),
        ("GET /v3/books", None),
        ("DELETE /v1/books", None),
    ],
)
def test_versions_and_methods_of_a_path_are_routes_of_their_own(line: str, expected: Any):
    routes = Routes(
        [
            ("GET", "/v1/books", "list 1"),
            ("GET", "/v2/books", "list 2"),
            ("GET", "/v1/books/{id}", "get"),
            ("PATCH", "/v1/books/{id}", "change"),
            ("GET", "/v1/books/{id}.csv", "get csv"),
            ("GET", "/v1/books/new", "new"),
            ("GET", "/v1/books/{id}/copies/{copy}", "copy"),
        ]
    )
    assert routes.find(*line.split(" ")) == expected


VERSIONS = (
    Publication("/api/v3", "api/v3/"),
    Publication("/api/v2", "docs/v2/", {"api.yml": "text/yaml"}),
)


@pytest.mark.parametrize("path", ["/api/v2", "/api/v2/partnerships", "/api/v3/partnership"])
def test_unknown_paths_under_each_prefix_get_the_problem_of_the_contract(path: str):
    answer = serving(with_contract(publications=VERSIONS)).send("GET", path)
    assert (answer.status, json.loads(answer.body)) == (404, {"error": "Resource not found"})


def test_paths_under_no_prefix_are_those_of_pages_and_files():
    who = serving(with_contract(publications=VERSIONS))
    assert who.send("GET", "/api/v1/partnerships").content_type.startswith("text/html")
    below, beside = who.send("GET", "/api/v3/openapi.json"), who.send("GET", "/docs/v2/api.yml")
    assert (below.status, beside.status, beside.content_type) == (200, 200, "text/yaml")


def test_a_sandbox_without_pages_names_every_version_and_its_files():
    page = serving(with_contract(publications=VERSIONS)).send("GET", "/").body.decode()
    assert "The API is at /api/v3" in page
    assert "The API is at /api/v2" in page
    links = re.findall('href="([^"]+)"', page)
    assert links == ["/api/v3/openapi.yaml", "/api/v3/openapi.json", "/docs/v2/api.yml"]


# Lists


def operation_with(name: str, parameter: str, schema: Any) -> Edition:
    """Register with another schema for a parameter of an operation."""
    op: Operation = register().contract.operations[name]
    parameters = tuple({**each, "schema": schema} if each["name"] == parameter else each for each in op.parameters)
    return with_operation(name, parameters=parameters)


@pytest.mark.parametrize(("enum", "is_sorted"), [(["-updated_at", "updated_at"], False), (["-created_at"], True)])
def test_a_list_is_sorted_by_the_fields_of_the_contract(enum: list[str], *, is_sorted: bool):
    who = serving(operation_with("getPartnerships", "sort", {"type": "string", "enum": enum}))
    oldest_first, sorted_ids = who.ids("/partnerships"), who.ids("/partnerships", "sort=-created_at")
    assert oldest_first != oldest_first[::-1]
    assert (sorted_ids != oldest_first) == is_sorted


@pytest.mark.parametrize(
    ("words", "query", "length"),
    [
        ({"default": 2}, "", 2),
        ({"default": 2, "x-largest": 3}, "page[per_page]=4", 3),
        ({"default": 2}, "page[per_page]=5", 5),
    ],
)
def test_the_lengths_of_pages_come_from_the_contract(words: dict[str, int], query: str, length: int):
    schema = {"properties": {"page": {}, "per_page": words}}
    who = serving(operation_with("getParticipants", "page", schema))
    assert len(who.get("/participants", query)) == length


def test_a_list_without_pages_has_every_item():
    operations = register().contract.operations
    parameters = tuple(each for each in operations["getParticipants"].parameters if each["name"] != "page")
    who, usual = serving(with_operation("getParticipants", parameters=parameters)), serving(register())
    assert who.ids("/participants", "page[per_page]=1") == usual.ids("/participants", "page[per_page]=3000")


# Documents


TINY = """
openapi: 3.1.0
info: {title: Tiny, version: all}
servers: [{url: "{sandbox}", description: Yours, variables: {sandbox: {default: "http://127.0.0.1:8000"}}}]
tags: [{name: Books, description: Books.}, {name: Loans, description: Loans.}]
x-published:
  - {paths: /v1, folder: docs/v1/, files: {api.yml: text/yaml}, info: {version: "1"}}
  - {paths: /v2, folder: docs/v2/, files: {api.json: application/json}, info: {version: "2"}}
paths:
  /v1/books: {get: {operationId: oldBooks, tags: [Books], responses: {"200": {description: Books, content: {
    application/json: {schema: {$ref: "#/components/schemas/Old"}}}}}}}
  /v2/loans: {get: {operationId: loans, tags: [Loans], responses: {"200": {description: Loans, content: {
    application/json: {schema: {$ref: "#/components/schemas/New"}}}}}}}
components:
  responses: {}
  schemas:
    Old: {type: string, examples: [old]}
    New: {type: array, items: {$ref: "#/components/schemas/Loan"}}
    Loan: {type: string, examples: [new]}
"""


def tiny(folder: Path, text: str = TINY) -> Contract:
    (folder / "tiny").mkdir()
    (folder / "tiny" / "openapi.yaml").write_text(text)
    return load("tiny", folder)


def test_each_version_is_published_as_a_document_of_its_own(tmp_path: Path):
    contract = tiny(tmp_path)
    written = files(contract)
    types = {name: type_ for name, type_ in content_types(contract).items() if not name.endswith(FLAT)}
    assert types == {"docs/v1/api.yml": "text/yaml", "docs/v2/api.json": "application/json"}
    first, second = yaml.load(written["docs/v1/api.yml"], yaml.CSafeLoader), json.loads(written["docs/v2/api.json"])
    assert [first["info"]["version"], second["info"]["version"]] == ["1", "2"]
    assert [list(first["paths"]), list(second["paths"])] == [["/v1/books"], ["/v2/loans"]]
    assert [list(first["components"]["schemas"]), list(second["components"]["schemas"])] == [["Old"], ["New", "Loan"]]
    assert [tag["name"] for tag in second["tags"]] == ["Loans"]
    assert not any(word.startswith("x-p") for word in first)


def test_a_contract_that_says_nothing_is_published_under_the_prefix_of_its_paths(tmp_path: Path):
    data = yaml.load(TINY, yaml.CSafeLoader)
    del data["x-published"]
    data["paths"] = {path.replace("/v2", "/v1"): item for path, item in data["paths"].items()}
    (publication,) = tiny(tmp_path, yaml.safe_dump(data)).publications
    assert (publication.paths, publication.folder) == ("/v1", "v1/")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("paths: /v1,", "pats: /v1,", "has an unknown word `pats`"),
        ("folder: docs/v1/,", "", "does not have the word `folder`"),
        ("folder: docs/v1/,", "folder: 7,", "`folder` cannot be `7`. Write text."),
        ("x-published:", "x-conventions: {errors: {join: 7}}\nx-published:", "Write text or null."),
        ("x-published:", "x-conventions: {charset: [x]}\nx-published:", "`charset` cannot be"),
        ("x-published:", "x-conventions: {body: {json: x}}\nx-published:", "Write a list of texts."),
        ("x-published:", "x-conventions: 7\nx-published:", "`x-conventions` is not a mapping."),
    ],
)
def test_a_wrong_word_is_refused_with_its_line(tmp_path: Path, old: str, new: str, complaint: str):
    assert old in TINY
    with pytest.raises(ContractError) as refused:
        tiny(tmp_path, TINY.replace(old, new, 1))
    assert complaint in str(refused.value)
    assert refused.value.complaints[0].place.line > 4
