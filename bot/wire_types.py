"""Writes widget/shared/wire.d.ts from the frames of bot/wire.py and the events of conversation/events.py.

Run `python -m bot.wire_types` after either has changed; a test compares the file with what this would write.
"""

from __future__ import annotations

import types
import typing
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect as shape

from bot import wire
from conversation import events

TARGET = Path(__file__).parent.parent / "widget" / "shared" / "wire.d.ts"

_HEAD = """\
// Written by bot/wire_types.py from bot/wire.py and conversation/events.py: change those, then run it again.
// A field with a default may be absent from a frame, hence the question marks.
"""

_HIDDEN = """\
/** An entry that is not for this reader: it only moves the number on. */
export interface Hidden { kind: "hidden" }
"""


def typescript() -> str:
    """The whole file: one interface for each struct and event, and the unions that name who sends what."""
    unions: dict[str, tuple[Any, ...]] = {
        "CustomerFrame": typing.get_args(wire.CustomerFrame),
        "StaffFrames": typing.get_args(wire.StaffFrames),
        "ServerFrame": typing.get_args(wire.ServerFrame),
    }
    parts = [_HEAD, _interface("Source", _event_fields(events.Source))]
    for event in events.KINDS.values():
        lines = [f'kind: "{event.kind}"', "client_id?: string", *_event_fields(event)]
        parts.append(_interface(event.__name__, lines))
    parts.append(_HIDDEN)
    names = [event.__name__ for event in events.KINDS.values()]
    parts.append(_union("EntryData", [*names, "Hidden"]))
    written: dict[str, str] = {}
    for members in unions.values():
        for member in members:
            _struct(shape.type_info(member), written)
    parts.extend(written.values())
    parts.extend(_union(name, [member.__name__ for member in members]) for name, members in unions.items())
    return "\n".join(parts)


def write() -> None:
    TARGET.write_text(typescript(), encoding="utf-8")


def _interface(name: str, lines: list[str]) -> str:
    body = "".join(f"  {line};\n" for line in lines)
    return f"export interface {name} {{\n{body}}}\n"


def _union(name: str, members: list[str]) -> str:
    return f"export type {name} =\n" + "".join(f"  | {member}\n" for member in members).rstrip() + ";\n"


def _struct(info: shape.Type, written: dict[str, str]) -> None:
    """Adds the struct after those that it mentions."""
    if not isinstance(info, shape.StructType) or info.cls.__name__ in written:
        return
    name = info.cls.__name__
    lines = [f'{info.tag_field}: "{info.tag}"'] if info.tag_field else []
    for field in info.fields:
        text = "EntryData" if (name, field.name) == ("EntryFrame", "data") else _of_struct(field.type, written)
        lines.append(f"{field.encode_name}{'' if field.required else '?'}: {text}")
    written[name] = _interface(name, lines)


def _of_struct(info: shape.Type, written: dict[str, str]) -> str:
    match info:
        case shape.StructType():
            _struct(info, written)
            return info.cls.__name__
        case shape.UnionType():
            return " | ".join(_of_struct(item, written) for item in info.types)
        case shape.LiteralType():
            return " | ".join(_literal(value) for value in info.values)
        case shape.TupleType():
            return f"[{', '.join(_of_struct(item, written) for item in info.item_types)}]"
        case shape.ListType():
            return f"{_bracket(_of_struct(info.item_type, written))}[]"
        case shape.StrType():
            return "string"
        case shape.IntType() | shape.FloatType():
            return "number"
        case shape.BoolType():
            return "boolean"
        case shape.NoneType():
            return "null"
        case shape.DictType():
            return "Record<string, unknown>"
    raise TypeError(f"wire.d.ts has no word for {info!r}.")


def _event_fields(event: type[Any]) -> list[str]:
    hints = typing.get_type_hints(event)
    lines = []
    for field in msgspec.structs.fields(event):
        optional = not field.required
        lines.append(f"{field.name}{'?' if optional else ''}: {_of_hint(hints[field.name])}")
    return lines


def _of_hint(hint: Any) -> str:
    plain = {str: "string", int: "number", float: "number", bool: "boolean", types.NoneType: "null"}
    if hint in plain:
        return plain[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " | ".join(_literal(member.value) for member in hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return f"{_bracket(_of_hint(arguments[0]))}[]"
    if origin is dict:
        return "Record<string, unknown>"
    if origin in (types.UnionType, typing.Union):
        return " | ".join(_of_hint(argument) for argument in arguments)
    raise TypeError(f"wire.d.ts has no word for {hint!r}.")


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _bracket(text: str) -> str:
    return f"({text})" if " | " in text else text


if __name__ == "__main__":
    write()
