"""A browser without JavaScript for tests of the service: it keeps cookies and follows redirects, without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request

HOST = b"127.0.0.1:8000"
BOUNDARY = "form-boundary"
_TAG = re.compile(r"<[^>]*>")
MOST_REDIRECTS = 5


@dataclass
class Shown:
    """What a browser shows."""

    url: str
    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def html(self) -> str:
        return self.answer.body.decode()

    @property
    def title(self) -> str:
        found = re.search("<title>(.*?) \N{EN DASH} Lead provider service ", self.html)
        assert found, self.html
        return unescape(found[1])

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        assert found, self.html
        return text_of(found[1])

    @property
    def text(self) -> str:
        """The words of the main part."""
        main = re.search(r"<main.*?</main>", self.html, re.DOTALL)
        assert main, self.html
        return text_of(main[0])

    @property
    def errors(self) -> list[tuple[str, str]]:
        """The errors in the summary: the id to which each leads, and its words."""
        summary = re.search(r'<div class="govuk-error-summary".*?</ul>', self.html, re.DOTALL)
        links = re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary[0], re.DOTALL) if summary else []
        return [(id_, text_of(words)) for id_, words in links]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of each row of the tables, without the heads."""
        bodies = "".join(re.findall(r"<tbody.*?</tbody>", self.html, re.DOTALL))
        rows = re.findall(r"<tr.*?</tr>", bodies, re.DOTALL)
        return [[text_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]

    def form(self, *words: str) -> str:
        """The address to which the first form is sent whose button or fields have some words."""
        for attributes, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", self.html, re.DOTALL):
            if all(each in text_of(inside) or f'value="{each}"' in inside for each in words):
                action = re.search(r'action="([^"]*)"', attributes)
                return unescape(action[1]) if action else self.url
        raise AssertionError(f"no form {words} in {self.text}")

    def link(self, words: str) -> str:
        """The address of the first link with some words."""
        for href, inside in re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self.html, re.DOTALL):
            if words in text_of(inside):
                return unescape(href)
        raise AssertionError(f"no link {words!r} in {self.text}")


def text_of(html: str) -> str:
    """The words in a piece of HTML."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


@dataclass
class Browser:
    """Somebody's browser."""

    app: App
    client: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def sign_in(self, email: str, world: str = "ecf") -> Shown:
        """Sign in with the link in the email that the service sends."""
        self.post(f"/users/sign_in?world={world}", {"email": email})
        token = ask_for_emails(self.app, world)[-1]["links"][0]["href"].partition("token=")[2]
        return self.post(f"/users/confirm_sign_in?world={world}&token={token}", {"token": token})

    def link_in_outbox(self, path: str) -> str:
        """The last link to a page that an email in the outbox has."""
        return self.get("/_sandbox/outbox").link(path)

    def get(self, url: str) -> Shown:
        return self._follow("GET", url, b"", {})

    def post(self, url: str, fields: Mapping[str, str] | None = None, **headers: str) -> Shown:
        """Send a form, as a browser does from a page of this site."""
        named = {"content-type": "application/x-www-form-urlencoded", **_kebab(headers)}
        return self._follow("POST", url, urlencode(fields or {}).encode(), named)

    def upload(self, url: str, name: str, content: bytes, **fields: str) -> Shown:
        """Send a form with a file in the field `csv`. Without a name no file is chosen."""
        parts = [f'form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
        parts.append(f'form-data; name="csv"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + content)
        body = b"".join(f"--{BOUNDARY}\r\nContent-Disposition: ".encode() + part + b"\r\n" for part in parts)
        body += f"--{BOUNDARY}--\r\n".encode()
        return self._follow("POST", url, body, {"content-type": f"multipart/form-data; boundary={BOUNDARY}"})

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request, and keep the cookies of the answer."""
        address = urlsplit(url)
        named = {"host": HOST.decode(), "accept": "text/html,*/*;q=0.8", **self.headers, **headers}
        if self.cookies:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        raw = {name.encode(): value.encode() for name, value in named.items()}
        answer = self.app.answer(Request(method, unquote(address.path), address.query, raw, body, self.client))
        for name, value in answer.headers:
            if name == b"set-cookie":
                key, _, rest = value.decode().partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer

    def _follow(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Shown:
        sent = {"origin": f"http://{HOST.decode()}", "sec-fetch-site": "same-origin"} if method == "POST" else {}
        answer = self.send(method, url, body, {**sent, **headers})
        for _ in range(MOST_REDIRECTS):
            if answer.status != 303:
                return Shown(url, answer)
            url = urljoin(url, dict(answer.headers)[b"location"].decode())
            answer = self.send("GET", url, b"", {})
        raise AssertionError(f"too many redirects, the last to {url}")


def ask_for_emails(app: App, world: str) -> list[Any]:
    """The emails in the outbox of a world."""
    answer = app.answer(Request("GET", "/_sandbox/outbox", f"world={world}", {}, b"", "127.0.0.1"))
    return [email["attributes"] for email in json.loads(answer.body)["data"]]


def _kebab(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
