"""An appropriate body records the start and the completion of an ECT's induction."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.actors.participant_lookups import history_of, profile_in
from lp_sandbox.ecf.actors.record_eligibility import record_eligibility
from lp_sandbox.ecf.actors.rules.eligibility import NO_REASON
from lp_sandbox.ecf.actors.rules.inductions import START, InductionEvent
from lp_sandbox.ecf.actors.start_and_end_periods import end_mentorships
from lp_sandbox.ecf.list_rows import record_change
from lp_sandbox.ecf.move_to_cohort import move_to_cohort_of_start
from lp_sandbox.ecf.people import ELIGIBLE, NO_INDUCTION, History, eligible_for_funding
from lp_sandbox.ecf.records import Profile
from lp_sandbox.programme.records import ECT
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import required


def record_induction(call: Call) -> bytes:
    """Record that an induction starts, or that it is complete."""
    history = history_of(call, call.id_in("participant_id"))
    facts = InductionEvent(
        participant=history.participant if history else None,
        profile=profile_in(history, ECT),
        event=call.text("event"),
        day=call.text("date") or call.today,
        today=call.today,
    )
    call.judge(facts)
    record = _start if facts.event == START else _complete
    record(call, required(history), required(facts.profile), facts.day)
    participant_id = required(facts.participant).id
    record_change(call, [participant_id])
    return _answer(required(history_of(call, participant_id)))


def _start(call: Call, history: History, profile: Profile, day: str) -> None:
    """Record the start. An ECT who was not eligible only for want of an induction becomes eligible."""
    profile = msgspec.structs.replace(profile, induction_started_on=day)
    call.store.put(call.world.id, profile)
    move_to_cohort_of_start(call, history, profile)
    if profile.eligibility_reason == NO_INDUCTION:
        moved = required(history_of(call, profile.participant_id))
        record_eligibility(call, moved, moved.profile(ECT), ELIGIBLE, NO_REASON)


def _complete(call: Call, history: History, profile: Profile, day: str) -> None:
    """Record the completion. The ECT has no mentor from now on."""
    call.store.put(call.world.id, msgspec.structs.replace(profile, induction_completed_on=day))
    end_mentorships(call, history.mentorships, call.today)


def _answer(history: History) -> bytes:
    profile = history.profile(ECT)
    attributes = {
        "start_date": profile.induction_started_on,
        "end_date": profile.induction_completed_on,
        "cohort": str(profile.schedule_cohort),
        "eligible_for_funding": eligible_for_funding(profile),
    }
    return one(document("induction", history.participant.id, attributes))
