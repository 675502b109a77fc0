"""Which guided actions the published articles name."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select

from knowledge_base.tables import Article, ArticleLanguage
from runtime.db import Tx


def has_action(tx: Tx, action: str, audiences: Collection[str]) -> bool:
    """Whether an article that these audiences can read names this action."""
    found = tx.session.exec(
        select(Article.id)
        .join(ArticleLanguage, col(ArticleLanguage.article_id) == Article.id)
        .where(
            Article.action == action,
            col(Article.audience).in_(audiences),
            col(ArticleLanguage.published) > 0,
            col(ArticleLanguage.archived).is_(False),
        )
        .limit(1)
    )
    return found.first() is not None
