"""Which lead providers see a declaration. All functions are pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lp_sandbox.ecf.people import History, induction_status
from lp_sandbox.ecf.records import EcfDeclaration
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import ListedDeclaration, TrainingPeriod, listing_of


def declaration_listings(declarations: Iterable[EcfDeclaration], history: History) -> Iterator[ListedDeclaration]:
    """Yield the listings of declarations of one participant, for each lead provider that sees them."""
    for declaration in declarations:
        for lead_provider_id in sorted({declaration.lead_provider_id, *_others(declaration, history)}):
            yield listing_of(declaration, lead_provider_id)


def _others(declaration: EcfDeclaration, history: History) -> Iterator[str]:
    """Yield the lead providers that train the participant, which see it while it is or will be paid."""
    if declaration.retired:
        return
    in_role = [each for each in history.training_periods if each.role == declaration.role]
    showing = [each for each in in_role if _shows(each, history, declaration.declaration_date[:10])]
    yield from filter(None, map(trained_by, showing))


def _shows(training_period: TrainingPeriod, history: History, declared_on: str) -> bool:
    """Return whether a training period shows declarations of a day: it goes on, or it ended on the day or later."""
    status = induction_status(history, training_period)
    return status in ("active", "completed") or (status == "leaving" and training_period.finished_on >= declared_on)
