"""Replaces the HTML of views in Markdown by tokens, and puts it back when the Markdown is HTML too.

So the contract's texts are never parsed as Markdown, and line numbers stay the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markupsafe import Markup

from lp_contract.yaml_source import Place
from lp_guide.pages import Page
from lp_guide.writer_mistakes import Mistake

_BLOCK = re.compile(r"\s*<(?:div|table|section|details|figure|svg|pre|ul|ol|dl|p|h\d)\b")
_BLOCK_TOKEN = re.compile(r'<p class="govuk-body">\ue000(\d+)\ue001</p>')
_TOKEN = re.compile(r"\ue000(\d+)\ue001")
_QUOTE_MARKS = " \t>"
_ITEM_MARK = re.compile(r"[\s>]*(?:[-*+]|\d+[.)])\s+")


@dataclass
class Placeholders:
    """The HTML of one page that has a token in its Markdown."""

    parts: list[Markup] = field(default_factory=list)

    def add(self, html: Markup) -> str:
        """Add HTML, and return the token for it."""
        self.parts.append(html)
        return f"\ue000{len(self.parts) - 1}\ue001"

    def fill(self, html: str) -> Markup:
        """Replace every token with its HTML."""
        for token in (_BLOCK_TOKEN, _TOKEN):
            html = token.sub(lambda match: self.parts[int(match[1])], html)
        return Markup(html)  # noqa: S704 - everything is HTML

    def refuse_blocks_in_sentences(self, page: Page, written: str) -> None:
        """Raise ContractError for a block without empty lines around it: a paragraph cannot contain it."""
        lines = ["", *written.split("\n"), ""]
        for number, (above, line, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1):
            for match in _TOKEN.finditer(line):
                item = _ITEM_MARK.match(line)
                begins = bool(item) or not above.strip(_QUOTE_MARKS)
                alone = line[item.end() if item else 0 :].strip(_QUOTE_MARKS) == match[0]
                is_alone = alone and begins and not below.strip(_QUOTE_MARKS)
                if _BLOCK.match(self.parts[int(match[1])]) and not is_alone:
                    message = "A sentence cannot contain what these braces show."
                    remedy = "Put them on a line of their own, with an empty line above and below."
                    raise Mistake("jinja", message, remedy).at(Place(page.file, number))
