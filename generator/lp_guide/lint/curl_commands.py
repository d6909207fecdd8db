"""Parses the curl commands in the shell code of a page: what they send, and what the shell cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lp_guide.api_paths import Endpoint
from lp_guide.requests_and_answers import CONTROLS

LANGUAGES = ("bash", "sh", "shell", "zsh", "console")
_PIECE = re.compile(
    r"""(?P<end>[\n;|&>]+|<(?![\w -]+>)|(?<!\S)\#[^\n]*)
    |(?P<space>(?:[ \t]|\\\r?\n)+)
    |'(?P<single>[^']*)'
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>.)
    |(?P<plain>(?:<[\w -]+>|[^\s'"\\;|&<>])+)
    |(?P<open>['"].*)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\([\"\\$`])")
_JOINED = re.compile(r"\\\n")
_VARIABLE = re.compile(r"\$(?:\{\w+\}|\w+)")
_FILLED_IN = "{{ filled_in_by_the_shell }}"
"""What replaces a variable: a template, which any check accepts as a value."""
_HOST = re.compile(r"(?:https?://)?(?:\{\{[^{}]*\}\}|[^/\s]+)(?=/)")
_BODY = ("-d", "--data", "--data-raw", "--data-ascii", "--data-binary", "--json")
_OTHERS = """
    -X --request --url -H --header -u --user -o --output -A --user-agent -F --form -T --upload-file -b --cookie
    -c --cookie-jar -D --dump-header -e --referer -E --cert --key --cacert -K --config -m --max-time -w --write-out
    -x --proxy --connect-timeout --retry --retry-delay --data-urlencode --resolve --oauth2-bearer
"""
_WITH_VALUE = {*_BODY, *_OTHERS.split()}
"""The options of curl that have a value after them."""


class _End(NamedTuple):
    """The end of a command."""

    unclosed: Word | None = None


class Word(NamedTuple):
    """A word of a command, without its quotes, and the line on which it begins."""

    line: int
    text: str


@dataclass(frozen=True)
class Command:
    """A curl command."""

    line: int
    endpoint: Endpoint | None
    """What it calls; None for what is certainly no path of an API."""
    body: Word | None
    """The body, unless it comes from a file or does not end."""
    unclosed: Word | None = None
    """A quote that does not end."""


def commands(text: str, line: int) -> Iterator[Command]:
    """Yield every curl command of a text that begins on a line."""
    words: list[Word] = []
    for each in [*_words(text, line), _End()]:
        if isinstance(each, Word):
            words.append(each)
            continue
        at = next((at for at, word in enumerate(words) if word.text == "curl"), None)
        if at is not None:
            yield _command(words[at:], each.unclosed)
        words = []


def _words(text: str, line: int) -> Iterator[Word | _End]:
    """Yield every word, and the end of each command."""
    begun: Word | None = None
    for piece in _PIECE.finditer(text):
        kind, here = piece.lastgroup or "", line
        line += piece[0].count("\n")
        if kind in ("end", "space", "open"):
            yield from [begun] if begun else ()
            begun = None
            if kind == "end":
                yield _End()
            elif kind == "open":
                yield _End(Word(here, piece[0][0]))
        else:
            begun = begun or Word(here, "")
            begun = Word(begun.line, begun.text + _meant(kind, piece[kind]))
    yield from [begun] if begun else ()


def _meant(kind: str, text: str) -> str:
    """Return a piece of a word as curl gets it, with a template for each variable of the shell."""
    if kind == "single":
        return text
    plain = _VARIABLE.sub(_FILLED_IN, text)
    return _ESCAPED.sub(r"\1", _JOINED.sub("", plain)) if kind == "double" else plain


def _command(words: list[Word], unclosed: Word | None) -> Command:
    address: Word | None = None
    given: dict[str, Word] = {}
    rest = iter(words[1:])
    for word in rest:
        name, value = _option(word)
        if not name:
            address = address or word
        else:
            given[name] = value or (next(rest, word) if name in _WITH_VALUE else word)
    address = given.get("--url", address)
    body = next((given[name] for name in _BODY if name in given), None)
    if address and body and given.keys() & {"-G", "--get"}:
        address, body = Word(address.line, f"{address.text}?{body.text}"), None
    usual = "HEAD" if given.keys() & {"-I", "--head"} else "POST" if body else "GET"
    method = given.get("-X", given.get("--request", Word(0, usual))).text.upper()
    sent = body if body and not unclosed and not body.text.startswith("@") else None
    return Command(words[0].line, _endpoint(address, method), sent, unclosed)


def _option(word: Word) -> tuple[str, Word | None]:
    """Split an option from a value in the same word, as in `-XPOST` and `--request=POST`; no name for other words."""
    if word.text.startswith("--"):
        name, has_value, value = word.text.partition("=")
        return name, Word(word.line, value) if has_value else None
    if not word.text.startswith("-") or word.text == "-":
        return "", None
    name, value = word.text[:2], word.text[2:]
    return (name, Word(word.line, value)) if value and name in _WITH_VALUE else (word.text, None)


def _endpoint(address: Word | None, method: str) -> Endpoint | None:
    host = _HOST.match(address.text) if address else None
    if address is None or (host is None and not address.text.startswith("/")):
        return None
    path = address.text[host.end() if host else 0 :]
    found = Endpoint(address.line, method, path.replace(_FILLED_IN, "{filled_in}"))
    return found if found.prefix or path.startswith(CONTROLS) else None
