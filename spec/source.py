"""YAML files read so that every value can be traced back to its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

Pointer = Sequence[str | int]
"""The way to a value from the top of a document: keys and list positions."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, counted from one."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """Something wrong: where it stands, which check found it, what is wrong and what to do."""

    place: Place
    check: str
    message: str
    remedy: str
    detail: str = ""
    """Lines that show more, such as a difference."""

    def __str__(self) -> str:
        return f"{self.place}: [{self.check}] {self.message} {self.remedy}"


class ContractError(Exception):
    """The contract cannot be used as it stands.

    Holds every complaint that was found before reading had to stop.
    """

    def __init__(self, *complaints: Complaint) -> None:
        self.complaints = tuple(sorted(complaints))
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


class Loader(yaml.CSafeLoader):
    """YAML as JSON sees it: no dates, no `yes` and `no`, and no key twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """Refuse a key that stands twice, where YAML would keep the last."""
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            _complain_of_doubles(node)
        return mapping


_JSON_WORDS = {
    "tag:yaml.org,2002:bool": (r"^(?:true|false)$", "tf"),
    "tag:yaml.org,2002:null": (r"^(?:null|~|)$", ["n", "~", ""]),
    "tag:yaml.org,2002:int": (r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    "tag:yaml.org,2002:float": (r"^-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
}
for _tag, (_pattern, _first) in _JSON_WORDS.items():
    Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


class _DoubledKey(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, key: str, line: int) -> None:
        self.key, self.line = key, line


def _complain_of_doubles(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise _DoubledKey(key.value, key.start_mark.line + 1)
        seen.add(key.value)


@dataclass(frozen=True)
class Source:
    """One YAML file: its data, and the line on which each value stands."""

    file: Path
    text: str
    data: Any = field(repr=False)

    @cached_property
    def _root(self) -> yaml.Node | None:
        return _composed(self.text)

    def place(self, pointer: Pointer = ()) -> Place:
        """Return the place of a value; where it is absent, that of the nearest thing around it."""
        node, line = self._root, 1
        for step in pointer:
            found = _step(node, step)
            if found is None:
                break
            node, line = found
        return Place(self.file, line)

    def scalars(self) -> Iterator[tuple[str, str, Place]]:
        """Yield (tag, text as written, place) of every plain scalar: those without quotes."""
        for node in _walk(self._root):
            if isinstance(node, yaml.ScalarNode) and not node.style:
                yield node.tag, node.value, Place(self.file, node.start_mark.line + 1)


# Of a contract that is read again after a change, most files have not changed. What is read is not to be written to.
@lru_cache(maxsize=64)
def _composed(text: str) -> yaml.Node | None:
    return yaml.compose(text, Loader=Loader)


@lru_cache(maxsize=64)
def _loaded(text: str) -> Any:
    node = _composed(text)
    return None if node is None else Loader("").construct_document(node)


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
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(shown, 1, f"The file cannot be read: {error.strerror}.") from error
    try:
        return Source(shown, text, _loaded(text))
    except _DoubledKey as double:
        raise ContractError(
            Complaint(
                Place(shown, double.line),
                "doubled-name",
                f"`{double.key}` stands twice in one mapping.",
                "Remove or rename one of the two.",
            )
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _unreadable(shown, line, f"This is not YAML: {error.problem}.") from None


def _unreadable(file: Path, line: int, message: str) -> ContractError:
    return ContractError(Complaint(Place(file, line), "readable", message, "Mend the file and try again."))


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a mapping, and an empty one otherwise."""
    return value if isinstance(value, Mapping) else {}
