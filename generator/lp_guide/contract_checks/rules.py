"""Checks that every rule and problem is complete, is used, and has a valid request that breaks it."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from lp_contract import contract_parts, merge_documents, rules_and_problems
from lp_contract.operation import attribute_schemas
from lp_contract.yaml_source import MAPPINGS, mapping
from lp_guide.contract_checks.examples import meta_schema
from lp_guide.contract_checks.unchecked_contract import Draft, Endpoint, Finding, Way, look_up, meant, names, sequence

ANSWERS = (("title", "detail"), ("error",), ("text",), ("json",), ("empty",))
"""The words of each form of answer that a problem can have."""
REQUEST_WORDS = ("operation", "path", "query", "headers", "body", "padding")
FORMS = {
    "text": ("field", "detail", "when", "remedy", "title", "error", "text", "unreachable", "in_file", "in_file_remedy"),
    "a list": ("needs_clean", "brings"),
}
"""The type of each word of a rule or problem that this check covers."""
TYPES = {"text": str, "a list": list}
DIFFERENCE_WORDS = ("subject", "theirs", "ours")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def unknown_word(draft: Draft) -> Iterator[Finding]:
    """Every word of a rule, of a problem and of its `broken_by` is known."""
    for complaint in rules_and_problems.miswordings(draft.sources):
        if complaint.check == "unknown-word":
            yield Finding(complaint.place, complaint.message, complaint.remedy)
    for name, problem in draft.section("problems").items():
        for word in mapping(problem.get("broken_by")):
            if word not in REQUEST_WORDS:
                place = draft.place(("problems", name, "broken_by", word))
                yield Finding(place, f"A request has no `{word}`.", meant(word, REQUEST_WORDS))


def missing_word(draft: Draft) -> Iterator[Finding]:
    """Every rule has a field, message, condition, and request or reason; every problem has a status and condition."""
    for complaint in rules_and_problems.miswordings(draft.sources):
        if complaint.check == "missing-word":
            yield Finding(complaint.place, complaint.message, complaint.remedy)
    for section, name, word, value in _words(draft):
        if value is None or (isinstance(value, str) and not value.strip()):
            yield Finding(draft.place((section, name, word)), f"`{name}` has no text for `{word}`.", "Write it.")


def unreachable(draft: Draft) -> Iterator[Finding]:
    """No unreachable rule has `broken_by`, and no other rule brings its error."""
    for complaint in rules_and_problems.miswordings(draft.sources):
        if complaint.check == "unreachable":
            yield Finding(complaint.place, complaint.message, complaint.remedy)
    rules = draft.section("rules")
    for way, name in _brought(draft):
        if "unreachable" in rules.get(str(name), {}):
            message = f"`{way[1]}` names `{name}`, but no request can break this rule."
            yield Finding(draft.place(way), message, "Remove the name.")


def word_form(draft: Draft) -> Iterator[Finding]:
    """Every word of a rule and of a problem has a value of its type: text, or a list."""
    for section, name, word, value in _words(draft):
        for form, words in FORMS.items():
            if word in words and value is not None and not isinstance(value, TYPES[form]):
                message = f"`{name}` has no {form.removeprefix('a ')} as `{word}`."
                yield Finding(draft.place((section, name, word)), message, f"Write {form}.")


def difference(draft: Draft) -> Iterator[Finding]:
    """Every difference has exactly `subject`, `theirs` and `ours`."""
    for _, source in merge_documents.documents(draft.sources):
        listed = source.data.get("differences", [])
        if not isinstance(listed, list):
            yield Finding(source.place(("differences",)), "The differences are not a list.", "Write a list of them.")
        for index, entry in enumerate(sequence(listed)):
            place = source.place(("differences", index))
            said = {word: text for word, text in mapping(entry).items() if isinstance(text, str) and text.strip()}
            if said.keys() != set(DIFFERENCE_WORDS) or said.keys() != mapping(entry).keys():
                words = ", ".join(map(str, mapping(entry))) or "nothing"
                yield Finding(place, f"The difference has {words}.", "Write subject, theirs and ours as text.")


def _words(draft: Draft) -> Iterator[tuple[str, str, str, Any]]:
    for section in ("rules", "problems"):
        for name, entry in draft.section(section).items():
            yield from ((section, name, word, value) for word, value in entry.items())


def unknown_rule(draft: Draft) -> Iterator[Finding]:
    """`rules` has every name in `x-rules` and `brings`."""
    known = draft.section("rules")
    for way, name in [*_used(draft), *_brought(draft)]:
        if str(name) not in known:
            yield Finding(draft.place(way), f"There is no rule `{name}`.", meant(name, known))


def _used(draft: Draft) -> Iterator[tuple[Way, Any]]:
    for endpoint in draft.endpoints:
        for index, name in enumerate(endpoint.rules):
            yield (*endpoint.way, "x-rules", index), name


def _brought(draft: Draft) -> Iterator[tuple[Way, Any]]:
    for rule, entry in draft.section("rules").items():
        for index, name in enumerate(sequence(entry.get("brings"))):
            yield ("rules", rule, "brings", index), name


def unused_rule(draft: Draft) -> Iterator[Finding]:
    """Every rule is checked by an operation."""
    used = [name for _, name in _used(draft)]
    for name in draft.section("rules"):
        if name not in used:
            message = f"No operation checks the rule `{name}`."
            yield Finding(draft.place(("rules", name)), message, "Add it to the operation's `x-rules`, or remove it.")


def unknown_field(draft: Draft) -> Iterator[Finding]:
    """Every field of a rule is a property or a parameter of the document, unless no request has it."""
    titles = (*_body_titles(draft.endpoints), *_request_titles(draft.endpoints))
    known = {contract_parts.EVERYTHING, *_property_names(draft), *_parameter_names(draft), *titles}
    for name, entry in draft.section("rules").items():
        for way, field in _fields(entry):
            if isinstance(field, str) and field.strip() and field not in known:
                place = draft.place(("rules", name, *way))
                yield Finding(place, f"There is no field `{field}`.", meant(field, known))


def _fields(rule: Mapping[str, Any]) -> Iterator[tuple[Way, Any]]:
    if "unreachable" not in rule:
        yield ("field",), rule.get("field")
    yield from ((("needs_clean", index), field) for index, field in enumerate(sequence(rule.get("needs_clean"))))


def _property_names(draft: Draft) -> Iterator[str]:
    return itertools.chain.from_iterable(mapping(schema.get("properties")) for _, schema in draft.schemas)


def _parameter_names(draft: Draft) -> Iterator[str]:
    for endpoint in draft.endpoints:
        for way, _ in endpoint.parameters():
            parameter = mapping(draft.follow(way)[1])
            yield from names([parameter.get("name"), parameter.get("x-title")])


def _body_titles(endpoints: Iterable[Endpoint]) -> Iterator[str]:
    """Yield what errors and `broken_by` call bodies that are not JSON."""
    return iter(names(mapping(each.entry.get("requestBody")).get("x-title") for each in endpoints))


def _request_titles(endpoints: Iterable[Endpoint]) -> Iterator[str]:
    """Yield what errors call the request as a whole, where no field of it is wrong."""
    for endpoint in endpoints:
        yield from names(sequence(endpoint.entry.get("x-titles")))


def broken_by(draft: Draft) -> Iterator[Finding]:
    """Every `broken_by` has the shape of a request of each operation that checks the rule."""
    for endpoint in draft.endpoints:
        for name, rule in draft.section("rules").items():
            if name in endpoint.rules:
                yield from _misshapen(draft, endpoint, name, rule)


def _misshapen(draft: Draft, endpoint: Endpoint, name: str, rule: Mapping[str, Any]) -> Iterator[Finding]:
    way: Way = ("rules", name, "broken_by")
    request = rule.get("broken_by")
    if not isinstance(request, MAPPINGS) or not (request or "at" in rule):
        if request is not None:
            message = f"`{name}` does not say what breaks it."
            yield Finding(draft.place(way), message, "Write attributes, as in `broken_by: {school_id: ...}`.")
        return
    known = _sendable(draft, endpoint)
    for key, value in request.items():
        if key not in known:
            message = f"{endpoint.id} does not accept `{key}`, which `broken_by` of `{name}` sends."
            yield Finding(draft.place((*way, key)), message, meant(key, known))
        elif value is not None and not any(_is_of_type(value, schema) for schema in known[key]):
            message = f"{endpoint.id} does not accept {_type(value)} as `{key}`, which `broken_by` of `{name}` sends."
            yield Finding(draft.place((*way, key)), message, "Write it as the schema has it, text in quotes.")


def _sendable(draft: Draft, endpoint: Endpoint) -> dict[str, list[Any]]:
    """Return everything that `broken_by` can set in a request, with the possible schemas of each."""
    known: dict[str, list[Any]] = {}
    for way, _ in endpoint.parameters():
        parameter = mapping(draft.follow(way)[1])
        if parameter.get("in") in ("path", "query"):
            known.setdefault(str(parameter.get("name")), []).append({"type": "string"})
    known |= {name: [{"type": "string"}] for name in _body_titles([endpoint])}
    request = draft.request(endpoint)
    schema = mapping(look_up(draft.resolved, (*request[0], "schema"))) if request else {}
    for name, attribute in attribute_schemas(schema):
        known.setdefault(name, []).append(attribute)
    return known


def _is_of_type(value: Any, schema: Any) -> bool:
    types = {"type": mapping(schema).get("type")}
    return not meta_schema().is_valid(types) or Draft202012Validator(types).is_valid(value)


def _type(value: Any) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", list: "list", dict: "mapping", str: "text"}
    return kinds.get(type(value), "such value")


def timestamp(draft: Draft) -> Iterator[Finding]:
    """Every `at` of a rule is a time in UTC, with quotes around it."""
    for name, rule in draft.section("rules").items():
        if rule.get("at") is not None and not _is_timestamp(rule["at"]):
            message = f"`{rule['at']}` is not a time."
            yield Finding(draft.place(("rules", name, "at")), message, 'Write it like "2026-05-31T12:00:00Z".')


def _is_timestamp(value: Any) -> bool:
    try:
        return bool(TIMESTAMP.fullmatch(value)) and bool(dt.datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def unknown_problem(draft: Draft) -> Iterator[Finding]:
    """`problems` has every name in `x-problems`."""
    known = draft.section("problems")
    for way, _, name in _listed(draft):
        if name not in known:
            yield Finding(draft.place(way), f"There is no problem `{name}`.", meant(name, known))


def problem_status(draft: Draft) -> Iterator[Finding]:
    """Every problem is listed under its own status."""
    problems = draft.section("problems")
    for way, status, name in _listed(draft):
        given = str(mapping(problems.get(name)).get("status", status))
        if given != status:
            message = f"`{name}` has the status {given} and is listed under {status}."
            yield Finding(draft.place(way), message, "Correct one of the two.")


def _listed(draft: Draft) -> Iterator[tuple[Way, str, str]]:
    """Yield (way, status, name) of every problem of every answer, each once."""
    found: dict[tuple[Way, str, str], None] = {}
    for endpoint in draft.endpoints:
        for status, way, response in draft.responses(endpoint):
            kinds = mapping(response.get("content"))
            for holder in (way, *((*way, "content", kind) for kind in kinds)):
                listed = sequence(mapping(look_up(draft.document, holder)).get("x-problems"))
                for index, name in enumerate(listed):
                    found[(*holder, "x-problems", index), status, str(name)] = None
    yield from found


def problem_answer(draft: Draft) -> Iterator[Finding]:
    """Every problem has one answer (title and detail, `error`, `text`, `json` or `empty`) and an error status."""
    for name, problem in draft.section("problems").items():
        given = [word for words in ANSWERS for word in words if problem.get(word) is not None]
        if tuple(given) not in ANSWERS:
            message = f"`{name}` answers with {' and '.join(given) or 'nothing'}."
            yield Finding(
                draft.place(("problems", name)), message, "Write title and detail, or error, text, json or empty."
            )
        if "status" in problem and problem["status"] not in range(400, 600):
            place = draft.place(("problems", name, "status"))
            yield Finding(
                place, f"`{problem['status']}` is not the status of an error.", "Write a number from 400 to 599."
            )
