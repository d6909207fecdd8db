"""What is kept of a contract that was read is used only as long as it is what reading would give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lp_contract import SPEC, contract, merge_documents
from lp_contract.yaml_source import ContractError

RULE = "school_is_eligible"


@pytest.fixture(autouse=True)
def keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    shutil.copytree(SPEC / "register", tmp_path / "register", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def kept_in(root: Path) -> Path:
    (file,) = (root / "register" / "__pycache__").iterdir()
    return file


def test_what_was_kept_is_what_was_read(draft: Path):
    read, kept = contract.load("register", draft), contract.load("register", draft)
    assert kept is not read
    for part in ("document", "rules", "problems", "differences", "transitions", "seeds"):
        assert getattr(kept, part) == getattr(read, part)
    assert list(kept.operations) == list(read.operations)
    assert kept.place(("rules", RULE)) == read.place(("rules", RULE))
    with pytest.raises(TypeError):
        kept.rules["another"] = None  # type: ignore[index]


def test_what_was_read_is_not_read_again(draft: Path, monkeypatch: pytest.MonkeyPatch):
    contract.load("register", draft)
    monkeypatch.setattr(merge_documents, "read_all", None)
    assert RULE in contract.load("register", draft).rules


def test_a_changed_document_is_read_anew(draft: Path):
    contract.load("register", draft)
    file = draft / "register" / "partnerships.yaml"
    file.write_text(file.read_text().replace("is currently ineligible", "is ineligible"))
    assert "is ineligible" in contract.load("register", draft).rules[RULE].detail


def test_a_document_that_is_taken_away_is_missed(draft: Path):
    contract.load("register", draft)
    (draft / "register" / "partnerships.yaml").unlink()
    with pytest.raises(ContractError):
        contract.load("register", draft)


def test_complaints_name_files_as_they_are_seen_from_here(draft: Path, monkeypatch: pytest.MonkeyPatch):
    contract.load("register", draft)
    monkeypatch.chdir(draft)
    monkeypatch.setattr(merge_documents, "read_all", None)  # it is not read again
    assert contract.load("register", draft).place(("rules", RULE)).file == Path("register/partnerships.yaml")


@pytest.mark.parametrize("spoil", [lambda data: data[:0], lambda data: data[:100], lambda data: data[:32] + b"rubbish"])
def test_a_spoiled_file_is_made_again(draft: Path, spoil):
    contract.load("register", draft)
    file = kept_in(draft)
    sound = file.read_bytes()
    file.write_bytes(spoil(sound))
    assert RULE in contract.load("register", draft).rules
    assert file.read_bytes()[:32] == sound[:32]
    assert len(file.read_bytes()) == len(sound)


def test_nothing_is_kept_where_python_keeps_nothing(draft: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    contract.load("register", draft)
    assert not (draft / "register" / "__pycache__").exists()


def test_a_folder_that_cannot_be_written_to_is_read_all_the_same(draft: Path):
    (draft / "register" / "__pycache__").write_text("a file is in the way")
    assert RULE in contract.load("register", draft).rules
