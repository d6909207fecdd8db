"""The downloads for other tools repeat the requests of the guidance, and say the same in every format."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from client import every_edition, small_world
from schemathesis.config import SchemathesisConfig
from site_helpers import settings, whole_site

from lp_contract.contract import Contract, load
from lp_guide.collections.journeys import VARIABLE
from lp_sandbox.request.request_and_answer import Answer, Request

EDITIONS = list(settings()["collections"])
EVERY = [pytest.param(edition, id=edition) for edition in EDITIONS]
STATUS = re.compile(r"to\.have\.status\((\d+)\)")
SETS = re.compile(r'collectionVariables\.set\("(\w+)", pm\.response\.json\(\)((?:\[[^\]]+\])+)\)')
REFUSAL = re.compile(r"to\.eql\((.*)\)\);")


def download(edition: str, kind: str) -> bytes:
    return whole_site()[f"downloads/{edition}.{kind}"]


@cache
def postman(edition: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(download(edition, "postman_collection.json"))
    return found


@cache
def arazzo(edition: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(download(edition, "arazzo.yaml"), yaml.CSafeLoader)
    return found


def folders(edition: str) -> Iterator[dict[str, Any]]:
    """Yield the folder of every page."""
    for group in postman(edition)["item"]:
        yield from group["item"]


def bruno(edition: str) -> Mapping[str, str]:
    with zipfile.ZipFile(io.BytesIO(download(edition, "bruno.zip"))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def script(item: Mapping[str, Any]) -> str:
    return "\n".join(item["event"][0]["script"]["exec"])


@pytest.mark.parametrize("edition", EVERY)
def test_the_postman_folders_are_the_groups_of_the_guidance(edition: str):
    section = next(
        each
        for each in settings()["navigation"]
        if each["href"] == settings()["collections"][edition] and "groups" in each
    )
    titles = [group["title"] for group in section["groups"]]
    shown = [group["name"] for group in postman(edition)["item"]]
    assert [title for title in titles if title in shown] == shown
    assert len(shown) > 3


@pytest.mark.parametrize("edition", EVERY)
def test_every_variable_is_set_by_an_earlier_request_of_its_folder(edition: str):
    used = 0
    for folder in folders(edition):
        known = {"sandbox"}
        for item in folder["item"]:
            needed = set(VARIABLE.findall(json.dumps(item["request"])))
            assert needed <= known, item["name"]
            used += len(needed - {"sandbox", "sandbox_token", "sandbox_world"})
            known |= {name for name, _ in SETS.findall(script(item))}
    assert used > 20


@pytest.mark.parametrize("edition", EVERY)
def test_every_folder_makes_its_worlds_first_and_removes_them_last(edition: str):
    for folder in folders(edition):
        made, removed = folder["item"][0]["request"], folder["item"][-1]["request"]
        assert (made["method"], made["url"]) == ("POST", "{{sandbox}}/_sandbox/worlds")
        assert (removed["method"], removed["url"].rpartition("/")[0]) == ("DELETE", "{{sandbox}}/_sandbox/worlds")


@pytest.mark.parametrize("edition", EVERY)
def test_no_token_and_no_answer_that_varies_is_in_a_download(edition: str):
    text = download(edition, "postman_collection.json").decode()
    assert "YOUR_TOKEN" not in text
    assert "…" not in text


@pytest.mark.parametrize("edition", EVERY)
def test_bruno_has_the_requests_of_postman(edition: str):
    files = bruno(edition)
    assert json.loads(files["bruno.json"])["type"] == "collection"
    requests = [text for name, text in files.items() if name.count("/") == 1 and not name.endswith("folder.bru")][1:]
    items = [item for folder in folders(edition) for item in folder["item"]]
    assert len(requests) == len(items)
    for text, item in zip(requests, items, strict=True):
        assert f"{item['request']['method'].lower()} {{\n  url: {item['request']['url']}\n" in text
        assert f"to.equal({STATUS.search(script(item))[1]})" in text


@pytest.mark.parametrize("edition", EVERY)
def test_every_workflow_names_operations_and_parameters_of_the_flat_documents(edition: str):
    contracts = (load(edition), load(f"{edition}/sandbox"))
    for workflow in arazzo(edition)["workflows"]:
        for step in workflow["steps"]:
            _, source, name = step["operationId"].split(".")
            contract = next(each for each in contracts if name in each.operations)
            assert source in sources(contract)
            sent = {(each["in"], each["name"]) for each in step["parameters"]}
            assert {each for each in sent if each[0] == "path"} == {
                ("path", each["name"]) for each in contract.operations[name].parameters if each["in"] == "path"
            }


def sources(contract: Contract) -> set[str]:
    return {each.paths.rpartition("/")[2].lstrip("_") for each in contract.publications}


@pytest.mark.parametrize("edition", EVERY)
def test_the_workflows_are_the_folders_whose_requests_are_operations(edition: str):
    titles = [workflow["summary"] for workflow in arazzo(edition)["workflows"]]
    assert [folder["name"] for folder in folders(edition) if folder["name"] in titles] == titles
    assert len(titles) > 10
    steps = [step["stepId"] for workflow in arazzo(edition)["workflows"] for step in workflow["steps"]]
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize("edition", EVERY)
def test_a_folder_of_the_postman_collection_runs_against_a_sandbox(edition: str):
    """All of them run in Postman's own runner: see `tools`."""
    app = small_world(next(each for each in every_edition() if each.contract.edition == edition))
    folder = max(folders(edition), key=lambda folder: sum(len(SETS.findall(script(item))) for item in folder["item"]))
    known: dict[str, str] = {"sandbox": ""}

    def send(item: Mapping[str, Any]) -> Answer:
        filled = json.loads(VARIABLE.sub(lambda found: known[found[1]], json.dumps(item["request"])))
        path, _, query = filled["url"].partition("?")
        headers = {each["key"].lower().encode(): each["value"].encode() for each in filled["header"]}
        body = filled.get("body", {}).get("raw", "").encode()
        headers[b"host"] = b"127.0.0.1:8000"
        assert len(parse_qsl(query, keep_blank_values=True)) == query.count("=")
        return app.answer(Request(filled["method"], path, query, headers, body, "127.0.0.1"))

    for item in folder["item"]:
        answer = send(item)
        assert answer.status == int(STATUS.search(script(item))[1]), (item["name"], answer.body)
        for expected in REFUSAL.findall(script(item)):
            assert json.loads(answer.body) == json.loads(expected)
        for name, way in SETS.findall(script(item)):
            value = json.loads(answer.body)
            for step in json.loads(f"[{way[1:-1].replace('][', ',')}]"):
                value = value[step]
            known[name] = str(value)
    assert len(known) > 3


@pytest.mark.parametrize("edition", EVERY)
def test_schemathesis_reads_its_settings(edition: str):
    text = download(edition, "schemathesis.toml").decode()
    operations = load(edition).operations
    SchemathesisConfig.from_str(text.replace("${LP_TOKEN}", "a token"))
    given = tomllib.loads(text)
    named = [each["include-operation-id"] for each in given["operations"]]
    assert "createPartnership" in named
    assert set(named) <= operations.keys()
    for each in given["operations"]:
        attributes = {name.rpartition(".")[2] for name in each["parameters"]}
        assert attributes <= operations[each["include-operation-id"]].attributes.keys()
        assert {value["dictionary"] for value in each["parameters"].values()} <= given["dictionaries"].keys()
