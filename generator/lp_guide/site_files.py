"""The files of a site in memory, the pages compressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from lp_guide.packed_text import PackedText


def is_page(name: str) -> bool:
    """Whether a file is a page, by its name."""
    return name.endswith(".html")


class SiteFiles(Mapping[str, bytes]):
    """The files of a site by their names."""

    def __init__(self, files: Mapping[str, bytes | PackedText]) -> None:
        """Take the files, of which any can be compressed."""
        self._files = dict(files)

    @classmethod
    def pack(cls, files: Iterable[tuple[str, bytes]]) -> Self:
        """Take files with their names, and compress the pages."""
        return cls({name: PackedText.of_bytes(data) if is_page(name) else data for name, data in files})

    def __getitem__(self, name: str) -> bytes:
        """Return the content of a file."""
        found = self._files[name]
        return found.data if isinstance(found, PackedText) else found

    def __contains__(self, name: object) -> bool:
        """Return whether there is a file of a name."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the files."""
        return iter(self._files)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._files)

    def __or__(self, other: SiteFiles) -> SiteFiles:
        """Return these files with others, which replace files of the same name."""
        return SiteFiles(self._files | other._files)

    def changed(self, before: SiteFiles) -> set[str]:
        """Return the names of the files that are new, have changed or are gone."""
        names = self._files.keys() | before._files.keys()
        return {name for name in names if self._files.get(name) != before._files.get(name)}
