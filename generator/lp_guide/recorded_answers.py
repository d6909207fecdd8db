"""Finds, formats and compares the recorded answers in the Markdown of pages, which `update` writes.

A page shows the answers that were received. The answers in its file are for people who read the file.
Differences of files show how a change of the contract affects the guidance.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from markdown_it.token import Token

from lp_contract.yaml_source import Complaint, Place
from lp_guide.requests_and_answers import MORE, Exchange, Response, note, printed
from lp_guide.writer_mistakes import Mistake

LANGUAGE = "response"
CHECK = "response"
UPDATE = "Run `lp-guide update`."
_SHOWN = 12
"""The number of lines of a difference that a complaint shows."""
_FENCE = "```"


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
            found.append(Block(fence.info, fence.content, begin, end))
        elif word == LANGUAGE:
            above = found[-1] if found and not found[-1].answer else None
            if above is None or any(line.strip() for line in lines[above.end : begin]):
                message = "There is no request above this answer."
                raise Mistake(CHECK, message, "Remove it, or put the request above it.").at(Place(file, begin + 1))
            found[-1] = Block(above.info, above.text, above.begin, above.end, (begin, end))
    return found


def written(response: Response) -> list[str]:
    """Write an answer as a block of Markdown."""
    text = printed(response).replace(f'"{MORE}"', note(response))
    body = text.split("\n") if text else []
    fence = _FENCE
    while any(line.startswith(fence) for line in body):
        fence += _FENCE[0]
    return [f"{fence}{LANGUAGE} {response.status} {response.reason}", *body, fence]


def stale(text: str, answered: Iterable[Answered], file: Path) -> Iterator[Complaint]:
    """Complain of every recorded answer that differs from the one received, and of missing ones."""
    lines = text.split("\n")
    for each in answered:
        request, received = each.exchange.request, written(each.exchange.response)
        if each.block.answer is None:
            message = f"The answer to {request.method} {request.target} is missing."
            yield Complaint(Place(file, each.block.line), CHECK, message, UPDATE)
            continue
        begin, end = each.block.answer
        if lines[begin:end] != received:
            message = f"The sandbox returns another answer to {request.method} {request.target}."
            yield Complaint(Place(file, begin + 1), CHECK, message, UPDATE, _difference(lines[begin:end], received))


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
        received = [line + ending for line in written(each.exchange.response)]
        if each.block.answer:
            begin, end = each.block.answer
            lines[begin:end] = received
        else:
            lines[each.block.end : each.block.end] = [ending, *received]
    return "".join(lines)
