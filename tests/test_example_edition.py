"""The engine serves the library, a made-up edition, as its contract says: in process, and over a socket."""

from __future__ import annotations

import csv
import dataclasses
import json
from typing import Any

import httpx
import pytest
from client import Client, send_example
from example_edition import edition as library
from listening_sandbox import listening

from lp_contract.contract import Operation, Problem, Rule
from lp_guide.requests_and_answers import TOKEN, meeting
from lp_sandbox.app import App
from lp_sandbox.request.edition import Disagreement, agreed
from lp_sandbox.request.request_and_answer import Answer

EDITION = library.load()
CONTRACT = EDITION.contract
CLOCK = CONTRACT.seeds["world"]["clock"]
EMMA, MIDDLEMARCH, PERSUASION, _ = (book["id"] for book in CONTRACT.seeds["books"])
LOAN, OVER = (loan["id"] for loan in CONTRACT.seeds["loans"])
LOANS = "/library/v2/loans"
PROBLEM = "application/problem+json"
VISITOR = 2
"""The place of the token that opens nothing."""


def partner(app: App, place: int = 0) -> Client:
    """Return the client of a partner in the default world."""
    world = app.worlds.get("default") or app.worlds.create("default", size="small", clock=CLOCK)
    return Client(app, app.worlds.tokens(world)[place].token)


@pytest.fixture
def harbour() -> Client:
    return partner(library.sandbox())


def borrow(client: Client, book_id: str = EMMA, weeks: Any = 3, **headers: str) -> Answer:
    body = {"data": {"attributes": {"book_id": book_id, "weeks": weeks}}}
    return client.send("POST", LOANS, body=body, **headers)


def read(answer: Answer) -> Any:
    return json.loads(answer.body)


def test_contract_and_code_agree():
    assert agreed(EDITION) is EDITION


def test_a_function_without_an_operation_is_named():
    with pytest.raises(Disagreement, match="burnBook"):
        agreed(dataclasses.replace(EDITION, operations={**EDITION.operations, "burnBook": str}))


def test_two_versions_of_a_path_are_two_operations_with_their_own_shape(harbour: Client):
    first, second = (read(harbour.send("GET", f"/library/v{number}/books")) for number in (1, 2))
    assert first["titles"][0].keys() == {"id", "title", "author"}
    assert second["data"][0]["attributes"].keys() == {"title", "author", "branch", "shelf"}


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/library/v1/books.csv", {}),
        ("/library/v1/titles.csv", {}),
        ("/library/v1/books", {"accept": "text/csv"}),
        ("/library/v1/titles", {"accept": "text/csv"}),
    ],
)
def test_a_list_is_csv_for_a_path_that_ends_so_and_for_a_client_that_wants_it(
    harbour: Client, path: str, headers: dict[str, str]
):
    answer = harbour.send("GET", path, "filter[branch]=riverside&page[per_page]=50", **headers)
    header, *rows = csv.reader(answer.body.decode().splitlines())
    assert (answer.status, answer.content_type) == (200, "text/csv")
    assert header == ["id", "title", "author"]
    assert [EMMA, "Emma", "Jane Austen"] in rows


def test_media_types_and_statuses_are_those_of_the_operation(harbour: Client):
    created = borrow(harbour)
    path = f"{LOANS}/{read(created)['data']['id']}"
    renewed = harbour.send("PUT", path, body={"data": {"attributes": {"weeks": 2}}})
    returned = harbour.send("DELETE", path)
    assert [(answer.status, answer.content_type) for answer in (created, renewed, returned)] == [
        (201, "application/vnd.library+json"),
        (200, "application/vnd.library+json"),
        (204, ""),
    ]
    assert dict(created.headers)[b"location"].decode() == path
    assert returned.body == b""


def test_patch_is_a_second_method_of_the_put(harbour: Client):
    answer = harbour.send("PATCH", f"{LOANS}/{LOAN}", body={"data": {"attributes": {"weeks": 2}}})
    assert answer.status == 200
    assert read(answer) == CONTRACT.operations["renewLoan"].answer_example
    assert harbour.send("PATCH", LOANS, body={}).status == 404


def test_errors_have_the_editions_shape_and_messages_of_one_field_are_joined(harbour: Client):
    answer = borrow(harbour, PERSUASION, weeks=9)
    assert (answer.status, answer.content_type) == (422, PROBLEM)
    assert read(answer) == {
        "problems": [
            {
                "field": "book_id",
                "message": "Nobody can borrow this book today. Another partner has reserved this book.",
            },
            {"field": "weeks", "message": "A loan lasts 8 weeks at most."},
        ],
        "status": 422,
    }


REFUSED: list[tuple[str, int, str, str, bytes]] = [
    ("token_has_access", VISITOR, "GET", "/library/v2/books", b""),
    ("body_is_json", 0, "POST", LOANS, b"{"),
    ("body_has_data", 0, "POST", LOANS, b"[]"),
    ("path_is_known", 0, "GET", "/library/v1/loans", b""),
    ("path_is_known", 0, "GET", "/library/v2/books/", b""),
    ("resource_is_found", 0, "DELETE", f"{LOANS}/{EMMA}", b""),
]


@pytest.mark.parametrize(("problem", "place", "method", "path", "body"), REFUSED)
def test_a_problem_has_the_status_media_type_and_body_that_the_contract_says(
    problem: str, place: int, method: str, path: str, body: bytes
):
    expected = CONTRACT.problems[problem]
    answer = partner(library.sandbox(), place).send(method, path, body=body)
    written = b"" if expected.body is None else json.dumps(expected.body, separators=(",", ":")).encode()
    assert (answer.status, answer.content_type, answer.body) == (expected.status, expected.media_type, written)


def test_a_problem_has_the_headers_that_the_contract_says(harbour: Client):
    answer = Client(harbour.app, "nobody").send("GET", "/library/v2/books")
    assert answer.status == 401
    assert dict(answer.headers) == {b"www-authenticate": b'Bearer realm="library"'}


SHOWN = [problem for problem in CONTRACT.problems.values() if problem.broken_by]


@pytest.mark.parametrize("problem", SHOWN, ids=lambda each: each.name)
def test_the_request_that_a_page_shows_for_a_problem_meets_it(harbour: Client, problem: Problem):
    exchange = meeting(CONTRACT, problem)
    assert exchange
    sent, (path, _, query) = exchange.request, exchange.request.target.partition("?")
    headers = {name: value.replace(TOKEN, harbour.token) for name, value in sent.headers.items()}
    answer = harbour.send(sent.method, path, query, sent.body.encode() + b" " * sent.padding, **headers)
    assert (answer.status, read(answer)) == (problem.status, problem.body)
    assert answer.reasons == (problem.name,)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "CARD"])
def test_authorization_schemes_are_the_editions_in_any_case(harbour: Client, scheme: str):
    assert harbour.send("GET", LOANS, authorization=f"{scheme} {harbour.token}").status == 200


def test_a_server_date_that_cannot_be_read_is_ignored(harbour: Client):
    usual = harbour.send("GET", LOANS)
    assert harbour.send("GET", LOANS, x_with_server_date="yesterday") == usual


def test_values_of_filters_and_bodies_are_trimmed(harbour: Client):
    listed = read(harbour.send("GET", "/library/v2/books", "filter[branch]=%20market%20,nowhere&page[per_page]=50"))[
        "data"
    ]
    assert {book["attributes"]["branch"] for book in listed} == {"market"}
    assert borrow(harbour, f" {EMMA} ", weeks=" 3 ").status == 201


def test_pages_and_sorting_are_those_of_the_contract(harbour: Client):
    titles = [
        [book["attributes"]["title"] for book in read(harbour.send("GET", "/library/v2/books", query))["data"]]
        for query in ("", "page[per_page]=50&sort=-title", "page[per_page]=51&sort=shelf")
    ]
    assert [len(each) for each in titles] == [2, 11, 11]
    assert titles[1] == sorted(titles[1], reverse=True)
    assert titles[2] == sorted(titles[2])


def loan(client: Client) -> Any:
    return next(loan for loan in read(client.send("GET", LOANS, "page[per_page]=50"))["data"] if loan["id"] == LOAN)


@pytest.mark.parametrize(
    ("at", "state"),
    [("2026-09-22T22:59:59Z", "current"), ("2026-09-22T23:00:00Z", "overdue"), ("2027-09-22T23:00:00Z", "overdue")],
)
def test_time_makes_a_loan_overdue(harbour: Client, at: str, state: str):
    harbour.at = at
    assert loan(harbour)["attributes"]["state"] == state
    assert harbour.send("DELETE", f"{LOANS}/{LOAN}").status == 204
    assert loan(harbour)["attributes"]["state"] == "returned"


def shelf(client: Client, book_id: str = EMMA) -> str:
    return str(read(client.send("GET", f"/library/v2/books/{book_id}"))["data"]["attributes"]["shelf"])


def test_operations_move_a_book_from_state_to_state(harbour: Client):
    seen = [shelf(harbour)]
    created = read(borrow(harbour))["data"]
    seen.append(shelf(harbour))
    assert borrow(partner(harbour.app, 1)).status == 422
    harbour.send("DELETE", f"{LOANS}/{created['id']}")
    seen.append(shelf(harbour))
    assert seen == ["available", "lent", "available"]


CASES = [
    pytest.param(operation, rule, id=f"{operation.id}-{rule.name}")
    for operation in CONTRACT.operations.values()
    for rule in operation.breakable_rules
]


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_a_request_that_breaks_a_rule_gets_the_answer_that_the_contract_shows(operation: Operation, rule: Rule):
    answer = send_example(partner(library.sandbox()), operation, rule)
    assert (answer.status, answer.content_type) == (422, PROBLEM)
    assert read(answer) == operation.refusal(rule)


def messages(answer: Answer) -> str:
    return " ".join(problem["message"] for problem in json.loads(answer.body or b"{}").get("problems", ()))


@pytest.mark.parametrize(("operation", "rule"), CASES)
def test_with_the_rule_switched_off_the_same_request_does_not_get_its_message(operation: Operation, rule: Rule):
    answer = send_example(partner(library.sandbox(without={rule.name})), operation, rule)
    assert rule.message not in messages(answer)


@pytest.mark.parametrize("operation", [o for o in CONTRACT.operations.values() if o.is_write], ids=lambda o: o.id)
def test_the_example_request_of_a_write_succeeds(operation: Operation):
    assert send_example(partner(library.sandbox()), operation).status == int(operation.success)


def test_an_operation_without_a_function_is_answered_from_its_examples_in_each_media_type():
    others = {name: act for name, act in EDITION.operations.items() if name != "listBooksV1"}
    client = partner(library.sandbox(edition=dataclasses.replace(EDITION, operations=others)))
    operation = CONTRACT.operations["listBooksV1"]
    assert read(client.send("GET", operation.path)) == operation.answer_example
    assert client.send("GET", f"{operation.path}.csv").body.decode() == operation.example_in("text/csv")


def test_it_is_served_over_a_socket():
    app = library.sandbox()
    client = partner(app)
    headers = {"authorization": f"Bearer {client.token}"}
    with listening(app, library.NAME, library.SPEC) as address, httpx.Client(base_url=address, headers=headers) as http:
        made = http.post(LOANS, json={"data": {"attributes": {"book_id": EMMA, "weeks": 3}}})
        gone = http.delete(made.headers["location"])
        answers = [
            made,
            gone,
            http.get("/library/v1/books.csv"),
            http.get("/library/v2/books", headers={"authorization": ""}),
            http.get("/library/v1/library.json"),
        ]
    assert [(answer.status_code, answer.headers.get("content-type")) for answer in answers] == [
        (201, "application/vnd.library+json"),
        (204, None),
        (200, "text/csv"),
        (401, PROBLEM),
        (200, "application/json"),
    ]
    assert answers[-1].json()["info"]["version"] == "v1"


def test_a_sandbox_without_pages_names_the_editions_paths(harbour: Client):
    home = harbour.send("GET", "/").body.decode()
    assert "/library/" in home
    assert "/api/v3" not in home
