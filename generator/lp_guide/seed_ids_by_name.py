"""Functions for writers that return ids from the seeds, such as `{{ school('fresh') }}`.

An id on a page does not show what it identifies, and becomes wrong when the seeds change. So writers use names, and an
id from the seeds in a text is a mistake.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, Place, mapping
from lp_guide.recorded_answers import LANGUAGE
from lp_guide.writer_mistakes import FEW, Mistake, find

_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_FENCE = re.compile(r"[\s>]*(?:[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})(.*)")

SIMILAR = 0.75
"""How similar a suggested name is. Names share endings, such as `-hub`, so the usual measure finds wrong names."""

Recipe = Mapping[str, Any]


class Seeded:
    """The names of the ids that the seeds of a contract fix."""

    def __init__(self, contract: Contract) -> None:
        self._kinds: Mapping[str, Sequence[Recipe]] = dict(_named_kinds(contract.seeds))
        self._recipes: Mapping[str, Recipe] = {recipe["name"]: recipe for recipe in contract.seeds.get("scenarios", ())}
        self.calls: Mapping[str, str] = dict(self._all_calls())
        """The call that returns an id, by the id."""

    def helpers(self) -> Mapping[str, Callable[..., str]]:
        """Return the functions for writers by name."""
        kinds: dict[str, Callable[..., str]] = {_helper(kind): self._kind(kind) for kind in self._kinds}
        return kinds | {
            "partnership": self.partnership,
            "person": self.person,
            "declaration": self.declaration,
            "former_id": self.former_id,
        }

    def partnership(self, school: str, cohort: str) -> str:
        """Return the id of the first partnership of a school in a cohort."""
        schools = self._kinds.get("school", ())
        partnerships = _first_partnerships(_named(schools, school, "school"))
        if cohort not in partnerships:
            raise _no_partnership(school, cohort, {each["name"]: each for each in schools})
        return partnerships[cohort]

    def person(self, scenario: str, person: str = "") -> str:
        """Return the id of a person in a scenario: by default the first."""
        return self._fixed(self._person(scenario, person), "id", scenario)

    def declaration(self, scenario: str, type: str = "", person: str = "") -> str:
        """Return the id of a declaration of a type for a person in a scenario: by default the first of each."""
        named = {entry["type"]: entry for entry in self._person(scenario, person).get("declarations", ())}
        return self._fixed(
            find(named, type or next(iter(named), ""), f"declaration in `{scenario}` called"), "id", scenario
        )

    def former_id(self, scenario: str, person: str = "") -> str:
        """Return the first former id of a person in a scenario."""
        changes = self._person(scenario, person).get("id_changes", ())
        return self._fixed(next(iter(changes), {}), "from", scenario)

    def typed(self, text: str, file: Path) -> list[Complaint]:
        """Complain of every id in a text for which the seeds have a name. Answers may contain ids."""
        return list(self._typed(text, file))

    def _typed(self, text: str, file: Path) -> Iterator[Complaint]:
        for number, line in _outside_answers(text):
            for known in _ID.findall(line):
                if known in self.calls:
                    message, call = f"`{known}` is an id from the seeds.", self.calls[known]
                    yield Complaint(Place(file, number), "typed-id", message, f"Write `{{{{ {call} }}}}`.")

    def _kind(self, kind: str) -> Callable[..., str]:
        def value(name: str, field: str = "id") -> str:
            return str(find(_named(self._kinds[kind], name, kind), field, f"value of a {kind} called"))

        return value

    def _person(self, scenario: str, person: str) -> Recipe:
        people = find(self._recipes, scenario, "scenario").get("people", {})
        found: Recipe = find(people, person or next(iter(people), ""), f"person in `{scenario}` called")
        return found

    def _fixed(self, entry: Recipe, key: str, scenario: str) -> str:
        if not entry.get(key):
            raise Mistake(
                "unknown-name", f"The seeds have no fixed id for this in `{scenario}`.", "Capture it from an answer."
            )
        return str(entry[key])

    def _all_calls(self) -> Iterator[tuple[str, str]]:
        """Yield every id, and the call that returns it."""
        for kind, items in self._kinds.items():
            for item in items:
                yield item["id"], f"{_helper(kind)}('{item['name']}')"
        for school in self._kinds.get("school", ()):
            for cohort, known in _first_partnerships(school).items():
                yield known, f"partnership('{school['name']}', '{cohort}')"
        for scenario, recipe in self._recipes.items():
            for number, (name, person) in enumerate(recipe.get("people", {}).items()):
                yield from _calls(scenario, name if number else "", person)


def _no_partnership(school: str, cohort: str, schools: Mapping[str, Recipe]) -> Mistake:
    """Return the mistake, with the cohorts of the school or else the schools that have partnerships."""
    cohorts = sorted(_first_partnerships(schools[school]))
    known = cohorts or [name for name, recipe in schools.items() if _first_partnerships(recipe)]
    names = ", ".join(f"`{each}`" for each in known[:FEW])
    return Mistake(
        "unknown-name",
        f"The school `{school}` has no partnership {f'in {cohort} ' if cohorts else ''}in the seeds of this edition.",
        f"{f'Use one of {names}, or take' if known else 'Take'} the id from an answer: `capture=mine:data.0.id`.",
    )


def _named(entries: Sequence[Recipe], name: str, kind: str) -> Recipe:
    """Return the entry with a name. Raises Mistake with a suggestion when there is none."""
    named = {each["name"]: each for each in entries}
    if name not in named:
        raise Mistake("unknown-name", f"There is no {kind} `{name}`.", _suggestion(name, entries))
    return named[name]


def _suggestion(name: str, entries: Sequence[Recipe]) -> str:
    """Suggest the entry with a similar name or title, or list the entries."""
    if not entries:
        return "Remove it."
    titles = {each["name"]: f"`{each['name']}` ({each.get('full_name', each['name'])})" for each in entries}
    spelt = {words: each["name"] for each in entries for words in (each.get("full_name", ""), each["name"])}
    similar = difflib.get_close_matches(name, spelt, n=1, cutoff=SIMILAR)
    if similar:
        return f"Did you mean {titles[spelt[similar[0]]]}?"
    return f"Use one of: {', '.join([*titles.values()][:FEW])}{' and more' if len(titles) > FEW else ''}."


def _first_partnerships(school: Recipe) -> Mapping[str, str]:
    """Return the id of the first partnership in each cohort."""
    return {str(each["cohort"]): str(each["id"]) for each in reversed(school.get("partnerships", ()))}


def _calls(scenario: str, name: str, person: Recipe) -> Iterator[tuple[str, str]]:
    second = f", '{name}'" if name else ""
    if person.get("id"):
        yield person["id"], f"person('{scenario}'{second})"
    for entry in person.get("declarations", ()):
        if entry.get("id"):
            yield entry["id"], f"declaration('{scenario}', '{entry['type']}'{second})"
    for change in person.get("id_changes", ())[:1]:
        if change.get("from"):
            yield change["from"], f"former_id('{scenario}'{second})"


def _outside_answers(text: str) -> Iterator[tuple[int, str]]:
    fence, is_answer = "", False
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence, is_answer = mark[1], mark[2].startswith(LANGUAGE)
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            fence, is_answer = "", False
        if not is_answer:
            yield number, line


def _helper(kind: str) -> str:
    return kind.replace(" ", "_")


def _named_kinds(seeds: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Recipe]]]:
    """Yield every list of the seeds whose entries have an id and a name, with the word for an entry."""
    for file, entries in seeds.items():
        if isinstance(entries, list) and all({"id", "name"} <= mapping(entry).keys() for entry in entries):
            yield file.removesuffix("s").replace("-", " "), entries
