"""How ECTs go on whose cohort has frozen payments. All functions are pure."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from lp_sandbox.ecf.records import EcfDeclaration, Profile
from lp_sandbox.programme.records import COMPLETED, ECT

AFTER_A_FROZEN_COHORT = 2024
"""The one cohort in which ECTs of a frozen cohort continue."""
AFTER_A_FROZEN_SCHEDULE = "ecf-extended-september"
"""The schedule on which they continue, unless a lead provider chooses another one."""


def can_leave_frozen_cohort(profile: Profile, declarations: Collection[EcfDeclaration]) -> bool:
    """Return whether a participant of a cohort whose payments are frozen can continue in another cohort.

    An ECT can if a declaration is eligible, payable or paid, and none is completed.
    """
    is_underway = any(each.statement_id for each in declarations)
    is_completed = any(each.declaration_type == COMPLETED for each in declarations)
    return profile.role == ECT and is_underway and not is_completed


def after_freeze(profile: Profile) -> Profile:
    """Return the profile of an ECT who leaves a cohort because its payments are frozen."""
    return msgspec.structs.replace(
        profile,
        schedule=AFTER_A_FROZEN_SCHEDULE,
        schedule_cohort=AFTER_A_FROZEN_COHORT,
        cohort_changed_after_payments_frozen=True,
    )
