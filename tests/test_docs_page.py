"""The documentation page in a real browser, offline."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parent.parent / "supplychain" / "static"
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "A document for the page", "version": "1"},
    "paths": {
        "/v1/greeting": {
            "get": {
                "summary": "Says something",
                "responses": {"200": {"description": "A word", "content": {"application/json": {}}}},
            }
        }
    },
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    app = Flask("docs", static_folder=STATIC)
    app.add_url_rule("/docs", "docs", lambda: app.send_static_file("docs/index.html"))
    app.add_url_rule("/v1/openapi.json", "document", lambda: DOCUMENT)
    app.add_url_rule("/v1/greeting", "greeting", lambda: {"word": "good morning"})

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_shows_the_document_and_tries_an_operation_out(page: "Page", site: str) -> None:
    page.goto(f"{site}/docs")
    page.get_by_text("Says something").wait_for()
    assert page.locator(".info .title").inner_text().startswith("A document for the page")
    assert "OAS 3.1" in page.locator(".info").inner_text()

    page.get_by_role("button", name="GET /v1/greeting Says something").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.locator(".live-responses-table .highlight-code").get_by_text("good morning").wait_for()
