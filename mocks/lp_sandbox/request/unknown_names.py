"""Finds names in a request that its operation does not take.

The service ignores these names. The sandbox does so too, and names them in a header of the answer.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

from lp_contract.contract import Contract, Operation, Problem
from lp_contract.operation import alternatives
from lp_contract.service_conventions import BodyConvention, Conventions
from lp_contract.yaml_source import mapping
from lp_sandbox.request import query
from lp_sandbox.request.call import decoded
from lp_sandbox.request.media_types import bare
from lp_sandbox.request.once_per_operation import once_per_operation
from lp_sandbox.request.refusals import Refusal, refusal
from lp_sandbox.request.request_and_answer import Request

HEADER = b"sandbox-note"
ProblemName = Literal["names_are_known"]
"""The problem of a request with unknown names in a strict sandbox. The controls' contract names it."""
MOST_NOTES, MOST_LISTED = 5, 10
"""How many notes an answer has, and how many known names a note lists."""
LONGEST_NAME = 60
Tree = Mapping[str, Any]
"""The names of fields, each with the tree of the fields in it; the tree is empty for a value that can be anything."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What the requests to an operation can name."""

    parameters: Mapping[str, frozenset[str]]
    """The parameters of the query, each with its keys, such as the keys of `filter[...]`."""
    sortable: frozenset[str]
    fields: Tree
    """The fields of the body; empty where the body is not looked at."""
    body: BodyConvention

    @classmethod
    def of(cls, operation: Operation, *, ignores_fields: bool = True) -> KnownNames:
        """Derive them from an operation. Some operations refuse unknown fields, and do not ignore them."""
        parameters = {
            parameter["name"]: frozenset(mapping(parameter["schema"].get("properties")))
            for parameter in operation.parameters
            if parameter["in"] == "query"
        }
        fields = _fields(operation) if ignores_fields else {}
        return cls(parameters, operation.sortable, fields, operation.conventions.body)

    def notes(self, request: Request) -> str:
        """Return a sentence for each name of a request that is ignored; empty where there is none."""
        given = query.parameters(request.query) if request.query else {}
        of_parameters = () if self._has_all(given) else self._of_parameters(given)
        of_body = self._of_body(request, request.body) if request.body and self.fields else ()
        return " ".join(islice(chain(of_parameters, of_body), MOST_NOTES))

    def _has_all(self, given: Mapping[str, Any]) -> bool:
        """Whether it is plain that all parameters are known: it takes a small part of the time to say which are not."""
        for name, value in given.items():
            keys = self.parameters.get(name)
            if keys is None or (isinstance(value, dict) and not value.keys() <= keys):
                return False
        return "sort" not in given

    def _of_parameters(self, given: Mapping[str, Any]) -> Iterator[str]:
        for name, value in given.items():
            keys = self.parameters.get(name)
            if isinstance(value, dict):
                unknown = [f"{name}[{key}]" for key in value if keys is None or key not in keys]
                yield from (_note("parameter", each, self._parameter_names, [*_named(name, keys)]) for each in unknown)
            elif keys is None:
                yield _note("parameter", name, self._parameter_names)
        if self.sortable and isinstance(given.get("sort"), str):
            columns = [part.strip().lstrip("-+") for part in given["sort"].split(",")]
            unknown = [column for column in columns if column not in self.sortable]
            yield from (_note("field to sort by", column, sorted(self.sortable)) for column in unknown)

    @property
    def _parameter_names(self) -> Collection[str]:
        return [each for name, keys in self.parameters.items() for each in _named(name, keys)]

    def _of_body(self, request: Request, body: bytes) -> Iterator[str]:
        try:
            given = decoded(body, bare(request.header(b"content-type")), self.body)
        except (ValueError, RecursionError):
            return
        if not (isinstance(given, dict) and _has_all_fields(self.fields, given)):
            yield from self._of_fields(given, self.fields, "")

    def _of_fields(self, given: Any, known: Tree, within: str) -> Iterator[str]:
        if not isinstance(given, dict) or not known:
            return
        for name, value in given.items():
            if name in known:
                yield from self._of_fields(value, known[name], f"{within}{name}.")
            else:
                yield _note("field", f"{within}{name}", [*_paths(self.fields)], [f"{within}{each}" for each in known])


def _has_all_fields(known: Tree, given: Mapping[str, Any]) -> bool:
    """Whether all fields are known: it takes a small part of the time to say which are not."""
    for name, value in given.items():
        inner = known.get(name)
        if inner is None or (inner and isinstance(value, dict) and not _has_all_fields(inner, value)):
            return False
    return True


@once_per_operation
def _fields(operation: Operation) -> Tree:
    return _tree(operation.request or {})


def _tree(schema: Mapping[str, Any]) -> Tree:
    """Return the tree of the fields in a schema, including the fields of every alternative."""
    tree: dict[str, dict[str, Any]] = {}
    for alternative in alternatives(schema):
        for name, part in mapping(alternative.get("properties")).items():
            tree.setdefault(name, {}).update(_tree(part))
    return tree


def _paths(tree: Tree, within: str = "") -> Iterator[str]:
    for name, inner in tree.items():
        yield f"{within}{name}"
        yield from _paths(inner, f"{within}{name}.")


def _named(name: str, keys: Collection[str] | None) -> Iterator[str]:
    """Yield a parameter as clients write it: once for each of its keys, if it has any."""
    if keys is not None:
        yield from (f"{name}[{key}]" for key in sorted(keys)) if keys else (name,)


def _note(kind: str, name: str, known: Collection[str], beside: Collection[str] = ()) -> str:
    """Return a note on an ignored name, with a suggestion or the names that are known next to it (`beside`)."""
    by_end = {_end(each): each for each in known}
    similar = difflib.get_close_matches(_end(name), by_end, n=1)
    quoted = _plain(name[:LONGEST_NAME])[:LONGEST_NAME]
    if similar:
        return f"`{quoted}` is not a {kind}; did you mean `{by_end[similar[0]]}`?"
    listed = ", ".join(f"`{each}`" for each in sorted(beside or known)[:MOST_LISTED])
    return f"`{quoted}` is not a {kind}. " + (f"Known: {listed}." if listed else "There are none.")


def _end(name: str) -> str:
    """Return the last part of a name: `cohort` of `filter[cohort]` and of `data.attributes.cohort`."""
    return name[-LONGEST_NAME:].rstrip("]").replace("[", ".").rpartition(".")[2]


def _plain(name: str) -> str:
    """Return a name in the characters that a header can hold."""
    return name.encode("unicode_escape").decode().replace("`", "'")


def strict_problem(controls: Contract, conventions: Conventions) -> Problem:
    """Return the problem of a request with unknown names, in the shape of errors of an edition."""
    name: ProblemName = "names_are_known"
    return dataclasses.replace(controls.problems[name], conventions=conventions)


def refusal_naming(problem: Problem, notes: str) -> Refusal:
    """Make the refusal of a request with unknown names."""
    return refusal(dataclasses.replace(problem, shows={"notes": notes}))


def noted(headers: Sequence[tuple[bytes, bytes]], notes: str) -> Sequence[tuple[bytes, bytes]]:
    """Return the headers of an answer, with the header for notes if there are any."""
    return (*headers, (HEADER, notes.encode())) if notes else headers
