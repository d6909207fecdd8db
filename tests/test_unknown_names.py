"""Names that an operation does not take: a header names them, and a strict sandbox refuses them."""

from __future__ import annotations

import difflib
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from client import Client, every_edition, lead_provider, register, small_world
from http_client import ask

from lp_contract.contract import Operation
from lp_sandbox.app import App
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.request.unknown_names import HEADER, LONGEST_NAME, MOST_NOTES, KnownNames

LIST, SCHOOLS = "/api/v3/partnerships", "/api/v3/schools"
WORLDS = "/_sandbox/worlds"


def apps(**options: Any) -> dict[str, App]:
    return {edition.contract.edition: small_world(edition, **options) for edition in every_edition()}


@pytest.fixture(scope="module")
def lenient() -> dict[str, Client]:
    return {name: lead_provider(app) for name, app in apps().items()}


@pytest.fixture(scope="module")
def strict() -> dict[str, Client]:
    return {name: lead_provider(app) for name, app in apps(is_strict=True).items()}


def note(answer: Answer) -> str:
    return dict(answer.headers).get(HEADER, b"").decode()


QUERIES = [
    ("cohort=2026", "`cohort` is not a parameter; did you mean `filter[cohort]`?"),
    ("filter[cohrt]=2026", "`filter[cohrt]` is not a parameter; did you mean `filter[cohort]`?"),
    ("filter[cohort][x]=1", ""),
    ("filter[cohort]=2026&page[per_page]=1", ""),
    ("per_page=5", "`per_page` is not a parameter; did you mean `page[per_page]`?"),
    ("page[size]=5", "`page[size]` is not a parameter. Known: `page[page]`, `page[per_page]`."),
    ("updated_since=2026-01-01T00:00:00Z", "`updated_since` is not a parameter; did you mean `filter[updated_since]`?"),
]


@pytest.mark.parametrize("edition", every_edition(), ids=lambda edition: edition.contract.edition)
@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_header_names_the_parameters_that_are_ignored(
    lenient: dict[str, Client], edition: Edition, query: str, expected: str
):
    path = edition.contract.operations["getDeclarations"].path
    answer = lenient[edition.contract.edition].send("GET", path, query)
    assert answer.status == 200
    assert note(answer) == expected


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        (
            "/api/v3/delivery-partners",
            "sort=-created",
            "`created` is not a field to sort by; did you mean `created_at`?",
        ),
        ("/api/v3/delivery-partners", "sort=-created_at", ""),
        ("/api/v3/delivery-partners", "sort[id]=asc", "`sort[id]` is not a parameter. Known: `sort`."),
        ("/api/v3/participants/{id}", "filter[cohort]=2026", "`filter[cohort]` is not a parameter. There are none."),
        ("/api/v3/participants", "a=1&b=2&filter[c][d]=3", "`a` is not"),
    ],
)
def test_sorting_and_operations_without_parameters_are_covered(lenient, path: str, query: str, expected: str):
    client = lenient["register"]
    ids = {"id": client.ids("/participants", "page[per_page]=1")[0]}
    found = note(client.send("GET", path.format_map(ids), query))
    assert found == expected or (expected and found.startswith(expected))


FIELDS = [
    ({"data": {"type": "x", "attributes": {"cohort": "2026", "scool_id": "x"}}}, "school_id"),
    ({"data": {"attributes": {"cohort": "2026"}, "school_id": "x"}}, "school_id"),
    ({"school_id": "x", "data": {"attributes": {"cohort": "2026"}}}, "school_id"),
    ({"data": {"attribute": {}, "attributes": {"cohort": "2026"}}}, "attributes"),
    ({"data": {"attribute": {"cohort": "2026"}}}, "attributes"),
]


@pytest.mark.parametrize("edition", every_edition(), ids=lambda edition: edition.contract.edition)
@pytest.mark.parametrize(("body", "meant"), FIELDS)
def test_a_header_names_the_fields_that_are_ignored_whatever_the_answer(
    lenient: dict[str, Client], edition: Edition, body: Any, meant: str
):
    client = lenient[edition.contract.edition]
    answer = client.send("POST", edition.contract.operations["createPartnership"].path, body=body)
    assert answer.status in (400, 422)
    assert note(answer).endswith(f"{meant}`?")
    assert "is not a field; did you mean `data." in note(answer)


def test_the_fields_of_a_form_are_looked_at_too(lenient: dict[str, Client]):
    client = lenient["ecf"]
    path = client.app.edition.contract.operations["createPartnership"].path
    sent = b"data[attributes][cohort]=2025&data[attributes][scool_id]=x"
    answer = client.send("POST", path, body=sent, content_type="application/x-www-form-urlencoded")
    assert "`data.attributes.scool_id` is not a field" in note(answer)


OPERATIONS = [
    pytest.param(edition, operation, id=f"{edition.contract.edition}-{operation.id}")
    for edition in every_edition()
    for operation in edition.contract.operations.values()
]


@pytest.mark.parametrize(("edition", "operation"), OPERATIONS)
def test_what_the_contract_names_is_known(edition: Edition, operation: Operation):
    names = [f"filter[{key}]=2026" for key in operation.filters]
    names += ["page[page]=1", "page[per_page]=5"] if operation.page_limits else []
    names += [f"sort=-{column}" for column in operation.sortable][:1]
    body = json.dumps(operation.request_example).encode() if operation.request else b""
    headers = {b"content-type": b"application/json"}
    request = Request(operation.method, operation.path, "&".join(names), headers, body, "127.0.0.1")
    assert KnownNames.of(operation).notes(request) == ""


def test_the_body_is_the_same_as_without_the_unknown_name(lenient: dict[str, Client]):
    client = lenient["register"]
    assert client.send("GET", LIST, "cohort=2026").body == client.send("GET", LIST).body


@pytest.mark.parametrize("query", ["wrld=other", "world=default&lead_provder=x"])
def test_controls_name_what_they_ignore(lenient: dict[str, Client], query: str):
    answer = ask(lenient["register"].app, "GET", f"/_sandbox/scenarios?{query}")
    assert answer.status_code == 200
    assert "is not a parameter; did you mean `" in answer.headers[HEADER.decode()]


def test_notes_are_short_and_fit_into_a_header(lenient: dict[str, Client]):
    names = [f"{quote('é' * 500)}{number}" for number in range(100)]
    header = note(lenient["register"].send("GET", LIST, "&".join(f"{name}=1" for name in (*names, "a%0D%0Ab", "%60"))))
    assert header.isascii()
    assert header.isprintable()
    assert header.count("is not a parameter") == MOST_NOTES
    assert len(header) < MOST_NOTES * LONGEST_NAME * 15


def unknown_names(number: int) -> Request:
    """A request with many unknown names, in characters that a header can hold in an escaped form only."""
    names = [f"{each}{chr(0x1F600) * 200}" for each in range(number)]
    body = json.dumps({"data": {"attributes": dict.fromkeys(names, 1)}}).encode()
    headers = {b"content-type": b"application/json"}
    return Request("POST", LIST, "&".join(quote(name) for name in names), headers, body, "127.0.0.1")


def test_names_beyond_those_that_are_noted_take_no_time(monkeypatch: pytest.MonkeyPatch):
    compared: list[str] = []
    monkeypatch.setattr(difflib, "get_close_matches", lambda name, *_, **__: compared.append(name) or [])
    KnownNames.of(register().contract.operations["createPartnership"]).notes(unknown_names(MOST_NOTES * 20))
    assert len(compared) == MOST_NOTES


def test_the_header_fits_into_the_buffer_of_a_proxy():
    usual_buffer_of_nginx = 4096
    request = unknown_names(MOST_NOTES)
    operations = [each for edition in every_edition() for each in edition.contract.operations.values()]
    assert max(len(KnownNames.of(operation).notes(request)) for operation in operations) < usual_buffer_of_nginx * 0.8


@pytest.mark.parametrize("edition", every_edition(), ids=lambda edition: edition.contract.edition)
def test_a_strict_sandbox_refuses_unknown_names_in_the_shape_of_the_editions_errors(
    strict: dict[str, Client], edition: Edition
):
    name = edition.contract.edition
    answer = strict[name].send("GET", edition.contract.operations["getDeclarations"].path, "cohort=2026")
    message = "`cohort` is not a parameter; did you mean `filter[cohort]`?"
    title = edition.controls.problems["names_are_known"].title
    assert answer.status == 400
    assert json.loads(answer.body) == edition.contract.conventions.errors.body_of(400, [(title or "", message)])
    assert answer.reasons == ("names_are_known",)
    assert note(answer) == message


def test_a_strict_sandbox_saves_nothing_of_a_request_with_an_unknown_name(strict: dict[str, Client]):
    client = strict["register"]
    example = register().contract.operations["createPartnership"].request_example
    body = {"data": {**example["data"], "atributes": {}}}
    before = client.ids("/partnerships")
    assert client.send("POST", LIST, body=body).status == 400
    assert client.ids("/partnerships") == before
    assert client.send("POST", LIST, body=example).status == 200


def test_a_strict_sandbox_checks_the_token_first(strict: dict[str, Client]):
    assert Client(strict["register"].app, "unknown").send("GET", LIST, "cohort=2026").status == 401


def test_strict_controls_refuse_unknown_names(strict: dict[str, Client]):
    app = strict["register"].app
    assert ask(app, "GET", f"{WORLDS}?wrld=other").status_code == 400
    assert ask(app, "GET", WORLDS).status_code == 200


def test_the_log_has_the_names_of_an_operation_once(lenient: dict[str, Client], caplog: pytest.LogCaptureFixture):
    client = lenient["register"]
    headers = {"authorization": f"Bearer {client.token}"}
    with caplog.at_level(logging.INFO, logger="lp-sandbox"):
        for path in (f"{LIST}?cohort=1", f"{LIST}?cohort=2", LIST, f"{SCHOOLS}?cohort=1"):
            ask(client.app, "GET", path, headers=headers)
    lines = [record.getMessage() for record in caplog.records if record.name == "lp-sandbox"]
    assert [line.partition(",")[0] for line in lines] == ["getPartnerships", "getSchools"]
    assert all(line.endswith("did you mean `filter[cohort]`?") for line in lines)


def test_the_page_about_ci_shows_a_note_as_it_is(lenient: dict[str, Client]):
    page = Path(__file__).parents[1] / "site" / "content" / "testing" / "use-it-in-ci.md"
    header = note(lenient["register"].send("GET", "/api/v3/participants", "cohort=2026"))
    assert f'"{header}"' in " ".join(page.read_text().split())
