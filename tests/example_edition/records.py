"""What the library's worlds hold."""

from __future__ import annotations

from lp_sandbox.worlds.records import Record, kept_by


@kept_by("name")
class Branch(Record, frozen=True):
    name: str
    full_name: str


@kept_by("id", indexes=(("title",),))
class Book(Record, frozen=True):
    id: str
    title: str
    author: str
    branch: str
    withdrawn: bool = False
    reserved_by: str = ""
    """The id of a partner."""


@kept_by("id", indexes=(("partner_id", "borrowed_on"), ("book_id",)))
class Loan(Record, frozen=True):
    id: str
    book_id: str
    partner_id: str
    weeks: int
    borrowed_on: str
    due_on: str
    returned_on: str = ""
    """Empty while the partner has the book."""


KINDS = (Branch, Book, Loan)
