"""Pages and contracts that the sandbox serves name the address at which they are read; files name the usual one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from client import client, register, sandbox
from site_helpers import close_sandbox, render, unmarked, whole_site
from test_server import serving

from lp_contract.publications import FILES
from lp_contract.published_document import files, usual_address
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web import published_contracts

USUAL = usual_address(register().contract)
CREATE = "/reference/partnerships/createPartnership/"
WITHOUT_FORM = "/guidance/get-started/"
FOLDER = register().contract.publications[0].folder
API_FILES = [f"/{FOLDER}{name}" for name in FILES]
CONTROLS_FILES = [f"/_sandbox/{name}" for name in FILES]
HOSTS = ["127.0.0.1:9000", "localhost", "localhost:80", "[::1]:9000", "sandbox.example.com", "a-b.example:65535"]
REFUSED = (400, 403, 421)
ODD_HOSTS = [
    "",
    'x"><script>alert(1)</script>',
    "x'; rm -rf ~; '",
    "$(reboot)",
    "x\nservers: []",
    "user@example.com",
    "example.com/path",
    "example.com:port",
    "example.com:123456",
    "-example.com",
    "[::1",
    "ex\xe4mple.com",
    "a" * 300,
]


@pytest.fixture(scope="module")
def app(built_site: Path) -> App:
    app = sandbox(site=built_site)
    client(app)
    return app


def get(app: App, path: str, host: str | None, scheme: str = "http", **headers: str) -> Answer:
    sent = {} if host is None else {b"host": host.encode("latin-1")}
    sent |= {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return app.answer(Request("GET", path, "", sent, b"", "127.0.0.1", scheme))


def read(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    is_json = answer.content_type == "application/json; charset=utf-8"
    return json.loads(answer.body) if is_json else yaml.load(answer.body, yaml.CSafeLoader)


@pytest.mark.parametrize("path", [*API_FILES, *CONTROLS_FILES])
def test_the_contract_is_published_without_pages(path: str):
    answer = get(sandbox(), path, "127.0.0.1:9000")
    assert read(answer)["servers"][0]["url"] == "http://127.0.0.1:9000"
    assert answer.content_type.startswith("application/json" if path.endswith(".json") else "application/yaml")


@pytest.mark.parametrize("paths", [API_FILES, CONTROLS_FILES], ids=["api", "controls"])
def test_every_file_of_a_contract_says_the_same(paths: list[str]):
    app = sandbox()
    first, *others = [read(get(app, path, "localhost:9000")) for path in paths]
    assert all(each == first for each in others)


def test_the_contract_of_the_sandbox_is_that_of_its_site_with_another_address(app: App):
    for path, file in files(register().contract).items():
        assert whole_site()[path] == file
        served = get(app, f"/{path}", "localhost:9000").body
        assert served == file.replace(USUAL.encode(), b"http://localhost:9000")


def test_the_contract_of_the_controls_has_an_example_of_every_problem():
    document = read(get(sandbox(), "/_sandbox/openapi.json", "127.0.0.1"))
    closed = document["components"]["responses"]["Closed"]["content"]["application/json"]
    assert "controls_are_open" in closed["examples"]


def test_the_contract_of_the_controls_needs_the_key():
    assert get(sandbox(key="secret"), "/_sandbox/openapi.json", "127.0.0.1").status == 403


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_contract_and_pages_show_the_address_at_which_they_are_read(app: App, scheme: str, host: str):
    here = f"{scheme}://{host}"
    for path in API_FILES:
        assert get(app, path, host, scheme).body == whole_site()[path.strip("/")].replace(USUAL.encode(), here.encode())
    page = unmarked(get(app, CREATE, host, scheme).body.decode())
    assert f"curl {here}/api/v3/partnerships" in page or f"curl &#39;{here}/api/v3/partnerships&#39;" in page


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_an_invalid_host_is_never_shown(app: App, host: str):
    for path in (*API_FILES, WITHOUT_FORM):
        usual, odd = get(app, path, None), get(app, path, host)
        assert odd.body == usual.body or odd.status in REFUSED


def test_no_page_that_is_served_shows_the_usual_address_or_a_slot(app: App):
    names = [name for name in whole_site() if name.endswith("index.html")]
    bodies = {name: get(app, f"/{name}", "localhost:9000").body.decode() for name in names}
    assert [name for name, body in bodies.items() if USUAL in body or "<!--sandbox:address" in body] == []
    assert sum("http://localhost:9000/api/v3" in unmarked(body) for body in bodies.values()) > 30


def test_a_host_of_files_shows_the_usual_address():
    page = unmarked(whole_site()[f"{CREATE.strip('/')}/index.html"].decode())
    assert f"{USUAL}/api/v3/partnerships" in re.sub(r"<!--.*?-->", "", page)


def test_a_page_read_at_the_usual_address_says_what_its_file_says(app: App):
    file = re.sub(rb"<!--/?sandbox[^>]*-->", b"", whole_site()[f"{WITHOUT_FORM.strip('/')}/index.html"])
    assert get(app, WITHOUT_FORM, USUAL.removeprefix("http://")).body == file


def test_no_address_is_split_by_a_tag():
    """It would make a comment in the middle of an attribute."""
    for name, file in whole_site().items():
        if name.endswith(".html"):
            assert not re.search(rb"<[a-z][^>]*<!--sandbox", file), name


def test_an_address_in_a_link_stays_as_it_is_and_one_in_words_gets_a_slot(tmp_path: Path):
    page = render(tmp_path, f"[One {USUAL}]({USUAL}/nowhere?{USUAL}) two {USUAL}/api > three {USUAL}\n")
    assert f'href="{USUAL}/nowhere?{USUAL}"' in page
    assert page.count(f"<!--sandbox:address-->{USUAL}<!--/sandbox-->") == 3
    close_sandbox()


def test_a_contract_is_written_once_whoever_reads_it(monkeypatch: pytest.MonkeyPatch):
    made = []
    monkeypatch.setattr(
        published_contracts.published_document, "files", lambda contract: made.append(contract) or files(contract)
    )
    app = sandbox()
    for number in range(100):
        get(app, API_FILES[0], f"host-{number}.example.com")
    assert len(made) == 1


@pytest.mark.skipif(not shutil.which("curl"), reason="THERE IS NO CURL")
def test_a_command_that_is_copied_from_a_page_reaches_the_sandbox_on_any_port(built_site: Path):
    with serving("--store", "memory", "--size", "small", "--site", str(built_site)) as server:
        page = httpx.get(f"{server.url}/reference/partnerships/getPartnerships/").text
        (command,) = re.findall(r"<code>(curl .*?)</code>", page, re.DOTALL)
        command = (
            re.sub(r"<[^>]+>", "", command)
            .replace("&#39;", "'")
            .replace("&#34;", '"')
            .replace("YOUR_TOKEN", server.token)
        )
        answer = subprocess.run(["sh", "-c", f"{command} -s"], capture_output=True, text=True, check=True).stdout
    assert json.loads(answer)["data"]


def test_a_running_sandbox_publishes_its_own_address():
    with serving("--store", "memory", "--size", "small") as server:
        found = httpx.get(f"{server.url}/{FOLDER}openapi.json", headers={"accept-encoding": "gzip"})
    assert found.headers["content-encoding"] == "gzip"
    assert found.json()["servers"][0]["url"] == server.url
