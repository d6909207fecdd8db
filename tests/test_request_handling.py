"""The checks of every request before the rules, and their order."""

from __future__ import annotations

import dataclasses
import json
import logging
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from client import CLOCK, Client, client, register, sandbox, seed_id

from lp_contract import SPEC
from lp_contract.contract import Contract, Operation, Problem
from lp_sandbox.app import App, layout
from lp_sandbox.editions import edition
from lp_sandbox.request.edition import Disagreement
from lp_sandbox.request.rate_limit import RateLimit
from lp_sandbox.request.request_and_answer import LARGEST_BODY, Answer
from lp_sandbox.worlds.store.open_store import open_store

MOST_VALUES = register().contract.conventions.filters.most_values or 0
ONE = "/api/v3/partnerships/1ab501b1-142e-47ad-95a4-20f56a62e71f"
LIST = "/api/v3/partnerships"
NEW = {
    "cohort": "2026",
    "school_id": seed_id("schools", "fresh"),
    "delivery_partner_id": seed_id("delivery-partners", "harbour-hub"),
}
BAD_BODY = "Correct json data structure required. See API docs for reference."
SHOWN = [
    pytest.param(contract, problem, id=f"{contract.edition}-{problem.name}")
    for contract in (register().contract, register().controls)
    for problem in contract.problems.values()
    if problem.broken_by
]


def meet(client: Client, contract: Contract, problem: Problem) -> Answer:
    """Send the request that the contract says meets a problem."""
    given = dict(problem.broken_by or {})
    operation = contract.operations[given["operation"]]
    body = given.get("body", operation.request_example)
    content = b" " * given["padding"] if "padding" in given else json.dumps(body).encode() if body else b""
    path = given.get("path", operation.path.format_map(operation.path_example))
    return client.send(operation.method, path, given.get("query", ""), content, **given.get("headers", {}))


@pytest.mark.parametrize(("contract", "problem"), SHOWN)
def test_the_contracts_request_meets_the_problem(ashdown: Client, contract: Contract, problem: Problem):
    answer = meet(ashdown, contract, problem)
    assert answer.status == problem.status
    assert json.loads(answer.body) == problem.body


def error_detail(answer: Answer) -> str:
    body = json.loads(answer.body)
    return body["errors"][0]["detail"] if "errors" in body else body["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b'{"data": null}', 400),
        (b'{"data": []}', 400),
        (b'{"data": "text"}', 400),
        (b'{"data": {"attributes": null}}', 400),
        (b'{"data": {"attributes": []}}', 400),
        (b'{"data": {"attributes": {}}}', 400),
        (b'{"data": {"attributes": {"unknown": 1}}}', 400),
        (b"[" * 100_000, 400),
        (b'{"data": {"attributes": {"cohort": null}}}', 422),
        (b'{"data": {"attributes": {"cohort": ""}}}', 422),
        (b'{"data": {"attributes": {"cohort": 1e400}}}', 400),
        (b'{"data": {"attributes": {"cohort": "\\u0000"}}}', 422),
        (b'{"data": {"attributes": {"school_id": "\\ud800"}}}', 400),
        (b'{"data": {"attributes": {"school_id": "\xff"}}}', 400),
    ],
)
def test_a_body_needs_attributes_with_at_least_one_known_field(ashdown: Client, body: bytes, status: int):
    answer = ashdown.send("POST", LIST, body=body)
    assert answer.status == status
    if status == 400:
        assert error_detail(answer) == BAD_BODY


def test_fields_that_are_not_known_are_ignored(ashdown: Client):
    assert ashdown.done("POST", "/partnerships", **NEW, colour="blue")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        " application/json ;x=y",
        "text/x-json",
        "application/jsonrequest",
    ],
)
def test_json_is_read_under_its_own_name(ashdown: Client, content_type: str):
    answer = ashdown.send("POST", LIST, body={"data": {"attributes": NEW}}, content_type=content_type)
    assert answer.status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/vnd.api+json",
        "application/problem+json",
        "application/ld+json; charset=utf-8",
        "text/json",
        "json",
        "application/xjson",
        "application/json2",
        "multipart/form-data; boundary=x",
    ],
)
def test_a_body_under_another_name_is_not_read(ashdown: Client, content_type: str):
    answer = ashdown.send("POST", LIST, body={"data": {"attributes": NEW}}, content_type=content_type)
    assert (answer.status, error_detail(answer)) == (400, BAD_BODY)


def test_a_form_is_read_as_json_would_be(ashdown: Client):
    form = "&".join(f"data[attributes][{name}]={value}" for name, value in NEW.items())
    answer = ashdown.send("POST", LIST, body=form.encode(), content_type="application/x-www-form-urlencoded")
    assert answer.status == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer nobody",
        "Basic {}",
        "{}",
        "bearer {}",
        "BEARER {}",
        "token {}",
        "TOKEN {}",
        "Bearer{}",
        " Bearer {}",
        "Bearer x{}",
        "Bearer {}x",
        "Bearer {} {}",
        "Bearer x, {}",
        "Bearer key={}",
        "Token token=",
        'Token token="',
        """Token token='{}'""",
        'Token token=""{}""',
        "Bearer " + "," * 60_000,
        "Bearer " + " " * 60_000 + "x",
    ],
)
def test_without_a_known_token_nothing_is_shown(ashdown: Client, header: str):
    answer = ashdown.send("GET", LIST, authorization=header.replace("{}", ashdown.token))
    assert (answer.status, json.loads(answer.body)) == (401, {"error": "HTTP Token: Access denied"})


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {}",
        "Token {}",
        "Bearer   {}",
        "Bearer\t{}",
        "Bearer {} ",
        "Token token={}",
        'Token token="{}"',
        'Token token="{}", nonce="x"',
        "Bearer token={}; x=y",
        "Bearer {}, x",
        "Bearer ,; {}\t",
    ],
)
def test_a_token_is_found_as_rails_finds_it(ashdown: Client, header: str):
    assert ashdown.send("GET", LIST, authorization=header.replace("{}", ashdown.token)).status == 200


def test_a_token_opens_only_its_own_world():
    app = sandbox()
    first, second = client(app, "first"), client(app, "second")
    created = first.done("POST", "/partnerships", **NEW)
    assert second.send("GET", f"{LIST}/{created['id']}").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v3"), ("GET", "/api/v3/"), ("DELETE", LIST), ("PATCH", ONE), ("POST", ONE), ("GET", ONE + "/x")],
)
def test_unknown_paths_and_methods_are_not_found_even_without_a_token(ashdown: Client, method: str, path: str):
    answer = ashdown.send(method, path, authorization="")
    assert (answer.status, json.loads(answer.body)) == (404, {"error": "Resource not found"})


OPERATIONS = register().contract.operations.values()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("change", ["{}/", "{}//", "/{}", "//{}/", "doubled"])
def test_slashes_at_the_end_of_a_path_and_doubled_ones_make_no_difference(
    ashdown: Client, operation: Operation, change: str
):
    path = operation.path.format_map(operation.path_example)
    path = path.replace("/", "//") if change == "doubled" else change.format(path)
    filters = "&".join(f"filter[{name}]=2026" for name in operation.needed_filters)
    assert ashdown.send(operation.method, path, filters, body=operation.request_example).status == 200


@pytest.mark.parametrize("path", ["/api/v3//", "//api", "/api/v3/partnerships/./", "/api//v3/partnership/", "/" * 5000])
def test_slashes_make_no_other_path(ashdown: Client, path: str):
    assert ashdown.send("GET", path).status == 404


def test_the_server_date_is_read_first_then_the_token_then_the_filter(ashdown: Client):
    query = "filter=x&page[page]=0"
    rubbish = {"x_with_server_date": "rubbish"}
    assert ashdown.send("GET", LIST, query, authorization="", **rubbish).status == 400
    assert ashdown.send("GET", LIST, query, authorization="").status == 401
    assert error_detail(ashdown.send("GET", LIST, query)) == "Filter must be a hash"
    assert error_detail(ashdown.send("GET", LIST, "page[page]=0")).startswith("The '#/page[page]'")


def test_a_body_is_looked_at_after_the_token(ashdown: Client):
    assert ashdown.send("POST", LIST, body=b"{", authorization="").status == 401


@pytest.mark.parametrize("name", ["filter", "filter[cohort]", "page", "page[page]", "sort", "filter[updated_since]"])
@pytest.mark.parametrize("bracket", ["[a]", "[]", "["])
def test_parameters_can_be_nested_deeper_than_anybody_reads(ashdown: Client, name: str, bracket: str):
    assert ashdown.send("GET", LIST, f"{name}{bracket * 3000}=1").status in (200, 400)


def test_a_form_with_very_many_values_is_read_in_time(ashdown: Client):
    form = b"data[attributes][cohort][]=1&" * 30_000
    start = time.perf_counter()
    assert ashdown.send("POST", LIST, body=form, content_type="application/x-www-form-urlencoded").status == 422
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("query", ["filter=x", "filter=", "filter[]=x"])
@pytest.mark.parametrize("path", [LIST, ONE, "/api/v3/statements", "/api/v3/participants"])
def test_a_filter_without_a_key_is_refused_everywhere(ashdown: Client, path: str, query: str):
    assert error_detail(ashdown.send("GET", path, query)) == "Filter must be a hash"


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("page[page]=1", 200),
        ("page[page]=2abc", 200),
        ("page[page]=99999999999999999999", 200),
        ("page[per_page]=999999", 200),
        ("page[page]=0", 400),
        ("page[page]=-1", 400),
        ("page[page]=0.8", 400),
        ("page[page]=", 400),
        ("page[page]=abc", 400),
        ("page[per_page]=0", 400),
        ("page[per_page]=-5", 400),
        ("page[per_page]=abc", 400),
        ("page=2", 400),
    ],
)
def test_a_page_is_a_positive_number(ashdown: Client, page: str, status: int):
    assert ashdown.send("GET", LIST, page).status == status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("", 200),
        ("2025-01-01T00:00:00Z", 200),
        ("2025-01-01T00:00:00.123Z", 200),
        ("2025-01-01T00:00:00-05:00", 200),
        ("2025-01-01T00:00:00-0500", 200),
        ("2025-01-01T00:00:00", 200),
        ("2025-01-01T00:00:00%252B01:00", 200),
        ("2025-01-01T00:00:00%2B01:00", 400),
        ("2025-01-01T00:00:00+01:00", 400),
        ("2025-01-01", 400),
        ("20250101T000000Z", 400),
        ("2025-01", 400),
        ("2025-13-01T00:00:00Z", 400),
        ("9999-12-31T23:59:59.9Z", 200),
        ("0001-01-01T00:00:00Z", 200),
        ("0000-01-01T00:00:00Z", 200),
        ("yesterday", 400),
    ],
)
def test_updated_since_is_a_full_date_and_time(ashdown: Client, value: str, status: int):
    assert ashdown.send("GET", LIST, f"filter[updated_since]={value}").status == status


def test_updated_since_is_one_value(ashdown: Client):
    assert ashdown.send("GET", LIST, "filter[updated_since][]=2025-01-01T00:00:00Z").status == 400


@pytest.mark.parametrize(
    ("value", "created_at"),
    [
        ("2027-01-10T10:42:00Z", "2027-01-10T10:42:00Z"),
        ("2027-01-10T10:42:00.999Z", "2027-01-10T10:42:00Z"),
        ("2027-01-10T10:42:00+02:00", "2027-01-10T08:42:00Z"),
        ("2027-07-10", "2027-07-09T23:00:00Z"),
        ("2027-01-10 10:42", "2027-01-10T10:42:00Z"),
        ("2027-01-10t10:42:00,5z", "2027-01-10T10:42:00Z"),
        ("2027-01-10T11:42:00+01", "2027-01-10T10:42:00Z"),
        ("2027-01-09T24:00:00Z", "2027-01-10T00:00:00Z"),
        ("Sun, 10 Jan 2027 10:42:00 GMT", "2027-01-10T10:42:00Z"),
        ("Sun, 10 Jan 2027 10:42:00 +0100", "2027-01-10T09:42:00Z"),
        ("10 July 2027", "2027-07-09T23:00:00Z"),
    ],
)
def test_the_server_date_is_the_time_of_the_request(ashdown: Client, value: str, created_at: str):
    ashdown.at = value
    assert ashdown.done("POST", "/partnerships", **NEW)["attributes"]["created_at"] == created_at


@pytest.mark.parametrize("value", ["rubbish", "2027-13-01", "2027", "0000-01-01T00:00:00Z", "9999-99-99"])
def test_an_invalid_server_date_is_reported_clearly(ashdown: Client, value: str):
    ashdown.at = value
    answer = ashdown.send("GET", LIST)
    assert answer.status == 400
    assert "X-With-Server-Date" in error_detail(answer)


def test_the_server_date_counts_for_one_request_only(ashdown: Client):
    first = ashdown.send("GET", LIST, x_with_server_date="2030-01-01T00:00:00Z")
    created = ashdown.done("POST", "/partnerships", **NEW)
    assert first.status == 200
    assert created["attributes"]["created_at"] == CLOCK


def test_every_operation_has_a_memory():
    assert all(map(register().is_stateful, register().contract.operations))


@pytest.fixture
def forgetful() -> Client:
    """A client of an edition that can only list schools."""
    edition = dataclasses.replace(register(), operations={"getSchools": register().operations["getSchools"]})
    return client(App([edition], open_store("memory", layout([edition]))))


def test_an_operation_without_a_memory_answers_from_the_contract_and_says_so(forgetful: Client):
    new = register().contract.operations["createPartnership"]
    answer = forgetful.send("POST", LIST, body={"data": {"attributes": {"cohort": "1066"}}})
    assert (answer.status, json.loads(answer.body)) == (200, new.answer_example)
    assert (b"x-sandbox-answer", b"example") in answer.headers
    remembered = forgetful.send("GET", "/api/v3/schools", "filter[cohort]=2026")
    assert (remembered.status, remembered.headers) == (200, ())


def test_an_operation_without_a_memory_still_reads_its_request(forgetful: Client):
    assert error_detail(forgetful.send("POST", LIST, body={})) == BAD_BODY
    assert forgetful.send("GET", LIST, "page[page]=0").status == 400
    assert forgetful.send("GET", LIST, "filter[updated_since]=soon").status == 400
    assert forgetful.send("GET", LIST, authorization="").status == 401


def test_start_up_refuses_problems_that_contract_and_code_do_not_share(tmp_path: Path):
    shutil.copytree(SPEC / "register", tmp_path / "register")
    for file in (tmp_path / "register").glob("*.yaml"):
        file.write_text(file.read_text().replace("records_agree", "records_argue"))
    with pytest.raises(Disagreement) as refused:
        edition("register", tmp_path)
    assert "a problem records_agree, which the contract does not name" in str(refused.value)
    assert "common.yaml" in str(refused.value)
    assert "a problem records_argue, with which nothing" in str(refused.value)


def test_an_unexpected_fault_has_an_id_that_the_log_has_too(ashdown: Client, monkeypatch, caplog):
    monkeypatch.setattr(ashdown.app.worlds, "opened_by", lambda _: 1 / 0)
    with caplog.at_level(logging.ERROR):
        answer = ashdown.send("GET", LIST)
    body = json.loads(answer.body)
    assert answer.status == 500
    assert body["error"] == "Internal server error"
    assert body["id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_with_a_rate_limit_more_than_a_thousand_requests_in_five_minutes_are_refused(monkeypatch):
    now = datetime(2026, 9, 15, 9, tzinfo=UTC)
    monkeypatch.setattr("lp_sandbox.app.real_time", lambda: now)
    limited = client(sandbox(rate_limit=True))
    answers = [limited.send("GET", ONE) for _ in range(1001)]
    assert {answer.status for answer in answers[:1000]} == {200}
    assert (answers[-1].status, answers[-1].body, answers[-1].content_type) == (429, b"Retry later\n", "text/plain")


def test_requests_are_counted_by_token_however_it_is_written(monkeypatch):
    now = datetime(2026, 9, 15, 9, tzinfo=UTC)
    monkeypatch.setattr("lp_sandbox.app.real_time", lambda: now)
    limited = client(sandbox(rate_limit=True))
    other = client(limited.app, lead_provider="Brightwater")
    written = ["Bearer {}", "Bearer  {}", "Token {}", 'Token token="{}"', "Bearer {},x"]
    for number in range(1000):
        header = written[number % len(written)].format(limited.token)
        assert limited.send("GET", ONE, authorization=header).status == 200
    assert {limited.send("GET", ONE, authorization=each.format(limited.token)).status for each in written} == {429}
    assert other.send("GET", LIST).status == 200


def test_tokens_that_open_nothing_are_not_counted():
    limited = client(sandbox(rate_limit=True))
    rate_limit = limited.app._apis._apis["register"]._rate_limit  # noqa: SLF001 - nothing public shows the counts
    for number in range(100):
        assert limited.send("GET", ONE, authorization=f"Bearer nobody{number}").status == 401
    assert not rate_limit._counts  # noqa: SLF001


@pytest.mark.parametrize("values", [",".join(["2026"] * MOST_VALUES), "," * (MOST_VALUES - 1)])
@pytest.mark.parametrize("path", [LIST, "/api/v3/participants", "/api/v3/statements", "/api/v3/delivery-partners"])
def test_a_filter_lists_as_many_values_as_the_contract_says_and_no_more(ashdown: Client, path: str, values: str):
    problem = register().contract.problems["filter_values_are_few"]
    assert f" {MOST_VALUES} " in problem.detail
    assert ashdown.send("GET", path, f"filter[cohort]={values}").status == 200
    repeated = "&".join(f"filter[cohort][]={value or 1}" for value in f"{values},".split(","))
    for query in (f"filter[cohort]={values},", repeated):
        answer = ashdown.send("GET", path, query)
        assert (answer.status, json.loads(answer.body)) == (400, problem.body)


def test_the_next_five_minutes_start_from_zero():
    times = iter([datetime(2026, 9, 15, 9, 4, 59, tzinfo=UTC)] * 1001 + [datetime(2026, 9, 15, 9, 5, tzinfo=UTC)])
    rate_limit = RateLimit(lambda: next(times), {"requests": 1000, "minutes": 5})
    assert [rate_limit.allows("a") for _ in range(1002)] == [True] * 1000 + [False, True]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_body_of_more_than_1_mib_is_refused_where_a_body_is_read_and_ignored_elsewhere(
    ashdown: Client, operation: Operation
):
    path = operation.path.format_map(operation.path_example)
    filters = "&".join(f"filter[{name}]=2026" for name in operation.needed_filters)
    answer = ashdown.send(operation.method, path, filters, body=b" " * (LARGEST_BODY + 1))
    assert answer.status == (413 if operation.request else 200)
    assert str(answer.status) in operation.responses
