"""Client generators make working clients of the published contract. They are no dependency: who has them, uses them.

To run these tests, install openapi-python-client and datamodel-code-generator somewhere on the PATH.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from client import register
from sandbox_process import serving

from lp_contract import published_document
from lp_contract.contract import editions, load

CLIENT = shutil.which("openapi-python-client")
MODELS = shutil.which("datamodel-codegen")
EXAMPLES = {name: register().contract.operations[name] for name in ("createDeclaration", "createPartnership")}
USE = """
import json, sys
from generated import AuthenticatedClient
from generated.api.declarations import create_declaration
from generated.api.partnerships import create_partnership
from generated.models import DeclarationCreateRequest, PartnershipCreateRequest

address, token, bodies = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
client = AuthenticatedClient(base_url=address, token=token)
declared = create_declaration.sync_detailed(
    client=client, body=DeclarationCreateRequest.from_dict(bodies["createDeclaration"])
)
partnered = create_partnership.sync_detailed(
    client=client, body=PartnershipCreateRequest.from_dict(bodies["createPartnership"]), x_with_server_date="2026-09-15"
)
print(int(declared.status_code), declared.parsed.data.attributes.state.value)
print(int(partnered.status_code), partnered.parsed.data.attributes.cohort)
"""


DOCUMENTS = [
    pytest.param(edition, number, id=f"{edition}-{each.paths}")
    for edition in editions()
    for number, each in enumerate(load(edition).publications)
]


def published(edition: str, number: int, folder: Path) -> Path:
    """Write a document of an edition, which publishes one for each version."""
    contract, file = load(edition), folder / "document.json"
    file.write_text(published_document.to_json(published_document.published(contract, contract.publications[number])))
    return file


@pytest.mark.skipif(CLIENT is None, reason="THERE IS NO openapi-python-client: no client is generated with it")
@pytest.mark.parametrize(("edition", "number"), DOCUMENTS)
def test_openapi_python_client_leaves_nothing_out(tmp_path: Path, edition: str, number: int):
    said = generate_client(published(edition, number, tmp_path), tmp_path / "generated")
    assert "WARNING" not in said
    made = {file.stem for file in (tmp_path / "generated" / "api").rglob("*.py")}
    holds = load(edition).publications[number].holds
    assert {snake(name) for name, op in load(edition).operations.items() if holds(op.path)} <= made


@pytest.mark.skipif(CLIENT is None, reason="THERE IS NO openapi-python-client: no client is generated with it")
def test_a_client_of_openapi_python_client_creates_a_declaration_and_a_partnership(tmp_path: Path):
    generate_client(published("register", 0, tmp_path), tmp_path / "generated")
    with serving("--store", "memory", "--size", "small") as server:
        world = httpx.post(f"{server.url}/_sandbox/worlds", json={"size": "small", "clock": "2026-09-15T09:00:00Z"})
        token = world.json()["tokens"][0]["token"]
        bodies = json.dumps({name: op.request_example for name, op in EXAMPLES.items()})
        python = Path(str(CLIENT)).with_name("python")
        command = [python, "-c", USE, server.url, token, bodies]
        used = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert used.stdout == "200 eligible\n200 2026\n", used.stderr


@pytest.mark.skipif(MODELS is None, reason="THERE IS NO datamodel-codegen: no models are generated with it")
@pytest.mark.parametrize(("edition", "number"), DOCUMENTS)
def test_datamodel_code_generator_numbers_no_class(tmp_path: Path, edition: str, number: int):
    models = tmp_path / "models.py"
    command = [
        MODELS,
        "--input",
        published(edition, number, tmp_path),
        "--input-file-type",
        "openapi",
        "--output",
        models,
    ]
    subprocess.run([*command, "--output-model-type", "pydantic_v2.BaseModel"], capture_output=True, check=True)
    assert re.findall(r"^class (\w*\d)\(", models.read_text(), re.MULTILINE) == []


def generate_client(document: Path, out: Path) -> str:
    """Generate a client, and return what was said."""
    command = [CLIENT, "generate", "--path", document, "--output-path", out, "--meta", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def snake(name: str) -> str:
    """Write `createPartnership` as `create_partnership`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
