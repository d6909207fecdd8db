"""Caches compiled templates next to their sources, as Python caches its modules."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

FOLDER = "__pycache__"
_COMPILED_BY = f"{jinja2.__version__} {Path(__file__).with_name('templates.py').read_text(encoding='utf-8')}"
"""The other dependencies of compiled code: the version of Jinja, and the settings of our environments."""


class Bytecode(jinja2.BytecodeCache):
    """Stores compiled templates in a folder. If the folder is read-only, they are compiled each time."""

    def __init__(self, templates: Path) -> None:
        """Take the folder of the templates."""
        self._folder = templates / FOLDER

    def get_source_checksum(self, source: str) -> str:
        """Return a checksum of a source."""
        return hashlib.sha256(f"{_COMPILED_BY}\0{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the cached code of the same source."""
        with suppress(OSError):
            bucket.bytecode_from_string(self._file(bucket).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store compiled code."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            new = self._file(bucket).with_suffix(f".{os.getpid()}")
            new.write_bytes(bucket.bytecode_to_string())
            new.replace(self._file(bucket))

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"
