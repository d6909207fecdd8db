"""What schools do with participants: take them in, let them go, remove them, and change mentors and details."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client
from ecf_client import CLOCK, act, client, outbox, partnership_id, refusals, sandbox, scenario, seed_id, send_act

from lp_sandbox.app import App

IN, OUT, REMOVE, REGISTER = (
    f"school/{act}" for act in ("transfer-in", "transfer-out", "remove-participant", "add-participant")
)
ASSIGN, DETAILS = "school/assign-mentor", "school/change-details"
PARTNERED, QUARRINGTONS, SCHOOL_LED = (
    seed_id("schools", name) for name in ("partnered", "partnered-with-another", "school-led")
)
TRANSFERS = "/participants/ecf/transfers"
TODAY, LATER = CLOCK[:10], "2025-11-03"


@pytest.fixture
def app() -> App:
    return sandbox()


@pytest.fixture
def penhallow(app: App) -> Client:
    return client(app)


@pytest.fixture
def quarrington(app: App) -> Client:
    return client(app, "Quarrington")


def people(name: str) -> dict[str, str]:
    ids = scenario(name)
    return {**ids["participants"], **ids["schools"], **ids["partnerships"]}


ECT = people("ect-in-training")["ect"]
MENTOR = people("ect-in-training")["mentor"]


def moves(app: App, participant_id: str = ECT, **given: Any) -> Any:
    usual = {"participant_type": "ect", "school_id": PARTNERED, "date": LATER}
    return act(app, IN, participant_id=participant_id, **{**usual, **given})["attributes"]


def leaves(app: App, date: str, participant_id: str = ECT, role: str = "ect") -> Any:
    return act(app, OUT, participant_id=participant_id, participant_type=role, date=date)["attributes"]


def enrolment(who: Client, id_: str = ECT, which: int = 0, at: str | None = None) -> Any:
    return Client(who.app, who.token, at).get(f"/participants/ecf/{id_}")["attributes"]["ecf_enrolments"][which]


def transfers(who: Client, id_: str = ECT, at: str | None = None) -> Any:
    return Client(who.app, who.token, at).get(f"/participants/ecf/{id_}/transfers")["attributes"]["transfers"]


def sees(who: Client, id_: str) -> bool:
    return who.send("GET", f"/api/v3/participants/ecf/{id_}").status == 200


def test_somebody_who_transfers_out_is_leaving_and_then_has_left(app: App, penhallow: Client):
    assert (leaves(app, LATER)["end_date"], ECT in penhallow.ids(TRANSFERS)) == (LATER, True)
    statuses = [
        enrolment(penhallow, at=at)["participant_status"] for at in (None, "2025-11-02T23:00:00Z", f"{LATER}T00:00:00Z")
    ]
    assert statuses == ["leaving", "leaving", "left"]
    (transfer,) = transfers(penhallow)
    assert (transfer["transfer_type"], transfer["status"], transfer["joining"]) == ("unknown", "incomplete", None)
    assert transfer["leaving"]["date"] == LATER
    assert transfers(penhallow, at=f"{LATER}T12:00:00Z")[0]["status"] == "complete"


@pytest.mark.parametrize(
    ("school", "transfer_type", "provider"),
    [
        (PARTNERED, "new_school", "Penhallow Teaching Institute"),
        (QUARRINGTONS, "new_provider", "Quarrington Education Trust"),
        (SCHOOL_LED, "new_school", None),
    ],
)
def test_somebody_who_transfers_joins_the_programme_of_the_new_school(
    app: App, penhallow: Client, school: str, transfer_type: str, provider: str | None
):
    shown = moves(app, school_id=school, email="anwen@example.com")
    assert (shown["lead_provider"], shown["cohort"], shown["participant_status"]) == (provider, "2025", "joining")
    (transfer,) = transfers(penhallow)
    assert (transfer["transfer_type"], transfer["status"]) == (transfer_type, "incomplete")
    assert (transfer["leaving"]["date"], transfer["joining"]["date"]) == (LATER, LATER)
    assert transfer["joining"]["provider"] == provider
    mine = enrolment(penhallow)
    assert mine["participant_status"] == ("joining" if school == PARTNERED else "leaving")
    assert mine["email"] == ("anwen@example.com" if school == PARTNERED else "anwen.maddox@example.com")


def test_the_new_lead_provider_lists_the_participants_that_it_takes_over(app: App, quarrington: Client):
    moves(app, school_id=QUARRINGTONS)
    assert ECT in quarrington.ids("/participants/ecf")
    assert ECT in quarrington.ids(TRANSFERS)
    assert enrolment(quarrington)["participant_status"] == "joining"
    assert enrolment(quarrington, at=f"{LATER}T09:00:00Z")["participant_status"] == "active"


def test_to_keep_the_providers_a_relationship_is_made_that_lead_providers_do_not_see(
    app: App, penhallow: Client, quarrington: Client
):
    before = enrolment(penhallow)
    shown = moves(app, school_id=QUARRINGTONS, keeps_providers=True)
    assert shown["lead_provider"] == "Penhallow Teaching Institute"
    assert penhallow.send("GET", f"/api/v3/partnerships/ecf/{shown['partnership_id']}").status == 404
    after = enrolment(penhallow)
    assert (after["delivery_partner_id"], after["school_urn"]) == (before["delivery_partner_id"], "140178")
    assert [each["transfer_type"] for each in transfers(penhallow)] == ["new_school"]
    assert not sees(quarrington, ECT)


def test_two_who_keep_the_same_providers_share_a_relationship(app: App):
    other = people("ect-with-an-eligible-declaration")["ect"]
    ids = {moves(app, each, school_id=QUARRINGTONS, keeps_providers=True)["partnership_id"] for each in (ECT, other)}
    assert len(ids) == 1


def test_a_present_partnership_with_the_same_providers_is_used(app: App):
    ids = people("confirmed-partnership")
    assert moves(app, school_id=ids["here"], keeps_providers=True)["partnership_id"] == ids["here-mine"]


def test_a_challenged_partnership_is_not_used_to_keep_the_providers(app: App, penhallow: Client):
    ids = people("confirmed-partnership")
    act(app, "administrator/challenge-partnership", partnership_id=ids["here-mine"], reason="mistake")
    shown = moves(app, school_id=ids["here"], keeps_providers=True)
    assert shown["partnership_id"] != ids["here-mine"]
    assert enrolment(penhallow)["participant_status"] == "joining"
    kestrel = enrolment(penhallow)["delivery_partner_id"]
    attributes = {"cohort": "2025", "school_id": ids["here"], "delivery_partner_id": kestrel}
    assert penhallow.done("POST", "/partnerships/ecf", **attributes)["id"] == ids["here-mine"]
    assert enrolment(penhallow)["participant_status"] == "joining"


def test_somebody_who_had_left_is_taken_in_by_another_school(app: App, penhallow: Client):
    ect = people("ect-who-left")["ect"]
    left = enrolment(penhallow, ect)
    moves(app, ect, date=TODAY)
    (transfer,) = transfers(penhallow, ect)
    assert (transfer["transfer_type"], transfer["status"]) == ("new_school", "complete")
    assert transfer["leaving"]["date"] < transfer["joining"]["date"] == TODAY
    assert enrolment(penhallow, ect)["training_record_id"] == left["training_record_id"]


def test_a_transfer_before_the_day_of_leaving_brings_that_day_forward(app: App, penhallow: Client):
    leaves(app, "2025-12-01")
    moves(app, date=LATER)
    assert [each["leaving"]["date"] for each in transfers(penhallow)] == [LATER]


def test_somebody_can_come_back_to_a_school_at_the_same_instant(app: App, penhallow: Client):
    home = people("ect-in-training")["here"]
    for school, date in ((PARTNERED, "2025-10-10"), (home, "2025-10-12"), (PARTNERED, TODAY)):
        moves(app, school_id=school, date=date)
    days = [(each["leaving"]["date"], (each["joining"] or {}).get("date")) for each in transfers(penhallow)]
    assert days == [("2025-10-10", TODAY), ("2025-10-12", None), (TODAY, None)]
    assert enrolment(penhallow)["school_urn"] == "140171"


def test_somebody_can_move_twice_on_one_day(app: App, penhallow: Client):
    moves(app, date=TODAY)
    assert moves(app, school_id=QUARRINGTONS, date=TODAY)["school_id"] == QUARRINGTONS
    assert moves(app, school_id=PARTNERED, date=TODAY)["school_id"] == PARTNERED
    assert enrolment(penhallow)["participant_status"] == "active"


@pytest.mark.parametrize("scenario_name", ["withdrawn-ect", "deferred-ect"])
def test_training_is_active_again_at_the_new_school(app: App, penhallow: Client, scenario_name: str):
    ect = people(scenario_name)["ect"]
    moves(app, ect)
    assert enrolment(penhallow, ect)["training_status"] == "active"


def test_what_changed_on_the_day_of_leaving_is_not_a_second_transfer(app: App, penhallow: Client):
    action = {"course_identifier": "ecf-induction", "reason": "bereavement"}
    penhallow.done("PUT", f"/participants/ecf/{ECT}/defer", **action)
    leaves(app, TODAY)
    (transfer,) = transfers(penhallow)
    assert transfer["leaving"]["date"] == TODAY
    assert enrolment(penhallow)["training_status"] == "deferred"


def test_an_action_on_somebody_who_leaves_makes_the_transfer_anew(app: App, penhallow: Client):
    leaves(app, LATER)
    assert transfers(penhallow)[0]["created_at"] < TODAY
    action = {"course_identifier": "ecf-induction", "reason": "bereavement"}
    penhallow.done("PUT", f"/participants/ecf/{ECT}/defer", **action)
    (transfer,) = transfers(penhallow)
    assert (transfer["created_at"], transfer["leaving"]["date"]) == (CLOCK, LATER)


def test_the_day_of_a_transfer_has_limits(app: App):
    given = {"participant_id": ECT, "participant_type": "ect", "school_id": PARTNERED}
    for date in ("2025-06-30", "2025-08-31", "2026-10-16"):
        assert [field for field, _ in refusals(app, IN, **given, date=date)] == ["date"], date
    assert send_act(app, IN, **given, date="2026-10-15").status == 200


def test_an_ect_of_a_frozen_cohort_continues_in_2024_at_the_new_school(app: App, penhallow: Client):
    ids = people("ect-of-a-frozen-cohort")
    shown = moves(app, ids["ect"], date=TODAY)
    assert (shown["cohort"], shown["schedule_identifier"]) == ("2024", "ecf-extended-september")
    mine = enrolment(penhallow, ids["ect"])
    assert (mine["cohort_changed_after_payments_frozen"], mine["cohort"]) == (True, "2024")
    assert mine["schedule_identifier"] == "ecf-extended-september"


def test_an_ect_of_a_frozen_cohort_continues_in_2024_with_a_mentor(app: App, penhallow: Client):
    ids = people("ect-of-a-frozen-cohort")
    mentor = act(app, REGISTER, school_id=PARTNERED, participant_type="mentor", start_date="2025-09-08")["id"]
    moves_mentor = {"participant_type": "mentor", "school_id": ids["here"], "date": TODAY, "keeps_providers": True}
    assert send_act(app, IN, participant_id=mentor, **moves_mentor).status == 422  # the school has not set up 2025
    act(app, "school/set-up-cohort", school_id=ids["here"], cohort="2025", programme="provider_led")
    moves(app, mentor, **moves_mentor)
    shown = act(app, ASSIGN, participant_id=ids["ect"], mentor_id=mentor)["attributes"]
    assert (shown["cohort"], shown["partnership_id"], shown["mentor_id"]) == ("2024", ids["here-second"], mentor)
    assert enrolment(penhallow, ids["ect"])["cohort_changed_after_payments_frozen"] is True


def test_a_removed_ect_is_withdrawn_by_the_school_and_nothing_can_be_declared(app: App, penhallow: Client):
    shown = act(app, REMOVE, participant_id=ECT, participant_type="ect")["attributes"]
    assert (shown["participant_status"], shown["end_date"]) == ("withdrawn", None)
    mine = enrolment(penhallow)
    assert (mine["participant_status"], mine["training_status"]) == ("withdrawn", "active")
    given = {"participant_id": ECT, "declaration_type": "started", "declaration_date": "2025-09-10T09:00:00Z"}
    answer = penhallow.write("POST", "/participant-declarations", **given, course_identifier="ecf-induction")
    assert (answer.status, b"course_identifier" in answer.body) == (422, True)


def test_the_ects_of_a_removed_mentor_have_no_mentor(app: App, penhallow: Client):
    assert enrolment(penhallow)["mentor_id"] == MENTOR
    act(app, REMOVE, participant_id=MENTOR, participant_type="mentor")
    assert enrolment(penhallow)["mentor_id"] is None
    assert refusals(app, ASSIGN, participant_id=ECT, mentor_id=MENTOR) == [
        ("mentor_id", "There is no mentor with this '#/mentor_id' at the school.")
    ]


def test_somebody_removed_can_be_registered_again_with_the_same_training_record(app: App, penhallow: Client):
    before = enrolment(penhallow)
    act(app, REMOVE, participant_id=ECT, participant_type="ect")
    given = {"school_id": PARTNERED, "participant_type": "ect", "teacher_reference_number": "4012345"}
    assert act(app, REGISTER, **given)["id"] == ECT
    after = enrolment(penhallow)
    assert (after["training_record_id"], after["participant_status"]) == (before["training_record_id"], "active")
    assert after["school_urn"] == "140171"


def test_somebody_can_be_removed_and_registered_again_any_number_of_times(app: App, penhallow: Client):
    id_ = act(app, REGISTER, school_id=PARTNERED, participant_type="ect")["id"]
    address = enrolment(penhallow, id_)["email"]
    for day in ("2025-07-02", "2025-07-03", "2025-07-04"):
        act(app, REMOVE, participant_id=id_, participant_type="ect")
        assert enrolment(penhallow, id_)["participant_status"] == "withdrawn"
        again = act(app, REGISTER, school_id=PARTNERED, participant_type="ect", email=address)
        assert (again["id"], again["attributes"]["start_date"]) == (id_, day)
        assert enrolment(penhallow, id_)["participant_status"] == "active"


def test_somebody_removed_who_comes_back_with_another_reference_number_is_checked_by_hand(app: App, penhallow: Client):
    act(app, REMOVE, participant_id=ECT, participant_type="ect")
    given = {"teacher_reference_number": "4088888", "email": "anwen.maddox@example.com"}
    assert act(app, REGISTER, school_id=PARTNERED, participant_type="ect", **given)["id"] == ECT
    mine = enrolment(penhallow)
    assert (mine["eligible_for_funding"], mine["teacher_reference_number_validated"]) == (None, False)
    assert penhallow.get(f"/participants/ecf/{ECT}")["attributes"]["teacher_reference_number"] == "4012345"


@pytest.mark.parametrize("prepare", [None, OUT])
def test_somebody_who_was_not_removed_is_transferred_and_not_registered(app: App, prepare: str | None):
    if prepare:
        leaves(app, TODAY)
    given = {"school_id": PARTNERED, "participant_type": "ect", "teacher_reference_number": "4012345"}
    assert [field for field, _ in refusals(app, REGISTER, **given)] == ["teacher_reference_number"]


def test_an_ect_has_the_new_mentor_and_declarations_keep_theirs(app: App, penhallow: Client, quarrington: Client):
    ids = people("ect-with-an-eligible-declaration")
    mentor = act(app, REGISTER, school_id=ids["here"], participant_type="mentor", start_date="2025-09-08")["id"]
    (declaration,) = penhallow.ids("/participant-declarations", f"filter[participant_id]={ids['ect']}")
    made_with = penhallow.get(f"/participant-declarations/{declaration}")["attributes"]["mentor_id"]
    act(app, ASSIGN, participant_id=ids["ect"], mentor_id=mentor, at="2025-10-16T10:00:00Z")
    assert enrolment(penhallow, ids["ect"])["mentor_id"] == mentor
    assert penhallow.get(f"/participant-declarations/{declaration}")["attributes"]["mentor_id"] == made_with
    changed = penhallow.ids("/participants/ecf", "filter[updated_since]=2025-10-16T10:00:00Z")
    assert set(changed) == {ids["ect"], mentor}


def test_a_mentor_that_another_lead_provider_trains_becomes_an_unfunded_mentor(app: App, penhallow: Client):
    school = seed_id("schools", "relationship-only")
    kept = partnership_id("relationship-only", "penhallow", 2025, relationship=True)
    ect = act(app, REGISTER, school_id=school, participant_type="ect", partnership_id=kept)["id"]
    mentor = act(app, REGISTER, school_id=school, participant_type="mentor")["id"]
    assert mentor not in penhallow.ids("/unfunded-mentors/ecf")
    act(app, ASSIGN, participant_id=ect, mentor_id=mentor)
    assert mentor in penhallow.ids("/unfunded-mentors/ecf")


def test_a_mentor_replaced_before_the_ect_starts_was_never_an_unfunded_mentor(app: App, penhallow: Client):
    school = seed_id("schools", "relationship-only")
    kept = partnership_id("relationship-only", "penhallow", 2025, relationship=True)
    first, second = (act(app, REGISTER, school_id=school, participant_type="mentor")["id"] for _ in range(2))
    given = {"partnership_id": kept, "start_date": LATER, "mentor_id": first}
    ect = act(app, REGISTER, school_id=school, participant_type="ect", **given)["id"]
    assert first in penhallow.ids("/unfunded-mentors/ecf")
    act(app, ASSIGN, participant_id=ect, mentor_id=second)
    assert [each in penhallow.ids("/unfunded-mentors/ecf") for each in (first, second)] == [False, True]


def test_the_ects_of_a_mentor_who_leaves_keep_the_mentor_and_nobody_else_gets_that_mentor(app: App, penhallow: Client):
    moves(app, MENTOR, participant_type="mentor", date=TODAY)
    assert enrolment(penhallow, MENTOR)["school_urn"] == "140171"
    assert enrolment(penhallow)["mentor_id"] == MENTOR
    other = act(app, REGISTER, school_id=people("ect-in-training")["here"], participant_type="ect")["id"]
    assert [field for field, _ in refusals(app, ASSIGN, participant_id=other, mentor_id=MENTOR)] == ["mentor_id"]


def test_a_new_name_and_email_address_are_shown(app: App, penhallow: Client):
    given = {"full_name": "Anwen Rhys", "email": "anwen.rhys@example.com"}
    act(app, DETAILS, participant_id=ECT, participant_type="ect", at="2025-10-16T10:00:00Z", **given)
    shown = penhallow.get(f"/participants/ecf/{ECT}")["attributes"]
    assert (shown["full_name"], shown["updated_at"]) == ("Anwen Rhys", "2025-10-16T10:00:00Z")
    assert enrolment(penhallow)["email"] == "anwen.rhys@example.com"


def test_each_role_has_its_email_address(app: App, penhallow: Client):
    act(app, REGISTER, school_id=PARTNERED, participant_type="mentor", teacher_reference_number="4012345")
    act(app, DETAILS, participant_id=ECT, participant_type="mentor", email="anwen.mentor@example.com")
    addresses = [enrolment(penhallow, which=which)["email"] for which in (0, 1)]
    assert addresses == ["anwen.maddox@example.com", "anwen.mentor@example.com"]


@pytest.mark.parametrize(
    ("path", "given"),
    [
        (REGISTER, {"school_id": PARTNERED}),
        (IN, {"participant_id": ECT, "school_id": PARTNERED, "date": LATER}),
        (DETAILS, {"participant_id": ECT}),
    ],
)
def test_an_email_address_in_capitals_is_the_same_address(app: App, path: str, given: dict[str, str]):
    mentor = act(app, DETAILS, participant_id=MENTOR, participant_type="mentor", email="Owen.Pryce@Example.com")
    assert mentor["attributes"]["email"] == "owen.pryce@example.com"
    errors = refusals(app, path, **given, participant_type="ect", email="OWEN.PRYCE@example.com")
    assert [field for field, _ in errors] == ["email"]


def test_somebody_removed_comes_back_under_the_email_address_that_the_school_gave_last(app: App):
    ect = {"participant_id": ECT, "participant_type": "ect"}
    act(app, DETAILS, **ect, email="anwen.rhys@example.com")
    act(app, REMOVE, **ect)
    back = {"school_id": PARTNERED, "participant_type": "ect", "email": "anwen.rhys@example.com"}
    assert act(app, REGISTER, **back)["id"] == ECT


@pytest.mark.parametrize("day", ["1899-12-31", "2007-10-16"])
def test_a_corrected_date_of_birth_has_the_limits_of_a_registration(app: App, day: str):
    ect = {"participant_id": people("ect-not-validated")["ect"], "participant_type": "ect"}
    errors = refusals(app, DETAILS, **ect, date_of_birth=day)
    assert errors == refusals(app, REGISTER, school_id=PARTNERED, participant_type="ect", date_of_birth=day)


def test_an_ect_who_comes_back_is_not_their_own_mentor(app: App):
    both = {"school_id": PARTNERED, "teacher_reference_number": "3098765"}
    ect = act(app, REGISTER, **both, participant_type="ect")["id"]
    act(app, REGISTER, **both, participant_type="mentor")
    act(app, REMOVE, participant_id=ect, participant_type="ect")
    errors = refusals(app, REGISTER, **both, participant_type="ect", mentor_id=ect)
    assert [field for field, _ in errors] == ["mentor_id"]


def test_an_email_address_of_another_participant_at_a_school_is_taken(app: App):
    act(app, DETAILS, participant_id=ECT, participant_type="ect", email="second@example.com")
    errors = refusals(app, REGISTER, school_id=PARTNERED, participant_type="ect", email="second@example.com")
    assert errors == [("email", "Another participant has this '#/email'.")]


def test_a_corrected_reference_number_shows_an_ect_to_the_lead_provider(app: App, penhallow: Client):
    ect = people("ect-not-validated")["ect"]
    assert not sees(penhallow, ect)
    given = {"participant_id": ect, "participant_type": "ect", "teacher_reference_number": "4045678"}
    assert act(app, DETAILS, **given, date_of_birth="1900-01-02")["attributes"]["validated"] is False
    assert not sees(penhallow, ect)
    assert act(app, DETAILS, **given)["attributes"]["validated"] is True
    assert penhallow.get(f"/participants/ecf/{ect}")["attributes"]["teacher_reference_number"] == "4045678"


KINDS = ("existing_school_transfer", "new_school_transfer", "transfer_in", "transfer_out")
EXISTING, NEW_SCHOOL, JOINS, LEAVES = (f"provider_{kind}_notification" for kind in KINDS)
MORWENNA = "morwenna.tresize@example.com"
GIDEON = "gideon.achterberg@example.com"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"school_id": people("confirmed-partnership")["here"]}, [(MORWENNA, EXISTING)]),
        ({"school_id": people("confirmed-partnership")["here"], "keeps_providers": True}, [(MORWENNA, EXISTING)]),
        ({"school_id": QUARRINGTONS, "keeps_providers": True}, [(MORWENNA, NEW_SCHOOL)]),
        ({"school_id": QUARRINGTONS}, [(GIDEON, JOINS), (MORWENNA, LEAVES)]),
        ({"school_id": PARTNERED}, [(MORWENNA, JOINS)]),
        ({"school_id": SCHOOL_LED}, [(MORWENNA, LEAVES)]),
    ],
    ids=[
        "same-providers",
        "kept-at-a-partner",
        "kept-elsewhere",
        "another-provider",
        "another-delivery-partner",
        "school-led",
    ],
)
def test_a_transfer_sends_an_email_to_the_lead_providers_that_it_concerns(
    app: App, given: dict[str, Any], expected: list[tuple[str, str]]
):
    moves(app, **given)
    sent = outbox(app)
    assert [(email["to"], email["template"]) for email in sent] == expected
    assert all(ECT in email["body"] and "3 November 2025" in email["body"] for email in sent)


def test_a_lead_provider_that_withdrew_a_participant_gets_no_request_to_withdraw(app: App):
    moves(app, people("withdrawn-ect")["ect"], school_id=QUARRINGTONS)
    assert [email["template"] for email in outbox(app)] == [JOINS]


def test_a_withdrawal_sends_an_email_to_the_induction_tutor(app: App, penhallow: Client):
    ect = people("ect-with-an-eligible-declaration")["ect"]
    assert outbox(app) == []
    action = {"course_identifier": "ecf-induction", "reason": "moved-school"}
    penhallow.done("PUT", f"/participants/ecf/{ect}/withdraw", **action)
    (email,) = outbox(app)
    assert email["template"] == "fip_provider_has_withdrawn_a_participant"
    assert email["to"] != MORWENNA
    name = penhallow.get(f"/participants/ecf/{ect}")["attributes"]["full_name"]
    assert f"Penhallow Teaching Institute has reported that {name}" in email["body"]


def test_a_school_without_an_induction_tutor_gets_no_message_about_a_withdrawal(app: App, penhallow: Client):
    school = seed_id("schools", "no-tutor")
    attributes = {
        "cohort": "2025",
        "school_id": school,
        "delivery_partner_id": seed_id("delivery-partners", "kestrel-hub"),
    }
    penhallow.done("POST", "/partnerships/ecf", **attributes)
    ect = act(app, REGISTER, school_id=school, participant_type="ect", start_date="2025-09-01")["id"]
    declared = {"participant_id": ect, "declaration_type": "started", "declaration_date": "2025-09-10T09:00:00Z"}
    started = {"course_identifier": "ecf-induction", "evidence_held": "training-event-attended"}
    penhallow.done("POST", "/participant-declarations", **declared, **started)
    before = outbox(app)
    penhallow.done("PUT", f"/participants/ecf/{ect}/withdraw", course_identifier="ecf-induction", reason="other")
    assert outbox(app) == before
