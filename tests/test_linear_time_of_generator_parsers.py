"""Every parser of the generator takes twice the time for twice the text, whatever the text is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from site_helpers import contract

from lp_contract import file_reading
from lp_contract.yaml_source import ContractError
from lp_guide import code_in_prose, page_request_runner, proofread, request_options
from lp_guide.link_check import faults
from lp_guide.lint import LINTS, inline_markdown, lenient_json_parser
from lp_guide.lint.markdown_page import Guidance
from lp_guide.markdown import Markdown
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page
from lp_guide.plain_english import PlainEnglish, of_file
from lp_guide.plain_english.passages import passages
from lp_guide.reference_urls import Addresses
from lp_guide.search_index import Index
from lp_guide.writer_mistakes import Mistake

HERE = Path(__file__).parent
UNITS = yaml.load((HERE / "cases" / "adversarial-text.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
SIZE = 1000
TIMES = 4
GROWTH = 9
"""Text that is four times as long may take nine times as long: quadratic parsers take sixteen times as long."""
TRIES = 3
NOTHING = 0.0025
"""Seconds that are too few to be measured."""
MARKDOWN, WORDS = Markdown(Addresses([contract()])), code_in_prose.Words([contract()])


def lint(text: str) -> None:
    page = Guidance(text, [contract()])
    for each in LINTS:
        list(each(page))


SEARCHED = {"search": {"ignored": [], "alike": []}, "switch": [], "navigation": []}


def search(text: str) -> None:
    page = Page("/", "A", "B", "page.html", Path("a.md"), Path("a.md"), "a.md", text, text, [contract()])
    Index(Addresses(()), SEARCHED, {"search": {}, "kind": {}, "where": {}}).make(
        [(page, PackedText.of(MARKDOWN.render(text, lambda *_: None)))]
    )


ENGLISH = PlainEnglish({"language": "en-GB", "plain_english": {"avoid": {"a, in order to": "to"}}})


def plain_english(text: str) -> None:
    list(ENGLISH._in_text(of_file(text, Path("a.md")), passages(text)))  # noqa: SLF001


PARSERS: dict[str, Callable[[str], object]] = {
    "lint": lint,
    "JSON in lint": lambda text: lint(f"```json\n{text}\n```\n"),
    "loose JSON": lambda text: lenient_json_parser.read(text, 1),
    "comments": inline_markdown.without_comments,
    "code": lambda text: list(inline_markdown.code_spans(text)),
    "links": lambda text: list(inline_markdown.links(text)),
    "plain English": plain_english,
    "proofreading": lambda text: list(proofread._own(Guidance(text, [contract()]))),  # noqa: SLF001
    "words in code": WORDS.refuse_unknown,
    "Markdown": lambda text: MARKDOWN.render(text, lambda *_: None),
    "search": search,
    "links of built pages": lambda text: list(faults({"a.html": text.encode(), "a.css": text.encode()})),
    "YAML": file_reading.parse,
    "requests": lambda text: page_request_runner.read_request(text, [contract()]),
    "claims": lambda text: request_options.claims(f"http {text}"),
}


def seconds(parse: Callable[[str], object], text: str) -> float:
    """Return the CPU time that a text takes. Text that is refused has been parsed as well."""
    file_reading.parse.cache_clear()
    file_reading.compose.cache_clear()
    begun = time.process_time()
    with suppress(Mistake, ContractError, file_reading.Unreadable, ValueError):
        parse(text)
    return time.process_time() - begun


def grows_too_fast(parse: Callable[[str], object], unit: str) -> bool:
    """Whether it does in every one of several tries at two sizes: a single one may be bad luck."""
    for size in (SIZE, SIZE * 2):
        short, long = (unit * (length // len(unit)) for length in (size, size * TIMES))
        for _ in range(TRIES):
            took = seconds(parse, long)
            if took < NOTHING or took < GROWTH * seconds(parse, short):
                return False
    return True


@pytest.fixture(autouse=True)
def _without_pauses():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_twice_the_time_for_twice_the_text(name: str):
    assert [unit for unit in UNITS if grows_too_fast(PARSERS[name], unit)] == []


def test_what_grows_too_fast_is_noticed():
    assert grows_too_fast(lambda text: sum(1 for _ in text[::8] for _ in text[::8]), "a")
