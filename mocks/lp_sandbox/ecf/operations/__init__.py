"""What the operations of lead providers do, by operationId."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from lp_sandbox.ecf.operations import (
    change_schedule,
    create_declaration,
    declarations,
    delivery_partners,
    participants,
    partnerships,
    profiles,
    schools,
    statements,
    transfers,
    unfunded_mentors,
    void_declaration,
    withdraw_defer_resume,
)
from lp_sandbox.ecf.operations.declarations import DeclarationView
from lp_sandbox.request.edition import Handler

ACTIONS: Mapping[str, Callable[..., bytes]] = {
    "changeScheduleParticipant": change_schedule.change_schedule,
    "deferParticipant": withdraw_defer_resume.defer,
    "resumeParticipant": withdraw_defer_resume.resume,
    "withdrawParticipant": withdraw_defer_resume.withdraw,
}
"""What changes training. Versions differ in how they show the participant afterwards."""
DECLARATIONS: Mapping[str, Callable[..., bytes]] = {
    "createDeclaration": create_declaration.create,
    "getDeclaration": declarations.get,
    "getDeclarations": declarations.list_,
    "voidDeclaration": void_declaration.void,
}
"""What every version does with declarations. Versions differ in how they show them."""


def _earlier_version(ending: str, view: DeclarationView) -> Iterator[tuple[str, Handler]]:
    """Yield the operations of version 1 or 2, whose names have an ending."""
    listed = {**DECLARATIONS, "getDeclarationsCsv": declarations.list_as_csv}
    yield from ((f"{name}{ending}", partial(act, view=view)) for name, act in listed.items())
    yield from _actions(ending)
    yield f"getParticipants{ending}", profiles.list_
    yield f"getParticipantsCsv{ending}", profiles.list_as_csv
    yield f"getParticipant{ending}", profiles.get


def _actions(ending: str) -> Iterator[tuple[str, Handler]]:
    yield from ((f"{name}{ending}", partial(act, show=profiles.answer)) for name, act in ACTIONS.items())


OPERATIONS: Mapping[str, Handler] = {
    **dict(_earlier_version("V1", declarations.VERSION_1)),
    **dict(_actions("AliasV1")),
    **dict(_earlier_version("V2", declarations.VERSION_2)),
    **{name: partial(act, view=declarations.VERSION_3) for name, act in DECLARATIONS.items()},
    **{name: partial(act, show=participants.answer) for name, act in ACTIONS.items()},
    "getDeliveryPartner": delivery_partners.get,
    "getDeliveryPartners": delivery_partners.list_,
    "getParticipant": participants.get,
    "getParticipants": participants.list_,
    "createPartnership": partnerships.create,
    "getPartnership": partnerships.get,
    "getPartnerships": partnerships.list_,
    "updatePartnership": partnerships.update,
    "getSchool": schools.get,
    "getSchools": schools.list_,
    "getStatement": statements.get,
    "getStatements": statements.list_,
    "getTransfer": transfers.get,
    "getTransfers": transfers.list_,
    "getUnfundedMentor": unfunded_mentors.get,
    "getUnfundedMentors": unfunded_mentors.list_,
}
"""The operations that read or write a world."""
