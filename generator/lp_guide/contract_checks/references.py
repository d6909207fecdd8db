"""Checks that everything that is referred to exists, and that nothing is unused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from lp_contract import json_references, merge_documents
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import MAPPINGS, mapping
from lp_guide.contract_checks.examples import composed
from lp_guide.contract_checks.unchecked_contract import (
    Draft,
    Endpoint,
    Finding,
    Way,
    found_in,
    look_up,
    meant,
    names,
    sequence,
)

COMPONENT = 3
"""The number of steps in the way to a component: `components`, its kind, its name."""
BODY = "$response.body#"
UNDECLARED = ("Authorization", "Host", "Origin")
"""Headers that every operation accepts, and none declares."""


def reference(draft: Draft) -> Iterator[Finding]:
    """Every `$ref` refers to a component in the file that it names."""
    unread = {complaint.place.file.name for complaint in draft.unread}
    for name, source in merge_documents.documents(draft.sources):
        for way, target in (*found_in(source, _targets), *found_in(source, _untargeted)):
            file = merge_documents.document_of(target, name)
            listed = name == merge_documents.TABLE_OF_CONTENTS and way[0] == "paths" and len(way) == COMPONENT
            if not listed and PurePosixPath(file).name not in unread and not _lands(draft, file, target):
                yield Finding(source.place(way), f"`{target}` is an unresolved reference.", _remedy(draft, target))


def _targets(value: Any) -> Iterator[tuple[Way, str]]:
    """Yield every reference: each `$ref`, and those in the mapping of a discriminator."""
    yield from json_references.references(value)
    for way_to_kind, kinds in _discriminators(value, ()):
        for name, target in kinds.items():
            if isinstance(target, str) and "#/" in target:
                yield (*way_to_kind, name), target


def _discriminators(value: Any, way: Way) -> Iterator[tuple[Way, Mapping[str, Any]]]:
    if isinstance(value, MAPPINGS):
        if isinstance(value.get("propertyName"), str):
            yield (*way, "mapping"), mapping(value.get("mapping"))
        for key, item in value.items():
            yield from _discriminators(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _discriminators(item, (*way, index))


def _untargeted(value: Any, way: Way = ()) -> Iterator[tuple[Way, str]]:
    """Yield every `$ref` that is not text."""
    if isinstance(value, MAPPINGS):
        for key, item in value.items():
            if key == "$ref" and not isinstance(item, str):
                yield (*way, key), str(item)
            yield from _untargeted(item, (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _untargeted(item, (*way, index))


def _lands(draft: Draft, file: str, target: str) -> bool:
    steps = json_references.steps(target)
    is_component = steps[:1] == ("components",) and len(steps) >= COMPONENT
    return is_component and file in draft.sources and look_up(draft.sources[file].data, steps) is not None


def _remedy(draft: Draft, target: str) -> str:
    steps = json_references.steps(target)
    home = next(
        (name for name, s in merge_documents.documents(draft.sources) if steps and look_up(s.data, steps)), None
    )
    if home:
        return f"It is in {home}."
    kind = look_up(draft.document, steps[:2]) if len(steps) == COMPONENT else None
    return meant(steps[-1], kind) if isinstance(kind, MAPPINGS) else "Name a component that exists."


def reference_sibling(draft: Draft) -> Iterator[Finding]:
    """Every `$ref` is alone: many tools drop its siblings."""
    for _, source in merge_documents.documents(draft.sources):
        for way, _ in found_in(source, json_references.references):
            beside = [key for key in look_up(source.data, way[:-1]) if key != "$ref"]
            for key in beside:
                yield Finding(
                    source.place((*way[:-1], key)),
                    f"`{key}` is next to a `$ref`, where many tools ignore it.",
                    "Move it into the component, or write the component here in full.",
                )


def circular_reference(draft: Draft) -> Iterator[Finding]:
    """No reference is circular."""
    done: set[Way] = set()
    for _, target in json_references.references(draft.document):
        yield from _circles(draft, json_references.steps(target), (), done)


def _circles(draft: Draft, at: Way, above: tuple[Way, ...], done: set[Way]) -> Iterator[Finding]:
    if at in done:
        return
    done.add(at)
    for way, target in json_references.references(look_up(draft.document, at), at):
        steps = json_references.steps(target)
        if steps in (*above, at):
            circle = " to ".join("/".join(map(str, way[1:])) for way in (*above, at, steps))
            yield Finding(draft.place(way), f"The reference is circular: {circle}.", "Remove one of the references.")
        else:
            yield from _circles(draft, steps, (*above, at), done)


def unused_component(draft: Draft) -> Iterator[Finding]:
    """Something refers to every component; a requirement names every security scheme."""
    used = {way[1:COMPONENT] for way in _used(draft)}
    for kind, components in mapping(draft.document.get("components")).items():
        for name in mapping(components):
            if (kind, name) not in used:
                way = ("components", kind, name)
                yield Finding(draft.place(way), f"Nothing refers to {kind}/{name}.", "Use it or remove it.")


def _used(draft: Draft) -> Iterator[Way]:
    for _, source in merge_documents.documents(draft.sources):
        yield from (json_references.steps(target) for _, target in found_in(source, _targets))
    yield from (("components", "securitySchemes", scheme) for _, scheme in _schemes(draft))


def unknown_security_scheme(draft: Draft) -> Iterator[Finding]:
    """Every security requirement names a scheme."""
    known = mapping(mapping(draft.document.get("components")).get("securitySchemes"))
    for way, scheme in _schemes(draft):
        if scheme not in known:
            yield Finding(draft.place(way), f"There is no security scheme `{scheme}`.", meant(scheme, known))


def _schemes(draft: Draft) -> Iterator[tuple[Way, str]]:
    holders = [((), draft.document), *((endpoint.way, endpoint.entry) for endpoint in draft.endpoints)]
    for way, holder in holders:
        for index, requirement in enumerate(sequence(holder.get("security"))):
            yield from (((*way, "security", index, scheme), scheme) for scheme in mapping(requirement))


def unknown_tag(draft: Draft) -> Iterator[Finding]:
    """Every operation has exactly one tag, which is declared."""
    known = _declared_tags(draft)
    for endpoint in draft.endpoints:
        tags = names(sequence(endpoint.entry.get("tags")))
        if len(tags) != 1:
            place = draft.place((*endpoint.way, "tags"))
            yield Finding(place, f"{endpoint.id} has {len(tags)} tags.", "Give it the tag of its page.")
        for index, tag in enumerate(tags):
            if tag not in known:
                place = draft.place((*endpoint.way, "tags", index))
                yield Finding(place, f"There is no tag `{tag}`.", meant(tag, known))


def unused_tag(draft: Draft) -> Iterator[Finding]:
    """Every declared tag has an operation, and is declared once."""
    used = {tag for endpoint in draft.endpoints for tag in names(sequence(endpoint.entry.get("tags")))}
    declared = _declared_tags(draft)
    for index, tag in enumerate(declared):
        if tag not in used:
            yield Finding(draft.place(("tags", index)), f"No operation has the tag `{tag}`.", "Remove it.")
        elif tag in declared[:index]:
            yield Finding(draft.place(("tags", index)), f"The tag `{tag}` is declared twice.", "Remove one.")


def _declared_tags(draft: Draft) -> list[str]:
    return [str(mapping(tag).get("name")) for tag in sequence(draft.document.get("tags"))]


def unknown_operation(draft: Draft) -> Iterator[Finding]:
    """Every link, and every request of `broken_by`, names an operation."""
    known = _operations(draft)
    for way, name in [*_linked(draft), *_shown(draft)]:
        if str(name) not in known:
            yield Finding(draft.place(way), f"There is no operation `{name}`.", meant(name, known))


def _operations(draft: Draft) -> dict[str, Endpoint]:
    return {endpoint.id: endpoint for endpoint in draft.endpoints}


def _linked(draft: Draft) -> Iterator[tuple[Way, Any]]:
    for way, link, _ in _links(draft):
        if "operationId" in link:
            yield (*way, "operationId"), link["operationId"]
        elif "operationRef" in link:
            yield (*way, "operationRef"), link["operationRef"]


def _shown(draft: Draft) -> Iterator[tuple[Way, Any]]:
    for name, problem in draft.section("problems").items():
        if "broken_by" in problem:
            yield ("problems", name, "broken_by", "operation"), mapping(problem["broken_by"]).get("operation")


def unknown_header(draft: Draft) -> Iterator[Finding]:
    """Every header in `broken_by` is accepted by its operation."""
    known = _operations(draft)
    for name, problem in draft.section("problems").items():
        shown = mapping(mapping(problem).get("broken_by"))
        endpoint = known.get(str(shown.get("operation")))
        taken = [*UNDECLARED, *_headers(draft, endpoint)] if endpoint else []
        for header in mapping(shown.get("headers")) if endpoint else ():
            if header not in taken:
                message = f"`{endpoint.id if endpoint else ''}` does not accept a header `{header}`."
                yield Finding(
                    draft.place(("problems", name, "broken_by", "headers", header)), message, meant(header, taken)
                )


def _headers(draft: Draft, endpoint: Endpoint) -> list[str]:
    declared = (mapping(draft.follow(way)[1]) for way, _ in endpoint.parameters())
    return [str(each.get("name")) for each in declared if each.get("in") not in ("path", "query")]


def _links(draft: Draft) -> Iterator[tuple[Way, Mapping[str, Any], Way]]:
    """Yield (way, link, way to its response) of every link."""
    for endpoint in draft.endpoints:
        for _, at, response in draft.responses(endpoint):
            for name in mapping(response.get("links")):
                way, link = draft.follow((*at, "links", name))
                yield way, mapping(link), at


def link_parameter(draft: Draft) -> Iterator[Finding]:
    """Every parameter that a link fills in is a parameter of the link's operation."""
    operations = _operations(draft)
    for way, link, _ in _links(draft):
        endpoint = operations.get(str(link.get("operationId")))
        known = _parameter_names(draft, endpoint) if endpoint else []
        for name in mapping(link.get("parameters")) if endpoint else ():
            if name.rpartition(".")[2] not in known:
                place = draft.place((*way, "parameters", name))
                yield Finding(place, f"{link['operationId']} has no parameter `{name}`.", meant(name, known))


def _parameter_names(draft: Draft, endpoint: Endpoint) -> list[str]:
    declared = names(mapping(draft.follow(way)[1]).get("name") for way, _ in endpoint.parameters())
    return [*declared, *endpoint.braces]


def link_expression(draft: Draft) -> Iterator[Finding]:
    """Every value that a link takes from an answer is in the answer's example."""
    links = tuple(_links(draft))
    answers = {at: _example(draft, at) for at in {at for _, _, at in links}}
    for way, link, at in links:
        answer = answers[at]
        for to, expression in _expressions(link):
            is_read = answer is not None and expression.startswith(BODY)
            if is_read and not _finds(answer, json_references.steps(expression)):
                yield Finding(
                    draft.place((*way, *to)),
                    f"`{expression}` finds nothing in the example of the answer.",
                    "Correct the path, or the example.",
                )


def _expressions(link: Mapping[str, Any]) -> Iterator[tuple[Way, str]]:
    """Yield (way, text) of every text that a link fills in."""
    for name in ("parameters", "requestBody"):
        yield from _texts(link.get(name), (name,))


def _texts(value: Any, way: Way) -> Iterator[tuple[Way, str]]:
    if isinstance(value, str):
        yield way, value
    for name, part in mapping(value).items():
        yield from _texts(part, (*way, name))


def _example(draft: Draft, way: Way) -> Any:
    """Return the example of the JSON of an answer, written or composed, or None."""
    content = mapping(look_up(draft.resolved, (*way, "content")))
    media = mapping(next((each for name, each in content.items() if is_json(name)), None))
    return media["example"] if "example" in media else composed(media.get("schema"))


def _finds(value: Any, way: Sequence[str]) -> bool:
    around = look_up(value, way[:-1])
    if isinstance(around, list):
        return way[-1].isdecimal() and int(way[-1]) < len(around)
    return not way or way[-1] in mapping(around)
