"""The cohorts of the seeds, and the policies that differ between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lp_sandbox.programme.records import Cohort

Seeds = Mapping[str, Any]


def cohorts(seeds: Seeds) -> list[Cohort]:
    """Return the cohorts."""
    return [msgspec.convert(entry, Cohort) for entry in seeds["cohorts"]]


def oldest_cohort(seeds: Seeds) -> int:
    """Return the year of the oldest cohort."""
    oldest: int = min(entry["year"] for entry in seeds["cohorts"])
    return oldest


def cohorts_with(seeds: Seeds, policy: str) -> frozenset[int]:
    """Return the years of the cohorts for which a policy holds: a flag of cohorts.yaml."""
    return frozenset(entry["year"] for entry in seeds["cohorts"] if entry[policy])
