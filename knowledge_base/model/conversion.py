"""Turns the packed weight file into the three files that the bundled embedder reads, once per data folder."""

import re
from pathlib import Path

from knowledge_base.model.cache import Say, clear, made_once
from knowledge_base.model.errors import ModelError
from knowledge_base.model.layout import E5_SMALL, FOLDER, PIECES_FILE, TABLE_FILE, WEIGHTS_FILE
from knowledge_base.model.packed import PackedModel, read_packed
from knowledge_base.model.pieces import write_pieces
from knowledge_base.model.source import verified_source
from knowledge_base.model.weights import write_weights

# What the conversions of all versions are called: the model's number, then that of the files, at first left out.
_CONVERSION = re.compile(r"multilingual-e5-small-mixed-([1-9][0-9]{0,5})(?:\.([1-9][0-9]{0,5}))?")


def converted(model_folder: Path, say: Say) -> Path:
    """The folder of converted files inside `model_folder`, made if needed. ModelError says what is wrong."""

    def make(folder: Path) -> None:
        say("Preparing the language model; this happens once and takes a few seconds")
        write_converted(read_verified(), folder)

    return made_once(model_folder / FOLDER, make, say)


def clear_older(model_folder: Path, say: Say) -> None:
    """Delete the conversions of earlier versions in `model_folder`, 84 MB each, now that ours is loaded.

    Nothing else there is touched, and no later version's: it may be taken back into use. A worker of the earlier
    version keeps the files that it has mapped, and makes them again if it starts once more.
    """
    ours = _age(FOLDER)
    try:
        found = [path for path in model_folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return
    for folder in found:
        age = _age(folder.name)
        if ours and age and age < ours:
            clear(folder, say)


def _age(name: str) -> tuple[int, int] | None:
    match = _CONVERSION.fullmatch(name)
    return (int(match[1]), int(match[2] or 1)) if match else None


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
