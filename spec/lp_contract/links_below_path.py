"""Links from the root of a site that is below a path of its host, such as `/guide` of `https://example.com/guide`."""

from __future__ import annotations

import re

SERVICE_TEMPLATES = ".served/service/"
"""The templates of a service in a browser. Its links come from templates and code, so the sandbox moves them."""
PATH_FILE = ".served/path"
"""The file of a built site that holds its path for the sandbox; a site at the root of a host has none."""
_LINK = re.compile(rb'(\s(?:href|src|action|data-(?:document|from|index|to))="|\scontent="\d+; url=)(?=/(?!/))')
"""What comes before a link to a page or file of the site. Built pages have quotes in markup only, as feeds do."""


def move_links(html: bytes, path: str) -> bytes:
    """Put a path before every link from the root."""
    return _LINK.sub(lambda found: found[1] + path.encode(), html)
