"""Caches the sandbox's answers until the contract or the code changes, as Python caches its modules.

Equal requests to equal worlds get equal answers. So a build whose requests are those of an earlier one sends none.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from lp_guide.requests_and_answers import Said

T = TypeVar("T")

FOLDER = "__pycache__"
_UNUSABLE = (OSError, ValueError, OverflowError)
"""The errors of reading or writing a cache. The cache is optional: a read-only folder works too."""


class Answers(msgspec.Struct):
    """What a cache holds."""

    conversations: dict[str, Sequence[Said]] = {}
    """The requests of a page or of an example in their order, with their answers."""
    facts: dict[str, Any] = {}
    """Facts about the sandbox."""


class AnswerCache:
    """The answers of an earlier build, and those of this one."""

    def __init__(self, file: Path | None = None, key: str = "") -> None:
        """Take the file of the cache, and the key for which its answers are right. Without a file, start empty."""
        self._file, self._key = file, key.encode()
        self._earlier, self._used = self._load(), Answers()

    @classmethod
    def of_site(cls, folder: Path, key: str) -> Self:
        """Return the cache of the site in a folder."""
        return cls(folder / FOLDER / f"answers.{sys.implementation.cache_tag}.json", key)

    def conversation(self, name: str) -> Sequence[Said]:
        """Return the previous conversation, or nothing if there was none."""
        if name in self._earlier.conversations:
            self._used.conversations.setdefault(name, self._earlier.conversations[name])
        return self._used.conversations.get(name, ())

    def keep(self, name: str, said: Sequence[Said]) -> None:
        """Keep a conversation in place of an earlier one."""
        self._used.conversations[name] = said

    def fact(self, name: str, request: Callable[[], T]) -> T:
        """Return facts about the sandbox: from an earlier build, or from a request now."""
        if name not in self._used.facts:
            earlier = self._earlier.facts
            self._used.facts[name] = earlier[name] if name in earlier else request()
        found: T = self._used.facts[name]
        return found

    def save(self) -> None:
        """Replace the cache with what this build used."""
        if self._file is None or sys.dont_write_bytecode:
            return
        with suppress(*_UNUSABLE):
            answers = msgspec.json.encode(self._used)
            self._file.parent.mkdir(exist_ok=True)
            new = self._file.with_suffix(f".{os.getpid()}")
            new.write_bytes(self._seal(answers) + answers)
            new.replace(self._file)

    def _load(self) -> Answers:
        """Read the cache. A cache under another key, or that is broken, is empty."""
        with suppress(*_UNUSABLE):
            found = self._file.read_bytes() if self._file else b""
            answers = found[hashlib.sha256().digest_size :]
            if found.startswith(self._seal(answers)):
                return msgspec.json.decode(answers, type=Answers)
        return Answers()

    def _seal(self, answers: bytes) -> bytes:
        """Return a hash of the key and the answers. A cache with another hash is not used."""
        return hashlib.sha256(self._key + b"\0" + answers).digest()
