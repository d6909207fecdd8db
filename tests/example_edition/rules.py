"""The library's rules and its librarians'. The contract holds their messages."""

from __future__ import annotations

from dataclasses import dataclass

from example_edition.records import Book, Loan
from lp_sandbox.request.rules import rule

LONGEST = 8
"""How many weeks a loan can last."""


@dataclass(frozen=True, slots=True)
class NewLoan:
    partner_is_known: bool
    book: Book | None
    is_lent: bool
    is_reserved: bool
    """For another partner."""
    weeks: int
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class OldLoan:
    loan: Loan
    today: str
    weeks: int = 1
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Withdrawal:
    book: Book | None
    is_lent: bool


@rule
def partner_is_known(loan: NewLoan) -> bool:
    return loan.partner_is_known


@rule
def book_is_known(loan: NewLoan) -> bool:
    return loan.book is not None


@rule
def book_is_on_the_shelf(loan: NewLoan) -> bool:
    return loan.book is not None and not loan.is_lent and not loan.book.withdrawn


@rule
def book_is_not_reserved(loan: NewLoan) -> bool:
    return not loan.is_reserved


@rule
def loan_is_not_too_long(loan: NewLoan | OldLoan) -> bool:
    return 0 < loan.weeks <= loan.longest


@rule
def loan_is_not_over(loan: OldLoan) -> bool:
    return not loan.loan.returned_on


@rule
def loan_is_not_overdue(loan: OldLoan) -> bool:
    return loan.loan.due_on >= loan.today


@rule
def book_is_in_its_branch(withdrawal: Withdrawal) -> bool:
    return withdrawal.book is not None and not withdrawal.is_lent and not withdrawal.book.withdrawn


OF_LIBRARIANS = {"book_is_in_its_branch": book_is_in_its_branch}
OF_PARTNERS = {
    name: check
    for name, check in list(globals().items())
    if getattr(check, "is_rule", False) and name not in OF_LIBRARIANS
}
