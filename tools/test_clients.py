"""Generated clients create a partnership, read a refusal, filter, page, declare and void, as raw requests do."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import BIN, EDITIONS, HERE, SCRIPTS, World, node, run

from lp_contract.contract import Contract, load

Tried = Callable[[str, str], None]
NewWorld = Callable[[str], World]
CLIENTS = HERE / "clients"
PAGES = HERE.parent / "site" / "content" / "testing"
GENERATES = "generates a client of `openapi.flat.yaml`, which leaves no operation out"
WORKS = "its client creates a partnership, reads a 422, filters and pages, declares and voids"
FLAT = [path for edition in EDITIONS for each in load(edition).publications for path in each.flat_files]
COMPILE = ("--strict", "--skipLibCheck", "--target", "es2022", "--module", "node16")


def steps(contract: Contract, world: World) -> dict[str, Any]:
    """Return what the programs in `clients` are given: the contract's examples, and the cohort to filter by."""
    partnership, declaration = (
        contract.operations[name].request_example for name in ("createPartnership", "createDeclaration")
    )
    return {
        "url": world.url,
        "token": world.token,
        "partnership": partnership,
        "declaration": declaration,
        "cohort": partnership["data"]["attributes"]["cohort"],
    }


def expected(contract: Contract, world: World) -> dict[str, Any]:
    """Send the steps as raw requests, and return what a generated client must print."""
    given = steps(contract, world)
    paths = {name: operation.path for name, operation in contract.operations.items()}
    headers = {"Authorization": f"Bearer {world.token}"}
    with httpx.Client(base_url=world.url, headers=headers) as client:
        created = client.post(paths["createPartnership"], json=given["partnership"])
        refused = client.post(paths["createPartnership"], json=given["partnership"])
        query = {"page[per_page]": 2, "page[page]": 2}
        page = client.get(paths["getPartnerships"], params={**query, "filter[cohort]": given["cohort"]})
        assert page.json() != client.get(paths["getPartnerships"], params=query).json(), "The filter must matter."
        declared = client.post(paths["createDeclaration"], json=given["declaration"])
        voided = client.put(paths["voidDeclaration"].format(id=declared.json()["data"]["id"]))
    answer = {
        "created": created.json()["data"]["attributes"]["cohort"],
        "refused": [refused.status_code, [error["title"] for error in refused.json()["errors"]]],
        "page": [each["id"] for each in page.json()["data"]],
        "declared": declared.json()["data"]["attributes"]["state"],
        "voided": voided.json()["data"]["attributes"]["state"],
    }
    assert (answer["refused"][0], len(answer["page"]), answer["voided"]) == (422, 2, "voided")
    return answer


def check(edition: str, new_world: NewWorld, *program: object, **options: Any) -> None:
    """Run a program that uses a generated client, and compare what it prints with what raw requests bring."""
    contract = load(edition)
    printed = run(*program, json.dumps(steps(contract, new_world(edition))), **options)
    assert json.loads(printed) == expected(contract, new_world(edition))


def python_client(document: Path, out: Path) -> None:
    words = ("--path", document, "--output-path", out / "generated", "--meta", "none")
    said = run(SCRIPTS / "openapi-python-client", "generate", *words, env=with_programs())  # it looks for ruff
    assert "WARNING" not in said, said


def generator(language: str, document: Path, out: Path) -> None:
    run(SCRIPTS / "openapi-generator-cli", "generate", "--generator-name", language, "-i", document, "-o", out)


@pytest.mark.parametrize("document", FLAT)
def test_openapi_python_client_leaves_nothing_out(document: str, published: Path, tmp_path: Path, tried: Tried):
    tried("openapi-python-client", GENERATES)
    python_client(published / document, tmp_path)
    made = {file.stem.replace("_", "") for file in (tmp_path / "generated" / "api").rglob("*.py")}
    assert {name.lower() for name in operations_of(document)} <= made


@pytest.mark.parametrize("document", FLAT)
@pytest.mark.parametrize("language", ["python", "typescript-fetch"])
def test_openapi_generator_leaves_nothing_out(
    document: str, language: str, published: Path, tmp_path: Path, tried: Tried
):
    tried("openapi-generator-cli", f"{language}: {GENERATES}")
    generator(language, published / document, tmp_path)
    code = "\n".join(file.read_text() for file in tmp_path.rglob("*api*/*.[pt][ys]")).replace("_", "").lower()
    assert [name for name in operations_of(document) if name.lower() not in code] == []


@pytest.mark.parametrize("document", FLAT)
def test_openapi_typescript_makes_types_that_compile(document: str, published: Path, tmp_path: Path, tried: Tried):
    tried("openapi-typescript", "makes types of `openapi.flat.yaml` that compile")
    node("openapi-typescript", published / document, "--output", tmp_path / "generated.d.ts")
    node("tsc", "--strict", "--noEmit", tmp_path / "generated.d.ts")


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_client_of_openapi_python_client_works(
    edition: str, published: Path, tmp_path: Path, new_world: NewWorld, tried: Tried
):
    tried("openapi-python-client", WORKS)
    python_client(published / flat_of(edition), tmp_path)
    check(edition, new_world, sys.executable, CLIENTS / "with_openapi_python_client.py", env=imports(tmp_path))


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_client_of_openapi_generator_in_python_works(
    edition: str, published: Path, tmp_path: Path, new_world: NewWorld, tried: Tried
):
    tried("openapi-generator-cli", f"python: {WORKS}")
    generator("python", published / flat_of(edition), tmp_path)
    check(edition, new_world, sys.executable, CLIENTS / "with_openapi_generator.py", env=imports(tmp_path))


def test_a_client_of_openapi_fetch_works(published: Path, tmp_path: Path, new_world: NewWorld, tried: Tried):
    tried("openapi-fetch", WORKS)
    node("openapi-typescript", published / flat_of("register"), "--output", tmp_path / "generated.ts")
    check("register", new_world, "node", compiled(tmp_path, "with_openapi_fetch"))


def test_a_client_of_openapi_generator_in_typescript_works(
    published: Path, tmp_path: Path, new_world: NewWorld, tried: Tried
):
    tried("openapi-generator-cli", f"typescript-fetch: {WORKS}")
    generator("typescript-fetch", published / flat_of("register"), tmp_path / "generated")
    check("register", new_world, "node", compiled(tmp_path, "with_typescript_fetch"))


COMMANDS = re.findall(r"```sh\n(.*?)```", (PAGES / "generate-a-client.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.split()[:2]))
def test_the_commands_on_the_page_make_what_they_say(command: str, url: str, tmp_path: Path):
    """npx would look for packages in the folder in which it runs."""
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    written = command.replace("{{ download('flat') }}", f"{url}/{flat_of('register')}")
    run("sh", "-euc", written, cwd=tmp_path, env=with_programs())
    assert [made for made in tmp_path.iterdir() if made.name in written]


def test_there_is_a_command_for_every_generator():
    assert len(COMMANDS) == 5


@pytest.mark.parametrize("document", FLAT)
def test_datamodel_code_generator_numbers_no_class(document: str, published: Path, tmp_path: Path, tried: Tried):
    tried("datamodel-code-generator", "makes pydantic models, and invents no name")
    words = ("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel")
    made = tmp_path / "models.py"
    run(sys.executable, "-m", "datamodel_code_generator", "--input", published / document, "--output", made, *words)
    classes = [line for line in made.read_text().splitlines() if line.startswith("class ")]
    assert [line for line in classes if line.partition("(")[0][-1].isdigit()] == []


def with_programs() -> dict[str, str]:
    """Return the environment of a program that starts other tools by their names."""
    return os.environ | {"PATH": os.pathsep.join([str(SCRIPTS), str(BIN), os.environ["PATH"]])}


def flat_of(edition: str) -> str:
    """Return the flat document of the first version of an edition."""
    (path,) = load(edition).publications[0].flat_files
    return path


def operations_of(document: str) -> list[str]:
    """Name the operations of a flat document."""
    contracts = [(contract, each) for contract in map(load, EDITIONS) for each in contract.publications]
    contract, publication = next(pair for pair in contracts if document in pair[1].flat_files)
    return [name for name, operation in contract.operations.items() if publication.holds(operation.path)]


def imports(folder: Path) -> dict[str, str]:
    """Return the environment of a program that imports a package of a folder."""
    return os.environ | {"PYTHONPATH": str(folder)}


def compiled(folder: Path, program: str) -> Path:
    """Compile a program beside the client that it imports, and return what node runs."""
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    (folder / f"{program}.ts").write_text((CLIENTS / f"{program}.ts").read_text())
    node("tsc", *COMPILE, "--outDir", folder / "built", folder / f"{program}.ts", cwd=folder)
    return folder / "built" / f"{program}.js"
