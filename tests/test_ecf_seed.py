"""What a world of the early career framework starts with."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from itertools import product
from typing import Any

import msgspec
import pytest
from client import Client, lead_provider
from ecf_client import default_sandbox, ecf

from lp_contract.contract import load
from lp_sandbox.ecf import seed
from lp_sandbox.ecf.challenge_deadline import challenge_deadline
from lp_sandbox.ecf.people import History, trainees_of
from lp_sandbox.ecf.records import (
    KINDS,
    LASTING,
    Contract,
    EcfCohort,
    EcfDeclaration,
    EcfParticipant,
    EcfPartnership,
    EcfSchool,
    EcfTrainee,
    LeadProviderUser,
    Profile,
    ProgrammeChoice,
    Removal,
)
from lp_sandbox.ecf.schools import NOT_YET_KNOWN, with_eligibility
from lp_sandbox.programme.records import (
    IdChange,
    Mentorship,
    Milestone,
    Pairing,
    SchoolPeriod,
    Statement,
    TrainingPeriod,
)
from lp_sandbox.register import seed as register_seed
from lp_sandbox.register.records import KINDS as REGISTER_KINDS
from lp_sandbox.worlds.records import FOREVER, Record, table_of
from lp_sandbox.worlds.store import Layout

SEEDS = load("ecf").seeds
PENHALLOW = SEEDS["lead-providers"][0]["id"]
FIRST_DAY, CLOCK, LAST_DAY = "2025-06-01", SEEDS["world"]["clock"][:10], "2026-03-31"
DAYS = (FIRST_DAY, "2025-09-14", "2025-09-15", CLOCK, "2026-01-01", LAST_DAY)


@cache
def world(size: str = "small", number: int = 0, today: str = CLOCK) -> tuple[Record, ...]:
    return tuple(seed.records(SEEDS, size, number, today))


def of(kind: type[Any], records: Iterable[Record] = ()) -> list[Any]:
    return [record for record in records or world() if type(record) is kind]


def test_worlds_of_both_editions_fit_into_one_store():
    kinds = Layout(tuple(dict.fromkeys((*REGISTER_KINDS, *KINDS)))).kinds
    assert set(kinds) == {*REGISTER_KINDS, *KINDS}


def test_a_world_holds_all_records_that_last():
    assert {type(record) for record in world()} >= set(LASTING)


@pytest.mark.parametrize("size", ["small", "standard"])
def test_the_same_size_and_seed_give_the_same_records(size: str):
    assert tuple(seed.records(SEEDS, size, 0, CLOCK)) == world(size)


@pytest.mark.parametrize("size", ["small", "standard"])
@pytest.mark.parametrize("today", DAYS)
def test_no_two_records_have_the_same_key(size: str, today: str):
    records = world(size, 0, today)
    for columns in ("key", "unique"):
        for record in records:
            assert type(record) in KINDS
        keys = Counter(
            (type(r), *(getattr(r, column) for column in key))
            for r in records
            for key in (table_of(type(r)).unique if columns == "unique" else (table_of(type(r)).key,))
        )
        assert {key for key, count in keys.items() if count > 1} == set()


def test_another_seed_gives_other_ids():
    fixed = {entry["id"] for entry in SEEDS["schools"]}
    fixed |= {p["id"] for scenario in SEEDS["scenarios"] for p in scenario["people"].values() if "id" in p}
    assert {r.id for kind in (EcfSchool, EcfParticipant) for r in of(kind)} & {
        r.id for kind in (EcfSchool, EcfParticipant) for r in of(kind, world("small", 1))
    } == fixed


def test_no_id_is_one_of_the_other_edition():
    others = register_seed.records(load("register").seeds, "small", 0, "2026-09-15")
    assert not {getattr(r, "id", None) for r in world()} & {getattr(r, "id", "") for r in others}


@pytest.mark.parametrize("today", DAYS)
def test_nothing_was_recorded_in_the_future(today: str):
    stamps = (
        getattr(record, column)
        for record in world("small", 0, today)
        for column in ("created_at", "updated_at", "challenged_at", "removed_at", "changed_at", "reported_at")
        if getattr(record, column, None)
    )
    assert max(stamps) <= f"{today}T00:00:00Z"


def test_there_are_60_schedules_with_404_milestones():
    milestones = of(Milestone)
    assert len(milestones) == 404
    assert len({(m.cohort, m.schedule) for m in milestones}) == 60


@pytest.mark.parametrize(
    ("cohort", "schedule", "declaration_type", "days"),
    [
        (2021, "ecf-standard-september", "retained-1", ("2021-09-01", "2022-01-31")),
        (2021, "ecf-standard-april", "completed", ("2024-01-01", "2024-03-31")),
        (2024, "ecf-standard-january", "retained-3", ("2026-01-01", "2026-03-31")),
        (2024, "ecf-extended-april", "extended-3", ("2025-04-01", FOREVER)),
        (2025, "ecf-standard-april", "completed", ("2025-07-01", FOREVER)),
        (2025, "ecf-replacement-january", "started", ("2026-01-01", FOREVER)),
    ],
)
def test_milestones_are_those_of_the_service(cohort: int, schedule: str, declaration_type: str, days: tuple[str, str]):
    (found,) = [
        m for m in of(Milestone) if (m.cohort, m.schedule, m.declaration_type) == (cohort, schedule, declaration_type)
    ]
    assert (found.starts_on, found.ends_on) == days


def test_the_standard_schedule_of_january_2021_has_no_milestone_for_completed():
    types = [m.declaration_type for m in of(Milestone) if (m.cohort, m.schedule) == (2021, "ecf-standard-january")]
    assert types == ["started", "retained-1", "retained-2", "retained-3", "retained-4"]


def test_every_lead_provider_has_the_statements_of_each_of_its_cohorts():
    counted = Counter((s.lead_provider_id, s.cohort) for s in of(Statement))
    wanted = {2021: 34, 2022: 33, 2023: 34, 2024: 31, 2025: 31}
    assert counted == {(p["id"], year): wanted[year] for p in SEEDS["lead-providers"] for year in p["cohorts"]}


def test_the_output_fee_statements_that_are_open_in_november_2026_have_corrected_cut_off_dates():
    own = [s for s in of(Statement) if s.lead_provider_id == SEEDS["lead-providers"][0]["id"]]
    open_then = [(s.cohort, s.year, s.month) for s in own if s.output_fee and s.cut_off_date >= "2026-11-22"]
    of_2025 = [(2027, 1), (2027, 4), (2027, 8), (2027, 10), (2028, 1), (2028, 4)]
    assert open_then == [(2024, 2027, 1), (2024, 2027, 4), *((2025, *month) for month in of_2025)]


def test_the_first_statement_of_2021_is_cut_off_and_paid_in_its_own_month():
    (found,) = {
        (s.cut_off_date, s.payment_date) for s in of(Statement) if (s.cohort, s.year, s.month) == (2021, 2021, 11)
    }
    assert found == ("2021-11-30", "2021-11-30")


@pytest.mark.parametrize("size", ["small", "standard"])
@pytest.mark.parametrize(("cohort", "wanted"), [(2025, 60), (2024, 20), (2023, 20), (2022, 20), (2021, 20)])
def test_there_are_free_schools_in_every_cohort(size: str, cohort: int, wanted: int):
    records = world(size)
    taken = {p.school_id for p in of(EcfPartnership, records) if p.cohort in (cohort, cohort - 1)}
    free = [s for s in of(EcfSchool, records) if s.eligible and s.id not in taken]
    assert len(free) >= wanted


def test_a_school_has_one_unchallenged_ordinary_partnership_in_a_cohort():
    ordinary = Counter(
        (p.school_id, p.cohort) for p in of(EcfPartnership) if not p.relationship and not p.challenged_at
    )
    assert max(ordinary.values()) == 1


def test_delivery_partners_work_with_the_lead_providers_of_their_partnerships():
    pairs = {(p.lead_provider_id, p.delivery_partner_id, p.cohort) for p in of(Pairing)}
    assert {(p.lead_provider_id, p.delivery_partner_id, p.cohort) for p in of(EcfPartnership)} <= pairs


def test_delivery_partners_are_shared_and_unshared():
    counted = Counter(partner for _, partner in {(p.lead_provider_id, p.delivery_partner_id) for p in of(Pairing)})
    assert {1, len(SEEDS["lead-providers"])} <= set(counted.values())


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("has_choice", [True, False])
def test_schools_were_partnered_in_2024_and_have_not_chosen_a_programme_for_2025(own: bool, has_choice: bool):  # noqa: FBT001
    you = SEEDS["lead-providers"][0]["id"]
    choices = {(c.school_id, c.cohort): c.choice for c in of(ProgrammeChoice)}
    before = [p for p in of(EcfPartnership) if p.cohort == 2024 and (p.lead_provider_id == you) == own]
    expected = NOT_YET_KNOWN if has_choice else None
    assert [p for p in before if choices.get((p.school_id, 2025)) == expected]


def test_every_lead_provider_has_a_user_and_its_contracts():
    providers = {p["id"]: set(p["cohorts"]) for p in SEEDS["lead-providers"]}
    assert {user.lead_provider_id for user in of(LeadProviderUser)} == set(providers)
    assert {(c.lead_provider_id, c.cohort) for c in of(Contract)} == {(p, y) for p, ys in providers.items() for y in ys}


def test_choices_name_the_partnership_of_their_school_and_cohort():
    partnerships = {p.id: p for p in of(EcfPartnership)}
    for choice in filter(lambda c: c.default_partnership_id, of(ProgrammeChoice)):
        partnership = partnerships[choice.default_partnership_id]
        assert (partnership.school_id, partnership.cohort) == (choice.school_id, choice.cohort)
        assert not partnership.relationship


@pytest.mark.parametrize("today", DAYS)
def test_every_training_period_lies_within_its_time_at_school(today: str):
    records = world("small", 0, today)
    partnerships = {p.id: p for p in of(EcfPartnership, records)}
    times = {time.id: time for time in of(SchoolPeriod, records)}
    for period in of(TrainingPeriod, records):
        at_school = times[period.school_period_id]
        assert at_school.started_on <= period.started_on <= period.finished_on <= at_school.finished_on
        assert (at_school.participant_id, at_school.school_id) == (period.participant_id, period.school_id)
        if period.partnership_id:
            under = partnerships[period.partnership_id]
            expected = under.school_id, under.cohort, under.lead_provider_id
            assert (period.school_id, period.cohort, period.lead_provider_id) == expected


def test_trainees_are_what_the_training_periods_say():
    challenged = {p.id for p in of(EcfPartnership) if p.challenged_at}
    histories = {person.id: History(person) for person in of(EcfParticipant)}
    for kind, part in ((Profile, "profiles"), (SchoolPeriod, "school_periods"), (TrainingPeriod, "training_periods")):
        for record in of(kind):
            getattr(histories[record.participant_id], part).append(record)
    expected = {trainee for history in histories.values() for trainee in trainees_of(history, challenged)}
    undocumented = {"document": b"", "good_from": "", "good_until": ""}
    assert {msgspec.structs.replace(each, **undocumented) for each in of(EcfTrainee)} == expected


def test_every_address_is_made_up():
    addresses = {
        getattr(r, c) for r in world() for c in ("email", "primary_email", "induction_tutor_email") if hasattr(r, c)
    }
    assert {address.rpartition("@")[2] for address in addresses - {None}} == {"example.com"}


def test_mentors_removals_and_changes_of_id_belong_to_people_of_the_world():
    people, times = {p.id for p in of(EcfParticipant)}, {s.id for s in of(SchoolPeriod)}
    assert {m.mentor_id for m in of(Mentorship)} <= people
    assert {r.school_period_id for r in of(Removal)} <= times
    assert {i.to_participant_id for i in of(IdChange)} <= people


@pytest.mark.parametrize("size", ["small", "standard"])
def test_a_world_is_soon_made(size: str):
    started = time.process_time()
    list(seed.records(SEEDS, size, 7, CLOCK))
    assert time.process_time() - started < {"small": 0.3, "standard": 1}[size]


@pytest.mark.parametrize(
    ("cohort", "reported_at", "deadline"),
    [
        (2023, "2023-05-01T10:00:00Z", "2023-09-15T00:00:00Z"),
        (2023, "2023-10-25T10:00:00Z", "2023-11-08T10:00:00Z"),
        (2022, "2023-05-01T10:00:00Z", "2023-05-15T10:00:00Z"),
    ],
)
def test_the_challenge_deadline_is_14_days_after_confirmation_or_the_start_of_the_year(
    cohort: int, reported_at: str, deadline: str
):
    cohorts = {each.year: each for each in of(EcfCohort)}
    assert challenge_deadline(cohorts[cohort], reported_at) == deadline


ELIGIBLE, INELIGIBLE, CORE_ONLY = (True, False), (False, False), (False, True)
ACADEMY, INDEPENDENT, FURTHER_EDUCATION = 28, 11, 18


@pytest.mark.parametrize(
    ("status", "district", "type_code", "section_41", "expected"),
    [
        (1, "E08000001", ACADEMY, False, ELIGIBLE),
        (3, "e08000001", ACADEMY, False, ELIGIBLE),
        (1, "9999", FURTHER_EDUCATION, False, ELIGIBLE),
        (2, "E08000001", ACADEMY, False, INELIGIBLE),
        (1, "W06000001", ACADEMY, False, INELIGIBLE),
        (1, "E08000001", 25, False, INELIGIBLE),
        (1, "E08000001", INDEPENDENT, False, CORE_ONLY),
        (1, "E08000001", INDEPENDENT, True, ELIGIBLE),
        (2, "E08000001", INDEPENDENT, False, INELIGIBLE),
        (1, "W06000001", 30, False, CORE_ONLY),
        (1, "0", 37, False, CORE_ONLY),
    ],
)
def test_a_school_is_eligible_when_it_is_open_in_england_and_of_a_funded_type(
    status: int,
    district: str,
    type_code: int,
    section_41: bool,  # noqa: FBT001
    expected: tuple[bool, bool],
):
    facts = {"status_code": status, "district_code": district, "type_code": type_code, "section_41": section_41}
    found = with_eligibility(msgspec.structs.replace(of(EcfSchool)[0], **facts))
    assert (found.eligible, found.core_induction_only) == expected


class DefaultWorld:
    """The world that a sandbox begins with: its records, and what its first lead provider lists."""

    def __init__(self) -> None:
        self.records = world("standard")
        self.penhallow: Client = lead_provider(default_sandbox())
        listed = (each for p in SEEDS["lead-providers"] for each in seed.scenarios_of(SEEDS, 0, p["id"], CLOCK))
        named = {id_ for each in listed for id_ in each["ids"]["participants"].values()}
        self.bulk = [one for one in self.listed("/participants/ecf") if one["id"] not in named]

    def of(self, kind: type[Any]) -> list[Any]:
        return of(kind, self.records)

    def listed(self, path: str) -> list[Any]:
        return list(self.penhallow.get(path, "page[per_page]=3000"))

    def states(self, participants: Collection[str] = ()) -> set[tuple[str, bool]]:
        """The states of declarations, and whether an uplift was paid, of all participants or some."""
        shown = [one["attributes"] for one in self.listed("/participant-declarations")]
        return {
            (each["state"], each["uplift_paid"])
            for each in shown
            if not participants or each["participant_id"] in participants
        }

    def trained_under(self) -> dict[str, list[TrainingPeriod]]:
        found: dict[str, list[TrainingPeriod]] = {}
        for each in self.of(TrainingPeriod):
            found.setdefault(each.partnership_id or "", []).append(each)
        return found


@pytest.fixture(scope="module")
def default() -> DefaultWorld:
    return DefaultWorld()


STATES = ecf().contract.document["components"]["schemas"]["DeclarationAttributes"]["properties"]["state"]["enum"]


def test_the_default_world_has_declarations_in_every_state_of_scenarios_and_of_further_people(default: DefaultWorld):
    assert {state for state, _ in default.states()} == set(STATES)
    assert {state for state, _ in default.states({one["id"] for one in default.bulk})} == set(STATES)


def test_the_default_world_has_a_declaration_with_uplift_paid(default: DefaultWorld):
    assert ("paid", True) in default.states()


def test_the_default_world_has_challenged_partnerships_for_all_five_reasons_with_participants(default: DefaultWorld):
    challenged = {p.id: p.challenged_reason for p in default.of(EcfPartnership) if p.challenged_at}
    reasons = {challenged[id_] for id_ in challenged.keys() & default.trained_under().keys()}
    assert reasons == {"another_provider", "not_confirmed", "do_not_recognise", "no_ects", "mistake"}


def test_the_default_world_has_relationships_that_came_from_transfers(default: DefaultWorld):
    schools = {}
    for time_at_school in default.of(SchoolPeriod):
        schools.setdefault((time_at_school.participant_id, time_at_school.role), []).append(time_at_school.school_id)
    relationships = [p for p in default.of(EcfPartnership) if p.relationship]
    kept = [t for p in relationships for t in default.trained_under().get(p.id, ())]
    assert [t for t in kept if len(schools[t.participant_id, t.role]) > 1]


def test_the_default_world_has_ects_of_a_frozen_cohort_who_can_move_to_2024(default: DefaultWorld):
    frozen = {cohort.year for cohort in default.of(EcfCohort) if cohort.payments_frozen_at}
    billable = {
        d.participant_id for d in default.of(EcfDeclaration) if d.role == "ect" and d.statement_id and not d.retired
    }
    partnered = {
        (p.school_id, p.lead_provider_id)
        for p in default.of(EcfPartnership)
        if p.cohort == 2024 and not p.challenged_at
    }
    own = [t for t in default.of(TrainingPeriod) if t.participant_id in billable and t.cohort in frozen]
    assert [t for t in own if (t.school_id, t.lead_provider_id) in partnered and t.finished_on == FOREVER]


def test_the_default_world_has_somebody_in_both_roles_and_somebody_whose_id_changed(default: DefaultWorld):
    shown = [one["attributes"] for one in default.listed("/participants/ecf")]
    assert [one for one in shown if {e["participant_type"] for e in one["ecf_enrolments"]} == {"ect", "mentor"}]
    assert [one for one in shown if one["participant_id_changes"]]


def test_the_default_world_has_complete_and_incomplete_transfers_of_every_type(default: DefaultWorld):
    shown = [t for one in default.listed("/participants/ecf/transfers") for t in one["attributes"]["transfers"]]
    types, statuses = {"new_school", "new_provider", "unknown"}, {"complete", "incomplete"}
    assert {(t["transfer_type"], t["status"]) for t in shown} == set(product(types, statuses))


def test_the_default_world_has_three_unfunded_mentors(default: DefaultWorld):
    assert len(default.listed("/unfunded-mentors/ecf")) == 3


def test_the_default_world_has_about_130_further_active_participants_in_every_cohort(default: DefaultWorld):
    (enrolments,) = zip(*(one["attributes"]["ecf_enrolments"] for one in default.bulk), strict=True)
    assert {(e["training_status"], e["participant_status"]) for e in enrolments} == {("active", "active")}
    assert 115 < len(enrolments) <= 130
    assert {e["cohort"] for e in enrolments} == {"2021", "2022", "2023", "2024", "2025"}
