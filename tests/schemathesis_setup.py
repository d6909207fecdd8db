"""What schemathesis needs to judge the sandbox by its contract: the subject, two checks, and what a service reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import hypothesis
import schemathesis
from client import Client, clock_of, lead_provider, small_world
from controls_client import savepoint
from hypothesis.stateful import initialize
from hypothesis.strategies import integers
from requests import Request
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.checks import CheckFunction, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.stateful.state_machine import APIStateMachine, StepInput, StepOutput
from schemathesis.openapi.checks import MissingHeaderNotRejected, RejectedPositiveData, UnsupportedMethodResponse
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.schemas import BaseSchema

from lp_contract.contract import Contract, Operation, Rule
from lp_contract.json_references import look_up
from lp_contract.publications import Publication
from lp_contract.published_document import published
from lp_contract.service_conventions import ErrorConvention
from lp_sandbox.app import App
from lp_sandbox.controls.edition_of_new_world import with_edition_choice
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.refusals import without_filter

SEED = 20260915
SERVER_DATE = "X-With-Server-Date"
DATED = MissingHeaderNotRejected | RejectedPositiveData | UnsupportedMethodResponse
"""What schemathesis calls a refusal of a date, when the request had other faults, too."""
DATE_PROBLEMS = ("server_date_is_a_time", "act_date_is_a_time")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
ROUNDS = 8
WALK = hypothesis.settings(
    stateful_step_count=8,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # a busy machine is not a broken contract
)
Way = tuple[str, ...]
"""Operations in their order."""
FREE = "free"
"""Any listed problem will do, and so will success: what was sent has no meaning that the contract settles."""


@dataclass
class Walk:
    """Which links a state machine is to follow, and which it followed, to what avail."""

    links: Mapping[str, Way]
    """Every link, with its source operation and its target operation."""
    wanted: Collection[Way]
    """What must succeed in one sequence, in this order and with other requests in between."""
    never: Collection[str] = ()
    """The links that cannot succeed."""
    followed: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each link led to each status."""
    sequences: set[Way] = field(default_factory=set)
    """For each sequence: the operations that succeeded."""

    @property
    def reached(self) -> set[str]:
        """The operations that succeeded."""
        return {name for sequence in self.sequences for name in sequence}

    @property
    def dead_ends(self) -> set[str]:
        """The links that never led to success, though they can."""
        alive = {link for link, status in self.followed if status < 300}
        return self.links.keys() - alive - set(self.never)

    @property
    def missed(self) -> set[Way]:
        """What is wanted and did not come."""
        return {way for way in self.wanted if not any(_is_part(way, sequence) for sequence in self.sequences)}

    @property
    def rest(self) -> list[Way]:
        """Where there is something left to walk for: along a link, or along a way."""
        return sorted({self.links[link] for link in self.dead_ends} | self.missed)

    def __str__(self) -> str:
        """Say of every link how often it led to which status."""
        counted = sorted(self.followed.items())
        return "\n".join(f"{number:4} x {status}  {link}" for (link, status), number in counted)


def in_document(contract: Contract, publication: Publication | None = None) -> dict[str, Operation]:
    """Return the operations in a published document, the first of the contract unless another is named."""
    held = publication or contract.publications[0]
    return {name: op for name, op in contract.operations.items() if held.holds(op.path)}


@dataclass(frozen=True)
class Subject:
    """A sandbox in memory with one small world, and the contract that it is to keep."""

    contract: Contract
    app: App
    token: str
    known: Mapping[str, list[str]]
    """Values that mean something in the world, by the name of the field that takes them."""
    publication: Publication | None = None
    """The published document that is read; the first of the contract unless another is named."""

    def __post_init__(self) -> None:
        assert self.reset, "What is sent from now on can be undone."

    @classmethod
    def of(cls, edition: Edition, publication: Publication | None = None) -> Subject:
        """Return the API of an edition, or the version of it that a published document describes."""
        app = small_world(edition)
        return cls(edition.contract, app, lead_provider(app).token, _known(edition.contract), publication)

    @classmethod
    def controls_of(cls, edition: Edition) -> Subject:
        """Return the controls of a sandbox with one edition, as it publishes them."""
        app = small_world(edition)
        return cls(with_edition_choice(edition.controls, [*app.editions]), app, lead_provider(app).token, {})

    @property
    def is_controls(self) -> bool:
        """Whether it is the controls of a sandbox, which need no token and read everything."""
        return self.contract.is_controls

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """The operations of the document that are answered from stored data. The others have nothing but an example."""
        found = in_document(self.contract, self.publication)
        return {name: op for name, op in found.items() if self.is_controls or self.app.edition.is_stateful(name)}

    @property
    def cohort(self) -> str:
        """The cohort in whose first year the clock of the world stands."""
        return clock_of(self.app.edition)[:4]

    @cached_property
    def reset(self) -> Callable[[], None]:
        """What puts everything back to where it began."""
        self._stack.enter_context(self.app.undone())
        return savepoint(self.app)

    @cached_property
    def _stack(self) -> ExitStack:
        return ExitStack()

    @cached_property
    def _lists(self) -> Mapping[str, Sequence[str]]:
        """The ids of each list, in the list's order."""
        lists = {o.id: o for o in self.operations.values() if o.page_limits}
        answers = {
            name: Client(self.app, self.token).send("GET", o.path, _all_of(o, self.cohort)) for name, o in lists.items()
        }
        items = {name: next(iter(json.loads(answer.body).values())) for name, answer in answers.items()}
        return {name: [item["id"] for item in listed] for name, listed in items.items()}

    def pages(self, operations: Collection[str]) -> Mapping[str, Sequence[int]]:
        """The places of the items of each list, with those over and over that the operations' examples name."""
        named = {
            id_
            for operation in map(self.contract.operations.__getitem__, operations)
            for id_ in (*operation.path_example.values(), *_example(operation).values())
        }
        often = {name: [place for place, id_ in enumerate(ids) if id_ in named] for name, ids in self._lists.items()}
        return {name: [*often[name] * len(ids), *range(len(ids))] for name, ids in self._lists.items()}

    def schema(self, phase: str, max_examples: int = 1, among: Collection[str] = ()) -> BaseSchema:
        """Return the published document with one phase on, sent as from this machine.

        `among` names the operations to which requests are sent: those that are answered from stored data where it names
        none.
        """
        config = SchemathesisConfig.from_dict(self._config(phase, max_examples, among or self.operations))
        schema = schemathesis.openapi.from_dict(published(self.contract, self.publication), config=config)
        schema.app = self._from_here
        for name in ("checks_config_for", "phases_for"):  # else worked out anew for each answer
            setattr(schema.config, name, cache(getattr(schema.config, name)))

        @schema.hooks.hook
        def filter_failure(_context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
            return self.is_a_fault(failure, case, response)

        return schema

    def try_out(self, name: str, phase: str, max_examples: int = 1) -> None:
        """Make up requests to an operation, send each to the world as it was seeded, and judge the answers.

        The `parametrize` of a schema makes up all requests while tests are collected, and each worker collects all.
        """
        key = phase, max_examples
        if key not in self._schemas:
            self._schemas[key] = self.schema(phase, max_examples, self.contract.operations), FeedbackSources()
        schema, feedback = self._schemas[key]

        def judged(case: Case) -> None:
            self.judge(case)

        load_all_checks()
        build_operation_test(
            config=schema.config,
            operation=schema.find_operation_by_id(name),
            test_func=judged,
            given_kwargs={},
            feedback=feedback,
        )()

    @cached_property
    def _schemas(self) -> dict[tuple[str, int], tuple[BaseSchema, FeedbackSources]]:
        """For each phase and number of requests: the schema, and what schemathesis learns from answers."""
        return {}

    async def _from_here(self, scope: Any, receive: Any, send: Any) -> None:
        here = [(b"host", b"127.0.0.1"), *(header for header in scope["headers"] if header[0] != b"host")]
        await self.app({**scope, "headers": here, "client": ("127.0.0.1", 50000)}, receive, send)

    def judge(self, case: Case) -> None:
        """Send a request to the world as it was seeded, and judge the answer."""
        if _id_of(case) == "createWorld":
            case.body = _small(case.body)
        response = case.call()
        self.forget(case, response)
        case.validate_response(response, additional_checks=self.checks)

    @property
    def checks(self) -> list[CheckFunction]:
        checks = [self.a_refusal_names_a_listed_rule, self.a_refusal_is_a_listed_problem]
        return checks if self.is_controls else [*checks, self.what_is_taken_can_be_read]

    def walk(self, *wanted: Way, examples: int = 8, never: Collection[str] = ()) -> Walk:
        """Follow the links of one operation after the other, then go where something is left, and at last anywhere."""
        walk = Walk(self._links(), wanted, never)
        for source, targets in self._targets().items():
            self._walk(walk, 0, {source, *targets}, examples)
        for number in range(1, ROUNDS):
            for way in walk.rest:
                self._walk(walk, number, set(way), examples)
        self._walk(walk, ROUNDS, self.operations.keys(), examples)
        return walk

    def _walk(self, walk: Walk, number: int, operations: Collection[str], examples: int) -> None:
        machine = _machine(self, self.schema("stateful", among=operations), walk, self.pages(operations))
        hypothesis.seed(SEED + number)(machine).run(settings=hypothesis.settings(WALK, max_examples=examples))

    def _targets(self) -> Mapping[str, set[str]]:
        """Name the operations that the links of each operation lead to."""
        targets: dict[str, set[str]] = {}
        for source, _, _, link in self._every_link():
            targets.setdefault(source.id, set()).add(link["operationId"])
        return targets

    def _links(self) -> Mapping[str, Way]:
        """Name every link of the contract as schemathesis does, with the operations at its ends."""
        return {
            f"{source.method} {source.path} -> [{status}] {name} -> {target.method} {target.path}": (
                source.id,
                target.id,
            )
            for source, status, name, link in self._every_link()
            for target in [self.contract.operations[link["operationId"]]]
        }

    def _every_link(self) -> Iterator[tuple[Operation, str, str, Mapping[str, Any]]]:
        for source in self.operations.values():
            for status, response in source.responses.items():
                links = response.get("links", {}).items()
                yield from (
                    (source, status, name, link) for name, link in links if link["operationId"] in self.operations
                )

    def forget(self, case: Case, response: Response) -> None:
        """Undo what a request changed, so that no answer depends on the requests before it."""
        if case.method != "GET" and response.status_code < 300:
            self.reset()

    def _config(self, phase: str, max_examples: int, among: Collection[str]) -> dict[str, Any]:
        knowledge = self._knowledge()
        others = [{"exclude-operation-id": sorted(among), "enabled": False}]
        return {
            **knowledge,
            "operations": [*knowledge["operations"], *others],
            "seed": SEED,
            "suppress-health-check": ["too_slow"],  # a busy machine is not a broken contract
            "analysis": {"constants": {"enabled": False}},  # the requests come from the contract, not our source
            # Whether an operation checks the token does not depend on what else is sent: its examples show it.
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
        """Give schemathesis the token, the ids in the world, and the operations that refuse by a rule."""
        refusing = [operation for operation in self.operations.values() if operation.rules]
        return {
            "auth": {} if self.is_controls else {"openapi": {"api_key": {"bearer": self.token}}},
            "dictionaries": {name: {"values": values} for name, values in self.known.items()},
            # A request that fits the schema can break a rule. That the 422 names rules of the operation and
            # nothing else is for `a_refusal_names_a_listed_rule` to say; elsewhere a 422 stays a failure.
            "operations": [
                {
                    "include-operation-id": operation.id,
                    "parameters": {
                        f"body.data.attributes.{name}": {"dictionary": name, "probability": 0.8}
                        for name in self.known
                        if name in operation.attributes
                    },
                    "checks": {
                        "positive_data_acceptance": {
                            "expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]
                        }
                    },
                }
                for operation in refusing
            ],
        }

    def is_a_fault(self, failure: Failure, case: Case, response: Response) -> bool:
        """Tell a fault from where the service knowingly differs from what schemathesis expects."""
        if isinstance(failure, UnsupportedMethodResponse) and self._taken_by(case, response.request.method):
            return False
        # The service has no 405: a path that does not take the method is a path that is not known.
        is_of_service = isinstance(failure, UnsupportedMethodResponse) and not self.is_controls
        right = ["path_is_known"] if is_of_service else []
        if isinstance(failure, DATED) and _is_dated_wrongly(response):
            # Schemathesis fills a header that has a pattern with 0, and the date is read before anything else.
            right += DATE_PROBLEMS
        if right:
            return not any(_is(response, self.contract, name) for name in right)
        if self.is_controls:
            # The controls are ours alone: they read everything, but not what may be left out and was.
            return not (isinstance(failure, AcceptedNegativeData) and _left_out_a_body(case, response))
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
        op = self.contract.operations[_id_of(case)]
        sent = response.request
        return (
            _due_to_header(op, sent.headers.get(SERVER_DATE, ""))
            or _due_to_path(case.path_parameters)
            or _due_to_query(op, urlsplit(sent.url).query)
            or (_due_to_body(op, sent.body) if op.request else None)
        )

    def a_refusal_names_a_listed_rule(self, _context: CheckContext, response: Response, case: Case) -> None:
        """A 422 is right when each of its errors is what a rule of the operation says."""
        if response.status_code == 422:
            rules = self.contract.operations[_id_of(case)].rules
            convention = self.contract.conventions.errors
            errors = list(_errors_in(response.json(), convention))
            assert errors, "A 422 without errors"
            unlisted = [error for error in errors if not _is_said(convention.join, rules, *error)]
            assert not unlisted, f"No rule of {case.operation.label} says {unlisted}"

    def a_refusal_is_a_listed_problem(self, _context: CheckContext, response: Response, case: Case) -> None:
        """Any other refusal is one of the named examples of its status, but for what a message says of the request."""
        status = response.status_code
        taken_by = self._taken_by(case, response.request.method)
        if taken_by is None:
            right = 405 if self.is_controls else 404
            assert status == right or _is_dated_wrongly(response), f"{response.request.method} is not in the contract"
        elif status >= 400 and status != 422:
            listed = [self._without_fault(body) for body in self._listed(case, taken_by, str(status))]
            body = self._without_fault(_body(response))
            assert body in listed, f"{taken_by.id} lists no {status} that says {body}"

    def _taken_by(self, case: Case, method: str) -> Operation | None:
        """Find what takes a method at the path of a case, perhaps as a further method which is not published."""
        operations = self.contract.operations.values()
        return next((op for op in operations if op.path == case.operation.path and method in op.methods), None)

    def _listed(self, case: Case, op: Operation, status: str) -> Iterator[Any]:
        """Yield the bodies that the published document shows for a status of an operation, and None for no body."""
        yield from (_decoded(body, op) for body in _listed(case, op, status))
        names = op.responses.get(status, {}).get("x-problems", ())
        yield from (None for name in names if self.contract.problems[name].empty)

    def _without_fault(self, body: Any) -> str:
        """Cut what a problem's message says of one request and not of another."""
        text = json.dumps(body, sort_keys=True)
        for problem in self.contract.problems.values():
            before, _, after = (problem.detail or "").partition("{fault}")
            if problem.shows and after and json.dumps(after)[1:-1] in text:
                assert not before
                text = f"{problem.name}: {text[text.index(json.dumps(after)[1:-1]) :]}"
        return text


def _decoded(body: Any, op: Operation) -> Any:
    """Return a body, which is JSON in a text where the answer has another media type."""
    return json.loads(body) if isinstance(body, str) and op.problem_media_types else body


def _known(contract: Contract) -> Mapping[str, list[str]]:
    """Return what means something in a world of an edition that comes with the sandbox."""
    seeds = contract.seeds
    return {
        "cohort": [str(cohort["year"]) for cohort in seeds["cohorts"]],
        "school_id": [school["id"] for school in seeds["schools"]],
        "delivery_partner_id": [partner["id"] for partner in seeds["delivery-partners"]],
        "participant_id": [_example(contract.operations["createDeclaration"])["participant_id"]],
    }


def _all_of(operation: Operation, cohort: str) -> str:
    """Return the query for the longest page of a list, in one cohort where it needs one."""
    limits = operation.page_limits
    needed = "".join(f"filter[{key}]={cohort}&" for key in operation.needed_filters)
    return f"{needed}page[per_page]={limits.largest if limits else ''}"


def _id_of(case: Case) -> str:
    return str(case.operation.definition.raw["operationId"])


def _small(world: Any) -> Any:
    """Ask for a small world: a large one is as right, and takes a minute to make."""
    return {**world, "size": "small"} if isinstance(world, dict) and world.get("size") == "large" else world


def _example(operation: Operation) -> Mapping[str, Any]:
    """Return the attributes of an operation's example request."""
    return (operation.request_example or {}).get("data", {}).get("attributes", {})


def _errors_in(body: Any, convention: ErrorConvention) -> Iterator[tuple[str, str]]:
    """Yield the title and the detail of each error in the body of an answer."""
    way = _way(convention.body, "{errors}")
    for entry in [body] if way is None else look_up(body, way) or ():
        template = convention.body if way is None else convention.entry
        title, detail = (look_up(entry, _way(template, hole) or ()) for hole in ("{title}", "{detail}"))
        yield title, detail


def _way(template: Any, hole: str) -> tuple[str, ...] | None:
    """Return the keys that lead to a placeholder of a template."""
    if template == hole:
        return ()
    inner = template.items() if isinstance(template, dict) else ()
    ways = ((key, _way(part, hole)) for key, part in inner)
    return next(((key, *way) for key, way in ways if way is not None), None)


def _is_said(join: str | None, rules: Iterable[Rule], title: str, detail: str) -> bool:
    """Tell whether an error is that of rules: their messages, with anything in the place of each `{name}`."""
    words = [re.split(r"\{[a-z_]+\}", rule.detail) for rule in rules if rule.field == title]
    message = f"(?:{'|'.join('.+'.join(map(re.escape, parts)) for parts in words)})"
    more = f"(?:{re.escape(join)}{message})*" if join is not None else ""
    return bool(words) and bool(re.fullmatch(message + more, detail))


def _is_part(wanted: Iterable[str], lived: Iterable[str]) -> bool:
    rest = iter(lived)
    return all(one in rest for one in wanted)


def _machine(
    subject: Subject, schema: BaseSchema, walk: Walk, pages: Mapping[str, Sequence[int]]
) -> type[APIStateMachine]:
    class Sequences(schema.as_state_machine()):
        def setup(self) -> None:
            subject.reset()
            self.sequence: Way = ()

        @initialize(number=integers(0, 9999))
        def choose(self, number: int) -> None:
            self.number = number

        def before_call(self, case: Case) -> None:
            self.number += 1
            _make_sense(subject, case, pages, self.number)

        def step(self, input: StepInput) -> StepOutput:
            if not any(location == ParameterLocation.PATH for location, _ in input.applied_parameters):
                # What no link names shall be something that there is.
                input.case.path_parameters = dict(subject.contract.operations[_id_of(input.case)].path_example)
            output = super().step(input)
            status = output.response.status_code
            if input.transition and input.is_applied:
                walk.followed[input.transition.id, status] += 1
            self.sequence += (_id_of(output.case),) if status < 300 else ()
            return output

        def validate_response(self, response: Response, case: Case, **more: Any) -> None:
            super().validate_response(response, case, **{**more, "additional_checks": subject.checks})

        def teardown(self) -> None:
            walk.sequences.add(self.sequence)

    return Sequences


def _make_sense(subject: Subject, case: Case, pages: Mapping[str, Sequence[int]], number: int) -> None:
    """Mend a request so that it is about what there is, at the time at which the others are."""
    case.headers.pop(SERVER_DATE, None)
    operation = subject.contract.operations[_id_of(case)]
    if "filter[cohort]" in case.query:
        case.query["filter[cohort]"] = subject.cohort
    if operation.id in pages:
        places = pages[operation.id]
        needed = [f"filter[{name}]" for name in operation.needed_filters]
        case.query = _one_of_them(case.query, needed, 1 + places[number % len(places)])
    if isinstance(case.body, dict):
        case.body = _sensible(case.body, operation)


def _one_of_them(query: Mapping[str, Any], needed: Collection[str], page: int) -> dict[str, Any]:
    """Ask a list for one item, and for nothing that would leave none."""
    kept = {name: value for name, value in query.items() if name in needed}
    return kept | {"page[page]": page, "page[per_page]": 1}


def _sensible(body: Mapping[str, Any], operation: Operation) -> Mapping[str, Any]:
    """Say what the operation's example says, but of what the body names by id.

    Every new world has the same records, and few. The sandbox keeps the records of the last worlds that it made.
    """
    if operation.id == "createWorld":
        clock = (operation.request_example or {})["clock"]
        return {**body, "size": "small", "seed": 0, "clock": clock}
    if not isinstance(body.get("data"), dict) or not isinstance(body["data"].get("attributes"), dict):
        return body
    words = {name: value for name, value in _example(operation).items() if not name.endswith("_id")}
    return {**body, "data": {**body["data"], "attributes": {**body["data"]["attributes"], **words}}}


def _due_to_header(op: Operation, date: str) -> str | None:
    """ISO 8601 has more forms than RFC 3339: a date alone, a time without a zone. A blank header is none."""
    if op.conventions.server_date.unreadable == "ignore":
        return FREE if op.conventions.server_date.out_of_range == "refuse" else None
    if date.strip() and not _is_iso(date.strip()):
        return "server_date_is_a_time"
    return FREE if _is_at_the_end_of_time(date) else None


def _is_dated_wrongly(response: Response) -> bool:
    date = response.request.headers.get(SERVER_DATE, "").strip()
    return bool(date) and not _is_iso(date)


def _left_out_a_body(case: Case, response: Response) -> bool:
    body = case.operation.definition.raw.get("requestBody", {"required": True})
    return not body.get("required") and not response.request.body


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
    for missing in (key for key in op.needed_filters if f"filter[{key}]" not in given):
        return without_filter(missing)
    if op.page_limits:
        for key in ("page", "per_page"):
            if not re.match(r"\s*\+?0*[1-9]", given.get(f"page[{key}]", "1")):
                return "page_is_positive"  # a number may have words behind it
    since = given.get("filter[updated_since]", "") if "updated_since" in op.filters else ""
    # The contract: "Write a plus sign in the zone as %252B, or use Z". Blank means no filter.
    if since.strip() and ("+" in since or "T" not in since.upper() or not _is_iso(since)):
        return "updated_since_is_a_time"
    return FREE if _is_at_the_end_of_time(since) else None


def _due_to_body(op: Operation, body: Any) -> str | None:
    """The service reads only the attributes of the contract in a body: it ignores `type` and unknown fields."""
    if op.conventions.body.needs == "data":
        return None if _has_data(body) else "body_has_data"
    try:
        attributes = json.loads(body)["data"]["attributes"]
        known = {name: value for name, value in attributes.items() if name in op.attributes}
    except (TypeError, ValueError, LookupError, AttributeError):
        return "body_has_attributes"
    if not known:
        return "body_has_attributes"
    # It reads a number as its digits, and a list as nothing.
    is_whole = all(
        isinstance(known.get(name), str | int | float) for name in _required(op.request or {}, "data", "attributes")
    )
    return None if is_whole else "a rule"


def _has_data(body: Any) -> bool:
    try:
        data = json.loads(body)["data"]
    except (TypeError, ValueError, LookupError):
        return False
    return isinstance(data, dict) and bool(data)


def _required(schema: Mapping[str, Any], *way: str) -> set[str]:
    """Name what every alternative of the body requires of its attributes."""
    if "anyOf" in schema:
        return set.intersection(*(_required(part, *way) for part in schema["anyOf"]))
    return _required(schema["properties"][way[0]], *way[1:]) if way else set(schema["required"])


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
    return known is not None and response.status_code == known.status and _body(response) == known.body


def _body(response: Response) -> Any:
    return response.json() if response.content else None


def answer_to(case: Case, status: int, body: bytes, content_type: str = "application/json") -> Response:
    """Make an answer that the sandbox did not give."""
    request = Request(**case.as_transport_kwargs(base_url="http://127.0.0.1")).prepare()
    headers = {"content-type": [content_type]}
    return Response(status, headers=headers, content=body, request=request, elapsed=0, verify=False)


def _listed(case: Case, op: Operation, status: str) -> list[Any]:
    """Return the bodies that the published document shows for a status of an operation."""
    document = case.operation.schema.raw_schema
    response = document["paths"][op.path][op.method.lower()]["responses"].get(status, {})
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    contents = response.get("content", {}).values()
    return [example["value"] for content in contents for example in content.get("examples", {}).values()]
