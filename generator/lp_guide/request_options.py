"""Reads the options of a request on a page: the words after ```http."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from lp_contract.contract_parts import UNPROCESSABLE
from lp_guide.writer_mistakes import Mistake, find

LANGUAGE = "http"
PAGE = "page"
"""The world of requests that name none."""
_NEXT_PAIR = re.compile(r",(?=[\w.-]+:)")


@dataclass(frozen=True, slots=True)
class Claims:
    """The options of a request on a page: the words after ```http."""

    status: int = 200
    rule: str | None = None
    capture: Mapping[str, str] = field(default_factory=dict)
    """The path into the answer of each value that later requests use, by the name they use."""
    expect: Mapping[str, str] = field(default_factory=dict)
    """The values that the answer must have, by their paths."""
    show: int | None = None
    """The number of items of a list that are printed; all by default."""
    vary: tuple[str, ...] = ()
    """Fields whose values differ in each build, and are not printed."""
    world: str = PAGE
    """Requests of one page that name the same world are sent to the same one."""
    edition: str = ""
    """The edition to which the request is sent; that of the page by default."""


def _pairs(text: str) -> dict[str, str]:
    """Read `name:value` pairs with commas between them. A value can have commas and colons of its own."""
    return dict(pair.split(":", 1) for pair in _NEXT_PAIR.split(text))


_READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "status": (int, "status=200"),
    "rule": (str, "rule=school_is_eligible"),
    "capture": (_pairs, "capture=made:data.id"),
    "expect": (_pairs, "expect=data.attributes.state:paid"),
    "show": (int, "show=2"),
    "vary": (lambda text: tuple(text.split(",")), "vary=now,version"),
    "world": (str, "world=mine"),
    "edition": (str, "edition=ecf"),
}
"""The parser of each option, and an example of its value."""
_WORD = "word for an example called"


def claims(info: str, taken: Collection[str] = ()) -> Claims:
    """Read the words after ```http; `taken` are names that a capture cannot have."""
    words = _words(info)
    _refuse_split_value(words)
    read = {name: _claim(name, value) for name, _, value in (word.partition("=") for word in words)}
    if "rule" in read:
        read.setdefault("status", UNPROCESSABLE)
    for name in read.get("capture", {}):
        if name in taken:
            raise Mistake("example", f"`{name}` is already in use.", f"Choose another name, such as `{name}_id`.")
    return Claims(**read)


def _words(info: str) -> Sequence[str]:
    try:
        return shlex.split(info.removeprefix(LANGUAGE))
    except ValueError:
        raise Mistake("example", f"`{info}` has a quote that is not closed.", "Remove it, or close it.") from None


def _refuse_split_value(words: Sequence[str]) -> None:
    """Raise Mistake for a word that seems to continue the value of the word before it."""
    for number, word in enumerate(words[1:], 1):
        name, equals, value = words[number - 1].partition("=")
        if equals and name in _READERS and "=" not in word and word not in _READERS:
            whole = " ".join([value, *takewhile(lambda each: "=" not in each, words[number:])])
            message = f"There is no {_WORD} `{word}`."
            remedy = f'If `{word}` belongs to the value before it, put quotes around the whole: `{name}="{whole}"`.'
            raise Mistake("unknown-name", message, remedy)


def _claim(word: str, value: str) -> Any:
    reader, written = find(_READERS, word, _WORD)
    try:
        return reader(value)
    except ValueError:
        message = f"`{word}={value}` cannot be read."
        raise Mistake("example", message, f"Write it like `{written}`.") from None
