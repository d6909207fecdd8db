"""What differs between the editions for one client is recorded step by step, as the sandbox answers."""

from __future__ import annotations

import yaml
from side_by_side import EDITIONS, RECORDED, STEPS, observed


def test_the_record_says_what_each_step_differs_in():
    assert yaml.load(RECORDED.read_text(encoding="utf-8"), yaml.CSafeLoader) == observed(), (
        "run: python tests/side_by_side.py"
    )


def test_every_refusal_of_an_operation_with_rules_names_its_rules():
    for step in observed()["steps"]:
        for name, errors in step.get("errors", {}).items():
            if step.get("status", {}).get(name) == 422:
                assert all("rules" in error for error in errors), (step["step"], name)


def test_every_step_can_be_taken_in_both_editions_and_most_of_them_differ():
    steps = observed()["steps"]
    assert [step["step"] for step in steps] == [step.title for step in STEPS]
    assert sum("errors" in step for step in steps) > len(steps) // 3
    assert {name for step in steps for name in step.get("status", {})} <= set(EDITIONS)
