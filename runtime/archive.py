"""The file of a backup: a zip with one JSON Lines file for each table, a manifest, and the checksums of it all.

`unzip -p FILE manifest.json` shows what is in it; `sha256sum -c SHA256SUMS` proves an unpacked one without us.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from runtime.errors import BadInput
from runtime.rows import Lines, Table, Tally

FORMAT = 1
LEVEL = 3  # of deflate: half the time of 6 for files a tenth larger
MANIFEST, SUMS, SECRET = "manifest.json", "SHA256SUMS", "secret.key"
CHUNK = 1 << 20
# A few kilobytes of zip can hold gigabytes of blanks: what is read as a whole has a limit, a row's line a wider one.
MOST_WHOLE, MOST_LINE = 16 << 20, 256 << 20  # bytes


class Held(msgspec.Struct, frozen=True):
    """A table in a backup: how many rows, and the SHA-256 of their lines."""

    table: Table
    rows: int
    sha256: str


class _Written(msgspec.Struct, frozen=True):
    """What every format has, so that a later one can be refused by its name."""

    format: int
    program: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says about itself. `tables` are in an order in which they can be filled: parents first."""

    format: int
    program: str
    revision: str
    epoch: str
    created: str
    database: str
    left_out: list[str]
    tables: list[Held]

    @property
    def rows(self) -> int:
        return sum(held.rows for held in self.tables)


class Writer:
    """Writes an archive front to back. Tables stream through it; the manifest, which knows their sums, comes last."""

    def __init__(self, target: zipfile.ZipFile) -> None:
        self._zip = target
        self._sums: dict[str, str] = {}
        self.tables: list[Held] = []

    def table(self, table: Table, rows: Iterable[Sequence[Any]]) -> Held:
        name = _member(table.name)
        with self._zip.open(name, "w", force_zip64=True) as member, io.BufferedWriter(member, CHUNK) as out:
            tally = Tally.of(table, rows, out.write)
        self._sums[name] = tally.sha256
        held = Held(table, tally.rows, tally.sha256)
        self.tables.append(held)
        return held

    def put(self, name: str, content: bytes) -> None:
        self._zip.writestr(name, content)
        self._sums[name] = hashlib.sha256(content).hexdigest()

    def finish(self, manifest: Manifest) -> None:
        self.put(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
        sums = "".join(f"{sha256}  {name}\n" for name, sha256 in self._sums.items())
        self._zip.writestr(SUMS, sums)


@contextmanager
def writing(file: BinaryIO) -> Iterator[Writer]:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL, allowZip64=True) as target:
        yield Writer(target)


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


class Reader:
    """An archive whose checksums have been compared; open it with `opened`."""

    def __init__(self, source: zipfile.ZipFile, name: str) -> None:
        self._zip, self._name = source, name
        try:
            content = self._whole(MANIFEST)
            written = msgspec.json.decode(content, type=_Written)
            if written.format != FORMAT:
                raise BadInput(
                    f"{name} was written by a newer version of Svardesk ({written.program}). Install that version."
                )
            self.manifest = msgspec.json.decode(content, type=Manifest)
        except (msgspec.DecodeError, KeyError) as error:
            raise _none(name) from error
        self._check()

    def _check(self) -> None:
        listed = dict(_sums(self._whole(SUMS).decode()))
        members = set(self._zip.namelist()) - {SUMS}
        missing = ({_member(held.table.name) for held in self.manifest.tables} | set(listed)) - members
        if missing:
            raise _damaged(self._name, f"{sorted(missing)[0]} is missing")
        for member in sorted(members):
            digest = hashlib.sha256()
            with self._zip.open(member) as content:
                while chunk := content.read(CHUNK):
                    digest.update(chunk)
            if digest.hexdigest() != listed.get(member):
                raise _damaged(self._name, f"the checksum of {member} is another one")
        for held in self.manifest.tables:
            if listed[_member(held.table.name)] != held.sha256:
                raise _damaged(self._name, f"the manifest knows another checksum of {held.table.name}")

    def _whole(self, member: str) -> bytes:
        if self._zip.getinfo(member).file_size > MOST_WHOLE:  # and zipfile gives no more than that
            raise _damaged(self._name, f"{member} is far too large")
        return self._zip.read(member)

    def rows(self, held: Held) -> Iterator[Sequence[Any]]:
        """The rows of a table, streamed."""
        lines, count = Lines(held.table), 0
        with self._zip.open(_member(held.table.name)) as member, io.BufferedReader(member, CHUNK) as content:  # type: ignore[type-var]
            while line := content.readline(MOST_LINE):
                count += 1
                try:
                    yield lines.row(line)
                except ValueError as error:
                    raise _damaged(self._name, f"line {count} of {held.table.name} is no row") from error

    @property
    def secret(self) -> bytes | None:
        """`secret.key` as a file; None when it was left out."""
        return self._whole(SECRET) if SECRET in self._zip.namelist() else None


@contextmanager
def opened(source: Path | BinaryIO, name: str) -> Iterator[Reader]:
    """The archive with every checksum compared. BadInput: not there, not a backup, damaged, or of a newer program."""
    try:
        found = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, EOFError) as error:
        raise _none(name) from error
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    with found:
        try:
            reader = Reader(found, name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, KeyError, ValueError) as error:
            raise _damaged(name, "a part of it cannot be read") from error
        yield reader


def _sums(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        sha256, _, member = line.partition("  ")
        yield member, sha256


def _none(name: str) -> BadInput:
    return BadInput(f"{name} is not a backup of Svardesk, or is damaged or cut short. Nothing was changed.")


def _damaged(name: str, what: str) -> BadInput:
    return BadInput(f"{name} is damaged: {what}. Use another backup; nothing was changed.")
