"""A school or an administrator challenges a partnership."""

from __future__ import annotations

import msgspec

from lp_sandbox.ecf.actors.rules.challenges import Challenge
from lp_sandbox.ecf.emails import CHALLENGED, cancel_reminders, send_to_lead_provider
from lp_sandbox.ecf.list_rows import record_change_at_school
from lp_sandbox.ecf.programme_choices import choose_programme
from lp_sandbox.ecf.records import EcfPartnership, EcfSchool, Email
from lp_sandbox.ecf.schools import NO_ECTS
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.request.query import one as text_of
from lp_sandbox.worlds.ids import read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where

NO_ECTS_REASON = "no_ects"


def show_link(call: Call) -> bytes:
    """Show the partnership that the link in an email is about."""
    id_, token = (text_of(call.parameters.get(name)) for name in ("partnership_id", "token"))
    partnership = _named(call, read_id(id_), token)
    if partnership is None:
        raise call.problem("challenge_link_is_found")
    school, provider = _school_and_provider(call, partnership)
    partner = required(call.store.get(DeliveryPartner, call.world.id, partnership.delivery_partner_id))
    attributes = {
        "cohort": str(partnership.cohort),
        "school": school.name,
        "urn": school.urn,
        "lead_provider": provider.name,
        "delivery_partner": partner.name,
        "challenge_deadline": partnership.challenge_deadline,
    }
    return one(document("challenge-link", partnership.id, attributes))


def challenge(call: Call) -> bytes:
    """Challenge a partnership, for the rules that the operation has."""
    facts = Challenge(
        partnership=_named(call, call.id_in("partnership_id"), call.text("token")),
        reason=call.text("reason"),
        now=call.stamp,
    )
    call.judge(facts)
    challenged = msgspec.structs.replace(
        required(facts.partnership),
        challenged_reason=facts.reason,
        challenged_at=call.stamp,
        updated_at=call.stamp,
    )
    call.store.put(call.world.id, challenged)
    if facts.reason == NO_ECTS_REASON:
        choose_programme(call, challenged.school_id, challenged.cohort, NO_ECTS)
    record_change_at_school(call, challenged.school_id)
    cancel_reminders(call, challenged)
    send_to_lead_provider(call, challenged, CHALLENGED)
    return _answer(call, challenged)


def _named(call: Call, id_: str, token: str) -> EcfPartnership | None:
    """Return the partnership with an id, or the partnership of the link in an email."""
    if token and not id_:
        id_ = _in_email(call, token)
    return call.store.get(EcfPartnership, call.world.id, id_)


def _in_email(call: Call, token: str) -> str:
    """Return the id of the partnership that an email is about, by the token of its link; empty where there is none."""
    emails = call.store.find(Email, call.world.id, Where("token", "=", token))
    return next((email.partnership_id or "" for email in emails), "")


def _school_and_provider(call: Call, partnership: EcfPartnership) -> tuple[EcfSchool, LeadProvider]:
    school = required(call.store.get(EcfSchool, call.world.id, partnership.school_id))
    return school, required(call.store.get(LeadProvider, call.world.id, partnership.lead_provider_id))


def _answer(call: Call, partnership: EcfPartnership) -> bytes:
    school, provider = _school_and_provider(call, partnership)
    attributes = {
        "cohort": str(partnership.cohort),
        "school_id": school.id,
        "urn": school.urn,
        "lead_provider": provider.name,
        "delivery_partner_id": partnership.delivery_partner_id,
        "status": "challenged",
        "challenged_reason": partnership.challenged_reason,
        "challenged_at": partnership.challenged_at,
        "challenge_deadline": partnership.challenge_deadline,
    }
    return one(document("partnership", partnership.id, attributes))
