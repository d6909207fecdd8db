"""Journeys as workflows of an Arazzo document, version 1.0.1.

A workflow names operations of the published documents. Pages with a request that is not an operation are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from lp_contract.contract import Contract, Operation
from lp_contract.published_document import usual_address
from lp_guide.collections.journeys import VARIABLE, Journey, Step, variables_in

VERSION = "1.0.1"
JSON = "application/json"


def document(name: str, journeys: Sequence[Journey], contracts: Sequence[Contract]) -> dict[str, Any]:
    """Return a document with a workflow for each journey that consists of operations."""
    whole = [journey for journey in journeys if all(step.operation for step in journey.steps)]
    return {
        "arazzo": VERSION,
        "info": {"title": name, "version": str(contracts[0].document["info"]["version"])},
        "sourceDescriptions": [
            {"name": source, "url": url, "type": "openapi"} for source, url in _sources(contracts).items()
        ],
        "workflows": [_workflow(journey, contracts) for journey in whole],
    }


def _sources(contracts: Sequence[Contract]) -> Mapping[str, str]:
    """Return the addresses of the flat documents by their names. Controls are those of the edition."""
    return {
        _source(each.paths): f"{usual_address(contracts[0])}/{path}{_edition(contract)}"
        for contract in contracts
        for each in contract.publications
        for path in each.flat_files
    }


def _edition(contract: Contract) -> str:
    return f"?edition={contract.of_edition}" if contract.is_controls else ""


def _source(paths: str) -> str:
    """Name a document after the last part of its paths, such as `v3`."""
    return paths.rpartition("/")[2].lstrip("_")


def _workflow(journey: Journey, contracts: Sequence[Contract]) -> dict[str, Any]:
    workflow = journey.url.strip("/").replace("/", "-")
    outputs: dict[str, str] = {}
    steps: list[dict[str, Any]] = []
    for number, step in enumerate(journey.steps, 1):
        name = f"{workflow}-{number}"  # Redocly mixes up equal names of different workflows
        steps.append(_step(step, name, contracts, outputs))
        outputs |= dict.fromkeys(step.captures, name)
    return {
        "workflowId": workflow,
        "summary": journey.title,
        "description": journey.description,
        "steps": steps,
    }


def _step(step: Step, name: str, contracts: Sequence[Contract], outputs: Mapping[str, str]) -> dict[str, Any]:
    op = step.operation
    assert op, "A workflow has only operations."
    known = {variable: f"$steps.{outputs[variable]}.outputs.{variable}" for variable in variables_in(step)}
    shown: dict[str, Any] = {
        "stepId": name,
        "description": step.name,
        "operationId": f"$sourceDescriptions.{_source_of(op, contracts)}.{op.id}",
        "parameters": [
            {"name": key, "in": place, "value": _expression(value, known)}
            for place, key, value in _parameters(step, op)
        ],
        "successCriteria": [{"condition": f"$statusCode == {step.status}"}],
    }
    if step.request.body:
        kind, body = step.request.headers.get("Content-Type", JSON), step.request.body
        payload = json.loads(body) if "json" in kind else body
        shown["requestBody"] = {"contentType": kind, "payload": _expressions(payload, known)}
    if step.captures:
        pointers = {key: "/" + path.replace(".", "/") for key, path in step.captures.items()}
        shown["outputs"] = {key: f"$response.body#{pointer}" for key, pointer in pointers.items()}
    return shown


def _source_of(op: Operation, contracts: Sequence[Contract]) -> str:
    documents = (each for contract in contracts for each in contract.publications)
    return next(_source(each.paths) for each in documents if each.holds(op.path))


def _parameters(step: Step, op: Operation) -> Iterator[tuple[str, str, str]]:
    """Yield the place, the name and the value of every parameter of a request."""
    path, _, query = step.request.target.partition("?")
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", op.path)
    found = re.fullmatch(pattern, path)
    yield from (("path", name, unquote(value)) for name, value in (found.groupdict() if found else {}).items())
    yield from (("query", key, value) for key, value in parse_qsl(query, keep_blank_values=True))
    yield from (("header", key, value) for key, value in step.request.headers.items() if key != "Content-Type")


def _expressions(value: Any, known: Mapping[str, str]) -> Any:
    """Write the variables inside a body as runtime expressions."""
    if isinstance(value, dict):
        return {key: _expressions(part, known) for key, part in value.items()}
    if isinstance(value, list):
        return [_expressions(part, known) for part in value]
    return _expression(value, known) if isinstance(value, str) else value


def _expression(text: str, known: Mapping[str, str]) -> str:
    """Write variables as runtime expressions: a value alone, or in braces within a text."""
    whole = VARIABLE.fullmatch(text)
    if whole:
        return known[whole[1]]
    return VARIABLE.sub(lambda found: f"{{{known[found[1]]}}}", text)
