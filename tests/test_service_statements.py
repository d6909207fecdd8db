"""How much work a page of the service is for the store: the same in a world of any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from client import traced
from ecf_client import sandbox
from service_browser import Browser
from service_page_list import PAGES, prepare

from lp_sandbox.app import App

MOST = 70
"""The dashboard, which shows five cohorts, needs the most."""


@cache
def prepared(site: Path) -> tuple[App, dict[str, str]]:
    """A sandbox that these tests only read, and the addresses of some pages."""
    app = sandbox(site=site)
    return app, dict(prepare(app))


@cache
def browser(site: Path, user: str) -> Browser:
    found = Browser(prepared(site)[0])
    if user:
        found.sign_in(user)
    return found


def statements(app: App, act: Callable[[], object]) -> list[str]:
    """The statements that the store executes while something is done."""
    with traced(app) as done:
        act()
    return done


@pytest.mark.parametrize(("user", "page"), [(user, page) for user, pages in PAGES.items() for page in pages])
def test_a_page_needs_few_statements_and_changes_nothing(built_site: Path, user: str, page: str):
    app, addresses = prepared(built_site)
    url = re.sub(r"\{(.+)\}", lambda found: addresses[found[1]], page)
    reader, seen = browser(built_site, user), []
    done = statements(app, lambda: seen.append(reader.get(url).status))
    assert seen == [200]
    assert len(done) <= MOST
    assert [each for each in done if re.match("INSERT|UPDATE|DELETE|REPLACE", each)] == []
