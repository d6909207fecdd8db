"""The records of a new world: always the same, complete, and as many as its size says."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import pytest
from client import CLOCK, register, sandbox

from lp_sandbox.programme.declaration_states import completes_mentor
from lp_sandbox.programme.people import ParticipantHistory
from lp_sandbox.programme.records import (
    Induction,
    Milestone,
    Participant,
    School,
    SchoolPeriod,
    Statement,
    TrainingPeriod,
)
from lp_sandbox.programme.seed.relative_dates import Almanac
from lp_sandbox.register import seed
from lp_sandbox.register.people import trainees_of
from lp_sandbox.register.records import KINDS, Declaration, Partnership, SchoolCohort, Trainee
from lp_sandbox.worlds.clock import day, parse, start_of
from lp_sandbox.worlds.records import Record, World, table_of

SEEDS = register().contract.seeds
ASHDOWN = SEEDS["lead-providers"][0]["id"]
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TODAY = CLOCK[:10]


def made(number: int) -> World:
    """The world in which so many scenarios were made."""
    return msgspec.structs.replace(without_scenarios(), made=number)


@cache
def without_scenarios() -> World:
    return sandbox().worlds.create("fresh", size="small", is_seeded=False)


@cache
def world(size: str = "standard", number: int = 0) -> tuple[Record, ...]:
    return tuple(seed.records(SEEDS, size, number, TODAY))


def of(records: Iterable[Record], kind: type[Any]) -> list[Any]:
    return [record for record in records if type(record) is kind]


def keys(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    return [(type(r), *(getattr(r, column) for column in table_of(type(r)).key)) for r in records]


@pytest.mark.parametrize("size", ["small", "standard"])
def test_the_same_size_and_seed_give_the_same_records(size: str):
    assert tuple(seed.records(SEEDS, size, 0, TODAY)) == world(size)


def test_another_seed_gives_other_people():
    people = {record.id for record in of(world(), Participant)}
    others = {record.id for record in of(world("standard", 1), Participant)}
    named = {entry["id"] for entry in SEEDS["registrations"]}
    named |= {person["id"] for scenario in SEEDS["scenarios"] for person in scenario["people"].values()}
    assert people & others == named


@pytest.mark.parametrize("size", ["small", "standard"])
def test_no_two_records_have_the_same_key(size: str):
    assert {key for key, count in Counter(keys(world(size))).items() if count > 1} == set()


def test_a_world_holds_records_of_every_kind():
    assert {type(record) for record in world("small")} == set(KINDS)


@pytest.mark.parametrize("kind", [Participant, School])
def test_no_two_people_or_schools_have_the_same_number(kind: type[Any]):
    column = "teacher_reference_number" if kind is Participant else "urn"
    numbers = [getattr(record, column) for record in of(world(), kind)]
    given = [number for number in numbers if number]
    assert len(set(given)) == len(given)


def test_every_address_is_made_up():
    addresses = {period.email for period in of(world(), SchoolPeriod)}
    addresses |= {school.induction_tutor_email for school in of(world(), School)} - {None}
    assert {address.rpartition("@")[2] for address in addresses} == {"example.com"}


def test_every_training_period_lies_within_its_time_at_school():
    times = {time.id: time for time in of(world(), SchoolPeriod)}
    for period in of(world(), TrainingPeriod):
        time = times[period.school_period_id]
        assert time.started_on <= period.started_on <= period.finished_on <= time.finished_on
        assert (time.participant_id, time.role, time.school_id) == (
            period.participant_id,
            period.role,
            period.school_id,
        )


def test_every_training_period_of_a_lead_provider_is_under_its_partnership_if_there_is_one():
    partnerships = {p.id: p for p in of(world(), Partnership)}
    formed = {(p.school_id, p.lead_provider_id, p.cohort) for p in partnerships.values()}
    for period in of(world(), TrainingPeriod):
        place = period.school_id, period.lead_provider_id, period.cohort
        assert (period.partnership_id is not None) == (place in formed)
        if period.partnership_id:
            partnership = partnerships[period.partnership_id]
            assert place == (partnership.school_id, partnership.lead_provider_id, partnership.cohort)


def test_trainees_are_what_the_training_periods_say():
    periods, times, inductions = (_by_participant(kind) for kind in (TrainingPeriod, SchoolPeriod, Induction))
    expected = {
        trainee
        for person in of(world(), Participant)
        for trainee in trainees_of(
            ParticipantHistory(person, *(kind.get(person.id, []) for kind in (times, periods, inductions)))
        )
    }
    bare = {"good_from": "", "good_until": "", "document": b""}
    assert {msgspec.structs.replace(trainee, **bare) for trainee in of(world(), Trainee)} == expected


def _by_participant(kind: type[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for record in of(world(), kind):
        found.setdefault(record.participant_id, []).append(record)
    return found


def test_every_declaration_lies_within_its_milestone():
    milestones = {(m.cohort, m.schedule, m.declaration_type): m for m in of(world(), Milestone)}
    periods = {period.id: period for period in of(world(), TrainingPeriod)}
    for declaration in of(world(), Declaration):
        period = periods[declaration.training_period_id]
        milestone = milestones[period.cohort, period.schedule, declaration.declaration_type]
        assert milestone.starts_on <= declaration.declaration_date[:10] <= milestone.ends_on
        assert declaration.created_at >= declaration.declaration_date


def test_every_declaration_is_in_a_statement_of_its_own_lead_provider_and_cohort():
    statements = {statement.id: statement for statement in of(world(), Statement)}
    for declaration in of(world(), Declaration):
        for id_ in filter(None, (declaration.statement_id, declaration.clawback_statement_id)):
            statement = statements[id_]
            assert (statement.lead_provider_id, statement.cohort) == (
                declaration.lead_provider_id,
                declaration.cohort,
            )


def test_every_lead_provider_has_twelve_statements_for_each_of_its_cohorts():
    counted = Counter((s.lead_provider_id, s.cohort) for s in of(world(), Statement))
    assert counted == {(p["id"], year): 12 for p in SEEDS["lead-providers"] for year in p["cohorts"]}


def test_a_statement_is_cut_off_on_the_last_day_of_the_month_before_and_paid_on_the_25th():
    (found,) = [s for s in of(world(), Statement) if s.id == "f9b6f6f4-38b6-4a16-b271-0a966ba975b7"]
    assert (found.year, found.month, found.cut_off_date, found.payment_date) == (2026, 11, "2026-10-31", "2026-11-25")


@pytest.mark.parametrize("size", ["small", "standard"])
def test_there_are_as_many_bulk_people_as_requested(size: str):
    wanted = SEEDS["world"]["sizes"][size]
    stories = Counter(type(r) for r in _without_bulk_people(size))
    bulk = Counter(type(r) for r in world(size)) - stories
    providers = len(SEEDS["lead-providers"])
    assert bulk[Participant] == providers * wanted["participants"]
    assert bulk[Declaration] == pytest.approx(providers * wanted["declarations"], rel=0.15, abs=15)


def _without_bulk_people(size: str) -> Iterable[Record]:
    world_seeds = SEEDS["world"]
    nobody = world_seeds["sizes"][size] | {"participants": 0, "declarations": 0}
    seeds = dict(SEEDS) | {"world": world_seeds | {"sizes": {size: nobody}}}
    return seed.records(seeds, size, 0, TODAY)


def test_a_large_world_has_a_hundred_thousand_participants_and_four_hundred_thousand_declarations():
    wanted = SEEDS["world"]["sizes"]["large"]
    assert len(SEEDS["lead-providers"]) * wanted["participants"] >= 100_000
    assert len(SEEDS["lead-providers"]) * wanted["declarations"] >= 410_000


def test_some_bulk_people_have_been_both_ect_and_mentor():
    assert any(trainee.ect_cohort and trainee.mentor_cohort for trainee in of(world(), Trainee))


def test_a_standard_world_is_created_quickly():
    started = time.process_time()
    list(seed.records(SEEDS, "standard", 7, TODAY))
    assert time.process_time() - started < 1


@pytest.mark.parametrize("scenario", [scenario["name"] for scenario in SEEDS["scenarios"]])
def test_a_fresh_scenario_is_new_in_all_of_its_records_and_the_same_under_the_same_key(scenario: str):
    provider = next(p["id"] for p in SEEDS["lead-providers"] if _can_have(p, scenario))
    first, again, other = (seed.new_scenario(SEEDS, scenario, provider, made(number), NOW) for number in (1, 1, 2))
    assert first == again
    assert not set(keys(first.records)) & set(keys(other.records))
    assert not set(keys(first.records)) & set(keys(world("small")))


def test_a_fresh_scenario_was_changed_just_now():
    new = seed.new_scenario(SEEDS, "ect-in-training", ASHDOWN, made(1), NOW)
    assert {p.updated_at for p in of(new.records, Participant)} == {"2027-03-01T12:00:00Z"}
    assert {p.updated_at for p in of(new.records, Partnership)} == {"2027-03-01T12:00:00Z"}


def test_the_schools_of_fresh_scenarios_have_urns_of_their_own():
    names = [scenario["name"] for scenario in seed.scenarios_of(SEEDS, 0, ASHDOWN, TODAY)]
    fresh = [seed.new_scenario(SEEDS, name, ASHDOWN, made(number), NOW) for number, name in enumerate(names)]
    urns = [school.urn for records in (*(one.records for one in fresh), world()) for school in of(records, School)]
    assert len(urns) == len(set(urns))


def test_days_of_a_fresh_scenario_are_counted_from_the_day_of_the_clock():
    new = seed.new_scenario(SEEDS, "ect-started-today", ASHDOWN, made(1), NOW)
    assert [period.started_on for period in of(new.records, TrainingPeriod)] == ["2027-03-01"]


@pytest.mark.parametrize("scenario", ["nothing", "ect-in-training"])
def test_a_scenario_that_a_lead_provider_cannot_have_is_not_found(scenario: str):
    greenholm = SEEDS["lead-providers"][-1]["id"]
    with pytest.raises(LookupError):
        seed.new_scenario(SEEDS, scenario, greenholm, made(1), NOW)


@pytest.mark.parametrize("provider", SEEDS["lead-providers"], ids=lambda provider: provider["name"])
def test_the_ids_that_are_listed_are_in_the_world(provider: dict[str, Any]):
    there = {key[1] for key in keys(world("small"))} | {key[2] for key in keys(world("small")) if len(key) > 2}
    for scenario in seed.scenarios_of(SEEDS, 0, provider["id"], TODAY):
        for ids in scenario["ids"].values():
            assert set(ids.values()) <= there


def test_schools_show_what_their_participants_and_partnerships_say():
    rows = {(row.school_id, row.cohort): row for row in of(world(), SchoolCohort)}
    for period in of(world(), TrainingPeriod):
        if period.lead_provider_id:
            assert rows[period.school_id, period.cohort].induction_programme_choice == "provider_led"
    for partnership in of(world(), Partnership):
        assert rows[partnership.school_id, partnership.cohort].in_partnership


def _can_have(provider: dict[str, Any], scenario: str) -> bool:
    recipe = next(one for one in SEEDS["scenarios"] if one["name"] == scenario)
    return set(Almanac(SEEDS, TODAY).resolved(recipe["cohorts"])) <= set(provider["cohorts"])


STAMPS = ("created_at", "updated_at", "contact_updated_at", "moved_at", "changed_at", "voided_at")


@pytest.mark.parametrize("size", ["small", "standard"])
def test_nothing_was_recorded_after_the_day_that_a_world_begins_with(size: str):
    stamps = {getattr(record, name, None) or "" for record in world(size) for name in STAMPS}
    assert max(stamps) <= CLOCK


DAYS = ["2026-06-01", "2026-07-01", "2026-09-14", "2026-11-28", "2027-06-01", "2028-02-29", "2028-08-31"]


@pytest.mark.parametrize("today", DAYS)
def test_nothing_was_recorded_later_than_when_the_day_of_a_world_begins(today: str):
    records = list(seed.records(SEEDS, "small", 0, today))
    moved = {record.moved_at for record in of(records, Partnership)}  # derived, and again whenever it is read
    stamps = {getattr(record, name, None) or "" for record in records for name in STAMPS}
    assert max(stamps - moved) <= start_of(today)
    periods = {period.id: period for period in of(records, TrainingPeriod)}
    milestones = {(m.cohort, m.schedule, m.declaration_type): m for m in of(records, Milestone)}
    for declaration in of(records, Declaration):
        period = periods[declaration.training_period_id]
        milestone = milestones[period.cohort, period.schedule, declaration.declaration_type]
        assert milestone.starts_on <= day(parse(declaration.declaration_date)) <= milestone.ends_on
        assert declaration.declaration_date <= declaration.created_at


@pytest.mark.parametrize("provider", SEEDS["lead-providers"], ids=lambda provider: provider["name"])
def test_the_ids_of_scenarios_are_the_same_on_every_day(provider: dict[str, Any]):
    ids: dict[tuple[str, str, str], str] = {}
    for today in (TODAY, *DAYS):
        for scenario in seed.scenarios_of(SEEDS, 0, provider["id"], today):
            for kind, named in scenario["ids"].items():
                for number, (name, id_) in enumerate(named.items()):
                    key = scenario["name"], kind, str(number) if kind == "partnerships" else name
                    assert ids.setdefault(key, id_) == id_


WORDS = {
    "2026-05-31T23:10:00Z": ("2026-06-01", 2026, 2025, 2023, "2026-03-31", "2026-04-25"),
    "2026-07-31T12:00:00Z": ("2026-07-31", 2026, 2025, 2023, "2026-03-31", "2026-04-25"),
    "2026-08-01T12:00:00Z": ("2026-08-01", 2026, 2025, 2024, "2026-07-31", "2026-04-25"),
    CLOCK: ("2026-09-15", 2026, 2026, 2024, "2026-07-31", "2026-08-25"),
    "2027-01-01T00:00:00Z": ("2027-01-01", 2026, 2026, 2024, "2026-12-31", "2026-11-25"),
    "2028-02-29T12:00:00Z": ("2028-02-29", 2027, 2027, 2025, "2027-12-31", "2028-01-25"),
}


@pytest.mark.parametrize(("now", "expected"), WORDS.items())
def test_words_of_recipes_go_by_the_day_in_london(now: str, expected: tuple[Any, ...]):
    almanac = Almanac(SEEDS, day(parse(now)))
    assert almanac.resolved(("today", "current", "begun", "oldest", "cut-off", "paid")) == list(expected)
    assert almanac.resolved("current-1/09-01") == f"{expected[1] - 1}-09-01"
    assert almanac.resolved("today+400T09:00:00Z") == almanac.resolved("midnight") == start_of(expected[0])


@pytest.mark.parametrize(
    ("began", "as_on"), [("2000-01-01", "2026-06-01"), ("2028-09-01", "2028-08-31"), ("2999-12-31", "2028-08-31")]
)
def test_a_world_that_begins_outside_the_days_of_the_stories_is_seeded_as_on_the_nearest(began: str, as_on: str):
    kinds = SchoolPeriod, TrainingPeriod, Declaration
    one, other = (
        [record for record in seed.records(SEEDS, "small", 0, day) if isinstance(record, kinds)]
        for day in (began, as_on)
    )
    assert one == other


def test_a_cohort_that_is_like_another_has_its_schedules_moved_by_years():
    rows = {(r["cohort"], r["schedule"]): r["types"] for r in SEEDS["schedules"]["milestones"]}
    assert rows[2028, "ecf-standard-january"]["started"] == {"from": "2029-01-01", "until": None}
    for schedule in SEEDS["schedules"]["identifiers"]:
        assert rows[2027, schedule].keys() == rows[2026, schedule].keys()
    (cohort,) = [entry for entry in SEEDS["cohorts"] if entry["year"] == 2027]
    assert (cohort["starts_on"], cohort["ends_on"], cohort["mentor_funding"]) == ("2027-06-01", "2028-05-31", True)


def test_a_mentor_whose_completion_was_declared_changed_then():
    mentors = {participant.id: participant for participant in of(world(), Participant)}
    completed = [declaration for declaration in of(world(), Declaration) if completes_mentor(declaration)]
    assert completed
    assert all(mentors[one.participant_id].updated_at >= one.created_at for one in completed)
