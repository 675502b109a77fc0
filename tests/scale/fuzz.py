"""A small coverage-guided fuzzer for the frame parser: `python -m tests.scale.fuzz SECONDS`.

The parser's branches are msgspec's, in C, where no tracer of Python sees them; what it says about a frame tells them
apart. A new outcome (the frame's type, or the refusal with its numbers and quotes taken out) is new coverage, and the
input that reached it is kept and mutated further. Line events of bot/wire.py count as well.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from bot import wire

SEEDS = Path(__file__).parent / "seeds"
Parser = Callable[[str | bytes], Any]
PARSERS: dict[str, Parser] = {"customer": wire.parse_customer, "staff": wire.parse_staff}
WORDS = [b'"', b"{", b"}", b"[", b"]", b":", b",", b"null", b"true", b"1e309", b"-1", b"9" * 40, b"0.1", b"\\u0000"]
WORDS += [
    b"\\ud800",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x00",
    b"\r\n",
    b"[" * 3000,
    b" " * 300,
]
WORDS += [
    b'"v"',
    b'"type"',
    b'"data"',
    b'"client_id"',
    b'"resume"',
    b'"after_seq"',
    b'"conversation"',
    b"A" * 70,
    b"1" * 5000,
]


@dataclass(slots=True)
class Fuzzed:
    """`failures`: inputs that ended in something else than a frame or a BadFrame, with what it was."""

    tried: int = 0
    corpus: list[bytes] = field(default_factory=list)
    outcomes: set[str] = field(default_factory=set)
    failures: list[tuple[str, bytes, str]] = field(default_factory=list)


def fuzz(seconds: float, seed: int = 0, most: int = 10**9) -> Fuzzed:
    """Both parsers with everything it can think of, for so long, or `most` tries."""
    chance = random.Random(seed)  # noqa: S311 - a fuzzer's dice
    found = Fuzzed(corpus=seeds())
    for data in tuple(found.corpus):
        _try_all(found, data, keep=False)
    end = time.monotonic() + seconds
    while time.monotonic() < end and found.tried < most and not found.failures:
        _try_all(found, mutate(chance.choice(found.corpus), found.corpus, chance), keep=True)
    return found


def seeds() -> list[bytes]:
    """A right frame of every type, one a line, and what was found earlier."""
    return [line.encode() for file in sorted(SEEDS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]


def _try_all(found: Fuzzed, data: bytes, keep: bool) -> None:
    new = False
    for name, parser in PARSERS.items():
        for given in (data, data.decode("utf-8", "surrogatepass" if _passes(data) else "replace")):
            found.tried += 1
            outcome = f"{name} {_outcome(found, name, parser, given)}"
            new |= outcome not in found.outcomes
            found.outcomes.add(outcome)
    if new and keep:
        found.corpus.append(data)


def _passes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _outcome(found: Fuzzed, name: str, parser: Parser, given: str | bytes) -> str:
    lines: set[int] = set()

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.endswith("wire.py"):
            return None
        if event == "line":
            lines.add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        said = type(parser(given)).__name__
    except wire.BadFrame as error:
        said = _shape(str(error))
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"[:200]
        raw = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
        found.failures.append((name, raw, said))
    finally:
        sys.settrace(before)
    return f"{said} {sorted(lines)}"


def _shape(sentence: str) -> str:
    """The refusal without what is the input's own: numbers, quoted values, all but the place in the frame."""
    said, _, place = sentence.partition(" - at ")
    said = re.sub(r"'.*'", "*", said, flags=re.DOTALL)
    return re.sub(r"\d+", "#", f"{said} {place}")[:120]


def mutate(data: bytes, corpus: list[bytes], chance: random.Random) -> bytes:
    """One to four changes: of bytes, of words, of values in the JSON, of halves with another input."""
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        match chance.randrange(8):
            case 0:
                data = data[:at] + chance.choice(WORDS) + data[at:]
            case 1:
                data = data[:at] + chance.choice(WORDS) + data[end:]
            case 2:
                data = data[:at] + data[end:]
            case 3:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case 4:
                data = data[:end] + data[at:]
            case 5:
                other = chance.choice(corpus)
                data = data[:at] + other[chance.randint(0, len(other)) :]
            case _:
                data = _change_json(data, chance)
    return data[:100_000]


def _change_json(data: bytes, chance: random.Random) -> bytes:
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return data
    places = [(whole, key) for key in whole] if isinstance(whole, dict) else []
    inner = whole.get("data") if isinstance(whole, dict) else None
    if isinstance(inner, dict):
        places += [(inner, key) for key in inner]
    if not places:
        return data
    holder, key = chance.choice(places)
    strange: list[Any] = [None, True, -1, 2**63, 2**70, 1.5, "", "x", "x" * 200, "\u0000", "æøå", [], {}, [{}], [[1]]]
    if chance.random() < 0.15:
        del holder[key]
    else:
        holder[key] = chance.choice([*strange, [{"conversation": "c", "after_seq": 1}] * 70, *holder.values()])
    return json.dumps(whole, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def main() -> None:
    found = fuzz(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, seed=time.time_ns())
    print(f"{found.tried:,} tries, {len(found.outcomes)} outcomes, {len(found.corpus)} inputs kept")
    for name, data, said in found.failures:
        print(f"FAILED parse_{name}: {said}\n  {data!r}")
    sys.exit(bool(found.failures))


if __name__ == "__main__":
    main()
