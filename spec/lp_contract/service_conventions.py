"""What the service of an edition does in the same way for every operation: `x-conventions` in openapi.yaml.

The server, the published document and the pages read these values, so that none of them writes a convention again.
Every word has a default: an edition writes only what differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from operator import itemgetter
from typing import Any, Literal

from lp_contract import parse_extensions
from lp_contract.parse_extensions import Placer
from lp_contract.yaml_source import MAPPINGS, Complaint, ContractError

PLACEHOLDERS = ("title", "detail", "status", "errors")
"""What a template can name; all but the last can be in the template of one error."""
Filler = Callable[[tuple[Any, ...]], Any]
"""Returns a filled template, given the values of the placeholders in their order."""
WORD = "x-conventions"
_JSON_LIKE = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?json", re.ASCII)
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


def is_json(media_type: str) -> bool:
    """Whether a media type, with or without parameters, is JSON or ends in `+json`."""
    return bool(_JSON_LIKE.fullmatch(media_type.partition(";")[0].strip().lower()))


@dataclass(frozen=True)
class ErrorConvention:
    """The shape of answers that list errors."""

    media_type: str = "application/json"
    entry: Any = field(default_factory=lambda: {"title": "{title}", "detail": "{detail}"})
    """The template of one error, with `{title}`, `{detail}` and `{status}`."""
    body: Any = field(default_factory=lambda: {"errors": "{errors}"})
    """The template of the body.

    `{errors}` is the list of entries; `{title}` and `{detail}` are those of the first error. A text that is nothing but
    a placeholder becomes the value itself, so that `{status}` is a number.
    """
    join: str | None = None
    """What joins the messages of one field into one entry; without it each message has an entry."""

    def body_of(self, status: int, errors: Iterable[tuple[str, str]]) -> Any:
        """Return the body for (title, detail) pairs: grouped by title in the order first met, no message twice."""
        pairs = list(errors)
        fill_entry, fill_body = self._fillers
        if len(pairs) > 1:
            pairs = self._grouped(pairs)
        return fill_body((*pairs[0], status, [fill_entry((*pair, status)) for pair in pairs]))

    def _grouped(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        grouped: dict[str, dict[str, None]] = {}
        for title, detail in pairs:
            grouped.setdefault(title, {})[detail] = None
        if self.join is None:
            return [(title, detail) for title, details in grouped.items() for detail in details]
        return [(title, self.join.join(details)) for title, details in grouped.items()]

    @cached_property
    def _fillers(self) -> tuple[Filler, Filler]:
        return _filler(self.entry), _filler(self.body)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the compiled templates out of pickles and copies."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class BodyConvention:
    """How the bodies of requests are read."""

    json: tuple[str, ...] = ("application/json", "text/x-json", "application/jsonrequest")
    """The media types that are read as JSON. The default is what Rails reads."""
    forms: tuple[str, ...] = ("application/x-www-form-urlencoded",)
    """The media types that are read as forms."""
    needs: Literal["attributes", "data"] = "attributes"
    """What a body must have: `data.attributes` with a field of the operation, or a `data` that is not empty.

    With `data`, missing attributes count as empty, so that the rules answer.
    """
    trim: bool = False
    """Whether white space around a text is removed."""


@dataclass(frozen=True, slots=True)
class FilterConvention:
    """How filters are read."""

    trim: bool = False
    """Whether white space around a value is removed."""
    most_values: int | None = 300
    """How many values a filter can list; without a number, any number of values."""
    decode_times: Literal["again", "if_needed"] = "again"
    """Whether times are URL-decoded once more than the rest of a query, or only those that cannot be read otherwise."""
    in_body: bool = False
    """Whether the shape of `filter` is checked in bodies too."""
    time_before_page: bool = False
    """Whether a time that cannot be read is refused before a page that is no number, or after it."""


@dataclass(frozen=True, slots=True)
class ServerDateConvention:
    """How the header X-With-Server-Date is read."""

    unreadable: Literal["refuse", "ignore"] = "refuse"
    """Whether a value that is no time is refused, or ignored so that the world's clock counts."""
    out_of_range: Literal["refuse", "ignore"] = "refuse"
    """The same for a value in the form of a time that does not exist, such as 2022-13-45."""


@dataclass(frozen=True, slots=True)
class AuthorizationConvention:
    """How tokens are sent."""

    schemes: tuple[str, ...] = ("Bearer", "Token")
    """The words that can stand before a token."""
    case: Literal["exact", "any"] = "exact"
    """Whether a scheme is recognised in these letters only, or in capitals and small letters alike."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What an edition's service does in the same way for every operation."""

    charset: str | None = "utf-8"
    """The charset in the Content-Type of JSON answers; none where it is null."""
    errors: ErrorConvention = field(default_factory=ErrorConvention)
    body: BodyConvention = field(default_factory=BodyConvention)
    filters: FilterConvention = field(default_factory=FilterConvention)
    server_date: ServerDateConvention = field(default_factory=ServerDateConvention)
    authorization: AuthorizationConvention = field(default_factory=AuthorizationConvention)
    zone: Literal["Europe/London", "UTC"] = "Europe/London"
    """The time zone in which days begin, and of times in requests that name none."""
    extra_slashes: Literal["ignore", "refuse"] = "ignore"
    """Whether a path with doubled slashes, or slashes at its end, is the path without them, or no path at all."""

    def content_type(self, media_type: str) -> str:
        """Return the Content-Type of answers in a media type: JSON gets the charset."""
        return _content_type(media_type, self.charset)


DEFAULTS = Conventions()


@cache
def _content_type(media_type: str, charset: str | None) -> str:
    return f"{media_type}; charset={charset}" if charset and is_json(media_type) else media_type


def read(given: Any, place: Placer) -> Conventions:
    """Read `x-conventions`. Raises ContractError with every complaint.

    `place` returns the file and line of a value in the contract.
    """
    made: Conventions = parse_extensions.read(Conventions, given, (WORD,), place)
    unknown = tuple(_unknown_placeholders(made.errors, place))
    if unknown:
        raise ContractError(*unknown)
    return made


def _unknown_placeholders(errors: ErrorConvention, place: Placer) -> Iterator[Complaint]:
    known_in = (("entry", errors.entry, PLACEHOLDERS[:-1]), ("body", errors.body, PLACEHOLDERS))
    for word, template, known in known_in:
        for name in dict.fromkeys(_placeholders(template)):
            if name not in known:
                message = f"`{word}` has an unknown placeholder `{{{name}}}`."
                remedy = f"Known placeholders: {', '.join(f'{{{each}}}' for each in known)}."
                yield Complaint(place((WORD, "errors", word)), "unknown-word", message, remedy)


def _placeholders(template: Any) -> Iterator[str]:
    if isinstance(template, str):
        yield from _PLACEHOLDER.findall(template)
    elif isinstance(template, Mapping | list):
        for value in template.values() if isinstance(template, MAPPINGS) else template:
            yield from _placeholders(value)


def _filler(template: Any) -> Filler:
    """Compile a template: it is filled in for every refusal."""
    if isinstance(template, str):
        whole = _PLACEHOLDER.fullmatch(template)
        if whole:
            return itemgetter(PLACEHOLDERS.index(whole[1]))
        return lambda values: _PLACEHOLDER.sub(lambda found: str(values[PLACEHOLDERS.index(found[1])]), template)
    if isinstance(template, MAPPINGS):
        keys, fillers = list(template), [_filler(value) for value in template.values()]
        if len(keys) > 1 and all(isinstance(fill, itemgetter) for fill in fillers):  # the usual entry, filled at once
            together = itemgetter(*(PLACEHOLDERS.index(value.strip("{}")) for value in template.values()))
            return lambda values: dict(zip(keys, together(values), strict=True))
        return lambda values: {key: fill(values) for key, fill in zip(keys, fillers, strict=True)}
    if isinstance(template, list):
        items = [_filler(value) for value in template]
        return lambda values: [fill(values) for fill in items]
    return lambda _: template
