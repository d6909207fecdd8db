"""DfE creates a cohort from its CSV files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import msgspec

from lp_sandbox.ecf.actors.read_csv import CsvFile, read_csv, read_day
from lp_sandbox.ecf.actors.rules.cohort_files import (
    COHORT,
    CONTRACTS,
    LEAD_PROVIDERS,
    OF_HEADERS,
    PROVIDER,
    SCHEDULES,
    STATEMENTS,
    Header,
    Known,
    Row,
    read_month,
)
from lp_sandbox.ecf.records import Contract, EcfCohort, LeadProviderCohort
from lp_sandbox.programme.records import STARTED, LeadProvider, Milestone, Statement
from lp_sandbox.programme.seed.due_declarations import USUAL_SCHEDULE
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.request.refusals import Broken, unprocessable
from lp_sandbox.request.rules import broken
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import FOREVER, Record, required
from lp_sandbox.worlds.store import Where

CONTRACT = CONTRACTS[0]
TRUE = "true"
Cells = Mapping[str, str]


def create(schedules: frozenset[str], call: Call) -> bytes:
    """Check all files, and create or change a cohort. `schedules` are the identifiers of schedules."""
    files = {name: read_csv(call.text(name)) for name in call.operation.attributes if call.text(name)}
    _check(call, _headers(call, files))
    files = {name: _with_columns(file, _needed(call, name)) for name, file in files.items()}
    known = _known(call, files, schedules)
    _check(call, (Row(name, line, cells, known) for name, file in files.items() for line, cells in file.rows))
    for records in (_cohorts, _links, _contracts, _milestones):
        call.store.put(call.world.id, *records(call, files))
    call.store.put(call.world.id, *_statements(call, files))
    return _answer(call, files)


def _check(call: Call, facts: Iterator[Header] | Iterator[Row]) -> None:
    """Check the rules of every header, or of every row. Raises the refusal with every error, titled by its file."""
    errors = [
        Broken(dataclasses.replace(each.rule, field=fact.file), each.detail)
        for fact in facts
        for each in broken([rule for rule in call.bound_rules if _is_of(rule.rule.name, fact)], fact)
    ]
    if errors:
        raise unprocessable(errors, call.operation.conventions)


def _is_of(rule: str, fact: Header | Row) -> bool:
    """Return whether a rule is about headers, or about rows, as the fact is."""
    return (rule in OF_HEADERS) == isinstance(fact, Header)


def _headers(call: Call, files: Mapping[str, CsvFile]) -> Iterator[Header]:
    for name, file in files.items():
        missing = tuple(column for column in _needed(call, name) if column not in file.columns)
        yield Header(name, missing, len(file.rows))


def _needed(call: Call, name: str) -> Sequence[str]:
    """Return the columns that a file needs: the contract's example of it."""
    columns: str = call.operation.attributes[name]["examples"][0]
    return columns.split(",")


def _with_columns(file: CsvFile, columns: Sequence[str]) -> CsvFile:
    """Return a file whose rows have all columns, with empty cells for missing columns."""
    empty = dict.fromkeys(columns, "")
    return CsvFile(file.columns, [(line, {**empty, **cells}) for line, cells in file.rows])


def _cells(files: Mapping[str, CsvFile], name: str) -> Sequence[Cells]:
    return [cells for _, cells in files[name].rows] if name in files else []


def _known(call: Call, files: Mapping[str, CsvFile], schedules: frozenset[str]) -> Known:
    names = _provider_names(call)
    linked = call.store.rows(LeadProviderCohort, ("lead_provider_id", "cohort"), call.world.id)
    years = [str(year) for (year,) in call.store.rows(EcfCohort, ("year",), call.world.id)]
    return Known(
        years=frozenset(chain(years, (cells["start-year"] for cells in _cells(files, COHORT)))),
        lead_providers=frozenset(names.values()),
        links=frozenset(
            chain(
                ((names[id_], str(year)) for id_, year in linked),
                ((cells[PROVIDER], cells["cohort-start-year"]) for cells in _cells(files, LEAD_PROVIDERS)),
            )
        ),
        schedules=schedules,
        startable=frozenset(chain(map(str, _years_with_first_milestone(call)), _years_with_first_milestone_in(files))),
    )


def _years_with_first_milestone(call: Call) -> Iterator[int]:
    first = Where("schedule", "=", USUAL_SCHEDULE), Where("declaration_type", "=", STARTED)
    yield from (year for (year,) in call.store.rows(Milestone, ("cohort",), call.world.id, *first))


def _years_with_first_milestone_in(files: Mapping[str, CsvFile]) -> Iterator[str]:
    for cells in _cells(files, SCHEDULES):
        if (cells["schedule-identifier"], cells["milestone-declaration-type"]) == (USUAL_SCHEDULE, STARTED):
            yield cells["schedule-cohort-year"]


def _year(text: str) -> int:
    return required(int(text) if text.isdecimal() else None)


def _provider_names(call: Call) -> Mapping[str, str]:
    return dict(call.store.rows(LeadProvider, ("id", "name"), call.world.id))


def _provider_ids(call: Call) -> Mapping[str, str]:
    return {name: id_ for id_, name in _provider_names(call).items()}


def _cohorts(_: Call, files: Mapping[str, CsvFile]) -> Iterator[Record]:
    for cells in _cells(files, COHORT):
        year = _year(cells["start-year"])
        frozen_on = read_day(cells["payments-frozen-at"])
        yield EcfCohort(
            year=year,
            registration_starts_on=required(read_day(cells["registration-start-date"])),
            academic_year_starts_on=required(read_day(cells["academic-year-start-date"])),
            automatic_assignment_ends_on=read_day(cells["automatic-assignment-period-end-date"]) or f"{year + 1}-03-31",
            payments_frozen_at=frozen_on and f"{frozen_on}T00:00:00Z",
            mentor_funding=cells["mentor-funding"] == TRUE,
            detailed_evidence=cells["detailed-evidence-types"] == TRUE,
        )


def _links(call: Call, files: Mapping[str, CsvFile]) -> Iterator[Record]:
    ids = _provider_ids(call)
    for cells in _cells(files, LEAD_PROVIDERS):
        yield LeadProviderCohort(required(ids.get(cells[PROVIDER])), _year(cells["cohort-start-year"]))


def _contracts(call: Call, files: Mapping[str, CsvFile]) -> Iterator[Record]:
    ids = _provider_ids(call)
    for cells in _cells(files, CONTRACT):
        yield Contract(required(ids.get(cells[PROVIDER])), _year(cells["cohort-start-year"]))


def _milestones(_: Call, files: Mapping[str, CsvFile]) -> Iterator[Record]:
    for cells in _cells(files, SCHEDULES):
        yield Milestone(
            cohort=_year(cells["schedule-cohort-year"]),
            schedule=cells["schedule-identifier"],
            declaration_type=cells["milestone-declaration-type"],
            starts_on=required(read_day(cells["milestone-start-date"])),
            ends_on=read_day(cells["milestone-date"]) or FOREVER,
        )


def _statements(call: Call, files: Mapping[str, CsvFile]) -> Iterator[Record]:
    """Yield a statement of each row for each lead provider with a contract in its cohort."""
    for cells in _cells(files, STATEMENTS):
        in_cohort = Where("cohort", "=", _year(cells["cohort"]))
        for contract in call.store.find(Contract, call.world.id, in_cohort):
            yield _statement(call, contract, cells)


def _statement(call: Call, contract: Contract, cells: Cells) -> Statement:
    year, month = required(read_month(cells["name"]))
    key = {"lead_provider_id": contract.lead_provider_id, "cohort": contract.cohort, "year": year, "month": month}
    same = (Where(column, "=", value) for column, value in key.items())
    found = next(iter(call.store.find(Statement, call.world.id, *same)), None)
    return Statement(
        id=found.id if found else make_id(call.world.seed, "statement", *key.values()),
        lead_provider_id=contract.lead_provider_id,
        cohort=contract.cohort,
        year=year,
        month=month,
        cut_off_date=required(read_day(cells["deadline_date"])),
        payment_date=required(read_day(cells["payment_date"])),
        paid_early_at=found.paid_early_at if found else None,
        created_at=found.created_at if found else call.stamp,
        updated_at=call.stamp,
        output_fee=cells["output_fee"].lower() == TRUE,
    )


def _answer(call: Call, files: Mapping[str, CsvFile]) -> bytes:
    first = required(next(iter(_cells(files, COHORT)), None))
    year = _year(first["start-year"])
    cohort = required(call.store.get(EcfCohort, call.world.id, year))
    names, in_cohort = _provider_names(call), Where("cohort", "=", year)
    linked = call.store.rows(LeadProviderCohort, ("lead_provider_id",), call.world.id, in_cohort)
    schedules = call.store.rows(Milestone, ("schedule",), call.world.id, in_cohort)
    attributes = {
        **{name: value for name, value in msgspec.structs.asdict(cohort).items() if name != "year"},
        "trained_by": sorted(names[id_] for (id_,) in linked),
        "schedule_identifiers": sorted({schedule for (schedule,) in schedules}),
        "statement_count": len(call.store.rows(Statement, ("id",), call.world.id, in_cohort)),
    }
    return one(document("cohort", str(year), attributes))
