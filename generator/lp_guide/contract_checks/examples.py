"""Checks that every example and default fits its schema, and that no example is missing."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from lp_contract import service_conventions
from lp_contract.composed_examples import example_of
from lp_contract.contract_parts import Problem
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import mapping
from lp_guide.contract_checks.close_schemas import closed
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, Way, holders, look_up, names, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:;.*)?")
UNNAMED = "unevaluatedProperties"
"""The keyword that fields break if a closed schema does not name them."""
LONGEST = 200
"""A complaint quotes at most this many characters of jsonschema's message, which can contain a whole document."""


def example(draft: Draft) -> Iterator[Finding]:
    """Every example of a schema, a parameter and a body fits its schema."""
    for way, schema in draft.schemas:
        for index, value in enumerate(sequence(schema.get("examples"))):
            yield from _misfit(draft, way, (*way, "examples", index), value)
    for way, holder in holders(draft.document):
        for at, value in _written(way, holder):
            yield from _misfit(draft, (*way, "schema"), at, value)


def _written(way: Way, holder: Mapping[str, Any]) -> Iterator[tuple[Way, Any]]:
    if "example" in holder:
        yield (*way, "example"), holder["example"]
    for name, entry in mapping(holder.get("examples")).items():
        if "value" in mapping(entry):
            yield (*way, "examples", name, "value"), entry["value"]


def unnamed_field(draft: Draft) -> Iterator[Finding]:
    """Every example of an answer has only the fields that its schema names."""
    for way, media in _answers(draft).items():
        schema = closed(look_up(draft.resolved, (*way, "schema")))
        for at, value in _written(way, media):
            for error in misfits(schema, value):
                if error.validator == UNNAMED:
                    yield Finding(
                        draft.place((*at, *error_way(error))),
                        f"The example of an answer has a field that its schema does not name: {said(error)}.",
                        f"Change it, or the schema at {draft.place((*way, 'schema'))}.",
                    )


def problem_fits(draft: Draft) -> Iterator[Finding]:
    """Every problem, and every error of a rule, fits the schema of the answers that can contain it."""
    agreed = service_conventions.read(draft.document.get(service_conventions.WORD, {}), draft.place)
    for way in _answers(draft):
        bodies = tuple(_bodies(draft, way, agreed))
        schema = closed(look_up(draft.resolved, (*way, "schema"))) if bodies else {}
        for at, body in bodies:
            for error in misfits(schema, body):
                yield Finding(
                    draft.place(at),
                    f"This does not fit the schema of the answer that it comes in: {said(error)}.",
                    f"Change it, or the schema at {draft.place((*way, 'schema'))}.",
                )


def _answers(draft: Draft) -> dict[Way, Mapping[str, Any]]:
    """Return the JSON of every answer. An answer that several operations refer to is returned once."""
    responses = [(way, response) for each in draft.endpoints for _, way, response in draft.responses(each)]
    media = {
        (*way, "content", name): mapping(each)
        for way, answer in responses
        for name, each in mapping(answer.get("content")).items()
        if is_json(name)
    }
    return {way: each for way, each in media.items() if "schema" in each}


def _bodies(draft: Draft, way: Way, agreed: service_conventions.Conventions) -> Iterator[tuple[Way, Any]]:
    """Yield the body of every problem that an answer lists, with the way to the problem."""
    problems = draft.section("problems")
    listed = mapping(look_up(draft.document, way[:-2])).get("x-problems")
    for name in names(sequence(listed)):
        problem = Problem(name=name, conventions=agreed, **problems[name])
        word = next((word for word in ("error", "json", "detail") if getattr(problem, word) is not None), None)
        if word:
            yield ("problems", name, word), problem.body


def default(draft: Draft) -> Iterator[Finding]:
    """Every default fits its schema."""
    for way, schema in draft.schemas:
        if "default" in schema:
            yield from _misfit(draft, way, (*way, "default"), schema["default"])


def _misfit(draft: Draft, schema: Way, way: Way, value: Any) -> Iterator[Finding]:
    """Yield every mistake in a value, with its line."""
    for error in misfits(look_up(draft.resolved, schema), value):
        yield Finding(
            draft.place((*way, *error_way(error))),
            f"The {'default' if way[-1] == 'default' else 'example'} does not fit its schema: {said(error)}.",
            f"Change it, or the schema at {draft.place(schema)}.",
        )


def misfits(schema: Any, value: Any) -> Iterator[ValidationError]:
    """Yield every mistake in a value. For a schema with alternatives, the mistake is that of the best match."""
    if not _fits(schema, value) and meta_schema().is_valid(schema):  # the check `openapi` complains of it otherwise
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for error in validator.iter_errors(value):
            yield best_match([error]) or error


def _fits(schema: Any, value: Any) -> bool:
    """Return whether a value fits a schema. This is faster than collecting the mistakes."""
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)
    except ValueError:  # an unresolved reference: jsonschema names it in its message
        return False


@cache
def meta_schema() -> jsonschema_rs.Draft202012Validator:
    """Return the meta-schema of JSON Schema."""
    return jsonschema_rs.Draft202012Validator(Draft202012Validator.META_SCHEMA, validate_formats=True)


def error_way(error: ValidationError) -> Way:
    """Return the way to a mistake: to the field itself if the schema has no such field."""
    way = tuple(error.absolute_path)
    if error.validator in ("additionalProperties", UNNAMED):
        known = mapping(mapping(error.schema).get("properties"))
        return (*way, *[word for word in mapping(error.instance) if word not in known][:1])
    return way


def said(error: ValidationError) -> str:
    """Return the message of a mistake, shortened to LONGEST."""
    return error.message if len(error.message) <= LONGEST else f"{error.message[:LONGEST]}..."


def missing_example(draft: Draft) -> Iterator[Finding]:
    """Every parameter, request body and leaf of an answer has an example."""
    found = dict.fromkeys([*_lonely_parameters(draft), *_lonely_requests(draft), *_lonely_leaves(draft)])
    for way in found:
        yield Finding(draft.place(way), f"`{_named(way)}` has no example.", "Add one; the pages show it.")


def _named(way: Way) -> str:
    steps = (step for step in reversed(way) if isinstance(step, str) and step != "items")
    return next(step for step in steps if not _MEDIA_TYPE.fullmatch(step))


def _lonely_parameters(draft: Draft) -> Iterator[Way]:
    for endpoint in draft.endpoints:
        for way, _ in endpoint.parameters():
            at, parameter = draft.follow(way)
            if "example" in mapping(parameter):
                continue
            if mapping(parameter).get("in") == "path":
                yield (*at, "name")
            else:
                yield from _leaves((*at, "schema"), draft)


def _lonely_requests(draft: Draft) -> Iterator[Way]:
    for endpoint in draft.endpoints:
        way, media = draft.request(endpoint) or ((), {})
        if way and "example" not in media:
            yield way


def _lonely_leaves(draft: Draft) -> Iterator[Way]:
    for endpoint in draft.endpoints:
        for way, media in draft.answers(endpoint):
            if is_json(str(way[-1])) or "example" not in media:
                yield from _leaves((*way, "schema"), draft)


def _leaves(way: Way, draft: Draft) -> Iterator[Way]:
    """Yield the leaves of a schema without an example. Visits the schema as `example_of` does."""
    at, schema = draft.follow(way)
    schema = mapping(schema)
    first = next((keyword for keyword in ("anyOf", "oneOf", "allOf") if schema.get(keyword)), None)
    if schema.get("examples"):
        return
    if "properties" in schema:
        for name in mapping(schema["properties"]):
            yield from _leaves((*at, "properties", name), draft)
    elif "items" in schema:
        yield from _leaves((*at, "items"), draft)
    elif first:
        yield from _leaves((*at, first, 0), draft)
    elif "const" not in schema:
        yield at


def composed_example(draft: Draft) -> Iterator[Finding]:
    """Every example that is composed of an answer's parts fits the schema of the answer."""
    for endpoint in draft.endpoints:
        for way, _ in draft.answers(endpoint):
            schema = look_up(draft.resolved, (*way, "schema"))
            for error in misfits(schema, composed(schema)) if is_json(str(way[-1])) else ():
                at, _ = draft.follow((*way, "schema", *error.absolute_schema_path)[:-1])
                yield Finding(
                    draft.place((*at, error.absolute_schema_path[-1])),
                    f"The example composed of its parts does not fit: {said(error)}.",
                    "Add `examples:` to the schema here, or correct it.",
                )


def composed(schema: Any) -> Any:
    """Return the example composed of the parts of a resolved schema, or None if a part has none or is not a schema."""
    try:
        return example_of(schema) if meta_schema().is_valid(schema) else None
    except (LookupError, AttributeError):  # the second where the schema is just `true`
        return None


def example_agrees(draft: Draft) -> Iterator[Finding]:
    """Every example of an answer has the values that the example of its request sends."""
    for endpoint in draft.endpoints:
        way, media = draft.request(endpoint) or ((), {})
        sent = _attributes(media.get("example"))
        for at, answer in draft.answers(endpoint):
            if not is_json(str(at[-1])):
                continue
            schema = look_up(draft.resolved, (*at, "schema"))
            shown = _attributes(answer["example"] if "example" in answer else composed(schema))
            for name in sent:
                if name in shown and sent[name] != shown[name]:
                    yield Finding(
                        draft.place(at),
                        f"The answer shows `{name}` as {shown[name]!r}, and the request at {draft.place(way)} sends "
                        f"{sent[name]!r}.",
                        "Write the answer to this request as an `example:` here.",
                    )


def _attributes(body: Any) -> Mapping[str, Any]:
    data = mapping(body).get("data", body)
    return mapping(mapping(data).get("attributes", data))
