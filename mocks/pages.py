"""The guidance pages, as the generator built them: files in a folder."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import quote

from mocks.http import Answer, Request

HTML = "text/html; charset=utf-8"
YAML = "application/yaml; charset=utf-8"
HEADERS = (
    # A page says itself what it may load, so that it does so wherever it is published. Who may frame it, it cannot say.
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_NO_SITE = b"""<!doctype html><html lang="en"><title>Lead provider API sandbox</title>
<h1>Lead provider API sandbox</h1>
<p>The API is at /api/v3. The guidance has not been built: run <code>lp-guide build --out build/site</code>,
and start the sandbox with <code>--site build/site</code>.</p>
"""
_LOST = b'<!doctype html><html lang="en"><title>Page not found</title><h1>Page not found</h1>'


class Pages:
    """Answers requests for pages."""

    def __init__(self, folder: Path | None) -> None:
        """Without a folder there is one page, which says how to build the others."""
        self._folder = folder.resolve() if folder else None

    def answer(self, request: Request) -> Answer:
        """Answer with a file, the index of a folder, or the page for what is not found."""
        if self._folder is None:
            is_home = (request.method, request.path) == ("GET", "/")
            return Answer(200 if is_home else 404, _NO_SITE, HTML, HEADERS)
        try:
            return _page(self._folder, request)
        except (OSError, ValueError):
            lost = self._folder / "404.html"
            return Answer(404, lost.read_bytes() if lost.is_file() else _LOST, HTML, HEADERS)


def _page(folder: Path, request: Request) -> Answer:
    """Answer with a file or the index of a folder. Raises OSError or ValueError for what is not there to be seen."""
    path = request.path
    if request.method != "GET" or any(step.startswith(".") for step in path.split("/")):
        raise FileNotFoundError(path)
    place = (folder / path.lstrip("/")).resolve()
    address = quote(place.relative_to(folder).as_posix())
    if place.is_dir() and not path.endswith("/"):
        return Answer(308, b"", HTML, ((b"location", f"/{address}/".encode()),))
    file = place / "index.html" if path.endswith("/") else place
    return Answer(200, file.read_bytes(), _type(file), HEADERS)


def _type(file: Path) -> str:
    if file.suffix == ".html":
        return HTML
    if file.suffix in (".yaml", ".yml"):
        return YAML
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"
