"""Loads the hand-written documents of an edition into frozen values.

The documents are merged into one OpenAPI document (`Contract.document`), in which a component is named by
`#/components/...` and nothing refers to another file. `Operation` holds its schemas with every reference resolved.
Everything can be traced back to its file and line with `Contract.place`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lp_contract import (
    SPEC,
    json_references,
    merge_documents,
    merge_versions,
    publications,
    rules_and_problems,
    service_conventions,
)
from lp_contract.complete_assumed_cohorts import with_assumed
from lp_contract.contract_cache import kept
from lp_contract.contract_parts import Difference, Problem, Rule, Transition
from lp_contract.merge_documents import editions
from lp_contract.operation import Operation
from lp_contract.parse_extensions import Placer
from lp_contract.publications import Publication
from lp_contract.service_conventions import Conventions, is_json
from lp_contract.yaml_source import Complaint, ContractError, Place, Pointer, Source, mapping

BEARER = "bearer"
"""The `scheme` of tokens in the header Authorization."""


@dataclass(frozen=True, eq=False)
class Contract:
    """An edition of the contract."""

    edition: str
    """Its name, such as `register`; `register/sandbox` for the controls of that edition."""
    document: Mapping[str, Any]
    """One OpenAPI document, merged from all, with `x-rules` and `x-problems` as written."""
    operations: Mapping[str, Operation]
    rules: Mapping[str, Rule]
    problems: Mapping[str, Problem]
    conventions: Conventions
    publications: tuple[Publication, ...]
    """The documents in which the contract is published."""
    differences: tuple[Difference, ...]
    transitions: Mapping[str, tuple[Transition, ...]]
    """The transitions between the values of an enum, by `Schema.property`."""
    seeds: Mapping[str, Any]
    """The data of each seed file by its name without ending; seeds.schema holds their JSON schema.

    Cohorts that copy another are complete, and still have the word `like`.
    """
    sources: Mapping[str, Source] = dataclasses.field(repr=False)
    """Every file read, by its name in the edition's folder."""

    @property
    def of_edition(self) -> str:
        """The name of the edition alone, for the contract of its controls too."""
        return self.edition.partition("/")[0]

    @property
    def is_controls(self) -> bool:
        """Whether it is the contract of an edition's controls."""
        return self.edition.rpartition("/")[2] == merge_documents.CONTROLS

    def place(self, pointer: Pointer) -> Place:
        """Return the file and line of a value in the document, or of `("rules", name, ...)` and the like."""
        return merge_documents.place(self.sources, pointer)

    @property
    def first_request(self) -> Operation | None:
        """The operation to try first: the one that `x-first-request` names, or a list that needs no filter."""
        named = self.operations.get(self.document.get("x-first-request", ""))
        lists = (op for op in self.operations.values() if op.method == "GET" and "{" not in op.path)
        return named or next((op for op in lists if not op.needed_filters), None)


def load(edition: str, root: Path = SPEC) -> Contract:
    """Load an edition from the folder of its name under `root`. `register/sandbox` are the controls of `register`.

    Raises ContractError with every complaint that was found.
    """
    files = merge_documents.contract_files(edition, root)
    if not all(file.is_file() for file in files.values()):
        return _load(edition, root)
    folder = merge_documents.cache_folder(edition, root)
    contract = kept(folder, edition, files.values(), lambda: _load(edition, root))
    sources = {
        name: dataclasses.replace(contract.sources[name], file=merge_documents.shown(file))
        for name, file in files.items()
    }
    return dataclasses.replace(contract, sources=MappingProxyType(sources))


def _load(edition: str, root: Path) -> Contract:
    sources, unread = merge_documents.read_all(edition, root)
    _refuse(unread)
    _refuse(tuple(merge_documents.doubled_names(sources)))
    document, misplaced = merge_versions.merge(sources)
    _refuse(misplaced)
    rules = rules_and_problems.rules(sources)
    agreed = service_conventions.read(
        document.get(service_conventions.WORD, {}), partial(merge_documents.place, sources)
    )
    resolved = _resolve(sources, document)
    return Contract(
        edition=edition,
        document=MappingProxyType(document),
        operations=MappingProxyType(
            {operation.id: operation for operation in _operations(sources, resolved, rules, agreed)}
        ),
        rules=MappingProxyType(rules),
        problems=MappingProxyType(rules_and_problems.problems(sources, agreed)),
        conventions=agreed,
        publications=publications.read(document, partial(merge_documents.place, sources)),
        differences=tuple(
            Difference(**entry)
            for _, source in merge_documents.documents(sources)
            for entry in mapping(source.data).get("differences", ())
        ),
        transitions=MappingProxyType(dict(_transitions(document))),
        seeds=MappingProxyType(with_assumed(_seeds(sources))),
        sources=MappingProxyType(sources),
    )


def _seeds(sources: Mapping[str, Source]) -> dict[str, Any]:
    return {Path(name).stem: source.data for name, source in sources.items() if merge_documents.is_seed(name)}


def _refuse(complaints: tuple[Complaint, ...]) -> None:
    if complaints:
        raise ContractError(*complaints)


def _resolve(sources: Mapping[str, Source], document: dict[str, Any]) -> dict[str, Any]:
    try:
        return json_references.resolve(document)
    except json_references.UnresolvableReference as error:
        top = sources[merge_documents.TABLE_OF_CONTENTS].place()
        recursive = Complaint(top, "reference", str(error), "Break the circle.")
        raise ContractError(*(tuple(_dangling(sources, document)) or (recursive,))) from None


def _dangling(sources: Mapping[str, Source], document: Mapping[str, Any]) -> Iterator[Complaint]:
    for pointer, target in json_references.references(document):
        if not target.startswith("#/") or not json_references.holds(document, json_references.steps(target)):
            where = merge_documents.place(sources, pointer)
            yield Complaint(where, "reference", f"`{target}` leads nowhere.", "Name a component that exists.")


def _operations(
    sources: Mapping[str, Source], resolved: Mapping[str, Any], rules: Mapping[str, Rule], agreed: Conventions
) -> Iterator[Operation]:
    schemes = mapping(mapping(resolved.get("components")).get("securitySchemes"))
    tokens = {name for name, scheme in schemes.items() if mapping(scheme).get("scheme") == BEARER}
    for path, item in resolved["paths"].items():
        for method in merge_documents.METHODS:
            if method in item:
                operation = _operation(sources, rules, path, method, item)
                takes_token = any(required & tokens for required in _required_schemes(item[method], resolved))
                base = mapping(resolved["paths"].get(item.get(merge_versions.WORD))).get(method, {})
                yield dataclasses.replace(
                    operation,
                    conventions=agreed,
                    takes_token=takes_token,
                    is_public=item[method].get("security") == [],
                    version_of=base.get("operationId", ""),
                )


def _required_schemes(entry: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[set[str]]:
    """Yield the names of the security schemes in each alternative of an operation's `security`."""
    for requirement in entry.get("security", document.get("security", ())):
        yield set(mapping(requirement))


def _operation(
    sources: Mapping[str, Source], rules: Mapping[str, Rule], path: str, method: str, item: Mapping[str, Any]
) -> Operation:
    entry = item[method]
    unknown = [name for name in entry.get("x-rules", ()) if name not in rules]
    if unknown:
        pointer = ("paths", path, method, "x-rules", entry["x-rules"].index(unknown[0]))
        raise ContractError(
            Complaint(
                merge_documents.place(sources, pointer),
                "unknown-rule",
                f"There is no rule `{unknown[0]}`.",
                "Write it under `rules`, or mend its name.",
            )
        )
    content = mapping(mapping(entry.get("requestBody")).get("content"))
    media_type = next((name for name in content if is_json(name)), next(iter(content), "application/json"))
    body = mapping(content.get(media_type))
    return Operation(
        id=entry.get("operationId", f"{method} {path}"),
        method=method.upper(),
        path=path,
        tag=next(iter(entry.get("tags", ())), ""),
        summary=entry.get("summary", ""),
        description=entry.get("description", ""),
        parameters=(*item.get("parameters", ()), *entry.get("parameters", ())),
        request=body.get("schema"),
        request_example=body.get("example"),
        responses=MappingProxyType(entry.get("responses", {})),
        rules=tuple(rules[name] for name in entry.get("x-rules", ())),
        is_one_answer=bool(entry.get("x-one-answer")),
        also=further_methods(path, method, item, partial(merge_documents.place, sources)),
        also_at=further_paths(path, method, item, partial(merge_documents.place, sources)),
        request_media_type=media_type,
        body_title=mapping(entry.get("requestBody")).get("x-title", ""),
    )


def further_methods(path: str, method: str, item: Mapping[str, Any], place: Placer) -> tuple[str, ...]:
    """Read `x-also`, the further methods of an operation, in capitals.

    Raises ContractError for a method that is unknown, or has an operation of its own.
    """
    given = item[method].get("x-also", [])
    methods = [given] if isinstance(given, str) else given
    for each in methods if isinstance(methods, list) else [methods]:
        name = str(each).lower()
        if name not in merge_documents.METHODS or name in item:
            trouble = "has an operation of its own" if name in item else "is not a method"
            raise ContractError(
                Complaint(
                    place(("paths", path, method, "x-also")),
                    "convention",
                    f"`{each}` {trouble}.",
                    "Name methods that this path does not have.",
                )
            )
    return tuple(each.upper() for each in methods)


def further_paths(path: str, method: str, item: Mapping[str, Any], place: Placer) -> tuple[str, ...]:
    """Read `x-also-at`, the further paths of an operation. Raises ContractError for one with other parameters."""
    given = item[method].get("x-also-at", [])
    for each in given if isinstance(given, list) else [given]:
        if not isinstance(given, list) or not str(each).startswith("/") or _braces(str(each)) != _braces(path):
            raise ContractError(
                Complaint(
                    place(("paths", path, method, "x-also-at")),
                    "convention",
                    f"`{each}` is not in a list of paths with the parameters of `{path}`.",
                    "Write a list of paths with the same parameters.",
                )
            )
    return tuple(given)


def _braces(path: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", path))


def _transitions(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Transition, ...]]]:
    """Read `x-transitions`, which is beside the `enum` of a property."""
    for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
        for field, part in mapping(mapping(schema).get("properties")).items():
            steps = mapping(part).get("x-transitions", ())
            if steps:
                yield (
                    f"{name}.{field}",
                    tuple(Transition(step["from"], step["to"], step["by"], step["when"]) for step in steps),
                )


__all__ = ["Contract", "Difference", "Operation", "Problem", "Rule", "Transition", "editions", "load"]
