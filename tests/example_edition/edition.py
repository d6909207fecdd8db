"""The library edition: its contract and its code, put together as a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from example_edition import operations, seed
from example_edition.records import KINDS, Book, Branch
from example_edition.rules import OF_LIBRARIANS, OF_PARTNERS
from lp_contract.contract import Loader
from lp_contract.contract import load as load_whole
from lp_sandbox.app import App, layout
from lp_sandbox.request.edition import Edition
from lp_sandbox.worlds.store.open_store import open_store
from lp_sandbox.worlds.world_template import WorldTemplate

NAME = "library"
SPEC = Path(__file__).parent / "spec"
"""The folder that holds the edition's contract, as `spec` holds those of the others."""
OPERATIONS = {
    "listBooksV1": operations.list_titles,
    "listBooks": operations.list_books,
    "getBook": operations.get_book,
    "listLoans": operations.list_loans,
    "createLoan": operations.create_loan,
    "renewLoan": operations.renew_loan,
    "returnLoan": operations.return_loan,
}


def load(spec: Path = SPEC, load_contract: Loader = load_whole) -> Edition:
    """Load the edition, with the contract in a folder."""
    contract = load_contract(NAME, spec)
    seeds = contract.seeds
    return Edition(
        contract=contract,
        controls=load_contract(f"{NAME}/sandbox", spec),
        operations=OPERATIONS,
        checks=OF_PARTNERS,
        template=WorldTemplate(
            edition=contract.edition,
            kinds=KINDS,
            lasting=(Branch, Book),
            lead_providers={entry["id"]: entry["full_name"] for entry in seeds["partners"]},
            sizes=tuple(seeds["world"]["sizes"]),
            records=partial(seed.records, seeds),
        ),
        actors={"withdrawBook": operations.withdraw_book},
        actor_checks=OF_LIBRARIANS,
        scenarios=partial(seed.listed, seeds),
        fresh=partial(seed.fresh, seeds),
        problems=("library_is_open",),
    )


def sandbox(
    name: str = NAME,
    *,
    store: str = "memory",
    others: Sequence[Edition] = (),
    edition: Edition | None = None,
    **options: Any,
) -> App:
    """Make a sandbox of the library, and of other editions beside it, without any world yet."""
    assert name == NAME
    editions = [edition or load(), *others]
    return App(editions, open_store(store, layout(editions)), **options)
