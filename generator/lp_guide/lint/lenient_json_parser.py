"""A parser for JSON that continues after mistakes. It reports every mistake, and the line of every value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lp_contract.file_reading import MOST_NESTED

CURLY, COMMA, FORM, DOUBLED = "curly", "comma", "form", "doubled"
QUOTES = "“”„‟"
"""Quotation marks that JSON does not know."""

_TOKENS = re.compile(
    rf"""(?P<space>\s+)
    |(?P<template>\{{\{{(?:[^{{}}\n]++|\{{[^{{}}\n]*+\}})*+\}}\}}|\{{%[^{{%\n]*+%\}})
    |(?P<elision>\.\.\.+|…)
    |(?P<comment>//[^\n]*|\#[^\n]*)
    |(?P<mark>[{{}}\[\]:,])
    |(?P<curly>[{QUOTES}][^{QUOTES}"\n]*[{QUOTES}"]|"[^{QUOTES}"\n]*[{QUOTES}](?=\s*(?:[:,\]}}]|$)))
    |(?P<text>"(?:[^"\\\n]|\\.)*+")
    |(?P<unclosed>"(?:[^"\\\n]|\\.)*+)
    |(?P<single>'[^'\n]*'|\u2018[^\u2018\u2019\n]*\u2019)
    |(?P<number>-?\d[\w.+-]*)
    |(?P<word>[^\W\d][\w-]*)
    |(?P<other>.)""",
    re.VERBOSE | re.MULTILINE,
)
_COMMENT = "There is a comment, and JSON has none."
_KNOWN_WORDS = {"true": True, "false": False, "null": None}
_FOREIGN_WORDS = {"none": "null", "nil": "null", "undefined": "null"} | {word: word for word in _KNOWN_WORDS}


class Template:
    """A placeholder for a value that a template fills in."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and the line on which it begins: that of its name, where it has one."""

    line: int
    data: Any
    """A dict or list of further values, or a scalar."""

    def get(self, *names: str) -> Value | None:
        """Follow names into objects."""
        value: Value | None = self
        for name in names:
            value = value.data.get(name) if value and isinstance(value.data, dict) else None
        return value

    @property
    def items(self) -> list[Value]:
        """The values of a list; none where it is not a list."""
        return self.data if isinstance(self.data, list) else []

    def fields(self) -> Iterator[tuple[str, Value]]:
        """Yield the name and value of every field inside, at any depth."""
        if isinstance(self.data, dict):
            for name, value in self.data.items():
                yield name, value
                yield from value.fields()
        for value in self.items:
            yield from value.fields()


class Fault(NamedTuple):
    """A mistake in JSON."""

    line: int
    kind: str
    message: str
    remedy: str


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Lost(Exception):  # noqa: N818 - it never leaves this module
    """The parser cannot recover."""


@dataclass
class _Reader:
    tokens: list[_Token]
    faults: list[Fault] = field(default_factory=list)
    at: int = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def blame(self, line: int, kind: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(line, kind, message, remedy))

    def is_at(self, mark: str) -> bool:
        return self.next.kind == "mark" and self.next.text == mark

    def value(self, line: int | None = None) -> Value:
        token = self.take()
        line = line or token.line
        if token.kind == "mark" and token.text in _COLLECTIONS:
            return Value(line, _COLLECTIONS[token.text](self))
        if token.kind in _SCALARS:
            return Value(line, _SCALARS[token.kind](self, token))
        self.at -= 1
        raise _Lost

    def object(self) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while self.goes_on("}"):
            key = self.take()
            if key.kind not in _SCALARS or not self.is_at(":"):
                self.at -= key.kind not in _SCALARS
                raise _Lost
            name = self.name(key)
            self.take()
            if name in fields:
                message = f"`{name}` occurs twice in one object."
                self.blame(key.line, DOUBLED, message, "Remove or rename one of the two.")
            fields[name] = self.value(key.line)
        return fields

    def name(self, key: _Token) -> str:
        if key.kind == "word":
            self.blame(key.line, FORM, f"`{key.text}` has no quotes around it.", f'Write `"{key.text}"`.')
            return key.text
        return str(_SCALARS[key.kind](self, key))

    def list(self) -> list[Value]:
        values = []
        while self.goes_on("]"):
            values.append(self.value())
        return values

    def goes_on(self, end: str) -> bool:
        """Skip what is between two values. Return whether another value follows, and skip the end if not."""
        before = self.tokens[self.at - 1]
        comma = None
        is_first = before.kind == "mark" and before.text in "{[" and self.at > 0
        elided = False
        while self.is_at(",") or self.next.kind == "elision":
            token = self.take()
            if token.kind == "elision":
                elided = True
            elif (comma or is_first) and not elided:
                self.blame(token.line, FORM, "There is a comma with nothing before it.", "Remove it.")
            else:
                comma = token
        if self.is_at(end):
            self.take()
            if comma and not elided:
                message = f"There is a comma after the last value, before `{end}`."
                self.blame(comma.line, COMMA, message, "Remove it.")
            return False
        if not (comma or is_first or elided) and self.next.kind in (*_SCALARS, "mark") and not self.is_any("}]:"):
            self.blame(before.line, FORM, f"There is no comma after `{before.text}`.", "Add it.")
        return True

    def is_field(self) -> bool:
        """Whether a field comes first: a part of an object, without its braces."""
        return [token.kind in _SCALARS or token.text for token in self.tokens[:2]] == [True, ":"]

    def is_any(self, marks: str) -> bool:
        return self.next.kind == "mark" and self.next.text in marks


def _text(reader: _Reader, token: _Token) -> Any:
    try:
        return json.loads(token.text)
    except ValueError:
        reader.blame(token.line, FORM, f"`{token.text}` has a backslash before the wrong letter.", "Write two.")
        return token.text[1:-1]


def _curly(reader: _Reader, token: _Token) -> Any:
    reader.blame(token.line, CURLY, f"`{token.text}` has curly quotes.", 'Write `"`.')
    return token.text[1:-1]


def _single(reader: _Reader, token: _Token) -> Any:
    meant = f'"{token.text[1:-1]}"'
    reader.blame(token.line, FORM, f"`{token.text}` is not in double quotes.", f"Write `{meant}`.")
    return token.text[1:-1]


def _number(reader: _Reader, token: _Token) -> Any:
    try:
        return json.loads(token.text)
    except ValueError:
        reader.blame(token.line, FORM, f"`{token.text}` is not a number.", f'Write `"{token.text}"` for a text.')
        return token.text


def _word(reader: _Reader, token: _Token) -> Any:
    if token.text not in _KNOWN_WORDS:
        meant = _FOREIGN_WORDS.get(token.text.lower(), f'"{token.text}"')
        reader.blame(token.line, FORM, f"`{token.text}` is not a value.", f"Write `{meant}`.")
    return _KNOWN_WORDS.get(token.text, token.text)


_SCALARS: dict[str, Any] = {
    "text": _text,
    "curly": _curly,
    "single": _single,
    "number": _number,
    "word": _word,
    "template": lambda *_: Template(),
}
_COLLECTIONS: dict[str, Any] = {"{": _Reader.object, "[": _Reader.list}


def read(text: str, line: int) -> tuple[list[Value], list[Fault]]:
    """Parse every value in a text that begins on a line. Return the values, and the faults in the order of lines."""
    reader = _Reader([])
    last = line + text.rstrip().count("\n")
    reader.tokens = [*_tokens(reader, text, line), _Token("end", "", last)]
    if reader.is_field():
        reader.tokens = [_Token("mark", "{", line), *reader.tokens[:-1], _Token("mark", "}", last), reader.tokens[-1]]
    values: list[Value] = []
    deep = _too_deep(reader.tokens)
    if deep:
        return values, [deep]
    try:
        while reader.next.kind != "end":
            values.append(reader.value())
    except _Lost:
        reader.faults.append(_lost(reader.next))
    return values, sorted(reader.faults)


def _too_deep(tokens: Iterable[_Token]) -> Fault | None:
    """Return a fault if brackets are nested too deep for this parser."""
    depth = 0
    for token in tokens:
        if token.kind == "mark":
            depth += (token.text in "{[") - (token.text in "}]")
        if depth > MOST_NESTED:
            return Fault(
                token.line, FORM, f"The JSON is nested more than {MOST_NESTED} levels deep.", "Close some brackets."
            )
    return None


def _tokens(reader: _Reader, text: str, line: int) -> Iterator[_Token]:
    for match in _TOKENS.finditer(text):
        kind = str(match.lastgroup)
        if kind == "comment":
            if not any(fault.message == _COMMENT for fault in reader.faults):
                reader.blame(line, FORM, _COMMENT, "Move it above or below the block.")
        elif kind == "unclosed":
            yield _Token(kind, match[0][0], line)
        elif kind != "space":
            yield _Token(kind, match[0], line)
        line += match[0].count("\n")


def _lost(token: _Token) -> Fault:
    if token.kind == "end":
        return Fault(token.line, FORM, "The JSON ends too early.", "Close every bracket that it opens.")
    message = f"This is not JSON: `{token.text}` is not allowed here."
    return Fault(token.line, FORM, message, "Look for a missing quote, colon, comma or bracket just before it.")
