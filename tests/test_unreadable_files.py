"""Whatever cannot be read is a complaint with file, line and remedy, for every command: there are no tracebacks."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from site_helpers import FRONT, SANDBOX, SITE, contract

from lp_contract import SPEC, file_reading
from lp_contract.yaml_source import ContractError, read
from lp_guide.__main__ import lp_guide
from lp_guide.commands.options_and_failures import FAULTY, INTERRUPTED
from lp_guide.failure_complaints import FAULT, complaints_of
from lp_guide.site import Site

CASES = yaml.load((Path(__file__).parent / "cases" / "unreadable.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
NEEDED = ("differences", "release-notes/index", "versions", "search", "guidance/accessibility", "guidance/support")
"""The pages that every page links to."""
DEEP = 3000
MAKES = {
    "folder": Path.mkdir,
    "link to nothing": lambda file: file.symlink_to("nothing"),
    "link to itself": lambda file: file.symlink_to(file.name),
    "pipe": os.mkfifo,
    "nothing": lambda _: None,
}
NESTED = {
    "brackets in YAML": "x: " + "[" * DEEP + "]" * DEEP,
    "braces in YAML": "x: " + "{a: " * DEEP + "}" * DEEP,
    "lists in YAML": "- " * 200_000 + "x",
}
PAGES = {
    "brackets": "[" * DEEP + "]" * DEEP,
    "quotes": "> " * DEEP + "x",
    "lists": "- " * DEEP + "x",
    "links": "[a](" * DEEP,
    "code in quotes": f"`{chr(34) * DEEP}`",
    "JSON": f"```json\n{'[' * 900}{']' * 900}\n```",
    "JSON without an end": f"```json\n{chr(123)}{chr(34)}a{chr(34)}:\n{'[' * DEEP}\n```",
    "a request": f"```http\nPOST /api/v3/partnerships\n\n{'[' * 900}{']' * 900}\n```",
    "braces": "{{ " + "(" * DEEP + ")" * DEEP + " }}",
    "private characters": "\ue0007\ue001",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A small site in which nothing is wrong."""
    folder = tmp_path_factory.mktemp("sound") / "site"
    shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns("content", "anchors.lock", "__pycache__"))
    for name in ("index", *NEEDED):
        file = folder / "content" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FRONT.replace("A page", name) + ("{{ rate_limit() }}\n" if name == "index" else ""))
    settings = read(SITE / "site.yaml").data | {
        "navigation": [],
        "for_writers": "/",
        "redirects": {},
        "switch": [],
        "counterparts": {},
        "glossary": {},
        "beside": ["register/sandbox"],
    }
    settings["coverage"] = {}
    settings["glossary"] = {}
    settings["search"] = {**settings["search"], "weights": {}}
    (folder / "site.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    return folder


@pytest.fixture(scope="module")
def opened(sound: Path) -> Iterator[Site]:
    with Site(contract(), sound, SANDBOX) as site:
        assert site.make().complaints == ()
        yield site


def complaints_in(site: Site) -> list[str]:
    try:
        return [str(complaint) for complaint in site.make().complaints]
    except ContractError as error:
        return [str(complaint) for complaint in error.complaints]


def put(file: Path, case) -> None:
    if "makes" in case:
        MAKES[case["makes"]](file)
    elif "old" in case:
        file.write_text(case["whole"].replace(case["old"], case["new"], 1))
    else:
        file.write_bytes(bytes.fromhex(case["bytes"]) if "bytes" in case else case["text"].encode())


def remove(file: Path) -> None:
    if file.is_dir():
        file.rmdir()
    else:
        file.unlink(missing_ok=True)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_unreadable_file_is_reported_with_its_line_and_a_remedy_until_it_is_mended(opened: Site, sound: Path, case):
    file = sound / case["file"]
    before = file.read_bytes() if file.is_file() else None
    remove(file)
    try:
        put(file, case | {"whole": (before or b"").decode()})
        found = complaints_in(opened)
    finally:
        remove(file)
        if before is not None:
            file.write_bytes(before)

    expected = case["says"].split("LINE")
    assert any(all(part in each for part in expected) for each in found), found
    assert complaints_in(opened) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_nested_without_end_is_judged(opened: Site, sound: Path, name: str):
    page = sound / "content" / "trial.md"
    page.write_text(f"{FRONT}{PAGES[name]}\n", encoding="utf-8")
    try:
        found = complaints_in(opened)
    finally:
        page.unlink()

    assert all(each.split(":")[1].isdecimal() and f"[{FAULT}]" not in each for each in found)
    assert complaints_in(opened) == []


@pytest.mark.parametrize("name", NESTED)
def test_yaml_that_is_nested_without_end_is_refused(name: str):
    with pytest.raises(file_reading.Unreadable, match="nested more than"):
        file_reading.parse(NESTED[name])


@pytest.mark.parametrize("name", [".#index.md", ".index.md.swp.md", ".hidden/page.md"])
def test_hidden_files_of_editors_are_not_pages(opened: Site, sound: Path, name: str):
    file = sound / "content" / name
    file.parent.mkdir(exist_ok=True)
    file.symlink_to("writer@desk.1234:5678")
    try:
        assert complaints_in(opened) == []
    finally:
        file.unlink()


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    shutil.copytree(
        SPEC, tmp_path / "spec", ignore=shutil.ignore_patterns("*.py", "__pycache__", "released", "sandbox")
    )
    return tmp_path / "spec"


BROKEN = {
    "in UTF-16": lambda text: text.encode("utf-16"),
    "in Latin-1": lambda text: b"# caf\xe9\n" + text.encode(),
    "with a null byte": lambda text: b"# \0\n" + text.encode(),
    "with brackets": lambda text: text.encode() + b"x: " + b"[" * DEEP,
    "cut off": lambda text: text.encode()[: len(text) // 2],
    "empty": lambda _: b"",
    "of noise": lambda _: random.Random(1).randbytes(999),
}


@pytest.mark.parametrize("command", ["check", "diff"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_contract_is_refused_with_file_and_line(spec: Path, how: str, command: str):
    file = spec / "register" / "partnerships.yaml"
    file.write_bytes(BROKEN[how](file.read_text(encoding="utf-8")))
    arguments = ["check", "--spec", str(spec)] if command == "check" else ["diff", str(spec), str(SPEC)]

    done = CliRunner().invoke(lp_guide, arguments)

    assert done.exit_code == 1, done.output
    assert ".yaml:" in done.output
    assert f"[{FAULT}]" not in done.output


def test_a_lock_of_an_editor_is_not_a_document_of_the_contract(spec: Path):
    (spec / "register" / ".#partnerships.yaml").symlink_to("writer@desk.1234:5678")

    assert CliRunner().invoke(lp_guide, ["check", "--spec", str(spec)]).exit_code == 0


@pytest.mark.parametrize("command", ["check", "build", "update", "anchors", "coverage"])
def test_every_command_reports_settings_that_cannot_be_read(sound: Path, tmp_path: Path, command: str, monkeypatch):
    shutil.copytree(sound, tmp_path / "site")
    (tmp_path / "site" / "site.yaml").write_bytes(b"name: \xff\n")
    monkeypatch.setattr("lp_guide.commands.check.judge_contract", lambda *_: [])
    out = ["--out", str(tmp_path / "out")] if command == "build" else []

    done = CliRunner().invoke(lp_guide, [command, "--site", str(tmp_path / "site"), *out])

    assert done.exit_code == 1
    assert "site.yaml:1: [readable] The file is not in UTF-8. Save it as UTF-8." in done.output


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.EROFS, errno.ENOTDIR, errno.ENOENT, errno.EIO])
def test_an_error_of_the_operating_system_is_reported_with_the_path(number: int):
    (complaint,) = complaints_of(OSError(number, os.strerror(number), "out/index.html"))

    assert str(complaint).startswith(f"out/index.html:1: [system] {os.strerror(number)}. ")
    assert complaint.remedy


def test_a_build_into_a_file_and_over_a_list_that_is_none_is_refused_in_words(sound: Path, tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".lp-guide.json").write_text("{")
    (tmp_path / "file").touch()

    for folder, words in (("out", "not the list of files that a build writes"), ("file/out", "Not a directory")):
        done = CliRunner().invoke(lp_guide, ["build", "--site", str(sound), "--out", str(tmp_path / folder)])
        assert done.exit_code == 1
        assert f"{tmp_path / folder}" in done.output
        assert words in done.output


def test_ctrl_c_ends_a_command_quietly(monkeypatch, sound: Path):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("lp_guide.site.Site.make", interrupt)
    done = CliRunner().invoke(lp_guide, ["coverage", "--site", str(sound)])

    assert (done.exit_code, done.output) == (INTERRUPTED, "")


def test_a_fault_of_the_program_is_reported_without_a_traceback(monkeypatch, sound: Path):
    def fail(*_, **__):
        raise TypeError("so it is")

    monkeypatch.setattr("lp_guide.site.Site.make", fail)
    monkeypatch.setattr("lp_guide.failure_complaints.check", lambda _: ())
    done = CliRunner().invoke(lp_guide, ["coverage", "--site", str(sound)])

    assert done.exit_code == FAULTY
    assert "This is a fault in lp-guide, not in your files: TypeError: so it is. Report it" in done.output


def test_output_that_cannot_be_written_is_reported_in_one_line():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lp_guide", "lint", "README.md"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=SPEC.parent,
        )

    assert done.returncode == 1
    assert done.stderr == "lp-guide: standard output: No space left on device. Write it somewhere else.\n"
