"""Invisible and wrongly decoded characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lp_guide.lint.markdown_page import Finding
from lp_guide.lint.prose import Prose

_SPACES = {"\u00a0": "no-break space", "\u202f": "narrow no-break space", "\u2007": "figure space"}
_NOTHINGS = {
    "\u00ad": "soft hyphen",
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u200e": "left-to-right mark",
    "\u200f": "right-to-left mark",
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
}
_NAMES = _SPACES | _NOTHINGS
_UNWANTED = re.compile(f"[{''.join(_NAMES)}\ue000-\uf8ff]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MISREAD = re.compile(r"[\u00c2-\u00f4][^\x00-\x7f]{1,3}")
_USUAL = re.compile(r"[\u00a0-\u017f\u2000-\u2bff\ufeff\U0001f000-\U0001faff]")
"""The characters that a page in English can contain."""


def mojibake(page: Prose) -> Iterator[Finding]:
    """No character was written as UTF-8 and read as something else."""
    for number, line in enumerate(page.lines, 1):
        for match in _MISREAD.finditer(line):
            seen, meant = _mended(match[0])
            if meant:
                yield Finding(number, f"`{seen}` is a character that was read in the wrong encoding.", f"Write {meant}")
        if "\N{REPLACEMENT CHARACTER}" in line:
            message = f"`{_around(line, line.index(chr(0xFFFD)))}` contains a character that was lost."
            yield Finding(number, message, "Write it again, and save the file as UTF-8.")


def _mended(misread: str) -> tuple[str, str]:
    """Return the longest beginning that is one character in UTF-8, and that character."""
    for end in range(len(misread), 1, -1):
        try:
            meant = _bytes(misread[:end]).decode()
        except UnicodeError:
            continue
        if len(meant) == 1 and _USUAL.fullmatch(meant):
            return misread[:end], f"`{meant}`." if meant.isprintable() else "a plain space."
    return "", ""


def _bytes(text: str) -> bytes:
    """Encode as Windows does, which leaves five places of its table empty."""
    return b"".join(bytes([ord(each)]) if "\x80" <= each <= "\x9f" else each.encode("cp1252") for each in text)


def invisible_character(page: Prose) -> Iterator[Finding]:
    """No character is invisible."""
    for number, line in enumerate(page.lines, 1):
        misread = {at for match in _MISREAD.finditer(line) if _mended(match[0])[1] for at in range(*match.span())}
        found = [m for m in _UNWANTED.finditer(line) if m.start() not in misread and not _has_purpose(line, m.start())]
        if number == 1 and found and found[0][0] == "\ufeff" and found[0].start() == 0:
            del found[0]
        for character in dict.fromkeys(match[0] for match in found):
            at = line.index(character)
            remedy = "Write a plain space." if character in _SPACES else "Delete it."
            yield Finding(number, f"There is a {_name(character)} in `{_around(line, at)}`.", remedy)


def _has_purpose(line: str, at: int) -> bool:
    """Whether a joiner joins two parts of an emoji."""
    is_joiner = line[at] == "\u200d" and 0 < at < len(line) - 1
    return is_joiner and all(unicodedata.category(each) in ("So", "Sk", "Mn") for each in (line[at - 1], line[at + 1]))


def _name(character: str) -> str:
    kind = "private-use character" if unicodedata.category(character) == "Co" else "control character"
    return f"{_NAMES.get(character, kind)} (U+{ord(character):04X})"


def _around(line: str, at: int) -> str:
    """Quote the text around a character, with a box in its place."""
    before, after = re.findall(r"\w*$", line[:at])[0][-20:], re.findall(r"^\w*", line[at + 1 :])[0][:20]
    return f"{before}\N{OPEN BOX}{after}"
