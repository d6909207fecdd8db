"""Documents: finished JSON, stored as bytes, and joined into answers without being decoded.

A document has the values that hold most of the time; `changed` replaces one that the clock decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


def document(kind: str, id: str, attributes: Mapping[str, Any]) -> bytes:
    """Encode a resource as it appears under `data`."""
    return _encode({"id": id, "type": kind, "attributes": attributes})


def changed(text: bytes, name: str, usual: Any, value: Any) -> bytes:
    """Replace the first value of an attribute. Raises LookupError when the document does not have the usual value."""
    key = name.encode()
    before, found, after = text.partition(b'"%s":%s' % (key, _encode(usual)))
    if not found:
        raise LookupError(f"The document has no {name} {usual!r}.")
    return b'%s"%s":%s%s' % (before, key, _encode(value), after)


def one(text: bytes) -> bytes:
    """Return the body of an answer with one resource."""
    return b'{"data":%s}' % text


def many(texts: Iterable[bytes]) -> bytes:
    """Return the body of an answer with a list of resources."""
    return b'{"data":[%s]}' % b",".join(texts)


def page(texts: Iterable[bytes], meta: Mapping[str, Any]) -> bytes:
    """Return the body of an answer with a page of resources, and what the whole list holds."""
    return b'{"data":[%s],"meta":%s}' % (b",".join(texts), _encode(meta))
