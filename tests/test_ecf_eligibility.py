"""What DfE and appropriate bodies record about participants, and what lead providers then see."""

from __future__ import annotations

from typing import Any

from client import Client
from ecf_client import CLOCK, ecf, refusals
from ecf_client import act as act_in
from test_ecf_participants import enrolment, ids, world

DECIDE = "dfe/decide-eligibility"
ROLES = ("ect", "mentor")
SUBMITTED = "ect-with-a-submitted-declaration"


def world_of(who: Client) -> str:
    opened = who.app.worlds.opened_by(who.token)
    assert opened
    return opened[0].id


def act(who: Client, path: str, **attributes: Any) -> Any:
    return act_in(who.app, path, who.at, world=world_of(who), **attributes)["attributes"]


def declaration(who: Client, id_: str) -> Any:
    return who.get(f"/participant-declarations/{id_}")["attributes"]


def ect(scenario: str, **given: str) -> dict[str, str]:
    return {"participant_id": ids(scenario)["ect"], "participant_type": "ect", **given}


def test_submitted_declarations_go_into_the_next_open_statement_when_the_participant_becomes_eligible():
    named = ids(SUBMITTED)
    with world() as who:
        assert declaration(who, named["ect-started"])["state"] == "submitted"
        decided = act(who, DECIDE, **ect(SUBMITTED, status="eligible"))
        shown, person = declaration(who, named["ect-started"]), enrolment(who, named["ect"])
        statement = who.get(f"/statements/{shown['statement_id']}")["attributes"]
    assert (decided["eligible_for_funding"], decided["decided_at"]) == (True, CLOCK)
    assert (shown["state"], shown["updated_at"]) == ("eligible", CLOCK)
    assert (statement["cohort"], statement["cut_off_date"]) == ("2024", "2025-12-31")
    assert (person["eligible_for_funding"], person["validation_status"]) == (True, "eligible_to_start")


def test_becoming_ineligible_changes_no_declaration():
    named = ids("ect-with-an-eligible-declaration")
    with world() as who:
        before = declaration(who, named["ect-started"])
        ineligible = {"status": "ineligible", "reason": "previous_induction"}
        act(who, DECIDE, **ect("ect-with-an-eligible-declaration", **ineligible))
        assert declaration(who, named["ect-started"]) == before
        assert enrolment(who, named["ect"])["eligible_for_funding"] is False
        assert named["ect"] in who.ids("/participants/ecf", f"filter[updated_since]={CLOCK}&page[per_page]=3000")


def test_a_decision_validates_the_details_of_the_participant():
    id_ = ids("ect-not-validated")["ect"]
    with world() as who:
        assert who.send("GET", f"/api/v3/participants/ecf/{id_}").status == 404
        act(who, DECIDE, **ect("ect-not-validated", status="matched"))
        shown = who.get(f"/participants/ecf/{id_}")["attributes"]
    assert shown["teacher_reference_number"] is not None
    assert shown["ecf_enrolments"][0]["validation_status"] == "dfe_checking_eligibility"


DECISIONS = [
    ("ect", "eligible", "none", True),
    ("ect", "matched", "none", None),
    ("ect", "manual_check", "active_flags", None),
    ("ect", "ineligible", "previous_participation", False),
    ("ect", "ineligible", "previous_induction", False),
    ("ect", "manual_check", "no_qts", None),
    ("ect", "manual_check", "different_trn", None),
    ("mentor", "ineligible", "duplicate_profile", False),
    ("ect", "ineligible", "exempt_from_induction", False),
    ("ect", "manual_check", "no_induction", None),
]
"""The findings of the service, with the role that can have them and what lead providers see."""


def test_every_finding_of_the_service_can_be_recorded_and_no_other():
    schemas = ecf().controls.document["components"]["schemas"]
    statuses, reasons = (schemas[name]["enum"] for name in ("EligibilityStatus", "EligibilityReason"))
    people = {role: {"participant_id": ids("ect-in-training")[role], "participant_type": role} for role in ROLES}
    with world() as who:
        act(who, DECIDE, **people["ect"], status="matched", reason="none")
        for role, status, reason, shown in DECISIONS:
            act(who, DECIDE, **people[role], status=status, reason=reason)
            seen = enrolment(who, people[role]["participant_id"])
            assert seen["eligible_for_funding"] is shown, (status, reason)
            validated = seen["teacher_reference_number_validated"]
            assert validated is (reason != "different_trn"), (status, reason)
        known = {(status, reason) for _, status, reason, _ in DECISIONS}
        for status, reason in {(status, reason) for status in statuses for reason in reasons} - known:
            errors = refusals(who.app, DECIDE, world=world_of(who), **people["ect"], status=status, reason=reason)
            assert "reason" in [field for field, _ in errors], (status, reason)
