"""Sends lead providers the emails about transfers."""

from __future__ import annotations

from collections.abc import Iterator

from lp_sandbox.ecf.emails import (
    EXISTING_SCHOOL_TRANSFER,
    NEW_SCHOOL_TRANSFER,
    TRANSFER_IN,
    TRANSFER_OUT,
    About,
    send_to_lead_provider,
)
from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.request.call import Call


def send_transfer(
    call: Call, before: EcfPartnership | None, after: EcfPartnership | None, participant_id: str, joins_on: str
) -> None:
    """Send the emails about a transfer from one partnership to another. None is a school without a lead provider.

    `before` is None too when the lead provider has withdrawn the participant.
    """
    about = About(participant_id=participant_id, joins_on=joins_on)
    for partnership, template in _emails(before, after):
        send_to_lead_provider(call, partnership, template, about)


def _emails(before: EcfPartnership | None, after: EcfPartnership | None) -> Iterator[tuple[EcfPartnership, str]]:
    if before and after and _providers(before) == _providers(after):
        yield after, NEW_SCHOOL_TRANSFER if after.relationship else EXISTING_SCHOOL_TRANSFER
        return
    if after:
        yield after, TRANSFER_IN
    if before and (after is None or before.lead_provider_id != after.lead_provider_id):
        yield before, TRANSFER_OUT


def _providers(partnership: EcfPartnership) -> tuple[str, str]:
    return partnership.lead_provider_id, partnership.delivery_partner_id
