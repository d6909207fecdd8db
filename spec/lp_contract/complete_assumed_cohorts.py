"""Completes cohorts whose seeds copy another cohort: its flags and milestones, with all dates moved by years."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lp_contract.yaml_source import MAPPINGS, mapping

LIKE = "like"
"""The word by which a cohort names the cohort that it copies."""
_STARTS_WITH_YEAR = re.compile(r"(\d{4})(-\d\d-\d\d.*)")


def with_assumed(seeds: dict[str, Any]) -> dict[str, Any]:
    """Return seeds in which the cohorts that copy another are complete.

    They keep the word `like`, so that pages can say that their dates are assumed.
    """
    cohorts, schedules = seeds.get("cohorts"), mapping(seeds.get("schedules"))
    if not isinstance(cohorts, list) or not any(LIKE in mapping(entry) for entry in cohorts):
        return seeds
    known = {mapping(entry).get("year"): mapping(entry) for entry in cohorts}
    milestones = [
        *schedules.get("milestones", ()),
        *(row for entry in cohorts for row in _milestones(mapping(entry), schedules)),
    ]
    return {
        **seeds,
        "cohorts": [_whole(mapping(entry), known) for entry in cohorts],
        "schedules": {**schedules, "milestones": milestones},
    }


def _whole(entry: Mapping[str, Any], known: Mapping[Any, Mapping[str, Any]]) -> Mapping[str, Any]:
    if LIKE not in entry:
        return entry
    return {**_moved(known.get(entry[LIKE], {}), _years(entry)), **entry}


def _milestones(entry: Mapping[str, Any], schedules: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in schedules.get("milestones", ()) if LIKE in entry else ():
        if row["cohort"] == entry[LIKE]:
            yield {**row, "cohort": entry["year"], "types": _moved(row["types"], _years(entry))}


def _years(entry: Mapping[str, Any]) -> int:
    return int(entry["year"] - entry[LIKE])


def _moved(value: Any, years: int) -> Any:
    """Move every date and time by years."""
    if isinstance(value, MAPPINGS):
        return {key: _moved(item, years) for key, item in value.items()}
    found = _STARTS_WITH_YEAR.fullmatch(value) if isinstance(value, str) else None
    return f"{int(found[1]) + years}{found[2]}" if found else value
