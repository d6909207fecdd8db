"""Views of the seeds: schools, scenarios, cohorts, and the days of declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from lp_guide.coverage.contract_items import Thing
from lp_guide.views.view_types import Contracts, Known, operation_of
from lp_guide.writer_mistakes import Mistake, find

GROUP = ("the first scenario", "a name for links", "a heading")
LONDON = ZoneInfo("Europe/London")

Scenario = Mapping[str, Any]
"""A scenario as the sandbox lists it."""


def statement_months(contracts: Contracts) -> Known:
    """Show, within a sentence, which months have a statement."""
    return {"months": contracts[0].seeds["statements"]["months"]}


def statement_table(contracts: Contracts) -> Known:
    """Show the months whose statements pay for declarations, by cohort."""
    seeds = contracts[0].seeds["statements"]
    cohorts = seeds.get("cohorts")
    if cohorts is None:
        raise Mistake(
            "seeds", "In this edition the statements of every cohort have the same months.", "Write `statement_months`."
        )
    rows = [(entry["cohort"], entry["output_fees"]) for entry in cohorts]
    irregular = [(each["month"], each["cut_off"], each["payment"]) for entry in cohorts for each in entry["irregular"]]
    return {"rows": rows, "payment_day": seeds["payment_day"], "irregular": irregular}


def how_sent(contracts: Contracts) -> Known:
    """Show to which world the requests on a page were sent, and how readers can send them."""
    return {"clock": contracts[0].seeds["world"]["clock"]}


def seeded_schools(contracts: Contracts) -> Known:
    """Show the schools that every world has."""
    return {"schools": contracts[0].seeds["schools"]}


NAMED = {"school": "schools", "delivery_partner": "delivery-partners", "lead_provider": "lead-providers"}
"""The directives for an id from the seeds, and the lists of the seeds with their names."""


def seed_names(contracts: Contracts) -> Known:
    """Show the schools, delivery partners and lead providers that the seeds name, and the directive for each id."""
    seeded = [contract for contract in contracts if contract.seeds]
    return {"editions": [(contract.document["info"]["summary"], list(_named(contract.seeds))) for contract in seeded]}


def _named(seeds: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a call for each name, and the title of what it identifies."""
    for directive, kind in NAMED.items():
        yield from ((f"{directive}('{each['name']}')", each["full_name"]) for each in seeds[kind])


def scenario_list(_: Contracts, scenarios: Sequence[Scenario], groups: Sequence[tuple[str, str, str]]) -> Known:
    """Show scenarios under headings. Each is given with the first scenario below it, and a name for links."""
    if any(len(group) != len(GROUP) for group in groups):
        raise Mistake("groups", f"A group is not {', '.join(GROUP)}.", "Write the three in quotes, with commas.")
    places = {scenario["name"]: place for place, scenario in enumerate(scenarios)}
    begins = [find(places, first, "scenario") for first, _, _ in groups]
    parts = [scenarios[begin:end] for begin, end in zip(begins, [*begins[1:], None], strict=True)]
    if [scenario for part in parts for scenario in part] != list(scenarios):
        raise Mistake("groups", "The groups leave scenarios out.", "Give them in the order of the scenarios.")
    shows = {Thing("scenarios", scenario["name"]) for scenario in scenarios}
    return {
        "groups": [(name, title, part) for (_, name, title), part in zip(groups, parts, strict=True)],
        "shows": shows,
    }


def cohort_table(contracts: Contracts) -> Known:
    """Show the cohorts: when each begins or opens, and which of them are closed or frozen."""
    cohorts = contracts[0].seeds["cohorts"]
    columns = [field for field in _COHORT_COLUMNS if field in cohorts[0]]
    return {
        "columns": columns,
        "cohorts": [(cohort["year"], [_fact(cohort, field) for field in columns]) for cohort in cohorts],
        "assumed": _assumed(contracts),
    }


FROZEN = "payments_frozen_at"
_COHORT_COLUMNS = ("starts_on", "ends_on", "registration_starts_on", "academic_year_starts_on", "enabled", FROZEN)
"""The facts that the seeds of an edition can have about a cohort."""


def _fact(cohort: Mapping[str, Any], field: str) -> Any:
    """Return a fact about a cohort: true, false, or the first day in London."""
    if field == FROZEN and cohort[field]:
        return datetime.fromisoformat(cohort[field]).astimezone(LONDON).date().isoformat()
    return cohort[field]


def milestone_table(contracts: Contracts, cohort: str, schedule: str) -> Known:
    """Show the milestones of a schedule in a cohort, with the first and the last day of each."""
    schedules: dict[str, dict[str, Any]] = {}
    for row in contracts[0].seeds["schedules"]["milestones"]:
        schedules.setdefault(str(row["cohort"]), {})[row["schedule"]] = row["types"]
    types = find(find(schedules, cohort, "cohort"), schedule, f"schedule of the {cohort} cohort called")
    days = [(name, row["from"], row["until"]) for name, row in types.items()]
    return {"cohort": cohort, "schedule": schedule, "milestones": days}


def milestone_list(contracts: Contracts) -> Known:
    """Show the milestones of every schedule in every cohort. Milestones with the same days share a row."""
    cohorts: dict[int, list[tuple[str, Any]]] = {}
    for row in contracts[0].seeds["schedules"]["milestones"]:
        cohorts.setdefault(row["cohort"], []).append((row["schedule"], list(_same_days(row["types"]))))
    return {"cohorts": cohorts, "assumed": _assumed(contracts)}


def _assumed(contracts: Contracts) -> Mapping[int, int]:
    """Return the cohorts that are assumed to be like another cohort, and that cohort."""
    return {each["year"]: each["like"] for each in contracts[0].seeds["cohorts"] if "like" in each}


def _same_days(types: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[list[str], str, str]]:
    """Yield consecutive milestones with the same first and last day."""
    for (first, last), some in groupby(types.items(), key=lambda item: (item[1]["from"], item[1]["until"])):
        yield [name for name, _ in some], first, last


def evidence_table(contracts: Contracts, operation: str) -> Known:
    """Show which evidence an operation accepts, by cohort, role and type of declaration."""
    op = operation_of(contracts, operation)
    rows = (op.request or {}).get("x-evidence")
    if rows is None:
        raise Mistake("evidence", f"`{operation}` does not accept evidence.", "Name `createDeclaration`.")
    return {"op": op, "rows": rows, "since": _since(contracts, "detailed_evidence")}


def _since(contracts: Contracts, flag: str) -> Any:
    """Return the first cohort that has a flag."""
    return min(cohort["year"] for cohort in contracts[0].seeds["cohorts"] if cohort[flag])
