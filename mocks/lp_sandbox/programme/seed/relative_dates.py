"""Resolves the words of the seeds for a day: cohorts and dates relative to it.

The header of `seeds/scenarios.yaml` of an edition explains the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from lp_sandbox.programme.seed.statement_dates import cut_off_date, payment_date, statement_months
from lp_sandbox.worlds.clock import day, parse, start_of

Seeds = Mapping[str, Any]
_COHORT = r"(?P<cohort>current|begun|oldest)(?P<years>[+-]\d)?"
_DAY = (
    rf"(?:(?P<day>today|cut-off|paid)(?P<days>[+-]\d+)?|{_COHORT}/(?P<of_year>\d\d-\d\d)|(?P<date>\d{{4}}-\d\d-\d\d))"
)
_WORDS = {kind: re.compile(text) for kind, text in (("cohort", _COHORT), ("day", _DAY), ("instant", rf"{_DAY}T.*Z"))}
_BEGINS = "09-15"
"""The day of a cohort's year from which its people have been in training for two weeks."""
_PROSE = ("name", "story", "try")
"""The parts of a recipe whose text has no words to resolve."""


class StatementDays(NamedTuple):
    """The cohort, the cut-off date and the payment date of a statement into which declarations go."""

    cohort: int
    cut_off: str
    payment: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that the words of recipes are counted from."""

    cohorts_open_on: Mapping[int, str]
    """The first day of each cohort."""
    statements: Sequence[StatementDays]


class Almanac:
    """The cohorts and dates of one day, or of the nearest day on which the stories of the seeds are true."""

    def __init__(self, seeds: Seeds, today: str, calendar: Calendar | None = None) -> None:
        """Take the calendar of the cohorts and statements; by default the regular one."""
        stories, calendar = seeds["world"]["stories"], calendar or regular_calendar(seeds)
        today = min(max(today, stories["from"]), stories["until"])
        self.today = today
        self.now = start_of(today)
        """The instant at which the day begins in London: nothing in the seeds was recorded later."""
        opened = [year for year, starts_on in calendar.cohorts_open_on.items() if starts_on <= today]
        self.opened = frozenset(opened)
        """The cohorts that have opened."""
        self.current: int = max(opened)
        self.begun: int = max(year for year in opened if f"{year}-{_BEGINS}" <= today)
        self._cohorts: Mapping[str, int] = {
            "current": self.current,
            "begun": self.begun,
            "oldest": min(each.cohort for each in calendar.statements if each.cut_off >= today),
        }
        self._days = {
            "today": today,
            "cut-off": max(each.cut_off for each in calendar.statements if each.cut_off < today),
            "paid": max(each.payment for each in calendar.statements if each.payment <= today),
        }

    def resolved(self, value: Any) -> Any:
        """Return a value with every word for a cohort, a day or an instant resolved."""
        if isinstance(value, str):
            return self._word(value)
        if isinstance(value, Mapping):
            return {key: item if key in _PROSE else self.resolved(item) for key, item in value.items()}
        return [self.resolved(item) for item in value] if isinstance(value, list | tuple) else value

    def past(self, instant: str) -> str:
        """Return an instant, or the beginning of today if that is earlier: nothing was recorded in the future."""
        return min(instant, self.now)

    def _word(self, word: str) -> Any:
        if word == "midnight":
            return self.now
        if found := _WORDS["cohort"].fullmatch(word):
            return self._year(found)
        if found := _WORDS["day"].fullmatch(word):
            return self._date(found)
        if found := _WORDS["instant"].fullmatch(word):
            return self.past(f"{self._date(found)}{word[word.index('T') :]}")
        return word

    def _year(self, found: re.Match[str]) -> int:
        return self._cohorts[found["cohort"]] + int(found["years"] or 0)

    def _date(self, found: re.Match[str]) -> str:
        if found["cohort"]:
            return f"{self._year(found)}-{found['of_year']}"
        if found["date"]:
            return found["date"]
        counted = date.fromisoformat(self._days[found["day"]]) + timedelta(days=int(found["days"] or 0))
        return counted.isoformat()


def almanac_of_seeds(seeds: Seeds) -> Almanac:
    """Return the almanac of the day of world.yaml, which pages and tests use."""
    return Almanac(seeds, day(parse(seeds["world"]["clock"])))


def regular_calendar(seeds: Seeds) -> Calendar:
    """Return the calendar of cohorts that all have statements in the same months."""
    rules, opens_on = seeds["statements"], {entry["year"]: entry["starts_on"] for entry in seeds["cohorts"]}
    statements = [
        StatementDays(cohort, cut_off_date(*month), payment_date(rules, *month))
        for cohort in opens_on
        for month in statement_months(rules, cohort)
    ]
    return Calendar(opens_on, statements)
