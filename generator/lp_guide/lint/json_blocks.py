"""Finds the JSON on a page, with its endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lp_guide.api_paths import Endpoint
from lp_guide.lint.lenient_json_parser import Fault, Value, read
from lp_guide.lint.markdown_page import Fence, Guidance, Words

REQUEST, ANSWER = "request", "answer"

_LANGUAGES = ("json", "http", "", "text")
_JSON = re.compile(r"""\s*(?:\{\s*["“”„}]|\[\s*(?:[{\["“”\]]|-?\d))""")
"""Text that can only be JSON if no language is given."""
_OPENS = re.compile(r"\s*[{\[](?![{%])")
_STATUS = re.compile(r"HTTP/[\d.]+ \d{3}\b")
_REFUSED = re.compile(r"\brule=|\bstatus=4")
"""The options of a request on our pages that the API refuses."""
_SAYS = {REQUEST: re.compile(r"(?i)\brequests?\b"), ANSWER: re.compile(r"(?i)\b(?:response|answer)")}


@dataclass(frozen=True)
class Body:
    """A piece of JSON."""

    line: int
    values: Sequence[Value]
    faults: Sequence[Fault]
    endpoint: Endpoint | None
    """The endpoint to which it is sent or which returns it, if the page shows it."""
    role: str
    """REQUEST, ANSWER, or empty if the page does not show it."""
    is_refused: bool = False
    """Whether the page says that the API refuses it."""
    is_elsewhere: bool = False
    """Whether it is sent to an address that may not be one of the API."""

    @property
    def resources(self) -> Sequence[Value]:
        """The resources in `data`: one, all of a list, or none."""
        data = [value.get("data") for value in self.values]
        return [each for value in data if value for each in (value.items or [value])]

    def fields(self) -> Iterator[tuple[str, Value]]:
        """Yield the name and value of every field, at any depth."""
        for value in self.values:
            yield from value.fields()


@lru_cache(maxsize=8)
def bodies(page: Guidance) -> Sequence[Body]:
    """Return every piece of JSON in the order of the page."""
    return list(_bodies(page))


def _bodies(page: Guidance) -> Iterator[Body]:
    endpoint, level = None, 0
    last = 0
    for fence in page.fences:
        if endpoint and any(h.level <= level for h in page.headings_between(last, fence.line)):
            endpoint = None
        if fence.endpoint and page.is_path(fence.endpoint):
            endpoint, level = fence.endpoint, page.heading_above(fence.line).level
        for command in fence.commands:
            endpoint, level = command.endpoint, page.heading_above(fence.line).level
            if command.body and _OPENS.match(command.body.text):
                values, faults = read(command.body.text, command.body.line)
                yield Body(command.body.line, values, faults, endpoint, REQUEST, is_elsewhere=endpoint is None)
        last = fence.line
        text = _json(fence)
        if text:
            values, faults = read(text.text, text.line)
            yield Body(fence.line, values, faults, endpoint, _role(fence), bool(_REFUSED.search(fence.info)))


def _json(fence: Fence) -> Words | None:
    """Return the part of a block that is meant to be JSON."""
    text = fence.text
    if fence.language not in _LANGUAGES:
        return None
    if fence.endpoint or _STATUS.match(text.text.strip()):
        head = re.match(r"\s*\S[^\n]*\n(?:[ \t]*\S[^\n]*\n)*?[ \t]*\n", text.text)
        text = Words(text.line_at(head.end()), text.text[head.end() :]) if head else Words(text.line, "")
        return text if _OPENS.match(text.text) else None
    return text if fence.language == "json" or _JSON.match(text.text) else None


def _role(fence: Fence) -> str:
    if fence.endpoint:
        return REQUEST
    if _STATUS.match(fence.text.text.strip()):
        return ANSWER
    said = [role for role, word in _SAYS.items() if word.search(fence.before)]
    return said[0] if len(said) == 1 else ""
