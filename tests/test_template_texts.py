"""The words of templates are in one file for each language, and a page can be in another language than the site."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from site_helpers import SITE, contracts, renderer
from test_example_edition_site import CONTENT, assembled, made

from lp_contract.texts import texts
from lp_contract.yaml_source import Complaint, ContractError, Place, read
from lp_guide.pages import read_pages
from lp_guide.texts import unused

ENGLISH: Mapping[str, Any] = read(SITE / "texts/en-GB.yaml").data
_LETTERS = re.compile(r"[A-Za-z]+(?![^{]*\})")
"""The words of a text outside its placeholders."""
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_ELEMENT = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL)
_LABEL = re.compile(r"""\b(?:aria-label|title|placeholder|alt|data-label)=["']([^"']*)["']""")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SENTENCE = re.compile(r"^[A-Z][a-z]|^ +(?!app-|govuk-)[a-z]|[a-z] +$")
"""The beginning of a text, or a part of one to be joined to others."""
CODE_NAMES = {"HTTP"}
IN_CONTENT = {"Page not found"}
"""Texts that the library's pages have too."""


def translated(value: Any) -> Any:
    """Replace each letter of the texts by one that English has not."""
    if isinstance(value, dict):
        return {key: translated(part) for key, part in value.items()}
    return _LETTERS.sub(lambda word: "ŵ" * len(word[0]), value)


def phrases(value: Any) -> Iterator[str]:
    """Yield the longest part of each text without a placeholder, if it has more words than content has by chance."""
    if isinstance(value, dict):
        for part in value.values():
            yield from phrases(part)
    else:
        longest = max(re.split(r"\{\w+\}", value), key=len).strip()
        if longest.count(" ") > 1:
            yield longest


def own_words(source: str) -> Iterator[str]:
    """Yield the words that a template writes itself: between elements, in labels, and in strings of its code."""
    parsed = jinja2.Environment().parse(source)
    html = _JINJA.sub("", "".join(part.data for part in parsed.find_all(jinja2.nodes.TemplateData)))
    yield from _WORD.findall(re.sub(r"&\w+;", "", _ELEMENT.sub(" ", html)))
    yield from filter(_WORD.search, _LABEL.findall(html))
    strings = [part.value for part in parsed.find_all(jinja2.nodes.Const) if isinstance(part.value, str)]
    yield from filter(_SENTENCE.search, strings)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('<a title="{{ texts.page.home }}">{{ texts.page.home }}</a>', []),
        ("<p>Go <b>on</b></p>", ["Go", "on"]),
        ('<nav aria-label="Back"></nav>', ["Back"]),
        ('{{ govuk.button({"text": "Save", "attributes": {"class": {"wide": "app-button"}}}) }}', ["Save"]),
        ('{{ count ~ " schools" if count != 1 else "" }}', [" schools"]),
        ('{{ first | replace("T", " at ") }}', [" at "]),
        ("{% raw %}{{ texts.page.home }} or <b>stay</b>{% endraw %}", ["or", "stay"]),
    ],
)
def test_the_words_of_a_template_are_found(source: str, words: list[str]):
    assert [*own_words(source)] == words


def test_templates_have_no_words_of_their_own():
    files = (*SITE.glob("templates/**/*.html"), *SITE.glob("templates/served/**/*.jinja"))
    found = {file.name: [*filter(lambda word: word not in CODE_NAMES, own_words(file.read_text()))] for file in files}
    assert {name: words for name, words in found.items() if words} == {}


def test_no_style_depends_on_a_text():
    """Labels are in the language of the page."""
    assert re.findall(r"\[data-label[^\]]*=.*?\]", (SITE / "assets/site.css").read_text()) == []


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library's site in a language whose texts share no letter with English, with one page in English."""
    folder = tmp_path_factory.mktemp("translated")
    site = assembled(folder / "site")
    for name in ("texts", "site.yaml", "content"):
        (site / name).unlink()
    shutil.copytree(SITE / "texts", site / "texts")
    shutil.copytree(CONTENT / "content", site / "content")
    (site / "texts/cy.yaml").write_text(yaml.safe_dump(translated(dict(ENGLISH)), allow_unicode=True))
    settings = yaml.safe_load((CONTENT / "site.yaml").read_text())
    (site / "site.yaml").write_text(yaml.safe_dump(settings | {"language": "cy"}))
    loans = site / "content/loans/index.md"
    loans.write_text(loans.read_text().replace("---\n", "---\nlang: en-GB\n", 1))
    made(site, folder / "out")
    return folder / "out"


def words(file: Path) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", file.read_text())).split())


def test_a_site_in_another_language_has_no_text_of_the_english_file(other: Path):
    english = {*phrases(ENGLISH)} - IN_CONTENT
    pages = {file: words(file) for file in other.glob("**/*.html") if file.parent.name != "loans"}
    found = {str(file): [each for each in english if each in page] for file, page in pages.items()}
    assert {file: each for file, each in found.items() if each} == {}
    assert all('<html lang="cy"' in file.read_text() for file in pages)


def test_a_page_says_its_own_language_and_has_its_texts(other: Path):
    page = (other / "loans/index.html").read_text()
    assert '<html lang="en-GB"' in page
    assert "Skip to main content" in page
    assert "ŵŵŵŵ" not in page


def complained(call: Callable[[], object]) -> list[str]:
    with pytest.raises(ContractError) as caught:
        call()
    return [str(each) for each in caught.value.complaints]


def test_a_page_in_a_language_without_texts_is_refused_at_its_line(tmp_path: Path):
    (tmp_path / "trial.md").write_text("---\ntitle: Tudalen\ndescription: Am beth.\nlang: cy\n---\nTestun.\n")
    page = read_pages(contracts(), tmp_path, Path("content"))[0]
    expected = "content/trial.md:4: [unknown-name] There is no file in `texts` for the language `cy`. Known: en-GB."
    assert complained(lambda: renderer().body(page)) == [expected]


FAULTS = [
    (
        "page:\n  skip: Skip\n",
        "{{ texts.page.skip }}\n{{ texts.page.menu }}",
        "templates/a.html:2: [text] {file} has no",
    ),
    (
        "page:\n  skip: Skip\n  old: Old\n",
        "{{ texts.page.skip }}",
        "{file}:3: [text] No template shows the text `page.old`.",
    ),
    ("page:\n  of: Of {what}\n", "{{ texts.page.of(that=1) }}", "{file}:2: [text] The template fills in no `{what}`"),
    ("page:\n  of: Of {what}\n", "{{ texts.page.of }}", "{file}:2: [text] The template fills in no `{what}`"),
    ("page:\n  of: Of {what\n", "{{ texts.page.of }}", "{file}:2: [text] `page.of` has a single brace"),
    ("page:\n  of: 7\n", "{{ texts.page.of }}", "{file}:2: [text] `page.of` is not a text."),
    ("page:\n  of: {1: One}\n", "{{ texts.page.of(number=1) }}", "{file}:2: [text] `page.of` is not a text."),
    ("page: {}\n", "{{ texts.page[x] }}", "{file}:1: [text] `page` has no texts."),
    ("date: {day: Day}\n", "", "{file}:1: [text] {file} has no text `date.month`."),
]
USED_BY_CODE = {name: ENGLISH[name] for name in ("answer", "box", "date", "month", "where")}


@pytest.mark.parametrize(("written", "template", "expected"), FAULTS)
def test_a_fault_in_texts_is_reported_with_file_and_line(tmp_path: Path, written: str, template: str, expected: str):
    (tmp_path / "templates").mkdir()
    (tmp_path / "texts").mkdir()
    answer = "{{ texts.answer.heading }}{{ texts.answer.no_body }}"
    (tmp_path / "templates/a.html").write_text(template + answer)
    file = tmp_path / "texts/cy.yaml"
    file.write_text(
        written + yaml.safe_dump({name: USED_BY_CODE[name] for name in USED_BY_CODE if name not in written})
    )
    found = faults(tmp_path)
    assert len(found) == 1
    assert expected.replace("{file}", str(file)) in str(found[0])


def faults(site: Path) -> Sequence[Complaint]:
    try:
        return unused(site, "cy", Place(Path("site.yaml"), 1))
    except ContractError as error:
        return error.complaints


def test_a_language_has_each_text_of_a_group_from_which_templates_choose(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "texts").mkdir()
    answer = "{{ texts.answer.heading }}{{ texts.answer.no_body }}"
    (tmp_path / "templates/a.html").write_text("{{ texts.kind[x] }}" + answer)
    files = {"cy": "kind:\n  A: Un\n  B: Dau\n", "ga": "kind:\n  A: Aon\n"}
    for name, written in files.items():
        (tmp_path / f"texts/{name}.yaml").write_text(written + yaml.safe_dump(USED_BY_CODE))
    folder = tmp_path / "texts"
    found = [str(each) for each in faults(tmp_path)]
    expected = f"{folder}/cy.yaml:3: [text] {folder}/ga.yaml has no text `kind.B`. Add it there, as in the language of"
    assert [each.startswith(expected) for each in found] == [True], found


def test_a_template_that_cannot_be_parsed_makes_no_text_unused(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "templates/a.html").write_text("{{ texts.page.skip }}{% if")
    (tmp_path / "texts/cy.yaml").write_text("page: {skip: Skip}\n" + yaml.safe_dump(USED_BY_CODE))
    assert faults(tmp_path) == []


def test_a_text_has_a_form_for_each_number_that_needs_its_own():
    found = texts({"a": {"b": {1: "{number} page of {what}", "other": "{number} pages of {what}"}}}).a
    assert [found.b(number=number, what="<i>") for number in (1, 2)] == ["1 page of &lt;i&gt;", "2 pages of &lt;i&gt;"]
