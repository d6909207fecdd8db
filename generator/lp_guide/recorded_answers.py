"""Finds, formats and compares the recorded answers in the Markdown of pages, which `update` writes.

A page shows the answers that were received. The answers in its file are for people who read the file.
Differences of files show how a change of the contract affects the guidance.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from markdown_it.token import Token

from lp_contract.yaml_source import Complaint, Place
from lp_guide.program_name import command
from lp_guide.requests_and_answers import MORE, Exchange, Response, note, printed
from lp_guide.writer_mistakes import Mistake

LANGUAGE = "response"
CHECK = "response"
_SHOWN = 12
"""The number of lines of a difference that a complaint shows."""
_FENCE = "```"
_NOT_REPEATED = re.compile(r"[^\s>]")


@dataclass(frozen=True, slots=True)
class Block:
    """A request in a page, and the recorded answer under it."""

    info: str
    text: str
    begin: int
    """The lines of the request with its fences, counted from 0, without `end`."""
    end: int
    answer: tuple[int, int] | None = None
    """The lines of the answer with its fences."""
    opening: str = ""
    """What is before the request on the line of its opening fence: indentation, or the mark of a list or quote."""

    @property
    def margin(self) -> str:
        """What every other line of the block begins with: only marks of quotes are repeated."""
        return _NOT_REPEATED.sub(" ", self.opening)

    @property
    def line(self) -> int:
        """The line of its opening fence, counted from 1."""
        return self.begin + 1

    @property
    def last(self) -> int:
        """The line after the block, counted from 0."""
        return self.answer[1] if self.answer else self.end


@dataclass(frozen=True, slots=True)
class Answered:
    """A request on a page with its answer."""

    block: Block
    exchange: Exchange
    """The answer as the page shows it."""
    received: Response
    """The whole answer."""


def blocks(fences: Iterable[Token], lines: Sequence[str], language: str, file: Path) -> list[Block]:
    """Pair the requests of a page with the answers under them. Raises ContractError for an answer without a request."""
    found: list[Block] = []
    for fence in fences:
        word, (begin, end) = fence.info.split(" ")[0], fence.map or (0, 0)
        if word == language:
            opening = lines[begin].partition(fence.markup)[0]
            found.append(Block(fence.info, fence.content, begin, end, opening=opening))
        elif word == LANGUAGE:
            above = found[-1] if found and not found[-1].answer else None
            if above is None or any(line.strip(" \t>") for line in lines[above.end : begin]):
                message = "There is no request above this answer."
                raise Mistake(CHECK, message, "Remove it, or put the request above it.").at(Place(file, begin + 1))
            found[-1] = replace(above, answer=(begin, end))
    return found


def written(response: Response) -> list[str]:
    """Write an answer as a block of Markdown."""
    text = printed(response).replace(f'"{MORE}"', note(response))
    body = text.split("\n") if text else []
    fence = _FENCE
    while any(line.startswith(fence) for line in body):
        fence += _FENCE[0]
    return [f"{fence}{LANGUAGE} {response.status} {response.reason}", *body, fence]


def _in_margin(each: Answered) -> list[str]:
    """Write an answer under its request, in the same list or quote."""
    margin = each.block.margin
    return [margin + line if line else margin.rstrip() for line in written(each.exchange.response)]


def stale(text: str, answered: Iterable[Answered], file: Path) -> Iterator[Complaint]:
    """Complain of every recorded answer that differs from the one received, and of missing ones."""
    lines = text.split("\n")
    for each in answered:
        request, received = each.exchange.request, _in_margin(each)
        if each.block.answer is None:
            message = f"The answer to {request.method} {request.target} is missing."
            yield Complaint(Place(file, each.block.line), CHECK, message, _remedy())
            continue
        begin, end = each.block.answer
        if lines[begin:end] != received:
            message = f"The sandbox returns another answer to {request.method} {request.target}."
            yield Complaint(Place(file, begin + 1), CHECK, message, _remedy(), _difference(lines[begin:end], received))


def unsent(
    file: Path, requests: Iterable[Block], answered: Iterable[Answered], mistakes: Sequence[Complaint]
) -> Iterator[Complaint]:
    """Complain of each request without an answer, unless a mistake is on its line."""
    explained = {each.place for each in mistakes}
    sent = [each.block for each in answered]
    for block in requests:
        place = Place(file, block.line)
        if block not in sent and place not in explained:
            message = f"There is no answer to this request, because of the mistake at {mistakes[0].place}."
            yield Complaint(place, CHECK, message, f"Correct that mistake, and run `{command('update')}` again.")


def _remedy() -> str:
    return f"Run `{command('update')}`."


def _difference(before: Sequence[str], after: Sequence[str]) -> str:
    """Return the first lines of a unified difference, without its header."""
    lines = list(islice(difflib.unified_diff(before, after, n=1, lineterm=""), 2, None))
    left_out = len(lines) - _SHOWN
    return "\n".join([*lines[:_SHOWN], *([f"… {left_out} more lines"] if left_out > 0 else [])])


def updated(text: str, answered: Iterable[Answered]) -> str:
    """Return the text of a page with the answers that were received."""
    lines = io.StringIO(text, newline="\n").readlines()
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    lines[-1] = lines[-1].rstrip("\r\n") + ending
    for each in sorted(answered, key=lambda each: each.block.begin, reverse=True):
        received = [line + ending for line in _in_margin(each)]
        if each.block.answer:
            begin, end = each.block.answer
            lines[begin:end] = received
        else:
            lines[each.block.end : each.block.end] = [each.block.margin.rstrip() + ending, *received]
    return "".join(lines)
