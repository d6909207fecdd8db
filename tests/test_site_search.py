"""What can be found on the site, without a script: fields, values, messages, rules, operations, scenarios, words."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from client import sandbox
from site_helpers import FRONT, MOVING, addresses, contract, contracts, settings, whole_site

from lp_contract.yaml_source import Place
from lp_guide import contract_vocabulary
from lp_guide.pages import read_pages
from lp_guide.search_index import Index as SearchIndex
from lp_guide.texts import written
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.search_index import Index
from lp_sandbox.web.site_search import LONGEST, MOST

ROWS = [tuple(row) for row in json.loads(whole_site()["search.json"])["entries"]]
TRAINING_STATUS = "response.data.attributes.ecf_enrolments.training_status"
NAMES = {
    "training_status": f"/reference/participants/getParticipant/#{TRAINING_STATUS}",
    "TRAINING_STATUS": f"/reference/participants/getParticipant/#{TRAINING_STATUS}",
    "filter[updated_since]": "/reference/declarations/getDeclarations/#parameters.filter.updated_since",
    "awaiting-clawback": "/reference/declarations/#state-awaiting-clawback",
    "school_is_eligible": "/errors/school_is_eligible/",
    "You are already in a confirmed partnership with this school": "/errors/school_not_already_partnered/",
    "HTTP Token: Access denied": "/errors/token_is_known/",
    "voidDeclaration": "/reference/declarations/voidDeclaration/",
    "/participants/{id}/change-schedule": "/reference/participants/changeScheduleParticipant/",
    "withdrawn-ect": "/scenarios/#withdrawn-ect",
    "API IDs explained": "/guidance/api-ids-explained/",
    "listSnapshots": "/sandbox/snapshots/listSnapshots/",
}
QUESTIONS = [
    (edition, question, page)
    for edition, pages in yaml.load(
        (Path(__file__).parent / "cases" / "search-questions.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
    ).items()
    for question, page in pages.items()
]
MISSPELT = {
    "particpant": "participant",
    "withdrawl": "withdrawal",
    "PARTNRSHIP with a scool": "partnership with a school",
    "authentification": "authentication",
    "delcaration": "declaration",
}
FORMS = {"cancelling": "cancel", "partnerships": "partnership", "declared": "declaring", "Participant's": "participant"}
ADDRESS = re.compile(r'app-found__link" href="([^"]+)"')


@cache
def app(folder: Path) -> App:
    return sandbox(site=folder)


def search(folder: Path, query: str) -> Answer:
    return app(folder).answer(Request("GET", "/search/", query, {}, b"", "127.0.0.1"))


def found(folder: Path, words: str, edition: str = "") -> list[str]:
    answer = search(folder, f"q={quote(words)}&edition={edition}")
    assert answer.status == 200
    return [html.unescape(url) for url in ADDRESS.findall(answer.body.decode())]


@pytest.mark.parametrize("words", NAMES)
def test_the_best_result_for_a_name_is_where_it_is_explained(words: str, built_site: Path):
    assert found(built_site, words, "register")[:1] == [NAMES[words]]


@pytest.mark.parametrize(("edition", "question", "page"), QUESTIONS)
def test_a_question_finds_its_page_among_the_first_two_results(
    edition: str, question: str, page: str, built_site: Path
):
    best = found(built_site, question, edition)[:2]
    assert page in ([url.partition("#")[0] for url in best] if "#" not in page else best)


def test_there_are_at_least_thirty_searches():
    assert len(QUESTIONS) >= 30


@pytest.mark.parametrize("words", MISSPELT)
def test_a_misspelt_word_finds_what_the_correct_one_finds_and_the_correction_is_a_link(words: str, built_site: Path):
    assert found(built_site, words, "register") == found(built_site, MISSPELT[words], "register")
    body = search(built_site, f"q={quote(words)}&edition=register").body.decode()
    link = (
        f'<a class="govuk-link" href="/search/?q={quote(MISSPELT[words])}&amp;edition=register">{MISSPELT[words]}</a>'
    )
    assert f"Did you mean {link}?" in body


@pytest.mark.parametrize("words", ["participant", "xyzzy", "cancelling", "2027", ""])
def test_nothing_is_suggested_for_words_that_are_known_or_like_no_other(words: str, built_site: Path):
    assert b"Did you mean" not in search(built_site, f"q={words}").body


@pytest.mark.parametrize("words", FORMS)
def test_the_forms_of_a_word_find_the_same(words: str, built_site: Path):
    assert found(built_site, words) == found(built_site, FORMS[words]) != []


@pytest.mark.parametrize("group", settings()["search"]["alike"], ids=" ".join)
def test_words_that_are_alike_find_something_each(group: list[str], built_site: Path):
    assert all(found(built_site, word) for word in group)


def test_the_beginning_of_a_word_finds_it(built_site: Path):
    assert "/ecf/guidance/when-a-school-challenges/" in [
        each.partition("#")[0] for each in found(built_site, "challen")
    ]


def test_a_task_comes_before_fields_of_its_name(built_site: Path):
    body = search(built_site, "q=transfers&edition=ecf").body.decode()
    kinds = re.findall(r'app-found__kind">(\w+)', body)
    assert kinds.index("Guidance") < kinds.index("Field")


def test_a_page_is_one_result_with_its_best_sections(built_site: Path):
    urls = [url for url in found(built_site, "partnership", "register") if not url.startswith("/errors/")]
    pages = [url.partition("#")[0] for url in urls if url.startswith("/guidance/")]
    assert len(pages) == len(set(pages)) > 5
    body = search(built_site, "q=partnership&edition=register").body.decode()
    assert re.search(r'app-found__sections">\s*<li><a class="govuk-link" href="/guidance/[^"]+#', body)


def test_every_address_in_the_index_exists():
    for _, _, url, *_ in ROWS:
        page, _, anchor = url.partition("#")
        text = whole_site()[f"{page.strip('/')}/index.html".lstrip("/")].decode()
        assert not anchor or f'id="{html.escape(anchor)}"' in text, url


def test_all_that_the_contracts_name_is_in_the_index():
    named = {(row[0], row[-1]) for row in ROWS}
    for each in contracts():
        assert {("Error", name) for name in (*each.rules, *each.problems)} <= named
        assert {("Field", owner.rpartition(".")[2]) for owner in contract_vocabulary.homes(each)} <= named
        assert {("State", state.value) for state in contract_vocabulary.states(each)} <= named
        assert {row[2] for row in ROWS} >= {f"/errors/{name}/" for name in contract().rules}
    assert {("Scenario", recipe["name"]) for recipe in contract().seeds["scenarios"]} <= named


def test_the_address_of_an_error_is_known_by_edition_and_name():
    index = Index(whole_site()["search.json"])
    assert index.address("Error", "school_is_eligible", "register") == "/errors/school_is_eligible/"
    assert index.address("Error", "school_is_eligible", "xyzzy") is None


def test_a_weight_for_an_unknown_entry_is_reported_at_its_line(tmp_path: Path):
    (tmp_path / "writing.md").write_text(FRONT)
    pages = read_pages(contracts(), tmp_path, Path("content"))
    names = ("Guidence", "Field", "/writing/", "/writng/")
    places = {name: Place(Path("site.yaml"), line) for line, name in enumerate(names, 1)}
    index = SearchIndex(addresses(contracts()), settings(), written(Path("site"), "en-GB"))
    assert [str(each) for each in index.complaints(pages, places)] == [
        "site.yaml:1: [unknown-name] There is no kind of result `Guidence` for a weight. Did you mean `Guidance`?",
        "site.yaml:4: [unknown-name] There is no folder `/writng/` for a weight. Did you mean `/writing/`?",
    ]


def test_every_message_is_found_by_its_own_words(built_site: Path):
    for rule in contract().rules.values():
        assert f"/errors/{rule.name}/" in found(built_site, rule.message[:LONGEST]), rule.name


def test_the_page_repeats_the_query_and_escapes_its_markup(built_site: Path):
    body = search(built_site, "q=" + quote('"><script>alert(1)</script>')).body.decode()
    assert "<script>alert" not in body
    assert 'value="&#34;&gt;&lt;script&gt;' in body


EDITIONS = {"register": "Register early career teachers", "ecf": "Early career framework"}
SHARED = (*(folder for folder in settings()["search"]["shared"] if folder != "/"), MOVING)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("words", ["training_status", "partnership", "withdraw"])
def test_a_search_of_one_edition_finds_its_pages_and_those_that_all_share(edition: str, words: str, built_site: Path):
    own = [url for url in found(built_site, words, edition) if not url.startswith(SHARED) and url != "/"]
    assert own
    assert {url.startswith("/ecf/") for url in own} == {edition == "ecf"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_page_about_two_editions_is_found_in_each(edition: str, built_site: Path):
    assert MOVING in found(built_site, "move from ECF to Register", edition)


def test_a_search_of_all_editions_finds_what_a_search_of_each_finds(built_site: Path):
    each = [set(found(built_site, "magic link", edition)) for edition in EDITIONS]
    assert set(found(built_site, "magic link")) == set.union(*each)


def test_an_unknown_edition_means_all(built_site: Path):
    assert found(built_site, "voidDeclaration", "xyzzy") == found(built_site, "voidDeclaration")


def test_the_best_result_in_an_edition_is_where_that_explains_it(built_site: Path):
    assert found(built_site, "voidDeclaration", "ecf")[0] == "/ecf/reference/participant-declarations/voidDeclaration/"


@pytest.mark.parametrize(("query", "name"), [("", "All editions"), ("&edition=ecf", "Early career framework")])
def test_the_form_keeps_the_edition_that_was_chosen(query: str, name: str, built_site: Path):
    body = search(built_site, f"q=cohort{query}").body.decode()
    assert re.findall(r"<option[^>]* selected>([^<]+)<", body) == [name]


def test_the_count_names_the_edition_and_says_how_many_results_the_others_have(built_site: Path):
    in_all, in_ecf = (search(built_site, f"q=voidDeclaration{query}").body.decode() for query in ("", "&edition=ecf"))
    number = int(re.search(r"(\d+) results? for “voidDeclaration”<", in_all)[1])
    own = int(re.search(r"(\d+) results? for “voidDeclaration” in Early career framework<", in_ecf)[1])
    assert (
        f'<a class="govuk-link" href="/search/?q=voidDeclaration">Search all editions</a> for {number - own} more'
        in in_ecf
    )
    assert "Search all editions" not in in_all


def test_each_result_shows_its_edition(built_site: Path):
    body = search(built_site, "q=voidDeclaration").body.decode()
    assert {*re.findall(r'app-found__edition">([^<]+)<', body)} == {*EDITIONS.values()}


HEADERS = {"/": None, "/search/": None, "/release-notes/": None, "/errors/": "register", "/ecf/errors/": "ecf"}


@pytest.mark.parametrize("url", HEADERS)
def test_a_page_of_an_edition_searches_that_edition(url: str):
    page = whole_site()[f"{url.lstrip('/')}index.html"].decode()
    hidden = re.search(r'<input name="edition" type="hidden" value="(\w+)">', page)
    assert (hidden and hidden[1]) == HEADERS[url]


STRANGE = [
    "",
    "q",
    "q=",
    "q=%00",
    "q=%ff%fe",
    "x=1",
    "q=a&q=b",
    "&" * 5000,
    f"q={'a' * 10_000}",
    "q=%F0%9F%8E%93",
    "q=a&edition=%00",
    "edition=ecf",
]


@pytest.mark.parametrize("query", STRANGE)
def test_every_query_gets_a_page(query: str, built_site: Path):
    answer = search(built_site, query)
    assert answer.status == 200
    assert b"Search words" in answer.body


def test_a_search_without_results_says_so(built_site: Path):
    assert b"No results for" in search(built_site, "q=xyzzy").body


def test_of_many_results_the_best_are_shown_and_all_are_counted(built_site: Path):
    body = search(built_site, "q=participant").body.decode()
    assert len(ADDRESS.findall(body)) == MOST
    assert re.search(rf"\d+ results for “participant”. The best {MOST} are below", body)


def test_a_search_without_its_last_slash_keeps_its_words(built_site: Path):
    answer = sandbox(site=built_site).answer(Request("GET", "/search", "q=one%20two", {}, b"", "127.0.0.1"))
    assert dict(answer.headers)[b"location"] == b"/search/?q=one%20two"
