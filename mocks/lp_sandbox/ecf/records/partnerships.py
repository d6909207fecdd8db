"""Partnerships between schools, lead providers and delivery partners, uploads of them, and emails about them."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by(
    "id",
    unique=(("school_id", "cohort", "lead_provider_id", "delivery_partner_id", "relationship"),),
    indexes=(
        ("lead_provider_id", "relationship", "created_at", "id"),
        ("cohort", "challenged_reason", "school_id", "relationship"),
    ),
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
    """The latest confirmation by the lead provider."""
    reported_at: str | None
    created_at: str
    updated_at: str


@kept_by("id", indexes=(("lead_provider_id", "created_at"),))
class PartnershipUpload(Record, frozen=True):
    """A file of URNs that a lead provider uploaded, to confirm many partnerships with one delivery partner."""

    id: str
    lead_provider_id: str
    cohort: int
    delivery_partner_id: str
    urns: str
    """As the file has them, separated by commas. One can be empty."""
    row_count: int
    confirmed_at: str | None
    partnership_ids: str
    """The ids of the partnerships that the confirmation created, separated by commas."""
    created_at: str


@kept_by("id", indexes=(("sent_at", "number", "id"), ("partnership_id", "template"), ("token",), ("number",)))
class Email(Record, frozen=True):
    """An email that the service sends, at once or later. The outbox shows what has been sent by now.

    Its template in the seeds holds the text, with a place for each of the last columns.
    """

    id: str
    number: int
    """Counts the emails of the world, so that emails of the same second have an order."""
    template: str
    recipient: str
    """An email address."""
    partnership_id: str | None
    """The partnership that the email is about, if it is about one."""
    token: str | None
    """Opens the page to challenge the partnership, or the link to sign in."""
    sent_at: str
    recipient_name: str
    school_name: str = ""
    urn: str = ""
    lead_provider_name: str = ""
    delivery_partner_name: str = ""
    cohort: int = 0
    deadline: str | None = None
    """The instant until which the school can challenge the partnership."""
    reason: str | None = None
    """Why the school challenged the partnership."""
    participant_id: str | None = None
    """The participant who moves or withdraws. The next two columns say more about them."""
    participant_name: str | None = None
    joins_on: str | None = None
    """The first day at another school."""
    satisfaction: str | None = None
    """How satisfied a user is with the service. The next column is what the user wrote."""
    comments: str = ""
