"""Parses and writes the commonest frames with msgspec and with pydantic: `python -m tests.bench.frame_parsing`.

Prints frames per CPU-second of each and their ratio, from one run, the two in turn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from bot import wire

SAY = json.dumps(
    {"v": 1, "type": "say", "data": {"client_id": "c_0123456789abcdef", "text": "Hvor er min pakke? " * 4}}
)
ROUNDS, TIMES = 7, 20_000


class Say(BaseModel):
    client_id: Annotated[str, Field(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
    text: Annotated[str, Field(max_length=65_536)]
    article: Annotated[str, Field(max_length=128)] | None = None
    new: bool = False


class SayFrame(BaseModel):
    v: Literal[1]
    type: Literal["say"]
    conversation: str | None = None
    data: Say


class Seen(BaseModel):
    seq: Annotated[int, Field(ge=0)]


class SeenFrame(BaseModel):
    v: Literal[1]
    type: Literal["seen"]
    data: Seen


class Ping(BaseModel):
    v: Literal[1]
    type: Literal["ping"]


ADAPTER: TypeAdapter[SayFrame | SeenFrame | Ping] = TypeAdapter(
    Annotated[SayFrame | SeenFrame | Ping, Field(discriminator="type")]
)


def per_second(work: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        work()
    return TIMES / (time.process_time() - began)


def main() -> None:
    ack = wire.AckFrame(v=1, conversation="01j", data=wire.Ack(client_id="c_0123456789abcdef", seq=7))
    model = SayFrame.model_validate_json(SAY)
    pairs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("parse", lambda: wire.parse_customer(SAY), lambda: ADAPTER.validate_json(SAY)),
        ("write", lambda: wire.encode(ack), lambda: model.model_dump_json()),
    ]
    for name, ours, theirs in pairs:
        runs = [(per_second(ours), per_second(theirs)) for _ in range(ROUNDS)]
        ratios = sorted(a / b for a, b in runs)
        best = max(a for a, _ in runs), max(b for _, b in runs)
        print(f"{name}: msgspec {best[0]:,.0f}/s, pydantic {best[1]:,.0f}/s, ratio {ratios[ROUNDS // 2]:.1f} (median)")


if __name__ == "__main__":
    main()
