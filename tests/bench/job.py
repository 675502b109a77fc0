"""What a load generator is to do, and what it saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Job:
    """`ask`: each customer waits for ack and answer, then asks again. `echo`: the same against a server that echoes.

    `skeleton`: against the plain server of `baselines`. `rate`: `rate` messages a second over all open chats, whatever
    the server does. `connect`: a new socket as soon as a slot is free, closed after its welcome. `idle`: opens the
    sockets, prints a line, and holds them until standard input ends. `unique`: no two texts are the same.
    """

    kind: Literal["ask", "echo", "skeleton", "rate", "connect", "idle"]
    port: int
    path: str = "/"
    origin: str = ""
    sockets: int = 50
    seconds: float = 5.0
    warm_s: float = 1.0
    rate: float = 0.0
    texts: list[str] = field(default_factory=lambda: ["Hvor er min pakke, og hvornår kommer den?"])
    prefix: str = "a"
    unique: bool = False


@dataclass(slots=True)
class Seen:
    """What came back within the measured seconds. Latencies are seconds from sending to the ack, or to the answer.

    `acks_of[n]`: how many of the messages of customer n were acked in all; `client_id` gives their names.
    """

    acked: int = 0
    answered: int = 0
    opened: int = 0
    errors: int = 0
    lost: int = 0
    seconds: float = 0.0
    ack_s: list[float] = field(default_factory=list)
    answer_s: list[float] = field(default_factory=list)
    acks_of: list[int] = field(default_factory=list)
