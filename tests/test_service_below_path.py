"""The lead provider service works below a path of a host, behind a proxy that removes the path from requests."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import msgspec
import pytest
from ecf_client import sandbox
from service_browser import Browser
from service_page_list import PAGES, PENHALLOW, REPORT, prepare

from lp_contract.links_below_path import PATH_FILE, SERVICE_TEMPLATES
from lp_guide.sub_path import move_below
from lp_sandbox.app import App
from lp_sandbox.request.request_and_answer import Answer, Request

PATH = "/sub/path"
_LINK = re.compile(r'\s(?:href|src|action)="(/[^"]*)"')
OF_SERVICE = re.compile(rf"{PATH}/(?:lead-providers|dashboard|admin|finance|users|report-incorrect|_sandbox/outbox)")


@pytest.fixture(scope="module")
def app(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> App:
    """A sandbox with the site moved below a path, and a proxy in front of it."""
    site = tmp_path_factory.mktemp("moved")
    names = [file for file in (built_site / ".served").rglob("*") if file.is_file()]
    files = {file.relative_to(built_site).as_posix(): file.read_bytes() for file in names}
    for name, data in move_below(PATH, files).items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(data)
    behind = sandbox(site=site)
    answer = behind.answer

    def proxied(request: Request) -> Answer:
        return answer(msgspec.structs.replace(request, path=request.path.removeprefix(PATH)))

    behind.answer = proxied
    return behind


def links(html: str) -> list[str]:
    return [unescape(link) for link in _LINK.findall(html)]


def test_every_link_and_form_of_the_service_is_below_the_path_and_has_a_page(app: App):
    addresses = {name: url.removeprefix(PATH) for name, url in prepare(app).items()}
    wrong, followed = [], set()
    for email, pages in PAGES.items():
        browser = Browser(app)
        if email:
            browser.sign_in(email)
        for page in pages:
            html = browser.get(PATH + page.format_map(addresses)).html
            found = links(html)
            wrong += [(page, link) for link in found if not link.startswith(f"{PATH}/") or link.count(PATH) > 1]
            for link in set(re.findall(r'<a\b[^>]*\shref="([^"]*)"', html)) - followed:
                if OF_SERVICE.match(link):
                    followed.add(link)
                    if browser.get(unescape(link)).status >= 400:
                        wrong.append((page, link))
    assert wrong == []
    assert len(followed) > 30


def test_a_lead_provider_signs_in_and_uploads_a_file_with_the_forms_on_the_pages(app: App):
    browser = Browser(app)
    sign_in = browser.get(f"{PATH}/users/sign_in")
    browser.post(sign_in.form("Send me a link"), {"email": PENHALLOW})
    link = browser.link_in_outbox("/users/confirm_sign_in")
    assert link.startswith(f"{PATH}/users/confirm_sign_in?")
    token = link.partition("token=")[2].partition("&")[0]
    dashboard = browser.post(browser.get(link).form("Sign in"), {"token": token})
    start = browser.get(dashboard.link("Confirm your schools for the 2025 to 2026 academic year"))
    partner = browser.get(start.link("Continue"))
    assert partner.form("Continue").startswith(f"{PATH}{REPORT}")


def test_at_the_root_of_a_host_nothing_says_where_the_site_is(built_site: Path):
    assert (built_site / SERVICE_TEMPLATES).is_dir()
    assert not (built_site / PATH_FILE).exists()
