"""What is no whole backup of ours is refused before anything is touched, with the sentence that says why."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

from bot import migrations
from tests.doors.command_line import Run, refused
from tests.doors.kept import CHATS, ENTRIES, content


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    svardesk: Run, backup_file: Path, tmp_path: Path
) -> None:
    whole = backup_file.read_bytes()
    bad = tmp_path / "bad.zip"
    for place in range(0, len(whole), len(whole) // 40):
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        done = svardesk("restore", "bad.zip")
        if done.returncode == 0:  # the bit was one that means nothing, such as a file's date
            assert content(f"sqlite:///{tmp_path}/data/svardesk.sqlite3")["entry"].rows == CHATS * ENTRIES
            (tmp_path / "data/svardesk.sqlite3").unlink()
            continue
        refused(done, 1, "bad.zip")
        assert not (tmp_path / "data/svardesk.sqlite3").exists()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:length])
        refused(svardesk("restore", "bad.zip"), 1, "is not a backup of Svardesk, or is damaged or cut short")
    refused(svardesk("restore", "nowhere.zip"), 1, "nowhere.zip cannot be read: no such file")


def rewritten(source: Path, target: Path, **changes: bytes | Callable[[bytes], bytes]) -> None:
    """A copy with other members, and checksums that know nothing of it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            change = changes.get(name.replace("/", "_").replace(".", "_"), old.read(name))
            new.writestr(name, change if isinstance(change, bytes) else change(old.read(name)))


def test_a_line_that_was_edited_is_found(svardesk: Run, backup_file: Path, tmp_path: Path) -> None:
    edited = tmp_path / "edited.zip"
    rewritten(backup_file, edited, tables_entry_jsonl=lambda lines: lines.replace(b"Hvor er", b"Hver er", 1))
    refused(svardesk("restore", "edited.zip"), 1, "the checksum of tables/entry.jsonl is another one")


def test_a_backup_of_a_newer_program_is_refused(svardesk: Run, backup_file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(backup_file) as found:
        manifest, sums = found.read("manifest.json"), found.read("SHA256SUMS")
    now = f'"revision": "{migrations.newest()}"'.encode()
    for old, new in ((now, b'"revision": "9999"'), (b'"format": 1', b'"format": 2')):
        newer = manifest.replace(old, new)
        assert newer != manifest
        right = sums.replace(hashlib.sha256(manifest).hexdigest().encode(), hashlib.sha256(newer).hexdigest().encode())
        rewritten(backup_file, tmp_path / "newer.zip", manifest_json=newer, SHA256SUMS=right)
        refused(svardesk("restore", "newer.zip"), 1, "was written by a newer version of Svardesk")
        assert not (tmp_path / "data/svardesk.sqlite3").exists()
