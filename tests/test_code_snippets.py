"""The code on the pages is the request beside it: run, it gets the answer that the page shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from listening_sandbox import listening
from site_helpers import close_sandbox, contract, render, renderers, site_pages, unmarked

from lp_contract.contract import load
from lp_contract.published_document import usual_address
from lp_guide.code_snippets import LANGUAGES, curl, python, ruby
from lp_guide.page_request_runner import shown
from lp_guide.recorded_answers import Answered, written
from lp_guide.request_options import claims
from lp_guide.requests_and_answers import TOKEN, Request, Response
from lp_guide.sandbox_client import Sandbox, World
from lp_sandbox.app import App, layout
from lp_sandbox.editions import MODULES, edition
from lp_sandbox.worlds.store.open_store import open_store

ADDRESS = usual_address(contract())
PAGES = {page.url: page for page in site_pages() if "```http" in page.text}
CLOCKS = {name: load(name).seeds["world"]["clock"] for name in MODULES}
OF_ONE_EDITION = ("/_sandbox/actors/", "/_sandbox/outbox")
"""What only one edition has, so that its own default world is meant."""
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
def app() -> App:
    """A sandbox of all editions, as a reader has one."""
    editions = [edition(name) for name in MODULES]
    return App(editions, open_store("memory", layout(editions)))


@pytest.fixture(scope="module")
def listening_clients(app: App) -> Iterator[Mapping[str, Sandbox]]:
    """Yield a client for each edition, with a world to begin with."""
    with listening(app) as url, contextlib.ExitStack() as opened:
        clients = {name: opened.enter_context(Sandbox(url, edition=name)) for name in MODULES}
        for name, client in clients.items():
            client.pristine(CLOCKS[name])
        yield clients


@pytest.fixture
def sandboxes(app: App, listening_clients: Mapping[str, Sandbox]) -> Iterator[Mapping[str, Sandbox]]:
    """Yield the clients, and undo at the end what was sent: that is quicker than worlds of their own for each test."""
    with app.undone():
        yield listening_clients


def worlds_of(places: Iterable[tuple[str, str]], sandboxes: Mapping[str, Sandbox]) -> Mapping[tuple[str, str], World]:
    """Return a world for each edition and name that a page uses.

    The first of an edition is the world that its client began with. Any others are copies of that world.
    """
    worlds: dict[tuple[str, str], World] = {}
    for name, world in dict.fromkeys(places):
        is_first = all(name != other for other, _ in worlds)
        make = sandboxes[name].pristine if is_first else sandboxes[name].fresh
        worlds[name, world] = make(CLOCKS[name])
    return worlds


@cache
def answered(url: str) -> Sequence[Answered]:
    return renderers()[PAGES[url].edition].body(PAGES[url]).answered


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
    ended = 'puts if response.body.to_s.end_with?("\\n")'  # `puts response.body` adds a line break only where none is
    script = "".join(f"{code}\n{ended}\nprint '{END}'\n" for code in codes)
    done = subprocess.run([RUBY or "ruby"], input=script, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [text.removesuffix("\n").replace("\n", " ", 1) for text in done.stdout.split(END)[:-1]]


RUN: dict[str, Callable[[Sequence[str]], list[str]]] = {"curl": run_curl, "Python": run_python, "Ruby": run_ruby}


def in_world(request: Request, world: World) -> Request:
    """Name the world of a control of one edition that names none: a reader's acts in the default one of the edition."""
    if not request.target.startswith(OF_ONE_EDITION) or "world=" in request.target:
        return request
    joined = "&" if "?" in request.target else "?"
    return replace(request, target=f"{request.target}{joined}world={world.id}")


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
def test_the_code_of_every_request_gets_the_answer_of_the_page(
    url: str, language: str, sandboxes: Mapping[str, Sandbox]
):
    if language == "Ruby" and RUBY is None:
        pytest.skip("THERE IS NO RUBY: its code on the pages is not run")
    said = [claims(each.block.info) for each in answered(url)]
    places = [(claimed.edition or PAGES[url].edition, claimed.world) for claimed in said]
    worlds = worlds_of(places, sandboxes)
    codes = [
        LANGUAGES[language](in_world(each.exchange.request, worlds[place]), sandboxes[place[0]].address).replace(
            TOKEN, worlds[place].token
        )
        for each, place in zip(answered(url), places, strict=True)
    ]
    printed = RUN[language](codes)
    for each, claimed, text in zip(answered(url), said, printed, strict=True):
        assert written(shown(received(text), claimed)) == written(each.exchange.response), each.block


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


def test_a_body_that_is_not_json_is_sent_unchanged():
    request = Request("POST", "/api/v3/partnerships", {"Content-Type": "application/json"}, '{"data": ')
    assert 'data="{\\"data\\": "' in python(request, ADDRESS)
    assert "application/json" in python(request, ADDRESS)


def test_a_page_shows_every_form_of_a_request_without_a_script_and_opens_the_first(tmp_path: Path):
    text = render(tmp_path, "```http\nGET /api/v3/delivery-partners?filter[cohort]=2026\n```\n" * 2)
    assert re.findall('<summary class="app-forms__name">(.*?)</summary>', text) == ["HTTP", *LANGUAGES] * 2
    assert re.findall(r'<details class="app-forms__form" name="([\w-]+)" open>', text) == ["form-0", "form-1"]
    text = unmarked(re.sub("<!--.*?-->", "", text))  # where the sandbox puts its own address
    assert text.count("&#39;http://127.0.0.1:8000/api/v3/delivery-partners?filter[cohort]=2026&#39;") == 2
