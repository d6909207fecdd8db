"""Resources: how records are shown to lead providers, field by field in the order of the service."""

from __future__ import annotations

from lp_sandbox.register.resources.organisations import (
    as_it_stands,
    delivery_partner_document,
    school_document,
    with_document,
)
from lp_sandbox.register.resources.participants import Around, trainee_shown
from lp_sandbox.register.resources.payments import declaration_document, statement_document
from lp_sandbox.register.resources.transfers import transfers_document
from lp_sandbox.register.resources.unfunded_mentors import unfunded_mentor_document

__all__ = [
    "Around",
    "as_it_stands",
    "declaration_document",
    "delivery_partner_document",
    "school_document",
    "statement_document",
    "trainee_shown",
    "transfers_document",
    "unfunded_mentor_document",
    "with_document",
]
