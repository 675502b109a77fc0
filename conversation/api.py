"""HTTP door for websites: what the widget may know of its site before anybody has written."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from conversation import sites
from runtime import auth
from runtime.accounts import Account

router = APIRouter(prefix="/api/v1/sites", tags=["sites"])


@router.get("")
async def list_sites(request: Request, _staff: Annotated[Account, Depends(auth.require())]) -> dict[str, Any]:
    """For the staff: the sites with their keys and the pages that may open a chat."""
    cards = await auth.database_of(request).read(sites.all_sites)
    items = [
        {"key": card.key, "name": card.name, "brand": card.brand, "origins": card.origins, "languages": card.languages}
        for card in cards
    ]
    return {"items": items}


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
