"""Text to the numbers of the model's pieces: Unigram (Kudo, ACL 2018) over sorted 64-bit keys, 4 MB in all.

The numbers are those that Hugging Face `tokenizers` gives for tokenizer.py's definition, in 280 MB.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.model.packed import PackedModel

Keys = NDArray[np.uint64]

_BOUNDARY: Final = "▁"  # begins every word
# sentencepiece's rules for signs that are no text ("nmt"): some go, some part words.
_REMOVED = (*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F)
_PARTING = (0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD)
_SIGNS: Final[dict[int, str]] = dict.fromkeys(_REMOVED, "") | dict.fromkeys(_PARTING, " ")
_BLANKS = re.compile(" {2,}")
_UNKNOWN_PENALTY = 10.0  # below the worst piece, for each letter that is in none
# Words whose pieces are remembered, those of every day among them, and how long one may be, in letters. Of a text with
# more new words than that, which is a passage or nonsense, none is.
_REMEMBERED, _LONGEST_REMEMBERED, _NEW_REMEMBERED = 8_192, 32, 16
_SEED, _PRIME = np.uint64(14_695_981_039_346_656_037), np.uint64(1_099_511_628_211)  # FNV-1a


class Pieces:
    """The pieces of a model, from the file that `write_pieces` made. Safe to share between threads."""

    def __init__(self, path: Path, most: int) -> None:
        """`most` numbers at the most come of one text, its begin and end among them; the rest of it is left out."""
        with np.load(path) as stored:
            self._keys: Keys = stored["keys"]
            self._numbers: NDArray[np.int32] = stored["numbers"]
            self._scores: NDArray[np.float32] = stored["scores"]
            self._begin, self._end, self._unknown, self._longest = map(int, stored["special"])
            self._unknown_score = float(stored["lowest"]) - _UNKNOWN_PENALTY
        self._most = most - 2
        self._known: dict[str, list[int]] = {}

    def numbers(self, text: str) -> list[int]:
        """Between the number of the begin and that of the end. `text` without lone surrogates."""
        words = _normalised(text).split(_BOUNDARY)[1:]
        known = self._known
        found = {word: known.get(word) for word in words}
        unknown = [word for word, pieces in found.items() if pieces is None]
        if unknown:
            looked_up = dict(zip(unknown, self._best(unknown), strict=True))
            found.update(looked_up)
            if len(unknown) <= _NEW_REMEMBERED:
                self._remember(looked_up)
        pieces = [number for word in words for number in found[word] or ()]
        return [self._begin, *pieces[: self._most], self._end]

    def _remember(self, pieces: dict[str, list[int]]) -> None:
        if len(self._known) > _REMEMBERED:
            self._known = {}  # another one: somebody may be reading that
        self._known.update((word, own) for word, own in pieces.items() if len(word) <= _LONGEST_REMEMBERED)

    def _best(self, words: list[str]) -> list[list[int]]:
        """Of each word the pieces whose scores sum up to the most (Viterbi's search); all are looked up at once."""
        codes = np.frombuffer("".join(_BOUNDARY + word for word in words).encode("utf-32-le"), np.uint32)
        begins, ends, numbers, scores = self._found(codes)
        starting = (codes == ord(_BOUNDARY)).tolist()
        best, origin, chosen = [-np.inf] * (len(codes) + 1), [0] * (len(codes) + 1), [0] * (len(codes) + 1)
        at = 0
        begins.append(len(codes))  # never reached
        for begin in range(len(codes)):
            before = 0.0 if starting[begin] else best[begin]
            single = False
            while begins[at] == begin:
                end, score = ends[at], scores[at] + before
                if score > best[end]:
                    best[end], origin[end], chosen[end] = score, begin, numbers[at]
                single = single or end == begin + 1
                at += 1
            if not single and before + self._unknown_score > best[begin + 1]:
                best[begin + 1], origin[begin + 1] = before + self._unknown_score, begin
                chosen[begin + 1] = self._unknown
        paths: list[list[int]] = []
        path: list[int] = []
        end = len(codes)
        while end > 0:
            if not (path and path[-1] == chosen[end] == self._unknown):  # unknown letters in a row are one
                path.append(chosen[end])
            end = origin[end]
            if starting[end]:
                paths.append(path[::-1])
                path = []
        return paths[::-1]

    def _found(self, codes: NDArray[np.uint32]) -> tuple[list[int], list[int], list[int], list[float]]:
        """Every piece that the text holds: (begins, ends, numbers, scores), by begin, the shortest first."""
        if not len(codes):
            return [], [], [], []
        parted = np.flatnonzero(codes == ord(_BOUNDARY))  # words are known only by where they begin
        sizes = np.diff(parted, append=len(codes))
        left = np.repeat(parted + sizes, sizes) - np.arange(len(codes))  # letters from each to the end of its word
        keys = np.full(len(codes), _SEED, np.uint64)
        all_keys, all_begins, all_ends = [], [], []
        for length in range(1, min(self._longest, int(sizes.max())) + 1):
            keys = (keys[: len(codes) - length + 1] ^ codes[length - 1 :]) * _PRIME
            begins = np.flatnonzero(left[: len(keys)] >= length)
            all_keys.append(keys[begins])
            all_begins.append(begins)
            all_ends.append(begins + length)
        wanted = np.concatenate(all_keys)
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        held = np.flatnonzero(self._keys[places] == wanted)
        begin_of = np.concatenate(all_begins)[held]
        order = np.argsort(begin_of, kind="stable")  # they come by length
        held, at = held[order], places[held[order]]
        return (
            begin_of[order].tolist(),
            np.concatenate(all_ends)[held].tolist(),
            self._numbers[at].tolist(),
            self._scores[at].tolist(),
        )


def write_pieces(model: PackedModel, path: Path) -> None:
    """The tables that `Pieces` reads. ValueError if two pieces had the same key. OSError if the disk is full."""
    special = model.special
    unsaid = {special.begin, special.padding, special.end, special.unknown, special.mask}
    spoken = [number for number in range(len(model.pieces)) if number not in unsaid and model.pieces[number]]
    keys = _keys_of([model.pieces[number] for number in spoken])
    order = np.argsort(keys)
    if (np.diff(keys[order]) == 0).any():
        raise ValueError("two pieces of the tokenizer have the same key")
    np.savez(
        path,
        keys=keys[order],
        numbers=np.array(spoken, np.int32)[order],
        scores=np.asarray(model.piece_scores, np.float32)[spoken][order],
        special=np.array([special.begin, special.end, special.unknown, max(len(model.pieces[at]) for at in spoken)]),
        lowest=np.float32(model.piece_scores.min()),
    )


def _keys_of(pieces: list[str]) -> Keys:
    keys = np.empty(len(pieces), np.uint64)
    lengths = np.array([len(piece) for piece in pieces])
    for length in np.unique(lengths).tolist():  # those of one length at once
        same = np.flatnonzero(lengths == length)
        text = "".join(pieces[at] for at in same.tolist())
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).reshape(-1, length)
        key = np.full(len(same), _SEED, np.uint64)
        for column in range(length):
            key = (key ^ codes[:, column]) * _PRIME
        keys[same] = key
    return keys


def _normalised(text: str) -> str:
    """As one line of words, each behind a boundary; "" for no text."""
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text.translate(_SIGNS)))
    words = plain.replace(" ", _BOUNDARY)
    return words if not words or words.startswith(_BOUNDARY) else _BOUNDARY + words
