"""What turns text into vectors: the Embedder protocol, and the choice between the bundled model and any other."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_base.model.errors import ModelError
from knowledge_base.model.text import LIMITS, PROMPTS, Kind, clean

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["BUNDLED", "Embedder", "Kind", "ModelError", "SentenceTransformersEmbedder", "clean", "open_embedder"]

BUNDLED: Final = "bundled"

# Texts in one run. Each is padded to the longest, so on a CPU a large batch of uneven help articles only costs.
_BATCH = 8


class Embedder(Protocol):
    """Texts to unit vectors. `name` is the identity of the vectors: those of different names are never mixed."""

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Unit rows [n, dimension] in the order of `texts`; [0, dimension] for none. May be called from any thread."""
        ...


def open_embedder(
    model: str, model_folder: Path, threads: int = 1, progress: Callable[[str], None] | None = None
) -> Embedder:
    """The embedder that the settings ask for: "bundled", or the name or folder of a sentence-transformers model.

    The bundled one is converted into `model_folder` at its first use (a few seconds); `progress` gets sentences to show
    meanwhile. `threads` serve one text. ModelError says what is wrong and what to do.
    """
    say = progress or (lambda sentence: None)
    if model == BUNDLED:
        from knowledge_base.model.bundled import BundledEmbedder  # ONNX Runtime, only when it is the one

        return BundledEmbedder(model_folder, threads, say)
    say(f"Loading the language model {model}")
    return SentenceTransformersEmbedder(model, threads)


class SentenceTransformersEmbedder:
    """Any sentence-transformers model, by the name it has on the Hugging Face Hub or by its folder."""

    def __init__(self, model: str, threads: int) -> None:
        """Load it, downloading it if `model` is a name. Sets the thread count of the whole process. ModelError."""
        if model.startswith(("/", ".", "~")) and not Path(model).is_dir():  # the Hub would explain its grammar of names
            raise ModelError(f'There is no folder "{model}" for the model. The model "bundled" needs none.')
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError(
                f'The model "{model}" needs the package sentence-transformers, which is not installed. '
                'Install it with: pip install "svardesk[sentence-transformers]", or set the model back to "bundled".'
            ) from error
        torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(model, device="cpu")
            dimension = self._model.get_embedding_dimension()
        except Exception as error:  # a wrong name, no network, a damaged folder: every library below raises its own
            raise ModelError(
                f'The model "{model}" could not be loaded ({_first_line(error)}). Is it the name of a model on the '
                "Hugging Face Hub, or a folder on this machine? Without a network only a folder works. "
                'The model "bundled" always does.'
            ) from error
        if dimension is None:
            raise ModelError(f'The model "{model}" does not say how long its vectors are, so it cannot be used.')
        self.dimension = dimension
        self.name = f"{model}@{_fingerprint(Path(model), self._model)}"
        self._prompts = _prompts(model, self._model.prompts)
        self._turn = threading.Lock()  # the tokenizer behind it fails when two threads set its padding at once

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Unit rows [n, dimension] in the order of `texts`."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        cleaned = [clean(text, LIMITS[kind]) for text in texts]
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        with self._turn:
            vectors = encode(cleaned, prompt=self._prompts[kind], batch_size=_BATCH, show_progress_bar=False)
        rows: NDArray[np.float32] = np.asarray(vectors, np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return rows


def _prompts(model: str, known: dict[str, str | None]) -> dict[Kind, str]:
    """The model's own prompts, or E5's for an E5 model that was published without them, as most were."""
    # Chosen here because encode_document takes an empty "document" before a "passage" that says something.
    passage = next((known[name] for name in ("document", "passage", "corpus") if known.get(name)), None)
    own: dict[Kind, str] = {"query": known.get("query") or "", "passage": passage or ""}
    name = Path(model).name.lower()
    is_e5 = "e5" in name.split("-") and "instruct" not in name
    return PROMPTS if is_e5 and not any(own.values()) else own


def _fingerprint(folder: Path, loaded: SentenceTransformer) -> str:
    """What tells two states of one model apart: the Hub's revision, or a digest of the folder's files."""
    if not folder.is_dir():
        config = getattr(getattr(loaded[0], "auto_model", None), "config", None)
        return str(getattr(config, "_commit_hash", None) or "unknown")[:12]
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
