"""Renders records as the documents that lead providers see, with the fields in the order of the service."""

from __future__ import annotations

from lp_sandbox.register.resources.declarations_and_statements import declaration_document, statement_document
from lp_sandbox.register.resources.participants import RelatedRecords, with_trainee_document
from lp_sandbox.register.resources.partnerships_and_schools import (
    delivery_partner_document,
    school_document,
    with_partnership_document,
    with_state,
)
from lp_sandbox.register.resources.transfers import transfers_document
from lp_sandbox.register.resources.unfunded_mentors import unfunded_mentor_document

__all__ = [
    "RelatedRecords",
    "declaration_document",
    "delivery_partner_document",
    "school_document",
    "statement_document",
    "transfers_document",
    "unfunded_mentor_document",
    "with_partnership_document",
    "with_state",
    "with_trainee_document",
]
