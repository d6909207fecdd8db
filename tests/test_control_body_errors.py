"""A control that cannot take a request says which field is wrong, and what the field takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from client import client, register, sandbox
from controls_client import ask, done

from lp_sandbox.app import App

CONTRACT = register().controls
BODIES = [operation for operation in CONTRACT.operations.values() if operation.request]
DATE = "a day from the year 2000 to the year 2999, such as"
NAME = "1 to 64 lowercase letters, digits and hyphens that do not begin with a hyphen, such as"
MOMENT = "a date and time from the year 2000 to the year 2999, such as 2026-12-01T09:00:00Z"
DURATION = "an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P1DT12H"
WORLDS, CLOCK, ADVANCE, LEAVER = "/worlds", "/clock", "/clock/advance", "/actors/school/report-leaver"
SOMEBODY = {
    "participant_id": "af7e81b8-1a63-437f-947c-7d52ac31d7b1",
    "participant_type": "ect",
    "date": "2026-09-18",
}


@cache
def app() -> App:
    """A sandbox that no request of these tests changes."""
    return client(sandbox()).app


def error_detail(method: str, path: str, body: Any) -> str:
    answer, result = ask(app(), method, f"/_sandbox{path}", body)
    assert answer.status == 400, answer
    (error,) = result["errors"]
    assert error["title"] == "Bad request"
    detail: str = error["detail"]
    return detail


FAULTS = [
    ("POST", WORLDS, {"size": "enormous"}, """'#/size' is "enormous" but must be small, standard or large."""),
    ("POST", WORLDS, {"size": 3}, "'#/size' is 3 but must be small, standard or large."),
    ("POST", WORLDS, {"seed": -1}, "'#/seed' is -1 but must be a whole number from 0 to 4294967295."),
    ("POST", WORLDS, {"seed": 1.5}, "'#/seed' is 1.5 but must be a whole number from 0 to 4294967295."),
    ("POST", WORLDS, {"seed": True}, "'#/seed' is true but must be a whole number from 0 to 4294967295."),
    ("POST", WORLDS, {"seed": [1]}, "'#/seed' is a list but must be a whole number from 0 to 4294967295."),
    ("POST", WORLDS, {"id": "A world"}, f"""'#/id' is "A world" but must be {NAME} ci-42."""),
    ("POST", WORLDS, {"id": "x" * 65}, f"""'#/id' is "{"x" * 59}… but must be {NAME} ci-42."""),
    ("POST", WORLDS, {"id": None}, f"'#/id' is null but must be {NAME} ci-42."),
    ("POST", WORLDS, {"clock": {}}, "'#/clock' is an object but must be a date and time or null, such as"),
    ("POST", WORLDS, {"clock": "2026-02-30T00:00:00Z"}, """'#/clock' is "2026-02-30T00:00:00Z" but must be a date"""),
    ("POST", WORLDS, {"colour": 1}, "'#/colour' is an unknown field. Known fields: id, edition, size, seed and clock."),
    ("POST", WORLDS, {"a/b~c": 1}, "'#/a~1b~0c' is an unknown field."),
    ("POST", WORLDS, {"x" * 999: 1}, f"'#/{'x' * 60}…' is an unknown field."),
    ("POST", WORLDS, [], "The body is a list but must be an object."),
    ("POST", WORLDS, "world", """The body is "world" but must be an object."""),
    ("POST", WORLDS, b"{", "The body is not JSON: input data was truncated."),
    ("POST", WORLDS, b'{"size" "small"}', "The body is not JSON: expected ':' (byte 8)."),
    ("POST", WORLDS, b"[1,]", "The body is not JSON: trailing comma in array (byte 3)."),
    ("POST", WORLDS, b'{"size": "\xff"}', "The body is not JSON: 'utf-8' codec can't decode byte 0xff"),
    ("POST", WORLDS, b"[" * 100_000, "The body is not JSON: it is nested too deeply."),
    ("POST", f"{WORLDS}/default/fork", {"id": "-"}, f"""'#/id' is "-" but must be {NAME} ci-43."""),
    ("POST", f"{WORLDS}/default/snapshots", {"id": ""}, f"""'#/id' is "" but must be {NAME} before-the-void."""),
    ("PUT", CLOCK, None, "The body must have at least one of now and running."),
    ("PUT", CLOCK, {"now": "tomorrow"}, f"""'#/now' is "tomorrow" but must be {MOMENT}."""),
    ("PUT", CLOCK, {"now": "2026-13-01T00:00:00Z"}, f"""'#/now' is "2026-13-01T00:00:00Z" but must be {MOMENT}."""),
    ("PUT", CLOCK, {"now": "1999-12-31T00:00:00Z"}, f"""'#/now' is "1999-12-31T00:00:00Z" but must be {MOMENT}."""),
    ("PUT", CLOCK, {"now": 2026}, f"'#/now' is 2026 but must be {MOMENT}."),
    ("PUT", CLOCK, {"running": "yes"}, """'#/running' is "yes" but must be true or false."""),
    ("POST", ADVANCE, {}, "The body must have at least one of duration, weeks, days, hours, minutes and seconds."),
    ("POST", ADVANCE, {"duration": "P6M"}, f"""'#/duration' is "P6M" but must be {DURATION}."""),
    ("POST", ADVANCE, {"duration": "P1DT"}, f"""'#/duration' is "P1DT" but must be {DURATION}."""),
    ("POST", ADVANCE, {"days": 400001}, "'#/days' is 400001 but must be a whole number from 0 to 400000."),
    (
        "POST",
        ADVANCE,
        {"years": 1},
        "'#/years' is an unknown field. Known fields: duration, weeks, days, hours, minutes and",
    ),
    ("POST", "/scenarios/ect-in-training", {"world": 1}, "'#/world' is 1 but must be text."),
    ("POST", LEAVER, None, "'#/data' is missing. It must be an object."),
    ("POST", LEAVER, {"data": None}, "'#/data' is null but must be an object."),
    ("POST", LEAVER, {"data": {"attributes": []}}, "'#/data/attributes' is a list but must be an object."),
    ("POST", LEAVER, SOMEBODY, "'#/date' is an unknown field. Known fields: data."),
    (
        "POST",
        LEAVER,
        {"data": {"attributes": SOMEBODY | {"date": "18 September"}}},
        f"""'#/data/attributes/date' is "18 September" but must be {DATE} 2026-09-18.""",
    ),
    (
        "POST",
        LEAVER,
        {"data": {"attributes": SOMEBODY | {"participant_id": "42"}}},
        """'#/data/attributes/participant_id' is "42" but must be an id, such as af7e81b8""",
    ),
    (
        "POST",
        LEAVER,
        {"data": {"attributes": {"participant_type": "tutor"}}},
        """'#/data/attributes/participant_type' is "tutor" but must be ect or mentor.""",
    ),
    (
        "POST",
        LEAVER,
        {"data": {"attributes": {"participant_type": "ect"}}},
        "'#/data/attributes/participant_id' is missing. It must be an id, such as",
    ),
    (
        "POST",
        "/actors/school/register-participant",
        {"data": {"attributes": {"full_name": "x" * 201, "lead_provider": 7}}},
        "'#/data/attributes/lead_provider' is 7 but must be text or null.",
    ),
    (
        "POST",
        "/actors/school/register-participant",
        {"data": {"attributes": {"full_name": ""}}},
        """'#/data/attributes/full_name' is "" but must be text of 1 to 200 characters.""",
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "fault"), FAULTS)
def test_a_refused_request_names_the_field_that_is_wrong_and_what_it_takes(
    method: str, path: str, body: Any, fault: str
):
    assert fault in error_detail(method, path, body)


def test_several_faults_are_reported_together_up_to_a_limit():
    detail = error_detail("POST", WORLDS, {"size": 1, "seed": "x"})
    assert "'#/size' is 1" in detail
    assert """'#/seed' is "x" """ in detail
    assert error_detail("POST", WORLDS, {f"x{number}": 1 for number in range(1000)}).count("is an unknown field") == 5


def test_what_was_refused_changed_nothing():
    before = done(app(), "GET", "/clock")
    error_detail("PUT", CLOCK, {"now": "soon", "running": True})
    assert done(app(), "GET", "/clock") == before


@pytest.mark.parametrize("query", ["world[]=default", "world[a]=default"])
@pytest.mark.parametrize(("method", "path"), [("GET", CLOCK), ("DELETE", CLOCK), ("GET", "/scenarios")])
def test_a_world_whose_name_is_not_text_is_unknown(method: str, path: str, query: str):
    assert ask(app(), method, f"/_sandbox{path}", query=query)[0].status == 404


def fields(schema: Mapping[str, Any], way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        yield (*way, name), part
        yield from fields(part, (*way, name))


def nested(way: tuple[str, ...], value: Any) -> Any:
    for name in reversed(way):
        value = {name: value}
    return value


ALL = [
    pytest.param(operation, way, schema, id=f"{operation.id}-{'.'.join(way)}")
    for operation in BODIES
    for way, schema in fields(operation.request)
]


@pytest.mark.parametrize(("operation", "way", "schema"), ALL)
def test_every_field_of_every_control_is_named_when_its_type_is_wrong(
    operation: Any, way: tuple[str, ...], schema: Any
):
    path = operation.path.format_map(operation.path_example).removeprefix("/_sandbox")
    detail = error_detail(operation.method, path, nested(way, ["wrong"]))
    assert f"'#/{'/'.join(way)}' is a list but must be " in detail
    assert all(str(value) in detail for value in (*schema.get("enum", ()), schema.get("maximum", "")))


def test_every_pattern_is_described_in_words():
    unworded = [way for operation in BODIES for way, schema in fields(operation.request) if "pattern" in schema]
    worded = [way for operation in BODIES for way, schema in fields(operation.request) if "x-form" in schema]
    assert worded
    assert unworded == worded


def test_every_message_of_this_kind_has_a_place_for_the_fault():
    named = [problem for problem in CONTRACT.problems.values() if problem.name.endswith("_is_described")]
    assert named
    for problem in named:
        assert problem.detail.startswith("{fault} ")
        assert "{" not in json.dumps(problem.body["errors"][0]["detail"])
