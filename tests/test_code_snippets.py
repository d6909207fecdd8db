"""The code on the pages is the request beside it: run, it gets the answer that the page shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from listening_sandbox import listening
from site_helpers import SITE, all_contracts, close_sandbox, contract, render, renderer

from lp_contract.contract import Contract, load
from lp_contract.published_document import usual_address
from lp_guide.api_paths import operations_for
from lp_guide.code_snippets import LANGUAGES, curl, python, ruby
from lp_guide.page_request_runner import claims, shown
from lp_guide.pages import read_pages
from lp_guide.recorded_answers import Answered, written
from lp_guide.requests_and_answers import TOKEN, Request, Response
from lp_guide.sandbox_client import Sandbox, World

ADDRESS = usual_address(contract())
PAGES = {
    page.url: page for page in read_pages(all_contracts(), SITE / "content", Path("content")) if "```http" in page.text
}
RUBY = shutil.which("ruby")
END = "\x1e"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
ODD = Request(
    "POST",
    "/api/v3/schools/it's?filter[a]=1,2&b=%2B+x&c=",
    HEADERS | {"Content-Type": "application/json"},
    '{\n  "said": "it\'s #{1} \\" \\\\ ✓",\n  "none": [null, true, -1.5, [], {}]\n}',
)


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with listening() as url, Sandbox(url) as opened:
        yield opened


@cache
def answered(url: str) -> Sequence[Answered]:
    return renderer().body(PAGES[url]).answered


def run_curl(codes: Sequence[str]) -> list[str]:
    """Run commands one after the other, each with words that make curl print the status last."""
    script = "\n".join(f"{code} -s -S -w '\\n%{{http_code}}{END}'" for code in codes)
    done = subprocess.run(["sh", "-e"], input=script, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [" ".join(reversed(text.rsplit("\n", 1))) for text in done.stdout.split(END)[:-1]]


def run_python(codes: Sequence[str]) -> list[str]:
    printed = []
    for code in codes:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(code, "snippet", "exec"), {})
        printed.append(out.getvalue().removesuffix("\n"))
    return printed


def run_ruby(codes: Sequence[str]) -> list[str]:
    script = "".join(f"{code}\nprint '{END}'\n" for code in codes)
    done = subprocess.run([RUBY or "ruby"], input=script, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [text.removesuffix("\n").replace("\n", " ", 1) for text in done.stdout.split(END)[:-1]]


RUN: dict[str, Callable[[Sequence[str]], list[str]]] = {"curl": run_curl, "Python": run_python, "Ruby": run_ruby}


def in_world(request: Request, world: World) -> Request:
    """Name the world of an actor that names none: a reader's acts in the default one."""
    if not request.target.startswith("/_sandbox/actors/") or "world=" in request.target:
        return request
    return replace(request, target=f"{request.target}?world={world.id}")


def received(text: str) -> Response:
    status, body = text.split(" ", 1)
    with contextlib.suppress(ValueError):
        return Response(int(status), json.loads(body))
    return Response(int(status), body)


@pytest.mark.parametrize("url", PAGES)
def test_every_body_that_the_api_accepts_names_the_type_of_its_data(url: str):
    accepted = [each.exchange for each in answered(url) if each.exchange.response.status < 300]
    bodies = [each.request.body for each in accepted if each.request.target.startswith("/api/") and each.request.body]
    assert [body for body in bodies if "type" not in json.loads(body)["data"]] == []


@pytest.mark.parametrize("language", RUN)
@pytest.mark.parametrize("url", PAGES)
def test_the_code_of_every_request_gets_the_answer_of_the_page(url: str, language: str, sandbox: Sandbox):
    if language == "Ruby" and RUBY is None:
        pytest.skip("THERE IS NO RUBY: its code on the pages is not run")
    said = [claims(each.block.info) for each in answered(url)]
    worlds = {name: sandbox.fresh(contract().seeds["world"]["clock"]) for name in {each.world for each in said}}
    codes = [
        LANGUAGES[language](in_world(each.exchange.request, worlds[claimed.world]), sandbox.address).replace(
            TOKEN, worlds[claimed.world].token
        )
        for each, claimed in zip(answered(url), said, strict=True)
    ]
    printed = RUN[language](codes)
    for each, claimed, text in zip(answered(url), said, printed, strict=True):
        assert written(shown(received(text), claimed)) == written(each.exchange.response), each.block
    for world in worlds.values():
        sandbox.discard(world)


CONTROL = re.compile(r"^```http[^\n]*\n([A-Z]+) (/_sandbox/[^?\s]*)(\?\S*)?$", re.MULTILINE)
"""A request to a control on a page: its method, its path and its query."""


def controls_without_world(text: str, theirs: Contract) -> list[str]:
    """Return the requests of a page that reach the default world of another edition, which has the control too."""
    return [
        f"{method} {path}"
        for method, path, query in CONTROL.findall(text)
        if "world=" not in query
        for op in operations_for(theirs, method, path)
        if any(parameter["name"] == "world" for parameter in op.parameters)
    ]


def test_a_request_to_a_control_of_both_editions_names_its_world_on_pages_of_the_second_one():
    of_first = load("register/sandbox")
    pages = [page for page in PAGES.values() if page.contracts[0].edition == "ecf"]
    assert pages
    assert {page.url: found for page in pages if (found := controls_without_world(page.text, of_first))} == {}
    assert controls_without_world("```http status=201\nPOST /_sandbox/scenarios/ect-in-training\n```", of_first)


def test_there_are_pages_with_requests():
    assert len(PAGES) > 10


def test_what_needs_care_in_python_comes_out_as_it_was():
    sent = {}
    fake = {"post": lambda url, **given: sent.update(url=url, **given)}
    code = python(ODD, "http://a").replace("import requests\n", "").partition("print(")[0]
    exec(code, {"requests": type("Requests", (), {name: staticmethod(call) for name, call in fake.items()})})
    assert sent == {
        "url": "http://a/api/v3/schools/it's",
        "params": {"filter[a]": "1,2", "b": "+ x", "c": ""},
        "headers": HEADERS,
        "json": json.loads(ODD.body),
        "timeout": 30,
    }


def test_what_needs_care_in_a_shell_comes_out_as_it_was():
    code = curl(ODD, "http://a").replace("curl ", "printf '%s\\n' ", 1)
    done = subprocess.run(["sh", "-e"], input=code, capture_output=True, text=True, check=True)
    assert done.stdout == "\n".join(
        [
            "--globoff",
            f"http://a{ODD.target}",
            "-H",
            f"Authorization: Bearer {TOKEN}",
            "-H",
            "Content-Type: application/json",
            "-d",
            ODD.body + "\n",
        ]
    )


def test_nothing_in_ruby_is_worked_out_that_was_not_meant():
    code = ruby(ODD, "http://a")
    assert 'URI.encode_www_form("filter[a]" => "1,2", "b" => "+ x", "c" => "")' in code
    assert "request.body = <<~'JSON'\n  {\n    \"said\": \"it's #{1} " in code
    assert "Net::HTTP::Post.new(uri)" in code
    assert ruby(Request("GET", "/#{1}"), "http://a").count("\\#{1}") == 1


def test_a_body_that_is_no_json_is_sent_as_it_stands():
    request = Request("POST", "/api/v3/partnerships", {"Content-Type": "application/json"}, '{"data": ')
    assert 'data="{\\"data\\": "' in python(request, ADDRESS)
    assert "application/json" in python(request, ADDRESS)


def test_a_page_shows_every_form_of_a_request_without_a_script_and_opens_the_first(tmp_path: Path):
    text = render(tmp_path, "```http\nGET /api/v3/delivery-partners?filter[cohort]=2026\n```\n" * 2)
    assert re.findall('<summary class="app-forms__name">(.*?)</summary>', text) == ["HTTP", *LANGUAGES] * 2
    assert re.findall(r'<details class="app-forms__form" name="([\w-]+)" open>', text) == ["form-0", "form-1"]
    text = re.sub("<!--.*?-->", "", text)  # where the sandbox puts its own address
    assert text.count("&#39;http://127.0.0.1:8000/api/v3/delivery-partners?filter[cohort]=2026&#39;") == 2
