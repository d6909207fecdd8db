"""Headings that link to themselves, so that a reader can copy the address of a part of a page."""

from __future__ import annotations

import re

from markupsafe import Markup

CLASS = "app-heading-link"
"""The class of these links. The words of a heading are the link, so a screen reader says nothing more."""
_HEADING = re.compile(r'(<h([2-6])\b[^>]*\sid="([^"]+)"[^>]*>)((?:(?!<a\b).)*?)(</h\2>)', re.DOTALL)
"""A heading with an id and without a link."""


def link_headings(html: Markup) -> Markup:
    """Make a link of the words of each heading that has an id."""
    linked = _HEADING.sub(rf'\1<a class="{CLASS}" href="#\3">\4</a>\5', str(html))
    return Markup(linked)  # noqa: S704 - it is HTML
