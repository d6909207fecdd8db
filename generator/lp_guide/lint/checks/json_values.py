"""Checks the values in the JSON on a page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from lp_guide.lint.json_blocks import ANSWER, REQUEST, Body, bodies
from lp_guide.lint.lenient_json_parser import Template, Value
from lp_guide.lint.markdown_page import Finding, Guidance

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LIKE_UUID = re.compile(r"(?<![\w-])\w{4,}(?:-\w{2,}){4}(?![\w-])")
_IN_WORDS = re.compile(r"[^\W\d]*(?:[ _][^\W\d]+)*|.*[{<\[*…].*|.*\.\.\..*|.*x{4}.*", re.IGNORECASE | re.DOTALL)
"""Values that are not meant as ids: placeholders, and ids shortened on purpose."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_FORM = "Write 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12."


def not_a_uuid(page: Guidance) -> Iterator[Finding]:
    """Ids are UUIDs, in JSON and in paths."""
    for body in bodies(page):
        for name, value in body.fields():
            if _is_id(name) and _is_wrong(value.data, in_resource=bool(body.resources)):
                yield Finding(value.line, f"`{name}` is not a UUID: `{value.data}`.", _what_is_wrong(str(value.data)))
    for endpoint in page.endpoints:
        for word in _LIKE_UUID.findall(endpoint.path.partition("?")[0]):
            if re.search(r"\d", word) and not _UUID.fullmatch(word):
                yield Finding(endpoint.line, f"The path has an id that is not a UUID: `{word}`.", _what_is_wrong(word))


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _is_wrong(value: Any, *, in_resource: bool) -> bool:
    """Whether a value is an id but not a UUID. Only resources of the API must have UUIDs."""
    if isinstance(value, str) and not _UUID.fullmatch(value):
        return bool(_LIKE_UUID.fullmatch(value)) or (in_resource and not _IN_WORDS.fullmatch(value))
    return in_resource and isinstance(value, int | float) and not isinstance(value, bool)


def _what_is_wrong(value: str) -> str:
    """Explain how an id differs from a UUID."""
    groups = value.split("-")
    lengths = [8, 4, 4, 4, 12]
    if len(groups) != len(lengths):
        return _FORM
    for group, length in zip(groups, lengths, strict=True):
        strange = sorted(set(re.sub(r"[0-9a-fA-F]", "", group)))
        if len(group) != length:
            return f"`{group}` must have {length} digits, not {len(group)}."
        if strange:
            return f"`{''.join(strange)}` in `{group}` is not a hexadecimal digit."
    return _FORM


def quoted_null(page: Guidance) -> Iterator[Finding]:
    """No value is the text "null"."""
    for body in bodies(page):
        for name, value in body.fields():
            if isinstance(value.data, str) and value.data.lower() in ("null", "nil"):
                message = f'`{name}` is the word "{value.data}" and not null.'
                yield Finding(value.line, message, "Write `null`, without quotes.")


def impossible_date(page: Guidance) -> Iterator[Finding]:
    """Every date is in the calendar."""
    for body in bodies(page):
        for name, value in body.fields():
            if isinstance(value.data, str) and _INSTANT.fullmatch(value.data) and _instant(value.data) is None:
                message = f"`{name}` is not a date in the calendar: `{value.data}`."
                yield Finding(value.line, message, "Correct the month, the day or the time.")


def _instant(text: str) -> dt.datetime | None:
    """Parse a time, in UTC if it has no zone. Return None if the text is not a time."""
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def list_for_one(page: Guidance) -> Iterator[Finding]:
    """If a request is about one resource, `data` is an object and not a list."""
    for body in bodies(page):
        data = body.values[0].get("data") if body.values else None
        if data and isinstance(data.data, list) and _is_about_one(body):
            assert body.endpoint
            message = f"`data` is a list, but `{body.endpoint.verb} {body.endpoint.path}` is about one resource."
            yield Finding(data.line, message, "Write the object without the list around it.")


def _is_about_one(body: Body) -> bool:
    if body.endpoint is None:
        return False
    return body.endpoint.verb in ("POST", "PUT", "PATCH") or (body.endpoint.verb == "GET" and body.endpoint.is_of_one)


def doubled_resource(page: Guidance) -> Iterator[Finding]:
    """No two items of a list have the same id."""
    for body in bodies(page):
        seen: dict[Any, int] = {}
        for resource in body.resources:
            kind, name = resource.get("type"), resource.get("id")
            if not name or not isinstance(name.data, str) or _IN_WORDS.fullmatch(name.data):
                continue
            key = (kind and str(kind.data), name.data)
            if key in seen:
                message = f"The list has a second item with the id `{name.data}`, as on line {seen[key]}."
                yield Finding(name.line, message, "Write another id.")
            seen.setdefault(key, name.line)


def answer_differs(page: Guidance) -> Iterator[Finding]:
    """Every answer to a request has the values that the request sent."""
    request: Body | None = None
    for body in bodies(page):
        if body.role == REQUEST:
            request = body
        elif body.role == ANSWER and request and request.endpoint and request.endpoint == body.endpoint:
            yield from _differences(request, body)
            request = None


def _differences(request: Body, answer: Body) -> Iterator[Finding]:
    sent = _attributes(request)
    for name, value in _attributes(answer).items():
        if name in sent and not _is_same(sent[name].data, value.data):
            message = f"`{name}` is `{_shown(value)}` in the answer, and `{_shown(sent[name])}` in the request"
            yield Finding(value.line, f"{message} on line {sent[name].line}.", "Show the answer to that request.")


def _attributes(body: Body) -> dict[str, Value]:
    found = body.values[0].get("data", "attributes") if body.values else None
    return found.data if found and isinstance(found.data, dict) else {}


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same, or not simple enough to compare."""
    if any(isinstance(each, dict | list | Template) for each in (one, other)):
        return True
    instants = [_instant(each) if isinstance(each, str) and "-" in each else None for each in (one, other)]
    if all(instants):
        return instants[0] == instants[1]
    return type(one) is type(other) and one == other


def _shown(value: Value) -> str:
    return f'"{value.data}"' if isinstance(value.data, str) else str(value.data)
