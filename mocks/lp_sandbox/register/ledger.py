"""The books of a world: its statements at a moment, and what is written when money is due or due no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from lp_sandbox.programme.payment_states import is_paid, moved_at, paid_at
from lp_sandbox.programme.records import MENTOR, Declaration, Participant, SchoolPeriod, Statement, TrainingPeriod
from lp_sandbox.register.listings import changed, declared
from lp_sandbox.register.people import day_after, latest
from lp_sandbox.worlds.clock import day, parse, stamp
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import World, required
from lp_sandbox.worlds.store import AnyOf, Slice, Store, Where

COMPLETION_DECLARED = "completed_declaration_received"
"""Why a mentor is funded no longer once the completion was declared."""
_BY_CUT_OFF = Slice((("cut_off_date", False),))
Ids = tuple[str, ...]


@dataclass(frozen=True)
class Ledger:
    """The books of a world at a moment. What writes is called within the transaction of what caused it."""

    store: Store
    world: World
    moment: datetime

    @property
    def now(self) -> str:
        """The instant."""
        return stamp(self.moment)

    @property
    def today(self) -> str:
        """The day that it is in London."""
        return day(self.moment)

    def open_statement(self, lead_provider_id: str, cohort: int) -> Statement | None:
        """Return a lead provider's statement for what happens now in a cohort: the earliest neither cut off nor paid.

        It takes in what is declared, what turns out to be eligible, and what is clawed back.
        """
        where = (
            Where("lead_provider_id", "=", lead_provider_id),
            Where("cohort", "=", cohort),
            Where("cut_off_date", ">=", self.today),
        )
        statements = self.store.find(Statement, self.world.id, *where, part=_BY_CUT_OFF)
        return next((statement for statement in statements if not is_paid(statement, self.now, self.today)), None)

    def moved_since(self, since: str) -> tuple[Ids, Ids]:
        """Return which statements time moved at or after an instant, and which of them it paid then."""
        candidates = self.store.find(
            Statement,
            self.world.id,
            AnyOf((Where("payment_date", ">=", day(parse(since))), Where("paid_early_at", ">=", since))),
            AnyOf((Where("cut_off_date", "<=", self.today), Where("paid_early_at", "<=", self.now))),
        )
        moved = tuple(statement.id for statement in candidates if moved_at(statement, self.now) >= since)
        return moved, tuple(statement.id for statement in candidates if paid_at(statement, self.now) >= since)

    def eligibility_confirmed(self, participant_id: str, role: str) -> None:
        """Put a participant's submitted declarations into statements, now that the role is known to be funded.

        What finds no statement stays submitted.
        """
        mine = Where("participant_id", "=", participant_id)
        submitted = (mine, Where("role", "=", role), Where("retired", "=", 0), Where("statement_id", "is", None))
        moved = []
        for declaration in self.store.find(Declaration, self.world.id, *submitted):
            to = self.open_statement(declaration.lead_provider_id, declaration.cohort)
            if to:
                moved.append(msgspec.structs.replace(declaration, statement_id=to.id, updated_at=self.now))
        self.store.put(self.world.id, *moved)
        declared(self.store, self.world.id, moved, self.store.find(TrainingPeriod, self.world.id, mine))

    def mentor_completed(self, participant: Participant, training: TrainingPeriod, completed_on: str) -> None:
        """End a mentor's funding and training, now that the completion was declared.

        Training that starts on the day of the completion, or later, ends on its first day.
        """
        if training.finished_on > self.today:
            last_day = max(completed_on, training.started_on)
            ended = msgspec.structs.replace(training, finished_on=last_day, moved_at=self.now)
            self.store.put(self.world.id, ended)
        self._fund(participant, completed_on, COMPLETION_DECLARED)

    def mentor_reopened(self, participant: Participant, voided: Declaration) -> None:
        """Fund a mentor again, now that a completion was taken back; the training goes on from where it ended."""
        trained = self.store.find(
            TrainingPeriod,
            self.world.id,
            Where("participant_id", "=", participant.id),
            Where("role", "=", MENTOR),
            Where("lead_provider_id", "=", voided.lead_provider_id),
        )
        last = latest(period for period in trained if period.partnership_id)
        if last and last.finished_on <= self.today:
            self._go_on(last, make_id(self.world.seed, "training-period", voided.id))
        self._fund(participant, None, None)

    def _fund(self, mentor: Participant, until: str | None, reason: str | None) -> None:
        funded = msgspec.structs.replace(mentor, mentor_ineligible_on=until, mentor_ineligible_reason=reason)
        changed(self.store, self.world.id, funded, self.now)

    def _go_on(self, last: TrainingPeriod, id: str) -> None:
        """Train from the day after the last training to the end of the time at the school.

        Where none of that time is left, or somebody else trains the mentor in it, `changed` refuses the training.
        """
        time = self.store.get(SchoolPeriod, self.world.id, last.school_period_id)
        again = msgspec.structs.replace(
            last,
            id=id,
            started_on=day_after(last.finished_on),
            finished_on=required(time).finished_on,
            withdrawn_at=None,
            withdrawal_reason=None,
            deferred_at=None,
            deferral_reason=None,
            created_at=self.now,
            moved_at=None,
        )
        self.store.add(self.world.id, [again])
