"""Compares the sandbox's answers with the contract: fields, their types, and statuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
from jsonschema.exceptions import ValidationError

from lp_contract.contract import Contract, Operation
from lp_contract.service_conventions import is_json
from lp_contract.yaml_source import Complaint, Place, mapping
from lp_guide.api_paths import operations_for
from lp_guide.contract_checks.close_schemas import closed
from lp_guide.contract_checks.examples import UNNAMED, error_way, misfits, said
from lp_guide.contract_checks.unchecked_contract import Way
from lp_guide.lint import lenient_json_parser
from lp_guide.recorded_answers import Answered, Block
from lp_guide.requests_and_answers import Request, Response
from lp_guide.writer_mistakes import Mistake, suggestion

CHECK = "answer"


class Misfit(NamedTuple):
    """A difference between an answer and the contract."""

    way: Way
    """The way to the field in the body."""
    message: str
    remedy: str


class Answers:
    """Checks answers against contracts. It compiles each schema when it is first needed."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        """Take the contracts."""
        self._contracts = contracts
        self._compiled: dict[tuple[str, str], tuple[Any, jsonschema_rs.Draft202012Validator]] = {}

    def complaints(self, text: str, answered: Iterable[Answered], file: Path) -> Iterator[Complaint]:
        """Complain, at the line of the field, of every answer on a page that differs from the contract."""
        lines = text.split("\n")
        for each in answered:
            for misfit in self.misfits(each.exchange.request, each.received):
                line = _line(lines, each.block, misfit.way)
                yield Complaint(Place(file, line), CHECK, misfit.message, misfit.remedy)

    def refuse_misfit(self, request: Request, response: Response) -> None:
        """Raise Mistake if the answer to a request differs from the contract."""
        for misfit in self.misfits(request, response):
            raise Mistake(CHECK, misfit.message, misfit.remedy)

    def misfits(self, request: Request, response: Response) -> Iterator[Misfit]:
        """Yield each difference between the answer to a request and the contract of its operation."""
        for contract in self._contracts:
            for op in operations_for(contract, request.method, request.target):
                yield from self._of(contract, op, response)

    def _of(self, contract: Contract, op: Operation, response: Response) -> Iterator[Misfit]:
        status = str(response.status)
        if status not in op.responses:
            place = contract.place(("paths", op.path, op.method.lower(), "responses"))
            message = f"The contract lists no answer {status} for {op.id}."
            yield Misfit((), message, f"Add it at {place}, or correct the sandbox.")
            return
        content = mapping(op.responses[status].get("content"))
        described = next(
            (media["schema"] for name, media in content.items() if is_json(name) and "schema" in media), None
        )
        if isinstance(response.body, Mapping | list) and described is not None:
            schema, compiled = self._schema((op.id, status), described)
            if not compiled.is_valid(response.body):
                yield from _misfits(contract, op, status, schema, response.body)

    def _schema(self, key: tuple[str, str], described: Any) -> tuple[Any, jsonschema_rs.Draft202012Validator]:
        if key not in self._compiled:
            schema = closed(described)
            self._compiled[key] = schema, jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        return self._compiled[key]


def _misfits(contract: Contract, op: Operation, status: str, schema: Any, body: Any) -> Iterator[Misfit]:
    """Yield each mistake once, although all items of a list may have it."""
    place = contract.place(("paths", op.path, op.method.lower(), "responses", status))
    seen = set()
    for error in misfits(schema, body):
        way = error_way(error)
        message = f"{_message(error, way)}, unlike the contract for {status} of {op.id}."
        key = (*(step for step in way if isinstance(step, str)), error.validator)
        if key not in seen:
            seen.add(key)
            yield Misfit(
                way, message, _remedy(error, way, f"Correct the schema of the answer at {place}, or the sandbox.")
            )


def _message(error: ValidationError, way: Way) -> str:
    field = ".".join(map(str, way)) or "the body"
    if error.validator == UNNAMED:
        return f"The answer has a field `{field}`"
    if error.validator == "required":
        return f"In the answer, `{field}` is incomplete: {said(error)}"
    return f"In the answer, `{field}` is wrong: {said(error)}"


def _remedy(error: ValidationError, way: Way, otherwise: str) -> str:
    """Suggest the field of the schema that an unknown field may mean."""
    close = (
        suggestion(str(way[-1]), mapping(mapping(error.schema).get("properties"))) if error.validator == UNNAMED else ""
    )
    return f"{close} {otherwise}".strip()


def _line(lines: Sequence[str], block: Block, way: Way) -> int:
    """Return the line of a field of an answer, or of what contains it if the page does not show the field."""
    if block.answer is None:
        return block.line
    begin, end = block.answer
    values, _ = lenient_json_parser.read("\n".join(lines[begin + 1 : end - 1]), begin + 2)
    line, value = begin + 1, values[0] if values else None
    for step in (None, *way):
        if step is not None and value is not None:
            value = value.get(step) if isinstance(step, str) else next(iter(value.items[step : step + 1]), None)
        if value is None:
            break
        line = value.line
    return line
