"""Forms on served pages: fields and uploaded files are read, and an answer can redirect and set cookies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from client import sandbox
from hypothesis import given, settings
from hypothesis import strategies as st

from lp_sandbox.request.request_and_answer import LARGEST_BODY, LARGEST_UPLOAD, Request
from lp_sandbox.web import multipart
from lp_sandbox.web.cookies import Cookie, cookie_in
from lp_sandbox.web.forms import Form, FormError, UploadedFile, read_form
from lp_sandbox.web.pages import Fragment, Pages, Redirect, SlotFiller
from lp_sandbox.web.responder import Deliver

BOUNDARY = "----WebKitFormBoundaryAbc123"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
CSV = UploadedFile("schools.csv", b"urn,name\r\n123456,A school\r\n", "text/csv")


def escaped(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def encoded(form: Form) -> bytes:
    """Encode a form as browsers do."""
    parts = []
    for name, value in form.fields.items():
        head = f'Content-Disposition: form-data; name="{escaped(name)}"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + value.encode() + b"\r\n")
    for name, file in form.files.items():
        head = f'Content-Disposition: form-data; name="{escaped(name)}"; filename="{escaped(file.name)}"'
        head += f"\r\nContent-Type: {file.content_type}"
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + file.content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def post(body: bytes | None, content_type: str = MULTIPART, path: str = "/upload/", **headers: str) -> Request:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    return Request("POST", path, "", {b"content-type": content_type.encode(), **raw}, body, "127.0.0.1")


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%"), min_size=1, max_size=20)
CONTENTS = st.binary(max_size=200) | st.lists(st.sampled_from([b"--", b"\r\n", b"\r", b"-", b"a", b"\0"])).map(b"".join)
FILES = st.builds(UploadedFile, NAMES, CONTENTS, st.just("text/csv"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@given(form=st.builds(Form, st.dictionaries(NAMES, TEXTS, max_size=5), st.dictionaries(NAMES, FILES, max_size=5)))
@settings(derandomize=True)
def test_what_a_browser_encodes_is_read(form: Form):
    assert read_form(post(encoded(form))) == form


def by_requests() -> tuple[bytes, str]:
    sent = requests.Request(
        "POST", "http://a/", data={"cohort": "2026"}, files={"csv": ("schools.csv", CSV.content, "text/csv")}
    )
    ready = sent.prepare()
    return ready.body, ready.headers["content-type"]


def by_httpx() -> tuple[bytes, str]:
    file = {"csv": ("schools.csv", CSV.content, "text/csv")}
    ready = httpx.Request("POST", "http://a/", data={"cohort": "2026"}, files=file)
    return ready.read(), ready.headers["content-type"]


@pytest.mark.parametrize("encode", [by_requests, by_httpx])
def test_what_http_clients_encode_is_read(encode: Any):
    assert read_form(post(*encode())) == Form({"cohort": "2026"}, {"csv": CSV})


def test_a_form_without_files_can_be_url_encoded():
    form = read_form(post(b"a=1&b=%C3%A9&a=2&c=", "application/x-www-form-urlencoded"))
    assert form == Form({"a": "2", "b": "\u00e9", "c": ""})


def test_a_field_in_which_no_file_was_chosen_has_no_file():
    assert read_form(post(encoded(Form({}, {"csv": UploadedFile("", b"", "application/octet-stream")})))) == Form({})


def test_a_multipart_body_within_a_part_is_content():
    inner = encoded(Form({"a": "1"})).replace(BOUNDARY.encode(), b"inner")
    form = Form({}, {"outer": UploadedFile("a.txt", inner, "multipart/mixed; boundary=inner")})
    assert read_form(post(encoded(form))) == form


WHOLE = encoded(Form({"cohort": "2026"}, {"csv": CSV}))


@pytest.mark.parametrize("length", range(len(WHOLE) - len("\r\n") - 1))
def test_a_truncated_form_is_refused(length: int):
    with pytest.raises(FormError) as refused:
        read_form(post(WHOLE[:length]))
    assert refused.value.status == 400


def field(name: str, content: str = "x", extra: str = "") -> str:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{content}\r\n'


MANY = "".join(field(f"f{number}") for number in range(multipart.MOST_PARTS))
END = f"--{BOUNDARY}--\r\n"
REFUSED = {
    "no boundary in the header": (WHOLE, "multipart/form-data", "names no boundary"),
    "another boundary": (WHOLE, "multipart/form-data; boundary=other", "ends before its last boundary"),
    "no body": (b"", MULTIPART, "ends before its last boundary"),
    "a part too many": ((MANY + field("last") + END).encode(), MULTIPART, "more than 100 parts"),
    "parts without end": ((field("a") * 10_000).encode(), MULTIPART, "more than 100 parts"),
    "large headers": (
        f"{field('a', extra='; b=' + 'c' * 5000)}{END}".encode(),
        MULTIPART,
        "headers that are too large",
    ),
    "no headers": (f"--{BOUNDARY}\r\nx\r\n{END}".encode(), MULTIPART, "no headers"),
    "no name": (WHOLE.replace(b"name=", b"nome="), MULTIPART, "no Content-Disposition with the name"),
    "a longer boundary": (WHOLE.replace(b"Abc123\r\n", b"Abc1234\r\n"), MULTIPART, "followed by other text"),
    "binary": (bytes(range(256)) * 100, MULTIPART, "ends before its last boundary"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_form_is_refused_with_the_reason(case: str):
    body, content_type, reason = REFUSED[case]
    with pytest.raises(FormError) as refused:
        read_form(post(body, content_type))
    assert refused.value.status == 400
    assert reason in refused.value.message


def test_as_many_parts_as_allowed_are_read():
    assert len(read_form(post((MANY + END).encode())).fields) == multipart.MOST_PARTS


@given(body=st.binary(max_size=500), splits=st.lists(st.integers(0, len(WHOLE)), min_size=2, max_size=2))
@settings(derandomize=True)
def test_whatever_is_sent_is_read_or_refused(body: bytes, splits: list[int]):
    start, end = sorted(splits)
    for sent in (body, WHOLE[:start] + body + WHOLE[end:]):
        assert status_of(sent) in (200, 400)


def status_of(body: bytes) -> int:
    try:
        read_form(post(body))
    except FormError as refused:
        return refused.status
    return 200


def test_a_form_of_another_site_has_no_effect():
    with pytest.raises(FormError) as refused:
        read_form(post(WHOLE, host="127.0.0.1:8000", origin="https://elsewhere.example.com"))
    assert refused.value.status == 403


@pytest.mark.parametrize("body", [None, b"a" * (LARGEST_UPLOAD + 1)])
def test_a_form_that_is_too_large_is_refused(body: bytes | None):
    with pytest.raises(FormError, match="larger than 2 MiB") as refused:
        read_form(post(body))
    assert refused.value.status == 413


def asgi(app: Any, path: str, size: int) -> int | None:
    """Send a body to a path in pieces, and return how many bytes of it the sandbox kept."""
    kept: list[int | None] = []

    def respond(request: Request, deliver: Deliver) -> None:
        kept.append(None if request.body is None else len(request.body))
        deliver(app.answer(request))

    app.responder._respond = respond  # noqa: SLF001
    piece = b"a" * 65_536
    pieces: Iterator[bytes] = iter([piece] * (size // len(piece)) + [b"a" * (size % len(piece))])
    left = [size]

    async def receive() -> Any:
        part = next(pieces)
        left[0] -= len(part)
        return {"type": "http.request", "body": part, "more_body": left[0] > 0}

    async def send(message: Any) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(app(scope, receive, send))
    return kept[0]


@pytest.mark.parametrize(
    ("path", "largest"),
    [("/upload/", LARGEST_UPLOAD), ("/_sandbox/worlds", LARGEST_UPLOAD), ("/api/v3/partnerships", LARGEST_BODY)],
)
def test_pages_and_controls_take_larger_bodies_than_the_api(path: str, largest: int):
    assert [asgi(sandbox(), path, size) for size in (largest, largest + 1)] == [largest, None]


def pages(folder: Path, fill: Any) -> Pages:
    """A site with a page that takes a form, and what answers it."""
    (folder / "upload").mkdir()
    (folder / ".served").mkdir()
    (folder / "upload" / "index.html").write_text("<h1>Upload</h1><!--sandbox:upload-->-<!--/sandbox-->")
    (folder / ".served" / "upload.jinja").write_text("{{ said }}")
    return Pages(folder, {"upload": SlotFiller(fill, takes_forms=True)}, [])


def uploaded(request: Request, _: str) -> Fragment | Redirect:
    if request.method == "GET":
        return Fragment({"said": f"Signed in as {cookie_in(request, 'who')}"})
    try:
        form = read_form(request)
    except FormError as error:
        return Fragment({"said": error.message}, error.status)
    if "csv" not in form.files:
        return Fragment({"said": "Select a CSV file"}, 422, [Cookie("tried", "yes")])
    return Redirect(f"/upload/?bytes={len(form.files['csv'].content)}", [Cookie("who", "ada", 60)])


def test_a_form_that_is_taken_redirects_to_a_page_and_sets_a_cookie(tmp_path: Path):
    answer = pages(tmp_path, uploaded).answer(post(WHOLE))
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (303, b"")
    assert headers[b"location"] == f"/upload/?bytes={len(CSV.content)}".encode()
    assert headers[b"set-cookie"] == b"who=ada; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"


def test_a_form_that_is_refused_shows_its_page_again(tmp_path: Path):
    answer = pages(tmp_path, uploaded).answer(post(encoded(Form({"a": "1"}))))
    assert (answer.status, answer.body) == (422, b"<h1>Upload</h1>Select a CSV file")
    assert dict(answer.headers)[b"set-cookie"] == b"tried=yes; Path=/; HttpOnly; SameSite=Lax"


def test_a_page_reads_the_cookies_of_a_request(tmp_path: Path):
    request = Request("GET", "/upload/", "", {b"cookie": b"a=b; who=ada; who=eve"}, b"", "127.0.0.1")
    assert pages(tmp_path, uploaded).answer(request).body == b"<h1>Upload</h1>Signed in as ada"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "upload/",
        "//evil.example.com/",
        "/\\evil.example.com/",
        "https://evil.example.com/",
        "/a\r\nSet-Cookie: a=b",
        "/\u00e9",
        "/a b",
    ],
)
def test_a_redirect_stays_on_the_site(path: str):
    with pytest.raises(ValueError, match="is not a path of this site"):
        Redirect(path)


@pytest.mark.parametrize(
    ("name", "value"), [("a b", "c"), ("", "c"), ("a", "b;c"), ("a", 'b"'), ("a", "b\r\nX: y"), ("a", "\u00e9")]
)
def test_a_cookie_that_would_break_the_header_is_refused(name: str, value: str):
    with pytest.raises(ValueError, match="A cookie cannot contain"):
        Cookie(name, value)


def test_a_cookie_of_a_client_that_uses_https_is_secure_and_an_empty_one_is_removed():
    assert Cookie("who", "").header(is_secure=True) == "who=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
