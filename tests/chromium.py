"""Starts Debian's Chromium, and marks the tests that need it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The headless one takes three fifths of the processor time."""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-smooth-scrolling"]  # so that what gets the focus is in sight at once
FLAGS += ["--js-flags=--single-threaded --no-turbofan"]  # scripts of a test end before more compiling helps them
SKIPPED_WITHOUT_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="THERE IS NO CHROMIUM: say `make browser` to install it"
)
NEEDS_CHROMIUM = [pytest.mark.browser, SKIPPED_WITHOUT_CHROMIUM]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser for tests that use it one after another."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
