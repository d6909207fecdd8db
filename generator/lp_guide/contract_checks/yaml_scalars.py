"""Checks that other tools read the same text and the same names from our YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import yaml

from lp_contract.file_reading import FILES
from lp_contract.yaml_source import MAPPINGS, Place, plain_scalars
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, Way, found_in

TEXT = "tag:yaml.org,2002:str"

YAML_1_1 = yaml.SafeLoader.yaml_implicit_resolvers
"""How YAML 1.1 tools read a plain scalar, by its first letter."""

ALSO = {
    "a boolean": re.compile(r"[yYnN]"),
    "a number": re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+"),
}
"""Scalars that PyYAML reads as text and other tools do not: short words of YAML 1.1, and numbers of YAML 1.2."""

READ_AS = {
    "bool": "a boolean",
    "float": "a number",
    "int": "a number",
    "merge": "a merge",
    "null": "nothing",
    "timestamp": "a date",
    "value": "a default",
}


def unquoted_word(draft: Draft) -> Iterator[Finding]:
    """No text without quotes looks like a date, a number or a boolean to other tools."""
    for source in draft.sources.values():
        for line, text, other in _read_otherwise(source.text):
            place = Place(source.file, line)
            yield Finding(place, f"Other tools read {text} as {other}.", f'Write "{text}", with quotes.')


# When a contract is checked again, most of its files have not changed.
@lru_cache(maxsize=FILES)
def _read_otherwise(text: str) -> Sequence[tuple[int, str, str]]:
    """Return (line, text, what other tools read) of every text that other tools do not read as text."""
    words = ((line, word) for tag, word, line in plain_scalars(text) if tag == TEXT)
    return [(line, word, other) for line, word in words if (other := _elsewhere(word))]


def _elsewhere(text: str) -> str | None:
    for tag, pattern in YAML_1_1.get(text[:1], ()):
        if pattern.match(text):
            return READ_AS[tag.rpartition(":")[2]]
    return next((kind for kind, pattern in ALSO.items() if pattern.fullmatch(text)), None)


def key_is_text(draft: Draft) -> Iterator[Finding]:
    """Every key is text, as in JSON: a status such as 200 needs quotes."""
    for source in draft.sources.values():
        for way, key in found_in(source, _other_keys):
            yield Finding(source.place(way), f"The key {key} is not text.", f'Write "{key}", with quotes.')


def _other_keys(value: Any, way: Way = ()) -> Iterator[tuple[Way, str]]:
    """Yield every key that is not text, as it is written."""
    if isinstance(value, MAPPINGS):
        for key, item in value.items():
            if not isinstance(key, str):
                text = "null" if key is None else str(key).lower()
                yield (*way, text), text
            yield from _other_keys(item, (*way, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _other_keys(item, (*way, index))
