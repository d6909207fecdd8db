"""Reads the forms that browsers send to pages: their fields, and the files that they upload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from lp_sandbox.request.request_and_answer import LARGEST_UPLOAD, Request, is_own
from lp_sandbox.web import multipart

MOST_FIELDS = 100
"""More than any form of the sandbox has."""
OWN_SITES = ("", "none", "same-origin")
"""What browsers send for a form of this site, or for a request without a site. Other programs send nothing."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that a browser uploads."""

    name: str
    """As the browser gives it: not to be used as a path."""
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Form:
    """The submitted fields. Of several fields with the same name, the last counts."""

    fields: Mapping[str, str]
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    """By the name of the field. A field in which no file was chosen is not there."""


class FormError(Exception):
    """A form cannot be used. The message says why, and `status` is the status of the answer."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


def read_form(request: Request, largest: int = LARGEST_UPLOAD) -> Form:
    """Read the form that a request sends, of up to `largest` bytes. Raises FormError.

    A browser says from which site a form comes. What comes from another site has no effect.
    """
    refuse_foreign(request)
    if request.body is None or len(request.body) > largest:
        message = f"What you filled in is larger than {largest // 2**20} MiB. Nothing was sent."
        raise FormError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
    content_type = request.header(b"content-type")
    if content_type.lower().startswith("multipart/form-data"):
        return _multipart(content_type, request.body)
    return _url_encoded(request.body)


def refuse_foreign(request: Request) -> None:
    """Raise FormError where a browser says that a page of another site sent a form."""
    if not is_own(request) or request.header(b"sec-fetch-site") not in OWN_SITES:
        raise FormError(HTTPStatus.FORBIDDEN, "This form was sent from another site, so the sandbox did nothing.")


def _url_encoded(body: bytes) -> Form:
    text = body.decode(errors="replace")
    try:
        return Form(dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)))
    except ValueError:
        message = "The form has more fields than it should. Nothing was sent."
        raise FormError(HTTPStatus.BAD_REQUEST, message) from None


def _multipart(content_type: str, body: bytes) -> Form:
    fields: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    try:
        for part in multipart.parse(content_type, body):
            if part.file_name is None:
                fields[part.name] = part.content.decode(errors="replace")
            elif part.file_name or part.content:
                files[part.name] = UploadedFile(part.file_name, part.content, part.content_type)
    except multipart.MalformedError as error:
        raise FormError(HTTPStatus.BAD_REQUEST, f"The form cannot be read. {error} Nothing was sent.") from None
    return Form(fields, files)
