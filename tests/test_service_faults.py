"""The service in a sandbox that fails or is busy: somebody in a browser gets a page that says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ecf_client import client, ecf, sandbox, seed_id
from service_browser import Browser
from test_service_sign_in import MORWENNA

from lp_sandbox.ecf.service import your_schools

PROBLEM = "Sorry, there is a problem with the service"
KESTREL = seed_id("delivery-partners", "kestrel-hub")
DETAIL = ecf().contract.problems["store_is_usable"].detail


@pytest.fixture(scope="module")
def browser(built_site: Path) -> Browser:
    """The browser of a user of Penhallow, in a sandbox that counts requests."""
    found = Browser(sandbox(site=built_site, rate_limit=True))
    found.sign_in(MORWENNA)
    return found


@contextmanager
def read_only(browser: Browser) -> Iterator[None]:
    db = browser.app.worlds._store.connection.db  # type: ignore[attr-defined] # noqa: SLF001
    db.execute("PRAGMA query_only = 1")
    yield
    db.execute("PRAGMA query_only = 0")


FORMS = {
    "/users/sign_in": {"email": MORWENNA},
    "/users/sign_out": {},
    "/lead-providers/feedback": {"satisfaction": "satisfied"},
    "/lead-providers/report-schools/delivery-partner?cohort=2025": {"delivery_partner_id": KESTREL},
}


@pytest.mark.parametrize("url", FORMS)
def test_a_form_that_cannot_be_stored_gets_a_page_that_says_why(browser: Browser, url: str):
    with read_only(browser):
        shown = browser.post(url, FORMS[url])
        assert (shown.status, shown.title, shown.heading) == (503, PROBLEM, PROBLEM)
        assert DETAIL
        assert DETAIL in shown.text
        assert browser.get("/dashboard").status == 200
    assert browser.get("/dashboard").heading == "Penhallow Teaching Institute"


def test_a_fault_is_a_page_with_the_id_that_the_log_has(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(your_schools, "pagination", None)
    shown = browser.get("/lead-providers/your-schools")
    assert (shown.status, shown.title) == (500, PROBLEM)
    (record,) = caplog.records
    assert isinstance(record.args, tuple)
    assert str(record.args[0]) in shown.text
    assert "Traceback" not in shown.html


def test_a_program_gets_json_from_the_outbox_of_a_sandbox_that_fails(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(browser.app, "_control", fail)
    assert browser.get("/_sandbox/outbox").title == PROBLEM
    answer = browser.send("GET", "/_sandbox/outbox", b"", {"accept": "application/json"})
    assert (answer.status, set(json.loads(answer.body))) == (500, {"error", "id"})


def test_pages_do_not_count_for_the_rate_limit_of_the_api(browser: Browser):
    api, choice = client(browser.app), "/lead-providers/report-schools/delivery-partner?cohort=2025"
    limit = browser.app._apis._apis["ecf"]._rate_limit  # noqa: SLF001
    assert limit is not None
    allowed = 0
    while limit.allows(api.token):
        allowed += 1
    assert allowed == ecf().contract.document["x-rate-limit"]["requests"]
    assert api.send("GET", "/api/v3/delivery-partners").status == 429
    assert browser.get(choice).status == 200
    assert browser.post(choice, {"delivery_partner_id": KESTREL}).status == 200
