"""Messages name the program as the user called it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lp_guide import program_name
from lp_guide.program_name import command

MODULE = str(Path(program_name.__file__).with_name("__main__.py"))
CALLS = {
    "below the current folder": (".venv/bin/lp-guide", "", ".venv/bin/lp-guide update"),
    "by its whole path": ("{here}/.venv/bin/lp-guide", "", ".venv/bin/lp-guide update"),
    "on the PATH": ("{here}/.venv/bin/lp-guide", "{here}/.venv/bin", "lp-guide update"),
    "elsewhere": ("/opt/own/lp-guide", "", "/opt/own/lp-guide update"),
    "as a module": (MODULE, "", ".venv/bin/python -m lp_guide update"),
    "as a module of the Python on the PATH": (MODULE, "{here}/.venv/bin", "python -m lp_guide update"),
    "by another program": ("/usr/bin/other", "", "lp-guide update"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_command_in_a_message_can_be_copied(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    called, path, expected = CALLS[call]
    for name in ("lp-guide", "python"):
        program = tmp_path / ".venv" / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [called.format(here=tmp_path)])
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.setenv("PATH", path.format(here=tmp_path))
    assert command("update") == expected
