"""G1, G2 and G4: what one message costs, against a bare echo and against the plain server, and how soon it is acked."""

from __future__ import annotations

import statistics
from pathlib import Path

from tests.bench.job import Job
from tests.bench.load import generate
from tests.bench.report import Bound, Row, quantile
from tests.bench.server import baseline, serving

# A customer may send 20 frames a second: of fewer customers, a server as quick as this one would refuse some.
CUSTOMERS = 200
ROUNDS = 3  # of each in turn, and the median of them: what else the machine does changes from second to second


def cost(folder: Path, seconds: float = 6) -> list[Row]:
    """Acked and answered messages for each CPU second of the server's process, one after the other on the same core."""
    found: dict[str, list[float]] = {"echo": [], "skeleton": [], "svardesk": []}
    details: dict[str, float] = {"customers": CUSTOMERS}
    for number in range(ROUNDS):
        with baseline("echo", folder) as target:
            seen, used = generate(Job("echo", target.port, sockets=CUSTOMERS, seconds=seconds), target.pids)
            found["echo"].append(seen.answered / used)
        with baseline("skeleton", folder) as target:
            seen, used = generate(Job("skeleton", target.port, sockets=CUSTOMERS, seconds=seconds), target.pids)
            found["skeleton"].append(min(seen.acked, seen.answered) / used)
        with serving(folder / f"cost-{number}") as target:
            job = Job("ask", target.port, target.path, target.origin, sockets=CUSTOMERS, seconds=seconds)
            threads: dict[str, float] = {}
            seen, used = generate(job, target.pids, threads=threads)
            found["svardesk"].append(min(seen.acked, seen.answered) / used)
            details |= {f"{name}_us": 1e6 * value / seen.answered for name, value in threads.items()}
            details["answers_per_s"] = seen.answered / seen.seconds
            details["lost_sockets"] = seen.lost
    per_cpu = {name: statistics.median(values) for name, values in found.items()}
    details["cpu_us_per_message"] = 1e6 / per_cpu["svardesk"]
    details |= {f"{name}_per_cpu_s": value for name, value in per_cpu.items()}
    against_echo = Bound("", per_cpu["svardesk"] / per_cpu["echo"], 0.08, 0.14, "x")
    against_skeleton = Bound("", per_cpu["svardesk"] / per_cpu["skeleton"], 6, 10, "x")
    return [
        Row(
            "G1", "acked and answered messages per CPU-second, against a bare websocket echo", (against_echo,), details
        ),
        Row("G2", "the same against the plain FastAPI server", (against_skeleton,), details),
    ]


def ack_latency(folder: Path, seconds: float = 10, chats: int = 1000, rate: float = 500) -> Row:
    """1,000 open chats, 500 messages a second, whatever the server does; every commit is on the disk."""
    with serving(folder / "latency") as target:
        job = Job("rate", target.port, target.path, target.origin, chats, seconds, warm_s=3, rate=rate)
        seen, used = generate(job, target.pids)
    p50, p99 = quantile(seen.ack_s, 0.5) * 1000, quantile(seen.ack_s, 0.99) * 1000
    details = {
        "acked": seen.acked,
        "answered": seen.answered,
        "per_s": seen.acked / seconds,
        "answer_p50_ms": quantile(seen.answer_s, 0.5) * 1000,
        "answer_p99_ms": quantile(seen.answer_s, 0.99) * 1000,
        "server_cores": used / seconds,
    }
    if seen.acked < 0.9 * rate * seconds:  # it did not keep up: a latency of the few would be a lie
        p50 = p99 = float("inf")
    bounds = (Bound("p50", p50, 5, 2, " ms", lower=True), Bound("p99", p99, 50, 15, " ms", lower=True))
    return Row("G4", "time to the ack, 1,000 open chats, 500 messages a second", bounds, details)
