"""Checks curl commands. What they send is checked as other requests are."""

from __future__ import annotations

from collections.abc import Iterator

from lp_guide.lint.markdown_page import Finding, Guidance


def unclosed_quote(page: Guidance) -> Iterator[Finding]:
    """Every quote in a curl command ends."""
    for fence in page.fences:
        for line, quote in filter(None, (command.unclosed for command in fence.commands)):
            message = f"The shell finds no end of the `{quote}` that begins here."
            yield Finding(line, message, "Close it. Within single quotes, write an apostrophe as `'\\''`.")
