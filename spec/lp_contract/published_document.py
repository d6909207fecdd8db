"""The contract as it is published: OpenAPI documents with an example of every answer and every error.

An edition publishes one document, or one for each version of its API (`x-published`).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

import yaml

from lp_contract import merge_versions, publications, service_conventions
from lp_contract.composed_examples import example_of
from lp_contract.contract import Contract, Operation
from lp_contract.contract_parts import TEXT, UNPROCESSABLE, Problem
from lp_contract.extract_inline_schemas import with_names
from lp_contract.flat_document import flattened, used_components
from lp_contract.json_references import references
from lp_contract.merge_documents import METHODS
from lp_contract.publications import Publication
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import mapping

_FIRST = ("operationId", "tags", "summary", "description", "parameters")
"""The order of words that a reader of an operation expects."""
_WITHHELD = (
    service_conventions.WORD,
    publications.WORD,
    "x-also",
    "x-also-at",
    "x-ending",
    "x-exclusive",
    "x-first-request",
    "x-largest",
    "x-list",
    "x-titles",
    merge_versions.WORD,
)
"""The words that only the sandbox reads."""


def published(contract: Contract, publication: Publication | None = None) -> dict[str, Any]:
    """Return a document that clients read: the first of the contract unless another is given.

    Raises NameTaken where two of its schemas would have one name.
    """
    chosen = publication or contract.publications[0]
    document: dict[str, Any] = _without_withheld(dict(contract.document))
    document["paths"] = {path: item for path, item in document["paths"].items() if chosen.holds(path)}
    document["info"] = {**document["info"], **chosen.info}
    by_place = {(op.path, op.method.lower()): op for op in contract.operations.values()}
    shown: list[Operation] = []
    for path, item in document["paths"].items():
        shared = item.pop("parameters", [])
        for method in METHODS:
            if method in item:
                shown.append(by_place[path, method])
                item[method] = _with_parameters(item[method], shared)
                _show_parameters(item[method], shown[-1])
                _show_examples(document, item[method], shown[-1])
    _show_problems(contract, document)
    _drop_unused_responses(document)
    if len(contract.publications) > 1:
        _drop_other_versions(document)
    _say_where(document, usual_address(contract))
    document["components"]["schemas"] = with_names(document["components"].get("schemas", {}))
    rules = {rule.name for op in shown for rule in op.rules}
    document["x-business-rules"] = {name: _rule(contract, name) for name in contract.rules if name in rules}
    return document


def _without_withheld(value: Any) -> Any:
    """Copy a document without the words that only the sandbox reads."""
    if isinstance(value, dict):
        return {key: _without_withheld(item) for key, item in value.items() if key not in _WITHHELD}
    return [_without_withheld(item) for item in value] if isinstance(value, list) else value


def _drop_other_versions(document: dict[str, Any]) -> None:
    """Drop the tags and components that no path of this document uses, directly or through others."""
    tags = {tag for item in document["paths"].values() for entry in item.values() for tag in entry.get("tags", ())}
    if "tags" in document:
        document["tags"] = [tag for tag in document["tags"] if tag["name"] in tags]
    document["components"] = used_components(document)


def usual_address(contract: Contract) -> str:
    """Return the default address of a sandbox."""
    server = contract.document["servers"][0]
    address: str = server["url"].format_map({name: each["default"] for name, each in server["variables"].items()})
    return address


def _say_where(document: dict[str, Any], address: str) -> None:
    """Replace variables in addresses: client generators need whole URLs."""
    document["servers"] = [{"url": address, "description": document["servers"][0]["description"]}]
    contact = document["info"].get("contact", {})
    if "url" in contact:
        contact["url"] = urljoin(address, contact["url"])


def _with_parameters(entry: dict[str, Any], shared: Sequence[Any]) -> dict[str, Any]:
    """Copy the parameters of a path into an operation: Swagger UI does not resolve references in those of a path."""
    own = entry.get("parameters", [])
    words = {**entry, "parameters": [*shared, *own]} if shared or own else entry
    return {key: words[key] for key in dict.fromkeys([*_FIRST, *words]) if key in words}


def _show_parameters(entry: Mapping[str, Any], op: Operation) -> None:
    """Add an example to each parameter with several keys, composed from them: some clients read no nested examples."""
    for shown, resolved in zip(entry.get("parameters", ()), op.parameters, strict=True):
        if shown.get("style") == "deepObject":
            shown.setdefault("example", example_of(resolved["schema"]))


def _show_examples(document: Mapping[str, Any], entry: dict[str, Any], op: Operation) -> None:
    success = _own_response(document, entry, op.success) if op.success in entry["responses"] else {}
    for media_type, answer in success.get("content", {}).items():
        if "schema" in answer:
            answer["example"] = op.example_in(media_type)
    if op.breakable_rules and str(UNPROCESSABLE) in entry["responses"]:
        refusal = _own_response(document, entry, str(UNPROCESSABLE))
        examples = {rule.name: {"summary": rule.when, "value": op.refusal(rule)} for rule in op.breakable_rules}
        for content in (content for kind, content in refusal["content"].items() if is_json(kind)):
            content.setdefault("examples", {}).update(examples)


def _own_response(document: Mapping[str, Any], entry: dict[str, Any], status: str) -> dict[str, Any]:
    """Copy a shared response into an operation."""
    response: dict[str, Any] = entry["responses"][status]
    if "$ref" in response:
        name = response["$ref"].rpartition("/")[2]
        response = entry["responses"][status] = copy.deepcopy(document["components"]["responses"][name])
    return response


def _show_problems(contract: Contract, value: Any) -> None:
    """Replace every `x-problems` by the examples of those problems."""
    if isinstance(value, dict):
        contents = value.get("content", {})
        for kind, content in mapping(contents).items():
            for name in content.pop("x-problems", ()) if isinstance(content, dict) else ():
                _show_problem(contract.problems[name], kind, content)
        for name in value.pop("x-problems", ()):
            for kind, content in _content_of(contract.problems[name], contents).items():
                _show_problem(contract.problems[name], kind, content)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _show_problems(contract, part)


def _show_problem(problem: Problem, kind: str, content: dict[str, Any]) -> None:
    """Add the example of a problem to an answer in a media type, as text if the media type is not JSON."""
    if kind == TEXT:
        content["schema"] = _any_text(content["schema"])
    body = problem.body
    if not is_json(kind) and not isinstance(body, str):
        body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    content.setdefault("examples", {})[problem.name] = {"summary": problem.summary, "value": body}


def _content_of(problem: Problem, content: Mapping[str, dict[str, Any]]) -> Mapping[str, dict[str, Any]]:
    """Return the media types of an answer that can have a problem: its own, or all if its own is not listed."""
    if problem.empty:
        return {}
    own = problem.media_type.partition(";")[0]
    return {own: content[own]} if own in content else content


def _any_text(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Remove the `const` of a text: orval writes one with a line break as broken TypeScript. The example has it."""
    return {word: value for word, value in schema.items() if word != "const"}


def _drop_unused_responses(document: dict[str, Any]) -> None:
    used = {target.rpartition("/")[2] for _, target in references(document) if "/responses/" in target}
    responses = document["components"]["responses"]
    document["components"]["responses"] = {name: value for name, value in responses.items() if name in used}


def _rule(contract: Contract, name: str) -> dict[str, Any]:
    rule = contract.rules[name]
    shown: dict[str, Any] = {"field": rule.field, "detail": rule.detail, "when": rule.when}
    shown |= {"unreachable": rule.unreachable} if rule.unreachable else {"broken_by": dict(rule.broken_by)}
    return shown | ({"at": rule.at} if rule.at else {}) | ({"shows": dict(rule.shows)} if rule.shows else {})


class _Dumper(yaml.CSafeDumper):
    """Writes YAML without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out."""
        return True


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def to_json(document: Mapping[str, Any]) -> str:
    """Write a document as JSON."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def to_yaml(document: Mapping[str, Any]) -> str:
    """Write a document so that readers of YAML 1.1 and 1.2 read the same."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def files(contract: Contract) -> dict[str, bytes]:
    """Return the published files of a contract by their paths. Those that are written alike are the same object."""
    found: dict[str, bytes] = {}
    for publication in contract.publications:
        document = published(contract, publication)
        writers = {name: to_json if is_json(kind) else to_yaml for name, kind in publication.files.items()}
        written = {write: write(document).encode() for write in set(writers.values())}
        found |= {f"{publication.folder}{name}": written[write] for name, write in writers.items()}
        found |= {path: to_yaml(flattened(document)).encode() for path in publication.flat_files}
    return found


def content_types(contract: Contract) -> dict[str, str]:
    """Return the Content-Type of every published file by its path."""
    return {path: kind for each in contract.publications for path, kind in each.content_types.items()}
