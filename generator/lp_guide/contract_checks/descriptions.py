"""Checks that everything that pages show has a description."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lp_contract.yaml_source import mapping
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, Way, sequence
from lp_guide.lint import PROOFREADING
from lp_guide.lint.prose import Description

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = re.compile(r"(?<![\d,])([\d,]+) requests with (?:one|this) token")
PROSE = ("description", "summary", "when", "remedy")
"""The keywords for the contract's own words. Messages of the service stay as they are."""
MEANINGS = "x-enumDescriptions"
"""The keyword with the meaning of each value of an enum. Documentation tools read it too."""


def missing_description(draft: Draft) -> Iterator[Finding]:
    """Every operation, parameter, body, answer, tag, component and property is described."""
    for way, word in _described(draft):
        at, value = draft.follow(way)
        if value is not None and not _says(value, word):
            message = f"{_name(way)} has no {word}."
            yield Finding(draft.place((*at, word)), message, "Say in plain English what a client must know.")


def _says(value: Any, word: str) -> bool:
    text = mapping(value).get(word)
    return isinstance(text, str) and bool(text.strip())


def _name(way: Way) -> str:
    return f"`{'.'.join(str(step) for step in way[-2:])}`"


def _described(draft: Draft) -> Iterator[tuple[Way, str]]:
    """Yield (way, word) of everything that must have the word, each once."""
    yield from dict.fromkeys((draft.follow(way)[0], word) for way, word in _mentioned(draft))


def _mentioned(draft: Draft) -> Iterator[tuple[Way, str]]:
    yield from ((("tags", index), "description") for index, _ in enumerate(sequence(draft.document.get("tags"))))
    for kind, components in mapping(draft.document.get("components")).items():
        yield from ((("components", kind, name), "description") for name in mapping(components))
    for endpoint in draft.endpoints:
        yield endpoint.way, "summary"
        yield endpoint.way, "description"
        yield from ((way, "description") for way, _ in endpoint.parameters())
        yield from (((*endpoint.way, "responses", status), "description") for status in _statuses(endpoint.entry))
        if "requestBody" in endpoint.entry:
            yield (*endpoint.way, "requestBody"), "description"
    for way, schema in draft.schemas:
        yield from (((*way, "properties", name), "description") for name in mapping(schema.get("properties")))


def enum_description(draft: Draft) -> Iterator[Finding]:
    """Every enum with explanations explains each of its values, and nothing else."""
    for way, schema in draft.schemas:
        meanings = mapping(schema.get(MEANINGS))
        values = {"true", "false"} if schema.get("type") == "boolean" else set(_texts(schema.get("enum")))
        for value in values - meanings.keys() if MEANINGS in schema else ():
            yield Finding(draft.place((*way, MEANINGS)), f"`{value}` is not explained.", "Say what it means.")
        for value in meanings.keys() - values:
            message = f"`{value}` is explained, and is not a value of the field."
            yield Finding(draft.place((*way, MEANINGS, value)), message, "Remove it, or correct its name.")


def proofread(draft: Draft) -> Iterator[Finding]:
    """Every description is free of leftovers, placeholders and misspellings, as pages are."""
    for way, text in draft.texts:
        if way[-1] in PROSE or MEANINGS in way[-2:]:
            for message, remedy in _mistakes_in(text):
                yield Finding(draft.place(way), message, remedy)


@lru_cache(maxsize=4096)  # A save of the contract changes one text of hundreds.
def _mistakes_in(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((message, remedy) for lint in PROOFREADING for _, message, remedy in lint(Description(text)))


def rate_limit(draft: Draft) -> Iterator[Finding]:
    """Every sentence with the number of requests for a token has the number in `x-rate-limit`."""
    limit = mapping(draft.document.get("x-rate-limit")).get("requests")
    for way, text in draft.texts if isinstance(limit, int) else ():
        found = _LIMIT.search(text) if way[0] in ("components", "problems") else None
        if found and found[1] != f"{limit:,}":
            message = f"The text has `{found[0]}`, but `x-rate-limit` is {limit:,}."
            yield Finding(draft.place(way), message, f"Write {limit:,}, or correct `x-rate-limit`.")


def _texts(values: Any) -> list[str]:
    return [value for value in sequence(values) if isinstance(value, str)]


def _statuses(entry: Any) -> list[str]:
    return [str(status) for status in mapping(mapping(entry).get("responses"))]
