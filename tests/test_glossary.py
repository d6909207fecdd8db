"""Pages explain the terms of the glossary where they first use them, with the words of the glossary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from site_helpers import (
    FRONT,
    close_sandbox,
    contract,
    contracts,
    renderer,
    settings,
    small_site,
    whole_site,
    write_page,
)

from lp_guide.glossary import explain, terms
from lp_guide.html_to_markdown import to_markdown
from lp_guide.navigation import Navigation
from lp_guide.pages import read_pages
from lp_guide.site import Site
from lp_guide.writer_mistakes import Mistake

PAGE = "/terms/"
HEADED = '<h3 class="a" id="ect">Early career teacher (ECT)</h3>\n<p class="govuk-body">A <b>teacher</b>.</p>'
ROWS = '<h2 id="more">More</h2><table><tr><td>Cohort</td><td>A year.</td></tr></table>'
TWO_IN_ONE = '<h2 id="led">School-led and provider-led</h2><p>Says who trains.</p>'
KNOWN = terms(PAGE, HEADED + ROWS + TWO_IN_ONE, ["Early career teacher (ECT)", "Cohort", "School-led and provider-led"])
EXPLAINED = {
    "An ECT and an early career teacher": "An [ECT] and an early career teacher",
    "Early career teachers of cohorts": "[Early career teachers] of [cohorts]",
    "<code>ECT</code> and <a href='#'>ECT</a>": "<code>ECT</code> and <a href='#'>ECT</a>",
    "sect, ECT-like and ECT": "sect, ECT-like and [ECT]",
    "filter[cohort], /cohort, #cohort and cohort": "filter[cohort], /cohort, #cohort and [cohort]",
    "trained alone, that is school-led; or Provider-led": "trained alone, that is [school-led]; or Provider-led",
    "Provider-led": "[Provider-led]",
    "the COHORT": "the COHORT",
}


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


def explained(html: str) -> str:
    """Return HTML with square brackets around the terms that it explains."""
    return re.sub(r"<button[^>]*>(.*?)</button>", r"[\1]", explain(html, KNOWN)[0])


def test_a_glossary_has_headings_with_paragraphs_or_tables_with_rows():
    assert [(term.names, str(term.text), term.anchor) for term in KNOWN] == [
        (("Early career teacher", "ECT"), "A <b>teacher</b>.", "ect"),
        (("Cohort",), "A year.", "more"),
        (("School-led", "provider-led"), "Says who trains.", "led"),
    ]


def test_a_term_that_the_glossary_does_not_have_is_reported():
    with pytest.raises(Mistake, match=r"There is no term on `/terms/` called `Cohorts`. Did you mean `Cohort`\?"):
        terms(PAGE, ROWS, ["Cohorts"])


@pytest.mark.parametrize("prose", EXPLAINED)
def test_the_first_use_of_a_term_is_explained_and_not_within_code_links_or_other_words(prose: str):
    assert explained(f'<p class="govuk-body">{prose}</p>') == f'<p class="govuk-body">{EXPLAINED[prose]}</p>'


@pytest.mark.parametrize(
    "html",
    [
        "<li>{}</li>",
        "<table><tr><td>{} and more.</td></tr></table>",
        '<table><tr><td class="a"><div>{}, a cohort?</div></td></tr></table>',
    ],
)
def test_lists_and_cells_with_a_sentence_explain_terms(html: str):
    assert explained(html.format("ECT")).replace("[cohort]", "cohort") == html.format("[ECT]")


@pytest.mark.parametrize(
    "html",
    [
        "<h2>ECT</h2>",
        "<table><tr><th>An ECT.</th><td>ECT</td></tr></table>",
        "<pre><li>ECT</li></pre>",
        "<table><tr><td><pre>An ECT.</pre> It.</td></tr></table>",
        "<nav><li>ECT</li></nav>",
        "<form><li>ECT</li></form>",
        "<dl><dt>ECT</dt><dd>An ECT.</dd></dl>",
    ],
)
def test_headings_names_and_code_explain_nothing(html: str):
    assert explained(html) == html


@pytest.mark.parametrize("front", ["", "explain_terms: false\n"])
def test_a_page_explains_its_terms_with_the_text_of_the_glossary_unless_it_opts_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, front: str
):
    monkeypatch.setattr(renderer(), "terms", KNOWN)
    (tmp_path / "trial.md").write_text(FRONT.replace("\n---\n", f"\n{front}---\n") + "An ECT.\n")
    (page,) = read_pages(contracts(), tmp_path, Path("content"))
    html = renderer().frame(page, renderer().body(page), Navigation([page], []))
    assert ('popovertarget="term-early-career-teacher-ect"' in html) == (not front)
    assert ('id="term-early-career-teacher-ect" popover>' in html) == (not front)
    assert ("A <b>teacher</b>." in html) == (not front)
    main = re.search(r"<main\b.*</main>", html, re.DOTALL)
    assert main is not None
    assert "An ECT.\n" in to_markdown(main[0])
    assert "teacher" not in to_markdown(main[0])


def test_both_glossaries_explain_terms_and_not_on_their_own_page():
    for name, glossary in settings()["glossary"].items():
        own = whole_site()[f"{glossary['page'].strip('/')}/index.html"]
        assert b"popovertarget" not in own, name
    assert b">cohort</button>" in whole_site()["guidance/api-ids-explained/index.html"]


def test_a_changed_definition_is_on_every_page_that_uses_the_term(tmp_path: Path):
    folder = small_site(tmp_path)
    text = "---\ntitle: Terms\ndescription: Terms.\n---\n{{#ect}}\n## ECT\n\n{}\n"
    write_page(folder, "terms.md", text.format("A teacher."))
    write_page(folder, "uses.md", "---\ntitle: Uses\ndescription: Uses.\n---\nAn ECT.\n")
    settings_file = folder / "site.yaml"
    written = settings_file.read_text().replace(
        "glossary: {}", "glossary: {register: {page: /terms/, explained: [ECT]}}"
    )
    settings_file.write_text(written)
    with Site(contract(), folder) as site:
        assert b"A teacher." in site.make().files["uses/index.html"]
        write_page(folder, "terms.md", text.format("A new teacher."))
        assert b"A new teacher." in site.make().files["uses/index.html"]
