"""A Rasa project that comes packed: its text files, unpacked into a folder that is gone afterwards."""

from __future__ import annotations

import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from knowledge_base.rasa_project import MAX_BYTES
from runtime.errors import BadInput

KINDS = (".yml", ".yaml", ".md")  # models and code stay where they are
MOST_MEMBERS = 20_000
MARKS = ("domain.yml", "domain.yaml", "domain", "data", "config.yml")

# What zipfile and the packings below it raise for a file that is damaged, locked or made to harm.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    UnicodeError,
    OSError,
)


@contextmanager
def project_folder(path: Path) -> Iterator[Path]:
    """The folder itself, or that of the project in a zip file. BadInput for what is neither, is too much, or would be
    written outside of its folder."""
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="svardesk-rasa-") as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as packed:
                _unpack(packed, folder)
        except UNREADABLE as error:
            raise BadInput(f"{path.name} is neither a folder nor a zip file that can be read: {error}.") from None
        yield _root(folder)


def _unpack(packed: zipfile.ZipFile, folder: Path) -> None:
    members = packed.infolist()
    if len(members) > MOST_MEMBERS:
        raise BadInput(f"The zip file has {len(members):,} files; at most {MOST_MEMBERS:,} are looked through.")
    left = MAX_BYTES
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if member.is_dir() or place.suffix.lower() not in KINDS or "__MACOSX" in place.parts:
            continue
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
            raise BadInput(f"{member.filename[:80]!r} leads out of the zip file.")
        with packed.open(member) as stream:
            content = stream.read(left + 1)  # whatever size it says it has
        left -= len(content)
        if left < 0:
            raise BadInput(f"The zip file unpacks to more than {MAX_BYTES / 1e6:.0f} MB of text.")
        target = folder.joinpath(*place.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _root(folder: Path) -> Path:
    """The project is mostly in one folder of the zip file."""
    while not any((folder / mark).exists() for mark in MARKS):
        inside = list(folder.iterdir())
        if len(inside) != 1 or not inside[0].is_dir():
            break
        folder = inside[0]
    return folder
