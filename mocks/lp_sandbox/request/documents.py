"""Documents: finished JSON, kept as bytes, and put together into answers without being read again.

What the clock decides stands in a document as it is most of the time; `changed` puts another value in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


def document(kind: str, id: str, attributes: Mapping[str, Any]) -> bytes:
    """Write a resource as it stands under `data`."""
    return _encode({"id": id, "type": kind, "attributes": attributes})


def changed(text: bytes, name: str, usual: Any, value: Any) -> bytes:
    """Put another value in the place of the usual one of an attribute."""
    return text.replace(b'"%s":%s' % (name.encode(), _encode(usual)), b'"%s":%s' % (name.encode(), _encode(value)), 1)


def one(text: bytes) -> bytes:
    """Answer with a single resource."""
    return b'{"data":%s}' % text


def many(texts: Iterable[bytes]) -> bytes:
    """Answer with a list of resources."""
    return b'{"data":[%s]}' % b",".join(texts)
