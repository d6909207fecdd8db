"""Code on pages breaks where a reader expects it, and nothing else about it changes."""

from __future__ import annotations

import re

import pytest

from lp_guide.readable_code import readable_code

BROKEN = {
    "<code>working_pattern</code>": "<code>working_<wbr>pattern</code>",
    "<code>a.b_c</code> d.e_f": "<code>a.<wbr>b_<wbr>c</code> d.e_f",
    "<code>/v3/schools/{id}/transfers</code>": "<code>/v3/schools/<wbr>{id}/<wbr>transfers</code>",
    "<code>0.2.0 2026_27 … _a a_</code>": "<code>0.2.0 2026_27 … _a a_</code>",
    '<code><a href="a/b_c">a_b</a></code>': '<code><a href="a/b_c">a_<wbr>b</a></code>',
    "<code><!--slot:a/b_c-->a_b</code>": "<code><!--slot:a/b_c-->a_<wbr>b</code>",
    '<span class="hl-nt">"a_b"</span>: "c_d"': '<span class="hl-nt">"a_<wbr>b"</span>: "c_d"',
}
BLOCK = '<pre class="app-block"><code>{}</code></pre>'
JSON = '{\n  "a": [\n    1,\n    <span class="hl-s2">"b c"</span>\n  ]\n}'


@pytest.mark.parametrize("html", BROKEN)
def test_a_long_name_breaks_between_its_words(html: str):
    assert readable_code(html) == BROKEN[html]


def test_each_indented_line_of_a_block_knows_its_level_and_the_text_stays_the_same():
    shown = readable_code(BLOCK.format(JSON))
    assert re.findall(r"app-line--(\d)", shown) == ["1", "2", "2", "1"]
    assert re.sub(r'</?span[^>]*"app-line[^>]*>|</span>|<span[^>]*>', "", shown) == BLOCK.format(
        JSON.replace('<span class="hl-s2">', "").replace("</span>", "")
    )


def test_the_deepest_levels_look_the_same():
    assert "app-line--8" in readable_code(BLOCK.format(" " * 40 + "x"))


def test_a_command_stays_as_it_is():
    assert readable_code(BLOCK.format("say a_b")) == BLOCK.format("say a_b")


def test_code_within_a_sentence_has_no_lines():
    assert "app-line" not in readable_code("<code>  a\n  b</code>")
