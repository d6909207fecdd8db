"""What the pages show of the contracts. Each view is shown by the template of its name in site/templates/parts/.

A writer calls a view by its name: `{{ error_table('createPartnership') }}`. The first of the contracts is the one that
the page is about.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from generator import exchanges, samples, vocabulary
from generator.addresses import SCENARIOS, SCHEMES, field_anchor, holder, state_anchor, state_tag
from generator.changes import changes
from generator.changes.report import summary, told
from generator.coverage import Thing, ids, reached
from generator.diagrams import Step, draw
from generator.exchanges import Exchange
from generator.fields import Field, as_json, fields, parameter_fields
from generator.mistakes import Mistake, find
from spec import SPEC
from spec.contract import Contract, Operation, Problem, Rule, Transition, load

RELEASED = "released"
"""Where the contracts of released versions are, beside those of the editions."""
TIME = "time"
"""What moves a state when nobody does."""
GROUP = ("the first scenario", "a name for links", "a heading")
LONDON = ZoneInfo("Europe/London")

Known = Mapping[str, Any]
Contracts = Sequence[Contract]
Change = tuple[str, str, Mapping[str, str]]
"""A field, the JSON that is sent in it, and what the seeds tell of that value."""
Scenario = Mapping[str, Any]
"""One as the sandbox lists it."""


def _resolved(document: Known, value: Any) -> Any:
    """Put what is referred to in place of every reference."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            target: Any = document
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return _resolved(document, target)
        return {key: _resolved(document, part) for key, part in value.items()}
    return [_resolved(document, part) for part in value] if isinstance(value, list) else value


def _operation(contracts: Contracts, name: str) -> Operation:
    return holder(contracts, "operations", name).operations[name]


def _seeded(contracts: Contracts) -> Mapping[str, Mapping[str, str]]:
    """Tell of the ids that the seeds have: what bears them, its story, and where to read more."""
    told: dict[str, Mapping[str, str]] = {}
    for seeds in (contract.seeds for contract in contracts):
        for recipe in seeds.get("scenarios", ()):
            told |= dict.fromkeys(ids(recipe), _told(recipe["name"], recipe["story"], f"{SCENARIOS}#{recipe['name']}"))
        for kind in ("schools", "delivery-partners", "lead-providers"):
            told |= {item["id"]: _told(item["full_name"], item.get("story", "")) for item in seeds.get(kind, ())}
    return told


def _told(name: str, story: str, href: str = "") -> Mapping[str, str]:
    return {"name": name, "story": story, "href": href}


def _changes(seeded: Mapping[str, Mapping[str, str]], rule: Rule) -> list[Change]:
    return [(name, as_json(value), seeded.get(str(value), {})) for name, value in rule.broken_by.items()]


def _problems(contract: Contract, op: Operation) -> list[Problem]:
    names = (name for response in op.responses.values() for name in response.get("x-problems", ()))
    return [contract.problems[name] for name in names]


def _asked_by(contract: Contract, rule: Rule) -> list[Operation]:
    return [op for op in contract.operations.values() if rule in op.rules]


def field_table(contracts: Contracts, schema: str) -> Known:
    """Show the fields of a schema of the contract."""
    document = contracts[0].document
    found = find(document["components"]["schemas"], schema, "schema")
    shows = reached(contracts[0], {"$ref": f"#/components/schemas/{schema}"}, schema)
    return {"caption": schema, "fields": list(fields(_resolved(document, found))), "shows": shows}


def request_fields(contracts: Contracts, operation: str) -> Known:
    """Show the fields that the body of a request has under `data.attributes`."""
    op = _operation(contracts, operation)
    inside = [f for f in fields(op.request or {}) if f.parents[:2] == ("data", "attributes")]
    return {
        "caption": op.id,
        "fields": [replace(f, parents=f.parents[2:], depth=f.depth - 2) for f in inside],
        "shows": _shown_fields(contracts, op, "body"),
    }


def _shown_fields(contracts: Contracts, op: Operation, section: str) -> set[Thing]:
    contract = holder(contracts, "operations", op.id)
    return {
        each
        for name, schema in vocabulary.written(contract, op)
        if name == section
        for each in reached(contract, schema, op.id)
    }


def request_table(contracts: Contracts, operation: str, *, anchors: bool = False) -> Known:
    """Show the whole body of a request. With `anchors`, links can lead to each of its fields."""
    op = _operation(contracts, operation)
    return {
        "caption": op.id,
        "fields": _anchored("body" if anchors else "", fields(op.request or {})),
        "shows": _shown_fields(contracts, op, "body"),
    }


def response_table(contracts: Contracts, operation: str, *, anchors: bool = False) -> Known:
    """Show the whole body of an answer. With `anchors`, links can lead to each of its fields."""
    op = _operation(contracts, operation)
    return {
        "caption": op.id,
        "tag": op.tag,
        "fields": _anchored("response" if anchors else "", fields(op.response or {})),
        "shows": _shown_fields(contracts, op, "response"),
    }


def parameter_table(contracts: Contracts, operation: str, *, anchors: bool = False) -> Known:
    """Show what can be sent in the path, the query and the headers. With `anchors`, links can lead to each."""
    op = _operation(contracts, operation)
    rows = (row for parameter in op.parameters for row in parameter_fields(parameter))
    return {"caption": op.id, "fields": _anchored("parameters" if anchors else "", rows)}


def _anchored(section: str, rows: Iterable[Field]) -> list[Field]:
    """Name each row of a section, the first where several have one name."""
    anchors: dict[str, Field] = {}
    shown = list(rows)
    for row in shown:
        if section and not row.is_choice:
            anchors.setdefault(field_anchor(section, (*row.parents, row.name)), row)
    named = {id(row): anchor for anchor, row in anchors.items()}
    return [replace(row, anchor=named.get(id(row), "")) for row in shown]


def error_table(contracts: Contracts, operation: str) -> Known:
    """Show every rule of an operation: its message, its condition and what to send to see it."""
    op, seeded = _operation(contracts, operation), _seeded(contracts)
    return {"op": op, "rows": [(rule, _changes(seeded, rule)) for rule in op.rules]}


def problem_table(contracts: Contracts, operation: str) -> Known:
    """Show what an operation can answer before it asks a rule."""
    op = _operation(contracts, operation)
    return {"op": op, "problems": _problems(holder(contracts, "operations", op.id), op)}


def operation(contracts: Contracts, operation: str) -> Known:
    """Link to an operation, within a sentence."""
    return {"op": _operation(contracts, operation)}


def endpoint(contracts: Contracts, operation: str) -> Known:
    """Show the method and path of an operation, and where to read more of it."""
    return {"op": _operation(contracts, operation)}


def example(contracts: Contracts, operation: str) -> Known:
    """Show an operation's example request and the answer to it, as the contract gives them."""
    op = _operation(contracts, operation)
    return {"op": op, "exchange": exchanges.example(op)}


def operation_reference(contracts: Contracts, operation: str) -> Known:
    """Show all there is to know of an operation."""
    return {"op": _operation(contracts, operation)}


def operation_summary(contracts: Contracts, operation: str) -> Known:
    """Show what an operation is for, and lead to all there is to know of it."""
    return {"op": _operation(contracts, operation)}


def operation_list(contracts: Contracts) -> Known:
    """List every operation, by tag."""
    tags = {tag["name"]: tag for tag in contracts[0].document["tags"]}
    return {"groups": [(tags[name], list(ops)) for name, ops in _by_tag(contracts[0].operations.values())]}


def tag_list(contracts: Contracts) -> Known:
    """List the tags with their descriptions."""
    return {"tags": contracts[0].document["tags"]}


def _by_tag(operations: Any) -> Iterator[tuple[str, Iterator[Operation]]]:
    return groupby(sorted(operations, key=lambda op: op.tag), key=lambda op: op.tag)


def rule_catalogue(contracts: Contracts) -> Known:
    """Show every rule: condition, message, the operations that ask it and the requests that show it."""
    groups: dict[str, list[tuple[Rule, Sequence[tuple[Operation, Exchange]]]]] = {}
    for rule in contracts[0].rules.values():
        shown = [(op, exchanges.refused(op, rule)) for op in _asked_by(contracts[0], rule)]
        for op, _ in shown[:1]:
            groups.setdefault(op.tag, []).append((rule, shown))
    return {"groups": sorted(groups.items(), key=lambda group: group[0])}


def problem_catalogue(contracts: Contracts) -> Known:
    """Show everything that a request can meet before a rule is asked."""
    contract = contracts[0]
    by_status = sorted(contract.problems.values(), key=lambda problem: problem.status)
    meeting = {
        problem.name: [op for op in contract.operations.values() if problem in _problems(contract, op)]
        for problem in by_status
    }
    return {
        "problems": [(problem, meeting[problem.name], exchanges.meeting(contract, problem)) for problem in by_status],
        "everywhere": len(contract.operations),
    }


def contract_changes(contracts: Contracts, since: str) -> Known:
    """Show what has changed in the contract since a released version, what breaks clients first."""
    released = {path.name: path for path in (SPEC / RELEASED).iterdir()}
    old = load(contracts[0].edition, find(released, since, "released version"))
    found = changes(old, contracts[0])
    return {"summary": summary(found), "kinds": told(found)}


def difference_table(contracts: Contracts) -> Known:
    """Show where the sandbox and the department's service or guidance differ."""
    return {"differences": contracts[0].differences}


def seeded_schools(contracts: Contracts) -> Known:
    """Show the schools that every world has."""
    return {"schools": contracts[0].seeds["schools"]}


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


def _moving(contracts: Contracts, name: str) -> str:
    """Return the field with states that a name means, as `Schema.field`."""
    moving = contracts[0].transitions
    names = {name: field for name, field in vocabulary.field_names(contracts[0]).items() if field in moving}
    return find(names, name, "field with states called")


def _steps(contracts: Contracts, field: str) -> list[tuple[Transition, Operation | None]]:
    """Return the steps between the states of a field with the operations that make them, if any does."""
    steps = contracts[0].transitions[field]
    return [(step, None if step.by == TIME else _operation(contracts, step.by)) for step in steps]


def state_diagram(contracts: Contracts, field: str, *, words: bool = True) -> Known:
    """Draw the steps between the states of a field, named as `Declaration.state`, and say them in words.

    With `words=false`, say them elsewhere.
    """
    field = _moving(contracts, field)
    steps = _steps(contracts, field)
    own = contracts[0].operations
    drawn = [Step(s.source, s.target, TIME if op is None else "you" if op.id in own else "others") for s, op in steps]
    name = field.rpartition(".")[2]
    return {
        "name": name,
        "diagram": draw(drawn),
        "drawn": dict.fromkeys(drawn),
        "words": words,
        "shows": _shown_states(contracts, field),
    }


def state_table(contracts: Contracts, field: str, heading: int = 3) -> Known:
    """Show the states of a field, named as `Declaration.state`: what each means, a diagram, and every step.

    `heading` is the level of its heading.
    """
    field = _moving(contracts, field)
    told = _told_values(vocabulary.homes(contracts[0])[field].schema)
    states = [(state.value, state_anchor(*state), told.get(state.value, "")) for state in _states(contracts, field)]
    return {
        "field": field,
        "name": field.rpartition(".")[2],
        "heading": heading,
        "states": states,
        "steps": _steps(contracts, field),
        "shows": _shown_states(contracts, field),
    }


def _shown_states(contracts: Contracts, field: str) -> set[Thing]:
    return {Thing("fields", field), *(Thing("states", f"{field}.{state.value}") for state in _states(contracts, field))}


def _states(contracts: Contracts, field: str) -> list[vocabulary.State]:
    return [state for state in vocabulary.states(contracts[0]) if state.field == field]


def state_tables(contracts: Contracts, tag: str) -> Known:
    """Show the steps between the values of every field that the answers of a tag have."""
    return {"fields": [field for field in contracts[0].transitions if state_tag(contracts[0], field) == tag]}


def enum_list(contracts: Contracts, field: str) -> Known:
    """Show the values of a field, named as `Declaration.declaration_type`, or of a schema, and what each means."""
    homes = vocabulary.homes(contracts[0])
    fields = {name: homes[owner].schema for name, owner in vocabulary.field_names(contracts[0]).items()}
    schemas = fields | contracts[0].document["components"]["schemas"]
    told = _told_values(find(schemas, field, "field or schema"))
    if not told:
        raise Mistake("enum", f"`{field}` can have any value.", "Name a field with an enum.")
    owner = vocabulary.field_names(contracts[0]).get(field, field)
    return {
        "caption": field,
        "values": told,
        "is_told": any(told.values()),
        "shows": _shown_states(contracts, owner),
    }


def _told_values(schema: Known) -> Mapping[str, str]:
    """Return the values that a schema allows, each with what it means if the contract says that."""
    told = schema.get("x-enumDescriptions", {})
    values = (value for value in schema.get("enum", told) if value is not None)
    return {str(value): told.get(value, "") for value in values}


def milestone_table(contracts: Contracts, cohort: str, schedule: str) -> Known:
    """Show the milestones of a schedule in a cohort, with the first and the last day of each."""
    schedules: dict[str, dict[str, Any]] = {}
    for row in contracts[0].seeds["schedules"]["milestones"]:
        schedules.setdefault(str(row["cohort"]), {})[row["schedule"]] = row["types"]
    types = find(find(schedules, cohort, "cohort"), schedule, f"schedule of the {cohort} cohort called")
    days = [(name, _day(row["from"]), row["until"] and _day(row["until"])) for name, row in types.items()]
    return {"cohort": cohort, "schedule": schedule, "milestones": days}


def milestone_list(contracts: Contracts) -> Known:
    """Show the milestones of every schedule in every cohort. Those with the same days stand in one row."""
    cohorts: dict[int, list[tuple[str, Any]]] = {}
    for row in contracts[0].seeds["schedules"]["milestones"]:
        cohorts.setdefault(row["cohort"], []).append((row["schedule"], list(_same_days(row["types"]))))
    return {"cohorts": cohorts}


def _same_days(types: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[list[str], str, str]]:
    """Yield milestones that follow each other and have the same first and last day."""
    for (first, last), some in groupby(types.items(), key=lambda item: (item[1]["from"], item[1]["until"])):
        yield [name for name, _ in some], _day(first), last and _day(last)


def _day(written: str) -> str:
    """Write a day as people do: 1 June 2026."""
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"


def evidence_table(contracts: Contracts, operation: str) -> Known:
    """Show which evidence an operation takes, by cohort, role and type of declaration."""
    op = _operation(contracts, operation)
    rows = (op.request or {}).get("x-evidence")
    if rows is None:
        raise Mistake("evidence", f"`{operation}` takes no evidence.", "Name `createDeclaration`.")
    return {"op": op, "rows": rows, "since": _since(contracts, "detailed_evidence")}


def _since(contracts: Contracts, flag: str) -> Any:
    """Return the first cohort that has a flag."""
    return min(cohort["year"] for cohort in contracts[0].seeds["cohorts"] if cohort[flag])


def cohort_table(contracts: Contracts) -> Known:
    """Show the cohorts: when each begins and ends, and which of them are closed or frozen."""
    cohorts = contracts[0].seeds["cohorts"]
    rows = [(c, _day(c["starts_on"]), _day(c["ends_on"]), _frozen(c["payments_frozen_at"])) for c in cohorts]
    return {"cohorts": rows}


def _frozen(at: str | None) -> str:
    """Return the day on which something was frozen, by the clocks of London."""
    return _day(datetime.fromisoformat(at).astimezone(LONDON).date().isoformat()) if at else ""


def rate_limit(contracts: Contracts) -> Known:
    """Say, within a sentence, how many requests can be sent with one token."""
    return {"limit": contracts[0].document["x-rate-limit"]}


def way_list(_: Contracts, ways: Sequence[Mapping[str, str]]) -> Known:
    """Offer ways on, each with `href`, `title` and `text`."""
    return {"ways": ways}


def directive_list(_: Contracts) -> Known:
    """Show every directive: how it is called, what it shows, and what comes of it."""
    return {"directives": [_directive(name, view) for name, view in VIEWS.items()]}


def _directive(name: str, view: Callable[..., Known]) -> Known:
    if name not in samples.CALLS and name not in samples.SEEN:
        raise Mistake("directive", f"Nothing says how to show `{name}` to writers.", "Say it in generator/samples.py.")
    arguments = samples.CALLS.get(name, ())
    taken = [str(each) for each in inspect.signature(view).parameters.values() if each.name not in GIVEN]
    return {
        "name": name,
        "signature": f"{name}({', '.join(each.partition(':')[0] + _default(each) for each in taken if each != '*')})",
        "words": inspect.cleandoc(view.__doc__ or ""),
        "call": f"{name}({', '.join(map(repr, arguments))})",
        "arguments": arguments,
        "seen": samples.SEEN.get(name, ""),
    }


def _default(parameter: str) -> str:
    _, equals, default = parameter.partition(" = ")
    return f"={default.lower()}" if equals else ""


def link_list(_: Contracts) -> Known:
    """Show every kind of link into the contract, and where one leads."""
    kinds = [(kind, samples.LINKS[kind], inspect.cleandoc(f"{lead.__doc__}")) for kind, lead in SCHEMES.items()]
    return {"links": [(kind, name, _lead(words)) for kind, name, words in kinds]}


def _lead(words: str) -> str:
    """Say where a link leads, in the words of what makes its address."""
    return words.removeprefix("Return the address of ").split(";")[0].removesuffix(".")


VIEWS: Mapping[str, Callable[..., Known]] = MappingProxyType(
    {
        view.__name__: view
        for view in (
            cohort_table,
            contract_changes,
            difference_table,
            directive_list,
            endpoint,
            enum_list,
            error_table,
            evidence_table,
            example,
            field_table,
            link_list,
            milestone_list,
            milestone_table,
            operation,
            operation_list,
            operation_reference,
            operation_summary,
            parameter_table,
            problem_catalogue,
            problem_table,
            rate_limit,
            request_fields,
            request_table,
            response_table,
            rule_catalogue,
            scenario_list,
            seeded_schools,
            state_diagram,
            state_table,
            state_tables,
            tag_list,
            way_list,
        )
    }
)


GIVEN = ("contracts", "_")
"""What a view is given by the page, and no writer writes."""
