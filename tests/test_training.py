"""Training is withdrawn, deferred and resumed, and goes on with another schedule."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, client, register, sandbox, seed_id
from controls_client import act as school_acts

COURSE = {"course_identifier": "ecf-induction"}
REASON = {"reason": "other"}
WITHDRAW, DEFER = {**COURSE, "reason": "moved-school"}, {**COURSE, "reason": "career-break"}
JANUARY = {**COURSE, "schedule_identifier": "ecf-standard-january"}
PRIYA = "7ef3a3d8-ae2e-40d1-8d97-c72b7a111621"
DEFERRED = "7d164fc6-3d49-4359-8864-07190bb08a74"
MENTOR = "3407d20e-0e63-4a9f-9837-dd4df2fa2aee"
BOTH = "5d0cf6f1-3c5b-4a8e-9b1c-5f3b2b8a6c11"
JOINING = "2973676a-265a-4ce8-8e92-21d9f8c4f8b0"
STARTED_TODAY = "ba7316ad-dce3-460c-b84b-c1f80ea5cb5c"
COMPLETED = "1cb84e27-467b-4146-8770-8dd0b1d599f0"
FROZEN = "f13b8804-435e-4879-882f-3fcb67ebca52"
MOVED_FROM_FROZEN = "9c4ef192-9a04-49cf-920b-b12dfb4cdcb9"
MOVED_HERE = "d873aef5-8751-44f1-b1f3-e305066c301e"
THEIRS = "58bd23b0-08ae-4f4f-a35a-62880dfdca10"
LEAVING = "67c946a1-e824-44f9-a5b9-a82d18e6af76"
PARTNERED = "1ab501b1-142e-47ad-95a4-20f56a62e71f"
NOW = "2026-09-15T09:00:00Z"
TOMORROW = "2026-09-16T09:00:00Z"
NO_COURSE = ("course_identifier", "Enter a '#/course_identifier'.")
NOT_THEIRS = (
    "course_identifier",
    "The entered '#/course_identifier' is not recognised for the given participant. Check details and try again.",
)
NO_REASON = ("reason", "Enter a '#/reason'.")
NO_SCHEDULE = (
    "schedule_identifier",
    "The property '#/schedule_identifier' must be present and correspond to a valid schedule.",
)
TRY_TOMORROW = (
    "participant_id",
    (
        "You cannot defer or withdraw this participant today. You need to try again tomorrow as the training was "
        "recently changed for this participant."
    ),
)
IS_FROZEN = (
    "cohort",
    "You cannot move a participant to a payments frozen cohort unless they previously belonged to that cohort.",
)
NO_PARTNERSHIP = (
    "cohort",
    (
        "You cannot change a participant to this contract_period as you do not have a partnership with the school for "
        "the contract_period. Contact the DfE for assistance."
    ),
)
INVALIDATES = (
    "schedule_identifier",
    register().contract.rules["declarations_fit_the_schedule"].detail,
)
ACTIONS = ("withdraw", "defer", "resume", "change-schedule")


def act(client: Client, id_: str, action: str, **attributes: Any) -> Any:
    """The first enrolment after an action."""
    return client.done("PUT", f"/participants/{id_}/{action}", **attributes)["attributes"]["ecf_enrolments"][0]


def refused(client: Client, id_: str, action: str, **attributes: Any) -> list[tuple[str, str]]:
    return client.errors("PUT", f"/participants/{id_}/{action}", **attributes)


def attributes_of(client: Client, id_: str) -> Any:
    return client.get(f"/participants/{id_}")["attributes"]


def cohort_of(client: Client, id_: str, year: str, partner: str = "harbour-hub") -> Any:
    """Form a partnership with a participant's school in another cohort."""
    urn = attributes_of(client, id_)["ecf_enrolments"][0]["school_urn"]
    (school,) = client.get("/schools", f"filter[cohort]={year}&filter[urn]={urn}")
    given = {"cohort": year, "school_id": school["id"], "delivery_partner_id": seed_id("delivery-partners", partner)}
    return client.done("POST", "/partnerships", **given)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("id_", "body", "status"), [
    (PRIYA, {}, 400),
    (PRIYA, {"data": {"attributes": {"colour": "red"}}}, 400),
    ("nobody", {}, 400),
    ("nobody", {"data": {"attributes": COURSE}}, 404),
    (THEIRS, {"data": {"attributes": COURSE}}, 404),
    (PRIYA, {"data": {"attributes": {"course_identifier": None}}}, 422),
])  # fmt: skip
def test_the_body_is_looked_at_first_then_the_participant_then_the_rules(
    ashdown: Client, action: str, id_: str, body: Any, status: int
):
    assert ashdown.send("PUT", f"/api/v3/participants/{id_}/{action}", body=body).status == status


@pytest.mark.parametrize(("action", "attributes", "expected"), [
    ("withdraw", {"reason": ""}, [NO_COURSE, NO_REASON]),
    ("defer", {"course_identifier": "ecf-mentor"}, [NOT_THEIRS, NO_REASON]),
    ("resume", {"course_identifier": ""}, [NO_COURSE]),
    ("resume", {"course_identifier": "ecf-mentor"}, [NOT_THEIRS]),
    ("change-schedule", {"schedule_identifier": "ecf-standard-january"}, [NO_COURSE, NO_SCHEDULE]),
    ("change-schedule", {"schedule_identifier": "ecf-standard-january", "cohort": "2026"}, [NO_COURSE]),
    ("change-schedule", {**COURSE, "schedule_identifier": "", "cohort": "2025"}, [NO_SCHEDULE, NO_PARTNERSHIP]),
])  # fmt: skip
def test_every_field_has_its_first_error(
    ashdown: Client, action: str, attributes: dict[str, str], expected: list[tuple[str, str]]
):
    assert refused(ashdown, PRIYA, action, **attributes) == expected


def test_without_a_partnership_there_is_no_error_about_a_frozen_cohort(ashdown: Client):
    assert refused(ashdown, PRIYA, "change-schedule", **JANUARY, cohort="2022") == [NO_PARTNERSHIP]


def test_a_withdrawal_ends_training_today(ashdown: Client):
    one = act(ashdown, PRIYA, "withdraw", **WITHDRAW)
    assert (one["training_status"], one["participant_status"]) == ("withdrawn", "left")
    assert one["withdrawal"] == {"reason": "moved-school", "date": NOW}
    assert one["deferral"] is None
    assert attributes_of(ashdown, PRIYA)["updated_at"] == NOW


def test_a_deferral_ends_training_today(ashdown: Client):
    one = act(ashdown, PRIYA, "defer", **DEFER)
    assert (one["training_status"], one["participant_status"]) == ("deferred", "left")
    assert one["deferral"] == {"reason": "career-break", "date": NOW}


def test_training_that_ends_before_is_not_prolonged_by_a_withdrawal(ashdown: Client):
    act(ashdown, DEFERRED, "withdraw", **WITHDRAW)
    one = act(ashdown, DEFERRED, "resume", **COURSE)
    assert (one["training_status"], one["withdrawal"], one["deferral"]) == ("active", None, None)


def test_a_deferred_participant_can_be_withdrawn_and_not_the_other_way_round(ashdown: Client):
    act(ashdown, PRIYA, "defer", **DEFER)
    assert act(ashdown, PRIYA, "withdraw", **WITHDRAW)["training_status"] == "withdrawn"
    assert refused(ashdown, PRIYA, "defer", **DEFER) == [
        ("participant_id", "The '#/participant_id' is already withdrawn.")
    ]


def test_a_resumed_participant_trains_from_today_and_is_left_alone_until_tomorrow(ashdown: Client):
    one = act(ashdown, DEFERRED, "resume", **COURSE)
    assert (one["training_status"], one["participant_status"], one["deferral"]) == ("active", "active", None)
    assert refused(ashdown, DEFERRED, "defer", **DEFER) == [TRY_TOMORROW]
    assert refused(ashdown, DEFERRED, "withdraw", **WITHDRAW) == [TRY_TOMORROW]
    ashdown.at = TOMORROW
    assert act(ashdown, DEFERRED, "defer", **DEFER)["deferral"]["date"] == TOMORROW


def test_whoever_is_withdrawn_today_can_be_resumed_tomorrow(ashdown: Client):
    act(ashdown, PRIYA, "withdraw", **WITHDRAW)
    (error,) = refused(ashdown, PRIYA, "resume", **COURSE)
    assert error[1].startswith("You cannot resume a participant on the same day")
    ashdown.at = TOMORROW
    assert act(ashdown, PRIYA, "resume", **COURSE)["participant_status"] == "active"


def test_a_resumed_training_ends_when_the_time_at_the_school_does(ashdown: Client):
    act(ashdown, LEAVING, "defer", **DEFER)
    ashdown.at = TOMORROW
    assert act(ashdown, LEAVING, "resume", **COURSE)["participant_status"] == "leaving"


def test_an_action_on_one_role_leaves_the_other_alone(ashdown: Client):
    before = attributes_of(ashdown, BOTH)["ecf_enrolments"]
    act(ashdown, BOTH, "withdraw", course_identifier="ecf-mentor", reason="mentor-no-longer-being-mentor")
    ect, mentor = attributes_of(ashdown, BOTH)["ecf_enrolments"]
    assert ect == before[0]
    assert mentor["withdrawal"]["reason"] == "mentor-no-longer-being-mentor"


def test_a_refused_action_changes_nothing(ashdown: Client):
    before = attributes_of(ashdown, PRIYA)
    refused(ashdown, PRIYA, "withdraw", **COURSE, reason="tired")
    refused(ashdown, PRIYA, "change-schedule", **JANUARY, cohort="2025")
    assert attributes_of(ashdown, PRIYA) == before


def test_withdrawals_and_resumptions_move_participants_in_the_filter(ashdown: Client):
    act(ashdown, PRIYA, "withdraw", **WITHDRAW)
    assert PRIYA in ashdown.ids("/participants", "filter[training_status]=withdrawn&page[per_page]=3000")
    assert PRIYA in ashdown.ids("/participants", f"filter[updated_since]={NOW}")
    ashdown.at = TOMORROW
    act(ashdown, PRIYA, "resume", **COURSE)
    assert PRIYA in ashdown.ids("/participants", "filter[training_status]=active&page[per_page]=3000")
    assert PRIYA not in ashdown.ids("/participants", "filter[training_status]=withdrawn&page[per_page]=3000")


def test_another_lead_provider_sees_the_stamp_move_and_its_training_stay(ashdown: Client, brightwater: Client):
    before = attributes_of(brightwater, MOVED_HERE)
    act(ashdown, MOVED_HERE, "withdraw", **WITHDRAW)
    after = attributes_of(brightwater, MOVED_HERE)
    assert after["ecf_enrolments"] == before["ecf_enrolments"]
    assert after["updated_at"] == NOW > before["updated_at"]


def test_a_change_of_schedule_begins_today(ashdown: Client):
    one = act(ashdown, PRIYA, "change-schedule", **JANUARY)
    assert (one["schedule_identifier"], one["cohort"], one["participant_status"]) == (
        "ecf-standard-january", "2026", "active",
    )  # fmt: skip
    assert attributes_of(ashdown, PRIYA)["updated_at"] == NOW
    assert refused(ashdown, PRIYA, "withdraw", **WITHDRAW) == [TRY_TOMORROW]


@pytest.mark.parametrize("id_", [JOINING, STARTED_TODAY])
def test_training_that_has_not_begun_is_changed_in_place(ashdown: Client, id_: str):
    before = attributes_of(ashdown, id_)["ecf_enrolments"][0]
    after = act(ashdown, id_, "change-schedule", **JANUARY)
    assert after == before | {"schedule_identifier": "ecf-standard-january"}


@pytest.mark.parametrize("cohort", [None, "", "2019", "soon"])
def test_without_a_known_cohort_the_participant_stays_in_theirs(ashdown: Client, cohort: str | None):
    assert act(ashdown, PRIYA, "change-schedule", **JANUARY, cohort=cohort)["cohort"] == "2026"


def test_a_cohort_can_be_a_number(ashdown: Client):
    cohort_of(ashdown, PRIYA, "2025")
    assert act(ashdown, PRIYA, "change-schedule", **JANUARY, cohort=2025)["cohort"] == "2025"


def test_another_cohort_takes_the_same_schedule(ashdown: Client):
    one = act(
        ashdown, MOVED_HERE, "change-schedule", **COURSE, schedule_identifier="ecf-standard-september", cohort="2026"
    )
    assert (one["cohort"], one["schedule_identifier"]) == ("2026", "ecf-standard-september")
    assert MOVED_HERE in ashdown.ids("/participants", "filter[cohort]=2026&page[per_page]=3000")
    assert MOVED_HERE not in ashdown.ids("/participants", "filter[cohort]=2025&page[per_page]=3000")


def test_another_cohort_keeps_the_delivery_partner_where_it_can(ashdown: Client):
    before = attributes_of(ashdown, MOVED_HERE)["ecf_enrolments"][0]["delivery_partner_id"]
    after = act(ashdown, MOVED_HERE, "change-schedule", **JANUARY, cohort="2026")
    assert after["delivery_partner_id"] == before


def test_another_cohort_takes_its_own_delivery_partner_otherwise(ashdown: Client):
    partnership = cohort_of(ashdown, PRIYA, "2025", "riverside-hub")
    after = act(ashdown, PRIYA, "change-schedule", **JANUARY, cohort="2025")
    assert after["delivery_partner_id"] == partnership["attributes"]["delivery_partner_id"]
    assert ashdown.get(f"/partnerships/{partnership['id']}")["attributes"]["participants_currently_training"] == 1


def test_another_cohort_shows_in_what_the_school_chose(ashdown: Client):
    partnership = cohort_of(ashdown, PRIYA, "2025")["attributes"]
    where = f"/schools/{partnership['school_id']}", "filter[cohort]=2025"
    assert ashdown.get(*where)["attributes"]["induction_programme_choice"] == "not_yet_known"
    ashdown.at = TOMORROW
    act(ashdown, PRIYA, "change-schedule", **JANUARY, cohort="2025")
    after = ashdown.get(*where)["attributes"]
    assert (after["induction_programme_choice"], after["updated_at"]) == ("provider_led", TOMORROW)


def test_leaving_a_frozen_cohort_is_remembered_until_the_way_back(ashdown: Client):
    extended = {**COURSE, "schedule_identifier": "ecf-extended-september"}
    one = act(ashdown, FROZEN, "change-schedule", **extended, cohort="2024")
    assert one["cohort_changed_after_payments_frozen"] is True
    ashdown.at = TOMORROW
    back = act(ashdown, FROZEN, "change-schedule", **extended, cohort="2022")
    assert (back["cohort"], back["cohort_changed_after_payments_frozen"]) == ("2022", False)
    assert refused(ashdown, FROZEN, "change-schedule", **JANUARY) == [IS_FROZEN]


def test_whoever_left_a_frozen_cohort_can_go_back_to_it(ashdown: Client):
    assert act(ashdown, MOVED_FROM_FROZEN, "change-schedule", **JANUARY, cohort="2022")["cohort"] == "2022"


def test_before_a_cohort_was_frozen_its_participants_move_freely(ashdown: Client):
    ashdown.at = "2025-06-14T12:00:00Z"
    assert act(ashdown, FROZEN, "change-schedule", **JANUARY)["schedule_identifier"] == "ecf-standard-january"


def test_an_ect_who_completed_induction_can_still_be_reduced(ashdown: Client):
    before = attributes_of(ashdown, COMPLETED)["ecf_enrolments"][0]
    after = act(ashdown, COMPLETED, "change-schedule", **COURSE, schedule_identifier="ecf-reduced-september")
    assert after == before | {"schedule_identifier": "ecf-reduced-september"}


def test_a_mentor_can_get_a_replacement_schedule(ashdown: Client):
    given = {"course_identifier": "ecf-mentor", "schedule_identifier": "ecf-replacement-january"}
    assert act(ashdown, MENTOR, "change-schedule", **given)["schedule_identifier"] == "ecf-replacement-january"


def test_a_second_change_on_one_day_edits_the_first(ashdown: Client):
    act(ashdown, PRIYA, "change-schedule", **JANUARY)
    after = act(ashdown, PRIYA, "change-schedule", **COURSE, schedule_identifier="ecf-extended-april")
    assert after["schedule_identifier"] == "ecf-extended-april"


def declared_on_an_extended_schedule(client: Client) -> None:
    act(client, PRIYA, "change-schedule", **COURSE, schedule_identifier="ecf-extended-september")
    client.done("POST", "/participant-declarations", **COURSE, participant_id=PRIYA, declaration_type="extended-1",
                declaration_date="2026-09-15T08:00:00Z", evidence_held="other")  # fmt: skip


def test_a_declaration_fits_a_schedule_that_has_no_milestone_of_its_type(ashdown: Client):
    declared_on_an_extended_schedule(ashdown)
    assert act(ashdown, PRIYA, "change-schedule", **JANUARY)["schedule_identifier"] == "ecf-standard-january"


def test_a_declaration_outside_the_milestone_of_the_new_schedule_prevents_the_change(ashdown: Client):
    declared_on_an_extended_schedule(ashdown)
    rescheduled = {**COURSE, "schedule_identifier": "ecf-extended-january"}
    assert refused(ashdown, PRIYA, "change-schedule", **rescheduled) == [INVALIDATES]


def test_declarations_stay_with_the_training_they_were_made_for(ashdown: Client):
    before = ashdown.get("/participant-declarations", f"filter[participant_id]={PRIYA}")
    act(ashdown, PRIYA, "change-schedule", **JANUARY)
    assert ashdown.get("/participant-declarations", f"filter[participant_id]={PRIYA}") == before


def test_a_partnership_counts_who_trains_through_their_last_day(ashdown: Client):
    urn = attributes_of(ashdown, PRIYA)["ecf_enrolments"][0]["school_urn"]
    act(ashdown, PRIYA, "withdraw", **WITHDRAW)

    def partnership() -> Any:
        return next(
            p["attributes"]
            for p in ashdown.get("/partnerships", "page[per_page]=3000")
            if p["attributes"]["urn"] == urn
        )

    assert partnership()["participants_currently_training"] == 1
    ashdown.at = "2026-09-16T00:02:00Z"
    assert partnership()["participants_currently_training"] == 0
    assert partnership()["updated_at"] == "2026-09-16T00:01:00Z"


def test_time_moves_a_partnership_when_training_starts_or_has_ended(ashdown: Client):
    partnership = cohort_of(ashdown, PRIYA, "2025")["id"]
    act(ashdown, PRIYA, "change-schedule", **JANUARY, cohort="2025")
    ashdown.at = "2026-09-18T12:00:00Z"
    act(ashdown, PRIYA, "withdraw", **WITHDRAW)
    stamps = {
        "2026-09-18T13:00:00Z": "2026-09-15T09:00:00Z",
        "2026-09-19T00:00:59Z": "2026-09-15T09:00:00Z",
        "2026-09-19T00:01:00Z": "2026-09-19T00:01:00Z",
        "2027-01-01T00:00:00Z": "2026-09-19T00:01:00Z",
    }
    for at, expected in stamps.items():
        ashdown.at = at
        assert ashdown.get(f"/partnerships/{partnership}")["attributes"]["updated_at"] == expected


@pytest.mark.parametrize(
    ("start", "moment", "moved"),
    [
        pytest.param("2026-09-15", "2026-09-15T00:00:30Z", True, id="recorded in time on the first day"),
        pytest.param("2026-09-15", "2026-09-15T09:00:00Z", False, id="recorded later on the first day"),
        pytest.param("2026-09-07", "2026-09-15T09:00:00Z", False, id="recorded after the first day"),
    ],
)
def test_training_that_is_recorded_late_changes_the_number_of_a_partnership_alone(
    ashdown: Client, start: str, moment: str, *, moved: bool
):
    before = ashdown.get(f"/partnerships/{PARTNERED}")["attributes"]
    register_ = {"participant_type": "ect", "school_id": before["school_id"], "start_date": start,
                 "lead_provider": "Ashdown Teaching Partnership"}  # fmt: skip
    school_acts(ashdown.app, "school/register-participant", at=moment, **register_)
    ashdown.at = "2026-09-15T10:00:00Z"
    after = ashdown.get(f"/partnerships/{PARTNERED}")["attributes"]
    assert after["participants_currently_training"] == before["participants_currently_training"] + 1
    assert after["updated_at"] == ("2026-09-15T00:01:00Z" if moved else before["updated_at"])


def test_training_that_ended_in_the_past_changes_the_number_of_a_partnership_alone(ashdown: Client):
    partnership = cohort_of(ashdown, PRIYA, "2025")["id"]
    act(ashdown, PRIYA, "change-schedule", **JANUARY, cohort="2025")
    ashdown.at = "2026-09-18T12:00:00Z"
    school_acts(ashdown.app, "school/report-leaver", at=ashdown.at, participant_id=PRIYA, participant_type="ect",
                date="2026-09-16")  # fmt: skip
    shown_now = ashdown.get(f"/partnerships/{partnership}")["attributes"]
    assert (shown_now["participants_currently_training"], shown_now["updated_at"]) == (0, NOW)


def test_lists_of_partnerships_go_by_what_time_moved(ashdown: Client):
    ashdown.at = "2026-10-13T00:01:00Z"
    found = ashdown.get("/partnerships", "filter[updated_since]=2026-10-13T00:01:00Z")
    assert found
    assert {p["attributes"]["updated_at"] for p in found} == {"2026-10-13T00:01:00Z"}
    ordered = ashdown.get("/partnerships", "sort=-updated_at&page[per_page]=3000")
    assert {p["id"] for p in ordered[: len(found)]} == {p["id"] for p in found}
    stamps = [p["attributes"]["updated_at"] for p in ordered]
    assert stamps == sorted(stamps, reverse=True)
    pages = [
        p
        for n in range(1, 9)
        for p in ashdown.get("/partnerships", f"sort=-updated_at&page[per_page]=10&page[page]={n}")
    ]
    assert pages == ordered[: len(pages)]
    ashdown.at = "2026-10-13T00:00:59Z"
    assert ashdown.get("/partnerships", "filter[updated_since]=2026-10-13T00:00:00Z") == []


def test_the_same_requests_give_the_same_answers_in_another_world_of_the_same_seed():
    def story() -> list[Any]:
        ashdown = client(sandbox())
        act(ashdown, DEFERRED, "resume", **COURSE)
        act(ashdown, PRIYA, "change-schedule", **JANUARY)
        return ashdown.get("/participants", "page[per_page]=3000")

    assert story() == story()
