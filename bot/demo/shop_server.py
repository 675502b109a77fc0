"""The demo's shop page, served as a stranger's website would be: its own origin, its own strict content policy."""

from __future__ import annotations

import json
import secrets
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

FOLDER = Path(__file__).with_name("shop")
BACK_END = "/back-end"
LANGUAGES = ("da", "sv", "nb", "en")
KINDS = {".svg": "image/svg+xml", ".css": "text/css; charset=utf-8"}


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((FOLDER / "texts.json").read_text("utf-8"))
    return found


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / name).read_text("utf-8"))


def policy(chat: str, nonce: str) -> str:
    """What a careful shop would write: the inline snippet by its nonce, and the chat's host for scripts and sockets."""
    socket = chat.replace("http", "ws", 1)
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' {chat}; connect-src {chat} {socket}; "
        "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _link(path: str, language: str, current: bool) -> str:
    mark = ' aria-current="true"' if current else ""
    return f'<a href="{escape(path)}?lang={language}" lang="{language}"{mark}>{_texts()[language]["flag"]}</a>'


def build_shop(chat: str, site_key: str, orders: Starlette | None = None) -> Starlette:
    """The shop with the widget of the chat at `chat` (an origin) on every page; `orders` is its back end."""

    def page(name: str, request: Request, status: int = 200) -> Response:
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else "da"
        nonce = secrets.token_urlsafe(16)
        texts = {key: escape(text) for key, text in _texts()[language].items()}
        links = "".join(_link(request.url.path, each, each == language) for each in LANGUAGES)
        values = {**texts, "lang": language, "nonce": nonce, "chat": chat, "site": site_key, "languages": links}
        content = _template(name).substitute(values)
        title = "Havgus 2" if name == "product.html" else texts["elsewhere"]
        html = _template("frame.html").substitute(values, content=content, title=title)
        headers = {
            "Content-Security-Policy": policy(chat, nonce),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Cache-Control": "no-store",
        }
        return Response(html, status, headers, "text/html; charset=utf-8")

    def product(request: Request) -> Response:
        return page("product.html", request)

    def elsewhere(request: Request) -> Response:
        return page("elsewhere.html", request, 404)

    def article(request: Request) -> Response:
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else "da"
        return RedirectResponse(f"{chat}/help/{language}/{request.path_params['article']}", 302)

    def file(request: Request) -> Response:
        path = FOLDER / request.path_params["name"]
        if path.parent != FOLDER or path.suffix not in KINDS or not path.is_file():
            return Response(status_code=404)
        return Response(path.read_bytes(), media_type=KINDS[path.suffix])

    return Starlette(
        routes=[
            Route("/", product),
            Route("/files/{name}", file),
            Route("/help/{article}", article),
            *([Mount(BACK_END, orders)] if orders is not None else ()),
            Route("/{rest:path}", elsewhere),
        ]
    )
