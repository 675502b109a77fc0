"""What goes over REST about articles: the bodies of requests, the shapes of answers, and how ours become them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from knowledge_base.articles import Edition, Root, State, Version
from knowledge_base.catalogue import Line
from knowledge_base.certainty import Outcome
from knowledge_base.search import Hit
from runtime.clock import rfc3339

# What a field may hold at all; which length is too much for an article is said by its rules, in words.
Words = Annotated[str, Field(max_length=10_000)]
Questions = Annotated[list[Words], Field(max_length=1000)]

Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewArticle(Body):
    """With the `id` of an article that is there: its first draft in another language."""

    id: str | None = Field(None, max_length=200)
    language: str = Field(max_length=8)
    title: Words = ""
    questions: Questions = []
    body: str = ""
    audience: str = Field("public", max_length=16)
    action: str = Field("", max_length=200)


class DraftIn(Body):
    """`revision` is the one that the writer saw."""

    title: Words
    questions: Questions
    body: str
    revision: Number


class Publish(Body):
    revision: Number


class Revert(Body):
    version: Number
    revision: Number | None = None


class ArticleChange(Body):
    audience: str | None = Field(None, max_length=16)
    action: str | None = Field(None, max_length=200)


class Preview(Body):
    """With a language, links to other articles lead where they will lead from the answer."""

    body: str
    language: str = Field("", max_length=8)


class TryDraft(Body):
    article: str = Field("", max_length=200)
    language: str = Field(max_length=8)
    title: Words = ""
    questions: Questions = []
    body: str = ""


class Try(Body):
    question: str = Field(max_length=10_000)
    language: str | None = Field(None, max_length=8)
    draft: TryDraft | None = None


class VersionOut(BaseModel):
    version: int
    title: str
    questions: list[str]
    body: str
    published_at: str
    published_by: str


class ArticleLanguageOut(BaseModel):
    article: str
    language: str
    state: State
    revision: int
    title: str
    questions: list[str]
    body: str
    updated_at: str
    updated_by: str
    published: VersionOut | None


class ArticleOut(BaseModel):
    id: str
    audience: str
    action: str
    languages: dict[str, ArticleLanguageOut]


class LanguageLineOut(BaseModel):
    state: State
    title: str
    updated_at: str
    outdated: bool


class LineOut(BaseModel):
    id: str
    title: str
    audience: str
    languages: dict[str, LanguageLineOut]
    updated_at: str


class ArticleList(BaseModel):
    items: list[LineOut]
    next_cursor: str | None


class VersionList(BaseModel):
    items: list[VersionOut]
    next_cursor: str | None


class ModelReading(BaseModel):
    """`articles` and `units` can be found; of what has changed since everything was read last, `done` of `total` is."""

    model: str
    articles: int
    units: int
    done: int
    total: int


class ReadingOut(BaseModel):
    """`now` answers; `then` is a new model that takes over when it has read everything."""

    now: ModelReading
    then: ModelReading | None


class Html(BaseModel):
    html: str


class HitOut(BaseModel):
    article: str
    language: str
    title: str
    certainty: float
    score: float
    passage: str
    matched: str


class Tried(BaseModel):
    threshold: float
    outcome: Outcome
    hits: list[HitOut]


def version_out(version: Version) -> VersionOut:
    return VersionOut(
        version=version.version,
        title=version.title,
        questions=list(version.questions),
        body=version.body,
        published_at=rfc3339(version.published_at),
        published_by=version.published_by,
    )


def edition_out(edition: Edition) -> ArticleLanguageOut:
    return ArticleLanguageOut(
        article=edition.article,
        language=edition.language,
        state=edition.state,
        revision=edition.revision,
        title=edition.draft.title,
        questions=list(edition.draft.questions),
        body=edition.draft.body,
        updated_at=rfc3339(edition.updated_at),
        updated_by=edition.updated_by,
        published=version_out(edition.published) if edition.published else None,
    )


def article_out(root: Root) -> ArticleOut:
    languages = {edition.language: edition_out(edition) for edition in root.editions}
    return ArticleOut(id=root.id, audience=root.audience, action=root.action, languages=languages)


def line_out(line: Line) -> LineOut:
    languages = {
        each.language: LanguageLineOut(
            state=each.state, title=each.title, updated_at=rfc3339(each.updated_at), outdated=each.outdated
        )
        for each in line.languages
    }
    return LineOut(
        id=line.id, title=line.title, audience=line.audience, languages=languages, updated_at=rfc3339(line.updated_at)
    )


def hit_out(hit: Hit) -> HitOut:
    return HitOut(
        article=hit.document.root,
        language=hit.document.language,
        title=hit.document.title,
        certainty=round(hit.certainty, 4),
        score=round(hit.score, 4),
        passage=hit.passage,
        matched=hit.matched,
    )
