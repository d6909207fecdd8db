"""Compares operations: their paths, parameters, bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from functools import lru_cache
from typing import Any

from lp_contract.contract import Contract, Operation
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import mapping
from lp_guide.changes.breaking_change import (
    ABSENT,
    MAY_REFUSE,
    REFUSES_LESS,
    SAME_SHAPE,
    VERDICTS,
    WORDS,
    Change,
    Shift,
    Side,
    Verdict,
    belonging,
    compare,
)
from lp_guide.changes.schemas import CAN_BE_LEFT_OUT, MUST_BE_SENT, Spot, schema_changes

TOGETHER, SEPARATELY = "get the same answer", "are handled separately"
"""How an operation handles identical requests that arrive at the same moment."""
Pair = tuple[Operation, Operation]
Named = Mapping[str, Any]

NEW_OPERATION = Verdict(breaking=False, reason="No client calls it yet.")
NO_OPERATION = Verdict(breaking=True, reason="Clients that call it get 404.")
ELSEWHERE = Verdict(breaking=True, reason="Clients that call the old path get 404.")
TWO_ANSWERS = Verdict(breaking=True, reason="The second of two identical requests is handled as a separate request.")
ONE_ANSWER = Verdict(breaking=False, reason="Identical requests that arrive together get one answer.")
STILL_ALLOWED = Verdict(breaking=False, reason="Clients can authenticate as before.")
ALLOWED_OTHERWISE = Verdict(breaking=True, reason="Clients may have to authenticate in another way.")
NEW_REFUSAL = Verdict(
    breaking=True, reason="The service may refuse requests that it accepted before, with a new status."
)
NEW_SUCCESS = Verdict(breaking=False, reason="Clients treat every status of this class as a success.")
NO_SUCCESS = Verdict(breaking=True, reason="Clients that expect it no longer get it.")
NO_METHOD = Verdict(breaking=True, reason="Clients that use it get 404.")
NO_PARAMETER = Verdict(breaking=True, reason="The service ignores the value that clients send.")
NOT_READABLE = Verdict(breaking=True, reason="Clients can no longer read or send it.")
SAME_TEXT = Verdict(breaking=False, reason="The text is encoded as before.")
OTHER_CHARSET = Verdict(breaking=True, reason="Clients may decode or encode the text in another way.")
ONE_MORE = Verdict(breaking=False, reason="Everything that existed before still exists.")
ERRORS_NAME_IT = Verdict(breaking=True, reason="Clients that look up errors by this name no longer find them.")


def pairs(old: Contract, new: Contract) -> tuple[Pair, ...]:
    """Pair the operations of both contracts by id, or else by method and path."""
    named = {each.id: each for each in new.operations.values() if each.id in old.operations}
    placed = {_place(each): each for each in new.operations.values() if each.id not in named}
    twins = ((each, named.get(each.id) or placed.get(_place(each))) for each in old.operations.values())
    return tuple((one, other) for one, other in twins if other is not None)


def _place(operation: Operation) -> tuple[str, str]:
    """Return the method and the path without the names of its parameters."""
    return operation.method, re.sub(r"\{[^}]*\}", "{}", operation.path)


def operation_changes(old: Contract, new: Contract, both: Sequence[Pair]) -> Iterator[Change]:
    """Yield the changes of operations, except those of their rules."""
    olds, news = ({pair[side].id for pair in both} for side in (0, 1))
    for operation in old.operations.values():
        if operation.id not in olds:
            yield from _whole(operation, _shown(operation), ABSENT, NO_OPERATION)
    for operation in new.operations.values():
        if operation.id not in news:
            yield from _whole(operation, ABSENT, _shown(operation), NEW_OPERATION)
    for before, after in both:
        yield from belonging(_changes(old, new, before, after), after.id, after.tag)


def _shown(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _whole(operation: Operation, before: Any, after: Any, verdict: Verdict) -> Iterator[Change]:
    found = compare("operation", operation.id, (before, after), verdict)
    return belonging(found, operation.id, operation.tag)


def _changes(old: Contract, new: Contract, before: Operation, after: Operation) -> Iterator[Change]:
    entries = _entry(old, before), _entry(new, after)
    yield from _itself(before, after)
    yield from _entries(old, new, *entries, after.id)
    yield from _parameters(before.parameters, after.parameters)
    yield from _body(before, after, *(mapping(entry.get("requestBody")) for entry in entries))
    yield from _answers(before.responses, after.responses)


def _entry(contract: Contract, operation: Operation) -> Named:
    return mapping(contract.document["paths"][operation.path][operation.method.lower()])


def _itself(before: Operation, after: Operation) -> Iterator[Change]:
    moved = ELSEWHERE if _place(before) != _place(after) else WORDS
    yield from compare("operation", after.id, (_shown(before), _shown(after)), moved, aspect="path")
    for aspect in ("id", "tag", "summary", "description"):
        sides = getattr(before, aspect), getattr(after, aspect)
        yield from compare("operation", after.id, sides, WORDS, aspect=aspect)
    for method in dict.fromkeys((*before.also, *after.also)):
        given = (method if method in each.also else ABSENT for each in (before, after))
        yield from compare("method", method, given, ONE_MORE if method in after.also else NO_METHOD)
    for path in dict.fromkeys((*before.also_at, *after.also_at)):
        given = (path if path in each.also_at else ABSENT for each in (before, after))
        yield from compare("path", path, given, ONE_MORE if path in after.also_at else NO_METHOD)
    handling = (TOGETHER if each.is_one_answer else SEPARATELY for each in (before, after))
    verdict = ONE_ANSWER if after.is_one_answer else TWO_ANSWERS
    yield from compare("operation", after.id, handling, verdict, aspect="identical requests that arrive together")


def _entries(old: Contract, new: Contract, before: Named, after: Named, id: str) -> Iterator[Change]:
    """Compare what only the OpenAPI document has about an operation."""
    one, other = _ways_in(old, before), _ways_in(new, after)
    if not (_still_enough(one, other) and _still_enough(other, one)):
        verdict = STILL_ALLOWED if _still_enough(one, other) else ALLOWED_OTHERWISE
        yield from compare("security", "token", (one, other), verdict)
    flags = (entry.get("deprecated", False) for entry in (before, after))
    yield from compare("operation", id, flags, SAME_SHAPE, aspect="deprecated")


def _ways_in(contract: Contract, entry: Named) -> Sequence[Named]:
    """Return what a request can authenticate with. Where a contract names nothing, nothing is needed."""
    return entry.get("security", contract.document.get("security")) or [{}]


def _still_enough(before: Sequence[Named], after: Sequence[Named]) -> bool:
    """Return whether all that was enough to authenticate still is."""
    return all(any(_includes(old, new) for new in after) for old in before)


def _includes(old: Named, new: Named) -> bool:
    """Return whether a client that fulfils one requirement fulfils another."""
    return all(name in old and set(scopes) <= set(old[name]) for name, scopes in new.items())


def _parameters(old: Sequence[Named], new: Sequence[Named]) -> Iterator[Change]:
    before, after = _by_place(old), _by_place(new)
    for key, parameter in before.items():
        if key not in after:
            yield from compare(
                "parameter", parameter["name"], (_completed(parameter), ABSENT), NO_PARAMETER, side="request"
            )
        else:
            yield from _parameter(parameter, after[key])
    for key, parameter in after.items():
        if key not in before:
            verdict = MUST_BE_SENT if parameter.get("required") else CAN_BE_LEFT_OUT
            yield from compare("parameter", parameter["name"], (ABSENT, _completed(parameter)), verdict, side="request")


def _by_place(parameters: Sequence[Named]) -> dict[tuple[str, str], Named]:
    """Name parameters as requests do: those of a path by position, the others by name."""
    ways = [each for each in parameters if each["in"] == "path"]
    return {
        (each["in"], str(ways.index(each)) if each["in"] == "path" else each["name"].casefold()): each
        for each in parameters
    }


def _completed(parameter: Named) -> dict[str, Any]:
    return {word: parameter[word] for word in ("in", "required", "description") if word in parameter}


def _parameter(before: Named, after: Named) -> Iterator[Change]:
    name = after["name"]
    sent_otherwise = VERDICTS["request", Shift.OTHER]
    old, new = _with_defaults(before), _with_defaults(after)
    for aspect, verdict in (
        ("name", WORDS),
        ("description", WORDS),
        ("deprecated", SAME_SHAPE),
        ("required", MUST_BE_SENT if new["required"] else CAN_BE_LEFT_OUT),
        ("style", sent_otherwise),
        ("explode", sent_otherwise),
        ("allowReserved", REFUSES_LESS if new["allowReserved"] else MAY_REFUSE),
        ("allowEmptyValue", REFUSES_LESS if new["allowEmptyValue"] else MAY_REFUSE),
        ("x-title", ERRORS_NAME_IT),
    ):
        values = old.get(aspect, ABSENT), new.get(aspect, ABSENT)
        yield from compare("parameter", name, values, verdict, aspect=aspect, side="request")
    spot = Spot("request", "parameter", name)
    yield from schema_changes(mapping(before.get("schema")), mapping(after.get("schema")), spot)


def _with_defaults(parameter: Named) -> Named:
    """Return a parameter with what OpenAPI assumes where it says nothing."""
    style = parameter.get("style", "form" if parameter["in"] in ("query", "cookie") else "simple")
    flags = dict.fromkeys(("deprecated", "required", "allowReserved", "allowEmptyValue"), False)
    return {**flags, "style": style, "explode": style == "form", **parameter}


def _body(before: Operation, after: Operation, old: Named, new: Named) -> Iterator[Change]:
    need = MAY_REFUSE if new.get("required") else REFUSES_LESS
    if not old or not new:
        known = [ABSENT if not body else body.get("description", "") for body in (old, new)]
        yield from compare("body", "body", known, need if new else NO_PARAMETER, side="request")
        return
    flags = (body.get("required", False) for body in (old, new))
    yield from compare("body", "body", flags, need, aspect="required", side="request")
    descriptions = (body.get("description", ABSENT) for body in (old, new))
    yield from compare("body", "body", descriptions, WORDS, aspect="description", side="request")
    yield from _kinds("body", mapping(old.get("content")), mapping(new.get("content")), "request")
    yield from schema_changes(before.request or {}, after.request or {}, Spot("request"))


def _kinds(where: str, old: Named, new: Named, side: Side) -> Iterator[Change]:
    """Compare the media types of a body, and their charsets."""
    before, after = _charsets(old), _charsets(new)
    for kind in {**before, **after}:
        if kind in before and kind in after:
            charsets = before[kind], after[kind]
            verdict = SAME_TEXT if is_json(kind) or ABSENT in charsets else OTHER_CHARSET
            yield from compare("media type", kind, charsets, verdict, aspect="charset", side=side)
        else:
            sides = [kind if kind in each else ABSENT for each in (before, after)]
            yield from compare("media type", where, sides, ONE_MORE if kind in after else NOT_READABLE, side=side)


def _charsets(content: Named) -> dict[str, Any]:
    """Return the charset of each media type, or ABSENT. The names of the media types do not have it."""
    return dict(map(_without_charset, content))


def _media(answer: Named) -> Named:
    """Return the media types of an answer by their names without charsets."""
    return {_without_charset(kind)[0]: media for kind, media in mapping(answer.get("content")).items()}


@lru_cache(maxsize=256)  # Most answers have the same few media types.
def _without_charset(kind: str) -> tuple[str, Any]:
    header = Message()
    header["Content-Type"] = kind
    charset = header.get_content_charset(ABSENT)
    header.del_param("charset")
    return header["Content-Type"], charset


def _answers(old: Named, new: Named) -> Iterator[Change]:
    for status in {**old, **new}:
        sides = [ABSENT if status not in each else each[status].get("description", "") for each in (old, new)]
        if ABSENT in sides:
            yield from compare("status", status, sides, _judged(status, is_new=status in new))
        else:
            yield from compare("status", status, sides, WORDS, aspect="description")
            yield from _answer(status, old[status], new[status])


def _judged(status: str, *, is_new: bool) -> Verdict:
    if status.startswith("2"):
        return NEW_SUCCESS if is_new else NO_SUCCESS
    return NEW_REFUSAL if is_new else REFUSES_LESS


def _answer(status: str, old: Named, new: Named) -> Iterator[Change]:
    yield from _kinds(status, mapping(old.get("content")), mapping(new.get("content")), "answer")
    before, after = _media(old), _media(new)
    for kind in (kind for kind in before if kind in after):
        endings = before[kind].get("x-ending", ABSENT), after[kind].get("x-ending", ABSENT)
        found = ONE_MORE if endings[0] is ABSENT else ELSEWHERE
        yield from compare("media type", kind, endings, found, aspect="ending of the path", side="answer")
    for one, other in _twins(before, after):
        yield from schema_changes(before[one].get("schema", {}), after[other].get("schema", {}), Spot("answer"))
    yield from _headers(mapping(old.get("headers")), mapping(new.get("headers")))
    links = mapping(old.get("links")), mapping(new.get("links"))
    for name in {**links[0], **links[1]}:
        yield from compare("link", name, (each.get(name, ABSENT) for each in links), WORDS)


def _twins(before: Named, after: Named) -> Iterator[tuple[str, str]]:
    """Pair the media types of two answers: equal ones, and JSON with JSON, whose fields are the same to clients."""
    yield from ((kind, kind) for kind in before if kind in after)
    olds = [kind for kind in before if kind not in after and is_json(kind)]
    news = [kind for kind in after if kind not in before and is_json(kind)]
    yield from zip(olds, news, strict=False)


def _headers(old: Named, new: Named) -> Iterator[Change]:
    for name in {**old, **new}:
        if name in old and name in new:
            words = (each[name].get("description", ABSENT) for each in (old, new))
            yield from compare("header", name, words, WORDS, aspect="description", side="answer")
            spot = Spot("answer", "header", name)
            yield from schema_changes(old[name].get("schema", {}), new[name].get("schema", {}), spot)
        else:
            words = (each[name].get("description", "") if name in each else ABSENT for each in (old, new))
            verdict = ONE_MORE if name in new else NOT_READABLE
            yield from compare("header", name, words, verdict, side="answer")
