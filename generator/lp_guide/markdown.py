"""Markdown to HTML with the Design System's classes, links into the contract, and coloured code."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from lp_guide.boxes import WARNING, add_boxes
from lp_guide.reference_urls import SCHEMES, Addresses
from lp_guide.writer_mistakes import Blame, Mistake, find

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "link_open": "govuk-link",
    "table_open": "govuk-table app-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "hr": "govuk-section-break govuk-section-break--visible govuk-section-break--l",
    "code_inline": "app-code",
}
HEADINGS = {"h1": "govuk-heading-xl", "h2": "govuk-heading-l", "h3": "govuk-heading-m", "h4": "govuk-heading-s"}
ROLES = {
    "table_open": "table",
    "thead_open": "rowgroup",
    "tbody_open": "rowgroup",
    "tr_open": "row",
    "th_open": "columnheader",
    "td_open": "cell",
}
"""The roles are explicit, because browsers do not treat a table that is stacked on a small screen as a table."""
PLAIN = "text"
_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")
_COLOURLESS = re.compile(r'<span class="hl-(?:p|w)">([^<]*)</span>')
"""Most elements of Pygments, which need no colour. Without them a page has half as many elements."""
_SCHEME = re.compile(r"([a-z]+):([\w.-]+)")

Look = Callable[[Sequence[Token]], None]


@lru_cache(maxsize=256)
def coloured(code: str, language: str) -> Markup:
    """Mark up code in a language that Pygments supports."""
    marked = highlight(code, _lexer(language), _FORMATTER).rstrip("\n")
    return Markup(_COLOURLESS.sub(r"\1", marked))  # noqa: S704 - Pygments escapes


@cache
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        raise Mistake("language", f"`{language}` is not a language for code.", "Try `json`, `sh` or `text`.") from None


class Markdown:
    """Turns Markdown into HTML."""

    def __init__(self, addresses: Addresses, reported: Collection[str] = ()) -> None:
        """Take the addresses for links into contracts, and links that name nothing and are reported elsewhere."""
        self._addresses, self._reported = addresses, reported
        self._md = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._md.use(attrs_block_plugin)
        self._md.use(attrs_plugin, after=("code_inline",))
        add_boxes(self._md)
        self._md.add_render_rule("fence", _fence)
        self._blocks = add_boxes(MarkdownIt("commonmark")).enable("table")
        self._blocks.core.ruler.enableOnly(["normalize", "block"])

    def fences(self, text: str) -> Iterator[Token]:
        """Yield the fenced blocks of a text."""
        return (token for token in self._blocks.parse(text) if token.type == "fence")

    def render(self, text: str, blame: Blame | None = None, look: Look | None = None, *, warning: str = "") -> Markup:
        """Render blocks of Markdown; `look` sees them first. `warning` is the word before a warning."""
        tokens = self._md.parse(text)
        if look:
            look(tokens)
        self._dress(tokens, blame or _raise)
        return Markup(self._md.renderer.render(tokens, self._md.options, {WARNING: warning}))  # noqa: S704 - HTML in it is escaped

    def inline(self, text: str) -> Markup:
        """Render Markdown within a paragraph."""
        tokens = self._md.parseInline(" ".join(text.split()))
        self._dress(tokens, _raise)
        return Markup(self._md.renderer.render(tokens, self._md.options, {}))  # noqa: S704 - HTML in it is escaped

    def _dress(self, tokens: Sequence[Token], blame: Blame) -> None:
        _label_cells(tokens)
        for token in tokens:
            _classify(token)
            if token.type == "fence":
                _know_language(token, blame)
            for child in token.children or ():
                _classify(child)
                if child.type == "link_open":
                    self._aim(child, blame)

    def _aim(self, link: Token, blame: Blame) -> None:
        """Replace a link into a contract by its address."""
        match = _SCHEME.fullmatch(str(link.attrGet("href")))
        if match:
            try:
                address = find(SCHEMES, match[1], "kind of link")
                link.attrSet("href", address(self._addresses, match[2]))
            except Mistake as mistake:
                if match[0] not in self._reported:
                    blame(mistake, match[0])


def _raise(mistake: Mistake, _: str, __: int = 0) -> None:
    raise mistake


def _classify(token: Token) -> None:
    if token.type in CLASSES:
        token.attrJoin("class", CLASSES[token.type])
    if token.type in ROLES:
        token.attrSet("role", ROLES[token.type])
    if token.type == "heading_open":
        token.attrJoin("class", HEADINGS.get(token.tag, "govuk-heading-s"))


def _know_language(fence: Token, blame: Blame) -> None:
    try:
        _lexer(fence.info.split(" ")[0] or PLAIN)
    except Mistake as mistake:
        blame(mistake, fence.markup + fence.info)
        fence.info = PLAIN


def _label_cells(tokens: Sequence[Token]) -> None:
    """Give every cell the header of its column, for screens on which rows are stacked."""
    labels: list[str] = []
    column = 0
    for token, after in itertools.pairwise(tokens):
        if token.type == "table_open":
            labels = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            labels.append(re.sub(r"[`*]", "", after.content))
        elif token.type == "td_open":
            token.attrSet("data-label", labels[column])
            column += 1


def _fence(_: Any, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    token = tokens[index]
    language = token.info.split(" ")[0] or PLAIN
    return f'<pre class="app-block"><code>{coloured(token.content, language)}</code></pre>\n'
