"""Makes pages as Markdown in addition to HTML, and the list of pages for language models (llmstxt.org)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lp_contract.contract import Contract
from lp_guide.html_to_markdown import to_markdown
from lp_guide.navigation import Navigation, Section
from lp_guide.pages import Page

LIST = "llms.txt"
_MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)


def main_of(whole: str) -> str:
    """Return the main part of a whole page, without the menus around it."""
    main = _MAIN.search(whole)
    return main[1] if main else ""


def markdown_of(main: str) -> str:
    """Convert the main part of a page to Markdown."""
    return to_markdown(main) if main else ""


def llms_txt(
    navigation: Navigation, contracts: Sequence[Contract], published: Collection[str], settings: Mapping[str, Any]
) -> bytes:
    """List the pages of every section of the site, and the published documents."""
    home = navigation.page("/")
    lines = [f"# {settings['name']}", *(["", f"> {home.description}"] if home else [])]
    for section in navigation.sections:
        lines += ["", f"## {_title(section, navigation, settings)}", ""]
        lines += [_line(settings["address"], page) for page in _pages(section) if page.markdown]
    lines += ["", "## OpenAPI documents", ""]
    for contract in contracts:
        for each in contract.publications:
            file = next((f"{each.folder}{name}" for name in each.files if f"{each.folder}{name}" in published), "")
            title = f"{contract.document['info']['title']}, {each.paths}"
            lines += [f"- [{title}]({settings['address']}/{file})"] if file else []
    return "\n".join([*lines, ""]).encode()


def _title(section: Section, navigation: Navigation, settings: Mapping[str, Any]) -> str:
    """Return the title of a section, with its edition where several editions have a section of that title."""
    editions = {each["edition"]: each["text"] for each in settings["switch"]}
    is_shared = [each.text for each in navigation.sections].count(section.text) > 1
    return f"{section.text}: {editions[section.page.edition]}" if is_shared else section.text


def _pages(section: Section) -> Iterator[Page]:
    yield section.page
    for group in section.groups:
        yield from group.pages


def _line(address: str, page: Page) -> str:
    return f"- [{page.title}]({address}{page.markdown}): {page.description}"
