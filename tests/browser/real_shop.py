"""A real server behind a line that fails, a shop's page with its widget, an agent's console: nothing is played."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.proxy import Proxy
from tests.server import PASSWORD, Server, prepare
from tests.services import free_port

WAIT_MS = 45_000

# The widget's shadow root is closed, also to Playwright. Only pages under test get an open one.
OPEN_SHADOW_ROOTS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""


@dataclass(slots=True)
class RealShop:
    """`proxy` stands between every browser and the server; the shop's own pages are always there."""

    folder: Path
    proxy: Proxy
    server: Server
    shop: str
    _context: dict[str, BrowserContext] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}"

    def open_widget(self, page: Page, path: str = "/") -> Locator:
        page.goto(self.shop + path)
        return self.reopen(page)

    def reopen(self, page: Page) -> Locator:
        page.locator("svardesk-widget button.launch").click()
        panel = page.locator("svardesk-widget dialog")
        expect(panel).to_be_visible()
        return panel

    def open_console(self, browser: Browser, who: str = "maja") -> tuple[BrowserContext, Page]:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        page = context.new_page()
        page.goto(f"{self.url}/login?next=/console")
        page.locator("input[type=email]").fill(f"{who}@lyngvidde.example")
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console*")
        return context, page

    def log(self) -> list[dict[str, Any]]:
        """Every entry of every conversation, in order, as the database has them."""
        with sqlite3.connect(f"file:{self.folder / 'svardesk.sqlite3'}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT conversation_id, seq, kind, data FROM entry ORDER BY conversation_id, seq")
            return [
                {"conversation": one, "seq": seq, "kind": kind, "data": json.loads(data)}
                for one, seq, kind, data in rows
            ]

    def words(self, *kinds: str, among: str = "") -> list[str]:
        """The texts of these kinds in the log's order, those that contain `among`."""
        texts = [entry["data"].get("text", "") for entry in self.log() if entry["kind"] in kinds]
        return [text for text in texts if among in text]

    def conversations(self, among: str) -> int:
        """How many conversations have something that contains `among`."""
        return len({entry["conversation"] for entry in self.log() if among in entry["data"].get("text", "")})


class _Pages(BaseHTTPRequestHandler):
    """Any path is a page of the shop, with the widget on it."""

    script = ""

    def do_GET(self) -> None:
        body = (
            f'<!doctype html><html lang="da"><title>{self.path}</title><link rel=icon href="data:,">'
            f"<h1>{self.path}</h1>{self.script}"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@contextmanager
def real_shop(folder: Path) -> Iterator[RealShop]:
    pages = ThreadingHTTPServer(("127.0.0.1", 0), type("Pages", (_Pages,), {}))
    shop = f"http://localhost:{pages.server_port}"
    prepare(folder, [shop], articles=0)
    port = free_port()
    proxy = Proxy(port)
    server = Server(folder, port, {"SVARDESK_PUBLIC_URL": f"http://127.0.0.1:{proxy.port}"})
    site = server.facts["site"]
    script = f'<script async src="http://127.0.0.1:{proxy.port}/widget.js" data-site="{site}"></script>'
    pages.RequestHandlerClass.script = script  # type: ignore[attr-defined]
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    proxy.start()
    server.start()
    try:
        yield RealShop(folder, proxy, server, shop)
    finally:
        server.stop()
        proxy.stop()
        pages.shutdown()
        pages.server_close()


@contextmanager
def customer(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of a customer who reads Danish."""
    context = browser.new_context(locale="da-DK", viewport={"width": 1000, "height": 760})
    context.add_init_script(OPEN_SHADOW_ROOTS)
    yield context
    context.close()


def write(panel: Locator, *texts: str) -> None:
    for text in texts:
        panel.locator("textarea.sd-composer__text").fill(text)
        panel.page.keyboard.press("Enter")


def own(panel: Locator) -> list[str]:
    """The customer's bubbles, top to bottom."""
    return [text.strip() for text in panel.locator(".sd-msg--own .sd-bubble").all_inner_texts()]


def settled(panel: Locator) -> None:
    """Nothing waits to be sent, and the line is up."""
    expect(panel.locator(".sd-msg--pending, .sd-banner:not(.sd-banner--ok)")).to_have_count(0, timeout=WAIT_MS)
    expect(panel.get_by_text("Sender", exact=True)).to_have_count(0, timeout=WAIT_MS)
