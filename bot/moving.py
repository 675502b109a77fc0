"""The move to another database of either kind: the same rows under the same numbers, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from bot import migrations
from bot.copying import MOMENTARY, Steps, drop, fill_and_compare, filled_with, plain_words, silent, tables_of
from runtime.alone import alone, must_exist, shown
from runtime.archive import Held
from runtime.engine import parse
from runtime.errors import BadInput, Conflict
from runtime.rows import read, tally


@dataclass(frozen=True, slots=True)
class Moved:
    tables: list[Held]
    mended: int

    @property
    def rows(self) -> int:
        return sum(held.rows for held in self.tables)


def move(source_url: str, target_url: str, tell: Steps = silent) -> Moved:
    """Copies everything into an empty database of either kind, all or nothing, while nobody uses either of them.

    The epoch moves along: the target has the same entries under the same numbers, so what browsers keep stays right.
    So do the sign-ins, which are as valid as a moment ago. The source is only read. Raises AppError.
    """
    must_exist(source_url)
    if parse(source_url) == parse(target_url):
        raise BadInput("--from and --to are the same database.")
    with plain_words(source_url), alone(source_url) as source:
        revision = migrations.revision_of(source)
        if revision is None:
            raise BadInput(f"The database {shown(source_url)} is empty: there is nothing to move.")
        migrations.refuse_newer(revision)
        tables = []
        for table in tables_of(source, MOMENTARY):
            found = tally(source, table)
            tables.append(Held(table, found.rows, found.sha256))
        with plain_words(target_url), alone(target_url) as target:
            filled = filled_with(target, target_url)
            if filled:
                raise Conflict(f"The database {shown(target_url)} is not empty ({filled}). Name an empty one in --to.")
            drop(target)
            mended = fill_and_compare(target, revision, tables, _Live(source), tell)
            migrations.raise_to(target)
            migrations.refuse_orphans(target)
    return Moved(tables, mended)


@dataclass(frozen=True, slots=True)
class _Live:
    connection: Connection

    def rows(self, held: Held) -> Iterator[Sequence[Any]]:
        return read(self.connection, held.table)
