"""Reads the declarations of a participant from the store."""

from __future__ import annotations

from collections.abc import Sequence

from lp_sandbox.ecf.records import EcfDeclaration, Profile
from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.store import Where


def standing_declarations(call: Call, of: TrainingPeriod | Profile) -> Sequence[EcfDeclaration]:
    """Return the declarations of a participant in a role that are submitted, eligible, payable or paid."""
    where = Where("participant_id", "=", of.participant_id), Where("role", "=", of.role)
    found = call.store.find(EcfDeclaration, call.world.id, *where)
    return [each for each in found if not (each.voided_at or each.clawback_statement_id or each.superseded_by)]
