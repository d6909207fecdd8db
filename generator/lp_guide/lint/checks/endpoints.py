"""Methods and paths, in blocks of code and in code within words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lp_guide.api_paths import VERBS, Endpoint
from lp_guide.lint.markdown_page import Finding, Guidance

_PATH_WORD = re.compile(r"[^\s`\"'()<>]++")
_DOUBLED = re.compile(r"(?<!:)//")
_FILTER = re.compile(r"filter(?:\[|%5B)(\w+)(?:\]|%5D)=(\w+)", re.IGNORECASE)
_KINDS_OF_VALUE = ("year", "cohort", "date", "time", "id", "urn", "value", "text", "string", "number")
_VERB = "|".join(VERBS)
_VERB_AT_END = re.compile(rf"#[^#]*-({_VERB})$", re.IGNORECASE)
_VERB_AT_START = re.compile(rf"#/[^#]+/({_VERB})_", re.IGNORECASE)


def missing_verb(page: Guidance) -> Iterator[Finding]:
    """Every endpoint in a block or in code begins with its method."""
    for fence in page.fences:
        endpoint = fence.endpoint
        if endpoint and endpoint.verb is None and fence.is_endpoint_alone and page.is_path(endpoint):
            verb = _verb_nearby(page, endpoint)
            remedy = f"Write `{verb} {endpoint.path}`, as the link in this section says." if verb else ""
            remedy = remedy or "Write GET, POST or PUT before it."
            yield Finding(endpoint.line, f"The endpoint `{endpoint.path}` has no method.", remedy)


def _verb_nearby(page: Guidance, endpoint: Endpoint) -> str:
    """Return the method that a link of the same section names, if all agree."""
    lines = page.section(endpoint.line)
    found = {match[1].upper() for link in page.links if link.line in lines and (match := _named_verb(link.target))}
    return found.pop() if len(found) == 1 else ""


def _named_verb(address: str) -> re.Match[str] | None:
    return _VERB_AT_END.search(address) or _VERB_AT_START.search(address)


def doubled_slash(page: Guidance) -> Iterator[Finding]:
    """There is one slash between two steps of a path."""
    for number, line in enumerate(page.lines, 1):
        for word in _PATH_WORD.findall(line):
            if page.names_api(word) and _DOUBLED.search(word):
                yield Finding(number, f"`{word}` has two slashes in a row.", f"Write `{_DOUBLED.sub('/', word)}`.")


def unversioned_path(page: Guidance) -> Iterator[Finding]:
    """Every path of the API names the version."""
    versions = _versions(page)
    roots = {re.escape(version.rpartition("/")[0]) for version in versions} | {"/api"}
    unversioned = re.compile(rf"(?<![\w.])({'|'.join(sorted(roots))})/([a-z][\w-]*)")
    for number, line in enumerate(page.lines, 1):
        for root, resource in unversioned.findall(line):
            if resource in page.resources:
                meant = [f"`{version}/{resource}`" for version in versions if version.rpartition("/")[0] == root]
                written = " or ".join(meant) or f"`{root}/v{{version}}/{resource}`"
                message = f"`{root}/{resource}` names no version of the API."
                yield Finding(number, message, f"Write {written}, with the version that you mean.")


def _versions(page: Guidance) -> Sequence[str]:
    """Return the beginnings of paths with a version: of the contracts, or else on the page."""
    return page.prefixes or sorted({each.prefix for each in page.endpoints} - {""})


def filter_value(page: Guidance) -> Iterator[Finding]:
    """No placeholder looks like a value."""
    for number, line in enumerate(page.lines, 1):
        for match in _FILTER.finditer(line):
            if match[2] in _KINDS_OF_VALUE:
                message = f"`{match[0]}` is not a value that can be sent."
                remedy = f"Write a real value, or `{match[0].removesuffix(match[2])}{{{match[2]}}}` for a placeholder."
                yield Finding(number, message, remedy)
