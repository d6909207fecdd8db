"""The choice of the pages that a browser visits: it misses no kind of element, no wide word and no long page."""

import pytest
from page_kinds import LONG, long_pages, worth_a_visit

ROW = "<table><tr><td>1</td><td>2</td></tr></table>"
WORD = "a" * 25
PAGE = f'<main><h1 id="one">Page</h1><p class="lead">Some words and <code>{WORD}</code><br></p>{ROW}</main>'
NEW = {
    "an element": ("</main>", "<hr></main>"),
    "a class": ('class="lead"', 'class="lead wide"'),
    "an attribute": ('class="lead"', 'class="lead" id="two"'),
    "a parent": ('<h1 id="one">Page</h1>', '<div><h1 id="one">Page</h1></div>'),
    "a column": ("<td>2</td>", "<td>2</td><td>3</td>"),
    "a longer word": (WORD, "a" * 35),
    "a long word in another element": ("Some words", "a" * 35),
}
OLD = {
    "other words": ("Some words", "Other words"),
    "another id": ('id="one"', 'id="two"'),
    "less": (ROW, ""),
    "a word that is hardly longer": (WORD, WORD + "a"),
}


@pytest.mark.parametrize("case", NEW)
def test_a_page_is_visited_when_it_has(case: str):
    assert "/new/" in worth_a_visit({"/": PAGE, "/new/": PAGE.replace(*NEW[case])})


@pytest.mark.parametrize("case", OLD)
def test_one_page_is_visited_of_two_that_differ_in(case: str):
    assert worth_a_visit({"/": PAGE, "/old/": PAGE.replace(*OLD[case])}) == ["/"]


def test_of_two_pages_the_one_with_more_kinds_is_visited():
    assert worth_a_visit({"/less/": PAGE.replace(ROW, ""), "/more/": PAGE}) == ["/more/"]


def test_a_page_whose_kinds_two_others_have_is_not_visited():
    """Even if each of them has fewer kinds."""
    first, second, both = (PAGE.replace("</main>", f"{more}</main>") for more in ("<hr>", ROW * 2, "<hr>" + ROW))
    first = first.replace("<hr>", "<hr><dl></dl>")
    second = second.replace("<td>2</td>", "<td>2</td><td>3</td>")
    assert worth_a_visit({"/both/": both, "/first/": first, "/second/": second}) == ["/first/", "/second/"]


def test_the_height_of_a_page_with_much_text_is_looked_at():
    assert long_pages({"/": PAGE, "/long/": PAGE.replace("Some words", "Some words " * (LONG // 10))}) == ["/long/"]
