"""The knowledge base's own metrics: searches, embeddings, the cache of answers, the index."""

from __future__ import annotations

from runtime.measures import counter, counters, gauge, histogram

SEARCH_SECONDS = histogram("svardesk_search_seconds", "One search, with its embedding and its wait for the model.")
EMBED_SECONDS = histogram("svardesk_embedding_seconds", "One batch of questions through the model.")
EMBED_SIZE = histogram(
    "svardesk_embedding_batch_size", "Questions that went through the model together.", (1, 2, 4, 8, 16, 32)
)
EMBED_WAITING = gauge("svardesk_embeddings_waiting", "Questions that wait for the model.")
EMBED_DROPPED = counter("svardesk_embeddings_dropped_total", "Questions given up before the model came to them.")
CACHE = counters(
    "svardesk_answer_cache_total", "Questions found in the cache of answers, or not.", "result", ("hit", "miss")
)
OVERLOADED = gauge("svardesk_overloaded", "Workers in which questions wait so long that customers are told so.")
INDEX_PASSAGES = gauge("svardesk_index_passages", "Passages in the index that answers questions now.", "max")
INDEX_ARTICLES = gauge("svardesk_index_articles", "Articles in that index.", "max")
INDEX_BUILD_SECONDS = histogram(
    "svardesk_index_build_seconds", "Building the index anew.", (0.1, 0.5, 1, 5, 10, 30, 60, 300)
)
WAITING_FOR_VECTORS = gauge("svardesk_articles_waiting_for_vectors", "Published articles not yet in the index.", "max")
