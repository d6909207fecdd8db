"""What schemathesis needs to judge the sandbox by its contract: the subject, two checks, and what a service reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import hypothesis
import schemathesis
from requests import Request
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.generation.stateful.state_machine import APIStateMachine, StepInput, StepOutput
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse
from schemathesis.schemas import BaseSchema

from generator.bundle import published
from mocks.app import App, in_memory
from mocks.records import World
from spec.contract import Contract, Operation, load

SEED = 20260915
PHASES = ("examples", "coverage", "fuzzing", "stateful")
CLOCK = "2026-09-15T09:00:00Z"
FROM_EXAMPLE = "x-sandbox-answer"
WALK = hypothesis.settings(
    max_examples=30,
    stateful_step_count=8,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # a busy machine is not a broken contract
)
FREE = "free"
"""Any listed problem will do, and so will success: what was sent has no meaning that the contract settles."""


@dataclass(frozen=True)
class Walk:
    """Which links a state machine followed, and to what avail."""

    links: Collection[str]
    followed: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each link led to each status."""
    lives: set[tuple[str, ...]] = field(default_factory=set)
    """For each partnership: the operations that answered with it alone, in their order."""

    def knows(self, life: tuple[str, ...]) -> bool:
        """Tell whether some partnership lived through these, in this order."""
        return any(_is_part(life, lived) for lived in self.lives)

    @property
    def dead_ends(self) -> set[str]:
        return {link for link in self.links if not self.followed[link, 200] + self.followed[link, 204]}


@dataclass(frozen=True)
class Subject:
    """A sandbox in memory with one small world, and the contract that it is to keep."""

    contract: Contract
    app: App
    world: World

    @classmethod
    def of(cls, edition: str) -> Subject:
        app = in_memory()
        return cls(load(edition), app, app.worlds.create("default", size="small", clock=CLOCK))

    def schema(self, phase: str, max_examples: int = 1, tag: str | None = None) -> BaseSchema:
        """Return the published document, or a tag of it, with one phase on, sent to the sandbox as from here."""
        config = SchemathesisConfig.from_dict(self._config(phase, max_examples, tag))
        schema = schemathesis.openapi.from_dict(published(self.contract), config=config)
        schema.app = self._from_here

        @schema.hooks.hook
        def map_body(_context: HookContext, body: Any) -> Any:
            # A large world is as right as a small one, and takes seconds to make.
            return {**body, "size": "small"} if isinstance(body, dict) and body.get("size") == "large" else body

        @schema.hooks.hook
        def filter_failure(_context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
            return self.is_a_fault(failure, case, response)

        return schema

    async def _from_here(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app({**scope, "client": ("127.0.0.1", 50000)}, receive, send)

    def judge(self, case: Case) -> None:
        """Send a request to the world as it was seeded, and judge the answer."""
        response = case.call()
        self.forget(case, response)
        case.validate_response(response, additional_checks=self.checks)

    @property
    def checks(self) -> list[CheckFunction]:
        return CHECKS if self.contract.edition == "sandbox" else [*CHECKS, self.what_is_taken_can_be_read]

    def walk(self, tags: Iterable[str | None], is_enough: Callable[[Walk], bool]) -> Walk:
        """Walk the links within one tag after the other, None being all, until that is enough."""
        walk = Walk(self._links())
        for number, tag in enumerate(tags):
            machine = _machine(self, self.schema("stateful", tag=tag), walk)
            hypothesis.seed(SEED + number)(machine).run(settings=WALK)
            if is_enough(walk):
                break
        return walk

    def _links(self) -> Collection[str]:
        """Name every link of the contract as schemathesis does."""
        operations = self.contract.operations
        return {
            f"{source.method} {source.path} -> [{status}] {name} -> {target.method} {target.path}"
            for source in operations.values()
            for status, response in source.responses.items()
            for name, link in response.get("links", {}).items()
            for target in [operations[link["operationId"]]]
        }

    def forget(self, case: Case, response: Response) -> None:
        """Undo what a request changed, so that no answer depends on the requests before it."""
        if case.method != "GET" and response.status_code < 300 and FROM_EXAMPLE not in response.headers:
            self.reset()

    def reset(self) -> None:
        """Put everything back to where it began."""
        for world in self.app.worlds.all():
            if world.id != self.world.id:
                self.app.worlds.remove(world)
        self.app.worlds.reset(self.world)

    def _config(self, phase: str, max_examples: int, tag: str | None) -> dict[str, Any]:
        knowledge = self._knowledge() if self.contract.edition != "sandbox" else {}
        others = [{"exclude-tag": tag, "enabled": False}] if tag else []
        return {
            **knowledge,
            "operations": [*knowledge.get("operations", ()), *others],
            "seed": SEED,
            "suppress-health-check": ["too_slow"],  # a busy machine is not a broken contract
            "analysis": {"constants": {"enabled": False}},  # the requests come from the contract, not our source
            # Whether an operation asks for the token does not depend on what else is sent: its examples tell.
            "checks": {"ignored_auth": {"enabled": phase == "examples"}},
            "generation": {
                "database": "none",
                "max-examples": max_examples,
                # A request without a token is refused before it is read: one phase of them is enough.
                "with-security-parameters": phase == "coverage",
            },
            "phases": {
                **{name: {"enabled": name == phase} for name in PHASES},
                # The links that the contract has and no others, each with a request that fits the schema.
                "stateful": {
                    "enabled": phase == "stateful",
                    "inference": {"algorithms": []},
                    "generation": {"mode": "positive"},
                },
            },
        }

    def _knowledge(self) -> Mapping[str, Any]:
        """Tell schemathesis the token, what stands in the world, and which operations refuse by a rule."""
        seeds = self.contract.seeds
        known = {
            "cohort": [str(cohort["year"]) for cohort in seeds["cohorts"]],
            "school_id": [school["id"] for school in seeds["schools"]],
            "delivery_partner_id": [partner["id"] for partner in seeds["delivery-partners"]],
        }
        fields = {f"body.data.attributes.{name}": {"dictionary": name, "probability": 0.8} for name in known}
        refusing = [operation.id for operation in self.contract.operations.values() if operation.rules]
        return {
            "auth": {"openapi": {"api_key": {"bearer": self.app.worlds.tokens(self.world)[0].token}}},
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            # A request that fits the schema can break a rule. That the 422 names rules of the operation and
            # nothing else is for `a_refusal_names_a_listed_rule` to say; elsewhere a 422 stays a failure.
            "operations": [
                {
                    "include-operation-id": refusing,
                    "parameters": fields,
                    "checks": {
                        "positive_data_acceptance": {
                            "expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]
                        }
                    },
                }
            ],
        }

    def is_a_fault(self, failure: Failure, case: Case, response: Response) -> bool:
        """Tell a fault from where the service knowingly differs from what schemathesis expects."""
        if isinstance(failure, UnsupportedMethodResponse):
            # The service has no 405: a path that does not take the method is a path that is not known.
            return not _is(response, self.contract, "path_is_known")
        if self.contract.edition == "sandbox":
            return True  # the controls are ours alone: they read everything
        if isinstance(failure, AcceptedNegativeData):
            # The service does not read all of a request. What it reads must still be as the contract says.
            return self.due(case, response) not in (None, FREE)
        if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
            # There are requests that fit the schema and that the contract refuses in words.
            due = self.due(case, response)
            return due != FREE and (due is None or not _is(response, self.contract, due))
        return True

    def what_is_taken_can_be_read(self, _context: CheckContext, response: Response, case: Case) -> None:
        """Success is right only where no refusal is due. Schemathesis does not look into objects in a query."""
        if response.status_code < 300 and response.request.method == case.operation.method.upper():
            due = self.due(case, response)
            assert due in (None, FREE), f"{case.operation.label} should have refused this for {due}"

    def due(self, case: Case, response: Response) -> str | None:
        """Name the problem that the contract promises for a request, looking only at what the service reads."""
        op = self.contract.operations[case.operation.definition.raw["operationId"]]
        from_example = FROM_EXAMPLE in response.headers
        sent = response.request
        return (
            _due_to_header(sent.headers.get("X-With-Server-Date", ""))
            or (None if from_example else _due_to_path(case.path_parameters))
            or _due_to_query(op, urlsplit(sent.url).query)
            or (_due_to_body(op, sent.body, from_example=from_example) if op.request else None)
        )


def _is_part(wanted: Iterable[str], lived: Iterable[str]) -> bool:
    rest = iter(lived)
    return all(one in rest for one in wanted)


def _machine(subject: Subject, schema: BaseSchema, walk: Walk) -> type[APIStateMachine]:
    class Sequences(schema.as_state_machine()):
        def setup(self) -> None:
            subject.reset()
            self.life: dict[str, tuple[str, ...]] = {}

        def before_call(self, case: Case) -> None:
            # A sequence is about what was there a step ago: at the same time, and in a cohort that there is.
            case.headers.pop("X-With-Server-Date", None)
            if "filter[cohort]" in case.query:
                case.query["filter[cohort]"] = "2026"
            if isinstance(case.body, dict) and "data" not in case.body:
                case.body["size"] = "small"

        def step(self, input: StepInput) -> StepOutput:
            output = super().step(input)
            status, name = output.response.status_code, output.case.operation.definition.raw["operationId"]
            if input.transition and input.is_applied:
                walk.followed[input.transition.id, status] += 1
            if status == 200 and name.endswith("Partnership"):
                id_ = output.response.json()["data"]["id"]
                self.life[id_] = (*self.life.get(id_, ()), name)
            return output

        def validate_response(self, response: Response, case: Case, **more: Any) -> None:
            super().validate_response(response, case, **{**more, "additional_checks": subject.checks})

        def teardown(self) -> None:
            walk.lives.update(self.life.values())

    return Sequences


def _due_to_header(date: str) -> str | None:
    """ISO 8601 has more forms than RFC 3339: a date alone, a time without a zone. A blank header is none."""
    if date.strip() and not _is_iso(date.strip()):
        return "server_date_is_a_time"
    return FREE if _is_at_the_end_of_time(date) else None


def _due_to_path(parameters: Mapping[str, Any]) -> str | None:
    """Whatever stands for an id is looked up, so only an id can be found."""
    try:
        return parameters.get("id") and UUID(parameters["id"]) and None
    except ValueError:
        return "resource_is_found"


def _due_to_query(op: Operation, query: str) -> str | None:
    """Of the query the service reads `filter` and `page`; a `sort` and a filter it does not know are ignored."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    bracketed = {name for name in given if re.match(r"(filter|page)(\[|$)", name)}
    if any(not re.fullmatch(r"\w+\[[^\[\]]+\]", name) for name in bracketed):
        return FREE  # OpenAPI does not say how an object in a query has an empty key, or one with brackets
    if any(f"filter[{key}]" not in given for p in op.parameters for key in p["schema"].get("required", ())):
        return "cohort_filter_is_given"
    if any(p["name"] == "page" for p in op.parameters):
        for key in ("page", "per_page"):
            if not re.match(r"\s*\+?0*[1-9]", given.get(f"page[{key}]", "1")):
                return "page_is_positive"  # a number may have words behind it
    since = given.get("filter[updated_since]", "") if "updated_since" in op.filters else ""
    # The contract: "encode a plus in the zone twice, or use Z". Blank means no filter.
    if since.strip() and ("+" in since or "T" not in since.upper() or not _is_iso(since)):
        return "updated_since_is_a_time"
    return FREE if _is_at_the_end_of_time(since) else None


def _due_to_body(op: Operation, body: Any, *, from_example: bool) -> str | None:
    """Of the body the service reads the attributes that it knows: not `type`, not what else is there."""
    try:
        attributes = json.loads(body)["data"]["attributes"]
        known = {name: value for name, value in attributes.items() if name in op.attributes}
    except (TypeError, ValueError, LookupError, AttributeError):
        return "body_has_attributes"
    if not known:
        return "body_has_attributes"
    # An operation without a memory looks no further. Others read a number as its digits, and a list as nothing.
    whole = from_example or all(isinstance(known.get(name), str | int | float) for name in op.attributes)
    return None if whole else "a rule"


def _is_iso(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text.upper()))
    except ValueError:
        return False


def _is_at_the_end_of_time(text: str) -> bool:
    """A day from the ends of Python's calendar an instant may have no time in UTC, and the sandbox refuses it."""
    return text.strip().startswith(("0001-01-01", "9999-12-31"))


def _is(response: Response, contract: Contract, problem: str) -> bool:
    known = contract.problems.get(problem)
    return known is not None and response.status_code == known.status and response.json() == known.body


def a_refusal_names_a_listed_rule(_context: CheckContext, response: Response, case: Case) -> None:
    """A 422 is right when each of its errors is one that the operation's named 422 examples show."""
    if response.status_code == 422:
        listed = [error for body in _listed(case, "422") for error in body["errors"]]
        errors = response.json().get("errors", [])
        assert errors, "A 422 without errors"
        unlisted = [error for error in errors if error not in listed]
        assert not unlisted, f"No rule of {case.operation.label} says {unlisted}"


def a_refusal_is_a_listed_problem(_context: CheckContext, response: Response, case: Case) -> None:
    """Any other refusal is, word for word, one of the named examples of its status."""
    status = response.status_code
    if response.request.method != case.operation.method.upper():
        assert status == 404, f"{response.request.method} is not in the contract"
    elif status >= 400 and status != 422:
        body = response.json()
        assert body in _listed(case, str(status)), f"{case.operation.label} lists no {status} that says {body}"


def answer_to(case: Case, status: int, body: bytes) -> Response:
    """Make an answer that the sandbox did not give."""
    request = Request(**case.as_transport_kwargs(base_url="http://127.0.0.1")).prepare()
    headers = {"content-type": ["application/json"]}
    return Response(status, headers=headers, content=body, request=request, elapsed=0, verify=False)


CHECKS = [a_refusal_names_a_listed_rule, a_refusal_is_a_listed_problem]


def _listed(case: Case, status: str) -> list[Any]:
    """Return the bodies that the published document shows for a status of the operation."""
    document = case.operation.schema.raw_schema
    response = case.operation.definition.raw["responses"].get(status, {})
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    contents = response.get("content", {}).values()
    return [example["value"] for content in contents for example in content.get("examples", {}).values()]
