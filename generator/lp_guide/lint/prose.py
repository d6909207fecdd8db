"""Text that can be proofread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lp_guide.lint import inline_markdown
from lp_guide.lint.markdown_page import CODE, Link, Words, links_in


class Prose(Protocol):
    """Text that can be proofread: a page, or a description in a contract."""

    @property
    def lines(self) -> Sequence[str]:
        """Every line as written; line 1 is the first."""

    @property
    def prose(self) -> Sequence[Words]:
        """The words, with CODE in place of each piece of code."""

    @property
    def links(self) -> Sequence[Link]:
        """Every link, and text that would be a link if its address had no spaces."""


@dataclass(frozen=True)
class Description:
    """A text of a few sentences, in a contract."""

    source: str

    @property
    def lines(self) -> Sequence[str]:
        """Every line as written."""
        return self.source.split("\n")

    @property
    def prose(self) -> Sequence[Words]:
        """The words, with CODE in place of each piece of code."""
        return [Words(1, inline_markdown.without_code(self.source, CODE))]

    @property
    def links(self) -> Sequence[Link]:
        """Every link."""
        return links_in(self.prose)
