"""Loads the hand-written documents of an edition into frozen values.

The documents are merged into one OpenAPI document (`Contract.document`), in which a component is named by
`#/components/...` and nothing refers to another file. `Operation` holds its schemas with every reference resolved.
Everything can be traced back to its file and line with `Contract.place`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
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
    parse_extensions,
    parse_operations,
    publications,
    rules_and_problems,
    service_conventions,
)
from lp_contract.complete_assumed_cohorts import with_assumed
from lp_contract.contract_cache import kept
from lp_contract.contract_parts import Difference, Problem, Rule, Transition
from lp_contract.faulty_parts import LEFT_OUT, REFUSED, FaultyParts
from lp_contract.merge_documents import editions
from lp_contract.operation import Operation
from lp_contract.parse_extensions import Placer
from lp_contract.publications import Publication
from lp_contract.service_conventions import Conventions
from lp_contract.yaml_source import Complaint, ContractError, Place, Pointer, Source, mapping

Loader = Callable[[str, Path], "Contract"]
"""Loads a contract, given its name and the folder of the editions."""
STEP = ("from", "to", "by", "when")
"""The words of a transition, in the order of the values of `Transition`."""


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

    def rules_of(self, operation_id: str) -> tuple[Rule, ...]:
        """Return the rules of an operation; none if a draft of the contract does not have the operation."""
        return self.operations[operation_id].rules if operation_id in self.operations else ()

    def values_of(self, operation_id: str, field: str) -> tuple[Any, ...]:
        """Return the values that a field of a body can have; none if a draft of the contract does not list them."""
        operation = self.operations.get(operation_id)
        return tuple(mapping(operation.attributes.get(field)).get("enum", ())) if operation else ()

    @property
    def first_request(self) -> Operation | None:
        """The operation to try first: the one that `x-first-request` names, or a list that needs no filter."""
        named = self.operations.get(self.document.get("x-first-request", ""))
        lists = (op for op in self.operations.values() if op.method == "GET" and "{" not in op.path)
        return named or next((op for op in lists if not op.needed_filters), None)


def load(edition: str, root: Path = SPEC) -> Contract:
    """Load an edition from the folder of its name under `root`. `register/sandbox` are the controls of `register`.

    Raises ContractError with the complaints about the first thing that is wrong.
    """
    files = merge_documents.contract_files(edition, root)
    if not all(file.is_file() for file in files.values()):
        return _load(edition, root, REFUSED)
    folder = merge_documents.cache_folder(edition, root)
    contract = kept(folder, edition, files.values(), lambda: _load(edition, root, REFUSED))
    sources = {
        name: dataclasses.replace(contract.sources[name], file=merge_documents.shown(file))
        for name, file in files.items()
    }
    return dataclasses.replace(contract, sources=MappingProxyType(sources))


def load_sound_parts(edition: str, root: Path = SPEC) -> Contract:
    """Load an edition without the parts that have a fault, so that pages show the effects of a half-finished change.

    Raises ContractError for a file that cannot be read: nothing is known about its content.
    """
    try:
        return load(edition, root)
    except ContractError:
        return _load(edition, root, LEFT_OUT)


def _load(edition: str, root: Path, faulty_parts: FaultyParts) -> Contract:
    sources, unread = merge_documents.read_all(edition, root)
    REFUSED.refuse(unread)
    faulty_parts.refuse(merge_documents.doubled_names(sources))
    document, misplaced = merge_versions.merge(sources)
    faulty_parts.refuse(misplaced)
    document = rules_and_problems.with_known_problems(sources, document, faulty_parts)
    document, resolved = _resolved(sources, document, faulty_parts)
    document, resolved = parse_operations.with_sound_parameters(sources, document, resolved, faulty_parts)
    place = partial(merge_documents.place, sources)
    rules = rules_and_problems.rules(sources, faulty_parts)
    conventions = document.get(service_conventions.WORD, {})
    agreed = faulty_parts.value(
        lambda: service_conventions.read(conventions, place), otherwise=service_conventions.DEFAULTS
    )
    operations = {each.id: each for each in parse_operations.operations(sources, resolved, rules, agreed, faulty_parts)}
    return Contract(
        edition=edition,
        document=MappingProxyType(document),
        operations=MappingProxyType(operations),
        rules=MappingProxyType(rules),
        problems=MappingProxyType(rules_and_problems.problems(sources, operations, agreed, faulty_parts)),
        conventions=agreed,
        publications=faulty_parts.value(
            lambda: publications.read(document, place), otherwise=publications.usual(document)
        ),
        differences=tuple(_differences(sources, faulty_parts)),
        transitions=MappingProxyType(dict(_transitions(document, place, faulty_parts))),
        seeds=MappingProxyType(with_assumed(_seeds(sources))),
        sources=MappingProxyType(sources),
    )


def _resolved(
    sources: Mapping[str, Source], document: dict[str, Any], faulty_parts: FaultyParts
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the document, and the document with its references resolved."""
    try:
        return document, json_references.resolve(document)
    except json_references.UnresolvableReference as error:
        top = sources[merge_documents.TABLE_OF_CONTENTS].place()
        circular = Complaint(top, "reference", str(error), "Remove one of its references.")
        faulty_parts.refuse(tuple(_unresolved(sources, document)) or (circular,))
    return json_references.resolve_sound(document)


def _unresolved(sources: Mapping[str, Source], document: Mapping[str, Any]) -> Iterator[Complaint]:
    for pointer, target in json_references.unresolved(document):
        where = merge_documents.place(sources, pointer)
        yield Complaint(where, "reference", f"`{target}` is an unresolved reference.", "Name a component that exists.")


def _differences(sources: Mapping[str, Source], faulty_parts: FaultyParts) -> Iterator[Difference]:
    for _, source in merge_documents.documents(sources):
        for index, entry in enumerate(mapping(source.data).get("differences", ())):
            read = partial(parse_extensions.read, Difference, entry, ("differences", index), source.place)
            difference = faulty_parts.value(read, None)
            if difference:
                yield difference


def _seeds(sources: Mapping[str, Source]) -> dict[str, Any]:
    return {Path(name).stem: source.data for name, source in sources.items() if merge_documents.is_seed(name)}


def _transitions(
    document: Mapping[str, Any], place: Placer, faulty_parts: FaultyParts
) -> Iterator[tuple[str, tuple[Transition, ...]]]:
    """Read `x-transitions`, which is beside the `enum` of a property."""
    for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
        for field, part in mapping(mapping(schema).get("properties")).items():
            way = ("components", "schemas", name, "properties", field, "x-transitions")
            steps = enumerate(mapping(part).get("x-transitions", ()))
            read = [faulty_parts.value(partial(_transition, step, (*way, index), place), None) for index, step in steps]
            if any(read):
                yield f"{name}.{field}", tuple(filter(None, read))


def _transition(step: Mapping[str, str], way: tuple[str | int, ...], place: Placer) -> Transition:
    """Read a step between states. Raises ContractError if it lacks a word."""
    lacking = [word for word in STEP if word not in mapping(step)]
    if lacking:
        message = f"The transition does not have the word `{lacking[0]}`."
        raise ContractError(Complaint(place(way), "transition", message, "Add it."))
    return Transition(*(step[word] for word in STEP))


__all__ = ["Contract", "Difference", "Operation", "Problem", "Rule", "Transition", "editions", "load"]
