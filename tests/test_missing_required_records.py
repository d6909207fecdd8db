"""What rules or keys guarantee and yet is missing is a fault of the sandbox, never something not found."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from client import Client, faults, register
from controls_client import ask

from lp_sandbox.programme.records import Cohort, DeliveryPartner, LeadProvider, Participant, School, SchoolPeriod
from lp_sandbox.register.records import Declaration, Partnership
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.worlds.records import InvariantError, Record, required

DEFERRED = "7d164fc6-3d49-4359-8864-07190bb08a74"
ACTIVE = "8e7ee681-4d83-4051-b668-069780ea485c"
MENTORS_COMPLETION = "354eb5c1-5624-4aaf-a5b7-7fb94405d8a1"
STARTED = "29f85bca-1a11-4f29-882a-6cb7c146e89d"
PARTNERSHIP = "1ab501b1-142e-47ad-95a4-20f56a62e71f"
HARBOUR = "50690657-3295-4fb8-a6ac-8ee5139d9864"
COURSE = {"course_identifier": "ecf-induction"}
JANUARY = {**COURSE, "schedule_identifier": "ecf-standard-january"}
NEW = register().contract.operations["createDeclaration"].request_example["data"]["attributes"]
RIVERSIDE = register().contract.operations["updatePartnership"].request_example["data"]["attributes"]
EXAMPLES = {name: one.request_example for name, one in register().controls.operations.items()}
FAULT = register().contract.problems["fault"]

Sent = Callable[[Client], Answer]


def write(method: str, path: str, **attributes: Any) -> Sent:
    return lambda who: who.write(method, path, **attributes)


def get(path: str) -> Sent:
    return lambda who: who.send("GET", f"/api/v3{path}")


def acted(path: str, operation: str) -> Sent:
    return lambda who: ask(who.app, "POST", f"/_sandbox/actors/{path}", EXAMPLES[operation])[0]


@pytest.mark.parametrize(
    ("missing", "sent"),
    [
        pytest.param(
            Participant, write("PUT", f"/participants/{ACTIVE}/withdraw", **COURSE, reason="other"), id="a withdrawal"
        ),
        pytest.param(SchoolPeriod, write("PUT", f"/participants/{DEFERRED}/resume", **COURSE), id="a return"),
        pytest.param(
            Partnership, write("PUT", f"/participants/{ACTIVE}/change-schedule", **JANUARY), id="a change of schedule"
        ),
        pytest.param(Partnership, write("POST", "/participant-declarations", **NEW), id="a declaration"),
        pytest.param(Declaration, get(f"/participant-declarations/{STARTED}"), id="a declaration that is listed"),
        pytest.param(Participant, write("PUT", f"/participant-declarations/{MENTORS_COMPLETION}/void"), id="a void"),
        pytest.param(
            SchoolPeriod,
            write("PUT", f"/participant-declarations/{MENTORS_COMPLETION}/void"),
            id="training that goes on",
        ),
        pytest.param(School, write("PUT", f"/partnerships/{PARTNERSHIP}", **RIVERSIDE), id="a partnership"),
        pytest.param(DeliveryPartner, get(f"/delivery-partners/{HARBOUR}"), id="a delivery partner that is paired"),
        pytest.param(LeadProvider, acted("dfe/pay-statement", "payStatement"), id="a payment"),
    ],
)
def test_what_is_guaranteed_and_missing_is_a_logged_fault_with_an_id(
    ashdown: Client, caplog: pytest.LogCaptureFixture, missing: type[Record], sent: Sent
):
    store = ashdown.app.worlds._store  # noqa: SLF001 - no request can break what is guaranteed
    store.clear("default", [missing])
    answer = sent(ashdown)
    said = json.loads(answer.body)
    assert (answer.status, said["error"]) == (FAULT.status, FAULT.error)
    (record,) = [one for one in caplog.records if said["id"] in one.getMessage()]
    assert record.levelname == "ERROR"
    assert faults(caplog) == [InvariantError]


def test_what_a_path_names_and_nobody_has_is_not_found(ashdown: Client, caplog: pytest.LogCaptureFixture):
    ashdown.app.worlds._store.clear("default", [Cohort])  # noqa: SLF001
    assert ashdown.send("GET", "/api/v3/partnerships/nobody").status == 404
    assert faults(caplog) == []


def test_what_is_required_is_returned_even_if_it_is_empty():
    assert required("") == ""
    assert required(0) == 0
    with pytest.raises(InvariantError):
        required(None)
