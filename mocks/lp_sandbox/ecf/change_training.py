"""Changes training from today on, and keeps what it was until then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from lp_sandbox.programme.records import TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.ids import make_id


def changed_from_today(call: Call, training_period: TrainingPeriod, **changes: Any) -> Iterator[TrainingPeriod]:
    """Yield training that ends today, and the training that continues it with changes.

    The training status stays unless the changes say otherwise. Training that has not started, or has ended, only
    changes: its days stay, as no other training can begin on them.
    """
    if not training_period.started_on <= call.today < training_period.finished_on:
        yield msgspec.structs.replace(training_period, moved_at=call.stamp, **changes)
        return
    yield msgspec.structs.replace(training_period, finished_on=call.today, moved_at=call.stamp)
    yield msgspec.structs.replace(
        training_period,
        id=make_id(call.world.seed, "training-period", training_period.id, "moved"),
        started_on=call.today,
        created_at=call.stamp,
        moved_at=None,
        **changes,
    )
