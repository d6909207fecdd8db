"""Pages as Markdown, and what lists them for programs: llms.txt and robots.txt."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from site_helpers import all_contracts, settings, whole_site

from lp_guide.html_to_markdown import to_markdown
from lp_guide.sitemap_and_feed import MAP, ROBOTS

ADDRESS = settings()["address"]
LINK = re.compile(r"^- \[[^]]+\]\((\S+)\)", re.MULTILINE)
MARKDOWN = {
    '<div class="govuk-inset-text"><p>One</p><p>Two</p></div>': "> One\n>\n> Two",
    '<div class="govuk-warning-text"><span aria-hidden="true">!</span><div class="govuk-warning-text__text">'
    "<strong>Warning</strong><p>One</p></div></div>": "> **Warning**\n>\n> One",
    "<h2 id='a'>A <code>name</code></h2><p>Some\n words.</p>": "## A `name`\n\nSome words.",
    '<p>a <a class="b" href="/c/?d&amp;e">link</a>, <strong>bold </strong>words</p>': (
        "a [link](/c/?d&e), **bold** words"
    ),
    "<p>2 * 3 &lt; [7] and a_b</p>": r"2 \* 3 \< \[7\] and a\_b",
    "<ul><li>one</li><li><p>two</p><p>three</p></li></ul>": "- one\n- two\n\n  three",
    "<ol><li>one<ul><li>two</li></ul></li></ol>": "1. one\n\n   - two",
    '<ol start="4"><li>four</li><li>five</li></ol>': "4. four\n5. five",
    "<pre class='a'><code><span>{</span>\n  &quot;a&quot;: 1\n}</code></pre>": '```\n{\n  "a": 1\n}\n```',
    "<table><caption>No</caption><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1|2</td>"
    "<td><div>3</div><span class='app-note'>4</span></td></tr></tbody></table>": (
        "| A | B |\n| --- | --- |\n| 1\\|2 | 3 4 |"
    ),
    "<table><tr><td><ul><li><code>a</code>: 1.</li><li>the header <code>b</code></li></ul></td></tr></table>": (
        "| `a`: 1; the header `b` |\n| --- |"
    ),
    "<dl><div><dt>Field</dt><dd><code>a</code></dd></div></dl>": "- Field: `a`",
    "<details><summary>More</summary><p>Words</p></details>": "**More**\n\nWords",
    "<h2 id='a'><a class='app-heading-link' href='#a'>A</a></h2>": "## A",
    "<details><summary>Show</summary>\n</details><p>Words</p>": "Words",
    "<div class='app-forms'><details><summary>HTTP</summary><pre>GET /</pre></details>"
    "<details><summary>curl</summary><pre>curl</pre></details></div>": "```\nGET /\n```",
    "<nav><a href='/'>Home</a></nav><svg><text>A</text></svg><!-- a --><p>a<br>b<wbr>c</p>": "a bc",
    "<p><span><code>data.<wbr></code></span><code>id</code> <code>a</code></p>": "`data.id` `a`",
    "<p>Words</p><p class='app-top'><a href='#top'>Back to top</a></p>": "Words",
    "words <em>beside</em><p>a paragraph</p>": "words *beside*\n\na paragraph",
}


@pytest.mark.parametrize("markup", MARKDOWN)
def test_html_becomes_markdown(markup: str):
    assert to_markdown(markup) == f"{MARKDOWN[markup]}\n"


def test_every_page_of_the_map_is_also_markdown_with_its_title_and_names_it():
    places = [place.text for place in ET.fromstring(whole_site()[MAP]).iter() if place.tag.endswith("}loc")]
    assert len(places) > 250
    for place in places:
        folder = place.removeprefix(f"{ADDRESS}/")
        page = whole_site()[f"{folder}index.html"].decode()
        title = to_markdown(re.search(r"<h1\b.*?</h1>", page, re.DOTALL)[0])
        assert whole_site()[f"{folder}index.md"].decode().startswith(title), place
        assert (
            f'<link rel="alternate" type="text/markdown" title="This page as Markdown" href="/{folder}index.md">'
            in page
        )
        assert f'href="/{folder}index.md">This page as Markdown</a>' in page


def test_the_markdown_of_errors_has_every_name_message_and_condition():
    for rule in all_contracts()[0].rules.values():
        text = re.sub(r"\\(.)", r"\1", whole_site()[f"errors/{rule.name}/index.md"].decode()).replace("`", "")
        for said in (rule.name, rule.message, rule.when):
            assert " ".join(said.replace("`", "").split()) in text


def test_no_markup_is_left_in_markdown():
    for name, data in whole_site().items():
        if name.endswith("index.md"):
            prose = re.sub(r"```.*?\n```|`[^`]*`", "", data.decode(), flags=re.DOTALL)
            assert not re.search(r"(?<!\\)<(?!!)[a-z/]", prose), name


def test_the_list_for_language_models_links_to_every_section_in_markdown_and_to_the_documents():
    text = whole_site()["llms.txt"].decode()
    assert text.startswith(f"# {settings()['name']}\n\n> ")
    links = [url.removeprefix(f"{ADDRESS}/") for url in LINK.findall(text)]
    assert {*links} <= {*whole_site()}
    assert {f"{section['href'].strip('/')}/index.md" for section in settings()["navigation"]} <= {*links}
    assert {"api/docs/v3/openapi.yaml", "lead-providers/api-docs/v1/api_spec.yml"} <= {*links}
    titles = re.findall(r"^## (.*)", text, re.MULTILINE)
    assert len(links) == len(set(links))
    assert len(titles) == len(set(titles))


def test_robots_txt_names_the_sitemap_and_leaves_out_searches():
    lines = whole_site()[ROBOTS].decode().splitlines()
    assert lines == ["User-agent: *", "Disallow: /search/", f"Sitemap: {ADDRESS}/{MAP}"]
