"""A request as code that a reader can paste: for curl, for Python with requests, and for Ruby with net/http."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from lp_guide.requests_and_answers import Request

Snippet = Callable[[Request, str], str]
JSON = "application/json"
"""The Content-Type that the library requests sends with `json=`. Any other type needs a header."""
_CURL_PATTERNS = "[]{}"
"""Characters that curl treats as patterns in an address, unless `--globoff` is set."""


def snippets(request: Request, address: str) -> list[tuple[str, str]]:
    """Return a request as code for each language, with its name. `address` is where the sandbox is."""
    return [(name, write(request, address)) for name, write in LANGUAGES.items()]


def curl(request: Request, address: str) -> str:
    """Write a request as a command of a shell."""
    return " \\\n  ".join(["curl " + " ".join(_curl_first(request, address)), *_curl_more(request)])


def _curl_first(request: Request, address: str) -> Iterator[str]:
    if any(letter in request.target for letter in _CURL_PATTERNS):
        yield "--globoff"
    if request.method != ("POST" if request.body else "GET"):
        yield f"-X {request.method}"
    yield shlex.quote(address + request.target)


def _curl_more(request: Request) -> Iterator[str]:
    for name, value in request.headers.items():
        yield f"-H {shlex.quote(f'{name}: {value}')}"
    if request.body:
        yield f"-d {shlex.quote(request.body)}"


def python(request: Request, address: str) -> str:
    """Write a request as Python for the library requests."""
    path, query = _split(request)
    sent = _json(request)
    headers = {name: value for name, value in request.headers.items() if sent is None or value != JSON}
    given = [_string(address + path)]
    given += [f"params={_python(query)}"] if query else []
    given += [f"headers={_python(headers)}"] if headers else []
    if request.body:
        given.append(f"data={_string(request.body)}" if sent is None else f"json={_python(sent)}")
    lines = "".join(f"    {_indented(each)},\n" for each in [*given, "timeout=30"])
    call = f"response = requests.{request.method.lower()}(\n{lines})"
    return f"import requests\n\n{call}\nprint(response.status_code, response.text)"


def ruby(request: Request, address: str) -> str:
    """Write a request as Ruby for net/http."""
    return "\n".join(_ruby(request, address))


def _ruby(request: Request, address: str) -> Iterator[str]:
    path, query = _split(request)
    yield from ('require "net/http"', "", f"uri = URI({_ruby_string(address + path)})")
    if query:
        pairs = ", ".join(f"{_ruby_string(name)} => {_ruby_string(value)}" for name, value in query.items())
        yield f"uri.query = URI.encode_www_form({pairs})"
    yield f"request = Net::HTTP::{request.method.title()}.new(uri)"
    yield from (f"request[{_ruby_string(name)}] = {_ruby_string(value)}" for name, value in request.headers.items())
    if request.body:
        yield from ("request.body = <<~'JSON'", *(f"  {line}" for line in request.body.split("\n")), "JSON")
    yield "response = Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }"
    yield "puts response.code, response.body"


LANGUAGES: Mapping[str, Snippet] = {"curl": curl, "Python": python, "Ruby": ruby}


def _split(request: Request) -> tuple[str, Mapping[str, str]]:
    path, _, query = request.target.partition("?")
    return path, dict(parse_qsl(query, keep_blank_values=True))


def _json(request: Request) -> Any:
    """Parse the body. Return None if it is not JSON."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _python(value: Any) -> str:
    """Write a JSON value as Python, with the line breaks of JSON. A mapping of one word stays on one line."""
    if isinstance(value, Mapping):
        items = [f"{_string(name)}: {_indented(_python(item))}" for name, item in value.items()]
        return _enclosed("{}", items)
    if isinstance(value, list):
        return _enclosed("[]", [_indented(_python(item)) for item in value])
    return _string(value) if isinstance(value, str) else repr(value)


def _enclosed(ends: str, items: Sequence[str]) -> str:
    is_short = not items or (len(items) == 1 and "\n" not in items[0])
    inside = ", ".join(items) if is_short else "\n" + "".join(f"    {item},\n" for item in items)
    return ends[0] + inside + ends[1]


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _ruby_string(text: str) -> str:
    return _string(text).replace("#", "\\#")
