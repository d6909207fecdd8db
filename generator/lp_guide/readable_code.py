"""Code that can be read on a small screen: long names break between their words, and long lines keep their indent."""

from __future__ import annotations

import re

_NAMES = re.compile(r'(?<!<pre class="app-block">)<code\b[^>]*>.*?</code>|<span class="hl-nt">.*?</span>', re.DOTALL)
"""Code in a sentence or a table, and the names in a block of JSON."""
_TAG_OR_JOINT = re.compile(r"<[^>]*>|(?<=[A-Za-z}\]])[_./](?=[A-Za-z{])")
"""A tag or comment, or a character that joins two words of a name."""
_BLOCK = re.compile(r'(<pre class="app-block"><code>)(.*?)(?=</code></pre>)', re.DOTALL)
_INDENTED = re.compile(r"^( {2,})(\S.*\n?)", re.MULTILINE)
_STEP, _DEEPEST = 2, 8
"""Spaces for each level of indent, and the deepest level in the stylesheet."""


def readable_code(html: str) -> str:
    """Let a browser break long names between their words, and indent what continues an indented line."""
    return _BLOCK.sub(lambda block: block[1] + _INDENTED.sub(_hanging, block[2]), _NAMES.sub(_breakable, html))


def _breakable(name: re.Match[str]) -> str:
    return _TAG_OR_JOINT.sub(lambda found: found[0] if found[0][0] == "<" else f"{found[0]}<wbr>", name[0])


def _hanging(line: re.Match[str]) -> str:
    level = min(len(line[1]) // _STEP, _DEEPEST)
    return f'<span class="app-line app-line--{level}">{line[0]}</span>'
