"""Rules: pure functions of facts, True when the rule is kept. The contract holds their messages."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from lp_contract.contract_parts import EVERYTHING, Rule
from lp_sandbox.request.refusals import Broken

Check = Callable[[Any], bool]
C = TypeVar("C", bound=Check)
_HOLE = re.compile(r"\{([a-z_]+)\}")


def rule(check: C) -> C:
    """Mark a function as the rule of its name."""
    check.is_rule = True  # type: ignore[attr-defined]
    return check


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule of the contract with the function that checks it."""

    rule: Rule
    is_kept: Check


def checks_in(package: ModuleType) -> Mapping[str, Check]:
    """Collect the rules from the modules of a package, by name."""
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {
        name: check for module in modules for name, check in vars(module).items() if getattr(check, "is_rule", False)
    }


def bound_rules(
    rules: Sequence[Rule], checks: Mapping[str, Check], without: Collection[str] = ()
) -> tuple[BoundRule, ...]:
    """Join the rules of an operation with their functions, leaving some out."""
    return tuple(BoundRule(rule, checks[rule.name]) for rule in rules if rule.name not in without)


def broken(bound_rules: Sequence[BoundRule], facts: Any) -> Sequence[Broken]:
    """Return the broken rules, checked in their order. A rule waits for the fields that it needs clean."""
    return tuple(_broken(bound_rules, facts))


def _broken(bound_rules: Sequence[BoundRule], facts: Any) -> Iterator[Broken]:
    wrong: set[str] = set()
    for bound_rule in bound_rules:
        if wrong.isdisjoint(bound_rule.rule.needs_clean) and not bound_rule.is_kept(facts):
            wrong |= {bound_rule.rule.field, EVERYTHING}
            yield Broken(bound_rule.rule, _message(bound_rule.rule.detail, facts))


def _message(detail: str, facts: Any) -> str:
    """Replace each `{name}` in a message by the value of that fact."""
    return _HOLE.sub(lambda hole: str(getattr(facts, hole[1])), detail) if "{" in detail else detail
