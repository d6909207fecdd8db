"""Journeys as a Postman collection, version 2.1: a folder for each page, in the folders of the guidance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from lp_guide.collections.journeys import Journey, Step, is_json

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
ADDRESS = "sandbox"
"""The variable for the address of the sandbox."""


def collection(name: str, journeys: Sequence[Journey], address: str) -> dict[str, Any]:
    """Return a collection. `address` is where the sandbox is unless the reader says otherwise."""
    groups = groupby(journeys, key=lambda journey: journey.group)
    return {
        "info": {
            "name": name,
            "description": f"Each folder is a page of the guidance at {address}, and has a world of its own.",
            "schema": SCHEMA,
        },
        "variable": [{"key": ADDRESS, "value": address}],
        "item": [{"name": title, "item": [_folder(journey, address) for journey in each]} for title, each in groups],
    }


def _folder(journey: Journey, address: str) -> dict[str, Any]:
    description = f"{journey.description}\n\n{address}{journey.url}"
    return {"name": journey.title, "description": description, "item": [_item(step) for step in journey.steps]}


def _item(step: Step) -> dict[str, Any]:
    request = step.request
    shown: dict[str, Any] = {
        "method": request.method,
        "header": [{"key": name, "value": value} for name, value in request.headers.items()],
        "url": f"{{{{{ADDRESS}}}}}{request.target}",
    }
    if request.body:
        language = "json" if is_json(request.body) else "text"
        shown["body"] = {"mode": "raw", "raw": request.body, "options": {"raw": {"language": language}}}
    script = {"type": "text/javascript", "exec": _script(step)}
    return {"name": step.name, "request": shown, "event": [{"listen": "test", "script": script}]}


def _script(step: Step) -> list[str]:
    """Write the tests of an answer, and the variables that it sets."""
    lines = [f'pm.test("The status is {step.status}", () => pm.response.to.have.status({step.status}));']
    if step.refusal is not None:
        expected = json.dumps(step.refusal, ensure_ascii=False)
        lines.append(f'pm.test("The answer says why", () => pm.expect(pm.response.json()).to.eql({expected}));')
    for name, path in step.captures.items():
        value = f"pm.response.json(){in_javascript(path)}"
        lines.append(f"pm.collectionVariables.set({json.dumps(name)}, {value});")
    return lines


def in_javascript(path: str) -> str:
    """Write a path into an answer as JavaScript: `data.0.id` as `.data[0].id`."""
    steps = (f"[{step}]" if step.isdigit() else f"[{json.dumps(step)}]" for step in path.split("."))
    return "".join(steps)
