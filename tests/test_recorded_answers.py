"""Answers in the Markdown: written by `lp-guide update`, held against what is received by `lp-guide check`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from site_helpers import FRONT, SANDBOX, SITE, body, close_sandbox, complaint, contract, contracts, renderer

from lp_contract.yaml_source import Complaint, ContractError
from lp_guide import complaint_formats
from lp_guide.__main__ import lp_guide
from lp_guide.pages import read_pages
from lp_guide.recorded_answers import stale, updated
from lp_guide.requests_and_answers import Request, Response
from lp_guide.sandbox_client import Sandbox
from lp_guide.site import Site
from lp_guide.write_recorded_answers import Update

REQUEST = "One.\n\n```http show=1\nGET /api/v3/schools?filter[cohort]=2026&page[per_page]=3\n```\n"
ANSWER = REQUEST + "\n```response {}\n{}\n```\n\nTwo.\n"
DEFER_AND_LOOK = """
```http
GET /api/v3/participants/{{ person('ect-in-training') }}
```

```http
PUT /api/v3/participants/{{ person('ect-in-training') }}/defer

{"data": {"type": "participant-defer", "attributes": {"reason": "REASON", "course_identifier": "ecf-induction"}}}
```

```http
GET /api/v3/participants/{{ person('ect-in-training') }}
```
"""
VARIES = '```http status=201 vary=created_at,tokens\nPOST /_sandbox/worlds\n\n{"id": "varying"}\n```\n'


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


def received(folder: Path, text: str) -> tuple[str, list[Complaint]]:
    """Return the text of a page with the answers it gets, and what is wrong with those in it."""
    (folder / "trial.md").write_text(FRONT + text)
    page = read_pages(contracts(), folder, Path("content"))[0]
    answered = renderer().body(page).answered
    whole = updated(FRONT + text, answered)
    assert whole.startswith(FRONT)
    return whole.removeprefix(FRONT), list(stale(page.text, answered, page.file))


def test_an_answer_is_written_under_its_request_and_nothing_else_is_changed(tmp_path: Path):
    text, _ = received(tmp_path, REQUEST + "\nTwo.\n")
    before, answer, after = re.fullmatch(
        r"(.*?\n```\n)(\n```response 200 OK\n.*?\n```\n)(\nTwo.\n)", text, re.DOTALL
    ).groups()
    assert before + after == REQUEST + "\nTwo.\n"
    assert '"type": "school"' in answer


def test_an_answer_that_was_written_has_no_complaint_and_is_not_written_again(tmp_path: Path):
    text, _ = received(tmp_path, REQUEST)
    assert received(tmp_path, text) == (text, [])


def test_an_answer_is_written_as_the_page_prints_it(tmp_path: Path):
    text, _ = received(tmp_path, REQUEST + "\n" + VARIES)
    assert text.count('"type": "school"') == 1
    assert "\n    … 2 more\n" in text
    assert '"created_at": "…"' in text
    assert '"tokens": "…"' in text


def test_an_answer_without_a_body_is_its_status(tmp_path: Path):
    text, _ = received(tmp_path, VARIES + "\n```http status=204\nDELETE /_sandbox/worlds/varying\n```\n")
    assert text.endswith("```\n\n```response 204 No Content\n```\n")


def test_a_file_with_the_line_ends_of_windows_keeps_them(tmp_path: Path):
    (tmp_path / "trial.md").write_text(FRONT + REQUEST)
    answered = renderer().body(read_pages(contracts(), tmp_path, Path("content"))[0]).answered
    text = updated((FRONT + REQUEST).replace("\n", "\r\n"), answered)
    assert "```response 200 OK\r\n" in text
    assert "\n" not in text.replace("\r\n", "")


def test_a_file_without_a_line_end_at_its_end_is_understood(tmp_path: Path):
    assert "\n```\n\n```response 200 OK\n" in received(tmp_path, REQUEST.rstrip("\n"))[0]


def test_an_outdated_answer_is_reported_with_its_differences(tmp_path: Path):
    right, _ = received(tmp_path, REQUEST)
    _, [complaint] = received(tmp_path, right.replace('"in_partnership": ', '"in_partnership": not '))
    assert str(complaint.place) == "content/trial.md:11"
    assert complaint.message == (
        "The sandbox returns another answer to GET /api/v3/schools?filter[cohort]=2026&page[per_page]=3."
    )
    assert complaint.remedy == "Run `lp-guide update`."
    assert re.search(
        r'^-\s+"in_partnership": not false,\n\+\s+"in_partnership": false,$', complaint.detail, re.MULTILINE
    )


WRONG = {"another status": ("404 Not Found", "{}"), "another body": ("200 OK", "{}"), "no body": ("200 OK", "")}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_is_not_accepted_with(case: str, tmp_path: Path):
    text, complaints = received(tmp_path, ANSWER.format(*WRONG[case]))
    assert [each.place.line for each in complaints] == [11]
    assert text == received(tmp_path, REQUEST)[0] + "\nTwo.\n"


def test_a_long_difference_is_cut(tmp_path: Path):
    _, [complaint] = received(tmp_path, ANSWER.format("200 OK", "{}"))
    assert len(complaint.detail.splitlines()) == 13
    assert re.search(r"^… \d+ more lines$", complaint.detail, re.MULTILINE)


def test_a_request_without_an_answer_is_reported(tmp_path: Path):
    _, [complaint] = received(tmp_path, REQUEST)
    assert (complaint.place.line, complaint.remedy) == (7, "Run `lp-guide update`.")
    assert "is missing" in complaint.message


STRAY = {
    "an answer under no request": (
        "```response 200 OK\n{}\n```\n",
        "content/trial.md:5: [response] There is no request above this answer.",
    ),
    "an answer after other words": (
        REQUEST + "\nWords.\n\n```response 200 OK\n{}\n```\n",
        "content/trial.md:13: [response] There is no request above this answer.",
    ),
    "a second answer": (
        ANSWER.format("200 OK", "{}").replace("\nTwo.\n", "```response 200 OK\n```\n"),
        "content/trial.md:14: [response] There is no request above this answer.",
    ),
    "a request in a loop": (
        "{% for year in (2025, 2026) %}\n\n" + REQUEST + "{% endfor %}\n",
        "content/trial.md:9: [example] This request is sent several times, but only one answer",
    ),
}


@pytest.mark.parametrize("case", STRAY)
def test_a_page_is_refused_with_file_and_line_for(case: str, tmp_path: Path):
    text, expected = STRAY[case]
    assert expected in complaint(tmp_path, text)


# The program


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "content").mkdir(parents=True)
    few = {
        "navigation": [],
        "glossary": {},
        "beside": ["register/sandbox"],
        "switch": [],
        "counterparts": {},
        "coverage": {},
    }
    settings = yaml.load((SITE / "site.yaml").read_text(), yaml.CSafeLoader) | few
    (folder / "site.yaml").write_text(yaml.safe_dump(settings))
    (folder / "templates").symlink_to(SITE / "templates")
    (folder / "texts").symlink_to(SITE / "texts")
    (folder / "assets").symlink_to(SITE / "assets")
    (folder / "content" / "index.md").write_text(FRONT + REQUEST)
    (folder / "content" / "quiet.md").write_text(FRONT + "Nothing is requested.\n")
    return folder


def run(*arguments: str | Path, **settings) -> Result:
    return CliRunner().invoke(lp_guide, [str(argument) for argument in arguments], **settings)


def test_update_writes_what_is_missing_shows_it_and_says_how_much(site: Path):
    done = run("update", "--site", site)
    assert done.exit_code == 0
    assert "+```response 200 OK\n" in done.output
    assert done.output.endswith("\n1 answer changed on 1 page.\n")
    assert "\x1b[" not in done.output
    assert "```response 200 OK" in (site / "content" / "index.md").read_text()
    assert (site / "content" / "quiet.md").read_text() == FRONT + "Nothing is requested.\n"
    assert run("update", "--site", site).output == "No answers changed.\n"


def test_update_takes_the_files_that_are_named(site: Path):
    assert run("update", "--site", site, site / "content" / "quiet.md").output == "No answers changed.\n"
    assert "1 answer" in run("update", "--site", site, site / "content" / "index.md").output


def test_update_refuses_a_file_that_is_not_a_page(site: Path):
    done = run("update", "--site", site, site / "site.yaml")
    assert done.exit_code == 2
    assert "There is no page" in done.output


def test_update_writes_the_sound_pages_and_reports_the_others(site: Path):
    (site / "content" / "quiet.md").write_text(FRONT + "{{ nothing }}\n")
    done = run("update", "--site", site)
    assert done.exit_code == 1
    assert "quiet.md:5: [unknown-name]" in done.output
    assert "```response 200 OK" in (site / "content" / "index.md").read_text()


def test_update_writes_the_answers_that_came_before_a_mistake_on_the_page_and_says_what_it_left_out(site: Path):
    file = site / "content" / "index.md"
    file.write_text(FRONT + REQUEST + "\n```http status=404\nGET /api/v3/delivery-partners\n```\n\n" + REQUEST)
    done = run("update", "--site", site)
    assert done.exit_code == 1
    assert file.read_text().count("```response 200 OK") == 1
    assert "index.md:11: [example] GET /api/v3/delivery-partners does not return what the page expects" in done.output
    assert "index.md:17: [response] There is no answer to this request, because of the mistake at" in done.output


IN_MARGINS = {
    "under the text of an item": ("1. One\n\n", "   ", "   "),
    "on the line of the mark": ("- ", "  ", ""),
    "in a list in a list": ("- One\n  1. Two\n\n", "     ", "     "),
    "in a quote": ("", "> ", "> "),
    "in a quote in an item": ("1. One\n\n", "   > ", "   > "),
}


@pytest.mark.parametrize("case", IN_MARGINS)
def test_an_answer_stays_in_the_list_or_quote_of_its_request(case: str, tmp_path: Path):
    before, margin, first = IN_MARGINS[case]
    request = "\n".join([f"{first}```http", f"{margin}GET /api/v3/delivery-partners?page[per_page]=1", f"{margin}```"])
    text, _ = received(tmp_path, f"{before}{request}\n\nTwo.\n")
    answer = text.removeprefix(f"{before}{request}\n{margin.rstrip()}\n").removesuffix("\n\nTwo.\n").split("\n")
    assert answer[0] == f"{margin}```response 200 OK"
    assert answer[-1] == f"{margin}```"
    assert all(line.startswith(margin) for line in answer)
    assert received(tmp_path, text) == (text, [])


def test_a_request_in_an_item_is_shown_in_the_item(tmp_path: Path):
    text = "1. One\n\n   ```http\n   GET /api/v3/delivery-partners?filter[cohort]=1999\n   ```\n\n2. Two\n"
    html = body(tmp_path, text).html
    assert html.count("<ol") == 1
    assert html.index("<ol") < html.index("/api/v3/delivery-partners") < html.index("</li>")


def test_check_fails_where_an_answer_is_not_the_one_received_and_shows_the_difference(site: Path):
    run("update", "--site", site)
    file = site / "content" / "index.md"
    file.write_text(file.read_text().replace('"type": "school"', '"type": "skool"'))
    done = run("check", "--edition", "register", "--site", site)
    assert done.exit_code == 1
    assert re.search(
        r'index\.md:11: \[response\] .* Run `lp-guide update`\.\n(    .*\n)+    -.*"skool",\n', done.output
    )
    complaints = json.loads(run("check", "--edition", "register", "--site", site, "--format", "json").output)
    assert any("skool" in each.get("detail", "") for each in complaints)
    assert "%0A-" in run("check", "--edition", "register", "--site", site, "--format", "github").output


def test_build_writes_nothing_where_an_answer_is_not_the_one_received(site: Path, tmp_path: Path):
    done = run("build", "--site", site, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "is missing" in done.output
    assert not (tmp_path / "out").exists()


@pytest.fixture
def update(site: Path) -> Update:
    with Site(contract(), site, SANDBOX) as opened:
        [found], _ = opened.updates([])
    return found


def test_an_interrupted_update_leaves_the_file_as_it_was(update: Update, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    folder = update.page.path.parent
    before = {file.name: file.read_text() for file in folder.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        update.write()
    assert {file.name: file.read_text() for file in folder.iterdir()} == before


def test_what_a_writer_saved_meanwhile_is_not_overwritten(update: Update):
    update.page.path.write_text("Saved meanwhile.")
    with pytest.raises(ContractError, match="The file has changed while its requests were sent"):
        update.write()
    assert update.page.path.read_text() == "Saved meanwhile."


def test_a_file_keeps_its_mode(update: Update):
    update.page.path.chmod(0o640)
    update.write()
    assert update.page.path.stat().st_mode & 0o777 == 0o640


def test_a_difference_is_coloured_where_colour_is_wanted(update: Update):
    assert "\x1b[32m+```response 200 OK\x1b[0m" in complaint_formats.difference(update.difference, colour=True)
    assert complaint_formats.difference(update.difference, colour=False) == update.difference


def test_a_request_is_sent_again_only_when_it_or_one_before_it_has_changed(tmp_path: Path, monkeypatch):
    sent: list[str] = []
    send = Sandbox.send

    def noting(self: Sandbox, request: Request, token: str) -> Response:
        sent.append(request.target)
        return send(self, request, token)

    def answers(reason: str, words: str = "") -> list[Response]:
        sent.clear()
        answered = body(tmp_path, DEFER_AND_LOOK.replace("REASON", reason) + words).answered
        return [each.exchange.response for each in answered]

    monkeypatch.setattr(Sandbox, "send", noting)
    renderer.cache_clear()
    first = answers("other")
    assert len(sent) == 3
    assert answers("other", "\nOther words.\n") == first
    assert sent == []
    second = answers("career-break")
    assert len(sent) == 3
    reasons = [
        response.body["data"]["attributes"]["ecf_enrolments"][0]["deferral"]["reason"] for response in second[1:]
    ]
    assert reasons == ["career-break", "career-break"]
    assert answers("other") == first


def test_what_varies_and_is_captured_is_requested_each_time(tmp_path: Path):
    text = """
```http status=201 capture=made:id vary=id,created_at,tokens
POST /_sandbox/worlds

{"size": "small"}
```

```http
POST /_sandbox/clock/advance?world={{ made }}

{"days": DAYS}
```
"""
    for days in ("1", "2", "2"):
        assert len(body(tmp_path, text.replace("DAYS", days)).answered) == 2


def test_a_control_that_names_no_world_acts_in_the_world_of_the_page(tmp_path: Path):
    text = """
```http status=404
GET /api/v3/schools/{{ school('became-ineligible') }}?filter[cohort]=2026
```

```http
POST /_sandbox/actors/dfe/change-eligibility

{"data": {"attributes": {"school_id": "{{ school('became-ineligible') }}", "cohort": "2026", "eligible": true}}}
```

```http
GET /api/v3/schools/{{ school('became-ineligible') }}?filter[cohort]=2026
```
"""
    targets = [each.exchange.request.target for each in body(tmp_path, text).answered]
    assert targets[1] == "/_sandbox/actors/dfe/change-eligibility"
