"""Compares two schemas: fields, types, values, limits and alternatives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Literal

from lp_contract.yaml_source import mapping
from lp_guide.changes.breaking_change import ABSENT, VERDICTS, Change, Shift, Side, Verdict, compare
from lp_guide.changes.transitions_and_evidence import table_changes

Schema = Mapping[str, Any]
Keyword = Literal["anyOf", "oneOf", "allOf"]
ALTERNATIVES: tuple[Keyword, ...] = ("anyOf", "oneOf", "allOf")
TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean"})


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of two schemas that are compared."""

    side: Side
    what: str = "field"
    path: str = ""
    choices: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The name of the field, parameter or body that the schemas describe, as on pages."""
        return self.path.replace("[].", ".").lstrip(".").removeprefix("data.attributes.") or "body"

    def within(self, name: str) -> Spot:
        """Return the place of a property."""
        inner = f"{self.path}[{name}]" if self.what == "parameter" else f"{self.path}.{name}".lstrip(".")
        return replace(self, path=inner)


def schema_changes(before: Schema, after: Schema, spot: Spot) -> Iterator[Change]:
    """Yield the changes between two resolved schemas."""
    if before == after:
        return
    (old, old_null), (new, new_null) = _without_null(_flat(before)), _without_null(_flat(after))
    found = [
        *_nullability(spot, old_null, new_null),
        *(change for part in PARTS for change in part(old, new, spot)),
    ]
    yield from (_of_choices(change, spot) for change in found)


def _of_choices(change: Change, spot: Spot) -> Change:
    """Add the alternatives that contain a place to its change, unless inner alternatives are known."""
    return replace(change, choices=spot.choices) if spot.choices and not change.choices else change


def _flat(schema: Schema) -> Schema:
    """Merge a schema with the schema that it completes: `allOf` with one part is how a reference gets other words."""
    parts = schema.get("allOf", ())
    if len(parts) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "allOf"}
    return _completed(_flat(parts[0]), rest)


def _completed(part: Schema, rest: Schema) -> Schema:
    """Add the keywords of a schema to those of the part that it completes. Fields of the same name are merged too."""
    merged = {**part, **rest}
    if "properties" in part and "properties" in rest:
        inner, outer = part["properties"], rest["properties"]
        both = {name: _completed(inner[name], outer[name]) for name in inner if name in outer}
        merged["properties"] = {**inner, **outer, **both}
    if "required" in part and "required" in rest:
        merged["required"] = list(dict.fromkeys([*part["required"], *rest["required"]]))
    return merged


def _said(spot: Spot, aspect: str, sides: Iterable[Any], verdict: Verdict) -> Iterator[Change]:
    return compare(spot.what, spot.where, sides, verdict, aspect=aspect, side=spot.side)


def _without_null(schema: Schema) -> tuple[Schema, bool]:
    """Return a schema that does not allow null, and whether the given schema allowed it."""
    rest = dict(schema)
    allowed = [any(map(is_null, _listed(schema[word]))) for word, is_null in NULLS.items() if word in schema]
    for word, is_null in NULLS.items():
        if isinstance(schema.get(word), list):
            rest[word] = [one for one in schema[word] if not is_null(one)]
    for word in ALTERNATIVES:
        if len(rest.get(word, ())) == 1 < len(schema[word]):
            rest = {**rest[word][0], **{key: value for key, value in rest.items() if key != word}}
    return rest, all(allowed)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


NULLS: Mapping[str, Callable[[Any], bool]] = {
    "type": lambda one: one == "null",
    "enum": lambda one: one is None,
    "anyOf": lambda one: mapping(one).get("type") == "null",
    "oneOf": lambda one: mapping(one).get("type") == "null",
}


def _nullability(spot: Spot, before: bool, after: bool) -> Iterator[Change]:  # noqa: FBT001 - a value like any other
    return _said(spot, "can be null", (before, after), VERDICTS[spot.side, Shift.WIDER if after else Shift.NARROWER])


def _types(old: Schema, new: Schema, spot: Spot) -> Iterator[Change]:
    before, after = _type_names(old), _type_names(new)
    if before != after:
        verdict = VERDICTS[spot.side, _shift_of_sets(before, after)]
        yield from _said(spot, "type", (_shown_type(old), _shown_type(new)), verdict)


def _type_names(schema: Schema) -> frozenset[str]:
    """Return every allowed type. An integer is also a number; a schema without a type allows every type."""
    names = frozenset(_listed(schema.get("type", []))) or TYPES
    return names | {"integer"} if "number" in names else names


def _shown_type(schema: Schema) -> Any:
    listed = schema.get("type", "any")
    return listed[0] if isinstance(listed, list) and len(listed) == 1 else listed


def _shift_of_sets(before: frozenset[str], after: frozenset[str]) -> Shift:
    return Shift.NARROWER if after < before else Shift.WIDER if after > before else Shift.OTHER


def _values(old: Schema, new: Schema, spot: Spot) -> Iterator[Change]:
    before, after = _allowed(old), _allowed(new)
    if before is None or after is None:
        shift = Shift.NARROWER if before is None else Shift.WIDER
        absent = [ABSENT if one is None else one for one in (before, after)]
        yield from _said(spot, "enum", absent, VERDICTS[spot.side, shift])
        return
    for value in (one for one in before if one not in after):
        verdict = VERDICTS[spot.side, Shift.NARROWER]
        yield from compare("enum value", spot.where, (value, ABSENT), verdict, side=spot.side)
    for value in (one for one in after if one not in before):
        verdict = NEW_VALUE if spot.side == "answer" else VERDICTS["request", Shift.WIDER]
        yield from compare("enum value", spot.where, (ABSENT, value), verdict, side=spot.side)


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


NEW_VALUE = Verdict(breaking=True, reason="Clients that handle only the old values get an unknown value.")


def _keywords(old: Schema, new: Schema, spot: Spot) -> Iterator[Change]:
    """Compare all keywords of a schema except those for types, values and nested schemas."""
    for word in dict.fromkeys([*old, *new]):
        if word not in ELSEWHERE:
            sides = old.get(word, ABSENT), new.get(word, ABSENT)
            yield from _said(spot, word, sides, _verdict(spot.side, word, *sides))


def _verdict(side: Side, word: str, before: Any, after: Any) -> Verdict:
    if word == "deprecated":
        return Verdict(breaking=False, reason="It still works as before.")
    if word == "default":
        return MEANS_ANOTHER if side == "request" else VERDICTS["answer", Shift.NONE]
    return VERDICTS[side, SHIFTS.get(word, _unknown)(before, after)]


MEANS_ANOTHER = Verdict(breaking=True, reason="A request without a value has another meaning than before.")


def _unknown(before: Any, after: Any) -> Shift:
    del before, after
    return Shift.OTHER


def _words(before: Any, after: Any) -> Shift:
    del before, after
    return Shift.NONE


def _constraint(before: Any, after: Any) -> Shift:
    return Shift.NARROWER if before is ABSENT else Shift.WIDER if after is ABSENT else Shift.OTHER


def _lower(before: Any, after: Any) -> Shift:
    if ABSENT in (before, after):
        return _constraint(before, after)
    return Shift.NARROWER if after > before else Shift.WIDER


def _upper(before: Any, after: Any) -> Shift:
    return _constraint(before, after) if ABSENT in (before, after) else _lower(after, before)


def _flag(before: Any, after: Any) -> Shift:
    del before
    return Shift.NARROWER if after is True else Shift.WIDER


SHIFTS: Mapping[str, Callable[[Any, Any], Shift]] = {
    **dict.fromkeys(
        ("description", "title", "$comment", "x-enumDescriptions", "x-form", "readOnly", "writeOnly"), _words
    ),
    **dict.fromkeys(("format", "pattern", "multipleOf"), _constraint),
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _lower),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _upper),
    "uniqueItems": _flag,
}
ELSEWHERE = {
    *("type", "enum", "const", "properties", "required", "items", "additionalProperties", *ALTERNATIVES),
    *("examples", "example", "x-choice", "x-transitions", "x-evidence", "x-largest", "x-list"),
}
"""Keywords that have a function of their own, or are not compared."""


def _properties(old: Schema, new: Schema, spot: Spot) -> Iterator[Change]:
    before, after = mapping(old.get("properties")), mapping(new.get("properties"))
    for name, part in before.items():
        inner = spot.within(name)
        if name not in after:
            yield from compare(inner.what, inner.where, (_gist(part), ABSENT), _loss(new, spot), side=spot.side)
        else:
            yield from _need(inner, name in old.get("required", ()), name in new.get("required", ()))
            yield from schema_changes(part, after[name], inner)
    for name, part in after.items():
        if name not in before:
            inner = spot.within(name)
            verdict = _gain(spot, is_required=name in new.get("required", ()))
            yield from compare(inner.what, inner.where, (ABSENT, _gist(part)), verdict, side=spot.side)


def _gist(schema: Schema) -> dict[str, Any]:
    """Return the keywords that summarise a field."""
    return {word: schema[word] for word in ("type", "format", "enum", "default", "description") if word in schema}


def _loss(new: Schema, spot: Spot) -> Verdict:
    if spot.side == "answer":
        return Verdict(breaking=True, reason="Clients that read it no longer find it.")
    if new.get("additionalProperties") is False:
        return Verdict(breaking=True, reason="The service refuses a request that contains it.")
    return Verdict(breaking=True, reason="The service ignores the value that clients send.")


def _gain(spot: Spot, *, is_required: bool) -> Verdict:
    if spot.side == "answer":
        return IGNORED
    return MUST_BE_SENT if is_required else CAN_BE_LEFT_OUT


IGNORED = Verdict(breaking=False, reason="Clients ignore unknown fields.")
MUST_BE_SENT = Verdict(breaking=True, reason="The service refuses a request without it.")
CAN_BE_LEFT_OUT = Verdict(breaking=False, reason="It is optional.")
CAN_BE_ABSENT = Verdict(breaking=True, reason="Clients that read it may not find it.")
ALWAYS_THERE = Verdict(breaking=False, reason="Clients that handle its absence still work.")


def _need(spot: Spot, before: bool, after: bool) -> Iterator[Change]:  # noqa: FBT001 - values like any other
    required, optional = (MUST_BE_SENT, CAN_BE_LEFT_OUT) if spot.side == "request" else (ALWAYS_THERE, CAN_BE_ABSENT)
    return _said(spot, "required", (before, after), required if after else optional)


def _insides(old: Schema, new: Schema, spot: Spot) -> Iterator[Change]:
    """Compare the schemas of array items and of additional properties."""
    if "items" in old or "items" in new:
        each = replace(spot, path=f"{spot.path}[]")
        yield from schema_changes(old.get("items", {}), new.get("items", {}), each)
    before, after = (schema.get("additionalProperties", True) for schema in (old, new))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from schema_changes(before, after, spot.within("*"))
    else:
        shift = Shift.NARROWER if after is False else Shift.WIDER if before is False else Shift.OTHER
        verdict = VERDICTS["request", shift] if spot.side == "request" else IGNORED
        yield from _said(spot, "additionalProperties", (before, after), verdict)


def _alternatives(old: Schema, new: Schema, spot: Spot) -> Iterator[Change]:
    for keyword in ALTERNATIVES:
        for before, after in _matched(old.get(keyword, ()), new.get(keyword, ())):
            yield from _alternative(before, after, spot, keyword)


def _alternative(before: Schema | None, after: Schema | None, spot: Spot, keyword: Keyword) -> Iterator[Change]:
    if before is not None and after is not None:
        label = () if keyword == "allOf" else (_label(after),)
        yield from schema_changes(before, after, replace(spot, choices=label))
        return
    is_more = (before is None) != (keyword == "allOf")
    labels = [ABSENT if one is None else _label(one) for one in (before, after)]
    verdict = VERDICTS[spot.side, Shift.WIDER if is_more else Shift.NARROWER]
    yield from compare("alternative", spot.where, labels, verdict, side=spot.side)


def _label(schema: Schema) -> str:
    return str(schema.get("description") or schema.get("title") or schema.get("type") or "").strip()


def _matched(old: Sequence[Schema], new: Sequence[Schema]) -> Iterator[tuple[Schema | None, Schema | None]]:
    """Pair alternatives: equal ones, then those with the same label, then the others in order."""
    before, after = list(old), list(new)
    for is_alike in (lambda one, other: one == other, lambda one, other: _label(one) == _label(other)):
        for one in tuple(before):
            twin = next((other for other in after if is_alike(one, other)), None)
            if twin is not None:
                before.remove(one)
                after.remove(twin)
                yield one, twin
    yield from zip_longest(before, after)


PARTS: tuple[Callable[[Schema, Schema, Spot], Iterator[Change]], ...] = (
    _types,
    _values,
    _keywords,
    _properties,
    _insides,
    _alternatives,
    lambda old, new, spot: table_changes(old, new, spot.where),
)
