"""Code and names that can be read on a small screen.

A name that fits into its column stays on one line. A wider name breaks between its words. A line of a block that is
indented keeps its indent where it goes on. The stylesheet needs to know the names and lines: they get classes.
"""

from __future__ import annotations

import re
from functools import partial

_PIECE = re.compile(
    r"""
    <(?P<kept>script|style|title|textarea|select|svg)\b .*? </(?P=kept)>
    | (?P<pre><pre\ class="app-block"><code>) (?P<block>.*?) (?=</code></pre>)
    | (?P<code>[(\u201c\u2018]{0,2} (?P<link><a\b[^>]*>)?<code\b[^>]*>) (?P<words>.*?)
      (?P<end></code>(?P<unlink></a>)?) (?P<mark>[,.;:!?)\u2019\u201d]*)
    | (?P<term>[(\u201c\u2018]{0,2} <button\b[^>]*\bclass="app-term"[^>]*>[^<]*</button> [,.;:!?)\u2019\u201d]+)
    | <[^>]*>
    | (?P<text>[(\u201c\u2018]*[^<(\u201c\u2018]+ | [(\u201c\u2018]+)
    """,
    re.DOTALL | re.VERBOSE,
)
"""The parts of a page: what stays as it is, blocks, code in a sentence, terms before a mark, tags and other text."""
_IN_TEXT = re.compile(
    r"""
    (?:[(\u201c\u2018"']|&\#3[49];|&quot;){0,2}
    (?: --[a-z]+(?:-[a-z]+)*                           # an option of a command
      | (?<!\w)[A-Z]\w*(?:-[A-Z][a-z]+)+               # a header
      | (?<!\d)\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?          # a date or a time
      | (?<![\w-])[a-z]\w*(?:-\w+){2,}                 # a scenario, or another name of three words or more
      | \#/[\w/\[\]]+                                   # a place in a body or a query
      | (?<![\w.])[A-Za-z]+(?:_[A-Za-z]+)+             # a field
    )
    (?:[,.;:!?)\u2019\u201d"']|&\#3[49];|&quot;)*
    """,
    re.VERBOSE,
)
"""A name in plain text, with the marks around it."""
_QUOTE = r"""(?:&\#3[49];|&quot;|["'])?"""
_NAME = rf"{_QUOTE}(?<![\w.:])-{{0,2}}(?=\w[\w.:-]*?[-_]\w)\w[\w.:]*(?:-[\w.:]+)*{_QUOTE}[,:]?"
"""A name of several words. Its quotation marks, and a comma or a colon after it, stay with it."""
_IN_CODE = re.compile(rf"(?P<tag><[^>]*>)|(?P<name>{_NAME})|(?P<joint>(?<=[A-Za-z}}\]])[./](?=[A-Za-z{{]))", re.VERBOSE)
"""In code in a sentence: a tag or comment, a name, and a character that joins two names."""
_IN_BLOCK = re.compile(
    r"""
    <span\ class="(?P<kind>hl-\w+)">(?=[^\s<,/]*</span>)(?=[^<]*?\w[-_])(?P<token>[^<]*)</span>
      (?P<end><span\ class="hl-[op]">[,:]</span>|[,:]?)
    | <[^>]*>
    | (?P<text>[^<]+)
    """,
    re.VERBOSE,
)
"""In a block: a coloured name, a tag and other text."""
_IN_TEXT_OF_BLOCK = re.compile(
    rf"(?P<name>{_NAME})|(?P<joint>(?<=[A-Za-z}}\]])/(?=[A-Za-z{{])|(?<=\w)(?=\?\w|&amp;\w))", re.VERBOSE
)
"""A name, and where an address can break."""
_KEPT = '<span class="app-kept">{}</span>'
_JOINT = re.compile(r"(?<=[A-Za-z}\]])[_./](?=[A-Za-z{])")
_STEPS = re.compile(r"(?<=[A-Za-z}\]][.:])(?=[A-Za-z]\w{4})")
"""Where one name of a path such as `data.attributes.state` ends and the next begins. `.yaml` only ends a name."""
_INDENTED = re.compile(r"^( {2,})(\S.*\n?)", re.MULTILINE)
_STEP, _DEEPEST = 2, 8
"""Spaces for each level of indent, and the deepest level in the stylesheet."""


def readable_code(html: str) -> str:
    """Keep names whole, let a browser break long names between their words, and indent what continues a line."""
    return _PIECE.sub(_readable, html)


def _readable(piece: re.Match[str]) -> str:
    if piece["pre"]:
        return piece["pre"] + _INDENTED.sub(_hanging, _IN_BLOCK.sub(_in_block, piece["block"]))
    if piece["code"]:
        words = _IN_CODE.sub(partial(_in_code, piece["words"]), piece["words"])
        code = f"{piece['code']}{words}{piece['end']}{piece['mark']}"
        is_marked = piece["mark"] or piece["code"][0] != "<"
        return _KEPT.format(code) if is_marked and bool(piece["link"]) == bool(piece["unlink"]) else code
    if piece["term"]:
        return _KEPT.format(piece["term"])
    text = piece["text"] or ""
    return _IN_TEXT.sub(lambda name: _whole(name[0]), text) if "-" in text or "_" in text else piece[0]


def _in_block(piece: re.Match[str]) -> str:
    if piece["kind"]:
        token = f'<span class="{piece["kind"]}">{_breakable(piece["token"])}</span>'
        return f'<span class="app-part">{token}{piece["end"]}</span>'
    return _IN_TEXT_OF_BLOCK.sub(_in_text_of_block, piece["text"]) if piece["text"] else piece[0]


def _in_text_of_block(found: re.Match[str]) -> str:
    return _whole(found["name"]) if found["name"] else f"{found[0]}<wbr>"


def _in_code(code: str, found: re.Match[str]) -> str:
    """Keep a name whole in longer code. Code that is one name is kept whole by its own class."""
    if found["name"]:
        return _breakable(code) if found["name"] == code else _whole(found["name"])
    return f"{found[0]}<wbr>" if found["joint"] else found[0]


def _whole(name: str) -> str:
    return f'<span class="app-part">{_breakable(name)}</span>'


def _breakable(name: str) -> str:
    """Let a name break: a path of names first between them, so that each stays whole if it fits."""
    names = _STEPS.split(name)
    if len(names) == 1:
        return _JOINT.sub(r"\g<0><wbr>", name)
    return "<wbr>".join(_whole(each) if "_" in each or "-" in each else each for each in names)


def _hanging(line: re.Match[str]) -> str:
    level = min(len(line[1]) // _STEP, _DEEPEST)
    return f'<span class="app-line app-line--{level}">{line[0]}</span>'
