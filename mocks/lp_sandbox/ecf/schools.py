"""Which schools can have DfE-funded training, and what schools choose. All functions are pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lp_sandbox.ecf.records import EcfSchool

OPEN = frozenset((1, 3))
"""The status codes of schools that are open, and of those that are open but proposed to close."""
IN_ENGLAND, ABROAD_ON_PAPER = "E", "9999"
"""How district codes in England begin, and the code of schools that have no district."""
ELIGIBLE_TYPES = frozenset((1, 2, 3, 5, 6, 7, 8, 12, 14, 15, 18, 28, *range(31, 37), *range(38, 49), 57))
"""The type codes of schools that are eligible for funding."""
CORE_INDUCTION_TYPES = frozenset((10, 11, 30, 37))
"""The type codes of schools that can have the core induction programme only: independent, Welsh and overseas ones."""

FULL, FUNDED_BY_SCHOOL = "full_induction_programme", "school_funded_fip"
CORE, OWN_DESIGN = "core_induction_programme", "design_our_own"
NO_ECTS, NOT_YET_KNOWN = "no_early_career_teachers", "not_yet_known"
SHOWN_AS: Mapping[str, str] = {
    FULL: "provider_led",
    FUNDED_BY_SCHOOL: "provider_led",
    CORE: "school_led",
    OWN_DESIGN: "school_led",
    NO_ECTS: NO_ECTS,
    NOT_YET_KNOWN: NOT_YET_KNOWN,
}
"""What answers show, by what a school chose."""
LED_BY_PROVIDER = (FULL, FUNDED_BY_SCHOOL)
"""The choices with which participants train with a lead provider."""
WITH_INDUCTIONS = (*LED_BY_PROVIDER, CORE, OWN_DESIGN)
"""The choices of schools that register participants."""
CHOICES = tuple(SHOWN_AS)


def with_eligibility(school: EcfSchool) -> EcfSchool:
    """Return a school with the columns that are derived from its status, district, type and section 41 approval."""
    is_open, type_code = school.status_code in OPEN, school.type_code
    in_england = school.district_code.upper().startswith(IN_ENGLAND) or school.district_code == ABROAD_ON_PAPER
    eligible = is_open and in_england and (type_code in ELIGIBLE_TYPES or school.section_41)
    core_induction_only = not eligible and is_open and type_code in CORE_INDUCTION_TYPES
    return msgspec.structs.replace(school, eligible=eligible, core_induction_only=core_induction_only)
