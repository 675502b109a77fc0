"""Terms and n-grams of text as numbers of 64 bits. Pure."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from knowledge_base.postings import Keys
from knowledge_base.stemming import fold, words

_GRAMS = (3, 4, 5)
_PRIME = np.uint64(1_099_511_628_211)


@lru_cache(maxsize=8_192)  # visitors may type any words: those of every day stay
def term_key(language: str, term: str) -> np.uint64:
    """A term as 64 bits; two of a million distinct terms meet with a chance of 3 in 100 million."""
    digest = hashlib.blake2b(f"{language}\0{term}".encode("utf-8", "replace"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def gram_keys(text: str, language: str) -> Keys:
    """Unique n-grams of the folded text, words parted by one blank, each as 64 bits."""
    folded = fold(" ".join(words(text)), language)
    if not folded:
        return np.zeros(0, np.uint64)
    codes = np.frombuffer(f" {folded} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    keys = []
    key = np.full(len(codes), term_key(language, ""), np.uint64)
    for size in range(1, _GRAMS[-1] + 1):
        key = (key[: len(codes) - size + 1] ^ codes[size - 1 :]) * _PRIME  # FNV-1a over code points
        if size in _GRAMS:
            keys.append(key)
    every: Keys = np.sort(np.concatenate(keys))
    return np.compress(np.append(True, every[1:] != every[:-1]), every)
