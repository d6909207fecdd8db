"""Documents: finished JSON, kept as text, and put together into answers without being read again.

What only the clock decides stands in a document as a hole: a marker that `filled` replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()


def hole(name: str) -> str:
    """Return the value that a document holds in place of what the clock decides."""
    return f"<{name}>"


def document(kind: str, id: str, attributes: Mapping[str, Any]) -> str:  # noqa: A002 - the field's own name
    """Write a resource as it stands under `data`."""
    return _encoder.encode({"id": id, "type": kind, "attributes": attributes}).decode()


def filled(text: str, name: str, value: Any) -> str:
    """Put a value in the place of a hole."""
    return text.replace(f'"<{name}>"', _encoder.encode(value).decode(), 1)


def one(text: str) -> bytes:
    """Answer with a single resource."""
    return f'{{"data":{text}}}'.encode()


def many(texts: Iterable[str]) -> bytes:
    """Answer with a list of resources."""
    return f'{{"data":[{",".join(texts)}]}}'.encode()
