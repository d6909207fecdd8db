"""What a world of the early career framework starts with."""

from __future__ import annotations

import pytest

from lp_sandbox.ecf.records import KINDS, EcfSchool
from lp_sandbox.ecf.schools import with_eligibility
from lp_sandbox.register.records import KINDS as REGISTER_KINDS
from lp_sandbox.worlds.store import Layout


def test_worlds_of_both_editions_fit_into_one_store():
    kinds = Layout(tuple(dict.fromkeys((*REGISTER_KINDS, *KINDS)))).kinds
    assert set(kinds) == {*REGISTER_KINDS, *KINDS}


ELIGIBLE, INELIGIBLE, CORE_ONLY = (True, False), (False, False), (False, True)
ACADEMY, INDEPENDENT, FURTHER_EDUCATION = 28, 11, 18


def school(status: int, district: str, type_code: int, *, section_41: bool = False) -> EcfSchool:
    return with_eligibility(
        EcfSchool(
            id="school",
            urn="100001",
            name="Ashgrove Primary School",
            status_code=status,
            district_code=district,
            type_code=type_code,
            section_41=section_41,
            eligible=False,
            core_induction_only=False,
            pupil_premium=False,
            sparsity=False,
            primary_email=None,
            secondary_email=None,
            induction_tutor_name=None,
            induction_tutor_email=None,
            induction_tutor_updated_at=None,
            created_at="2021-05-10T08:00:00Z",
            updated_at="2021-05-10T08:00:00Z",
        )
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (school(1, "E08000001", ACADEMY), ELIGIBLE),
        (school(3, "e08000001", ACADEMY), ELIGIBLE),
        (school(1, "9999", FURTHER_EDUCATION), ELIGIBLE),
        (school(2, "E08000001", ACADEMY), INELIGIBLE),
        (school(1, "W06000001", ACADEMY), INELIGIBLE),
        (school(1, "E08000001", 25), INELIGIBLE),
        (school(1, "E08000001", INDEPENDENT), CORE_ONLY),
        (school(1, "E08000001", INDEPENDENT, section_41=True), ELIGIBLE),
        (school(2, "E08000001", INDEPENDENT), INELIGIBLE),
        (school(1, "W06000001", 30), CORE_ONLY),
        (school(1, "0", 37), CORE_ONLY),
    ],
)
def test_a_school_is_eligible_when_it_is_open_in_england_and_of_a_funded_type(
    found: EcfSchool, expected: tuple[bool, bool]
):
    assert (found.eligible, found.core_induction_only) == expected
