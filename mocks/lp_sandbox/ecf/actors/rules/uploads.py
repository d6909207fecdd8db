"""When a lead provider can upload a file of schools, and when it can confirm one.

The rules of the schools in the file are those of a new partnership.
"""

from __future__ import annotations

from dataclasses import dataclass

from lp_sandbox.ecf.records import PartnershipUpload
from lp_sandbox.request.rules import rule


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file to upload, and the facts that decide whether it is accepted."""

    works_with_you: bool
    """The delivery partner works with the lead provider in the cohort."""
    content: bytes


@rule
def delivery_partner_is_chosen(u: NewUpload) -> bool:
    return u.works_with_you


@rule
def file_is_chosen(u: NewUpload) -> bool:
    return u.content != b""


@rule
def upload_is_not_confirmed(u: PartnershipUpload) -> bool:
    return u.confirmed_at is None
