"""Formats changes as text, as JSON for programs, and as Markdown for release notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from lp_guide.changes.breaking_change import WORDS, Change, Group
from lp_guide.reference_urls import slug

LONG = 300
"""Text and Markdown show at most this many characters of a value, a few lines. JSON has the whole value."""
FEW = 6
"""At most this many names are listed, about one line; the others are counted."""
WHOLE_SERVICE = "The whole service"
TAGS: Mapping[tuple[str, str], str] = {
    ("field", "added"): "new-field",
    ("parameter", "added"): "new-feature",
    ("operation", "added"): "new-feature",
    ("field", "removed"): "removed-field",
}
CONVENTIONS: Mapping[str, str] = {
    "charset": "The charset of JSON answers",
    "errors.media_type": "The media type of errors",
    "errors.entry": "The shape of one error",
    "errors.body": "The shape of answers with errors",
    "errors.join": "What joins the messages of one field",
    "body.json": "The media types of bodies that are read as JSON",
    "body.forms": "The media types of bodies that are read as forms",
    "body.needs": "What a body must have",
    "body.trim": "Removal of spaces around texts in bodies",
    "filters.trim": "Removal of spaces around the values of filters",
    "filters.most_values": "The largest number of values in a filter",
    "filters.decode_times": "When times in filters are URL-decoded twice",
    "filters.in_body": "Refusal of a wrong filter in a body",
    "filters.time_before_page": "Refusal of a wrong time before a wrong page number",
    "server_date.unreadable": "A server date that is not a time",
    "server_date.out_of_range": "A server date that does not exist",
    "authorization.schemes": "The words before a token",
    "authorization.case": "Capitals in the word before a token",
    "zone": "The time zone of days, and of times without a zone",
    "extra_slashes": "Further slashes in a path",
}
"""What the conventions are called in reports."""
VALUES: Mapping[tuple[str, Any], str] = {
    ("charset", None): "no charset",
    ("errors.join", ", "): "a comma and a space",
    ("errors.join", None): "nothing: each message is an error of its own",
    ("body.needs", "data"): "`data` that is not empty",
    ("body.needs", "attributes"): "`data.attributes` with a field of the operation",
    ("filters.most_values", None): "any number",
    ("filters.decode_times", "again"): "always",
    ("filters.decode_times", "if_needed"): "if the time cannot be read otherwise",
    ("server_date.unreadable", "refuse"): "refused",
    ("server_date.unreadable", "ignore"): "ignored",
    ("server_date.out_of_range", "refuse"): "refused",
    ("server_date.out_of_range", "ignore"): "ignored",
}
"""The values of conventions that need words of their own."""
HEADINGS: Mapping[Group, str] = {
    Group.BREAKING: "Breaking changes",
    Group.OTHER: "Other changes",
    Group.CONDITION: "Conditions to compare",
}
DIRECTIVE_MARKS = ("{{", "{%", "{#")
"""What begins a directive on a page."""
DATA = ("cohort", "schedule", "milestone", "payment dates")


def headline(change: Change) -> str:
    """Return one line that names the change."""
    if change.what == "enum value":
        return f"{name_of(change)} {change.kind} {'to' if change.kind == 'added' else 'from'} {change.side}s"
    return f"{name_of(change)}: {change.aspect} {change.kind}" if change.aspect else f"{name_of(change)} {change.kind}"


def name_of(change: Change) -> str:
    """Return the name of the thing that changed, in Markdown."""
    if change.what == "enum value":
        value = change.after if change.kind == "added" else change.before
        return f"Value {_code(value)} of {_code(change.where)}"
    if change.what == "message":
        return f"Message of {_code(change.where)}"
    if change.what == "convention":
        return CONVENTIONS.get(change.where, f"Convention {_code(change.where)}")
    name = f"{change.side} {change.what}".strip()
    return f"{name[0].upper()}{name[1:]} {_code(change.where)}"


def summary(changes: Sequence[Change]) -> str:
    """Return a sentence with the number of changes."""
    breaking = sum(change.breaking for change in changes)
    if not changes:
        return "Nothing changed."
    number = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    verdict = f"{number}. {breaking or 'None'} of them break{'s' if breaking == 1 else ''} clients."
    conditions = sum(change.group is Group.CONDITION for change in changes)
    if not conditions:
        return verdict
    return f"{verdict} Compare {conditions} changed condition{'' if conditions == 1 else 's'} yourself."


def as_text(changes: Sequence[Change], old: str, new: str) -> str:
    """Return the changes in groups, first those that break clients, and a last line with their number."""
    del old, new
    lines = []
    for group, resource, found in _groups(changes):
        lines += [f"{HEADINGS[group]}: {resource}", ""]
        for change in found:
            lines += [f"  {headline(change)}", *(f"    {line}" for line in _details(change)), ""]
    return "\n".join([*lines, summary(changes)])


def _details(change: Change) -> Iterator[str]:
    yield change.reason
    if elsewhere := _elsewhere(change):
        yield f"In {_listed(elsewhere)}."
    if change.choices:
        yield f"In the choices: {_listed(change.choices)}"
    yield from (f"{name}: {value}" for name, value in _sides(change))


def _elsewhere(change: Change) -> Sequence[str]:
    """Return the operations that the headline does not name."""
    return change.operations if change.operations != (change.where,) else ()


def _sides(change: Change) -> Iterator[tuple[str, str]]:
    """Yield the values before and after, unless the headline has them."""
    if change.what == "enum value":
        return
    if change.kind != "added":
        yield "Before", shown_value(change.before)
    if change.kind != "removed":
        yield "After", shown_value(change.after)


def _groups(changes: Sequence[Change]) -> Iterator[tuple[Group, str, Iterator[Change]]]:
    for (group, resource), found in groupby(changes, key=lambda change: (change.group, _resource(change))):
        yield group, resource, found


def _resource(change: Change) -> str:
    return WHOLE_SERVICE if change.is_everywhere else " and ".join(sorted(change.resources))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"{', '.join(names[:FEW])}{more}"


def shown_value(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping) and not any(isinstance(part, Mapping | list) for part in value.values()):
        value = value.get("description", "; ".join(f"{name}: {shown_value(part)}" for name, part in value.items()))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return f"{line[:LONG]}…" if len(line) > LONG else line


def _code(value: Any) -> str:
    """Return a value as Markdown code, between two backticks if it contains one."""
    text = shown_value(value)
    return f"`` {text} ``" if "`" in text else f"`{text}`"


@dataclass(frozen=True, slots=True)
class Description:
    """The description of a change. The headline is Markdown."""

    headline: str
    reason: str
    operations: Sequence[str]
    sides: Sequence[tuple[str, str]]


ByOperation = Mapping[str, Sequence[Description]]
"""The descriptions of changes by their operation. Those of several operations, or of none, have no name."""


def descriptions(changes: Sequence[Change]) -> Mapping[Group, Mapping[str, ByOperation]]:
    """Return descriptions by group, resource and operation.

    Changes of words have no sides: long texts would hide what else has changed.
    """
    grouped: dict[Group, dict[str, ByOperation]] = {}
    for group, resource, found in _groups(changes):
        grouped.setdefault(group, {})[resource] = _by_operation(found)
    return grouped


def _by_operation(changes: Iterable[Change]) -> ByOperation:
    named: dict[str, list[Description]] = {"": []}
    for change in changes:
        operation = change.operations[0] if len(change.operations) == 1 else ""
        sides = [] if change.reason == WORDS.reason else list(_sides(change))
        described = Description(headline(change), change.reason, change.operations, sides)
        named.setdefault(operation, []).append(described)
    return {name: found for name, found in named.items() if found}


def as_json(changes: Sequence[Change], old: str, new: str) -> str:
    """Return a JSON object with every change."""
    answer = {
        "old": old,
        "new": new,
        "breaking": sum(change.breaking for change in changes),
        "changes": [asdict(change) for change in changes],
    }
    return json.dumps(answer, indent=2, ensure_ascii=False)


def as_markdown(changes: Sequence[Change], old: str, new: str) -> str:
    """Return the page of a release note, which a writer completes."""
    tags = _tags(changes)
    lines = [
        "---",
        f"title: {_quoted(f'What changed from {old} to {new}')}",
        f"description: {_quoted(summary(changes))}",
        "template: release.html",
        "date: unreleased",
        *([f"tags: {', '.join(tags)}"] if tags else []),
        "not_in_contract: A release note names things of an earlier contract too.",
        "---",
        "Write here what this version means for readers.",
    ]
    heading = ""
    for group, resource, found in _groups(changes):
        if heading != (heading := HEADINGS[group]):
            lines += ["", f"{{#{slug(heading)}}}", f"## {heading}"]
        lines += ["", f"{{#{slug(f'{heading} {resource}')}}}", f"### {resource}", "", *map(_item, found)]
    return "\n".join(lines)


def _quoted(words: str) -> str:
    """Return words as a value for YAML."""
    return "'" + words.replace("'", "''") + "'"


def _item(change: Change) -> str:
    elsewhere = [_code(name) for name in _elsewhere(change)]
    where = f" ({_listed(elsewhere)})" if elsewhere else ""
    sentences = [change.reason, *(f"{name}: {_code(value)}." for name, value in _sides(change))]
    if change.choices:
        sentences.append(f"In the choices: {_listed(change.choices)}")
    item = f"- **{headline(change)}**{where}. {' '.join(sentences)}"
    return f"{{% raw %}}{item}{{% endraw %}}" if any(mark in item for mark in DIRECTIVE_MARKS) else item


def _tags(changes: Sequence[Change]) -> list[str]:
    """Return tags that fit a release note."""
    tags = ["breaking-change"] if any(change.breaking for change in changes) else []
    tags += [tag for change in changes if (tag := TAGS.get((change.what, change.kind)))]
    tags += ["data-update" for change in changes if change.what in DATA]
    return list(dict.fromkeys(tags))


FORMATS: Mapping[str, Callable[[Sequence[Change], str, str], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
