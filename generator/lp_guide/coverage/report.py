"""Measures how much of a contract the pages show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from lp_contract.contract import Contract
from lp_contract.yaml_source import Complaint, Source
from lp_guide.coverage.contract_items import Shown, Thing, inventory
from lp_guide.program_name import command
from lp_guide.writer_mistakes import find, placed

FEW = 8
"""How many missing names a complaint lists."""


@dataclass(frozen=True, slots=True)
class Line:
    """How much of one kind of thing the pages of an edition show."""

    edition: str
    kind: str
    names: Sequence[str]
    in_reference: frozenset[str]
    in_guidance: frozenset[str]
    in_examples: frozenset[str]
    at_least: int
    """The percentage that guidance must show."""

    @property
    def missing(self) -> list[str]:
        """The names that guidance does not show."""
        return [name for name in self.names if name not in self.in_guidance]

    @property
    def percent(self) -> int:
        """How much guidance shows, rounded down."""
        return 100 * (len(self.names) - len(self.missing)) // max(len(self.names), 1)

    @property
    def is_short(self) -> bool:
        """Whether guidance shows less than it must."""
        return self.percent < self.at_least


@dataclass(frozen=True)
class Report:
    """What the pages show of each edition."""

    lines: Sequence[Line]
    opt_outs: Mapping[str, Sequence[tuple[int, str, str]]] = field(default_factory=dict)
    """Code that is not a name of the contract, by the file of its page: line, code and reason."""


class OnPage(NamedTuple):
    """What a page shows."""

    edition: str
    """The edition that the page is about."""
    url: str
    shown: Shown


def measure_all(
    editions: Mapping[str, Sequence[Contract]], pages: Iterable[OnPage], settings: Source
) -> Sequence[Line]:
    """Measure what the pages show of each edition in the settings. Raises ContractError for an unknown name."""
    lines: list[Line] = []
    for edition, required in settings.data["coverage"].items():
        with placed(settings.place(("coverage", edition))):
            contract, *_ = find(editions, edition, "edition")
            lines += measure(contract, pages, required)
    return lines


def measure(contract: Contract, pages: Iterable[OnPage], settings: Mapping[str, Any]) -> Sequence[Line]:
    """Measure what the pages about an edition show; guidance are those below an address of the settings."""
    own = [each for each in pages if each.edition == contract.edition]
    guidance = [each.shown for each in own if each.url.startswith(settings["guidance"])]
    sent = frozenset().union(*(each.sent for each in guidance))
    named = sent.union(*(each.named for each in guidance))
    whole = named.union(*(each.shown.named | each.shown.sent for each in own))
    for kind in settings["at_least"]:
        find(inventory(contract), kind, "kind of thing to show called")
    return [
        Line(
            edition=contract.edition,
            kind=kind,
            names=names,
            in_reference=_of(kind, names, whole),
            in_guidance=_of(kind, names, named),
            in_examples=_of(kind, names, sent),
            at_least=settings["at_least"].get(kind, 0),
        )
        for kind, names in inventory(contract).items()
    ]


def _of(kind: str, names: Sequence[str], things: frozenset[Thing]) -> frozenset[str]:
    return frozenset(names) & {thing.name for thing in things if thing.kind == kind}


def complaints(lines: Sequence[Line], settings: Source) -> Iterator[Complaint]:
    """Complain of every kind of thing of which guidance shows too little, at the place of its threshold."""
    for line in lines:
        if line.is_short:
            more = f" and {len(line.missing) - FEW} more" if len(line.missing) > FEW else ""
            yield Complaint(
                settings.place(("coverage", line.edition, "at_least", line.kind)),
                "coverage",
                f"The guidance of `{line.edition}` shows {line.percent} % of the {line.kind}, "
                f"but site.yaml requires {line.at_least} %. "
                f"It does not show {', '.join(f'`{name}`' for name in line.missing[:FEW])}{more}.",
                f"Show them on a page. `{command('coverage')}` lists everything.",
            )


def as_text(report: Report) -> str:
    """Write a report for people."""
    tables = [_table(edition, list(lines)) for edition, lines in groupby(report.lines, key=attrgetter("edition"))]
    outs = [f"{file}:{line}: {code} ({why})" for file, each in report.opt_outs.items() for line, code, why in each]
    return "\n\n".join([*tables, "Code that is not a name of the contract:\n" + _list(outs)])


def _table(edition: str, lines: Sequence[Line]) -> str:
    head = f"{edition:<12} {'all':>5} {'anywhere':>9} {'guidance':>9} {'examples':>9} {'%':>4} {'goal':>6}"
    rows = [
        f"{line.kind:<12} {len(line.names):>5} {len(line.in_reference):>9} {len(line.in_guidance):>9} "
        f"{len(line.in_examples):>9} {line.percent:>4} {line.at_least:>6}"
        for line in lines
    ]
    gaps = [
        f"\nNot shown by guidance of {edition}, {line.kind}:\n" + _list(line.missing) for line in lines if line.missing
    ]
    return "\n".join([head, *rows, *gaps])


def _list(names: Iterable[str]) -> str:
    return "\n".join(f"  {name}" for name in names)


def as_json(report: Report) -> dict[str, Any]:
    """Return a report for programs."""
    editions = {
        edition: {line.kind: _numbers(line) for line in lines}
        for edition, lines in groupby(report.lines, key=attrgetter("edition"))
    }
    outs = [
        {"file": file, "line": line, "code": code, "reason": reason}
        for file, each in report.opt_outs.items()
        for line, code, reason in each
    ]
    return {"editions": editions, "not_in_contract": outs}


def _numbers(line: Line) -> Mapping[str, Any]:
    return {
        "all": len(line.names),
        "anywhere": len(line.in_reference),
        "guidance": len(line.in_guidance),
        "examples": len(line.in_examples),
        "percent": line.percent,
        "required": line.at_least,
        "missing": line.missing,
    }
