"""A site about the library, a made-up edition, is built with the same templates and checks as the guidance."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from example_edition import edition as library
from site_helpers import SITE
from test_example_edition import CONTRACT, partner
from test_try_forms import HOST, ask, filled, text_of

from lp_contract.contract import Operation
from lp_contract.yaml_source import ContractError
from lp_guide.build import build
from lp_sandbox.app import App

CONTENT = Path(library.__file__).parent / "site"
LOANS = "loans/index.md"


def assembled(folder: Path) -> Path:
    """Put the library's content beside the templates and assets of the guidance."""
    folder.mkdir(exist_ok=True)
    for parent, name in (
        (SITE, "templates"),
        (SITE, "texts"),
        (SITE, "assets"),
        (CONTENT, "content"),
        (CONTENT, "site.yaml"),
    ):
        (folder / name).symlink_to(parent / name)
    return folder


def made(site: Path, out: Path) -> None:
    build(out, edition=library.NAME, site=site, sandbox=None, report=print, spec=library.SPEC)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    made(assembled(folder / "site"), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def words(out: Path) -> Callable[[str], str]:
    """Return the words of a page."""

    def read(page: str) -> str:
        main = re.search(r"<main.*</main>", (out / page / "index.html").read_text(), re.DOTALL)
        assert main
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", main[0])))

    return read


def test_each_operation_has_a_page_in_the_reference(out: Path):
    for operation in CONTRACT.operations.values():
        assert (out / "reference" / operation.tag.lower() / operation.id / "index.html").is_file()


def test_the_published_documents_are_part_of_the_site(out: Path):
    assert (out / "library/v1/library.json").is_file()
    assert (out / "library/v2/library.yaml").is_file()


def test_requests_are_sent_and_answers_of_every_kind_are_shown(words: Callable[[str], str]):
    page = words("loans")
    for expected in (
        "201 Created",
        "204 No Content",
        '"message": "A loan lasts 8 weeks at most."',
        "401 Unauthorized",
        "id,title,author 6f1b7d5e-31c3-4c1f-9d0a-5d2c7a1b0001,Emma,Jane Austen",
    ):
        assert expected in page


def test_the_rule_that_no_request_breaks_is_shown_with_its_reason(words: Callable[[str], str]):
    reason = CONTRACT.rules["partner_is_known"].unreachable
    assert str(reason) in words("loans")
    assert str(reason) in words("errors/partner_is_known")


def test_a_problem_without_a_message_still_has_words_for_links(words: Callable[[str], str]):
    assert "403 The answer has no message" in words("reference/books/getBook")


def test_the_other_media_type_of_a_list_is_explained(words: Callable[[str], str]):
    assert "Put .csv at the end of the path to get the answer as text/csv" in words("reference/books/listBooksV1")


def test_the_steps_between_states_are_shown(words: Callable[[str], str]):
    steps = CONTRACT.transitions["LoanAttributes.state"]
    assert [step.when for step in steps if step.when not in words("loans")] == []


def test_the_pages_of_the_controls_have_the_editions_actors(out: Path, words: Callable[[str], str]):
    assert (out / "sandbox/actors/withdrawBook/index.html").is_file()
    assert "No branch has this book today." in words("sandbox/errors")


def test_the_table_of_errors_names_what_a_request_is_about(words: Callable[[str], str]):
    assert '"6f1b7d5e-31c3-4c1f-9d0a-5d2c7a1b0002"Middlemarch.' in words("reference/loans/createLoan")


def test_a_problem_is_shown_with_its_headers(words: Callable[[str], str]):
    assert 'WWW-Authenticate: Bearer realm="library"' in words("errors/token_is_known")


def test_no_page_about_the_library_names_another_edition_or_its_addresses(out: Path):
    pages = {str(file.relative_to(out)): file.read_text() for file in out.rglob("*.html")}
    found = [name for name, text in pages.items() if re.search(r"/api/v\d|ect-in-training|/guidance/", text)]
    assert [name for name in found if not name.startswith("sandbox/")] == []


MISTAKES = [
    ("```http status=201 capture", "```http status=200 capture", "example", "```http status=200 capture"),
    ("/library/v2/loans\nAuth", "/library/v3/loans\nAuth", "example", "```http status=401\nGET /library/v3"),
    ("`GET /library/v2/books`", "`GET /library/v2/book`", "unknown-path", "`GET /library/v2/book`"),
    ("(op:listBooks)", "(op:listBook)", "unknown-name", "(op:listBook)"),
    ("id,title,author\n", "id,title\n", "response", "```response 200 OK\nid,title\n"),
    ("rule=loan_is_not_too_long", "rule=loan_is_not_over", "example", "```http rule=loan_is_not_over"),
]


def test_each_mistake_on_a_page_is_found_with_its_line(tmp_path: Path):
    """Every mistake is in a copy of the page, because the first mistake of a page hides the others."""
    site = assembled(tmp_path / "site")
    (site / "content").unlink()
    shutil.copytree(CONTENT / "content", site / "content")
    text = (site / "content" / LOANS).read_text()
    expected = set()
    for number, (old, new, check, at) in enumerate(MISTAKES):
        assert old in text
        page = site / "content" / "loans" / f"mistake-{number}.md"
        page.write_text(text.replace(old, new, 1))
        line = page.read_text()[: page.read_text().index(at)].count("\n") + 1
        expected.add((check, page.name, line))
    with pytest.raises(ContractError) as found:
        made(site, tmp_path / "out")
    complaints = {(each.check, each.place.file.name, each.place.line) for each in found.value.complaints}
    assert complaints == expected


@pytest.fixture
def served(out: Path) -> App:
    app = library.sandbox(site=out)
    partner(app)
    return app


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda each: each.id)
def test_each_operation_can_be_tried_with_the_form_on_its_page(served: App, operation: Operation):
    page = f"/reference/{operation.tag.lower()}/{operation.id}/"
    answer = ask(served, page, filled(ask(served, page)), origin=f"http://{HOST}")
    assert f"What the sandbox answered {operation.success} " in text_of(answer)


def test_an_answer_of_any_json_type_is_laid_out(served: App):
    page = "/reference/books/getBook/"
    answer = text_of(ask(served, page, filled(ask(served, page)), origin=f"http://{HOST}"))
    assert '{\n  "data": {\n    "id":' in answer.partition("What the sandbox answered")[2][:200]
