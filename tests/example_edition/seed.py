"""The records that a world of the library begins with: the contract's seeds, and more books by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from example_edition.operations import later
from example_edition.records import Book, Branch, Loan
from lp_sandbox.worlds.clock import day
from lp_sandbox.worlds.ids import make_id
from lp_sandbox.worlds.records import Record, World

Seeds = Mapping[str, Any]


def records(seeds: Seeds, size: str, seed: int, today: str) -> Iterator[Record]:
    """Yield the records of a new world."""
    partners = {entry["name"]: entry["id"] for entry in seeds["partners"]}
    books = {entry["name"]: entry["id"] for entry in seeds["books"]}
    yield from (Branch(**entry) for entry in seeds["branches"])
    for entry in seeds["books"]:
        yield Book(
            id=entry["id"],
            title=entry["full_name"],
            author=entry["author"],
            branch=entry["branch"],
            withdrawn=entry.get("withdrawn", False),
            reserved_by=partners[entry["reserved_by"]] if "reserved_by" in entry else "",
        )
    for number in range(seeds["world"]["sizes"][size]["books"]):
        branch = seeds["branches"][number % len(seeds["branches"])]["name"]
        yield Book(make_id(seed, "book", number), f"Volume {number}", "Various", branch)
    for entry in seeds["loans"]:
        yield Loan(
            id=entry["id"],
            book_id=books[entry["book"]],
            partner_id=partners[entry["partner"]],
            weeks=entry["weeks"],
            borrowed_on=entry["borrowed_on"],
            due_on=later(entry["borrowed_on"], entry["weeks"]),
            returned_on=entry.get("returned_on", ""),
        )
    for recipe in seeds["scenarios"]:
        for partner_id in filter(None, partners.values()):
            yield from _scenario(recipe, seed, partner_id, today, "first")


def listed(seeds: Seeds, seed: int, partner_id: str, today: str) -> Sequence[Mapping[str, Any]]:
    """List the scenarios of a partner."""
    return [
        {
            **{word: recipe[word] for word in ("name", "story", "try")},
            "ids": _ids(_scenario(recipe, seed, partner_id, today, "first")),
        }
        for recipe in seeds["scenarios"]
    ]


def fresh(
    seeds: Seeds, name: str, partner_id: str, world: World, now: datetime
) -> tuple[Sequence[Record], Mapping[str, Any]]:
    """Make a scenario anew. Raises LookupError for an unknown one."""
    recipe = next((recipe for recipe in seeds["scenarios"] if recipe["name"] == name), None)
    if recipe is None:
        raise LookupError(name)
    made = _scenario(recipe, world.seed, partner_id, day(now), str(world.made))
    return made, _ids(made)


def _scenario(recipe: Mapping[str, Any], seed: int, partner_id: str, today: str, number: str) -> tuple[Book, Loan]:
    key = (seed, recipe["name"], partner_id, number)
    borrowed_on = (date.fromisoformat(today) - timedelta(days=recipe["borrowed_days_ago"])).isoformat()
    book = Book(make_id("book", *key), f"A book for {recipe['name']}", "Various", "market")
    weeks = recipe["weeks"]
    loan = Loan(make_id("loan", *key), book.id, partner_id, weeks, borrowed_on, later(borrowed_on, weeks))
    return book, loan


def _ids(made: tuple[Book, Loan]) -> Mapping[str, Mapping[str, str]]:
    book, loan = made
    return {"books": {"lent": book.id}, "loans": {"overdue": loan.id}}
