"""The pages of the lead provider service have no words but those of the site, of the contract and of the data."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ecf_client import ecf, sandbox
from service_browser import Browser
from service_page_list import PAGES, prepare, shown_otherwise
from test_template_texts import ENGLISH, translated

from lp_sandbox.ecf import service

TEXTS = ".served/texts.json"
OPERATIONS = [*ecf().contract.operations.values(), *ecf().controls.operations.values()]
MESSAGES = {rule.detail for operation in OPERATIONS for rule in operation.rules}
"""What operations say, which a page repeats."""
_OWN_PARTS = re.compile(r"<section class=\"app-world\".*?</section>|<main.*?</main>", re.DOTALL)
_LABEL = re.compile(r'(?:aria-label|data-label|placeholder|alt)="([^"]*)"')


def whole_texts(value: Any) -> Iterator[str]:
    """Yield each text without a placeholder."""
    if isinstance(value, dict):
        for part in value.values():
            yield from whole_texts(part)
    elif "{" not in value:
        yield value


def shown_texts(html: str) -> set[str]:
    """The texts and labels of a page that the templates of the service make."""
    parts = "".join(_OWN_PARTS.findall(html))
    return {unescape(each).strip() for each in (*re.split(r"<[^>]*>", parts), *_LABEL.findall(parts))}


@pytest.fixture(scope="module")
def pages(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The HTML of every page, in a language whose texts share no letter with English."""
    site = tmp_path_factory.mktemp("translated")
    shutil.copytree(built_site / ".served", site / ".served")
    (site / TEXTS).write_text(json.dumps(translated(dict(ENGLISH))))
    app = sandbox(site=site)
    addresses = prepare(app)
    found = shown_otherwise(sandbox(site=site), sandbox(site=site, key="secret"))
    html = dict(found)
    for email, urls in PAGES.items():
        browser = Browser(app)
        if email:
            browser.sign_in(email)
        html |= {url: browser.get(url.format_map(addresses)).html for url in urls}
    return html


def test_a_page_in_another_language_shows_no_english_text(pages: Mapping[str, str]):
    english = {*whole_texts(ENGLISH)} - MESSAGES
    found = {url: shown_texts(html) & english for url, html in pages.items()}
    assert {url: each for url, each in found.items() if each} == {}
    assert all("ŵŵŵŵ" in html for html in pages.values())


def mistakes_in_code() -> Iterator[str]:
    """Yield the name of each text that the code takes from the group for forms."""
    for file in Path(service.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="mistake"), args=[*_, ast.Constant(value=str(value))]):
                    yield value
                case ast.Attribute(value=ast.Attribute(attr="form_error"), attr=value):
                    yield value


def test_the_code_uses_every_text_about_forms_and_no_other():
    assert {*mistakes_in_code()} == {*ENGLISH["form_error"]}
