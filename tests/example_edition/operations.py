"""The library's operations, and what its librarians do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from example_edition.records import Book, Loan
from example_edition.rules import NewLoan, OldLoan, Withdrawal
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, many, one
from lp_sandbox.request.query import leading_number
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where

SUNDAY = 7
BY_TITLE = (("title", False),)


def list_titles(call: Call) -> bytes:
    """List titles in the media type that the client accepts."""
    titles = [(book.id, book.title, book.author) for book in _books(call)]
    columns = ("id", "title", "author")
    if call.media_type == "text/csv":
        text = io.StringIO()
        csv.writer(text).writerows([columns, *titles])
        return text.getvalue().encode()
    return msgspec.json.encode({"titles": [dict(zip(columns, title, strict=True)) for title in titles]})


def list_books(call: Call) -> bytes:
    """List books."""
    books = _books(call)
    lent = {loan.book_id for loan in _current(call, *(book.id for book in books))}
    return many(_book(book, is_lent=book.id in lent) for book in books)


def get_book(call: Call) -> bytes:
    """Show one book."""
    book = call.found(call.store.get(Book, call.world.id, call.path["id"]))
    return one(_book(book, is_lent=bool(_current(call, book.id))))


def list_loans(call: Call) -> bytes:
    """List the partner's loans."""
    mine = Where("partner_id", "=", call.lead_provider_id)
    part = call.part((("borrowed_on", False),))
    return many(_loan(loan, call.today) for loan in call.store.find(Loan, call.world.id, mine, part=part))


def create_loan(call: Call) -> Answer:
    """Lend a book to the partner."""
    if date.fromisoformat(call.today).isoweekday() == SUNDAY:
        raise call.problem("library_is_open")
    book = call.store.get(Book, call.world.id, call.id_in("book_id"))
    facts = NewLoan(
        partner_is_known=bool(call.lead_provider_id),
        book=book,
        is_lent=bool(book and _current(call, book.id)),
        is_reserved=bool(book and book.reserved_by not in ("", call.lead_provider_id)),
        weeks=leading_number(call.text("weeks")),
    )
    call.judge(facts)
    count = len(call.store.rows(Loan, ("id",), call.world.id))
    loan = Loan(
        id=make_id(call.world.seed, "loan", required(book).id, count),
        book_id=required(book).id,
        partner_id=call.lead_provider_id,
        weeks=facts.weeks,
        borrowed_on=call.today,
        due_on=later(call.today, facts.weeks),
    )
    call.store.add(call.world.id, [loan])
    return call.answer(one(_loan(loan, call.today)), headers={"Location": f"/library/v2/loans/{loan.id}"})


def renew_loan(call: Call) -> bytes:
    """Lend a book for longer."""
    facts = OldLoan(_mine(call), call.today, leading_number(call.text("weeks")))
    call.judge(facts)
    renewed = msgspec.structs.replace(facts.loan, weeks=facts.weeks, due_on=later(call.today, facts.weeks))
    call.store.put(call.world.id, renewed)
    return one(_loan(renewed, call.today))


def return_loan(call: Call) -> bytes:
    """Take a book back."""
    facts = OldLoan(_mine(call), call.today)
    call.judge(facts)
    call.store.put(call.world.id, msgspec.structs.replace(facts.loan, returned_on=call.today))
    return b""


def withdraw_book(call: Call) -> bytes:
    """Let a librarian withdraw a book."""
    book = call.store.get(Book, call.world.id, call.id_in("book_id"))
    call.judge(Withdrawal(book, is_lent=bool(book and _current(call, book.id))))
    withdrawn = msgspec.structs.replace(required(book), withdrawn=True)
    call.store.put(call.world.id, withdrawn)
    return one(_book(withdrawn, is_lent=False))


def later(day: str, weeks: int) -> str:
    """Return the day some weeks after another."""
    return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()


def _books(call: Call) -> Sequence[Book]:
    return call.store.find(Book, call.world.id, *_in_branch(call), part=call.part(BY_TITLE))


def _in_branch(call: Call) -> Iterator[Where]:
    branches = call.listed("branch")
    if branches is not None:
        yield Where("branch", "in", branches)


def _current(call: Call, *book_ids: str) -> Sequence[Loan]:
    """Return the loans of books that have not come back."""
    return call.store.find(Loan, call.world.id, Where("book_id", "in", book_ids), Where("returned_on", "=", ""))


def _mine(call: Call) -> Loan:
    loan = call.store.get(Loan, call.world.id, call.path["id"])
    return call.found(loan if loan and loan.partner_id == call.lead_provider_id else None)


def _book(book: Book, *, is_lent: bool) -> bytes:
    shelf = "withdrawn" if book.withdrawn else "lent" if is_lent else "available"
    attributes = {"title": book.title, "author": book.author, "branch": book.branch, "shelf": shelf}
    return document("book", book.id, attributes)


def _loan(loan: Loan, today: str) -> bytes:
    state = "returned" if loan.returned_on else "overdue" if loan.due_on < today else "current"
    names = ("book_id", "partner_id", "weeks", "borrowed_on", "due_on")
    return document("loan", loan.id, {**{name: getattr(loan, name) for name in names}, "state": state})
