"""Which lead providers see a declaration. All functions are pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lp_sandbox.ecf.people import History, induction_status
from lp_sandbox.ecf.records import EcfDeclaration, EcfListedDeclaration
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import listing_of


def declaration_listings(declarations: Iterable[EcfDeclaration], history: History) -> Iterator[EcfListedDeclaration]:
    """Yield the listings of declarations of one participant, for each lead provider that sees them."""
    for declaration in declarations:
        others = set(_others(declaration, history))
        always = {declaration.lead_provider_id, *(each for each, of_leaver in others if not of_leaver)}
        for lead_provider_id in sorted(always.union(each for each, _ in others)):
            of_leaver = lead_provider_id not in always
            yield listing_of(declaration, lead_provider_id, EcfListedDeclaration, of_leaver=of_leaver)


def _others(declaration: EcfDeclaration, history: History) -> Iterator[tuple[str, bool]]:
    """Yield the lead providers that train the participant, which see a declaration while it is or will be paid.

    With each comes whether the participant leaves it. Then it sees declarations until the last day.
    """
    in_role = (each for each in history.training_periods if each.role == declaration.role and not declaration.retired)
    for training_period in in_role:
        lead_provider_id, status = trained_by(training_period), induction_status(history, training_period)
        is_leaving = status == "leaving" and training_period.finished_on >= declaration.declaration_date[:10]
        if lead_provider_id and (is_leaving or status in ("active", "completed")):
            yield lead_provider_id, is_leaving
