"""Compressed texts: a build keeps the HTML of every page in memory."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Self

_LEVEL = 1
"""The fastest level. A page takes a sixth of its size, and higher levels save little more."""


@dataclass(frozen=True, slots=True)
class PackedText:
    """A text in UTF-8, compressed. Equal texts are equal."""

    packed: bytes

    @classmethod
    def of(cls, text: str) -> Self:
        """Compress a text."""
        return cls.of_bytes(text.encode())

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        """Compress a text in UTF-8."""
        return cls(zlib.compress(data, _LEVEL))

    @property
    def data(self) -> bytes:
        """The text in UTF-8."""
        return zlib.decompress(self.packed)

    @property
    def text(self) -> str:
        """The text."""
        return self.data.decode()
