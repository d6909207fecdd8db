"""Compares seeds: cohorts, schedules and milestones, payment dates, and the sandbox's own data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lp_contract.yaml_source import mapping
from lp_guide.changes.breaking_change import (
    ABSENT,
    MAY_REFUSE,
    REFUSES_LESS,
    SAME_SHAPE,
    WORDS,
    Change,
    Verdict,
    compare,
)
from lp_guide.changes.nested_differences import differences

Seeds = Mapping[str, Any]

SCHEDULES = "Cohorts and schedules"
STATEMENTS = "Statements"
SANDBOX = "Data of the sandbox"

LISTS: Mapping[str, tuple[str, str]] = {
    "cohorts": ("cohort", "year"),
    "lead-providers": ("lead provider", "name"),
    "delivery-partners": ("delivery partner", "name"),
    "schools": ("school", "name"),
    "scenarios": ("scenario", "name"),
    "partnerships": ("partnership", "id"),
    "registrations": ("registration", "id"),
}
"""For each seed file with named entries, the name of its kind of entry and the field that identifies one."""
NOT_DATA = {"schema"}

NOT_FOUND = Verdict(breaking=True, reason="Tests that use it in the sandbox no longer find it.")
NEW_THING = Verdict(breaking=False, reason="No client uses it yet.")
OTHER_DATA = Verdict(breaking=False, reason="Only the sandbox's data differ. Requests and answers keep their shape.")
OTHER_RULES = Verdict(breaking=True, reason="Other rules apply to declarations in this cohort.")


def seed_changes(old: Seeds, new: Seeds) -> Iterator[Change]:
    """Yield the changes between the seeds of two contracts."""
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if name not in NOT_DATA and before != after:
            resource = RESOURCES.get(name, SANDBOX)
            found = OWN.get(name, _other)(before, after, name)
            yield from (replace(change, resources=(resource,)) for change in found)


def _later(before: Any, after: Any) -> Verdict:
    """Return the verdict on another first day on which something is allowed."""
    return MAY_REFUSE if after > before else REFUSES_LESS


def _earlier(before: Any, after: Any) -> Verdict:
    """Return the verdict on another last day on which something is allowed. Null means no end."""
    if before is None or after is None:
        return MAY_REFUSE if before is None else REFUSES_LESS
    return MAY_REFUSE if after < before else REFUSES_LESS


def _always(verdict: Verdict) -> Callable[[Any, Any], Verdict]:
    return lambda _before, _after: verdict


OF_A_COHORT: Mapping[str, Callable[[Any, Any], Verdict]] = {
    "starts_on": _later,
    "ends_on": _always(OTHER_RULES),
    "enabled": lambda _before, after: REFUSES_LESS if after else MAY_REFUSE,
    "payments_frozen_at": _earlier,
    "mentor_funding": _always(OTHER_RULES),
    "detailed_evidence": _always(OTHER_RULES),
    "uplift_fees": _always(SAME_SHAPE),
    "dates_in_sequence": _always(OTHER_RULES),
    "ects_move_to_cohort": _always(OTHER_DATA),
    "ects_move_to_schedule": _always(OTHER_DATA),
}


def _cohorts(old: Any, new: Any, _file: str) -> Iterator[Change]:
    before, after = (_keyed(entries, "year") for entries in (old, new))
    for year in {**before, **after}:
        was, now = before.get(year, ABSENT), after.get(year, ABSENT)
        if was is ABSENT or now is ABSENT:
            yield from compare("cohort", year, (was, now), REFUSES_LESS if was is ABSENT else MAY_REFUSE)
            continue
        for aspect, verdict in OF_A_COHORT.items():
            known = aspect in was and aspect in now  # older contracts lack newer policies
            if known and was.get(aspect) != now.get(aspect):
                judged = verdict(was.get(aspect), now.get(aspect))
                yield from compare("cohort", year, (was.get(aspect), now.get(aspect)), judged, aspect=aspect)


def _keyed(entries: Any, key: str) -> dict[str, Any]:
    return {str(entry[key]): entry for entry in entries or ()}


def _schedules(old: Any, new: Any, _file: str) -> Iterator[Change]:
    identifiers = [mapping(data).get("identifiers", ()) for data in (old, new)]
    for each in dict.fromkeys([*identifiers[0], *identifiers[1]]):
        yield from _come_or_gone("schedule", each, *(each in known for known in identifiers))
    before, after = (_by_cohort(mapping(data).get("milestones", ())) for data in (old, new))
    for name in {**before, **after}:
        if name not in before or name not in after:
            yield from _come_or_gone("schedule", name, name in before, name in after)
        else:
            yield from _milestones(name, before[name], after[name])


def _by_cohort(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{row['schedule']} of cohort {row['cohort']}": row["types"] for row in rows}


def _come_or_gone(what: str, name: str, was: bool, now: bool) -> Iterator[Change]:  # noqa: FBT001 - two sides alike
    sides = (name if known else ABSENT for known in (was, now))
    return compare(what, name, sides, REFUSES_LESS if now else MAY_REFUSE)


DAYS: Mapping[str, Callable[[Any, Any], Verdict]] = {"from": _later, "until": _earlier}


def _milestones(schedule: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for milestone in {**old, **new}:
        name = f"{milestone}, {schedule}"
        was, now = old.get(milestone, ABSENT), new.get(milestone, ABSENT)
        if was is ABSENT or now is ABSENT:
            yield from compare("milestone", name, (was, now), REFUSES_LESS if was is ABSENT else MAY_REFUSE)
            continue
        for day, judge in DAYS.items():
            if was[day] != now[day]:
                yield from compare("milestone", name, (was[day], now[day]), judge(was[day], now[day]), aspect=day)


def _statements(old: Any, new: Any, name: str) -> Iterator[Change]:
    for way, was, now in differences(mapping(old), mapping(new)):
        yield from compare("payment dates", name, (was, now), SAME_SHAPE, aspect=".".join(way))


def _other(old: Any, new: Any, name: str) -> Iterator[Change]:
    """Compare data of the sandbox, by named entries if it has them, or else as a whole."""
    what, key = LISTS.get(name, ("data", "name"))
    if all(isinstance(data or [], list) and all(key in mapping(one) for one in data or ()) for data in (old, new)):
        yield from _named(what, _keyed(old, key), _keyed(new, key))
    else:
        for way, was, now in differences(old, new):
            yield from compare("data", name, (was, now), OTHER_DATA, aspect=".".join(way))


def _named(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in {**old, **new}:
        if name not in old or name not in new:
            shown = (_summary(each[name]) if name in each else ABSENT for each in (old, new))
            yield from compare(what, name, shown, NEW_THING if name in new else NOT_FOUND)
            continue
        for way, was, now in differences(old[name], new[name]):
            yield from compare(what, name, (was, now), _judged(way), aspect=".".join(way))


def _summary(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {word: entry[word] for word in ("id", "full_name", "story") if word in entry}


def _judged(way: tuple[str, ...]) -> Verdict:
    if way[-1] == "id":
        return NOT_FOUND
    return WORDS if way[0] in ("story", "try") else OTHER_DATA


RESOURCES = {"cohorts": SCHEDULES, "schedules": SCHEDULES, "statements": STATEMENTS}
OWN: Mapping[str, Callable[[Any, Any, str], Iterator[Change]]] = {
    "cohorts": _cohorts,
    "schedules": _schedules,
    "statements": _statements,
}
