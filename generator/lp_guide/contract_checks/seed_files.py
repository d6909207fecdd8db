"""Checks that seed files fit their schema, and that they refer to each other correctly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from referencing.exceptions import Unresolvable

from lp_contract.yaml_source import Source, mapping
from lp_guide.contract_checks.examples import error_way, meta_schema, misfits, said
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, Way, meant, sequence

SCHEMA = "schema"

REFERENCES = "x-references"
"""The keyword of the schema for fields that refer to an entry of a seed file, each with `in`, `by` and perhaps `or`."""


def seed(draft: Draft) -> Iterator[Finding]:
    """Every seed file fits its part of the schema, and the schema has a part for every file."""
    files = _files(draft)
    schema = files.pop(SCHEMA, None)
    if schema is None:
        for source in files.values():
            yield Finding(source.place(), "The seeds have no schema.", f"Write seeds/{SCHEMA}.yaml.")
        return
    try:
        yield from _misfits(schema, files)
    except Unresolvable as error:
        yield Finding(schema.place(), f"`{error.ref}` is an unresolved reference.", "Name something under `$defs`.")


def _misfits(schema: Source, files: Mapping[str, Source]) -> Iterator[Finding]:
    for fault in meta_schema().iter_errors(schema.data):
        yield Finding(schema.place(fault.instance_path), f"{fault.message}.", "Write a JSON schema.")
    for error in misfits(schema.data, {name: source.data for name, source in files.items()}):
        name, *way = error_way(error) or (SCHEMA, "required")
        source = files.get(str(name), schema)
        yield Finding(source.place(way), f"The seed does not fit its schema: {said(error)}.", "Correct the seed.")


def _files(draft: Draft) -> dict[str, Source]:
    return {Path(name).stem: source for name, source in draft.sources.items() if name.startswith("seeds/")}


def doubled_seed(draft: Draft) -> Iterator[Finding]:
    """No two entries have the same id, and no two of one file the same name."""
    first: dict[tuple[str, str, str], Source] = {}
    for file, source in _files(draft).items():
        for index, entry in enumerate(sequence(source.data)):
            for word, scope in (("id", ""), ("name", file)):
                value = mapping(entry).get(word)
                if value is not None and (scope, word, str(value)) in first:
                    place = source.place((index, word))
                    yield Finding(
                        place, f"Another seed has the {word} `{value}`.", "Give one of the two seeds another {word}."
                    )
                first.setdefault((scope, word, str(value)), source)


def seed_name(draft: Draft) -> Iterator[Finding]:
    """Every seed that another one refers to exists. The schema names the fields that refer to seeds."""
    files = _files(draft)
    schema = files.pop(SCHEMA, None)
    fields = mapping(mapping(schema.data).get(REFERENCES)) if schema else {}
    targets = {field: (str(mapping(to).get("in")), str(mapping(to).get("by"))) for field, to in fields.items()}
    known = {(file, by): _values(files[file], by) for file, by in targets.values() if file in files}
    for source in files.values():
        for way, field, name in _named(source.data, fields, ()):
            values = known.get(targets[field], [name])
            if name not in values and not _is_word(name, values):
                file, by = targets[field]
                message = f"`{name}` is not the {by} of anything in {file}."
                yield Finding(source.place(way), message, meant(name, map(str, values)))


def _values(source: Source, by: str) -> list[Any]:
    return [mapping(entry).get(by) for entry in sequence(source.data)]


def _is_word(name: Any, values: Sequence[Any]) -> bool:
    """Say whether a name is a word such as `current` in place of a number. The schema lists these words."""
    return isinstance(name, str) and not any(isinstance(each, str) for each in values)


def _named(value: Any, fields: Mapping[str, Any], way: Way) -> Iterator[tuple[Way, str, Any]]:
    """Yield (way, field, name) of every reference: a single one, those in a list, and the keys of a mapping."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _named(item, fields, (*way, index))
    for word, item in mapping(value).items():
        if word not in fields:
            yield from _named(item, fields, (*way, word))
        elif isinstance(item, list | dict):
            steps = enumerate(item) if isinstance(item, list) else ((key, key) for key in item)
            yield from (((*way, word, step), word, name) for step, name in steps)
        elif item not in (None, *sequence(mapping(fields[word]).get("or"))):
            yield (*way, word), word, item
