"""Rules: pure functions over facts, true when all is well. The contract holds their words."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from lp_contract.values import EVERYTHING, Rule
from lp_sandbox.problems import Broken

Check = Callable[[Any], bool]
C = TypeVar("C", bound=Check)
_HOLE = re.compile(r"\{([a-z_]+)\}")


def rule(check: C) -> C:
    """Mark a function as the rule of its name."""
    check.is_rule = True  # type: ignore[attr-defined]
    return check


@dataclass(frozen=True, slots=True)
class Law:
    """A rule as it is asked: the contract's words and the code's condition."""

    rule: Rule
    is_kept: Check


def checks_in(package: ModuleType) -> Mapping[str, Check]:
    """Collect the rules from the modules of a package, by name."""
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    return {
        name: check for module in modules for name, check in vars(module).items() if getattr(check, "is_rule", False)
    }


def laws(rules: Sequence[Rule], checks: Mapping[str, Check], without: Collection[str] = ()) -> tuple[Law, ...]:
    """Join the rules of an operation with their conditions, leaving some out."""
    return tuple(Law(rule, checks[rule.name]) for rule in rules if rule.name not in without)


def broken(laws: Sequence[Law], facts: Any) -> Sequence[Broken]:
    """Ask every rule in its order, as long as the fields it needs clean have no error yet."""
    return tuple(_broken(laws, facts))


def _broken(laws: Sequence[Law], facts: Any) -> Iterator[Broken]:
    wrong: set[str] = set()
    for law in laws:
        if wrong.isdisjoint(law.rule.needs_clean) and not law.is_kept(facts):
            wrong |= {law.rule.field, EVERYTHING}
            yield Broken(law.rule, _message(law.rule.detail, facts))


def _message(detail: str, facts: Any) -> str:
    """Put what the facts hold in the place of `{name}`."""
    return _HOLE.sub(lambda hole: str(getattr(facts, hole[1])), detail)
