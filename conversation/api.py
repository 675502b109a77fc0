"""HTTP door for websites: what the widget may know of its site before anybody has written."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from conversation import sites
from runtime import auth

router = APIRouter(prefix="/api/v1/sites", tags=["sites"])


@router.get("/{key}")
async def site(request: Request, response: Response, key: str) -> dict[str, Any]:
    """Public, without a cookie, readable from any page: nothing here is secret, and the socket checks the origin."""
    card = await auth.database_of(request).read(sites.site_by_key, key)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    return {
        "name": card.name,
        "brand": card.brand,
        "languages": list(card.languages),
        "suggestions": card.suggestions,
        "retention_days": auth.settings_of(request).retention_days,
    }
