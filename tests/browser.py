"""A real browser for the tests: the system's own Chromium, driven by Playwright.

Ask for ``page``: a blank page that fails the test when a script of the page throws, or when the page asks
another machine for anything.
"""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PATIENCE = 120_000
"""Milliseconds: more than the busiest machine takes."""
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_ARGUMENTS = (
    "--no-sandbox",  # root in a container has no user namespace to build one in
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Path of the system's Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    # Module scope: as long as it is open, the synchronous driver keeps an event loop running in this thread.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 # loaded in every run, used by few tests

    executable = find_chromium()
    if executable is None:
        missing = "no Chromium on this machine: make test installs it as root (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=executable, headless=True, args=_ARGUMENTS, timeout=_PATIENCE)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    context = browser.new_context(locale="en-GB", timezone_id="UTC", viewport={"width": 1280, "height": 900})
    thrown: list[str] = []
    foreign: list[str] = []
    context.set_default_timeout(_PATIENCE)
    context.on("weberror", lambda found: thrown.append(str(found.error)))
    context.on("request", lambda request: foreign.extend(_foreign(request.url)))
    yield context.new_page()
    context.close()
    assert not thrown, f"scripts of the page threw: {thrown}"
    assert not foreign, f"the page asked other machines: {foreign}"


def _foreign(url: str) -> list[str]:
    parts = urlsplit(url)
    local = parts.scheme in {"data", "blob", "about"} or parts.hostname in _LOCAL
    return [] if local else [url]
