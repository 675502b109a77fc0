"""What is no whole backup of ours is refused before anything is touched, with the sentence that says why."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from bot import migrations
from runtime import archive
from runtime.errors import BadInput
from tests.doors.command_line import Run, refused, well
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


def forged(source: Path, target: Path, change: Callable[[dict[str, bytes], list[dict[str, Any]]], None]) -> None:
    """A copy in which `change` has altered members and tables of the manifest, and every checksum is right again."""
    with zipfile.ZipFile(source) as old:
        members = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    del members["SHA256SUMS"]
    change(members, manifest["tables"])
    for held in manifest["tables"]:
        held["sha256"] = hashlib.sha256(members[f"tables/{held['table']['name']}.jsonl"]).hexdigest()
    members["manifest.json"] = json.dumps(manifest).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members.items())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in (members | {"SHA256SUMS": sums.encode()}).items():
            new.writestr(name, content)


def of_entries(tables: list[dict[str, Any]]) -> dict[str, Any]:
    [entry] = [held["table"] for held in tables if held["table"]["name"] == "entry"]
    return cast(dict[str, Any], entry)


@pytest.mark.parametrize("value", [2**70, {"a": 1}, [1], "seven", 1.5, True])
def test_a_row_that_no_table_of_ours_holds_is_named(
    value: Any, svardesk: Run, backup_file: Path, tmp_path: Path
) -> None:
    def change(members: dict[str, bytes], tables: list[dict[str, Any]]) -> None:
        place = [column["name"] for column in of_entries(tables)["columns"]].index("seq")
        first, rest = members["tables/entry.jsonl"].split(b"\n", 1)
        row = json.loads(first)
        row[place] = value
        members["tables/entry.jsonl"] = json.dumps(row).encode() + b"\n" + rest

    forged(backup_file, tmp_path / "forged.zip", change)
    refused(svardesk("restore", "forged.zip"), 1, "line 1 of entry is no row")


def test_tables_that_the_revision_does_not_have_are_refused(svardesk: Run, backup_file: Path, tmp_path: Path) -> None:
    first_column = [{"name": 'a"b'}, {"kind": "bytes"}]
    for key, column in [(["no:such"], {}), ([], {}), *((["id"], change) for change in first_column)]:

        def change(_: dict[str, bytes], tables: list[dict[str, Any]], key: Any = key, column: Any = column) -> None:
            table = of_entries(tables)
            assert table["key"] == ["id"]
            table["key"] = key
            table["columns"][0].update(column)

        forged(backup_file, tmp_path / "forged.zip", change)
        refused(svardesk("restore", "forged.zip"), 1, "There is no such table entry in revision")

    def rename(members: dict[str, bytes], tables: list[dict[str, Any]]) -> None:
        of_entries(tables)["name"] = "sqlite_master"
        members["tables/sqlite_master.jsonl"] = members.pop("tables/entry.jsonl")

    forged(backup_file, tmp_path / "forged.zip", rename)
    refused(svardesk("restore", "forged.zip"), 1, "There is no such table sqlite_master in revision")


def test_a_secret_key_that_is_none_replaces_no_other(svardesk: Run, backup_file: Path, tmp_path: Path) -> None:
    well(svardesk("migrate"))
    key = (tmp_path / "data/secret.key").read_bytes()
    forged(backup_file, tmp_path / "forged.zip", lambda members, _: members.update({"secret.key": b"open sesame"}))
    refused(svardesk("restore", "forged.zip"), 1, "The secret.key in forged.zip is none")
    assert (tmp_path / "data/secret.key").read_bytes() == key


def test_a_manifest_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as new,
        new.open("manifest.json", "w", force_zip64=True) as out,
    ):
        for _ in range(archive.MOST_WHOLE // archive.CHUNK + 1):
            out.write(b" " * archive.CHUNK)
    with (
        pytest.raises(BadInput, match=r"manifest\.json is far too large"),
        archive.opened(tmp_path / "bomb.zip", "bomb.zip"),
    ):
        pass
