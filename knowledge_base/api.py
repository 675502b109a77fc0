"""Doors of the knowledge base: articles over REST for the staff, and the help pages that everybody may read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from conversation import sites
from knowledge_base import articles, catalogue, help_page, versions
from knowledge_base.certainty import answer_threshold, outcome
from knowledge_base.drafting import AUDIENCES, check_language, draft_of
from knowledge_base.libraries import Libraries
from knowledge_base.passages import Document
from knowledge_base.publishing import Library
from knowledge_base.rendering import render
from knowledge_base.shapes import (
    ArticleChange,
    ArticleLanguageOut,
    ArticleList,
    ArticleOut,
    DraftIn,
    Html,
    ModelReading,
    NewArticle,
    Preview,
    Publish,
    ReadingOut,
    Revert,
    Tried,
    Try,
    TryDraft,
    VersionList,
    article_out,
    edition_out,
    hit_out,
    line_out,
    version_out,
)
from knowledge_base.trying import threshold_in_force
from runtime import auth
from runtime.accounts import Account
from runtime.db import Database
from runtime.errors import Unauthorized
from runtime.settings import Settings

router = APIRouter()

Reader = Annotated[Account, Depends(auth.require())]
Writer = Annotated[Account, Depends(auth.require("knowledge_manager"))]


def _library_of(request: Request) -> Library:
    return _libraries_of(request).current


def _libraries_of(request: Request) -> Libraries:
    libraries: Libraries = request.app.state.libraries
    return libraries


def _db_of(request: Request) -> Database:
    return auth.database_of(request)


def _settings_of(request: Request) -> Settings:
    return auth.settings_of(request)


# -- articles ----------------------------------------------------------------------------------------------


@router.get("/api/v1/articles", tags=["articles"])
async def list_articles(
    _reader: Reader,
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str, Query(max_length=400)] = "",
) -> ArticleList:
    """The last changed first; `q` looks into ids, titles, questions and texts."""
    lines, rest = await _db_of(request).read(catalogue.articles, q, limit, cursor)
    return ArticleList(items=[line_out(line) for line in lines], next_cursor=rest)


@router.post("/api/v1/articles", status_code=201, tags=["articles"])
async def create_article(body: NewArticle, writer: Writer, request: Request) -> ArticleLanguageOut:
    edition = await _db_of(request).write(
        articles.create,
        body.language,
        body.title,
        body.questions,
        body.body,
        writer.name,
        body.id,
        body.audience,
        body.action,
        _settings_of(request).max_article,
    )
    return edition_out(edition)


@router.get("/api/v1/knowledge", tags=["articles"])
async def how_far_read(_reader: Reader, request: Request) -> ReadingOut:
    """How far the assistant is with what was published; of several workers, the one that answers this."""
    now, *then = (ModelReading(**asdict(each)) for each in _libraries_of(request).reading())
    return ReadingOut(now=now, then=then[0] if then else None)


@router.post("/api/v1/articles/preview", tags=["articles"])
async def preview(body: Preview, _reader: Reader, request: Request) -> Html:
    """The Markdown as customers will see it."""
    text = draft_of("", (), body.body, _settings_of(request).max_article).body
    return Html(html=await asyncio.to_thread(render, text, language=body.language))


@router.post("/api/v1/articles/try", tags=["articles"])
async def try_question(body: Try, _reader: Reader, request: Request) -> Tried:
    """What the bot would do with a question, now or with a draft in the place of what is published of it. `threshold`
    is the one in force for the language; of several sites that of the strictest."""
    library, careful = _library_of(request), answer_threshold(_settings_of(request).answer_target)
    threshold = await _db_of(request).read(threshold_in_force, body.language, careful)
    draft = await _draft_document(body.draft, request) if body.draft else None
    hits = await library.try_question(body.question, body.language, draft)
    decided = outcome(hits[0].certainty, threshold) if hits else "hand_over"
    return Tried(threshold=threshold, outcome=decided, hits=[hit_out(hit) for hit in hits])


async def _draft_document(draft: TryDraft, request: Request) -> Document:
    clean = draft_of(draft.title, draft.questions, draft.body, _settings_of(request).max_article)
    # "~draft" cannot be the id of an article, so a new one stands in nobody's place.
    return versions.document_of(draft.article or "~draft", check_language(draft.language), clean, "public")


@router.get("/api/v1/articles/{article}", tags=["articles"])
async def get_article(article: str, _reader: Reader, request: Request) -> ArticleOut:
    return article_out(await _db_of(request).read(articles.article_of, article))


@router.patch("/api/v1/articles/{article}", tags=["articles"])
async def change_article(article: str, body: ArticleChange, _writer: Writer, request: Request) -> ArticleOut:
    """Who may read it (public, signed_in, internal) and which action goes with it, in all languages, at once."""
    return article_out(await _library_of(request).change_root(article, body.audience, body.action))


@router.get("/api/v1/articles/{article}/{language}", tags=["articles"])
async def get_draft(article: str, language: str, _reader: Reader, request: Request) -> ArticleLanguageOut:
    return edition_out(await _db_of(request).read(articles.edition, article, language))


@router.put("/api/v1/articles/{article}/{language}", tags=["articles"])
async def save_draft(
    article: str, language: str, body: DraftIn, writer: Writer, request: Request
) -> ArticleLanguageOut:
    """409 `edited_elsewhere` with `by` and `at` when somebody else has saved since."""
    edition = await _db_of(request).write(
        articles.save_draft,
        article,
        language,
        body.title,
        body.questions,
        body.body,
        body.revision,
        writer.name,
        _settings_of(request).max_article,
    )
    return edition_out(edition)


@router.post("/api/v1/articles/{article}/{language}/publish", tags=["articles"])
async def publish(article: str, language: str, body: Publish, writer: Writer, request: Request) -> ArticleLanguageOut:
    """The bot answers with the draft's text when this returns."""
    return edition_out(await _library_of(request).publish(article, language, body.revision, writer.name))


@router.post("/api/v1/articles/{article}/{language}/archive", tags=["articles"])
async def archive(article: str, language: str, writer: Writer, request: Request) -> ArticleLanguageOut:
    """Nobody is answered with it any more; publishing brings it back."""
    return edition_out(await _library_of(request).archive(article, language, writer.name))


@router.get("/api/v1/articles/{article}/{language}/versions", tags=["articles"])
async def list_versions(
    article: str,
    language: str,
    _reader: Reader,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> VersionList:
    """Newest first."""
    found = await _db_of(request).read(versions.versions, article, language, cursor, limit)
    rest = str(found[-1].version) if len(found) == limit and found[-1].version > 1 else None
    return VersionList(items=[version_out(each) for each in found], next_cursor=rest)


@router.post("/api/v1/articles/{article}/{language}/revert", tags=["articles"])
async def revert(article: str, language: str, body: Revert, writer: Writer, request: Request) -> ArticleLanguageOut:
    """The words of an old version as a new draft, for the writer to look at and publish."""
    edition = await _db_of(request).write(versions.revert, article, language, body.version, writer.name, body.revision)
    return edition_out(edition)


# -- help pages --------------------------------------------------------------------------------------------


@router.get("/help/{article}", include_in_schema=False)
async def choose_language(article: str, request: Request) -> Response:
    """Articles link to each other without a language: the reader's browser chooses it."""
    titles = await _db_of(request).read(articles.published_titles, article, await _audiences(request))
    language = help_page.preferred_language(request.headers.get("accept-language", ""), titles)
    if language is None:
        return await _missing(request, "en", article, titles)
    return RedirectResponse(help_page.address(language, article), 307, {"Vary": "Accept-Language"})


@router.get("/help/{language}/{article}", include_in_schema=False)
async def show_article(language: str, article: str, request: Request) -> Response:
    """The article as a page; 404, said in its language, where it is not published or not for this reader."""
    audiences = await _audiences(request)
    titles = await _db_of(request).read(articles.published_titles, article, audiences)
    found = await _db_of(request).read(articles.published, article, language)
    if found is None or found.audience not in audiences:
        return await _missing(request, language, article, titles)
    sender = await _sender(request)
    return _page(await asyncio.to_thread(help_page.article_page, found, titles, sender, _styles(request)), 200)


async def _missing(request: Request, language: str, article: str, titles: dict[str, str]) -> Response:
    page = help_page.missing_page(language, article, titles, await _sender(request), _styles(request))
    return _page(page, 404)


def _page(page: str, status: int) -> Response:
    # Published text must be what is read from then on; the page is small enough to be asked for each time.
    headers = {"Content-Security-Policy": help_page.CONTENT_SECURITY_POLICY, "Cache-Control": "private, no-cache"}
    return HTMLResponse(page, status, headers)


async def _audiences(request: Request) -> Collection[str]:
    """Everybody reads what is public; the staff reads all, to check what it answers with."""
    try:
        await auth.session_of_request(request)
    except Unauthorized:
        return ("public",)
    return AUDIENCES


async def _sender(request: Request) -> help_page.Sender:
    """The company and its shop, where there is only one it can be."""
    found = await _db_of(request).read(sites.all_sites)
    if len(found) != 1:
        return help_page.Sender()
    return help_page.Sender(found[0].name, next(iter(found[0].origins), ""))


def _styles(request: Request) -> tuple[str, ...]:
    return tuple(request.app.state.assets.path(name) for name in help_page.STYLES)
