"""Compares rules, problems and their messages: when requests are refused, and with which errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lp_contract.contract import Contract, Operation, Problem, Rule
from lp_contract.yaml_source import mapping
from lp_guide.changes.breaking_change import (
    ABSENT,
    CONDITION,
    OTHER_CONDITION,
    REFUSES_LESS,
    WORDS,
    Change,
    Verdict,
    belonging,
    compare,
)
from lp_guide.changes.operations import Pair

MAY_REFUSE_MORE = Verdict(breaking=True, reason="The service may refuse more than before.")
MESSAGE = Verdict(breaking=True, reason="Clients that match on the message no longer recognise it.")
ERRORS_NAME_IT = Verdict(breaking=True, reason="Clients that look up errors by this name no longer find them.")
OTHER_STATUS = Verdict(breaking=True, reason="Clients that depend on the status handle the error differently.")
OTHER_BODY = Verdict(breaking=True, reason="Clients that read the answer do not find the fields that they expect.")
OTHER_ORDER = Verdict(breaking=False, reason="The same requests are refused. Their errors have another order.")
OTHER_COMPANY = Verdict(breaking=False, reason="The same requests are refused. Other errors may accompany this one.")
SHOWN_OTHERWISE = Verdict(breaking=False, reason="The service refuses the same requests. Only the example differs.")
OTHER_REACH = Verdict(
    breaking=False, reason="Either no request could break the rule before, or no request can break it now."
)
OTHER_NAME = Verdict(breaking=False, reason="Only the contract uses the name. Answers do not contain it.")

OF_A_RULE: Mapping[str, Verdict] = {
    "field": ERRORS_NAME_IT,
    CONDITION: OTHER_CONDITION,
    "needs_clean": OTHER_COMPANY,
    "broken_by": SHOWN_OTHERWISE,
    "brings": SHOWN_OTHERWISE,
    "at": SHOWN_OTHERWISE,
    "shows": SHOWN_OTHERWISE,
    "unreachable": OTHER_REACH,
}
OF_A_PROBLEM: Mapping[str, Verdict] = {
    "status": OTHER_STATUS,
    CONDITION: OTHER_CONDITION,
    "json": OTHER_BODY,
    "empty": OTHER_BODY,
    "content_type": OTHER_BODY,
    "headers": OTHER_BODY,
    "broken_by": SHOWN_OTHERWISE,
    "shows": SHOWN_OTHERWISE,
}
MESSAGES = ("title", "detail", "error", "text")
"""The fields of a problem that hold its message."""


def rule_changes(old: Contract, new: Contract, both: Sequence[Pair]) -> Iterator[Change]:
    """Yield the changes of rules, problems and differences between sandbox and service."""
    names = dict(_new_names(old, new))
    for before, after in both:
        yield from belonging(_checked(before, after, names), after.id, after.tag)
    for name, rule in old.rules.items():
        if names.get(name, name) in new.rules:
            yield from _rule(rule, new.rules[names.get(name, name)], both)
    yield from _problems(old, new, both)
    yield from _differences(old, new)


def _new_names(old: Contract, new: Contract) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of every renamed rule."""
    fresh = {_said(rule): name for name, rule in new.rules.items() if name not in old.rules}
    for name, rule in old.rules.items():
        if name not in new.rules and _said(rule) in fresh:
            yield name, fresh[_said(rule)]


def _said(rule: Rule) -> tuple[str, str, str]:
    return rule.field, rule.detail, rule.when


def _checked(before: Operation, after: Operation, names: Mapping[str, str]) -> Iterator[Change]:
    """Compare the rules that an operation checks, and their order."""
    old = {names.get(rule.name, rule.name): rule for rule in before.rules}
    new = {rule.name: rule for rule in after.rules}
    for name in (name for name in old if name not in new):
        yield from compare("rule", name, (_words(old[name]), ABSENT), REFUSES_LESS)
    for name in (name for name in new if name not in old):
        yield from compare("rule", name, (ABSENT, _words(new[name])), MAY_REFUSE_MORE)
    orders = [name for name in old if name in new], [name for name in new if name in old]
    yield from compare("order of rules", after.id, orders, OTHER_ORDER)


def _words(rule: Rule | Problem) -> dict[str, Any]:
    shown = ("field", "status", "title", "detail", "error", "text", "when")
    return {word: getattr(rule, word) for word in shown if getattr(rule, word, None) is not None}


def _rule(before: Rule, after: Rule, both: Sequence[Pair]) -> Iterator[Change]:
    """Yield the changes of a rule for the operations that check it in both contracts."""
    operations = [other for one, other in both if before in one.rules and after in other.rules]
    if not operations:
        return
    found = [
        *compare("rule", after.name, (before.name, after.name), OTHER_NAME, aspect="name"),
        *compare("message", after.name, (before.detail, after.detail), MESSAGE),
        *_aspects("rule", before, after, OF_A_RULE),
    ]
    yield from _shared(found, operations)


def _aspects(what: str, before: Any, after: Any, verdicts: Mapping[str, Verdict]) -> Iterator[Change]:
    for aspect, verdict in verdicts.items():
        values = (_plain(getattr(each, aspect)) for each in (before, after))
        yield from compare(what, after.name, values, verdict, aspect=aspect)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _shared(found: Iterable[Change], operations: Iterable[Operation]) -> Iterator[Change]:
    """Return changes with the operations and resources to which they belong."""
    ids = {operation.id: operation.tag for operation in operations}
    tags = tuple(dict.fromkeys(ids.values()))
    return (replace(change, operations=tuple(ids), resources=tags) for change in found)


def _problems(old: Contract, new: Contract, both: Sequence[Pair]) -> Iterator[Change]:
    for name in {**old.problems, **new.problems}:
        before, after = old.problems.get(name), new.problems.get(name)
        yield from _listing(name, before, after, both)
        if _is_everywhere(name, old, before) or _is_everywhere(name, new, after):
            yield from _come_or_gone(name, before, after)
        if before and after:
            yield from _of_both(name, before, after, both)


def _of_both(name: str, before: Problem, after: Problem, both: Sequence[Pair]) -> Iterator[Change]:
    """Yield the changes of a problem of both contracts, for the operations that list it in both.

    If no operation of the new contract lists it, any request can cause it: the changes are of no operation.
    """
    listing = [pair for pair in both if name in _listed(pair[1])]
    kept = [other for one, other in listing if name in _listed(one)]
    if kept or not listing:
        found = [
            *(change for word in MESSAGES for change in _message(before, after, word)),
            *_aspects("problem", before, after, OF_A_PROBLEM),
        ]
        yield from _shared(found, kept)


def _is_everywhere(name: str, contract: Contract, problem: Problem | None) -> bool:
    """Return whether no operation lists a problem, so that any request can cause it."""
    return problem is not None and not any(name in _listed(each) for each in contract.operations.values())


def _come_or_gone(name: str, before: Problem | None, after: Problem | None) -> Iterator[Change]:
    if before is None or after is None:
        yield from _problem(name, before, after)


def _problem(name: str, before: Problem | None, after: Problem | None) -> Iterator[Change]:
    shown = (ABSENT if problem is None else _words(problem) for problem in (before, after))
    return compare("problem", name, shown, MAY_REFUSE_MORE if before is None else REFUSES_LESS)


def _listing(name: str, before: Problem | None, after: Problem | None, both: Sequence[Pair]) -> Iterator[Change]:
    """Compare the operations that list a problem."""
    for one, other in both:
        was, now = before is not None and name in _listed(one), after is not None and name in _listed(other)
        if was != now:
            found = _problem(name, before if was else None, after if now else None)
            yield from belonging(found, other.id, other.tag)


def _listed(operation: Operation) -> set[str]:
    return set(operation.problems)


def _message(before: Problem, after: Problem, word: str) -> Iterator[Change]:
    values = (ABSENT if getattr(each, word) is None else getattr(each, word) for each in (before, after))
    return compare("message", after.name, values, MESSAGE, aspect="" if word == "detail" else word)


def _differences(old: Contract, new: Contract) -> Iterator[Change]:
    """Compare the documented differences between sandbox and service."""
    before, after = ({each.subject: each for each in contract.differences} for contract in (old, new))
    for subject in {**before, **after}:
        shown = (_sides_of(each[subject]) if subject in each else ABSENT for each in (before, after))
        yield from compare("difference", subject, shown, WORDS)


def _sides_of(difference: Any) -> Mapping[str, str]:
    return mapping({"theirs": difference.theirs, "ours": difference.ours})
