"""The GitHub action, the GitLab job and the Containerfile do what the pages say.

Their steps run here in an empty environment, except those that install packages: `make tools` runs these. No container
engine is needed, so `useradd` and the base image are not tried.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from ci_recipes import (
    ACTION,
    EXAMPLES,
    GITLAB,
    INSTALL,
    ROOT,
    START,
    WORKFLOW,
    container_variables,
    instruction,
    instructions,
    of_action,
    sh,
)
from client import register, small_world
from listening_sandbox import listening
from test_wheel import SHIPPED

from lp_contract.published_document import content_types
from lp_sandbox.__main__ import main
from lp_sandbox.testing import Sandbox
from lp_sandbox.web.hosts import Address

PYTHON = Path(sys.executable).parent


@pytest.fixture
def temp(tmp_path: Path) -> Iterator[Path]:
    """A folder in which the sandbox counts as installed. A sandbox that was started in it is stopped at the end."""
    program = tmp_path / "lp-sandbox" / "bin" / "lp-sandbox"
    program.parent.mkdir(parents=True)
    paths = os.pathsep.join(path for path in sys.path if path)
    lines = (
        "#!/bin/sh",
        f"echo $$ >> {tmp_path}/started",
        f'PYTHONPATH={paths} exec {sys.executable} -m lp_sandbox "$@"',
    )
    program.write_text("\n".join(lines) + "\n")
    program.chmod(0o755)
    yield tmp_path
    for number in (tmp_path / "started").read_text().split():
        try:
            os.kill(int(number), signal.SIGKILL)
        except ProcessLookupError:
            continue


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return str(place.getsockname()[1])


@pytest.fixture
def start(temp: Path) -> Callable[..., tuple[int, str, dict[str, str]]]:
    """Runs the step of the action that starts the sandbox: its exit code, what it says, and what it hands on."""

    def run(**inputs: str) -> tuple[int, str, dict[str, str]]:
        files = {name: str(temp / name) for name in ("GITHUB_OUTPUT", "GITHUB_ENV")}
        variables = {name: of_action(text, inputs, temp) for name, text in START["env"].items()}
        done = sh(START["run"], temp, RUNNER_TEMP=str(temp), **files, **variables)
        lines = [line for file in files.values() if Path(file).exists() for line in Path(file).read_text().splitlines()]
        return done.returncode, done.stdout + done.stderr, dict(line.split("=", 1) for line in lines)

    return run


def test_after_the_action_the_tests_of_the_workflow_pass(start, temp: Path):
    with_ = next(step["with"] for step in WORKFLOW["jobs"]["test"]["steps"] if "OWNER/" in step.get("uses", ""))
    assert with_.keys() <= ACTION["inputs"].keys()
    code, said, outputs = start(port="0", **with_)
    assert code == 0, said
    assert outputs.keys() == {*ACTION["outputs"], "SANDBOX_URL"}
    assert all(f"steps.{START['id']}.outputs.{name} " in given["value"] for name, given in ACTION["outputs"].items())
    assert outputs["url"] in Path(outputs["log"]).read_text()
    last = WORKFLOW["jobs"]["test"]["steps"][-1]["run"]
    done = sh(last, EXAMPLES, SANDBOX_URL=outputs["SANDBOX_URL"])
    assert done.returncode == 0, done.stdout + done.stderr
    listed = sh(f"curl -sf -H 'Authorization: Bearer {outputs['token']}' {outputs['url']}/api/v3/partnerships", temp)
    assert "data" in json.loads(listed.stdout)


def test_the_action_fails_with_the_log_when_the_sandbox_does_not_start(start):
    code, said, outputs = start(port="0", options="--size huge")
    assert code == 1
    assert "There is no size 'huge'" in said
    assert outputs == {}


def test_a_job_can_start_two_sandboxes(start, temp: Path):
    kinds = ("--size small --cors *", "--size small --edition ecf")
    urls = [start(port="0", options=options)[2]["url"] for options in kinds]
    assert len(set(urls)) == 2
    answers = [json.loads(sh(f"curl -sf {url}/_sandbox/health", temp).stdout)["editions"] for url in urls]
    assert answers == [["register", "ecf"], ["ecf"]]


def test_the_job_of_gitlab_starts_a_sandbox_and_its_tests_pass(temp: Path):
    *installing, _, _ = GITLAB["before_script"]
    assert all("venv" in line or "pip install" in line for line in installing)
    (temp / ".sandbox").symlink_to(temp / "lp-sandbox")
    (temp / "declarations.sh").write_text((EXAMPLES / "declarations.sh").read_text())
    port = free_port()
    variables = {**GITLAB["variables"], "SANDBOX_URL": f"http://127.0.0.1:{port}", "LP_SANDBOX_PORT": port}
    done = sh([*GITLAB["before_script"][len(installing) :], *GITLAB["script"]], temp, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: " in done.stdout


@pytest.mark.parametrize("variables", [GITLAB["variables"], START["env"], container_variables()])
def test_every_variable_of_a_recipe_is_one_of_an_option(variables: dict[str, str]):
    known = {option.envvar for option in main.commands["serve"].params}
    assert {name for name in variables if name.startswith("LP_")} <= known


PIPS = [each.text for each in instructions() if each.name == "RUN" and "pip" in each.text] + [INSTALL["run"]]


@pytest.mark.parametrize("text", PIPS)
def test_everything_that_a_recipe_installs_from_an_index_is_checked_against_hashes(text: str):
    for command in text.replace("\n", " && ").split(" && "):
        if " install " in command or " wheel " in command:
            assert ("--require-hashes" in command) != ("--no-deps" in command), command
            assert "wheel" not in command or "--no-build-isolation" in command


def test_the_container_does_not_run_as_root_and_keeps_its_worlds_in_a_volume():
    number = instruction("USER").text  # Kubernetes cannot tell from a name that it is not root's
    assert number.isdecimal()
    assert int(number) > 0
    assert any(f"--uid {number} " in each.text for each in instructions())
    assert instruction("VOLUME").text in container_variables()["LP_SANDBOX_STORE"]
    assert instruction("EXPOSE").text == container_variables()["LP_SANDBOX_PORT"]
    assert json.loads(instruction("CMD").text)[0] == "serve"


def test_the_container_is_built_from_all_that_the_wheel_needs():
    copied = [word for each in instructions() if each.name == "COPY" for word in each.text.split()[:-1]]
    assert {*SHIPPED} <= {*copied}
    assert all((ROOT / name).exists() for name in copied if not name.startswith(("-", "/")))


def test_the_health_check_passes_while_the_sandbox_is_ready_and_fails_otherwise(tmp_path: Path):
    command = json.loads(instruction("HEALTHCHECK").text.partition("CMD ")[2])
    program = (str(PYTHON / "python"), *command[1:])
    script = " ".join(f"'{word}'" for word in (program[0], "-c", 'exec(open("check.py").read())'))
    (tmp_path / "check.py").write_text(program[-1])
    with Sandbox() as sandbox:
        port = sandbox.url.rpartition(":")[2]
        assert sh(script, tmp_path, LP_SANDBOX_PORT=port).returncode == 0
    assert sh(script, tmp_path, LP_SANDBOX_PORT=port).returncode == 1


def test_the_lock_file_of_the_container_has_all_that_the_sandbox_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["fast"]]
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements-server.lock").read_text(), re.MULTILINE)
    assert {re.match(r"[\w.-]+", each)[0] for each in needed} <= {*locked}
    assert len(locked) < len(re.findall(r"^[\w.-]+==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


NAME = "sandbox.example.com"
"""The name of the server in the example for nginx."""


@contextmanager
def nginx(url: str, folder: Path) -> Iterator[str]:
    """Run nginx as in the example, without TLS, in front of a sandbox. Skips the test where there is no nginx."""
    if not shutil.which("nginx"):
        pytest.skip("THERE IS NO NGINX: the example nginx.conf is not run")
    port = free_port()
    server = re.sub(r"\n *ssl_certificate.*", "", (EXAMPLES / "nginx.conf").read_text())
    server = server.replace("443 ssl", f"127.0.0.1:{port}").replace("http://127.0.0.1:8000", url)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {places} {server} }}")
    with subprocess.Popen(["nginx", "-p", str(folder), "-e", str(folder / "log"), "-c", str(file)]) as process:
        while not (folder / "pid").exists():
            assert process.poll() is None
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_behind_nginx_the_sandbox_has_its_address_keeps_its_controls_closed_and_takes_the_id(tmp_path: Path):
    app = small_world(register(), key="secret", address=Address("127.0.0.1", names=frozenset({NAME})))
    with (
        listening(app) as url,
        nginx(url, tmp_path) as proxy,
        httpx.Client(base_url=proxy, headers={"host": NAME}) as web,
    ):
        assert web.get("/_sandbox/health").json()["ready"]
        assert web.get("/_sandbox/worlds").status_code == 403
        answer = web.get("/_sandbox/worlds", headers={"X-Sandbox-Key": "secret"})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])
        document = web.get(f"/{next(iter(content_types(register().contract)))}")
        assert f"http://{NAME}" in document.text


PAGES = [
    ROOT / "site" / "content" / "testing" / f"{name}.md"
    for name in ("use-it-in-ci", "run-it-for-a-team", "run-it-behind-a-proxy")
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_pages_name_options_and_variables_that_exist(page: Path):
    options = [option for option in main.commands["serve"].params if option.expose_value]
    text = re.sub(
        r"^(podman|docker) .*$|`(podman|docker) .*?`|`--format docker`", "", page.read_text(), flags=re.MULTILINE
    )
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - {"--env", "--help"}
    assert shown <= {name for option in options for name in option.opts}
    assert set(re.findall(r"LP_SANDBOX_[A-Z]\w*", page.read_text())) <= {option.envvar for option in options}
