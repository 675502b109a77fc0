"""Pure: what of a person's text may reach a tokenizer or a model, and the prompt that E5 expects before it."""

import re
import unicodedata
from typing import Final, Literal

Kind = Literal["query", "passage"]

# E5 was trained with these words in front of every text (Wang et al. 2024, arXiv:2402.05672).
PROMPTS: Final[dict[Kind, str]] = {"query": "query: ", "passage": "passage: "}

# Characters. A question is a message, not an essay. 512 tokens, all that the model reads, are at most about 2,500
# characters of ordinary text; 4,000 leaves room and bounds the tokenizer's time for hostile text (22 ms).
LIMITS: Final[dict[Kind, int]] = {"query": 500, "passage": 4000}

# Raw characters looked at for each one kept: enough for text with many line breaks, a bound for text of nothing else.
_SLACK = 4

# The C0 and C1 control characters, lone surrogates (they cannot be encoded as UTF-8, and tokenizers raises on them),
# and the soft hyphen, which is invisible and splits a word that was pasted from a web page.
_REMOVED = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\ud800-\udfff]")

# Typed by a person these would become the model's own control ids.
_SPECIAL = re.compile(r"</?s>|<pad>|<unk>|<mask>")


def clean(text: str, limit: int) -> str:
    """Text in NFKC of at most `limit` characters on one line, without control characters, NUL or lone surrogates.

    Capped before NFKC as well as after, since one character can become many (U+FDFA: 18). Idempotent.
    """
    held = _fold(text[: _SLACK * limit])[:limit]
    return _fold(unicodedata.normalize("NFKC", held))[:limit].rstrip()


def prompted(text: str, kind: Kind) -> str:
    """The text as the bundled model wants it: clean, without special tokens, behind its prompt."""
    spoken = _SPECIAL.sub(" ", clean(text, LIMITS[kind]))
    return PROMPTS[kind] + " ".join(spoken.split())


def _fold(text: str) -> str:
    # Twice: split() takes line breaks for white space, which must not vanish as control characters do.
    return " ".join(_REMOVED.sub("", " ".join(text.split())).split())
