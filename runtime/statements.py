"""Statements at the driver's own speed: written in SQLAlchemy Core, compiled once for each kind of database."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

# The paramstyles in which values travel by position: what a driver need not look up by name is faster.
_DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": postgresql.psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the driver gets. `row` is the class of the rows, a named tuple; None for a statement that gives none."""

    text: str
    names: frozenset[str]
    row: Any
    _places: Callable[[dict[str, Any]], tuple[Any, ...]]
    _constants: dict[str, Any]

    def values(self, given: dict[str, Any]) -> tuple[Any, ...]:
        """In the order of their places; TypeError when the names are not those of the statement."""
        try:
            if len(given) == len(self.names):  # and each of them is found: then they are the same names
                return self._places({**self._constants, **given} if self._constants else given)
        except KeyError:
            pass
        raise TypeError(f"This statement takes {sorted(self.names)}, not {sorted(given)}.")


class Statement:
    """A constant of the file that runs it: `Statement(sa.select(...).where(table.c.id == sa.bindparam("id")))`.

    Values go to the driver as they are, and rows come back as they are: no types that convert, no lists (`in_`) of
    values; for those there is `tx.connection`. `keeps`: whoever runs it sees to it that `tx.keep` stays true.
    """

    __slots__ = ("_construct", "compiled", "keeps", "writes")

    def __init__(self, construct: Any, *, keeps: bool = False) -> None:
        self._construct = construct
        self.compiled: dict[str, Compiled] = {}  # by kind of database, once it was asked for
        self.writes = not isinstance(construct, sa.Select)
        self.keeps = keeps or not self.writes

    def on(self, kind: str) -> Compiled:
        """As the database of this kind reads it."""
        known = self.compiled.get(kind)
        if known is None:
            known = self.compiled[kind] = self._compile(kind)
        return known

    def _compile(self, kind: str) -> Compiled:
        made: Any = self._construct.compile(dialect=_DIALECTS[kind])
        # A float that is one already needs no converting.
        converts = any(not isinstance(made.binds[name].type, sa.Float) for name in made._bind_processors)
        if converts or made.post_compile_params or made.prefetch:
            raise TypeError(f"Not for raw speed (a converting type, a list or a default): {made.string}")
        places = made.positiontup or []
        constants = {name: made.binds[name].value for name in places if not made.binds[name].required}
        columns = [str(column.name) for column in made._result_columns]
        row = namedtuple("Row", columns) if columns else None
        return Compiled(made.string, frozenset(places) - constants.keys(), row, _picker(places), constants)


def _picker(places: list[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[name] for name in places)  # itemgetter of one name gives no tuple


def insert(table: sa.Table, *names: str) -> sa.Insert:
    """An insert of these columns that asks for no key back."""
    return sa.insert(table).values({name: sa.bindparam(name) for name in names}).inline()
