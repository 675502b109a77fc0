"""The door /metrics: for whoever holds the token; without one, for programs on this machine that ask directly."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from runtime import auth
from runtime.settings import LOOPBACK
from runtime.watching import Watching

router = APIRouter()

# A proxy on this machine comes from the loopback address too: what it passes on is not "from this machine".
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


@router.get("/metrics", tags=["operation"], response_class=Response)
async def metrics(request: Request) -> Response:
    """Prometheus metrics (or OpenMetrics, if `Accept` asks for it) of all workers of this machine; else 404."""
    if not may_read(request):
        raise HTTPException(404)  # not 401: strangers need not know that there is something to read
    watching: Watching = request.app.state.watching
    page, media_type = await watching.look(request.headers.get("accept", ""))
    return Response(page, media_type=media_type, headers={"Cache-Control": "no-store"})


def may_read(request: Request) -> bool:
    token = auth.settings_of(request).metrics_token
    if token:
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    peer = request.client.host if request.client is not None else ""
    if peer not in LOOPBACK or any(name in request.headers for name in PASSED_ON):
        return False
    asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""  # by a browser, or through a silent proxy
    return asked in LOOPBACK
