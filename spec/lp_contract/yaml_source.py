"""Reads YAML files so that every value has a file and a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from lp_contract import file_reading
from lp_contract.file_reading import Unreadable

MAPPINGS = (dict, MappingProxyType)
"""The types of the mappings in a contract. `Mapping` would fit too, and takes five times as long to ask for."""
Pointer = Sequence[str | int]
"""The path to a value from the top of a document: keys and list positions."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, counted from one."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """A mistake: its place, the check that found it, what is wrong and what to do."""

    place: Place
    check: str
    message: str
    remedy: str
    detail: str = ""
    """Lines that show more, such as a difference."""
    is_warning: bool = field(default=False, kw_only=True)
    """Whether it is advice, which does not stop a command."""

    def __str__(self) -> str:
        return f"{self.place}: [{self.check}] {self.message} {self.remedy}"


class ContractError(Exception):
    """The contract cannot be used.

    Holds every complaint that was found before reading had to stop.
    """

    def __init__(self, *complaints: Complaint) -> None:
        self.complaints = tuple(sorted(complaints))
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


@dataclass(frozen=True)
class Source:
    """One YAML file: its data, and the line of each value."""

    file: Path
    text: str
    data: Any = field(repr=False)

    @cached_property
    def _root(self) -> yaml.Node | None:
        return file_reading.compose(self.text)

    def place(self, pointer: Pointer = ()) -> Place:
        """Return the place of a value, or else of the nearest value that contains it."""
        node, line = self._root, 1
        for step in pointer:
            found = _step(node, step)
            if found is None:
                break
            node, line = found
        return Place(self.file, line)

    def places(self, *names: str) -> dict[str, Place]:
        """Return the place of each entry of the mapping with these names; none if there is no such mapping."""
        value = self.data
        for name in names:
            value = mapping(value).get(name)
        return {name: self.place((*names, name)) for name in mapping(value)}


def plain_scalars(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield (tag, text as written, line) of every plain scalar in YAML: those without quotes."""
    for node in _walk(file_reading.compose(text)):
        if isinstance(node, yaml.ScalarNode) and not node.style:
            yield node.tag, node.value, node.start_mark.line + 1


def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
        return value, value.start_mark.line + 1
    return None


def _walk(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if node is None:
        return
    yield node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _walk(key)
            yield from _walk(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _walk(value)


def read(file: Path, shown_as: Path | None = None) -> Source:
    """Read one YAML file.

    `shown_as` is the name that complaints give it. Raises ContractError when it is missing or is no YAML.
    """
    shown = shown_as or file
    with named(shown):
        text = file_reading.read_text(file)
        return Source(shown, text, file_reading.parse(text))


def read_text(file: Path, shown_as: Path | None = None) -> str:
    """Read a file as text. Raises ContractError when that is not possible."""
    with named(shown_as or file):
        return file_reading.read_text(file)


def read_bytes(file: Path, shown_as: Path | None = None, *, is_text: bool = False) -> bytes:
    """Read a file as it is. Raises ContractError when that is not possible, or when it has to be text and is not."""
    with named(shown_as or file):
        data = file_reading.read_bytes(file)
        if is_text:
            file_reading.decoded(data)
        return data


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Add the name of the file to complaints about its text."""
    try:
        yield
    except Unreadable as error:
        raise ContractError(Complaint(Place(file, error.line), error.check, error.message, error.remedy)) from None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a mapping, and an empty one otherwise."""
    return value if isinstance(value, MAPPINGS) else {}
