"""Declarations of bulk people: most of what can have been declared by today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple

from lp_sandbox.ecf.people import ELIGIBLE
from lp_sandbox.ecf.records import EcfDeclaration, EcfPartnership, Profile
from lp_sandbox.programme.seed.due_declarations import Due, DueDeclarations
from lp_sandbox.programme.seed.open_statements import OpenStatements
from lp_sandbox.worlds.ids import make_id

# Shares: of participants with every possible declaration; of declarations that are voided, or clawed back.
UP_TO_DATE, VOIDED, CLAWED_BACK = 0.8, 0.05, 0.06
PAID_WITHIN = 200
"""Days after which every declaration has been paid."""


class Declared(NamedTuple):
    """Whom declarations are made for."""

    number: int
    profile: Profile
    partnership: EcfPartnership
    mentor_id: str | None
    before: Sequence[EcfDeclaration]
    """What was declared for the same person under another id."""

    def original(self, declaration_type: str) -> EcfDeclaration | None:
        """Return the declaration that makes a later one of its type ineligible."""
        in_role = (each for each in self.before if each.role == self.profile.role and not each.retired)
        return next((each for each in in_role if each.declaration_type == declaration_type), None)


class BulkDeclarations:
    """Makes the declarations of one lead provider for bulk people."""

    def __init__(
        self, seed: int | str, lead_provider_id: str, due: DueDeclarations, statements: OpenStatements, today: str
    ) -> None:
        self._seed, self._due, self._statements = seed, due, statements
        self._today = date.fromisoformat(today).toordinal()
        self._random = Random(f"{seed}/{lead_provider_id}/declarations")  # noqa: S311 - equal seeds give equal worlds

    def declarations(self, person: Declared) -> Iterator[EcfDeclaration]:
        """Yield what was declared for a person."""
        profile = person.profile
        due = self._due.due(person.partnership.cohort, profile.role) if profile.eligibility else []
        for each in due if self._random.random() < UP_TO_DATE else due[:-1]:
            yield self._declaration(person, each)

    def _declaration(self, person: Declared, due: Due) -> EcfDeclaration:
        profile, partnership = person.profile, person.partnership
        original = person.original(due.declaration_type)
        chance, on = self._random.random(), due.first + int(self._random.random() * due.days)
        if original:  # which was declared first
            on = max(on, date.fromisoformat(original.declaration_date[:10]).toordinal())
        made_at, voided_at = (f"{_day(on + 1)}T{hour}:{on % 60:02}:00Z" for hour in (10, 16))
        clawed_back_at = f"{_day(on + PAID_WITHIN)}T10:00:00Z"
        is_paid_for = profile.eligibility == ELIGIBLE and not original
        is_voided = chance < VOIDED
        statement = self._statement(partnership, made_at) if is_paid_for and not is_voided else None
        is_clawed_back = VOIDED <= chance < VOIDED + CLAWED_BACK and on + PAID_WITHIN < self._today
        clawback = self._statement(partnership, clawed_back_at) if statement and is_clawed_back else None
        return EcfDeclaration(
            id=make_id(self._seed, "declaration", person.number, due.declaration_type),
            participant_id=profile.participant_id,
            role=profile.role,
            lead_provider_id=partnership.lead_provider_id,
            cohort=partnership.cohort,
            declaration_type=due.declaration_type,
            declaration_date=f"{_day(on)}T09:00:00Z",
            delivery_partner_id=partnership.delivery_partner_id,
            mentor_id=person.mentor_id,
            evidence_held=self._due.evidence(partnership.cohort, due.declaration_type),
            pupil_premium=profile.pupil_premium,
            sparsity=profile.sparsity,
            statement_id=statement,
            superseded_by=original.id if original else None,
            voided_at=voided_at if is_voided else None,
            clawback_statement_id=clawback,
            retired=int(bool(original or is_voided or clawback)),
            created_at=made_at,
            updated_at=voided_at if is_voided else clawed_back_at if clawback else made_at,
        )

    def _statement(self, partnership: EcfPartnership, since: str) -> str | None:
        return self._statements.on(partnership.lead_provider_id, partnership.cohort, since[:10])


# Bulk people have few different days, and formatting a date is slow.
@cache
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
