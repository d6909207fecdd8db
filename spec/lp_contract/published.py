"""The contract as it is published: one OpenAPI document with an example of every answer and every error."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

import yaml

from lp_contract.contract import Contract, Operation
from lp_contract.example import example_of
from lp_contract.merging import METHODS, references
from lp_contract.naming import with_names

UNPROCESSABLE = "422"
TEXT = "text/plain"
_FIRST = ("operationId", "tags", "summary", "description", "parameters")
"""The order of words that a reader of an operation expects."""


def published(contract: Contract) -> dict[str, Any]:
    """Return the document that clients read. Raises NameTaken where two of its schemas would have one name."""
    document: dict[str, Any] = copy.deepcopy(dict(contract.document))
    by_place = {(op.path, op.method.lower()): op for op in contract.operations.values()}
    for path, item in document["paths"].items():
        shared = item.pop("parameters", [])
        for method in METHODS:
            if method in item:
                item[method] = _with_parameters(item[method], shared)
                _show_parameters(item[method], by_place[path, method])
                _show_examples(document, item[method], by_place[path, method])
    _show_problems(contract, document)
    _drop_unused_responses(document)
    _say_where(document, usual_address(contract))
    document["components"]["schemas"] = with_names(document["components"]["schemas"])
    document["x-business-rules"] = {name: _rule(contract, name) for name in contract.rules}
    return document


def usual_address(contract: Contract) -> str:
    """Return the address at which a sandbox is unless it was started elsewhere."""
    server = contract.document["servers"][0]
    address: str = server["url"].format_map({name: each["default"] for name, each in server["variables"].items()})
    return address


def _say_where(document: dict[str, Any], address: str) -> None:
    """Write addresses out: client generators take no variables, and no address without a host."""
    document["servers"] = [{"url": address, "description": document["servers"][0]["description"]}]
    contact = document["info"].get("contact", {})
    if "url" in contact:
        contact["url"] = urljoin(address, contact["url"])


def _with_parameters(entry: dict[str, Any], shared: Sequence[Any]) -> dict[str, Any]:
    """Give an operation the parameters of its path: Swagger UI does not follow references among those."""
    own = entry.get("parameters", [])
    words = {**entry, "parameters": [*shared, *own]} if shared or own else entry
    return {key: words[key] for key in dict.fromkeys([*_FIRST, *words]) if key in words}


def _show_parameters(entry: Mapping[str, Any], op: Operation) -> None:
    """Give a parameter with several keys the example that its keys make: some clients look no deeper."""
    for shown, resolved in zip(entry.get("parameters", ()), op.parameters, strict=True):
        if shown.get("style") == "deepObject":
            shown.setdefault("example", example_of(resolved["schema"]))


def _show_examples(document: Mapping[str, Any], entry: dict[str, Any], op: Operation) -> None:
    if op.response:
        answer = entry["responses"][op.success]["content"]["application/json"]
        answer["example"] = op.answer_example
    if op.breakable_rules:
        refusal = _own_response(document, entry, UNPROCESSABLE)
        refusal["content"]["application/json"].setdefault("examples", {}).update(
            {rule.name: {"summary": rule.when, "value": op.refusal(rule)} for rule in op.breakable_rules}
        )


def _own_response(document: Mapping[str, Any], entry: dict[str, Any], status: str) -> dict[str, Any]:
    """Give an operation a response of its own in place of one that it shares."""
    response: dict[str, Any] = entry["responses"][status]
    if "$ref" in response:
        name = response["$ref"].rpartition("/")[2]
        response = entry["responses"][status] = copy.deepcopy(document["components"]["responses"][name])
    return response


def _show_problems(contract: Contract, value: Any) -> None:
    """Put an example in place of each name of a problem, wherever they stand."""
    if isinstance(value, dict):
        for name in value.pop("x-problems", ()):
            problem = contract.problems[name]
            for kind, content in value["content"].items():
                if kind == TEXT:
                    content["schema"] = _any_text(content["schema"])
                content.setdefault("examples", {})[name] = {"summary": problem.when, "value": problem.body}
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _show_problems(contract, part)


def _any_text(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Leave what a text says to its example: orval writes a `const` with a line break as broken TypeScript."""
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
    """YAML without anchors, so that every reader sees every value where it is used."""

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


FOLDER = "api/docs/v3/"
FILES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "openapi.yaml": to_yaml,
    "swagger.yaml": to_yaml,  # its name in the department's service
    "openapi.json": to_json,
}
"""The files in which a contract is published, and how each is written."""


def files(contract: Contract) -> dict[str, bytes]:
    """Return the files of a contract by name. Those that are written alike are the same object."""
    document = published(contract)
    written = {write: write(document).encode() for write in FILES.values()}
    return {name: written[write] for name, write in FILES.items()}
