"""What the doctor says about each state: every check is shown the fault that it is for, and the state without it."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest

from bot.checks import Finding, bus, database, machine, outside, places, program
from bot.migrations import newest
from runtime.settings import Settings

GB = 1_000_000_000


def well(finding: Finding) -> None:
    assert finding.level == "ok", finding
    assert finding.advice == ""


def wrong(finding: Finding, level: str, words: str) -> None:
    assert finding.level == level, finding
    assert words in finding.advice


def test_room_on_the_disk() -> None:
    well(places.room(50 * GB, 100 * GB))
    wrong(places.room(3 * GB, 100 * GB), "look", "a backup with its trial restore")
    wrong(places.room(GB // 2, 100 * GB), "fault", "every message is refused")


MOUNTS = """/dev/vda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
tmpfs /srv/chat tmpfs rw 0 0
/dev/vdb /srv/chat ext4 rw 0 0
nas:/x /mnt/my\\040data nfs4 rw 0 0
"""


def test_file_systems(tmp_path: Any) -> None:
    from pathlib import Path

    assert places.kind_of(Path("/srv/chat/data"), MOUNTS) == "ext4", "the last mount covers the one before"
    assert places.kind_of(Path("/srv/chatter"), MOUNTS) == "ext4"
    assert places.kind_of(Path("/run/svardesk"), MOUNTS) == "tmpfs"
    assert places.kind_of(Path("/mnt/my data/x"), MOUNTS) == "nfs4"
    here = f"x / ext4 rw 0 0\nx {tmp_path} "
    wrong(places.file_system(tmp_path, here + "tmpfs rw 0 0", sqlite=True), "fault", "a restart loses all")
    wrong(places.file_system(tmp_path, here + "nfs4 rw 0 0", sqlite=True), "fault", "or PostgreSQL")
    well(places.file_system(tmp_path, here + "nfs4 rw 0 0", sqlite=False))
    well(places.file_system(tmp_path, "x / ext4 rw 0 0", sqlite=True))


def test_speed_of_the_disk() -> None:
    well(places.latency([0.001] * 11 + [0.4]))
    wrong(places.latency([0.08] * 12), "look", "before it is acknowledged")
    wrong(places.latency([0.9] * 12), "fault", "Use another disk")


def test_open_files() -> None:
    well(machine.open_files(20_000, 10_000, 200))
    well(machine.open_files(-1, 10_000, 200))
    wrong(machine.open_files(4096, 10_000, 200), "fault", "LimitNOFILE=10200")
    wrong(machine.open_files(4096, 10_000, 200), "fault", "SVARDESK_MAX_SOCKETS to 3896")


def test_memory() -> None:
    well(machine.memory(4 * GB, 2 * GB, 1, serving=False))
    wrong(machine.memory(4 * GB, GB // 2, 1, serving=False), "look", "about 0.7 GB")
    well(machine.memory(4 * GB, GB // 2, 1, serving=True))
    wrong(machine.memory(GB // 2, GB // 2, 1, serving=False), "fault", "1 worker needs about 0.7 GB")
    wrong(machine.memory(2 * GB, GB, 4, serving=True), "fault", "4 workers need about 2.8 GB")
    total, available = machine.memory_of_this_machine()
    assert 0 < available <= total


def test_clocks() -> None:
    now = 1_795_000_000_000
    well(machine.time_of_day(now, now - 5))
    well(machine.time_of_day(now, None))
    wrong(machine.time_of_day(0, None), "fault", "The clock is wrong")
    wrong(machine.time_of_day(now, now + 3_600_000), "fault", "3,600 s in the future")
    well(machine.skew("clock", now, now + 900, 0))
    well(machine.skew("clock", now, now + 2500, 2000))
    wrong(machine.skew("clock", now, now - 5000, 100), "look", "out of order")
    wrong(machine.skew("clock", now, now + 3_600_000, 100), "fault", "set-ntp")
    well(machine.time_zone({}))
    well(machine.time_zone({"TZ": "Europe/Oslo"}))
    wrong(machine.time_zone({"TZ": "Europe/Bergen"}), "look", "shows UTC")


def test_the_database_says_what_it_keeps() -> None:
    well(database.journal("wal", 2))
    wrong(database.journal("delete", 2), "fault", "Use a local disk")
    wrong(database.journal("wal", 1), "fault", "lose acknowledged messages")
    well(database.whole("ok", 10))
    wrong(database.whole("Tree 3 page 9: btreeInitPage() returns error code 11", 10), "fault", "restore a backup")
    well(database.revision("x", newest()))
    wrong(database.revision("x", None), "fault", "svardesk migrate")
    wrong(database.revision("x", "0001"), "fault", "svardesk migrate")
    wrong(database.revision("x", "9999"), "fault", "newer version")
    well(database.version(160_004, "UTF8"))
    wrong(database.version(120_009, "UTF8"), "look", "14 or later")
    wrong(database.version(160_004, "SQL_ASCII"), "fault", "--encoding UTF8")
    safe = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
    well(database.durability(safe))
    for name in safe:
        wrong(database.durability({**safe, name: "off"}), "fault", f"ALTER SYSTEM SET {name} = on")
    well(database.connections(97, 4))
    wrong(database.connections(20, 4), "fault", "max_connections")
    assert "2 workers of this machine and 3 elsewhere may need 30" in database.connections(97, 2, 3).seen
    wrong(database.connections(29, 2, 3), "fault", "max_connections")


def test_the_bell() -> None:
    well(bus.bell(0.002))
    wrong(bus.bell(0.4), "look", "nearer")
    wrong(bus.bell(None), "fault", "SVARDESK_REDIS_URL")
    assert list(bus.bus(Settings())) == []
    [found] = bus.bus(Settings(workers=2, database_url="postgresql://x/y"))
    wrong(found, "look", "SVARDESK_REDIS_URL")


def test_a_proxy_that_is_not_believed() -> None:
    well(outside.forwarded(Settings()))
    well(outside.forwarded(Settings(public_url="https://chat.example.com", trusted_proxies="127.0.0.1")))
    wrong(outside.forwarded(Settings(public_url="https://chat.example.com")), "fault", "share the proxy's address")
    wrong(outside.forwarded(Settings(trusted_proxies="*")), "fault", "invent an address")


def test_answers_of_the_public_address() -> None:
    address = "https://chat.example.com"
    well(outside.answered(address, 200, b'{"status":"ok"}', None))
    wrong(outside.answered(address, 200, b"<html>Welcome to nginx", None), "fault", "That is not Svardesk")
    wrong(outside.answered(address, 301, b"", "https://www.example.com/"), "fault", "leads to https://www.example.com/")
    wrong(outside.answered(address, 502, b"", None), "fault", "does not reach the server")
    wrong(outside.answered(address, 503, b"", None), "fault", "Try again in a moment")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]"), "certificate is not valid"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "does not speak HTTPS"),
        (socket.gaierror(-2, "Name or service not known"), "The name chat.example.com is not known"),
        (ConnectionRefusedError(111, "refused"), "Start the proxy and the server"),
        (TimeoutError(), "firewall"),
        (OSError(5, "Input/output error"), "Input/output error"),
    ],
)
def test_no_answer_from_the_public_address(error: OSError, words: str) -> None:
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "certificate has expired"
    assert words in outside.why("chat.example.com", error)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, b'{"title":"Not Found"}', "proxy_http_version 1.1"),
        (426, b"", "proxy_http_version 1.1"),
        (403, b"This page may not open a chat here: its origin is not on the site's list.", "Origin header"),
        (403, b"<html>forbidden by policy", "firewall"),
        (429, b"Too many chats are open from this address.", "SVARDESK_SOCKETS_PER_ADDRESS"),
        (502, b"", "does not reach the server for /ws/"),
        (503, b"", "SVARDESK_MAX_SOCKETS"),
    ],
)
def test_refused_handshakes(status: int, body: bytes, words: str) -> None:
    assert words in outside.refused(status, body)


def test_passwords_in_the_clear() -> None:
    well(program.exposed(Settings()))
    well(program.exposed(Settings(public_url="https://chat.example.com")))
    wrong(program.exposed(Settings(public_url="http://chat.example.com")), "look", "HTTPS")
    wrong(program.exposed(Settings(host="192.0.2.7")), "look", "HTTPS")
