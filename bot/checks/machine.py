"""Checks of the machine: open files, memory, time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.checks import Finding, fault, look, ok
from runtime import clock

FIRST_DAY = 1_763_856_000_000  # 2025-11-23: before this program was written, no clock can be right
NEEDED = 700_000_000  # bytes: measured, after some hundred questions (docs/operating.md)
SKEW_MS, WRONG_MS = 1_000, 30_000


def open_files(limit: int, sockets: int, spare: int) -> Finding:
    """`limit`: the hard one (the server raises the soft one itself); -1: none."""
    seen = f"{'no limit' if limit < 0 else f'limit {limit:,}'}, for {sockets:,} sockets"
    if 0 <= limit < sockets + spare:
        return fault(
            "open files",
            seen,
            f"Set LimitNOFILE={sockets + spare} (systemd) or ulimits (containers), or lower SVARDESK_MAX_SOCKETS "
            f"to {max(1, limit - spare)}.",
        )
    return ok("open files", seen)


def memory(total: int, available: int, workers: int, serving: bool) -> Finding:
    """Bytes; `total` as the container allows it. A server that runs already has taken its share."""
    needed = NEEDED * workers
    seen = f"{available / 1e9:.1f} GB free of {total / 1e9:.1f}"
    if total < needed:
        advice = f"{workers} worker{'s' * (workers > 1)} need{'s' * (workers == 1)} about {needed / 1e9:.1f} GB."
        return fault("memory", seen, f"{advice} Give it more, or the system will kill it.")
    if not serving and available < needed:
        return look("memory", seen, f"The server needs about {needed / 1e9:.1f} GB. End something else first.")
    return ok("memory", seen)


def memory_of_this_machine() -> tuple[int, int]:
    """Total and available bytes; those of the container where it has fewer."""
    lines = dict(line.split(":", 1) for line in _text("/proc/meminfo").splitlines() if ":" in line)
    total, available = (int(lines.get(name, "0 kB").split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    allowed = _text("/sys/fs/cgroup/memory.max").strip()
    if allowed.isdigit():
        used = _text("/sys/fs/cgroup/memory.current").strip()
        total = min(total, int(allowed))
        available = min(available, int(allowed) - int(used or 0))
    return total, max(0, available)


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def time_of_day(now_ms: int, newest_ms: int | None) -> Finding:
    """`newest_ms`: the time of the newest thing in the database."""
    seen = clock.rfc3339(now_ms)[:19] + "Z"
    if now_ms < FIRST_DAY:
        return fault("clock", seen, "The clock is wrong. Run: timedatectl set-ntp true")
    if newest_ms is not None and newest_ms > now_ms + WRONG_MS:
        late = (newest_ms - now_ms) / 1000
        return fault("clock", seen, f"The newest message is {late:,.0f} s in the future. Run: timedatectl set-ntp true")
    return ok("clock", seen)


def skew(subject: str, ours_ms: int, theirs_ms: int, uncertain_ms: int) -> Finding:
    """Two clocks; `uncertain_ms` is how long the asking took, or how coarse the other one is."""
    apart = max(0, abs(theirs_ms - ours_ms) - uncertain_ms)
    seen = f"{apart / 1000:.1f} s apart" if apart else "the same time"
    if apart > WRONG_MS:
        return fault(subject, seen, "One of the two clocks is wrong. Run on both machines: timedatectl set-ntp true")
    if apart > SKEW_MS:
        return look(subject, seen, "Times in chats may look out of order. Run: timedatectl set-ntp true")
    return ok(subject, seen)


def time_zone(environment: Mapping[str, str] | None = None) -> Finding:
    """An unknown TZ is taken as UTC without a word. Times in the log of the program do not depend on it."""
    name = (os.environ if environment is None else environment).get("TZ", "").removeprefix(":")
    if not name or name.startswith("/"):
        return ok("time zone", "that of the machine")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return look("time zone", name, "TZ names no time zone, so the machine shows UTC. Write such as Europe/Oslo.")
    return ok("time zone", name)
