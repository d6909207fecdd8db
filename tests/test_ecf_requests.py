"""How the service of the early career framework answers requests that it refuses before any rule."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import yaml
from client import Client
from ecf_client import client, ecf, sandbox, seed_id

from lp_sandbox.request.request_and_answer import Answer, Request

CONTRACT = ecf().contract
JSON_API = "application/vnd.api+json"
PARTNERSHIPS = "/api/v3/partnerships/ecf"
BAD_DATA = {"errors": [{"title": "Bad request", "detail": CONTRACT.problems["body_has_data"].detail}]}
NOT_FOUND = {"error": "Resource not Found"}


@pytest.fixture
def penhallow() -> Client:
    return client(sandbox())


def test_the_contract_has_the_operations_of_each_version():
    operations = CONTRACT.operations.values()
    assert Counter(operation.path.split("/")[2] for operation in operations) == {"v3": 24, "v1": 16, "v2": 12}
    assert {operation.success for operation in operations} == {"200"}
    kinds = {operation.path.endswith(".csv"): operation.media_type for operation in operations}
    assert kinds == {False: JSON_API, True: "text/csv"}


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nobody"}, {"authorization": "bearer {token}"}])
def test_a_request_without_a_known_token_names_the_scheme(penhallow: Client, headers: dict[str, str]):
    raw = {name.encode(): value.format(token=penhallow.token).encode() for name, value in headers.items()}
    answer = penhallow.app.answer(Request("GET", PARTNERSHIPS, "", raw, b"", "127.0.0.1"))
    assert (answer.status, answer.content_type) == (401, JSON_API)
    assert json.loads(answer.body) == {"error": "HTTP Token: Access denied"}
    assert (b"www-authenticate", b'Token realm="Application"') in answer.headers


def test_a_token_can_be_sent_in_the_scheme_that_the_service_names(penhallow: Client):
    assert penhallow.send("GET", PARTNERSHIPS, authorization=f"Token token={penhallow.token}").status == 200


@pytest.mark.parametrize("path", ["/api/v3/partnership/ecf", "/api/v3/partnerships", "/api/v3/participants/ecf/x/y"])
def test_an_unknown_path_is_not_found_even_without_a_token(penhallow: Client, path: str):
    for token in (penhallow.token, "nobody"):
        answer = penhallow.send("GET", path, authorization=f"Bearer {token}")
        assert (answer.status, json.loads(answer.body)) == (404, NOT_FOUND)


def test_a_method_that_a_path_does_not_take_is_not_found(penhallow: Client):
    assert penhallow.send("DELETE", PARTNERSHIPS).status == 404


def test_a_slash_at_the_end_makes_no_difference(penhallow: Client):
    assert penhallow.send("GET", f"{PARTNERSHIPS}/") == penhallow.send("GET", PARTNERSHIPS)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{}", "application/json"),
        (b"[]", "application/json"),
        (b'{"data":{}}', "application/vnd.api+json"),
        (b'{"data":"x"}', "text/x-json"),
        (b'{"data":[1]}', "application/json"),
        (b'{"data":{"type":"x"}}', "text/plain"),
    ],
)
def test_a_body_without_data_is_refused(penhallow: Client, body: bytes, content_type: str):
    answer = penhallow.send("POST", PARTNERSHIPS, body=body, content_type=content_type)
    assert (answer.status, answer.content_type, json.loads(answer.body)) == (400, JSON_API, BAD_DATA)


def test_malformed_json_gets_an_empty_page(penhallow: Client):
    answer = penhallow.send("POST", PARTNERSHIPS, body=b'{"data":')
    assert (answer.status, answer.body, answer.content_type) == (400, b"", "text/html; charset=")


def test_malformed_json_with_a_wrong_token_gets_the_answer_to_the_token(penhallow: Client):
    assert penhallow.send("POST", PARTNERSHIPS, body=b"{", authorization="Bearer nobody").status == 401


def test_a_form_is_read_like_json(penhallow: Client):
    form = b"data[attributes][cohort]=2025&data[attributes][school_id]=x&data[attributes][delivery_partner_id]=y"
    answer = penhallow.send("POST", PARTNERSHIPS, body=form, content_type="application/x-www-form-urlencoded")
    assert [each["title"] for each in json.loads(answer.body)["errors"]] == ["school_id", "delivery_partner_id"]


def test_the_shape_of_a_filter_is_checked_before_a_body(penhallow: Client):
    answer = penhallow.send("POST", PARTNERSHIPS, "filter=x", body=b"")
    assert json.loads(answer.body)["errors"] == [{"title": "Bad parameter", "detail": "Filter must be a hash"}]


@pytest.mark.parametrize("date", ["yesterday", " "])
def test_a_server_date_that_is_not_a_time_is_ignored(penhallow: Client, date: str):
    assert penhallow.send("GET", PARTNERSHIPS, x_with_server_date=date).status == 200


@pytest.mark.parametrize("date", ["2022-13-45", "2025-10-32T09:00:00Z", "2025-10-15T25:00:00Z"])
def test_a_server_date_that_does_not_exist_is_refused(penhallow: Client, date: str):
    answer = penhallow.send("GET", PARTNERSHIPS, x_with_server_date=date)
    assert (answer.status, json.loads(answer.body)["errors"][0]["title"]) == (400, "Bad request")


def test_a_server_date_is_the_time_of_one_request(penhallow: Client):
    new = {"cohort": "2025", "school_id": seed_id("schools", "fresh")}
    body = {"data": {"attributes": {**new, "delivery_partner_id": seed_id("delivery-partners", "kestrel-hub")}}}
    answer = penhallow.send("POST", PARTNERSHIPS, body=body, x_with_server_date="2025-12-01 08:00")
    assert json.loads(answer.body)["data"]["attributes"]["created_at"] == "2025-12-01T08:00:00Z"


def published(version: int) -> Answer:
    path = f"/lead-providers/api-docs/v{version}/api_spec.yml"
    return sandbox().answer(Request("GET", path, "", {}, b"", "127.0.0.1"))


@pytest.mark.parametrize(("version", "operations"), [(1, 16), (2, 12), (3, 24)])
def test_each_version_is_published_where_the_service_publishes_it(version: int, operations: int):
    answer = published(version)
    document = yaml.load(answer.body, yaml.CSafeLoader)
    assert (answer.status, answer.content_type) == (200, "text/yaml")
    assert document["info"]["title"] == f"Lead provider API - {version}.0.0"
    assert document["info"]["version"] == f"{version}.0.0"
    ids = [entry["operationId"] for item in document["paths"].values() for entry in item.values()]
    assert len(ids) == len(set(ids)) == operations
    assert all(path.startswith(f"/api/v{version}/") for path in document["paths"])
    assert b"x-version-of" not in answer.body
