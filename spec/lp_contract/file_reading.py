"""Reads files as text, and parses text as YAML. Raises Unreadable with a line and a remedy."""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MOST_NESTED = 64
"""How deep lists and mappings may be nested, in YAML and in JSON: the contract needs 15, and what walks it recurses."""
FILES = 128
"""How many files the caches hold. Every contract is checked after a save, and all have about 80 files."""
MEND = "Correct the file and try again."
_REMEDIES = {
    errno.EACCES: "Change the permissions, or run the command as a user who has them.",
    errno.EPERM: "Change the permissions, or run the command as a user who has them.",
    errno.EROFS: "Choose a place that can be written to.",
    errno.ENOENT: "Put it back, or remove what refers to it.",
    errno.EISDIR: "Put a file in its place, or give the folder another name.",
    errno.ENOTDIR: "Put a folder where one is expected.",
    errno.ELOOP: "Let the link point to a file.",
    errno.ENOSPC: "Free some space and try again.",
    errno.EDQUOT: "Free some space and try again.",
    errno.EMFILE: "Close other programs, or raise the limit of open files, and try again.",
    errno.EADDRINUSE: "Choose another port with --port, or end the program that uses it.",
}
"""What to do about an error of the operating system."""
_WIDE = {b"\xff\xfe\0\0": "UTF-32", b"\0\0\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
"""What files in other encodings than UTF-8 begin with."""


class Unreadable(Exception):  # noqa: N818 - it is a finding, whose place only the caller knows
    """What is wrong with a text: the line, counted from one, what it is and what to do."""

    def __init__(self, line: int, message: str, remedy: str = MEND, check: str = "readable") -> None:
        self.line, self.message, self.remedy, self.check = line, message, remedy, check
        super().__init__(f"{message} {remedy}")


class NotYaml(Unreadable):
    """Text that breaks the syntax of YAML."""


def remedy_for(error: OSError) -> str:
    """Say what to do about an error of the operating system."""
    return _REMEDIES.get(error.errno or 0, "Correct this and try again.")


def read_text(file: Path) -> str:
    """Read a file as any editor may have saved it: with a byte order mark, and with the line ends of Windows."""
    return decoded(read_bytes(file))


def read_bytes(file: Path) -> bytes:
    """Read a file. A pipe or a device is refused, because it may never end."""
    try:
        mode = file.stat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            return file.read_bytes()
    except OSError as error:
        raise Unreadable(1, f"The file cannot be read: {error.strerror}.", remedy_for(error)) from None
    raise Unreadable(1, "This is not a regular file.", "Put a file in its place.")


def decoded(data: bytes) -> str:
    """Decode what a file holds, without byte order mark and with plain line ends."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        known = next((name for mark, name in _WIDE.items() if data.startswith(mark)), "")
        raise Unreadable(
            _line(data, error.start, b"\n"),
            f"The file is {known and f'in {known} and '}not in UTF-8.",
            "Save it as UTF-8.",
        ) from None
    if "\0" in text:
        raise Unreadable(
            _line(text, text.index("\0"), "\n"),
            "The file contains a null byte, so it is not text.",
            "Save it as UTF-8.",
        )
    return text.replace("\r\n", "\n")


def _line(text: Any, end: int, newline: Any) -> int:
    return int(text.count(newline, 0, end)) + 1


def visible(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the files under a folder that fit a pattern, without hidden ones: editors keep locks and copies there."""
    found = sorted(folder.glob(pattern))
    return (file for file in found if not any(step.startswith(".") for step in file.relative_to(folder).parts))


class Loader(yaml.CSafeLoader):
    """YAML with the types of JSON: no dates, no `yes` and `no`, and no key twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """Refuse a duplicate key, of which YAML would keep the last."""
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            _refuse_doubles(node)
        return mapping


_JSON_WORDS = {
    "tag:yaml.org,2002:bool": (r"^(?:true|false)$", "tf"),
    "tag:yaml.org,2002:null": (r"^(?:null|~|)$", ["n", "~", ""]),
    "tag:yaml.org,2002:int": (r"^-?(?:0|[1-9][0-9]{0,30})$", "-0123456789"),
    "tag:yaml.org,2002:float": (r"^-?(?:0|[1-9][0-9]{0,30})\.[0-9]+(?:[eE][-+]?[0-9]{1,2})?$", "-0123456789"),
}
"""Longer numbers are read as text, because Python refuses to parse some."""
for _tag, (_pattern, _first) in _JSON_WORDS.items():
    Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _refuse_doubles(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise Unreadable(
                key.start_mark.line + 1,
                f"`{key.value}` occurs twice in one mapping.",
                "Remove or rename one of the two.",
                "doubled-name",
            )
        seen.add(key.value)


# When a contract is read again, most of its files have not changed. Callers must not change what is returned.
@lru_cache(maxsize=FILES)
def compose(text: str) -> yaml.Node | None:
    """Parse a text into nodes with line numbers."""
    try:
        _refuse_what_json_lacks(text)
        return yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        raise _no_yaml(text, error) from None


@lru_cache(maxsize=FILES)
def parse(text: str) -> Any:
    """Parse a text into a value."""
    node = compose(text)
    try:
        return None if node is None else Loader("").construct_document(node)
    except yaml.YAMLError as error:
        raise _no_yaml(text, error) from None


def _refuse_what_json_lacks(text: str) -> None:
    """Refuse tags, aliases and deep nesting, before any function recurses into them."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_NESTED:
            raise Unreadable(
                line, f"Lists and mappings are nested more than {MOST_NESTED} deep.", "Close some of them."
            )
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(line, f"`*{event.anchor}` is an alias, which JSON does not have.", "Write the value out.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise Unreadable(
                line, f"`{tag}` is a tag, which JSON does not have.", "Remove it, or put quotes around it."
            )


def _no_yaml(text: str, error: yaml.YAMLError) -> Unreadable:
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return NotYaml(line, f"This is not YAML: {error.problem}.")
    position = getattr(error, "position", 0)
    character = getattr(error, "character", 0)
    shown = f"U+{ord(character) if isinstance(character, str) else character:04X}"
    return Unreadable(_line(text, position, "\n"), f"The control character {shown} cannot be in YAML.", "Delete it.")
