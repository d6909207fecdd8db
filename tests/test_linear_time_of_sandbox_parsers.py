"""Every parser of text takes twice the time for twice the text, whatever the text is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from urllib.parse import urlencode

import pytest
from client import client, register, sandbox
from markupsafe import escape

from lp_contract.readable_code import readable_code
from lp_contract.service_conventions import DEFAULTS
from lp_guide.texts import written
from lp_sandbox.app import App
from lp_sandbox.bounded_cache import CACHES
from lp_sandbox.request import query
from lp_sandbox.request.authorization import token_reader
from lp_sandbox.request.call import decoded
from lp_sandbox.request.media_types import accepted, bare
from lp_sandbox.request.request_and_answer import Request
from lp_sandbox.request.routes import plain
from lp_sandbox.request.unknown_names import KnownNames
from lp_sandbox.web import multipart, pages, search_vocabulary
from lp_sandbox.web.cookies import cookie_in
from lp_sandbox.web.hosts import headers_of, read_host
from lp_sandbox.web.request_ids import HEADER as REQUEST_ID
from lp_sandbox.web.request_ids import RequestIds
from lp_sandbox.worlds import clock, ids

SMALL, LARGE = 1_000, 8_000
ROUNDS = 3
NOTHING = 0.005
"""Seconds that are too few to be measured."""
ATTACKS = {
    "quotes": '\\"',
    "opening quotes": '"',
    "backslashes": "\\",
    "strings": '"a" ',
    "strings and space": '"a"' + " " * 40,
    "keys": '"a": ',
    "digits": "1",
    "numbers": "1 ",
    "numbers and points": "1.",
    "minuses": "-",
    "zeros": "0",
    "underscores": "1_",
    "words": "true",
    "names with hyphens": "a-",
    "headers with hyphens": "Aa-",
    "names with underscores": "a_",
    "letters": "a",
    "words of search": "a ",
    "capitals": "A",
    "beyond ASCII": "é",
    "space": " ",
    "tabs": "\t",
    "lines": "\n",
    "commas": ",",
    "values": "a,",
    "semicolons": ";",
    "ampersands": "&",
    "equals": "=",
    "parameters": "a=1&",
    "lists": "a[]=1&",
    "dictionaries": "a[b]=1&",
    "opening brackets": "[",
    "closing brackets": "]",
    "brackets": "[]",
    "braces": "{",
    "nested objects": '{"a":',
    "escapes": "%41",
    "escapes of escapes": "%2541",
    "broken escapes": "%",
    "pluses": "+",
    "colons": ":",
    "points": ".",
    "slashes": "/",
    "folders": "/a",
    "folders up": "../",
    "identifiers": "/api/v3/participants/a",
    "dates": "2026-01-01T00:00:00",
    "fractions": "2026-01-01T00:00:00.0",
    "days": "1D",
    "comments": "(",
    "tokens": 'token="a", ',
    "schemes": "Bearer ",
    "markup": "<!--sandbox:try a/b-->",
}
TIMES = ("P", "2026-01-01T00:00:00.", "Mon, 1 Jan 2026 00:00:00 ")
TOKEN, BODY = "Token ", '{"data": {"attributes": {"cohort": "'
STARTS = (*TIMES, TOKEN, BODY)
"""What lets a parser begin before the attack."""

Parser = Callable[[str], object]
PART = b'--a\r\nContent-Disposition: form-data; name="a"; %b\r\n\r\ncontent\r\n--a--\r\n'


BLOCK = '<pre class="app-block"><code>{}</code></pre>'
JSON = {b"content-type": b"application/json"}
KNOWN = KnownNames.of(register().contract.operations["createPartnership"])
FUNCTIONS: dict[str, Parser] = {
    "coloured JSON": pages.coloured,
    "names in text": lambda text: readable_code(escape(text)),
    "names in code": lambda text: readable_code(f"<code>{escape(text)}</code>"),
    "names and lines in JSON": lambda text: readable_code(BLOCK.format(pages.coloured(text))),
    "a query": query.parameters,
    "a number": query.leading_number,
    "a list of values": query.values,
    "a list of ids": query.ids,
    "cohorts": query.years,
    "an order": lambda text: query.order(text, {"created_at": "created_at"}),
    "a time since": lambda text: query.since(text, UTC),
    "a server date": clock.parse,
    "a duration": clock.seconds_in,
    "an id": ids.read_id,
    "a token": token_reader(DEFAULTS.authorization),
    "a Host": read_host,
    "a plain path": plain,
    "several headers": lambda text: headers_of([(b"host", text.encode())] * 3),
    "words of a search": search_vocabulary.words,
    "a body of JSON": lambda text: decoded(text.encode(), "application/json", DEFAULTS.body),
    "a body of a form": lambda text: decoded(text.encode(), "application/x-www-form-urlencoded", DEFAULTS.body),
    "a multipart body": lambda text: list(multipart.parse("boundary=a", b"--a\r\n" + text.encode())),
    "a multipart body of parts": lambda text: list(
        multipart.parse("boundary=a", text.replace("a", "\r\n--a").encode())
    ),
    "the headers of a part": lambda text: list(multipart.parse("boundary=a", PART % text.encode())),
    "a boundary": lambda text: list(multipart.parse(text, b"")),
    "a cookie": lambda text: cookie_in(Request("GET", "/", "", {b"cookie": text.encode()}, b"", ""), "a"),
    "a type of content": bare,
    "what a client accepts": lambda text: accepted(text, ["text/csv"]),
    "unknown parameters": lambda text: KNOWN.notes(Request("GET", "", text, {}, b"", "")),
    "unknown fields": lambda text: KNOWN.notes(Request("POST", "", "", JSON, json.dumps({text: 1}).encode(), "")),
    "an id of a request": lambda text: RequestIds().of({REQUEST_ID: text.encode()}),
}
LIST, ONE, FORM = "/api/v3/participants", "/api/v3/partnerships", "/form/"
HEADERS = ("authorization", "x-with-server-date", "content-type", "host", "origin", "x-sandbox-key", "accept-encoding")
REQUESTS: dict[str, tuple[str, str, str, str]] = {
    "the path of a page": ("GET", "/", "path", ""),
    "the path of an operation": ("GET", f"{LIST}/", "path", ""),
    "the path of a control": ("DELETE", "/_sandbox/worlds/", "path", ""),
    "a search": ("GET", "/search/", "query", "q="),
    "a filter": ("GET", ONE, "query", "filter[cohort]="),
    "a filter of ids": ("GET", ONE, "query", "filter[delivery_partner_id]="),
    "a page of a list": ("GET", ONE, "query", "page[page]="),
    "a sort": ("GET", ONE, "query", "sort="),
    "a world": ("GET", "/_sandbox/clock", "query", "world="),
    "what a clock is set to": ("PUT", "/_sandbox/clock", "body", '{"now": "'),
    "a form": ("POST", FORM, "body", ""),
    "a body in a form": ("POST", FORM, "field", "_body"),
    "a token in a form": ("POST", FORM, "field", "_token"),
    "a header in a form": ("POST", FORM, "field", "X-With-Server-Date"),
    **{f"the header {name}": ("GET", LIST, "header", name) for name in HEADERS},
}
"""Method, path, where the text goes, and what stands before it there, or its name."""
STARTS_IN_REQUESTS: dict[str, Sequence[str]] = {
    "what a clock is set to": TIMES,
    "the header x-with-server-date": TIMES,
    "a header in a form": TIMES,
    "the header authorization": [TOKEN],
    "a token in a form": [TOKEN],
    "a body in a form": [BODY],
}
"""What can mean something in a place of a request."""


def sender(app: App, token: str, target: tuple[str, str, str, str]) -> Parser:
    """Send a text to the sandbox in one place of a request."""
    method, path, place, name = target

    def send(text: str) -> object:
        headers = {b"content-type": b"application/json", b"authorization": b"Bearer " + token.encode()}
        if place == "header":
            headers[name.encode()] = text.encode("latin-1", "replace")
        body = {"body": name + text, "field": urlencode({name: text})}.get(place, "")
        given = name + text if place == "query" else ""
        return app.answer(Request(method, path + text * (place == "path"), given, headers, body.encode(), "127.0.0.1"))

    return send


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[App, str]:
    """A sandbox, and a token for it."""
    app = sandbox(site=_site(tmp_path_factory.mktemp("site")))
    return app, client(app).token


def _site(folder: Path) -> Path:
    """The least site that has a form and a search."""
    templates = Path("site/templates/served")
    files = {
        "form/index.html": "<!--sandbox:try register/createPartnership--><!--/sandbox-->",
        "search/index.html": "<!--sandbox:search--><!--/sandbox-->",
        "search.json": json.dumps(
            {
                "editions": [],
                "entries": [["Page", "A page", "/", "", "All words.", "", ""]],
                "ignored": [],
                "forms": [["all", ""], ["page", "", "s"], ["word", "", "s"]],
                "alike": [[1, 2]],
                "postings": [[0, 1], [0, 2], [0, 1]],
            }
        ),
        ".served/texts.json": json.dumps(written(Path("site"), "en-GB")),
        **{f".served/{file.name}": file.read_text() for file in templates.glob("*.jinja")},
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def seconds(parser: Parser, text: str) -> float:
    """The CPU time that a text takes, whatever comes of it."""
    for cache in CACHES.values():
        cache.clear()
    start = time.process_time()
    with suppress(ValueError, OverflowError, RecursionError):
        parser(text)
    return time.process_time() - start


def is_linear(parser: Parser, start: str, unit: str) -> bool:
    """Whether eight times the text takes less than 24 times the time, of which a fixed part is allowed."""

    def text(size: int) -> str:
        return start + unit * (size // len(unit))

    for _ in range(ROUNDS):
        large = seconds(parser, text(LARGE))
        if large < NOTHING or large < 3 * (LARGE / SMALL) * seconds(parser, text(SMALL)):
            return True
    return False


def slow(parser: Parser, starts: Sequence[str]) -> tuple[str, str] | None:
    """The first attack that takes a parser too long: its name, and what stands before it."""
    attacks = ((name, start) for name in ATTACKS for start in ("", *starts))
    return next((attack for attack in attacks if not is_linear(parser, attack[1], ATTACKS[attack[0]])), None)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_parser_takes_twice_the_time_for_twice_the_text(name: str):
    assert slow(FUNCTIONS[name], STARTS) is None


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_takes_twice_the_time_for_twice_the_text(opened: tuple[App, str], name: str):
    assert slow(sender(*opened, REQUESTS[name]), STARTS_IN_REQUESTS.get(name, ())) is None


def quadratic(text: str) -> Iterator[int]:
    """What a parser must not do: look through the rest of the text from each of its places."""
    return iter([text[place:].count("aa") for place in range(len(text))])


def test_what_is_not_linear_is_found():
    assert not is_linear(quadratic, "", "a" * 10)
