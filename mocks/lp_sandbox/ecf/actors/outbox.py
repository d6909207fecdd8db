"""Lists the emails that the service has sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lp_contract.dates_in_words import day_in_words
from lp_sandbox.ecf.records import Email
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, many
from lp_sandbox.worlds.store import Slice, Where

IN_ORDER = Slice((("sent_at", False), ("number", False), ("id", False)))


def list_emails(seed: Mapping[str, Any], call: Call) -> bytes:
    """List the emails that have been sent by now, the oldest first. `seed` holds their texts."""
    sent = Where("sent_at", "<=", call.stamp)
    return many(_document(seed, email) for email in call.store.find(Email, call.world.id, sent, part=IN_ORDER))


def _document(seed: Mapping[str, Any], email: Email) -> bytes:
    template, values = seed["templates"][email.template], _values(seed, email)
    hrefs = {rel: seed["links"][rel].format_map(values) for rel in template["links"]}
    attributes = {
        "to": email.recipient,
        "template": email.template,
        "subject": template["subject"].format_map(values),
        "body": template["body"].format_map({**values, **hrefs}),
        "links": [{"rel": rel, "href": href} for rel, href in hrefs.items()],
        "sent_at": email.sent_at,
    }
    return document("email", email.id, attributes)


def _values(seed: Mapping[str, Any], email: Email) -> Mapping[str, str]:
    return {
        "token": email.token or "",
        "name": email.recipient_name,
        "school": email.school_name,
        "urn": email.urn,
        "lead_provider": email.lead_provider_name,
        "delivery_partner": email.delivery_partner_name,
        "academic_year": f"{email.cohort}/{(email.cohort + 1) % 100:02}",
        "deadline": day_in_words(email.deadline[:10]) if email.deadline else "",
        "reason": seed["reasons"].get(email.reason, ""),
        "satisfaction": seed["satisfactions"].get(email.satisfaction, ""),
        "comments": email.comments,
        "participant_id": email.participant_id or "",
        "participant": email.participant_name or "",
        "joining_date": day_in_words(email.joins_on) if email.joins_on else "",
    }
