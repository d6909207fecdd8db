"""Policies that differ between cohorts are data of the seeds: when a record says otherwise, the sandbox does too."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from client import Client, register, seed_id
from controls_client import act, done

import lp_sandbox
from lp_sandbox.programme.records import Cohort

NEW = register().contract.operations["createDeclaration"].request_example["data"]["attributes"]
PACKAGES = Path(lp_sandbox.__file__).parent
YEAR = re.compile(r"\b20[1-4]\d\b")


def with_policy(client: Client, year: int, **policy: Any) -> None:
    """Change a policy of a cohort in the client's world."""
    store = client.app.worlds._store  # noqa: SLF001 - no request can change a policy
    cohort = store.get(Cohort, "default", year)
    assert cohort
    store.put("default", msgspec.structs.replace(cohort, **policy))


def declare(client: Client, declaration_type: str, time: str) -> int:
    date = f"2026-09-10T{time}Z"
    return client.write(
        "POST", "/participant-declarations", **NEW | {"declaration_type": declaration_type, "declaration_date": date}
    ).status


@pytest.mark.parametrize(("in_sequence", "status"), [(True, 422), (False, 200)])
def test_a_cohort_says_whether_declarations_must_be_dated_in_sequence(ashdown: Client, in_sequence: Any, status: int):
    with_policy(ashdown, 2026, dates_in_sequence=in_sequence)
    assert declare(ashdown, "retained-1", "09:00:00") == 200
    assert declare(ashdown, "started", "09:00:01") == status


@pytest.mark.parametrize(
    ("cohort", "schedule", "expected"),
    [
        (2024, "ecf-extended-september", ("2024", "ecf-extended-september")),
        (2025, "ecf-reduced-april", ("2025", "ecf-reduced-april")),
        (None, None, ("2026", "ecf-standard-september")),
    ],
)
def test_a_frozen_cohort_says_where_its_ects_continue(
    ashdown: Client, cohort: int | None, schedule: str | None, expected: tuple[str, str]
):
    scenario = next(s for s in done(ashdown.app, "GET", "/scenarios") if s["name"] == "ect-in-frozen-cohort")
    for year in (2021, 2022):
        with_policy(ashdown, year, ects_move_to_cohort=cohort, ects_move_to_schedule=schedule)
    (participant_id,) = scenario["ids"]["participants"].values()
    moved = act(
        ashdown.app,
        "school/report-transfer",
        participant_id=participant_id,
        participant_type="ect",
        school_id=seed_id("schools", "training-now"),
        date="2026-09-16",
    )["attributes"]
    assert (moved["cohort"], moved["schedule_identifier"]) == expected


def test_every_frozen_cohort_names_a_cohort_and_schedule_that_exist():
    seeds = register().contract.seeds
    schedules = {(entry["cohort"], entry["schedule"]) for entry in seeds["schedules"]["milestones"]}
    frozen = [entry for entry in seeds["cohorts"] if entry["payments_frozen_at"]]
    assert frozen
    for entry in frozen:
        assert (entry["ects_move_to_cohort"], entry["ects_move_to_schedule"]) in schedules


@pytest.mark.parametrize("package", ["programme", "register"])
def test_no_year_is_written_in_code(package: str):
    found = [
        f"{file.relative_to(PACKAGES)}:{node.lineno}: {node.value!r}"
        for file in (PACKAGES / package).rglob("*.py")
        for node in constants(ast.parse(file.read_text(encoding="utf-8")))
        if YEAR.search(str(node.value))
    ]
    assert found == []


def constants(tree: ast.Module) -> list[ast.Constant]:
    """Return the numbers and texts of a module that are not documentation."""
    documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | str) and node not in documentation
    ]
