"""Participants of the early career framework: which a lead provider sees in lists and alone, and in which order."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import ecf_client
import jsonschema_rs
import msgspec
import pytest
from client import Client, traced
from ecf_client import CLOCK, SEEDS, ecf, sandbox

from lp_sandbox.ecf import list_rows, move_to_partnership
from lp_sandbox.ecf.people import History, induction_status, latest, mentor_of
from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfTrainee, Profile, ProgrammeChoice, Removal
from lp_sandbox.ecf.seed import scenarios_of
from lp_sandbox.programme.records import Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.worlds.records import FOREVER
from lp_sandbox.worlds.store import Where

YOU, ANOTHER = (entry["id"] for entry in SEEDS["lead-providers"][:2])
PATH, ALL = "/participants/ecf", "page[per_page]=3000"
LATER = "2025-10-16T10:00:00Z"


@cache
def app() -> Any:
    return sandbox()


@contextmanager
def world() -> Iterator[Client]:
    """A client in a world as it is from the start, which is gone afterwards."""
    start = app().worlds.get("ecf")
    fork = app().worlds.fork(start)
    token = next(each.token for each in app().worlds.tokens(fork) if each.lead_provider_id == YOU)
    yield Client(app(), token)
    app().worlds.remove(fork)


def ids(scenario: str, lead_provider: str = YOU) -> dict[str, str]:
    (found,) = [s for s in scenarios_of(SEEDS, 0, lead_provider, CLOCK[:10]) if s["name"] == scenario]
    return {name: id_ for part in found["ids"].values() for name, id_ in part.items()}


def records(client: Client, kind: type[Any], **where: Any) -> list[Any]:
    opened = client.app.worlds.opened_by(client.token)
    return client.app.worlds._store.find(kind, opened[0].id, *(Where(c, "=", v) for c, v in where.items()))  # noqa: SLF001


def put(client: Client, *changed: Any) -> None:
    opened = client.app.worlds.opened_by(client.token)
    client.app.worlds._store.put(opened[0].id, *changed)  # noqa: SLF001


class Now:
    """The parts of a call that changes of participants use."""

    def __init__(self, client: Client, stamp: str = LATER) -> None:
        self.world = client.app.worlds.opened_by(client.token)[0]
        self.store = client.app.worlds._store  # noqa: SLF001
        self.stamp, self.today = stamp, stamp[:10]


def enrolment(client: Client, id_: str, which: int = 0) -> Any:
    return client.get(f"{PATH}/{id_}")["attributes"]["ecf_enrolments"][which]


def test_a_participant_has_the_attributes_of_the_service_in_its_order():
    with world() as client:
        answer = client.send("GET", f"/api/v3{PATH}/{ids('ect-in-training')['ect']}")
    data = json.loads(answer.body)["data"]
    assert list(data) == ["id", "type", "attributes"]
    assert list(data["attributes"]) == [
        "full_name",
        "teacher_reference_number",
        "updated_at",
        "ecf_enrolments",
        "participant_id_changes",
    ]
    assert list(data["attributes"]["ecf_enrolments"][0]) == [
        "training_record_id",
        "email",
        "mentor_id",
        "school_urn",
        "participant_type",
        "cohort",
        "training_status",
        "participant_status",
        "teacher_reference_number_validated",
        "eligible_for_funding",
        "pupil_premium_uplift",
        "sparsity_uplift",
        "schedule_identifier",
        "validation_status",
        "delivery_partner_id",
        "withdrawal",
        "deferral",
        "created_at",
        "induction_end_date",
        "mentor_funding_end_date",
        "cohort_changed_after_payments_frozen",
        "mentor_ineligible_for_funding_reason",
    ]


def test_a_list_holds_the_trainees_of_the_lead_provider_and_nobody_else():
    with world() as client:
        listed = client.ids(PATH, ALL)
        own = {t.participant_id for t in records(client, EcfTrainee, lead_provider_id=YOU)}
        others = {t.participant_id for t in records(client, EcfTrainee)} - own
        assert set(listed) == own
        assert len(listed) == len(own)
        assert [client.send("GET", f"/api/v3{PATH}/{id_}").status for id_ in sorted(others)[:3]] == [404, 404, 404]


@pytest.mark.parametrize(
    ("sort", "column", "descending"),
    [
        ("", "created_at", False),
        ("&sort=-created_at", "created_at", True),
        ("&sort=updated_at", "updated_at", False),
        ("&sort=-updated_at", "updated_at", True),
        ("&sort=full_name", "created_at", False),
    ],
)
def test_a_list_is_in_the_requested_order(sort: str, column: str, descending: bool):  # noqa: FBT001
    with world() as client:
        by_id = {each.id: getattr(each, column) for each in records(client, EcfParticipant)}
        stamps = [by_id[id_] for id_ in client.ids(PATH, ALL + sort)]
    assert stamps == sorted(stamps, reverse=descending)
    assert len(set(stamps)) > 5


def test_pages_together_are_the_list():
    with world() as client:
        whole = client.ids(PATH, ALL)
        pages = [client.ids(PATH, f"page[page]={number}&page[per_page]=7") for number in range(1, len(whole) // 7 + 3)]
    assert [id_ for page in pages for id_ in page] == whole
    assert pages[-1] == []


@pytest.mark.parametrize("status", ["active", "deferred", "withdrawn"])
def test_a_filter_of_training_status_finds_those_with_an_enrolment_in_it(status: str):
    with world() as client:
        everybody = client.get(PATH, ALL)
        found = client.ids(PATH, f"{ALL}&filter[training_status]={status}")
    statuses = {each["id"]: {e["training_status"] for e in each["attributes"]["ecf_enrolments"]} for each in everybody}
    assert found == [id_ for id_, own in statuses.items() if status in own]
    assert found


def test_an_unknown_training_status_is_refused_before_a_wrong_page_and_after_a_wrong_time():
    with world() as client:
        for query, problem in (
            ("filter[training_status]=left&page[page]=0", "training_status_is_known"),
            ("filter[training_status]=left&filter[updated_since]=x", "updated_since_is_a_time"),
        ):
            answer = client.send("GET", f"/api/v3{PATH}", query)
            assert answer.status == 400
            detail = json.loads(answer.body)["errors"][0]["detail"]
            assert detail == ecf().contract.problems[problem].detail


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("filter[cohort]=2025", 200),
        ("filter[cohort]=2024,2025", 200),
        ("filter[cohort]=2021", 404),
        ("filter[training_status]=deferred", 404),
        ("filter[training_status]=left", 400),
        ("filter[updated_since]=2999-01-01T00:00:00Z", 404),
        ("filter[updated_since]=nonsense", 400),
        ("filter[from_participant_id]=nonsense", 404),
    ],
)
def test_the_filters_of_the_list_apply_to_a_show(query: str, status: int):
    with world() as client:
        answer = client.send("GET", f"/api/v3{PATH}/{ids('ect-in-training')['ect']}", query)
    assert answer.status == status


def test_an_invalid_cohort_returns_no_results_and_a_blank_one_returns_all():
    with world() as client:
        assert client.ids(PATH, "filter[cohort]=abc") == []
        assert client.ids(PATH, f"{ALL}&filter[cohort]=") == client.ids(PATH, ALL)


def test_participants_with_an_earlier_id_show_every_change_of_it():
    named = ids("participant-with-two-earlier-ids")
    with world() as client:
        changes = client.get(f"{PATH}/{named['ect']}")["attributes"]["participant_id_changes"]
    assert [(each["from_participant_id"], each["to_participant_id"]) for each in changes] == [
        (named["ect-before-1"], named["ect"]),
        (named["ect-before-2"], named["ect"]),
    ]


def challenge(client: Client, partnership_id: str, reason: str = "mistake") -> None:
    """Challenge a partnership, as its school does."""
    (partnership,) = records(client, EcfPartnership, id=partnership_id)
    put(client, msgspec.structs.replace(partnership, challenged_reason=reason, challenged_at=LATER, updated_at=LATER))
    list_rows.record_change_at_school(Now(client), partnership.school_id)


def confirm(client: Client, partnership: EcfPartnership, stamp: str = LATER) -> None:
    """Confirm a partnership again, or a new one, as its lead provider does."""
    confirmed = msgspec.structs.replace(
        partnership, challenged_reason=None, challenged_at=None, updated_at=stamp, report_id=f"report-{stamp}"
    )
    put(client, confirmed)
    move_to_partnership.move_to_partnership(Now(client, stamp), confirmed)


def test_participants_disappear_after_a_challenge_and_return_when_the_partnership_is_confirmed_again():
    named = ids("ect-in-training")
    with world() as client:
        before = enrolment(client, named["ect"])
        challenge(client, named["here-mine"])
        assert client.send("GET", f"/api/v3{PATH}/{named['ect']}").status == 404
        assert not {named["ect"], named["mentor"]} & set(client.ids(PATH, ALL))
        confirm(client, *records(client, EcfPartnership, id=named["here-mine"]))
        assert {named["ect"], named["mentor"]} <= set(client.ids(PATH, ALL))
        assert enrolment(client, named["ect"]) == before


def test_a_challenge_updates_every_participant_of_the_school_and_no_training():
    named = ids("ect-in-training")
    with world() as client:
        training = records(client, TrainingPeriod, participant_id=named["ect"])
        challenge(client, named["here-mine"])
        touched = {p.updated_at for n in ("ect", "mentor") for p in records(client, EcfParticipant, id=named[n])}
        assert touched == {LATER}
        assert records(client, TrainingPeriod, participant_id=named["ect"]) == training


def other(client: Client, partnership_id: str, lead_provider_id: str = ANOTHER) -> EcfPartnership:
    """A partnership like another, with another lead provider."""
    (mine,) = records(client, EcfPartnership, id=partnership_id)
    return msgspec.structs.replace(mine, id=f"new-{lead_provider_id}", lead_provider_id=lead_provider_id)


def test_participants_of_a_challenged_partnership_move_to_the_next_one():
    named = ids("ect-in-training")
    with world() as client:
        challenge(client, named["here-mine"])
        confirm(client, other(client, named["here-mine"]))
        before, after = sorted(records(client, TrainingPeriod, participant_id=named["ect"]), key=lambda t: t.started_on)
        assert (before.finished_on, before.partnership_id) == (LATER[:10], named["here-mine"])
        assert (after.started_on, after.finished_on, after.lead_provider_id) == (LATER[:10], FOREVER, ANOTHER)
        assert {t.lead_provider_id for t in records(client, EcfTrainee, participant_id=named["ect"])} == {ANOTHER}
        (choice,) = records(client, ProgrammeChoice, school_id=named["here"], cohort=2025)
        assert choice.default_partnership_id == f"new-{ANOTHER}"


def test_participants_can_move_twice_in_a_day_and_back():
    named = ids("ect-in-training")
    with world() as client:
        challenge(client, named["here-mine"])
        confirm(client, other(client, named["here-mine"]), "2025-10-16T10:00:01Z")
        challenge(client, f"new-{ANOTHER}")
        confirm(client, *records(client, EcfPartnership, id=named["here-mine"]), "2025-10-16T10:00:02Z")
        assert len(records(client, TrainingPeriod, participant_id=named["ect"])) == 3
        client.at = LATER
        assert enrolment(client, named["ect"])["participant_status"] == "active"


def test_training_that_has_not_started_moves_without_ending():
    named = ids("ect-joining-next-month")
    with world() as client:
        challenge(client, named["here-mine"])
        confirm(client, other(client, named["here-mine"]))
        (training,) = records(client, TrainingPeriod, participant_id=named["ect"])
        assert (training.lead_provider_id, training.finished_on) == (ANOTHER, FOREVER)


@pytest.mark.parametrize("scenario", ["removed-ect", "ect-leaving-next-month"])
def test_participants_who_leave_or_were_removed_do_not_move(scenario: str):
    named = ids(scenario)
    with world() as client:
        training = records(client, TrainingPeriod, participant_id=named["ect"])
        challenge(client, named["here-mine"])
        confirm(client, other(client, named["here-mine"]))
        assert records(client, TrainingPeriod, participant_id=named["ect"]) == training


def test_a_participant_under_a_relationship_stays_there_when_the_school_has_a_new_partnership():
    named = ids("participant-who-kept-you")
    with world() as client:
        confirm(client, msgspec.structs.replace(other(client, named["before-mine"]), school_id=named["here"]))
        assert enrolment(client, named["ect"])["participant_status"] == "active"


def test_a_participant_is_shown_once_dfe_has_validated_the_details():
    named = ids("ect-not-validated")
    with world() as client:
        (profile,) = records(client, Profile, participant_id=named["ect"])
        put(client, msgspec.structs.replace(profile, eligibility="eligible", eligibility_reason="none"))
        list_rows.record_change(Now(client), [named["ect"]])
        assert enrolment(client, named["ect"])["eligible_for_funding"] is True
        assert named["ect"] in client.ids(PATH, f"filter[updated_since]={LATER}")


def test_a_validated_ect_is_shown_without_an_enrolment_as_a_mentor_that_is_not_validated():
    named = ids("ect-who-became-a-mentor")
    with world() as client:
        (profile,) = records(client, Profile, participant_id=named["both"], role="mentor")
        put(client, msgspec.structs.replace(profile, eligibility=None, eligibility_reason=None))
        list_rows.record_change(Now(client), [named["both"]])
        shown = client.get(f"{PATH}/{named['both']}")["attributes"]["ecf_enrolments"]
        assert [each["participant_type"] for each in shown] == ["ect"]


@pytest.mark.parametrize(
    ("scenario", "who", "at", "status"),
    [
        ("ect-joining-next-month", "ect", "2025-11-11T12:00:00Z", "joining"),
        ("ect-joining-next-month", "ect", "2025-11-12T00:00:00Z", "active"),
        ("ect-leaving-next-month", "ect", "2025-11-11T12:00:00Z", "leaving"),
        ("ect-leaving-next-month", "ect", "2025-11-12T00:00:00Z", "left"),
        ("removed-ect", "ect", "2026-11-12T00:00:00Z", "withdrawn"),
    ],
)
def test_time_moves_the_status_of_a_participant(scenario: str, who: str, at: str, status: str):
    with world() as client:
        client.at = at
        assert enrolment(client, ids(scenario)[who])["participant_status"] == status


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("ect-in-training", ["active"]),
        ("ect-leaving-next-month", ["leaving"]),
        ("removed-ect", ["withdrawn"]),
        ("ect-who-left-a-frozen-cohort", ["changed", "active"]),
        ("participant-who-kept-you", ["leaving", "active"]),
        ("challenged-and-taken-by-another-provider", ["changed", "active"]),
    ],
)
def test_the_status_of_an_induction_record_is_derived(scenario: str, status: list[str]):
    id_ = ids(scenario)["ect"]
    with world() as client:
        (person,) = records(client, EcfParticipant, id=id_)
        kinds = (Profile, SchoolPeriod, TrainingPeriod, Removal)
        own = {kind: records(client, kind, participant_id=id_) for kind in kinds}
    history = History(person, own[Profile], own[SchoolPeriod], own[TrainingPeriod], removals=own[Removal])
    in_order = sorted(own[TrainingPeriod], key=lambda training: training.started_on)
    assert [induction_status(history, training) for training in in_order] == status


def test_the_completed_induction_of_an_ect_counts_as_active():
    id_ = ids("ect-who-became-a-mentor")["both"]
    with world() as client:
        (person,) = records(client, EcfParticipant, id=id_)
        own = {kind: records(client, kind, participant_id=id_) for kind in (Profile, SchoolPeriod, TrainingPeriod)}
        (ect,) = [each for each in own[TrainingPeriod] if each.role == "ect"]
        history = History(person, own[Profile], own[SchoolPeriod], own[TrainingPeriod])
        assert induction_status(history, ect) == "completed"
        assert enrolment(client, id_)["participant_status"] == "active"


@pytest.mark.parametrize(
    ("at", "most"),
    [
        pytest.param(None, 4, id="stored documents"),
        pytest.param("2028-09-01T09:00:00Z", 16, id="documents that are rendered again"),
    ],
)
@pytest.mark.parametrize("number", [1, 50])
def test_a_list_takes_few_queries_however_long_it_is(number: int, at: str | None, most: int):
    with world() as client, traced(client.app) as statements:
        dataclasses.replace(client, at=at).get(PATH, f"page[per_page]={number}")
    assert 0 < len([each for each in statements if each.startswith("SELECT")]) <= most


@pytest.mark.parametrize("lead_provider", [entry["name"] for entry in SEEDS["lead-providers"]])
def test_every_participant_fits_the_contract(lead_provider: str):
    schema = (
        ecf().contract.operations["getParticipants"].responses["200"]["content"]["application/vnd.api+json"]["schema"]
    )
    client = ecf_client.client(app(), lead_provider.capitalize())
    answer = client.send("GET", f"/api/v3{PATH}", ALL)
    assert json.loads(answer.body)["data"]
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(json.loads(answer.body))


def training(started_on: str, finished_on: str) -> TrainingPeriod:
    """A training period of the seeds on other days."""
    with world() as client:
        (found,) = records(client, TrainingPeriod, participant_id=ids("ect-in-training")["ect"])
    return msgspec.structs.replace(found, id=started_on, started_on=started_on, finished_on=finished_on)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([("2024-09-01", "2025-01-01"), ("2025-01-01", FOREVER)], "2025-01-01"),
        ([("2024-09-01", FOREVER), ("2025-01-01", "2025-06-01")], "2024-09-01"),
        ([("2024-09-01", "2026-01-01"), ("2025-01-01", "2025-06-01")], "2025-01-01"),
    ],
)
def test_the_latest_training_has_no_end_or_else_starts_last(days: list[tuple[str, str]], expected: str):
    found = latest([training(*each) for each in days])
    assert found
    assert found.started_on == expected


@pytest.mark.parametrize(
    ("finished_on", "mentored_until", "mentor_id"),
    [
        (FOREVER, FOREVER, "mentor"),
        (FOREVER, "2025-03-01", None),
        ("2025-03-01", "2025-03-01", "mentor"),
        ("2025-03-01", "2025-01-01", None),
    ],
)
def test_the_mentor_shown_is_the_one_at_the_end_of_the_training(
    finished_on: str, mentored_until: str, mentor_id: str | None
):
    period = training("2024-09-01", finished_on)
    with world() as client:
        (person,) = records(client, EcfParticipant, id=period.participant_id)
    mentorship = Mentorship("m", person.id, period.school_period_id, "mentor", "2024-09-01", mentored_until)
    assert mentor_of(History(person, mentorships=[mentorship]), period) == mentor_id
