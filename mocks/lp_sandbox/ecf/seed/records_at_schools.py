"""Makes the records of schools, their choices and their partnerships."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lp_sandbox.ecf.challenge_deadline import challenge_deadline
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool, ProgrammeChoice
from lp_sandbox.ecf.schools import FULL, NO_ECTS, with_eligibility
from lp_sandbox.worlds.ids import make_id

Facts = Mapping[str, Any]


def school(
    *,
    id: str,
    urn: str,
    name: str,
    facts: Facts,
    tutor: tuple[str, str] | None,
    created_at: str,
    updated_at: str | None = None,
) -> EcfSchool:
    """Return a school. `facts` holds its columns of the national register, and its uplifts where it has any."""
    tutor_name, tutor_email = tutor or (None, None)
    return with_eligibility(
        EcfSchool(
            id=id,
            urn=urn,
            name=name,
            eligible=False,
            core_induction_only=False,
            primary_email=f"office.{urn}@example.com",
            secondary_email=f"head.{urn}@example.com",
            induction_tutor_name=tutor_name,
            induction_tutor_email=tutor_email,
            induction_tutor_updated_at=(updated_at or created_at) if tutor else None,
            created_at=created_at,
            updated_at=updated_at or created_at,
            **{"pupil_premium": False, "sparsity": False, **facts},
        )
    )


def partnership(
    *,
    id: str,
    lead_provider_id: str,
    school_id: str,
    delivery_partner_id: str,
    cohort: EcfCohort,
    created_at: str,
    relationship: bool = False,
    challenged: Mapping[str, str] | None = None,
    updated_at: str | None = None,
) -> EcfPartnership:
    """Return a partnership. `challenged` holds the reason and the instant of its challenge."""
    challenge = challenged or {}
    return EcfPartnership(
        id=id,
        lead_provider_id=lead_provider_id,
        school_id=school_id,
        delivery_partner_id=delivery_partner_id,
        cohort=cohort.year,
        relationship=relationship,
        challenged_reason=challenge.get("reason"),
        challenged_at=challenge.get("at"),
        challenge_deadline=None if relationship else challenge_deadline(cohort, created_at),
        report_id=None if relationship else make_id("report", id),
        reported_at=None if relationship else created_at,
        created_at=created_at,
        updated_at=updated_at or challenge.get("at") or created_at,
    )


def choices(
    partnerships: Iterable[EcfPartnership], chosen: Iterable[ProgrammeChoice], appropriate_bodies: tuple[str, ...]
) -> Iterator[ProgrammeChoice]:
    """Yield the choices of schools: those given, and the full programme wherever there is an ordinary partnership.

    After a challenge because there are no ECTs, a school has no programme.
    """
    found = {(each.school_id, each.cohort): each for each in chosen}
    for each in sorted(partnerships, key=_challenged_first):
        key = each.school_id, each.cohort
        if not each.relationship:
            found[key] = _default(each, found.get(key), appropriate_bodies)
    yield from found.values()


def _challenged_first(each: EcfPartnership) -> bool:
    return each.challenged_at is None


def _default(
    each: EcfPartnership, before: ProgrammeChoice | None, appropriate_bodies: tuple[str, ...]
) -> ProgrammeChoice:
    no_ects = each.challenged_reason == "no_ects"
    return ProgrammeChoice(
        school_id=each.school_id,
        cohort=each.cohort,
        choice=NO_ECTS if no_ects else FULL,
        default_partnership_id=None if no_ects else each.id,
        appropriate_body=appropriate_bodies[int(each.school_id[:4], 16) % len(appropriate_bodies)],
        created_at=before.created_at if before else each.created_at,
        updated_at=max(each.updated_at, before.updated_at if before else ""),
    )


def choice(
    school_id: str, cohort: int, entry: Mapping[str, Any], made_at: str, appropriate_bodies: tuple[str, ...]
) -> ProgrammeChoice:
    """Return a school's choice of the seeds."""
    return ProgrammeChoice(
        school_id=school_id,
        cohort=cohort,
        choice=entry["choice"],
        default_partnership_id=None,
        appropriate_body=appropriate_bodies[int(school_id[:4], 16) % len(appropriate_bodies)],
        created_at=made_at,
        updated_at=made_at,
    )
