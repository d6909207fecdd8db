"""The form with which a reader tries an operation: it works without a script, and only for the sandbox's own pages."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from client import CLOCK, Client, client, register, sandbox, small_world
from ecf_client import ecf
from site_helpers import whole_site

from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import LARGEST_BODY, Answer, Request

HOST = "127.0.0.1:8000"
CREATE = "/reference/partnerships/createPartnership/"
PAGES = [f"/reference/{op.tag.lower().replace(' ', '-')}/{op.id}/" for op in register().contract.operations.values()]
CONTROLS = {f"/sandbox/{op.tag.lower()}/{op.id}/": op for op in register().controls.operations.values()}
MAKE_SOMETHING = ["/sandbox/worlds/createWorld/", "/sandbox/snapshots/takeSnapshot/"]


@pytest.fixture
def app(built_site: Path) -> App:
    app = sandbox(site=built_site)
    client(app)
    return app


def ask(
    app: App, page: str, form: bytes | dict[str, str] | None = None, peer: str = "127.0.0.1", **headers: str
) -> Answer:
    sent = {"host": HOST} | headers
    body = urlencode(form).encode() if isinstance(form, dict) else form
    raw = {name.encode(): value.encode() for name, value in sent.items()}
    kept = body if len(body or b"") <= LARGEST_BODY else None
    return app.answer(
        Request("GET" if form is None else "POST", page, "", raw, kept or (b"" if form is None else kept), peer)
    )


def filled(answer: Answer) -> dict[str, str]:
    """What the fields of a form hold before anybody fills them in."""
    text = answer.body.decode()
    fields = dict(re.findall(r'<input class="govuk-input" [^>]*name="([^"]+)" value="([^"]*)"', text))
    fields |= re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
    fields |= re.findall(r'<select[^>]*name="([^"]+)".*?<option value="([^"]+)" selected', text, re.DOTALL)
    return {name: html.unescape(value) for name, value in fields.items()}


def text_of(answer: Answer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", answer.body.decode()))


@pytest.mark.parametrize("page", PAGES)
def test_every_operation_of_the_reference_can_be_tried_as_its_form_is_filled_in(page: str, app: App):
    form = ask(app, page)
    answer = ask(app, page, filled(form), origin=f"http://{HOST}")
    assert answer.status == 200
    assert "200 OK" in text_of(answer)


EARLIER = ["version-1/getParticipantsCsvV1", "version-1/deferParticipantAliasV1", "version-2/createDeclarationV2"]


@pytest.mark.parametrize("page", EARLIER)
def test_an_operation_of_another_version_can_be_tried_whatever_the_media_type_of_its_answer(
    page: str, built_site: Path
):
    app, url = small_world(ecf(), site=built_site), f"/ecf/reference/{page}/"
    answer = ask(app, url, filled(ask(app, url)), origin=f"http://{HOST}")
    assert answer.status == 200
    assert "200 OK" in text_of(answer)


@pytest.mark.parametrize("page", CONTROLS)
def test_every_control_can_be_tried_as_its_form_is_filled_in(page: str, app: App):
    for before in MAKE_SOMETHING:
        if before != page:
            ask(app, before, filled(ask(app, before)))
    answer = ask(app, page, filled(ask(app, page)), origin=f"http://{HOST}")
    assert answer.status == 200
    assert f"What the sandbox answered {CONTROLS[page].success} " in text_of(answer)


def test_a_control_needs_no_token_and_takes_a_key_where_one_is_needed(app: App, built_site: Path):
    page = "/sandbox/clock/advanceClock/"
    assert filled(ask(app, page)).keys() == {"world", "_body"}
    behind_a_key = sandbox(site=built_site, key="secret")
    client(behind_a_key)
    fields = filled(ask(behind_a_key, page, peer="192.0.2.7"))
    assert fields.keys() == {"world", "_body", "_key"}
    assert "403 Forbidden" in text_of(ask(behind_a_key, page, fields, peer="192.0.2.7"))
    opened = text_of(ask(behind_a_key, page, fields | {"_key": "secret"}, peer="192.0.2.7"))
    assert "X-Sandbox-Key: secret" in opened
    assert "200 OK" in opened


def test_a_form_that_moves_the_clock_shows_the_new_time(app: App):
    page = "/sandbox/clock/setClock/"
    assert CLOCK in text_of(ask(app, page))
    moved = text_of(ask(app, page, filled(ask(app, page)) | {"_body": '{"now": "2027-03-01T09:00:00Z"}'}))
    assert "it is 2027-03-01T09:00:00Z." in moved


@pytest.mark.parametrize("elsewhere", [{"peer": "192.0.2.7"}, {"host": "elsewhere.example"}])
def test_a_form_opens_no_control_that_is_closed_to_its_sender(elsewhere: dict[str, str], app: App):
    page = "/sandbox/clock/advanceClock/"
    answer = ask(app, page, filled(ask(app, page)), **elsewhere)
    assert "403 Forbidden" in text_of(answer)
    assert app.worlds.get("default").clock == CLOCK


def test_what_is_sent_has_the_effect_that_it_has_for_any_client(app: App):
    fields = filled(ask(app, CREATE))
    ask(app, CREATE, fields)
    own: Client = client(app)
    assert own.token == fields["_token"]
    assert [item["attributes"]["cohort"] for item in own.get("/partnerships", "filter[cohort]=2026")].count("2026") >= 1
    assert "You are already in a confirmed partnership" in text_of(ask(app, CREATE, fields))


def test_the_form_keeps_what_was_filled_in(app: App):
    fields = filled(ask(app, CREATE)) | {"_body": '{"data": "<b>"}', "X-With-Server-Date": "2026-05-01"}
    assert filled(ask(app, CREATE, fields)) == fields


def test_the_request_is_shown_as_it_was_sent(app: App):
    page = "/reference/schools/getSchools/"
    fields = filled(ask(app, page)) | {
        "filter[cohort]": "2026",
        "filter[urn]": "1 & 2",
        "X-With-Server-Date": "2026-10-01",
    }
    text = text_of(ask(app, page, fields))
    assert "GET /api/v3/schools?filter[cohort]=2026&filter[urn]=1%20%26%202\n" in text
    assert "X-With-Server-Date: 2026-10-01" in text
    assert f"Authorization: Bearer {fields['_token']}" in text


def test_the_json_of_an_answer_keeps_its_indent_where_a_line_goes_on(app: App):
    page = "/reference/schools/getSchools/"
    answer = ask(app, page, filled(ask(app, page))).body.decode().partition('id="answer"')[2].partition("<form")[0]
    assert '<span class="app-line app-line--2">' in answer
    assert '<span class="app-line app-line--4">' in answer


def test_a_filled_in_value_cannot_change_the_rest_of_a_path(app: App):
    page = "/reference/partnerships/getPartnership/"
    text = text_of(ask(app, page, filled(ask(app, page)) | {"id": "../schools?x=<i>#"}))
    assert "GET /api/v3/partnerships/..%2Fschools%3Fx%3D%3Ci%3E%23" in text
    assert "404 Not Found" in text


def test_nothing_that_was_filled_in_is_markup(app: App):
    attack = '"><script>alert(1)</script>'
    fields = dict.fromkeys(filled(ask(app, CREATE)), attack)
    assert b"<script>alert" not in ask(app, CREATE, fields).body


ELSEWHERE = ["http://elsewhere.example", "null", f"http://{HOST}.example", "http://127.0.0.1:9"]


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_form_from_another_site_has_no_effect(origin: str, app: App):
    before = client(app).ids("/partnerships")
    answer = ask(app, CREATE, filled(ask(app, CREATE)), origin=origin)
    assert answer.status == 403
    assert "sent from another site" in text_of(answer)
    assert client(app).ids("/partnerships") == before


def test_tokens_are_offered_on_this_machine_alone(app: App, built_site: Path):
    token = client(app).token.encode()
    assert token in ask(app, CREATE).body
    assert token not in ask(app, CREATE, peer="192.0.2.7").body
    assert token not in ask(app, CREATE, host="elsewhere.example").body
    behind_a_key = sandbox(site=built_site, key="secret")
    client(behind_a_key)
    assert token not in ask(behind_a_key, CREATE).body


STRANGE = {
    "nothing": (b"", 200),
    "no form": (b"\xff\x00{", 200),
    "a body that is no JSON": (b"_body=%7B", 200),
    "a token of two lines": (b"_token=a%0D%0Ab", 200),
    "too many fields": (b"a=1&" * 200, 400),
    "too much": (b"_body=" + b"a" * LARGEST_BODY, 413),
}


@pytest.mark.parametrize("case", STRANGE)
def test_whatever_is_sent_is_answered_with_a_page(case: str, app: App):
    form, status = STRANGE[case]
    answer = ask(app, CREATE, form)
    assert answer.status == status
    assert b"Send POST request" in answer.body


def test_a_long_answer_is_cut_with_a_word_of_how_much_is_left_out(app: App):
    page = "/reference/schools/getSchools/"
    assert re.search(r"… and [\d,]+ more characters", text_of(ask(app, page, filled(ask(app, page)))))


def test_a_page_without_a_form_takes_none(app: App):
    assert ask(app, "/reference/partnerships/", {"a": "1"}).status == 404
    assert ask(app, "/errors/", {"a": "1"}).status == 404


def test_where_no_sandbox_serves_the_site_there_is_no_form():
    for contract, pages in {"register": PAGES, "register/sandbox": CONTROLS}.items():
        for page in pages:
            text = whole_site()[f"{page.strip('/')}/index.html"].decode()
            assert "<form method" not in text
            assert f"<!--sandbox:try {contract}/{page.split('/')[-2]}--><!--/sandbox-->" in text


def test_a_sandbox_of_one_edition_has_no_forms_for_the_pages_of_another(app: App):
    page = ask(app, "/ecf/reference/statements/getStatements/")
    assert (page.status, b"<form method" in page.body) == (200, False)
