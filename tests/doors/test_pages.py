"""The browser files and pages as a server sends them: policies, caching, compression, no way out of the folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot import pages
from runtime import api as runtime_api
from runtime.settings import Settings
from widget.assets import Assets


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.settings = Settings(data_folder=tmp_path_factory.mktemp("data"))
    app.state.assets = Assets()
    runtime_api.install_problems(app)
    app.add_middleware(pages.SecurityHeaders, secure=True)
    app.include_router(pages.router)
    with TestClient(app) as found:
        yield found


def prefix(client: TestClient) -> str:
    assets: Assets = client.app.state.assets  # type: ignore[attr-defined]
    return assets.prefix


@pytest.mark.parametrize("path", ["/console", "/manager", "/certainty", "/login"])
def test_staff_pages_have_a_strict_policy_and_no_inline_code(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "__" not in answer.text.replace(prefix(client), "")
    assert "noindex" in answer.text
    assert "style=" not in answer.text
    assert "<script>" not in answer.text


def test_the_loader_names_the_current_embed_and_is_asked_for_again(client: TestClient) -> None:
    answer = client.get("/widget.js")
    assert len(answer.content) <= 1000
    assert f"{prefix(client)}/embed/embed.js" in answer.text
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_assets_are_kept_for_good_under_their_hash_only(client: TestClient) -> None:
    fresh = client.get(f"{prefix(client)}/embed/embed.js")
    assert "immutable" in fresh.headers["cache-control"]
    assert fresh.headers["content-type"].startswith("text/javascript")
    old = client.get("/assets/0000000000000000/embed/embed.js")
    assert old.status_code == 200
    assert old.headers["cache-control"] == "no-cache"
    assert old.content == fresh.content


def test_text_is_sent_compressed_to_those_who_can_read_it(client: TestClient) -> None:
    path = f"{prefix(client)}/embed/embed.js"
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content
    font = client.get(f"{prefix(client)}/shared/fonts/inter-latin-wght-normal.woff2")
    assert "content-encoding" not in font.headers


@pytest.mark.parametrize("name", ["../pyproject.toml", "..%2f..%2fpyproject.toml", "assets.py", "nothing.js", "%00"])
def test_nothing_but_browser_files_is_served(client: TestClient, name: str) -> None:
    answer = client.get(f"{prefix(client)}/{name}")
    assert answer.status_code == 404
    assert "svardesk" not in answer.text


def test_what_is_no_page_may_not_become_one(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["content-security-policy"] == pages.DATA_CSP
