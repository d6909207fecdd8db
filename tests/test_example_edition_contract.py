"""The contract of the library, a made-up edition, is checked, published and kept as that of any other."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis_setup as judge
import yaml
from example_edition import edition as library
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.core.failures import FailureGroup
from test_example_edition import CONTRACT, EDITION, EMMA, partner

from lp_contract.contract import load
from lp_contract.merge_documents import METHODS
from lp_contract.publications import Publication
from lp_contract.published_document import files, published
from lp_contract.yaml_source import Place
from lp_guide.changes import changes
from lp_guide.contract_checks import check
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Request

FIRST, SECOND = CONTRACT.publications
PROBLEM = "application/problem+json"


@pytest.mark.parametrize("name", [library.NAME, f"{library.NAME}/sandbox"])
def test_the_checks_have_no_complaint(name: str):
    assert check(name, library.SPEC) == ()


MISTAKES = [
    ("unknown-field", "loans.yaml", "    field: weeks\n", "    field: week\n"),
    ("convention", "loans.yaml", "x-also: PATCH", "x-also: FETCH"),
    ("convention", "openapi.yaml", "join: ", "joined: "),
    (
        "problem-answer",
        "common.yaml",
        "  body_is_json:\n    status: 400\n    empty: true\n",
        "  body_is_json:\n    status: 400\n",
    ),
    ("seed", "seeds/books.yaml", "author: Jane Austen, branch", "writer: Jane Austen, branch"),
    ("seed-name", "seeds/books.yaml", "reserved_by: hill-school", "reserved_by: mill-school"),
    ("unknown-rule", "actors/librarian.yaml", "x-rules: [book_is", "x-rules: [no_book_is"),
]


@pytest.mark.parametrize(("expected", "name", "old", "new"), MISTAKES)
def test_a_mistake_is_found_with_its_file_and_line(tmp_path: Path, expected: str, name: str, old: str, new: str):
    shutil.copytree(library.SPEC, tmp_path, dirs_exist_ok=True)
    file = tmp_path / library.NAME / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    contract = f"{library.NAME}/sandbox" if name.startswith("actors/") else library.NAME
    line = text[: text.index(old)].count("\n") + 1
    assert (expected, Place(file, line)) in [(found.check, found.place) for found in check(contract, tmp_path)]


CHANGES = [
    ("convention", "errors.join", "openapi.yaml", 'join: " "', 'join: "; "'),
    ("message", "loan_is_not_overdue", "loans.yaml", "Return this book first.", "Give it back."),
    ("method", "PATCH", "loans.yaml", "      x-also: PATCH\n", ""),
    ("media type", "text/csv", "books.yaml", "              x-ending: .csv\n", ""),
    ("problem", "path_is_known", "common.yaml", "{lost: true}", "{lost: false}"),
    ("problem", "token_is_known", "common.yaml", "    headers: {WWW", "    headers: {X"),
    ("problem", "body_is_json", "common.yaml", "content_type: text/html", "content_type: text/plain"),
]


def test_each_change_that_breaks_clients_is_reported(tmp_path: Path):
    shutil.copytree(library.SPEC, tmp_path, dirs_exist_ok=True)
    for _, _, name, old, new in CHANGES:
        file = tmp_path / library.NAME / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))
    found = changes(CONTRACT, load(library.NAME, tmp_path))
    assert {(each.what, each.where) for each in found if each.breaking} == {
        (what, where) for what, where, *_ in CHANGES
    }


def test_each_version_is_published_where_the_contract_says():
    assert list(files(CONTRACT)) == [
        "library/v1/library.yaml",
        "library/v1/library.json",
        "library/v1/openapi.flat.yaml",
        "library/v2/library.yaml",
        "library/v2/library.json",
        "library/v2/openapi.flat.yaml",
    ]


@pytest.mark.parametrize("publication", CONTRACT.publications, ids=lambda each: each.paths)
def test_a_published_document_is_sound_and_holds_its_own_version(publication: Publication):
    document = published(CONTRACT, publication)
    assert not list(OpenAPIV31SpecValidator(document).iter_errors())
    assert {path.split("/")[2] for path in document["paths"]} == {publication.paths.rpartition("/")[2]}
    assert document["info"]["version"] == publication.paths.rpartition("/")[2]


def test_the_sandbox_serves_the_published_files():
    app = library.sandbox()
    for name, content_type in [each for publication in CONTRACT.publications for each in publication.files.items()]:
        for folder in (FIRST.folder, SECOND.folder):
            answer = app.answer(Request("GET", f"/{folder}{name}", "", {}, b"", "127.0.0.1"))
            assert (answer.status, answer.content_type) == (200, content_type)
            assert yaml.load(answer.body, yaml.CSafeLoader)["info"]["title"] == "Lending library API"


def test_published_errors_have_the_editions_shape_and_fit_their_schema():
    document = published(CONTRACT, SECOND)
    refusal = document["paths"]["/library/v2/loans"]["post"]["responses"]["422"]["content"][PROBLEM]
    assert refusal["examples"]["book_is_not_reserved"]["value"] == {
        "problems": [
            {
                "field": "book_id",
                "message": "Nobody can borrow this book today. Another partner has reserved this book.",
            }
        ],
        "status": 422,
    }
    for operation in CONTRACT.operations.values():
        for status, response in operation.responses.items():
            for problem in (CONTRACT.problems[name] for name in response.get("x-problems", ())):
                assert status == str(problem.status)
                if not problem.empty:
                    jsonschema.validate(problem.body, response["content"][PROBLEM]["schema"])


def test_the_rule_that_no_request_breaks_is_published_with_its_reason():
    rule = published(CONTRACT, SECOND)["x-business-rules"]["partner_is_known"]
    assert rule["unreachable"] == CONTRACT.rules["partner_is_known"].unreachable
    assert "broken_by" not in rule


def test_words_that_only_the_sandbox_reads_are_not_published():
    text = "".join(data.decode() for name, data in files(CONTRACT).items() if name.endswith(".json"))
    assert "x-rules" in text
    assert not [word for word in ("x-also", "x-conventions", "x-ending", "x-problems", "x-published") if word in text]


def test_a_second_method_is_not_published():
    item = published(CONTRACT, SECOND)["paths"]["/library/v2/loans/{id}"]
    assert [method for method in METHODS if method in item] == ["put", "delete"]


def subject(publication: Publication, app: App | None = None) -> judge.Subject:
    served = app or library.sandbox()
    known = {"book_id": [book["id"] for book in CONTRACT.seeds["books"]]}
    return judge.Subject(CONTRACT, served, partner(served).token, known, publication)


def stateful(publication: Publication) -> list[str]:
    return [name for name in judge.in_document(CONTRACT, publication) if EDITION.is_stateful(name)]


titles, lending = (cache(partial(subject, publication)) for publication in (FIRST, SECOND))


@cache
def librarians() -> judge.Subject:
    app = library.sandbox()
    return judge.Subject(EDITION.controls, app, partner(app).token, {})


@pytest.mark.parametrize("operation", stateful(FIRST))
def test_the_edges_of_the_first_version_are_kept(operation: str):
    titles().try_out(operation, "coverage")


@pytest.mark.parametrize("operation", stateful(SECOND))
def test_examples_are_answered_as_the_contract_says(operation: str):
    lending().try_out(operation, "examples")


@pytest.mark.parametrize("operation", stateful(SECOND))
def test_the_edges_of_the_second_version_are_kept(operation: str):
    lending().try_out(operation, "coverage")


@pytest.mark.parametrize("operation", stateful(SECOND))
def test_whatever_is_sent_is_answered_as_the_contract_says(operation: str):
    lending().try_out(operation, "fuzzing", 10)


@pytest.mark.parametrize("operation", EDITION.actors)
def test_the_edges_of_what_librarians_do_are_kept(operation: str):
    librarians().try_out(operation, "coverage")


def test_every_link_can_be_followed():
    walk = lending().walk(("createLoan", "returnLoan"), examples=3)
    assert not walk.dead_ends
    assert not walk.missed


@pytest.mark.parametrize(
    ("operation", "status", "body", "problem"),
    [
        ("createLoan", 200, CONTRACT.operations["createLoan"].answer_example, "UndefinedStatusCode"),
        ("listBooks", 200, {"books": []}, "JsonSchemaError"),
        ("createLoan", 422, {"problems": [{"field": "book_id", "message": "No."}], "status": 422}, "a_refusal_names"),
        ("getBook", 404, {"problems": [{"field": "id", "message": "Gone."}], "status": 404}, "a_refusal_is"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_an_answer_that_disagrees_with_the_contract_is_found(operation: str, status: int, body: Any, problem: str):
    case = lending().schema("examples").find_operation_by_id(operation).Case(path_parameters={"id": "1"})
    kind = PROBLEM if status >= 400 else CONTRACT.operations[operation].media_type
    answer = judge.answer_to(case, status, json.dumps(body).encode(), kind)
    with pytest.raises(FailureGroup) as found:
        case.validate_response(answer, additional_checks=lending().checks)
    assert problem in repr(found.value.exceptions)


@pytest.mark.parametrize(
    ("operation", "act"),
    [
        ("getBook", lambda _: b'{"book": "Emma"}'),
        ("getBook", lambda call: call.answer(b"{}", status=203)),
        ("listBooks", lambda call: call.problem("body_is_small")),
    ],
    ids=["another shape", "another status", "an unlisted refusal"],
)
def test_a_sandbox_that_disagrees_with_its_contract_is_found(operation: str, act: Callable[[Any], Any]):
    def raising(call: Any) -> Any:
        answer = act(call)
        if isinstance(answer, Exception):
            raise answer
        return answer

    wrong = dataclasses.replace(EDITION, operations={**EDITION.operations, operation: raising})
    tried = subject(SECOND, library.sandbox(edition=wrong))
    sent = {"path_parameters": {"id": EMMA}, "headers": {"Authorization": f"Bearer {tried.token}"}}
    case = tried.schema("examples").find_operation_by_id(operation).Case(**sent)
    with pytest.raises(FailureGroup):
        tried.judge(case)
