"""Schools: the schools of the seeds, and the requested number of further schools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from lp_sandbox.programme.records import School
from lp_sandbox.programme.seed.names import email
from lp_sandbox.programme.seed.organisations import Organisations
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.ids import make_id

FIRST_URN = 110000
"""The first URN of schools that the seeds do not name."""


class Schools:
    """The schools of a world, besides those of scenarios."""

    def __init__(self, organisations: Organisations) -> None:
        self._organisations = organisations
        self.named = {entry["name"]: _school(entry) for entry in organisations.seeds["schools"]}
        self.more = [_school(entry) for entry in self._more()]

    def records(self) -> Iterable[School]:
        """Return all schools made."""
        return chain(self.named.values(), self.more)

    def _more(self) -> Iterator[Mapping[str, Any]]:
        organisations = self._organisations
        word, wanted = organisations.word, organisations.wanted["schools"]
        opened = datetime(organisations.oldest_cohort, 4, 1, tzinfo=UTC)  # before the first cohort starts
        for number in range(max(0, wanted - len(self.named))):
            first, last = word("first"), word("last")
            yield {
                "id": make_id(organisations.seed, "school", number),
                "full_name": f"{word('places')}{word('endings')} {word('kinds')}",
                "urn": str(FIRST_URN + number),
                "status": "open",
                "in_england": True,
                "eligible_type": True,
                "section_41": False,
                "pupil_premium": number % 7 == 0,
                "sparsity": number % 5 == 0,
                "induction_tutor": {
                    "name": f"{first} {last}",
                    "email": email(f"{first} {last}"),
                },
                "created_at": stamp(opened + timedelta(minutes=number)),
            }


def _school(entry: Mapping[str, Any]) -> School:
    tutor = entry["induction_tutor"] or {"name": None, "email": None}
    funded = entry["eligible_type"] or entry["section_41"]
    return School(
        id=entry["id"],
        urn=entry["urn"],
        name=entry["full_name"],
        induction_tutor_name=tutor["name"],
        induction_tutor_email=tutor["email"],
        eligible=entry["status"] != "closed" and entry["in_england"] and funded,
        pupil_premium=entry.get("pupil_premium", False),
        sparsity=entry.get("sparsity", False),
        created_at=entry["created_at"],
    )
