"""Compares what a contract says once for the whole service: conventions, servers, tags, limits and security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from lp_contract.contract import Contract
from lp_contract.yaml_source import mapping
from lp_guide.changes.breaking_change import ABSENT, MAY_REFUSE, REFUSES_LESS, WORDS, Change, Verdict, compare
from lp_guide.changes.nested_differences import differences
from lp_guide.changes.operations import ALLOWED_OTHERWISE, SAME_TEXT

NO_SERVER = Verdict(breaking=True, reason="Clients that use its address get no answer.")
COMPARED_ELSEWHERE = {"paths", "components", "servers", "tags", "security", "x-conventions", "x-published"}
NOT_OBSERVABLE = {"x-first-request"}
"""Keywords that do not affect clients."""
CONVENTION = Verdict(breaking=True, reason="Every operation follows the convention.")
OTHER_ORDER = Verdict(breaking=False, reason="The same requests are refused. Their errors have another order.")


def document_changes(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield the changes outside operations, rules and seeds."""
    before, after = old.document, new.document
    for way, was, now in differences(_rest(before), _rest(after)):
        verdict = MAY_REFUSE if way[0] == "x-rate-limit" else WORDS
        yield from compare("document", ".".join(way), (was, now), verdict)
    for way, was, now in differences(asdict(old.conventions), asdict(new.conventions)):
        yield from compare("convention", ".".join(way), (was, now), _judged(".".join(way), now))
    for url, was, now in _by(before, after, "servers", "url"):
        verdict = NO_SERVER if now is ABSENT else WORDS
        yield from compare("server", url, (was, now), verdict)
    for tag, was, now in _by(before, after, "tags", "name"):
        yield from compare("tag", tag, (was, now), WORDS)
    yield from _security(before, after)


def _judged(convention: str, now: Any) -> Verdict:
    if convention == "charset":  # of JSON, which is always in UTF-8
        return SAME_TEXT
    if convention == "filters.time_before_page":
        return OTHER_ORDER
    return REFUSES_LESS if convention == "filters.in_body" and not now else CONVENTION


def _rest(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in COMPARED_ELSEWHERE | NOT_OBSERVABLE}


def _by(before: Mapping[str, Any], after: Mapping[str, Any], section: str, key: str) -> Iterator[tuple[str, Any, Any]]:
    one, other = ({each[key]: each for each in document.get(section, ())} for document in (before, after))
    return ((name, one.get(name, ABSENT), other.get(name, ABSENT)) for name in {**one, **other})


def _security(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    schemes = (mapping(document.get("components")).get("securitySchemes", {}) for document in (before, after))
    for way, was, now in differences(*schemes):
        verdict = WORDS if way[-1] == "description" else ALLOWED_OTHERWISE
        yield from compare("security", ".".join(way), (was, now), verdict)
