"""Partnerships of the lead provider with schools and delivery partners."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lp_sandbox.programme.records import Cohort, DeliveryPartner, Pairing, School, TrainingPeriod
from lp_sandbox.register.operations.current_partnership_documents import STORED, documents, page_over_time
from lp_sandbox.register.operations.find_own_record import own_record
from lp_sandbox.register.operations.form_partnership import are_paired, form_first, partnered_with
from lp_sandbox.register.rebuild_list_rows import record_change
from lp_sandbox.register.records import Declaration, Partnership, SchoolCohort
from lp_sandbox.register.resources import with_partnership_document
from lp_sandbox.register.rules.partnerships import ChangedPartnership, NewPartnership
from lp_sandbox.request import query
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import many, one
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where


def list_(call: Call) -> bytes:
    """List the lead provider's partnerships."""
    part = call.part((("created_at", False),))
    columns = [column for column, _ in part.order]
    if call.since() is None and "updated_at" not in columns:
        rows = call.store.rows(Partnership, STORED, call.world.id, *_filters(call), part=part)
        return many(documents(call, rows))
    ids = page_over_time(call, part, _filters(call))
    rows = call.store.rows(Partnership, STORED, call.world.id, Where("id", "in", ids))
    by_id = {row[0]: row for row in rows}
    return many(documents(call, [by_id[id_] for id_ in ids]))


def get(call: Call) -> bytes:
    """Show one of the lead provider's partnerships."""
    return _answer(call, own_record(call, Partnership))


def create(call: Call) -> bytes:
    """Form a partnership."""
    facts = _new_partnership(call)
    call.judge(facts)
    school, partner = required(facts.found_school), required(facts.found_delivery_partner)
    return _answer(call, form_first(call, school, required(facts.school_in_cohort), partner))


def update(call: Call) -> bytes:
    """Change the delivery partner of a partnership."""
    partnership = own_record(call, Partnership)
    facts = _changed_partnership(call, partnership)
    call.judge(facts)
    partner = required(facts.found_delivery_partner)
    school = required(call.store.get(School, call.world.id, partnership.school_id))
    changed = msgspec.structs.replace(partnership, delivery_partner_id=partner.id, updated_at=call.stamp)
    changed = with_partnership_document(changed, school, partner)
    call.store.replace(call.world.id, [partnership], [changed])
    _stamp_participants(call, changed)
    return _answer(call, changed)


def _answer(call: Call, partnership: Partnership) -> bytes:
    stored = (partnership.id, partnership.good_from, partnership.good_until, partnership.document)
    return one(*documents(call, [stored]))


def _filters(call: Call) -> Iterator[Where]:
    yield Where("lead_provider_id", "=", call.lead_provider_id)
    cohorts = call.listed("cohort")
    if cohorts is not None:
        yield Where("cohort", "in", cohorts)
    delivery_partners = call.listed("delivery_partner_id")
    if delivery_partners is not None:
        yield Where("delivery_partner_id", "in", tuple(map(read_id, delivery_partners)))


def _new_partnership(call: Call) -> NewPartnership:
    cohort_text, school_id, partner_id = (call.text(f) for f in ("cohort", "school_id", "delivery_partner_id"))
    year, id_, partner = query.leading_number(cohort_text), read_id(school_id), read_id(partner_id)
    cohort, school, delivery_partner, school_in_cohort, pairing = call.store.get_each(
        call.world.id,
        (Cohort, year),
        (School, id_),
        (DeliveryPartner, partner),
        (SchoolCohort, id_, year),
        (Pairing, call.lead_provider_id, year, partner),
    )
    return NewPartnership(
        cohort=cohort_text,
        school_id=school_id,
        delivery_partner_id=partner_id,
        today=call.today,
        found_cohort=cohort,
        found_school=school,
        school_in_cohort=school_in_cohort,
        found_delivery_partner=delivery_partner,
        paired=pairing is not None,
        partnered=bool(partnered_with(call, id_, year)),
    )


def _changed_partnership(call: Call, partnership: Partnership) -> ChangedPartnership:
    partner_id = call.text("delivery_partner_id")
    partner = call.store.get(DeliveryPartner, call.world.id, read_id(partner_id))
    return ChangedPartnership(
        delivery_partner_id=partner_id,
        found_delivery_partner=partner,
        paired=are_paired(call, partnership.cohort, partner),
        confirmed=read_id(partner_id) in partnered_with(call, partnership.school_id, partnership.cohort),
    )


def _stamp_participants(call: Call, partnership: Partnership) -> None:
    """Record that the participants who train under a partnership, and their declarations, have changed."""
    under = Where("partnership_id", "=", partnership.id)
    training = call.store.rows(TrainingPeriod, ("participant_id", "id"), call.world.id, under)
    participants = {id_ for id_, _ in training}
    of_participants = Where("participant_id", "in", tuple(participants))  # the index is by participant
    of_training = Where("training_period_id", "in", tuple(id_ for _, id_ in training))
    call.store.change(Declaration, call.world.id, {"updated_at": call.stamp}, of_participants, of_training)
    record_change(call, participants)
