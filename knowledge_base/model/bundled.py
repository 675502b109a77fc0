"""The bundled embedder: multilingual E5 on ONNX Runtime, with its table memory-mapped and looked up by numpy."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from knowledge_base.model.cache import Say
from knowledge_base.model.conversion import clear_older, converted
from knowledge_base.model.errors import ModelError
from knowledge_base.model.layout import BLOCK, E5_SMALL, GRAPH_FILE, NAME, PIECES_FILE, TABLE_FILE
from knowledge_base.model.packed import BLOCK_BYTES, dequantise
from knowledge_base.model.pieces import Pieces
from knowledge_base.model.text import Kind, prompted

# Tokens in one run of the encoder. Beyond this a larger batch gains nothing, and memory grows with it.
_BATCH_TOKENS = 512

# What a run costs beside its tokens, in tokens: a text joins the shorter ones only where it pads them by no more. With
# every text that comes padded to the longest, a batch of questions was measured to cost a third more than each alone.
_RUN_TOKENS = 6

# Row of the table that fills up the shorter texts of a batch; the mask hides it.
_PADDING = 1
_ONE_PIECE = 3  # numbers: it stands between those of begin and end


class BundledEmbedder:
    """Texts to unit vectors of 384 numbers. Safe to share between threads; create it after a fork, not before."""

    name = NAME
    dimension = E5_SMALL.hidden

    def __init__(self, model_folder: Path, threads: int, say: Say) -> None:
        """Convert into `model_folder` if needed, then load. ModelError says what is wrong.

        So many `threads` are used at once, each for texts of its own: together on one text they were no quicker than
        one of them, and on many a third slower than side by side.
        """
        folder = converted(model_folder, say)
        try:
            graph = Path(__file__).with_name(GRAPH_FILE).read_bytes()
            self._session = encoder_session(graph, folder)
            self._pieces = Pieces(folder / PIECES_FILE, E5_SMALL.positions)
            shape = (E5_SMALL.rows, E5_SMALL.hidden // BLOCK, BLOCK_BYTES)
            # As a plain array: memmap's own class makes each step of a look-up several times as slow.
            self._table = np.memmap(folder / TABLE_FILE, np.uint8, "r", shape=shape).view(np.ndarray)
            self._threads = threads
            self._pool = ThreadPoolExecutor(threads, "encoder")  # starts none before it is needed
            self._busy = 0  # threads that encode now, callers and helpers
            self._counting = threading.Lock()
        except Exception as error:  # ONNX Runtime raises types of its own, and plain Exception
            raise ModelError(
                f"The language model in {folder} could not be loaded ({error}). Delete that folder and start again; it "
                "will be made anew."
            ) from error
        clear_older(model_folder, say)

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Unit rows [n, 384] in the order of `texts`. A text's vector does not depend on the others beside it."""
        tokens = [self._pieces.numbers(prompted(text, kind)) for text in texts]
        vectors = np.empty((len(tokens), self.dimension), np.float32)
        with self._idle(len(tokens) - 1) as helpers:
            batches = deque(_batches([len(each) for each in tokens], 1 + helpers))

            def read() -> None:
                while batches:
                    try:
                        batch = batches.popleft()
                    except IndexError:  # another thread was quicker
                        return
                    vectors[batch] = self._run([tokens[index] for index in batch])

            helping = [self._pool.submit(read) for _ in range(min(helpers, len(batches) - 1))]
            try:
                read()
            finally:
                wait(helping)
            for each in helping:
                each.result()
        return vectors

    @contextmanager
    def _idle(self, most: int) -> Iterator[int]:
        """How many of the threads, at most so many, may help the caller: those that no other caller uses."""
        with self._counting:
            helpers = max(0, min(self._threads - self._busy - 1, most))
            self._busy += 1 + helpers
        try:
            yield helpers
        finally:
            with self._counting:
                self._busy -= 1 + helpers

    def is_word(self, word: str) -> bool:
        """Whether one piece is the whole word, in small letters or as a name: only what is written often has one."""
        return any(len(self._pieces.numbers(form)) == _ONE_PIECE for form in (word, word.capitalize()))

    def _run(self, batch: list[list[int]]) -> NDArray[np.float32]:
        width = max(map(len, batch))
        ids = np.full((len(batch), width), _PADDING, np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"word_embeddings": dequantise(self._table[ids]), "attention_mask": mask}
        embedding: NDArray[np.float32] = self._session.run(None, inputs)[0]
        return embedding


def _batches(lengths: list[int], threads: int) -> list[list[int]]:
    """Indexes grouped by similar length, since padding costs as much as text, each group of at most _BATCH_TOKENS and
    of no more than a thread's share; the largest texts first, so that no thread is left with them at the end.
    """
    most = min(_BATCH_TOKENS, -(-sum(lengths) // threads))
    groups: list[list[int]] = []
    padded = width = 0  # tokens in the last group, of which `padded` are padding
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        longer = lengths[index] - width
        joined = padded + longer * len(groups[-1]) if groups else 0
        if not groups or joined > _RUN_TOKENS or (len(groups[-1]) + 1) * lengths[index] > most:
            groups.append([])
            joined = 0
        groups[-1].append(index)
        padded, width = joined, lengths[index]
    return groups[::-1]


def encoder_session(graph: bytes, folder: Path) -> onnxruntime.InferenceSession:
    """The graph, with its weights memory-mapped from the weights file in `folder`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    options.log_severity_level = 3  # errors only
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
