"""YAML as plain data that knows its lines, for files that nobody here has written: no object is ever made of a tag, and
size, depth and aliases are bounded. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

MAX_DEPTH = 30
MAX_NODES = 500_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast where libyaml is there
_PLAIN_TAGS = frozenset({None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq"))})


class WrongYaml(Exception):
    """`message` goes on after "file, line 3: "; `line` is 0 where it is not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True, slots=True)
class Value:
    """A text as it is written ("no" stays "no"), a list, a mapping, or nothing; `line` counts from 1.

    `text_line`: where the words of a text begin, which is one further down for `|` and `>`.
    """

    data: str | list[Value] | dict[str, Value] | None
    line: int
    text_line: int = 0

    @property
    def text(self) -> str | None:
        return self.data if isinstance(self.data, str) else None

    @property
    def items(self) -> list[Value]:
        return self.data if isinstance(self.data, list) else []

    @property
    def fields(self) -> dict[str, Value]:
        return self.data if isinstance(self.data, dict) else {}


def read_yaml(text: str) -> Value:
    """The one document of a text; WrongYaml for whatever is broken, too deep, or wants to be more than data."""
    try:
        _check(yaml.parse(text, Loader=_LOADER))
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise WrongYaml(f"is not valid YAML: {error.problem or error.context}", mark.line + 1 if mark else 0) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise WrongYaml(f"is not valid YAML: {error.reason}", line) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise WrongYaml("is not valid YAML") from None
    return Value(None, 1) if node is None else _value(node)


def _check(events: Iterator[yaml.Event]) -> None:
    """Before anything is built: a few bytes of aliases can stand for gigabytes, and brackets for a full stack."""
    depth = nodes = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise WrongYaml("uses an anchor or alias (& or *); write the text out", line)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            nodes += 1
            if event.tag not in _PLAIN_TAGS:
                raise WrongYaml(f"has the tag {event.tag!s:.60}; only plain data is read", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise WrongYaml(f"is nested more than {MAX_DEPTH} levels deep", line)
        if nodes > MAX_NODES:
            raise WrongYaml(f"has more than {MAX_NODES:,} values", line)


def _value(node: yaml.Node) -> Value:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Value([_value(each) for each in node.value], line)
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Value] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise WrongYaml("has a name that is no text", key.start_mark.line + 1)
            if key.value in fields:
                raise WrongYaml(f"has {key.value[:60]!r} twice", key.start_mark.line + 1)
            fields[key.value] = _value(value)
        return Value(fields, line)
    block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    empty = node.tag == "tag:yaml.org,2002:null"
    return Value(None if empty else node.value, line, line + block)
