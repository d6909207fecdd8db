"""Code on pages breaks where a reader expects it, and nothing else about it changes."""

from __future__ import annotations

import re

import pytest

from lp_contract.readable_code import readable_code

PART = '<span class="app-part">{}</span>'
BLOCK = '<pre class="app-block"><code>{}</code></pre>'
BROKEN = {
    "<code>working_pattern</code>": "<code>working_<wbr>pattern</code>",
    "<code>a.b_c</code> d.e_f": "<code>a.<wbr>b_<wbr>c</code> d.e_f",
    "<code>data.attributes.cohort_id</code>": (
        f"<code>data.<wbr>attributes.<wbr>{PART.format('cohort_<wbr>id')}</code>"
    ),
    "<code>/v3/schools/{id}/transfers</code>": "<code>/v3/schools/<wbr>{id}/<wbr>transfers</code>",
    "<code>0.2.0 … _a a_</code>": "<code>0.2.0 … _a a_</code>",
    '<code><a href="a/b_c">a.b</a></code>': '<code><a href="a/b_c">a.<wbr>b</a></code>',
    "<code><!--slot:a/b.c-->a.b</code>": "<code><!--slot:a/b.c-->a.<wbr>b</code>",
}
WHOLE = {
    "<code>/v3/delivery-partners/{id}</code>": f"<code>/v3/{PART.format('delivery-partners')}/<wbr>{{id}}</code>",
    "<code>list(of='a_b')</code>": "<code>list(of=" + PART.format("'a_<wbr>b'") + ")</code>",
    "The header X-With-Server-Date is": f"The header {PART.format('X-With-Server-Date')} is",
    "Start it with --max-worlds.": f"Start it with {PART.format('--max-worlds.')}",
    "By 2026-09-15T09:00:00Z.": f"By {PART.format('2026-09-15T09:00:00Z.')}",
    "The '#/course_identifier' is": "The " + PART.format("'#/course_<wbr>identifier'") + " is",
    "The '#/page[per_page]' must": "The " + PART.format("'#/page[per_<wbr>page]'") + " must",
    "found (“a_b”), and": f"found {PART.format('(“a_<wbr>b”),')} and",
    ">ect-in-training</a>": f">{PART.format('ect-in-training')}</a>",
    BLOCK.format('<span class="hl-nt">"a_b"</span>: "c_d"'): BLOCK.format(
        PART.format('<span class="hl-nt">"a_<wbr>b"</span>:') + " " + PART.format('"c_<wbr>d"')
    ),
    BLOCK.format('<span class="hl-s2">"a-b"</span><span class="hl-o">:</span> 1'): BLOCK.format(
        PART.format('<span class="hl-s2">"a-b"</span><span class="hl-o">:</span>') + " 1"
    ),
    BLOCK.format('<span class="hl-s2">"a-b"</span>,'): BLOCK.format(PART.format('<span class="hl-s2">"a-b"</span>,')),
    BLOCK.format("GET /v3/a/delivery-partners?a"): BLOCK.format(
        f"GET /v3/a/<wbr>{PART.format('delivery-partners')}<wbr>?a"
    ),
    BLOCK.format("-H &#39;X-A-B&#39; --no-c"): BLOCK.format(
        f"-H {PART.format('&#39;X-A-B&#39;')} {PART.format('--no-c')}"
    ),
}
KEPT = '<span class="app-kept">{}</span>'
MARKED = {
    "See <code>a</code>.": f"See {KEPT.format('<code>a</code>.')}",
    "<code>a</code>, <code>b</code>": f"{KEPT.format('<code>a</code>,')} <code>b</code>",
    '<a href="/"><code>a</code></a>: b': KEPT.format('<a href="/"><code>a</code></a>:') + " b",
    '<a href="/"><code>a</code>, b</a>': '<a href="/"><code>a</code>, b</a>',
    "<code>a</code> b": "<code>a</code> b",
    "a (<code>b</code>) c": f"a {KEPT.format('(<code>b</code>)')} c",
    "a (<code>b</code> c)": f"a {KEPT.format('(<code>b</code>')} c)",
    '<button class="app-term">a</button>.': KEPT.format('<button class="app-term">a</button>.'),
}
UNCHANGED = [
    "A school-led programme, part-time, and/or other",
    '<a href="/a-b-c/d_e" title="X-With-Date">',
    "<title>X-With-Date</title>",
    "<textarea>a-b-c d_e</textarea>",
    "<script>a-b-c d_e</script>",
    BLOCK.format('<span class="hl-s2">"a word - another"</span>'),
    BLOCK.format("say a"),
]
JSON = '{\n  "a": [\n    1,\n    <span class="hl-s2">"b c"</span>\n  ]\n}'


@pytest.mark.parametrize("html", BROKEN)
def test_a_long_name_breaks_between_its_words(html: str):
    assert readable_code(html) == BROKEN[html]


@pytest.mark.parametrize("html", WHOLE)
def test_a_name_among_other_text_is_one_part(html: str):
    assert readable_code(html) == WHOLE[html]


@pytest.mark.parametrize("html", MARKED)
def test_a_punctuation_mark_stays_with_its_code_or_term(html: str):
    assert readable_code(html) == MARKED[html]


@pytest.mark.parametrize("html", UNCHANGED)
def test_words_and_what_is_not_shown_stay_as_they_are(html: str):
    assert readable_code(html) == html


def test_each_indented_line_of_a_block_has_its_level_and_the_text_stays_the_same():
    shown = readable_code(BLOCK.format(JSON))
    assert re.findall(r"app-line--(\d)", shown) == ["1", "2", "2", "1"]
    assert re.sub(r'</?span[^>]*"app-line[^>]*>|</span>|<span[^>]*>', "", shown) == BLOCK.format(
        JSON.replace('<span class="hl-s2">', "").replace("</span>", "")
    )


def test_the_deepest_levels_look_the_same():
    assert "app-line--8" in readable_code(BLOCK.format(" " * 40 + "x"))


def test_code_within_a_sentence_has_no_lines():
    assert "app-line" not in readable_code("<code>  a\n  b</code>")
