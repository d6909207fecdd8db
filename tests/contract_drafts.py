"""Drafts of a contract from which something was removed, as a writer removes it in an editor."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from lp_contract import SPEC
from lp_contract.contract import Operation, load
from lp_contract.merge_documents import METHODS, TABLE_OF_CONTENTS
from lp_contract.yaml_source import mapping, read


def copied(folder: Path) -> Path:
    """Copy the contracts and the code that loads them."""
    spec = folder / "spec"
    shutil.copytree(SPEC, spec, ignore=shutil.ignore_patterns("__pycache__"))
    return spec


def cut(file: Path, pointer: Sequence[str | int]) -> None:
    """Remove the lines of a value and of its key."""
    source = read(file)
    lines = source.text.split("\n")
    begin = source.place(pointer).line - 1
    depth = _depth(lines[begin])
    end = next((n for n in range(begin + 1, len(lines)) if lines[n].strip() and _depth(lines[n]) <= depth), len(lines))
    file.write_text("\n".join(lines[:begin] + lines[end:]), encoding="utf-8")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def remove_operation(folder: Path, operation_id: str) -> None:
    """Remove an operation of an edition, and its path if it is the only one there."""
    for file in sorted(folder.glob("*.yaml")):
        for path, item in mapping(read(file).data.get("paths")).items():
            methods = [method for method in METHODS if method in item]
            if operation_id in [item[method].get("operationId") for method in methods]:
                method = next(each for each in methods if item[each]["operationId"] == operation_id)
                cut(file, ("paths", path, method) if methods[1:] else ("paths", path))
                if not methods[1:]:
                    cut(folder / TABLE_OF_CONTENTS, ("paths", path))
                return
    raise LookupError(operation_id)


def one_of_each_resource(edition: str) -> Iterator[Operation]:
    """Yield the last operation of each tag in each version: creating, changing or reading one."""
    found = {}
    for operation in load(edition).operations.values():
        version = operation.path.split("/")[2]
        found[operation.tag, version] = operation
    yield from found.values()
