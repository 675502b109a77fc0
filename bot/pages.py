"""The pages and browser files: the loader, the assets, the staff's pages, and the headers that all answers carry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.errors import NotFound
from widget.assets import Assets

router = APIRouter(include_in_schema=False)

# Our pages run only our files, talk only to us and stand in nobody's frame.
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "x-frame-options": "DENY",
}
# What is no page is no page either when somebody opens it as one.
DATA_CSP = "default-src 'none'; frame-ancestors 'none'"
YEAR = 31_536_000

PAGES = {
    "/console": "console/index.html",
    "/manager": "manager/index.html",
    "/certainty": "certainty/index.html",
    "/login": "login/index.html",
}


def assets_of(request: Request) -> Assets:
    assets: Assets = request.app.state.assets
    return assets


@router.get("/widget.js")
async def loader(request: Request) -> Response:
    """The loader is not immutable: it names the current embed, and so is asked for again every five minutes."""
    headers = {
        "Cache-Control": "public, max-age=300",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(assets_of(request).page("loader.js"), headers=headers, media_type="text/javascript")


@router.get("/assets/{hash}/{name:path}")
async def asset(request: Request, hash: str, name: str) -> Response:
    """Any hash is answered with the current file, so that a page loaded before an upgrade still works; only the
    current one may be kept for good."""
    assets = assets_of(request)
    content = assets.files.get(name)
    if content is None:
        raise NotFound("There is no such file.")
    fresh = "public, max-age=31536000, immutable" if hash == assets.hash else "no-cache"
    headers = {
        "Cache-Control": fresh,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Encoding",
    }
    packed = assets.packed(name) if "gzip" in request.headers.get("accept-encoding", "") else None
    if packed is not None:
        content, headers["Content-Encoding"] = packed, "gzip"
    return Response(content, headers=headers, media_type=assets.kind(name))


def _page(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        headers = {"Content-Security-Policy": PAGE_CSP, "Cache-Control": "no-cache"}
        return Response(assets_of(request).page(PAGES[path]), headers=headers, media_type="text/html")

    return page


for _path in PAGES:
    router.add_api_route(_path, _page(_path), methods=["GET"])


@router.get("/")
async def home() -> Response:
    return RedirectResponse("/console")


class SecurityHeaders:
    """Puts the headers on every answer that does not have its own."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self.headers: dict[str, Any] = dict(EVERYWHERE)
        if secure:
            self.headers["strict-transport-security"] = f"max-age={YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", DATA_CSP)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("cache-control", "no-store")  # what customers wrote stays out of caches
            await send(message)

        await self.app(scope, receive, with_headers)
