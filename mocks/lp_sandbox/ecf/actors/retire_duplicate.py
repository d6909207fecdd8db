"""DfE retires the id of a participant who is registered twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from lp_sandbox.ecf.actors.participant_lookups import history_of, profile_in
from lp_sandbox.ecf.actors.rules.duplicates import Retirement
from lp_sandbox.ecf.list_rows import rebuild_list_rows, record_change
from lp_sandbox.ecf.people import History
from lp_sandbox.ecf.records import EcfDeclaration, EcfParticipant, Profile, Removal
from lp_sandbox.programme.people import trained_by
from lp_sandbox.programme.records import IdChange, Mentorship, SchoolPeriod, TrainingPeriod
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.worlds.records import Record, required
from lp_sandbox.worlds.store import Slice, Where

OLDEST_FIRST = Slice((("created_at", False), ("id", False)))


def retire_duplicate(call: Call) -> bytes:
    """Move everything of a duplicate to the participant who keeps the id."""
    kept, duplicate = (history_of(call, call.id_in(name)) for name in ("participant_id", "duplicate_participant_id"))
    facts = Retirement(
        participant=kept.participant if kept else None,
        duplicate=duplicate.participant if duplicate else None,
        mentor_each_other=_mentor_each_other(kept, duplicate) if kept and duplicate else False,
    )
    call.judge(facts)
    _merge(call, required(kept), required(duplicate))
    id_ = required(facts.participant).id
    record_change(call, [id_, required(facts.duplicate).id])
    _rebuild_mentees(call, id_)
    return _answer(required(history_of(call, id_)))


def _mentor_each_other(kept: History, duplicate: History) -> bool:
    mentors = {each.mentor_id for history in (kept, duplicate) for each in history.mentorships}
    return not mentors.isdisjoint((kept.participant.id, duplicate.participant.id))


def _merge(call: Call, kept: History, duplicate: History) -> None:
    store, world, to, former = call.store, call.world.id, kept.participant.id, duplicate.participant.id
    _drop_repeated(call, kept, duplicate)
    of_duplicate = Where("participant_id", "=", former)
    for kind in (SchoolPeriod, TrainingPeriod, Removal, Profile):
        store.change(kind, world, {"participant_id": to}, of_duplicate)
    store.change(Mentorship, world, {"ect_id": to}, Where("ect_id", "=", former))
    store.change(Mentorship, world, {"mentor_id": to}, Where("mentor_id", "=", former))
    store.put(world, *_moved_declarations(call, to, former))
    store.remove(EcfParticipant, world, Where("id", "=", former))
    trn = kept.participant.teacher_reference_number or duplicate.participant.teacher_reference_number
    store.put(world, msgspec.structs.replace(kept.participant, teacher_reference_number=trn))
    store.put(world, IdChange(to, former, call.stamp))


def _rebuild_mentees(call: Call, mentor_id: str) -> None:
    """Rebuild what lead providers list of a mentor's ECTs, which shows the mentor. Their `updated_at` stays."""
    rows = call.store.rows(Mentorship, ("ect_id",), call.world.id, Where("mentor_id", "=", mentor_id))
    rebuild_list_rows(call.store, call.world.id, {id_ for (id_,) in rows}, call.today)


def _drop_repeated(call: Call, kept: History, duplicate: History) -> None:
    """Drop what both have: profiles in the same role, and times at one school with the same lead providers."""
    both = ((profile_in(kept, each.role), each) for each in duplicate.profiles)
    _drop(call, Profile, "id", (_dropped(own, other).id for own, other in both if own))
    repeated = [each.id for each in duplicate.school_periods if _is_repeated(each, kept, duplicate)]
    _drop(call, SchoolPeriod, "id", repeated)
    within = (each.id for each in duplicate.training_periods if each.school_period_id in repeated)
    _drop(call, TrainingPeriod, "id", within)
    of_repeated = (
        Where("participant_id", "=", duplicate.participant.id),
        Where("school_period_id", "in", tuple(repeated)),
    )
    call.store.remove(Removal, call.world.id, *of_repeated)
    _drop(call, Mentorship, "ect_school_period_id", repeated)


def _dropped(own: Profile, other: Profile) -> Profile:
    """Return which of two profiles in a role to remove: the duplicate's, unless DfE has validated only that one."""
    return own if other.eligibility and not own.eligibility else other


def _drop(call: Call, kind: type[Record], column: str, values: Iterable[str]) -> None:
    call.store.remove(kind, call.world.id, Where(column, "in", tuple(values)))


def _is_repeated(school_period: SchoolPeriod, kept: History, duplicate: History) -> bool:
    """Return whether the kept participant is or was at the same school in the role, with the same lead providers."""
    place = school_period.role, school_period.school_id
    is_there = any((each.role, each.school_id) == place for each in kept.school_periods)
    theirs = {trained_by(each) for each in duplicate.training_periods if each.school_period_id == school_period.id}
    own = {trained_by(each) for each in kept.training_periods if (each.role, each.school_id) == place}
    return is_there and theirs <= own


def _moved_declarations(call: Call, to: str, former: str) -> Iterator[EcfDeclaration]:
    """Yield the declarations of the duplicate as the other participant's, in the states that they have.

    One that both have keeps its state too. Only the kept participant's prevents another of its type.
    """
    of_both = Where("participant_id", "in", (to, former))
    declarations = call.store.find(EcfDeclaration, call.world.id, of_both, part=OLDEST_FIRST)
    taken = {_place(each) for each in declarations if each.participant_id == to}
    for each in declarations:
        if each.participant_id == former:
            moved = msgspec.structs.replace(each, participant_id=to, updated_at=call.stamp)
            while _place(moved) in taken:
                moved = msgspec.structs.replace(moved, retired=moved.retired + 1)
            taken.add(_place(moved))
            yield moved


def _place(declaration: EcfDeclaration) -> tuple[str, str, int]:
    return declaration.role, declaration.declaration_type, declaration.retired


def _answer(history: History) -> bytes:
    participant = history.participant
    attributes = {
        "full_name": participant.full_name,
        "teacher_reference_number": participant.teacher_reference_number,
        "participant_id_changes": [msgspec.structs.asdict(each) for each in history.id_changes_by_age()],
    }
    return one(document("participant", participant.id, attributes))
