"""Turns the packed weight file into the three files that the bundled embedder reads, once per data folder."""

from pathlib import Path

from knowledge_base.model.cache import Say, made_once
from knowledge_base.model.errors import ModelError
from knowledge_base.model.layout import E5_SMALL, FOLDER, PIECES_FILE, TABLE_FILE, WEIGHTS_FILE
from knowledge_base.model.packed import PackedModel, read_packed
from knowledge_base.model.pieces import write_pieces
from knowledge_base.model.source import verified_source
from knowledge_base.model.weights import write_weights


def converted(model_folder: Path, say: Say) -> Path:
    """The folder of converted files inside `model_folder`, made if needed. ModelError says what is wrong."""

    def make(folder: Path) -> None:
        say("Preparing the language model; this happens once and takes a few seconds")
        write_converted(read_verified(), folder)

    return made_once(model_folder / FOLDER, make, say)


def read_verified() -> PackedModel:
    """The packed model of the installed package. ModelError if it is missing, altered or not the shape we know."""
    path = verified_source()
    model = read_packed(path)
    if model.architecture != E5_SMALL:
        raise ModelError(f"The weight file {path} holds {model.architecture}, not multilingual-e5-small.")
    return model


def write_converted(model: PackedModel, folder: Path) -> None:
    """Write weights, table (the packed blocks as they are, row by row) and pieces. OSError if the disk is full."""
    write_weights(model, folder / WEIGHTS_FILE)
    (folder / TABLE_FILE).write_bytes(model.matrices["emb.word"].data)
    write_pieces(model, folder / PIECES_FILE)
