"""The names of the declarations of a recipe, which their ids are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Entry = Mapping[str, Any]


def named_declarations(person: Entry) -> Iterator[tuple[str, Entry]]:
    """Yield the declarations of a person with their names: the type, and from the second of a type on its number."""
    seen: Counter[str] = Counter()
    for entry in person.get("declarations", ()):
        name = entry["type"]
        seen[name] += 1
        yield f"{name}-{seen[name]}" if seen[name] > 1 else name, entry
