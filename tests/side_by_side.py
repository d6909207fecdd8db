"""Sends one client's sequence of requests to both editions, and says step by step what differs.

`python tests/side_by_side.py` records that in `site/side-by-side.yaml`, for pages to show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from client import every_edition, lead_provider, small_world

from lp_contract.contract import Contract, Operation
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import Answer

RECORDED = Path(__file__).parents[1] / "site" / "side-by-side.yaml"
HEAD = """\
# What differs between the editions for one client that does the same in both, step by step. Tests send the requests.
# Record it anew with `python tests/side_by_side.py`. What is the same in both is left out.
"""
EDITIONS = ("register", "ecf")
NOBODY = "00000000-0000-4000-8000-000000000000"
CONTROLS = "/_sandbox/actors"
Names = dict[str, str]
"""What placeholders stand for in one edition."""


@dataclass(frozen=True)
class Step:
    """One request. A word in braces is replaced by the edition's name for it, or by an id from an earlier answer."""

    title: str
    method: str
    path: str
    query: str = ""
    body: Mapping[str, str] | None = None
    at: str = ""
    """The time at which the step is taken, if it is not the usual one of the edition."""
    keeps: Mapping[str, str] = field(default_factory=dict)
    """Which attributes of the answer later steps need, by the name of the placeholder."""


WORDS: Mapping[str, Names] = {
    "register": {
        "partnerships": "partnerships",
        "schools": "schools",
        "participants": "participants",
        "transfers": "participants/transfers",
        "mentors": "unfunded-mentors",
        "cohort": "2026",
        "registers": "school/register-participant",
        "start": "2026-09-07",
        "next day": "2026-09-16T09:00:00Z",
        "declared": "2026-09-10T09:00:00Z",
        "evidence": "training-event-attended",
        "school": "fresh",
        "delivery partner": "harbour-hub",
        "provider": "Ashdown Teaching Partnership",
    },
    "ecf": {
        "partnerships": "partnerships/ecf",
        "schools": "schools/ecf",
        "participants": "participants/ecf",
        "transfers": "participants/ecf/transfers",
        "mentors": "unfunded-mentors/ecf",
        "cohort": "2025",
        "registers": "school/add-participant",
        "start": "2025-09-08",
        "next day": "2025-10-16T09:00:00Z",
        "declared": "2025-10-10T09:00:00Z",
        "evidence": "training-event-attended",
        "school": "fresh",
        "delivery partner": "kestrel-hub",
        "provider": "",
    },
}
ECT = {"course_identifier": "ecf-induction"}
PARTNERSHIP = {"cohort": "{cohort}", "school_id": "{school}", "delivery_partner_id": "{delivery partner}"}
REGISTRATION = {
    "participant_type": "ect",
    "school_id": "{school}",
    "lead_provider": "{provider}",
    "start_date": "{start}",
}
STARTED = {
    **ECT,
    "participant_id": "{participant}",
    "declaration_type": "started",
    "declaration_date": "{declared}",
    "evidence_held": "{evidence}",
}
BREAK, LEFT = {**ECT, "reason": "career-break"}, {**ECT, "reason": "left-teaching-profession"}
ECT_PATH, DECLARATIONS = "{participants}/{participant}", "participant-declarations"
DECLARED = f"{DECLARATIONS}/{{declaration}}"
STEPS = (
    Step("List your delivery partners", "GET", "delivery-partners", "filter[cohort]={cohort}"),
    Step("List the schools of a cohort", "GET", "{schools}", "filter[cohort]={cohort}"),
    Step("List schools without a cohort", "GET", "{schools}"),
    Step("Look a school up", "GET", "{schools}/{school}", "filter[cohort]={cohort}"),
    Step("Form a partnership", "POST", "{partnerships}", body=PARTNERSHIP, keeps={"partnership": "id"}),
    Step("Form it again", "POST", "{partnerships}", body=PARTNERSHIP),
    Step("Form one for an unknown cohort", "POST", "{partnerships}", body={**PARTNERSHIP, "cohort": "1066"}),
    Step("Form one without a school", "POST", "{partnerships}", body={**PARTNERSHIP, "school_id": ""}),
    Step("Send no data", "POST", "{partnerships}"),
    Step("Look up an unknown partnership", "GET", f"{{partnerships}}/{NOBODY}"),
    Step("Change an unknown partnership", "PUT", f"{{partnerships}}/{NOBODY}", body={"delivery_partner_id": NOBODY}),
    Step("Ask for a page that is no number", "GET", "{partnerships}", "page[page]=0"),
    Step("Ask for changes since no time", "GET", "{partnerships}", "filter[updated_since]=yesterday"),
    Step("A school registers an ECT", "POST", f"{CONTROLS}/{{registers}}", body=REGISTRATION,
         keeps={"participant": "id"}),
    Step("Look the ECT up", "GET", ECT_PATH),
    Step("List deferred participants", "GET", "{participants}", "filter[training_status]=deferred"),
    Step("Filter by an unknown training status", "GET", "{participants}", "filter[training_status]=resting"),
    Step("Withdraw before anything is declared", "PUT", f"{ECT_PATH}/withdraw", body=LEFT),
    Step("Declare started", "POST", DECLARATIONS, body=STARTED, keeps={"declaration": "id"}),
    Step("Declare started again", "POST", DECLARATIONS, body=STARTED),
    Step("Declare without a date", "POST", DECLARATIONS, body={**STARTED, "declaration_date": ""}),
    Step("Declare for an unknown participant", "POST", DECLARATIONS, body={**STARTED, "participant_id": NOBODY}),
    Step("Look the declaration up", "GET", DECLARED),
    Step("List your statements", "GET", "statements"),
    Step("Defer the ECT", "PUT", f"{ECT_PATH}/defer", body=BREAK),
    Step("Defer again", "PUT", f"{ECT_PATH}/defer", body=BREAK),
    Step("Defer without a reason", "PUT", f"{ECT_PATH}/defer", body=ECT),
    Step("Resume on the same day", "PUT", f"{ECT_PATH}/resume", body=ECT),
    Step("Resume on the next day", "PUT", f"{ECT_PATH}/resume", body=ECT, at="next day"),
    Step("Change the schedule to the present one", "PUT", f"{ECT_PATH}/change-schedule", at="next day",
         body={**ECT, "schedule_identifier": "ecf-standard-september"}),
    Step("Change the schedule", "PUT", f"{ECT_PATH}/change-schedule", at="next day",
         body={**ECT, "schedule_identifier": "ecf-extended-september"}),
    Step("Defer an unknown participant", "PUT", f"{{participants}}/{NOBODY}/defer", body=BREAK),
    Step("Void the declaration", "PUT", f"{DECLARED}/void", at="next day"),
    Step("Void it again", "PUT", f"{DECLARED}/void", at="next day"),
    Step("Withdraw the ECT", "PUT", f"{ECT_PATH}/withdraw", body=LEFT, at="next day"),
    Step("Change the schedule after that", "PUT", f"{ECT_PATH}/change-schedule", at="next day",
         body={**ECT, "schedule_identifier": "ecf-standard-september"}),
    Step("List transfers", "GET", "{transfers}"),
    Step("List unfunded mentors", "GET", "{mentors}"),
)  # fmt: skip


class Side:
    """A client of one edition, which goes through the steps."""

    def __init__(self, edition: Edition) -> None:
        self.edition, self.client = edition, lead_provider(small_world(edition))
        self.words = dict(WORDS[edition.contract.edition])
        for kind, word in (("schools", "school"), ("delivery-partners", "delivery partner")):
            seeds = edition.contract.seeds[kind]
            self.words[word] = next(entry["id"] for entry in seeds if entry["name"] == self.words[word])

    def takes(self, step: Step) -> Taken:
        path, query = self._said(step.path), self._said(step.query)
        target = path if path.startswith("/") else f"/api/v3/{path}"
        body = {name: self._said(value) for name, value in (step.body or {}).items()}
        attributes = {name: value for name, value in body.items() if value or (step.body or {})[name] == ""}
        sent = {"data": {"attributes": attributes}} if attributes else {}
        at = {"x_with_server_date": self.words[step.at]} if step.at else {}
        answer = self.client.send(step.method, target, query, body=None if step.method == "GET" else sent, **at)
        if answer.status < 300:
            data = json.loads(answer.body)["data"]
            self.words |= {word: data[name] for word, name in step.keeps.items()}
        return Taken(self.edition, step, target, answer)

    def _said(self, text: str) -> str:
        for word, meaning in self.words.items():
            text = text.replace(f"{{{word}}}", meaning)
        return text


@dataclass(frozen=True)
class Taken:
    """A step in one edition, and its answer."""

    edition: Edition
    step: Step
    path: str
    answer: Answer

    @property
    def operation(self) -> Operation:
        contract: Contract = self.edition.controls if self.path.startswith(CONTROLS) else self.edition.contract
        return next(each for each in contract.operations.values() if _is_at(each, self.step.method, self.path))

    @property
    def route(self) -> str:
        return f"{self.step.method} {self.operation.path}"

    @property
    def fields(self) -> Mapping[str, str]:
        """The attributes of a resource by their path, with the types of their values."""
        content = self.operation.responses[self.operation.success]["content"]
        data = content[self.operation.media_type]["schema"]["properties"]["data"]
        return dict(_fields(data.get("items", data)["properties"]["attributes"]))

    @property
    def errors(self) -> list[Any]:
        """What the answer refuses, with the names of the rules or of the problem."""
        if self.answer.status < 400:
            return []
        body = json.loads(self.answer.body)
        problems = self.edition.contract.problems
        found = next((problems[name] for name in self.operation.problems if problems[name].body == body), None)
        if found:
            return [{**(body["errors"][0] if "errors" in body else body), "problem": found.name}]
        return [self._error(each) for each in body.get("errors", ())]

    def _error(self, error: Mapping[str, str]) -> Mapping[str, Any]:
        rules = [
            rule.name
            for rule in self.operation.rules
            if rule.field == error.get("title") and rule.message in error["detail"]
        ]
        return {**error, "rules": rules} if rules else error


def _is_at(operation: Operation, method: str, path: str) -> bool:
    parts, given = operation.path.split("/"), path.split("/")
    same = len(parts) == len(given) and all(a == b or a.startswith("{") for a, b in zip(parts, given, strict=True))
    return operation.method == method and same


def _fields(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the paths and types of the values that a schema describes."""
    kinds = schema.get("type", [])
    yield from [(path, " or ".join([kinds] if isinstance(kinds, str) else kinds))] if path else []
    for other in schema.get("oneOf", ()):
        yield from _fields(other, path)
    for name, item in schema.get("properties", {}).items():
        yield from _fields(item, f"{path}.{name}".lstrip("."))
    if "items" in schema:
        yield from _fields(schema["items"], f"{path}[]")


@cache
def observed() -> dict[str, list[dict[str, Any]]]:
    """Take every step in both editions, and return what differs in the operations and in the steps."""
    editions = {edition.contract.edition: edition for edition in every_edition()}
    sides = [Side(editions[name]) for name in EDITIONS]
    taken = [(sides[0].takes(step), sides[1].takes(step)) for step in STEPS]
    of_lead_providers = (pair for pair in reversed(taken) if not pair[0].path.startswith(CONTROLS))
    operations = {pair[0].operation.id: pair for pair in of_lead_providers}
    return {
        "operations": [_of_operation(*pair) for pair in reversed(operations.values())],
        "steps": [_of_step(*pair) for pair in taken],
    }


def _of_operation(first: Taken, second: Taken) -> dict[str, Any]:
    """Return what differs whatever is sent: path, media type, rules, fields with their types, and messages of rules."""
    rules = [{rule.name: rule for rule in taken.operation.rules} for taken in (first, second)]
    found = _differing(
        request=(first.route, second.route),
        operation=(first.operation.id, second.operation.id),
        content_type=(first.answer.content_type, second.answer.content_type),
        rules=_only_in(list(rules[0]), list(rules[1])),
        fields=_only_in(list(first.fields), list(second.fields)),
    )
    shared = [name for name in rules[0] if name in rules[1] and rules[0][name].message != rules[1][name].message]
    messages = {name: _by_edition(*(each[name].message for each in rules)) for name in shared}
    operation = {"request": first.route} if "request" not in found else {}
    more = {"types": _types(first.fields, second.fields), "messages": messages}
    return {**operation, **found, **{name: each for name, each in more.items() if each}}


def _of_step(first: Taken, second: Taken) -> dict[str, Any]:
    """Return what differs between two answers: the status and the errors."""
    answers = first.answer, second.answer
    found = _differing(status=(answers[0].status, answers[1].status), errors=(first.errors, second.errors))
    return {"step": first.step.title, **found}


def _differing(**pairs: tuple[Any, Any]) -> dict[str, Any]:
    return {name: _by_edition(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _by_edition(first: Any, second: Any) -> dict[str, Any]:
    return dict(zip(EDITIONS, (first, second), strict=True))


def _types(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, Any]:
    both = (name for name in first if name in second and first[name] != second[name])
    return {name: _by_edition(first[name], second[name]) for name in both}


def _only_in(first: Sequence[str], second: Sequence[str]) -> tuple[list[str], list[str]]:
    return [name for name in first if name not in second], [name for name in second if name not in first]


def main() -> None:
    """Record what differs."""
    RECORDED.write_text(
        HEAD + yaml.safe_dump(observed(), sort_keys=False, allow_unicode=True, width=110), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
