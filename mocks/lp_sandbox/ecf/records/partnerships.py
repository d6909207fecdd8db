"""Partnerships between schools, lead providers and delivery partners, and the emails about them."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by(
    "id",
    unique=(("school_id", "cohort", "lead_provider_id", "delivery_partner_id"),),
    indexes=(("lead_provider_id", "created_at", "id"), ("cohort", "school_id")),
)
class EcfPartnership(Record, frozen=True):
    """An agreement between a school, a lead provider and a delivery partner for a cohort.

    A school has at most one unchallenged partnership in a cohort that is not a relationship.
    """

    id: str
    lead_provider_id: str
    school_id: str
    delivery_partner_id: str
    cohort: int
    relationship: bool
    """Made for participants who transfer and keep their providers. Lead providers do not see it."""
    challenged_reason: str | None
    """Why the school challenged it; None for a partnership that is not challenged."""
    challenged_at: str | None
    challenge_deadline: str | None
    """The instant until which the school can challenge it."""
    report_id: str | None
    """The latest confirmation by the lead provider. A reminder about an earlier one is not sent."""
    reported_at: str | None
    created_at: str
    updated_at: str


@kept_by("id", indexes=(("sent_at", "id"), ("partnership_id",), ("token",)))
class Email(Record, frozen=True):
    """An email that the service sends, at once or later. The outbox shows what has been sent by now."""

    id: str
    template: str
    recipient: str
    """An email address."""
    subject: str
    body: str
    partnership_id: str | None
    report_id: str | None
    """A reminder is sent only while its partnership has this report and no challenge. None for other emails."""
    token: str | None
    """Opens the page to challenge the partnership."""
    sent_at: str
