"""Sends the emails of the service: records each with its template, its recipient and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfSchool, Email, LeadProviderUser, SignInLink
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.worlds.clock import stamp
from lp_sandbox.worlds.ids import make_id, make_token
from lp_sandbox.worlds.records import World, required
from lp_sandbox.worlds.store import Slice, Store, Where

REMIND_AFTER = timedelta(days=7)
TO_TUTOR, REMINDER_TO_TUTOR = "induction_coordinator_email", "induction_coordinator_reminder_email"
TO_SCHOOL, REMINDER_TO_SCHOOL = "school_email", "school_reminder_email"
REMINDERS = frozenset({REMINDER_TO_TUTOR, REMINDER_TO_SCHOOL})
CHALLENGED = "partnership_challenged_email"
PROGRAMME_CHANGED = "programme_changed_email"
EXISTING_SCHOOL_TRANSFER = "provider_existing_school_transfer_notification"
NEW_SCHOOL_TRANSFER = "provider_new_school_transfer_notification"
SIGN_IN, ACCESS_INFO = "sign_in_email", "access_info_email"
TRANSFER_IN, TRANSFER_OUT = "provider_transfer_in_notification", "provider_transfer_out_notification"
WITHDRAWN = "fip_provider_has_withdrawn_a_participant"
FEEDBACK = "feedback_email"
FEEDBACK_TO = "continuing-professional-development@digital.education.gov.uk"
SUPPORT = "ecf-tech@digital.education.gov.uk"
"""Gets the emails of schools of which no address is known."""
MOST_EMAILS = 200
"""How many emails of each template that is about no partnership a world keeps: anybody can cause one."""
BY_ADDRESS = Slice((("email", False),))
LAST = Slice((("number", True),), length=1)


class About(NamedTuple):
    """What an email says about a participant."""

    participant_id: str | None = None
    participant_name: str | None = None
    joins_on: str | None = None


class Feedback(NamedTuple):
    """What an email says about the service."""

    satisfaction: str | None = None
    comments: str = ""


class Envelope(NamedTuple):
    """The template of an email, its recipient, and the time of sending."""

    template: str
    address: str
    name: str
    sent_at: str


class Parties(NamedTuple):
    """A partnership, its school and providers, and the emails about it so far."""

    partnership: EcfPartnership
    school: EcfSchool
    delivery_partner: DeliveryPartner
    lead_provider: LeadProvider
    emails: Sequence[Email]


NOBODY = About()
NO_FEEDBACK = Feedback()


def send_confirmation(call: Call, partnership: EcfPartnership) -> None:
    """Tell a school now that a lead provider has confirmed a partnership, and remind it a week later.

    A reminder of an earlier confirmation that is still to be sent is cancelled.
    """
    parties = _parties_of(call, partnership)
    parties = parties._replace(emails=_remove_reminders(call, parties.emails))
    school = parties.school
    templates = (TO_TUTOR, REMINDER_TO_TUTOR) if school.induction_tutor_email else (TO_SCHOOL, REMINDER_TO_SCHOOL)
    address = school.induction_tutor_email or school.primary_email or school.secondary_email or SUPPORT
    to = address, school.induction_tutor_name or school.name
    times = stamp(call.now), stamp(call.now + REMIND_AFTER)
    _send(call, parties, (Envelope(template, *to, at) for template, at in zip(templates, times, strict=True)))


def cancel_reminders(call: Call, partnership: EcfPartnership) -> None:
    """Cancel the reminders about a partnership that are still to be sent."""
    about = Where("partnership_id", "=", partnership.id)
    _remove_reminders(call, call.store.find(Email, call.world.id, about))


def _remove_reminders(call: Call, emails: Sequence[Email]) -> Sequence[Email]:
    """Remove the reminders that are still to be sent, and return the other emails."""
    cancelled = [each.id for each in emails if each.template in REMINDERS and each.sent_at > call.stamp]
    # SQLite would read every email that is still to be sent, if it deleted them by their time.
    call.store.remove(Email, call.world.id, Where("id", "in", tuple(cancelled)))
    return [each for each in emails if each.id not in cancelled]


def send_to_lead_provider(call: Call, partnership: EcfPartnership, template: str, about: About = NOBODY) -> None:
    """Send an email about a partnership, or a participant in it, to every user of its lead provider."""
    theirs = Where("lead_provider_id", "=", partnership.lead_provider_id)
    users = call.store.find(LeadProviderUser, call.world.id, theirs, part=BY_ADDRESS)
    envelopes = [Envelope(template, user.email, user.full_name, call.stamp) for user in users]
    _send(call, _parties_of(call, partnership), envelopes, about)


def send_withdrawal(call: Call, partnership: EcfPartnership, participant: EcfParticipant) -> None:
    """Tell the induction tutor of a school, if it has one, that a lead provider has withdrawn a participant."""
    parties = _parties_of(call, partnership)
    address, name = parties.school.induction_tutor_email, parties.school.induction_tutor_name
    if address:
        about = About(participant.id, participant.full_name)
        _send(call, parties, [Envelope(WITHDRAWN, address, name or parties.school.name, call.stamp)], about)


def send_to_address(
    store: Store,
    world: World,
    template: str,
    to: tuple[str, str],
    *,
    sent_at: str,
    token: str | None = None,
    feedback: Feedback = NO_FEEDBACK,
) -> Email:
    """Send an email that is about no partnership, to an address and the name of its owner. A token makes a link."""
    _forget_the_oldest(store, world, template)
    address, name = to
    number = _next_number(store, world)
    id_ = make_id(world.seed, "email", template, address, sent_at, number)
    email = Email(
        id=id_,
        number=number,
        template=template,
        recipient=address,
        partnership_id=None,
        token=token,
        sent_at=sent_at,
        recipient_name=name,
        **feedback._asdict(),
    )
    store.add(world.id, [email])
    return email


def _forget_the_oldest(store: Store, world: World, template: str) -> None:
    """Make room for one more email of a template. A removed email takes its link to sign in with it."""
    newest_first = Slice((("number", True),), offset=MOST_EMAILS - 1)
    oldest = store.rows(Email, ("id", "token"), world.id, Where("template", "=", template), part=newest_first)
    store.remove(Email, world.id, Where("id", "in", tuple(id_ for id_, _ in oldest)))
    store.remove(SignInLink, world.id, Where("token", "in", tuple(token for _, token in oldest if token)))


def _next_number(store: Store, world: World) -> int:
    last = store.rows(Email, ("number",), world.id, part=LAST)
    return last[0][0] + 1 if last else 1


def _parties_of(call: Call, partnership: EcfPartnership) -> Parties:
    schools, partners, providers, earlier = call.store.find_each(
        call.world.id,
        (EcfSchool, Where("id", "=", partnership.school_id)),
        (DeliveryPartner, Where("id", "=", partnership.delivery_partner_id)),
        (LeadProvider, Where("id", "=", partnership.lead_provider_id)),
        (Email, Where("partnership_id", "=", partnership.id)),
    )
    school, partner, provider = (required(next(iter(found), None)) for found in (schools, partners, providers))
    return Parties(partnership, school, partner, provider, earlier)


def _send(call: Call, parties: Parties, envelopes: Iterable[Envelope], about: About = NOBODY) -> None:
    partnership, next_number = parties.partnership, _next_number(call.store, call.world)
    emails = []
    for position, (template, address, name, sent_at) in enumerate(envelopes):
        named = template, partnership.id, address, call.stamp, len(parties.emails) + position
        id_ = make_id(call.world.seed, "email", *named)
        email = Email(
            id=id_,
            number=next_number + position,
            template=template,
            recipient=address,
            partnership_id=partnership.id,
            token=make_token("email", id_),
            sent_at=sent_at,
            recipient_name=name,
            school_name=parties.school.name,
            urn=parties.school.urn,
            lead_provider_name=parties.lead_provider.name,
            delivery_partner_name=parties.delivery_partner.name,
            cohort=partnership.cohort,
            deadline=partnership.challenge_deadline,
            reason=partnership.challenged_reason,
            **about._asdict(),
        )
        emails.append(email)
    call.store.add(call.world.id, emails)
