"""The guidance pages as the sandbox serves them: files of one folder, and nothing beside it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from client import sandbox

from lp_sandbox.request.request_and_answer import Answer, Request


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site, with something beside it that is nobody's business."""
    files = {
        "site/index.html": "home",
        "site/404.html": "lost",
        "site/reference/index.html": "reference",
        "site/two words/index.html": "words",
        "site/api/openapi.yaml": "openapi: 3.1.0",
        "site/assets/app.css": "a {}",
        "site/reference/index.md": "# Reference",
        "site/llms.txt": "# Site",
        "site/.lp-guide.json": "[]",
        "secret/index.html": "secret",
        "sitemap.html": "secret",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "site/way-out").symlink_to(tmp_path / "secret")
    return tmp_path / "site"


def get(site: Path | None, path: str, method: str = "GET") -> Answer:
    return sandbox(site=site).answer(Request(method, path, "", {}, b"", "127.0.0.1"))


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/", b"home", "text/html; charset=utf-8"),
        ("/reference/", b"reference", "text/html; charset=utf-8"),
        ("/reference/index.html", b"reference", "text/html; charset=utf-8"),
        ("/api/openapi.yaml", b"openapi: 3.1.0", "application/yaml; charset=utf-8"),
        ("/assets/app.css", b"a {}", "text/css"),
        ("/reference/index.md", b"# Reference", "text/markdown; charset=utf-8"),
        ("/llms.txt", b"# Site", "text/plain; charset=utf-8"),
    ],
)
def test_a_path_serves_a_file_or_the_index_of_a_folder(site: Path, path: str, body: bytes, content_type: str):
    answer = get(site, path)
    assert (answer.status, answer.body, answer.content_type) == (200, body, content_type)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/nowhere/",
        "/index.html/",
        "/assets/",
        "/..",
        "/../",
        "/../secret",
        "/../secret/",
        "/../sitemap.html",
        "/reference/../../secret/index.html",
        "//../secret",
        "/way-out",
        "/way-out/",
        "/.lp-guide.json",
        "/./index.html",
        "/\x00",
        "/reference/\x00/",
        "/" + 300 * "a",
        "/" + "a/" * 5000,
    ],
)
def test_what_is_not_in_the_folder_is_not_found(site: Path, path: str):
    answer = get(site, path)
    assert (answer.status, answer.body) == (404, b"lost")


@pytest.mark.parametrize(
    ("path", "location"),
    [("/reference", b"/reference/"), ("//reference", b"/reference/"), ("/two words", b"/two%20words/")],
)
def test_a_folder_is_shown_under_its_own_address_on_this_host(site: Path, path: str, location: bytes):
    answer = get(site, path)
    assert (answer.status, dict(answer.headers)[b"location"]) == (308, location)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/reference", "/assets/app.css"])
def test_pages_can_only_be_read(site: Path, method: str, path: str):
    assert get(site, path, method).status == 404
    assert get(None, path, method).status == 404


def test_without_a_site_the_first_page_says_how_to_build_one():
    assert get(None, "/").status == 200
    assert b"lp-guide build" in get(None, "/").body
    assert get(None, "/reference/").status == 404


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_no_page_can_be_framed_or_taken_for_another_kind_of_file(site: Path, path: str):
    headers = dict(get(site, path).headers)
    assert headers[b"content-security-policy"] == b"frame-ancestors 'none'"
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("path", ["/", "/assets/app.css", "/api/openapi.yaml", "/nowhere"])
def test_text_is_packed_for_who_can_unpack_it(site: Path, path: str):
    plain = get(site, path)
    packed = sandbox(site=site).answer(Request("GET", path, "", {b"accept-encoding": b"br, gzip"}, b"", "127.0.0.1"))
    assert dict(packed.headers)[b"content-encoding"] == b"gzip"
    assert dict(packed.headers)[b"vary"] == b"accept-encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert b"content-encoding" not in dict(plain.headers)
