"""What a lead provider reports of a participant's training in the early career framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from client import Client, errors
from ecf_client import ecf
from test_ecf_participants import ANOTHER, LATER, Now, enrolment, ids, put, records, world

from lp_sandbox.ecf import list_rows
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, EcfPartnership, Profile
from lp_sandbox.programme.records import TrainingPeriod

CONTRACT = ecf().contract
BREAK, END = {"reason": "parental-leave"}, {"reason": "other"}
REASONS = {"defer": BREAK, "withdraw": END, "resume": {}}
ACTS = {"deferParticipant": "defer", "withdrawParticipant": "withdraw", "resumeParticipant": "resume"}
STARTED = "ect-with-an-eligible-declaration"
SCENARIO_IN = {"active": STARTED, "deferred": "deferred-ect", "withdrawn": "withdrawn-ect"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def path(id_: str, action: str) -> str:
    return f"/participants/ecf/{id_}/{action}"


def send(client: Client, id_: str, action: str, **attributes: Any) -> Any:
    given = {"course_identifier": "ecf-induction", **REASONS[action], **attributes}
    return client.write("PUT", path(id_, action), **given)


def done(client: Client, id_: str, action: str, **attributes: Any) -> Any:
    given = {"course_identifier": "ecf-induction", **REASONS[action], **attributes}
    return client.done("PUT", path(id_, action), **given)["attributes"]


def details(answer: Any) -> list[tuple[str, str]]:
    assert answer.status == 422, answer
    return errors(answer)


def message(*rules: str) -> tuple[str, str]:
    """The error that rules of one field give together."""
    return CONTRACT.rules[rules[0]].field, ", ".join(CONTRACT.rules[name].detail for name in rules)


@pytest.mark.parametrize("operation", ACTS)
@pytest.mark.parametrize("state", SCENARIO_IN)
def test_an_action_takes_the_training_status_where_the_table_says_or_is_refused(state: str, operation: str):
    steps = CONTRACT.transitions["ParticipantECFEnrolment.training_status"]
    targets = {step.target for step in steps if (step.source, step.by) == (state, operation)}
    with world() as client:
        id_ = ids(SCENARIO_IN[state])["ect"]
        (started,) = records(client, EcfDeclaration, participant_id=ids(STARTED)["ect"])
        if id_ != started.participant_id:
            put(client, msgspec.structs.replace(started, id=id_, participant_id=id_))
        answer = send(client, id_, ACTS[operation])
        assert answer.status == (200 if targets else 422)
        assert {enrolment(client, id_)["training_status"]} == (targets or {state})


@pytest.mark.parametrize(
    ("action", "shown", "hidden"), [("defer", "deferral", "withdrawal"), ("withdraw", "withdrawal", "deferral")]
)
def test_an_action_shows_its_reason_and_time_and_moves_updated_at(action: str, shown: str, hidden: str):
    with world() as client:
        client.at = LATER
        attributes = done(client, ids(STARTED)["ect"], action)
    (own,) = attributes["ecf_enrolments"]
    assert own[shown] == {"reason": REASONS[action]["reason"], "date": LATER}
    assert (own[hidden], attributes["updated_at"]) == (None, LATER)


def test_a_resumed_participant_shows_neither_reason():
    with world() as client:
        (own,) = done(client, ids("withdrawn-ect")["ect"], "resume")["ecf_enrolments"]
    assert (own["training_status"], own["withdrawal"], own["deferral"]) == ("active", None, None)


def test_the_lists_of_a_training_status_follow_an_action():
    with world() as client:
        id_ = ids("ect-in-training")["ect"]
        done(client, id_, "defer")
        listed = {
            status: client.ids("/participants/ecf", f"filter[training_status]={status}&page[per_page]=3000")
            for status in SCENARIO_IN
        }
    assert [status for status, found in listed.items() if id_ in found] == ["deferred"]


def test_nothing_stops_many_actions_in_one_second():
    with world() as client:
        id_ = ids(STARTED)["ect"]
        shown = [
            done(client, id_, action)["ecf_enrolments"][0]["training_status"]
            for action in ("defer", "withdraw", "resume", "defer", "resume", "withdraw")
        ]
    assert shown == ["deferred", "withdrawn", "active", "deferred", "active", "withdrawn"]


@pytest.mark.parametrize("scenario", ["ect-joining-next-month", "ect-leaving-next-month", "ect-who-left"])
def test_the_status_for_the_school_neither_stops_an_action_nor_changes(scenario: str):
    with world() as client:
        id_ = ids(scenario)["ect"]
        before = enrolment(client, id_)
        for action in ("defer", "resume"):
            done(client, id_, action)
        after = enrolment(client, id_)
    assert after == before


@pytest.mark.parametrize("action", ["defer", "resume", "withdraw"])
def test_an_action_on_a_participant_that_the_school_has_removed_has_an_unknown_course(action: str):
    with world() as client:
        answer = send(client, ids("removed-ect")["ect"], action)
    assert details(answer) == [message("course_is_theirs")]


def test_an_action_before_the_end_records_the_training_of_a_leaver_anew():
    with world() as client:
        id_ = ids("ect-leaving-next-month")["ect"]
        client.at = LATER
        done(client, id_, "defer")
        (transfer,) = client.get(path(id_, "transfers"))["attributes"]["transfers"]
    assert (transfer["created_at"], transfer["leaving"]["date"]) == (LATER, "2025-11-12")


def test_an_action_on_a_mentor_leaves_the_training_as_an_ect_alone():
    with world() as client:
        id_ = ids("ect-who-became-a-mentor")["both"]
        shown = done(client, id_, "defer", course_identifier="ecf-mentor")["ecf_enrolments"]
    assert [(each["participant_type"], each["training_status"]) for each in shown] == [
        ("ect", "active"),
        ("mentor", "deferred"),
    ]


@pytest.mark.parametrize("earlier", ["ect-before-1", "ect-before-2"])
def test_an_earlier_id_works_in_an_action(earlier: str):
    with world() as client:
        named = ids("participant-with-two-earlier-ids")
        answer = client.done("PUT", path(named[earlier], "defer"), course_identifier="ecf-induction", **BREAK)
    assert answer["id"] == named["ect"]
    assert answer["attributes"]["ecf_enrolments"][0]["training_status"] == "deferred"


def test_the_training_of_a_challenged_partnership_changes_and_is_not_in_the_answer():
    with world() as client:
        named = ids("ect-in-training")
        (partnership,) = records(client, EcfPartnership, id=named["here-mine"])
        challenge = {"challenged_reason": "mistake", "challenged_at": LATER}
        put(client, msgspec.structs.replace(partnership, **challenge))
        list_rows.record_change_at_school(Now(client), partnership.school_id)
        shown = done(client, named["ect"], "defer")["ecf_enrolments"]
        put(client, partnership)
        list_rows.record_change_at_school(Now(client), partnership.school_id)
        assert (shown, enrolment(client, named["ect"])["training_status"]) == ([], "deferred")


def test_somebody_whose_details_are_not_validated_can_be_deferred():
    with world() as client:
        id_ = ids("ect-not-validated")["ect"]
        (shown,) = done(client, id_, "defer")["ecf_enrolments"]
        assert (shown["training_status"], shown["eligible_for_funding"]) == ("deferred", None)
        assert client.send("GET", f"/api/v3/participants/ecf/{id_}").status == 404
        (profile,) = records(client, Profile, participant_id=id_)
        put(client, msgspec.structs.replace(profile, eligibility="eligible", eligibility_reason="none"))
        list_rows.record_change(Now(client), [id_])
        assert enrolment(client, id_)["training_status"] == "deferred"


def test_a_refused_action_changes_nothing():
    with world() as client:
        id_ = ids("ect-in-training")["ect"]
        before = client.get(f"/participants/ecf/{id_}")
        client.at = LATER
        send(client, id_, "defer", reason="holiday")
        assert client.get(f"/participants/ecf/{id_}") == before


def test_the_training_until_an_action_keeps_its_days_and_the_rest_follows_from_today():
    with world() as client:
        id_ = ids("ect-in-training")["ect"]
        client.at = LATER
        done(client, id_, "defer")
        first, second = sorted(records(client, TrainingPeriod, participant_id=id_), key=lambda each: each.started_on)
    assert (first.started_on, first.finished_on, first.deferred_at) == ("2025-09-01", LATER[:10], None)
    assert (second.started_on, second.deferred_at) == (LATER[:10], LATER)


COURSE = ("course_is_theirs", "course_is_present")
REASON = ("reason_is_present", "reason_is_valid")


@pytest.mark.parametrize(
    ("action", "scenario", "given", "expected"),
    [
        ("defer", "", {}, [["participant_is_known"]]),
        ("defer", "", {"course_identifier": ""}, [["participant_is_known"], ["course_is_present"]]),
        ("defer", "", {"reason": ""}, [["participant_is_known"], REASON]),
        ("defer", "ect-in-training", {"course_identifier": ""}, [COURSE]),
        ("defer", "ect-in-training", {"course_identifier": "ecf-mentor", "reason": ""}, [["course_is_theirs"], REASON]),
        ("defer", "ect-in-training", {"course_identifier": "ecf-leadership"}, [["course_is_theirs"]]),
        ("withdraw", "ect-in-training", {"reason": ""}, [REASON, ["participant_has_started"]]),
        ("withdraw", "ect-in-training", {"course_identifier": "ecf-mentor", "reason": ""}, [["course_is_theirs"]]),
        ("withdraw", "ect-in-training", {"course_identifier": "", "reason": "x"}, [COURSE]),
        ("withdraw", "", {"reason": ""}, [["participant_is_known"]]),
        ("withdraw", STARTED, {"reason": "school-left-fip"}, [["reason_is_valid"]]),
        ("resume", "ect-in-training", {"course_identifier": "ecf-mentor"}, [["course_is_theirs"]]),
    ],
)
def test_errors_come_in_the_order_of_the_service(
    action: str, scenario: str, given: dict[str, str], expected: list[Sequence[str]]
):
    with world() as client:
        id_ = ids(scenario)["ect"] if scenario else NOBODY
        assert details(send(client, id_, action, **given)) == [message(*rules) for rules in expected]


def test_a_reason_is_checked_for_a_participant_of_another_lead_provider_too():
    with world() as client:
        id_ = ids("school-that-changes-providers")["ect"]
        assert details(send(client, id_, "withdraw", reason="")) == [
            message("participant_trains_with_you"),
            message(*REASON),
        ]


def test_a_deferral_of_a_withdrawn_participant_says_so_once():
    with world() as client:
        assert details(send(client, ids("withdrawn-ect")["ect"], "defer")) == [
            message("training_is_not_withdrawn_already")
        ]


def test_the_next_lead_provider_of_a_participant_has_a_training_status_of_its_own():
    with world() as client:
        id_ = ids("ect-who-transferred-to-another-provider")["ect"]
        done(client, id_, "defer")
        tokens = client.app.worlds.tokens(Now(client).world)
        other = Client(client.app, next(each.token for each in tokens if each.lead_provider_id == ANOTHER))
        statuses = [enrolment(each, id_)["training_status"] for each in (client, other)]
    assert statuses == ["deferred", "active"]


def test_an_action_touches_nobody_else():
    with world() as client:
        id_ = ids("ect-in-training")["ect"]
        client.at = LATER
        done(client, id_, "defer")
        assert [each.id for each in records(client, EcfParticipant, updated_at=LATER)] == [id_]


def test_a_partnership_confirmed_again_keeps_the_training_status():
    with world() as client:
        named = ids("partnership-challenged-as-not-confirmed")
        assert done(client, named["ect"], "defer")["ecf_enrolments"] == []
        (partnership,) = records(client, EcfPartnership, id=named["here-mine"])
        terms = {"school_id": partnership.school_id, "delivery_partner_id": partnership.delivery_partner_id}
        client.done("POST", "/partnerships/ecf", cohort=str(partnership.cohort), **terms)
        own = enrolment(client, named["ect"])
    assert (own["training_status"], own["deferral"]["reason"]) == ("deferred", "parental-leave")


@pytest.mark.parametrize(
    "scenario",
    ["ect-with-a-submitted-declaration", "ect-with-a-voided-declaration", "ect-with-a-clawed-back-declaration"],
)
def test_a_started_declaration_in_any_state_allows_a_withdrawal(scenario: str):
    with world() as client:
        own = done(client, ids(scenario)["ect"], "withdraw")["ecf_enrolments"][0]
    assert own["training_status"] == "withdrawn"


def test_a_declaration_of_another_type_does_not_allow_a_withdrawal():
    with world() as client:
        assert details(send(client, ids("ect-with-a-payable-declaration")["ect"], "withdraw")) == [
            message("participant_has_started")
        ]
