"""The documents of transfers between schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.transfers import Transfer
from lp_sandbox.request.json_documents import document


def transfers_document(
    history: History,
    transfers: Sequence[Transfer],
    urns: Mapping[str, str],
    lead_providers: Mapping[str | None, str],
    today: str,
) -> bytes:
    """Render a participant's transfers that concern a lead provider. There may be none."""
    attributes = {
        "updated_at": max((each.updated_at for each in transfers), default=history.participant.updated_at),
        "transfers": [_transfer(each, history, urns, lead_providers, today) for each in transfers],
    }
    return document("participant-transfer", history.participant.id, attributes)


def _transfer(
    transfer: Transfer,
    history: History,
    urns: Mapping[str, str],
    lead_providers: Mapping[str | None, str],
    today: str,
) -> dict[str, Any]:
    leaving, joining = transfer.leaving, transfer.joining
    before, after = (lead_providers.get(id_) for id_ in transfer.lead_providers)
    return {
        "training_record_id": history.profile(leaving.role).id,
        "transfer_type": transfer.type,
        "status": transfer.status(today),
        "created_at": leaving.created_at,
        "leaving": _side(urns[leaving.school_id], before, leaving.finished_on),
        "joining": joining and _side(urns[joining.school_id], after, joining.started_on),
    }


def _side(urn: str, provider: str | None, day: str) -> dict[str, str | None]:
    return {"school_urn": urn, "provider": provider, "date": day}
