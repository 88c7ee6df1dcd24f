"""The documentation page in a real browser, offline."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from supplychain.app import create_app
from supplychain.config import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[str]:
    app = create_app(Settings(database_url=sqlite_url, files_url=str(tmp_path / "files")))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.runtime.database.dispose()


def shown(page: "Page") -> set[tuple[str, str]]:
    """Method and path of every operation: only those near the window are drawn, so the whole page is scrolled."""
    found: set[tuple[str, str]] = set()
    for _ in range(200):
        blocks = page.locator(".opblock-summary").all_inner_texts()
        found |= {(method, path.replace("\u200b", "")) for method, path, *_ in (text.split() for text in blocks)}
        if page.evaluate("window.innerHeight + window.scrollY >= document.body.scrollHeight - 2"):
            break
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(60)
    page.evaluate("window.scrollTo(0, 0)")
    return found


def test_the_page_shows_every_route_and_tries_one_out(page: "Page", site: str) -> None:
    document = page.request.get(f"{site}/v1/openapi.json").json()
    operations = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }

    page.goto(f"{site}/docs")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".info .title").inner_text().startswith(document["info"]["title"])
    assert "OAS 3.1" in page.locator(".info").inner_text()
    found: set[tuple[str, str]] = set()
    for _ in range(5):  # a busy machine may scroll on before what is near was drawn
        found |= shown(page)
        if found >= operations:
            break
    assert found == operations

    alive = page.locator(".opblock").filter(has_text="Say that the process lives")
    alive.locator(".opblock-summary-control").click()
    alive.get_by_role("button", name="Try it out").click()
    alive.get_by_role("button", name="Execute").click()

    alive.locator(".live-responses-table .highlight-code").get_by_text('"ok"').wait_for()
