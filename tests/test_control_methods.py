"""Controls refuse methods that they do not take; the API answers as the service does."""

from __future__ import annotations

import pytest
from client import every_edition, register, sandbox, small_world
from http_client import ask

from lp_sandbox.app import App


@pytest.fixture(scope="module")
def both() -> App:
    return small_world(*every_edition())


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/_sandbox/operations", "GET, HEAD"),
        ("DELETE", "/_sandbox/worlds", "GET, HEAD, POST"),
        ("POST", "/_sandbox/clock", "DELETE, GET, HEAD, PUT"),
        ("GET", "/_sandbox/clock/advance", "POST"),
        ("PATCH", "/_sandbox/worlds/default", "DELETE"),
        ("PUT", "/_sandbox/openapi.yaml", "GET, HEAD"),
        ("GET", "/_sandbox/actors/school/add-participant", "POST"),
        ("GET", "/_sandbox/actors/school/register-participant", "POST"),
    ],
)
def test_a_control_names_the_methods_that_it_takes(both: App, method: str, path: str, allowed: str):
    answer = ask(both, method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json() == register().controls.problems["method_is_allowed"].body


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_control_is_not_found_whatever_the_method(both: App, method: str):
    assert ask(both, method, "/_sandbox/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/api/v3/partnerships", "/api/v3/schools"])
def test_the_api_does_not_find_a_path_that_does_not_take_the_method_as_the_service_does(path: str):
    answer = ask(sandbox(), "DELETE", path)
    assert answer.status_code == 404
    assert "allow" not in answer.headers
