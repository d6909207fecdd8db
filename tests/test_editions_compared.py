"""The page about moving to another edition shows each difference between two contracts once, by operation."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache

import pytest

from lp_contract.contract import Contract, Problem, load
from lp_contract.service_conventions import Conventions
from lp_guide.changes.by_operation import Comparison, Effect, OperationChanges, compare_editions
from lp_guide.changes.report import CONVENTIONS


@cache
def compared() -> Comparison:
    return compare_editions(load("ecf"), load("register"))


def operation(name: str, comparison: Comparison | None = None) -> OperationChanges:
    subjects = (comparison or compared()).subjects.values()
    return next(each for subject in subjects for each in subject.operations if each.after.id == name)


def titles(subject: str, comparison: Comparison | None = None) -> list[str]:
    return [row.title for row in (comparison or compared()).subjects[subject].rows]


def messages(rows, side):
    return [cell.error.message for row in rows if (cell := getattr(row, side)) and cell.error]


def with_rule(contract: Contract, operation: str, name: str, **changed: str) -> Contract:
    """Return the contract with another rule of a name."""
    rule = replace(contract.rules[name], **changed)
    old = contract.operations[operation]
    rules = tuple(rule if each.name == name else each for each in old.rules)
    new = {**contract.operations, operation: replace(old, rules=rules)}
    return replace(contract, rules={**contract.rules, name: rule}, operations=new)


def test_every_operation_has_its_path_in_both_editions_or_no_successor():
    ecf, register = load("ecf"), load("register")
    before = [one.id for one, _ in compared().paths if one]
    after = [other.id for _, other in compared().paths if other]

    assert sorted(before) == sorted(ecf.operations)
    assert sorted(after) == sorted(register.operations)
    assert {one.path[:7] for one, other in compared().paths if one and other is None} == {"/api/v1", "/api/v2"}


@pytest.mark.parametrize(
    ("subject", "gone", "come"),
    [
        ("Partnerships", "status", "participants_currently_training"),
        ("Participants", "ecf_enrolments.validation_status", "ecf_enrolments.working_pattern"),
        ("Statements", "type", None),
        ("Schools", None, "expression_of_interest"),
    ],
)
def test_a_field_of_one_edition_alone_is_among_the_answers(subject, gone, come):
    rows = {row.title: row for row in compared().subjects[subject].rows}
    if gone:
        assert rows[f"Answer field `{gone}`"].after is None
    if come:
        assert rows[f"Answer field `{come}`"].before is None


def test_a_field_is_either_different_or_kept():
    for subject in compared().subjects.values():
        assert not {f"Answer field `{name}`" for name in subject.kept} & {row.title for row in subject.rows}


def test_what_breaks_clients_comes_first():
    for subject in compared().subjects.values():
        for rows in (subject.rows, *(each.rows for each in subject.operations)):
            assert [row.effect for row in rows] == sorted(row.effect for row in rows)


def test_an_error_of_both_editions_with_one_message_is_one_row():
    rows = operation("createDeclaration").rows
    said = [message for message in messages(rows, "before") if "is not recognised. Check participant" in message]
    both = [row for row in rows if row.before and row.after and row.after.error and row.after.error.message in said]

    assert len(said) == len(both) == 2
    assert {row.effect for row in both} == {Effect.OTHER_CONDITION}


def test_a_rule_that_one_operation_checks_in_one_edition_alone_is_not_compared():
    new = operation("createDeclaration").after.rules
    old = operation("createDeclaration").before.rules
    for row in operation("createDeclaration").rows:
        for cell, rules in ((row.before, old), (row.after, new)):
            if cell and cell.error and hasattr(cell.error, "field"):
                assert cell.error in rules


def test_a_problem_that_one_operation_lists_in_one_edition_alone_is_not_compared():
    for subject in compared().subjects.values():
        for each in subject.operations:
            for row in each.rows:
                for cell, own in ((row.before, each.before), (row.after, each.after)):
                    if cell and isinstance(cell.error, Problem):
                        assert cell.error.name in own.problems, each.after.id


def test_another_message_in_the_contract_is_another_row():
    other = with_rule(load("register"), "resumeParticipant", "training_is_not_active_already", detail="Too late.")
    changed = compare_editions(load("ecf"), other)

    assert "Too late." in messages(operation("resumeParticipant", changed).rows, "after")
    assert "Too late." not in messages(operation("resumeParticipant").rows, "after")


def test_the_same_message_in_both_contracts_is_kept():
    theirs = load("ecf").rules["training_is_not_active_already"]
    same = with_rule(load("register"), "resumeParticipant", theirs.name, detail=theirs.detail, field=theirs.field)

    assert theirs.message in operation("resumeParticipant", compare_editions(load("ecf"), same)).kept
    assert theirs.message not in operation("resumeParticipant").kept


def test_a_convention_has_words():
    assert sorted(CONVENTIONS) == sorted(ways(Conventions()))
    assert "The time zone of days, and of times without a zone" in titles("The whole service")


def ways(convention, above=""):
    for each in fields(convention):
        value = getattr(convention, each.name)
        if is_dataclass(value):
            yield from ways(value, f"{above}{each.name}.")
        else:
            yield f"{above}{each.name}"
