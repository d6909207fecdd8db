"""The documents of transfers between schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lp_sandbox.programme.people import in_role
from lp_sandbox.programme.records import Participant
from lp_sandbox.register.people import Transfer
from lp_sandbox.request.json_documents import document


def transfers_document(
    participant: Participant,
    transfers: Sequence[Transfer],
    urns: Mapping[str, str],
    lead_providers: Mapping[str | None, str],
    today: str,
) -> bytes:
    """Return the document of a participant's transfers that concern a lead provider: at least one."""
    attributes = {
        "updated_at": max(transfer.updated_at for transfer in transfers),
        "transfers": [_transfer(participant, transfer, urns, lead_providers, today) for transfer in transfers],
    }
    return document("participant-transfer", participant.id, attributes)


def _transfer(
    participant: Participant,
    transfer: Transfer,
    urns: Mapping[str, str],
    lead_providers: Mapping[str | None, str],
    today: str,
) -> dict[str, Any]:
    leaving, joining = transfer.leaving, transfer.joining
    before, after = (lead_providers.get(id_) for id_ in transfer.lead_providers)
    return {
        "training_record_id": in_role(participant, leaving.role).training_record_id,
        "transfer_type": transfer.type,
        "status": transfer.status(today),
        "created_at": leaving.created_at,
        "leaving": _side(urns[leaving.school_id], before, leaving.finished_on),
        "joining": joining and _side(urns[joining.school_id], after, joining.started_on),
    }


def _side(urn: str, provider: str | None, day: str) -> dict[str, str | None]:
    return {"school_urn": urn, "provider": provider, "date": day}
