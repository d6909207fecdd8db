"""Journeys as a Bruno collection: a folder of text files for each page, in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent

from lp_guide.collections.journeys import Journey, Step, is_json
from lp_guide.collections.postman import ADDRESS, in_javascript

ENVIRONMENT = "Sandbox"
_NEW_YEAR = (2026, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the same journeys give the same bytes."""


def archive(name: str, journeys: Sequence[Journey], address: str) -> bytes:
    """Return the collection as a ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        for path, text in files(name, journeys, address).items():
            written.writestr(zipfile.ZipInfo(path, _NEW_YEAR), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def files(name: str, journeys: Sequence[Journey], address: str) -> Mapping[str, str]:
    """Return the text of each file by its path."""
    settings = {"version": "1", "name": name, "type": "collection"}
    found = {
        "bruno.json": json.dumps(settings, indent=2) + "\n",
        f"environments/{ENVIRONMENT}.bru": _block("vars", f"{ADDRESS}: {address}"),
    }
    for number, journey in enumerate(journeys, 1):
        folder = f"{number:02} {_file_name(journey.title)}"
        found[f"{folder}/folder.bru"] = _block("meta", f"name: {journey.title}\nseq: {number}")
        for place, step in enumerate(journey.steps, 1):
            found[f"{folder}/{place:02} {_file_name(step.name)}.bru"] = "\n".join(_request(step, place))
    return found


def _request(step: Step, place: int) -> Iterator[str]:
    """Yield the blocks of a request."""
    request = step.request
    kind = ("json" if is_json(request.body) else "text") if request.body else "none"
    yield _block("meta", f"name: {step.name}\ntype: http\nseq: {place}")
    yield _block(request.method.lower(), f"url: {{{{{ADDRESS}}}}}{request.target}\nbody: {kind}\nauth: none")
    if request.headers:
        yield _block("headers", "\n".join(f"{name}: {value}" for name, value in request.headers.items()))
    if request.body:
        yield _block(f"body:{kind}", request.body)
    if step.captures:
        variables = (f"{name}: res.body{in_javascript(path)}" for name, path in step.captures.items())
        yield _block("vars:post-response", "\n".join(variables))
    yield _block("tests", "\n".join(_tests(step)))


def _tests(step: Step) -> Iterator[str]:
    yield f'test("The status is {step.status}", () => expect(res.getStatus()).to.equal({step.status}));'
    if step.refusal is not None:
        expected = json.dumps(step.refusal, ensure_ascii=False)
        yield f'test("The answer says why", () => expect(res.getBody()).to.eql({expected}));'


def _block(name: str, text: str) -> str:
    return f"{name} {{\n{indent(text, '  ')}\n}}\n"


def _file_name(title: str) -> str:
    """Return a title without the characters that file systems refuse."""
    return "".join(letter if letter.isalnum() or letter in " -_,()" else " " for letter in title).strip()
