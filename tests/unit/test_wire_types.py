"""The browser's types of the frames are those of the server."""

from __future__ import annotations

from bot import wire_types


def test_committed_types_are_what_the_definitions_say() -> None:
    assert wire_types.TARGET.read_text(encoding="utf-8") == wire_types.typescript(), (
        "widget/shared/wire.d.ts is out of step: run `python -m bot.wire_types` and commit it."
    )


def test_required_and_optional_fields_are_told_apart() -> None:
    text = wire_types.typescript()
    ack = text[text.index("export interface Ack {") :]
    assert ack.startswith("export interface Ack {\n  client_id: string;\n  seq: number;\n}")
    queue = text[text.index("export interface Queue {") :]
    assert queue.startswith("export interface Queue {\n  position: number;\n  wait_s?: [number, number] | null;\n}")


def test_every_event_is_an_entry() -> None:
    text = wire_types.typescript()
    union = text[text.index("export type EntryData") :].split(";", 1)[0]
    for name in ("Said", "Answered", "Offered", "Replied", "Rated", "Hidden"):
        assert f"| {name}" in union
