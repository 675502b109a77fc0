"""How sure the bot must be just now, for those who try a question out before they publish."""

from __future__ import annotations

from conversation import sites
from knowledge_base import targets
from runtime.db import Tx


def threshold_in_force(tx: Tx, language: str | None, careful: float) -> float:
    """The threshold from which a question in this language is answered: that of the site that asks for most, since
    articles are read on all of them. Without a language each site's first one counts; `careful` is that of the
    settings, where labels have led to no other.
    """
    held = targets.thresholds(tx)
    found = sites.all_sites(tx)
    speaking = [site for site in found if language in site.languages] or found
    return max((held.get((site.id, language or site.languages[0]), careful) for site in speaking), default=careful)
