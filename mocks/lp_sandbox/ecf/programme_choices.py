"""Records what schools choose for a cohort, and says what training that means."""

from __future__ import annotations

from typing import NamedTuple

from lp_sandbox.ecf.records import EcfPartnership, ProgrammeChoice
from lp_sandbox.ecf.schools import LED_BY_PROVIDER
from lp_sandbox.request.call import Call


def choose_programme(
    call: Call,
    school_id: str,
    cohort: int,
    choice: str,
    default_partnership_id: str | None = None,
    *,
    appropriate_body: str = "",
) -> None:
    """Record a school's choice for a cohort. Without a new appropriate body, the school keeps its present one."""
    before = call.store.get(ProgrammeChoice, call.world.id, school_id, cohort)
    chosen = ProgrammeChoice(
        school_id=school_id,
        cohort=cohort,
        choice=choice,
        default_partnership_id=default_partnership_id,
        appropriate_body=appropriate_body or (before.appropriate_body if before else None),
        created_at=before.created_at if before else call.stamp,
        updated_at=call.stamp,
    )
    call.store.replace(call.world.id, [before] if before else [], [chosen])


class Programme(NamedTuple):
    """What training is under, on which schedule and in which cohort."""

    cohort: int
    schedule: str | None
    lead_provider_id: str | None
    partnership_id: str | None


def programme_of(
    call: Call, chosen: ProgrammeChoice, schedule: str, partnership: EcfPartnership | None = None
) -> Programme:
    """Return training under a partnership, or else the default programme of a school in the cohort of its choice."""
    under = partnership or call.store.get(EcfPartnership, call.world.id, chosen.default_partnership_id or "")
    led_by_provider = under is not None or chosen.choice in LED_BY_PROVIDER
    return Programme(
        cohort=chosen.cohort,
        schedule=schedule if led_by_provider else None,
        lead_provider_id=under.lead_provider_id if under else None,
        partnership_id=under.id if under else None,
    )
