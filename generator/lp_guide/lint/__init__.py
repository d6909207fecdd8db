"""Checks any page of Markdown guidance for mistakes.

Each lint is a small function from a page to what it finds wrong; complaints show its name.
To add a lint, write the function, list it here, and put its defect and a clean neighbour into
tests/cases/guidance-defects.yaml. A lint reports only what is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lp_contract.contract import Contract, editions, load
from lp_contract.yaml_source import Complaint, ContractError, Place, read_text
from lp_guide.lint.checks import (
    characters,
    contract_names,
    contract_values,
    endpoints,
    json_syntax,
    json_values,
    leftovers,
    links,
    markdown_structure,
    shell_commands,
    wording,
)
from lp_guide.lint.described_editions import described, is_about_another_api
from lp_guide.lint.markdown_page import Finding, Guidance
from lp_guide.lint.prose import Prose

Lint = Callable[[Guidance], Iterable[Finding]]

PROOFREADING: tuple[Callable[[Prose], Iterable[Finding]], ...] = (
    characters.mojibake,
    characters.invisible_character,
    leftovers.conflict_marker,
    leftovers.open_date,
    leftovers.impossible_day,
    leftovers.address_to_come,
    leftovers.missing_space,
    wording.placeholder,
    wording.repeated_word,
    wording.misspelling,
    wording.doubled_stop,
)
"""Lints that apply to any text, such as the descriptions in a contract."""

LINTS: tuple[Lint, ...] = (
    *PROOFREADING,
    markdown_structure.unclosed_fence,
    markdown_structure.fence_content,
    markdown_structure.skipped_heading,
    markdown_structure.heading_without_space,
    markdown_structure.table_without_head,
    markdown_structure.table_cells,
    json_syntax.curly_quotes,
    json_syntax.trailing_comma,
    json_syntax.doubled_key,
    json_syntax.malformed_json,
    shell_commands.unclosed_quote,
    json_values.not_a_uuid,
    json_values.quoted_null,
    json_values.impossible_date,
    json_values.list_for_one,
    json_values.doubled_resource,
    json_values.answer_differs,
    endpoints.missing_verb,
    endpoints.doubled_slash,
    endpoints.unversioned_path,
    endpoints.filter_value,
    links.empty_link,
    links.unreadable_link,
    links.spaced_link,
    links.proxied_link,
    links.dead_anchor,
    links.unknown_operation,
    links.other_operation,
    wording.nothing_follows,
    contract_names.unknown_path,
    contract_names.unknown_parameter,
    contract_names.unknown_field,
    contract_names.wrong_type,
    contract_names.capital_boolean,
    contract_values.unknown_value,
)
"""The last six and `unknown_operation` need to know which editions a page describes."""

CERTAIN = ("mojibake", "invisible-character", "conflict-marker")
"""Lints that are certain even after a fence that was left open."""


def name_of(lint: Lint) -> str:
    """Return the name of a lint, as complaints show it."""
    return str(lint.__name__).replace("_", "-")


UNCLOSED = name_of(markdown_structure.unclosed_fence)
"""The name of the lint after whose line a page cannot be read as its writer meant it."""


@dataclass(frozen=True, slots=True)
class Linted:
    """A file that was checked."""

    complaints: tuple[Complaint, ...]
    contracts: Sequence[Contract] = ()
    """The contracts that the file describes, with which its names were compared."""
    is_about_another_api: bool = False
    """Whether most of its paths are in no edition, so that its names were not compared."""


def look_over(file: Path, edition: str | None = None) -> Linted:
    """Check a file, as a description of an edition, or of the editions that its names show.

    Raises ContractError when an edition cannot be read.
    """
    try:
        text = read_text(file)
    except ContractError as error:
        return Linted(error.complaints)
    page = _guidance(text, edition)
    return Linted(judge(page, file), page.contracts, not page.contracts and is_about_another_api(page, _editions()))


def lint_file(file: Path, edition: str | None = None) -> tuple[Complaint, ...]:
    """Return every complaint about a file in the order of lines.

    Raises ContractError when an edition cannot be read.
    """
    return look_over(file, edition).complaints


def lint(text: str, file: Path, edition: str | None = None) -> tuple[Complaint, ...]:
    """Return every complaint about a text in the order of lines: compare it with an edition, or those it describes."""
    return judge(_guidance(text, edition), file)


def _guidance(text: str, edition: str | None) -> Guidance:
    page = Guidance(text.replace("\r\n", "\n"))
    contracts = [load(edition)] if edition else described(page, _editions())
    return replace(page, contracts=contracts)


def judge(page: Guidance, file: Path) -> tuple[Complaint, ...]:
    """Return every complaint about a page in the order of lines."""
    found = {Complaint(Place(file, line), name_of(each), *words) for each in LINTS for line, *words in each(page)}
    opened = min((each.place.line for each in found if each.check == UNCLOSED), default=0)
    return tuple(sorted(each for each in found if not _is_swallowed(each, opened)))


@cache
def _editions() -> Sequence[Contract]:
    """Load every edition, without the contracts of the controls."""
    return [contract for contract in map(load, editions()) if not contract.is_controls]


def _is_swallowed(complaint: Complaint, opened: int) -> bool:
    """Whether a complaint is only a result of the fence that is opened on a line and never closed."""
    return bool(opened) and complaint.place.line > opened and complaint.check not in CERTAIN


__all__ = ["LINTS", "UNCLOSED", "ContractError", "judge", "lint", "lint_file", "look_over", "name_of"]
