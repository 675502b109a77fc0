"""How much of the processor a server has used, and which of its threads (/proc, Linux)."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pids: list[int]) -> float:
    """CPU seconds that these processes have used until now, all their threads together."""
    ticks = 0
    for pid in pids:
        after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after[11]) + int(after[12])
    return ticks / TICKS


def thread_cpu_s(pid: int) -> dict[int, tuple[float, float]]:
    """CPU seconds of each of its threads, by number: its own code's, and the system's for it."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        after = (task / "stat").read_text().rpartition(")")[2].split()
        found[int(task.name)] = int(after[11]) / TICKS, int(after[12]) / TICKS
    return found


def by_thread(
    pid: int, before: dict[int, tuple[float, float]], after: dict[int, tuple[float, float]]
) -> dict[str, float]:
    """CPU seconds between two of `thread_cpu_s`: of the event loop, of the busiest other thread, of the rest."""
    none = (0.0, 0.0)
    used = {task: [now - then for now, then in zip(after[task], before.get(task, none), strict=True)] for task in after}
    loop = used.pop(pid)  # the event loop runs in the first thread
    busiest = used.pop(max(used, key=lambda task: sum(used[task]))) if used else list(none)
    return {
        "loop_own": loop[0],
        "loop_system": loop[1],
        "writer_own": busiest[0],
        "writer_system": busiest[1],
        "other_threads": sum(map(sum, used.values())),
    }
