"""Complaints as text for people, as JSON for programs, and as annotations for GitHub."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lp_contract.yaml_source import Complaint

BOLD, RED, GREEN, YELLOW, PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
COLOURS = {"-": RED, "+": GREEN}
"""The colours of lines in a difference, by their first character."""

GITHUB_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
GITHUB_PROPERTY = GITHUB_TEXT | {":": "%3A", ",": "%2C"}


def wants_colour(stream: TextIO) -> bool:
    """Whether to write in colour: on a terminal, unless NO_COLOR is set (see https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def as_text(complaints: Sequence[Complaint], *, colour: bool = False) -> str:
    """Write a line for each complaint, with its detail below it, and then how many there are."""
    warnings = sum(complaint.is_warning for complaint in complaints)
    numbers = _number(len(complaints) - warnings, "complaint"), _number(warnings, "warning")
    counted = " and ".join(filter(None, numbers)) or "0 complaints"
    return "\n".join([*(_line(complaint, colour=colour) for complaint in complaints), f"{counted}."])


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""


def _line(complaint: Complaint, *, colour: bool) -> str:
    place, check = str(complaint.place), f"[{complaint.check}]"
    if colour:
        place, check = f"{BOLD}{place}{PLAIN}", f"{YELLOW if complaint.is_warning else RED}{check}{PLAIN}"
    line = " ".join(f"{place}: {check} {complaint.message} {complaint.remedy}".split())
    shown = difference(complaint.detail, colour=colour)
    return "\n".join([line, *(f"    {more}" for more in shown.splitlines())])


def difference(text: str, *, colour: bool) -> str:
    """Format a difference, with removed and added lines in colour."""
    return "\n".join(_changed(line) for line in text.split("\n")) if colour else text


def _changed(line: str) -> str:
    return f"{COLOURS[line[0]]}{line}{PLAIN}" if line[:1] in COLOURS else line


def as_json(complaints: Sequence[Complaint], *, colour: bool = False) -> str:  # noqa: ARG001 - all formats take it
    """Write a list of objects."""
    return json.dumps([_object(complaint) for complaint in complaints], indent=2, ensure_ascii=False)


def _object(complaint: Complaint) -> dict[str, str | int]:
    detail = {"detail": complaint.detail} if complaint.detail else {}
    return {
        "file": complaint.place.file.as_posix(),
        "line": complaint.place.line,
        "check": complaint.check,
        "message": complaint.message,
        "remedy": complaint.remedy,
        "severity": _severity(complaint),
        **detail,
    }


def _severity(complaint: Complaint) -> str:
    return "warning" if complaint.is_warning else "error"


def as_github(complaints: Sequence[Complaint], *, colour: bool = False) -> str:  # noqa: ARG001 - all formats take it
    """Write the commands that make GitHub Actions annotate the lines of a pull request."""
    return "\n".join(_command(complaint) for complaint in complaints)


def _command(complaint: Complaint) -> str:
    properties = {
        "file": complaint.place.file.as_posix(),
        "line": str(complaint.place.line),
        "title": complaint.check,
    }
    listed = ",".join(f"{name}={_escaped(value, GITHUB_PROPERTY)}" for name, value in properties.items())
    text = "\n".join(filter(None, [f"{complaint.message} {complaint.remedy}", complaint.detail]))
    return f"::{_severity(complaint)} {listed}::{_escaped(text, GITHUB_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text)


FORMATS: dict[str, Callable[..., str]] = {"text": as_text, "json": as_json, "github": as_github}
