"""Placeholders, misspellings and punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from lp_guide.lint.markdown_page import CODE, Finding, Guidance
from lp_guide.lint.misspellings import MISSPELT, SLIPS
from lp_guide.lint.prose import Prose

_PLACEHOLDER = re.compile(
    r"""\b(?:LINK|URL|TEXT|DATE|IMAGE|PICTURE|PAGE|CONTENT|COPY|NAME|EXAMPLE)\s
          (?:NEEDED|MISSING|REQUIRED|HERE|TBC|TBD|TO\s(?:COME|FOLLOW|DO))\b
      |\b(?:INSERT|ADD)(?:\s[A-Z]+)+\b
      |(?:^|[(\[])[^\w(\[\n]*+(?P<task>TODO|FIXME|XXX)\b|\b(?:TODO|FIXME|XXX)(?=:)
      |\b(?:TBC|TBD)\b
      |\?\?\?+
      |(?i:\blorem\sipsum\b|\[(?:insert\s[^\[\]]*|to\sdo|placeholder)\](?![(\[]))""",
    re.VERBOSE | re.MULTILINE,
)
_REPEATED = re.compile(r"(?<![\w\u2019'.-])([A-Za-z]+)\s+\1(?![\w\u2019'-])", re.IGNORECASE)
_MAY_REPEAT = {"that", "had", "very", "so", "bye", "no", "blah"}
_DOUBLED_STOP = re.compile(rf"\.\]\([^()]*\)\.(?!\.)|(?<=[\w)\]{CODE}])(?:\.\.(?=\s*$|\s+[A-Z])|,,(?=\s|$))")
_WORD = re.compile(r"(?<![\w/.@#_-])[A-Za-z]+(?![\w/@_]|-\w)")
_ADDRESS = re.compile(r"\]\([^()]*\)|<?https?://\S+|(?<!\S)\S+@\S+")


def placeholder(page: Prose) -> Iterator[Finding]:
    """No placeholder is left on the page."""
    for words in page.prose:
        for match in _PLACEHOLDER.finditer(words.text):
            where = " for an address" if words.text[: match.start()].endswith("](") else ""
            found = match["task"] or " ".join(match[0].split())
            message = f"`{found}` is a placeholder{where}."
            yield Finding(
                words.line_at(match.start()), message, f"Write the {'address' if where else 'text'}, or remove it."
            )


def repeated_word(page: Prose) -> Iterator[Finding]:
    """No word occurs twice in a row."""
    for words in page.prose:
        for match in _REPEATED.finditer(words.text):
            second = match[0].split()[-1]
            if second == second.lower() and second not in _MAY_REPEAT:
                yield Finding(words.line_at(match.end() - 1), f"`{second}` occurs twice in a row.", "Remove one.")


def misspelling(page: Prose) -> Iterator[Finding]:
    """No word is a common misspelling, and no phrase a common mistake."""
    for words in page.prose:
        text = _ADDRESS.sub(lambda match: " " * len(match[0]), words.text)
        for match in _WORD.finditer(text):
            meant = MISSPELT.get(match[0].lower())
            if meant:
                line = words.line_at(match.start())
                yield Finding(line, f"`{match[0]}` is misspelt.", f"Write `{_as_written(meant, match[0])}`.")
        for slip, meant in SLIPS.items():
            for match in re.finditer(rf"\b{slip}\b".replace(" ", r"\s+"), text, re.IGNORECASE):
                line = words.line_at(match.start())
                yield Finding(
                    line, f"`{' '.join(match[0].split())}` is a common mistake.", f"Write `{match.expand(meant)}`."
                )


def _as_written(meant: str, word: str) -> str:
    return meant.capitalize() if word[0].isupper() else meant


def doubled_stop(page: Prose) -> Iterator[Finding]:
    """No full stop or comma is doubled."""
    for words in page.prose:
        for match in _DOUBLED_STOP.finditer(words.text):
            line = words.line_at(match.start())
            if match[0].startswith(".]"):
                yield Finding(line, "The sentence has a full stop in the link and another after it.", "Keep one.")
            else:
                yield Finding(line, f"`{match[0]}` has one character too many.", "Keep one.")


def nothing_follows(page: Guidance) -> Iterator[Finding]:
    """Something follows every paragraph that ends with a colon, before a line or the end of its section."""
    level = 1
    for start, inline, end, after in _windows(page.tokens):
        level = int(start.tag[1:]) if start.type == "heading_open" else level
        is_paragraph = end.type == "paragraph_close" and end.level == 0
        if is_paragraph and start.map and re.search(r"\w:$", inline.content) and _closes(after, level):
            last = inline.content.split("\n")[-1]
            message = f"Nothing follows `{last}`."
            remedy = "Add what is missing, or remove the sentence."
            yield Finding(start.map[0] + 1 + inline.content.count("\n"), message, remedy)


def _closes(after: Token | None, level: int) -> bool:
    """Whether a section ends here. A heading of the same level may be what the colon refers to."""
    return after is None or after.type == "hr" or (after.type == "heading_open" and int(after.tag[1:]) < level)


def _windows(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, Token, Token | None]]:
    """Yield every three tokens in a row with the next token."""
    return zip(tokens, tokens[1:], tokens[2:], [*tokens[3:], None], strict=False)
