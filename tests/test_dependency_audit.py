"""No package in the lock files has a known vulnerability, if the advisory service can be reached."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
LOCKS = tuple(path.name for path in ROOT.glob("requirements*.lock"))
SERVICE = "https://api.osv.dev/v1/querybatch"
"""All packages in one request. The tool pip-audit would add some twenty packages to those that need an audit."""
SECONDS = 5
ACCEPTED: Mapping[str, str] = {}
"""Advisories that do not concern this project, each with the reason."""
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
Pin = tuple[str, str]


def pinned() -> list[Pin]:
    """Return name and version of every package in the lock files."""
    return sorted({pin for lock in LOCKS for pin in PIN.findall((ROOT / lock).read_text())})


def advisories(pins: Sequence[Pin], transport: httpx.BaseTransport | None = None) -> list[str]:
    """List the known vulnerabilities of packages. Skips the test when the service cannot be reached."""
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in pins]
    try:
        with httpx.Client(transport=transport, timeout=SECONDS) as client:
            answer = client.post(SERVICE, json={"queries": queries})
            assert answer.status_code != httpx.codes.BAD_REQUEST, answer.text  # a fault of ours
            results = answer.raise_for_status().json()["results"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        pytest.skip(f"WARNING: the lock files were not audited, for {SERVICE} cannot be reached: {error!r}")
    return [
        f"{name} {version}: {advisory['id']}, see https://osv.dev/{advisory['id']}"
        for (name, version), result in zip(pins, results, strict=True)
        for advisory in result.get("vulns", ())
        if advisory["id"] not in ACCEPTED
    ]


def test_no_pinned_package_has_a_known_vulnerability():
    assert advisories(pinned()) == []


def test_every_package_of_the_lock_files_is_audited():
    locked = "".join((ROOT / lock).read_text() for lock in LOCKS)
    assert len(pinned()) == len(set(re.findall(r"^\w.*?(?= [;\\])", locked, re.MULTILINE)))
    assert ("uvicorn", next(version for name, version in pinned() if name == "uvicorn")) in pinned()


def answering(status: int, body: object) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, json=body))


def test_an_advisory_is_reported_with_its_package_and_where_to_read_it():
    def answer(request: httpx.Request) -> httpx.Response:
        queries = json.loads(request.content)["queries"]
        assert queries[1] == {"package": {"name": "jinja2", "ecosystem": "PyPI"}, "version": "2.4.1"}
        return httpx.Response(200, json={"results": [{}, {"vulns": [{"id": "PYSEC-2014-8"}]}]})

    found = advisories([("click", "8.5.1"), ("jinja2", "2.4.1")], httpx.MockTransport(answer))
    assert found == ["jinja2 2.4.1: PYSEC-2014-8, see https://osv.dev/PYSEC-2014-8"]


def test_an_advisory_that_was_accepted_is_not_reported(monkeypatch: pytest.MonkeyPatch):
    known = answering(200, {"results": [{"vulns": [{"id": "PYSEC-2014-8"}]}]})
    assert advisories([("jinja2", "2.4.1")], known)
    monkeypatch.setitem(ACCEPTED, "PYSEC-2014-8", "it is not used")
    assert advisories([("jinja2", "2.4.1")], known) == []


@pytest.mark.parametrize("transport", [answering(503, {}), answering(200, {"message": "not the service"})])
def test_an_unreachable_service_skips_the_test_with_a_warning(transport: httpx.MockTransport):
    with pytest.raises(pytest.skip.Exception, match="WARNING: the lock files were not audited"):
        advisories([("click", "8.5.1")], transport)


def test_a_connection_that_fails_is_a_skip_with_a_warning():
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("too slow", request=request)

    with pytest.raises(pytest.skip.Exception, match="too slow"):
        advisories([("click", "8.5.1")], httpx.MockTransport(fail))
