"""Rows on their way from one database to another: the same bytes and the same checksum, whichever kind holds them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from runtime.errors import BadInput
from runtime.faults import reason

Kind = Literal["integer", "number", "text", "boolean", "bytes"]
Rows = Iterable[Sequence[Any]]
AT_ONCE = 1000  # rows in memory; more is not faster
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# How each kind stands in a line. An integer is what a column of 64 bits holds; bytes are base64.
_TYPES: dict[Kind, Any] = {
    "integer": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    "number": float,
    "text": str,
    "boolean": bool,
    "bytes": bytes,
}


class Column(msgspec.Struct, frozen=True):
    name: str
    kind: Kind


class Table(msgspec.Struct, frozen=True):
    """A table as it stands in one revision; `key` are the columns that put its rows in order."""

    name: str
    columns: list[Column]
    key: list[str]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def describe(connection: Connection, names: Iterable[str]) -> list[Table]:
    """The tables of these names that the database has, in the order of `names`."""
    inspector = sa.inspect(connection)
    there = set(inspector.get_table_names())
    found = []
    for name in names:
        if name in there:
            columns = [Column(str(one["name"]), _kind(one["type"])) for one in inspector.get_columns(name)]
            found.append(
                Table(name, columns, [str(key) for key in inspector.get_pk_constraint(name)["constrained_columns"]])
            )
    return found


def _kind(type_: sa.types.TypeEngine[Any]) -> Kind:
    if isinstance(type_, sa.Boolean):
        return "boolean"
    if isinstance(type_, sa.Integer):
        return "integer"
    if isinstance(type_, (sa.Float, sa.Numeric)):
        return "number"
    if isinstance(type_, sa.LargeBinary):
        return "bytes"
    return "text"


# -- a row as a line ---------------------------------------------------------------------------------------


class Lines:
    """Turns rows of a table into lines of JSON and back. A line is an array in the order of the columns."""

    def __init__(self, table: Table) -> None:
        self._odd = [
            (place, one.kind) for place, one in enumerate(table.columns) if one.kind not in ("integer", "text")
        ]
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(tuple[tuple(_TYPES[one.kind] | None for one in table.columns)])  # type: ignore[misc]

    def line(self, row: Sequence[Any]) -> bytes:
        values = list(row)
        for place, kind in self._odd:
            if values[place] is None:
                continue
            if kind == "boolean":  # SQLite keeps 0 and 1
                values[place] = bool(values[place])
            elif kind == "number":
                values[place] = float(values[place])
            else:
                values[place] = base64.b64encode(values[place]).decode()
        return self._encoder.encode(values) + b"\n"

    def row(self, line: bytes) -> Sequence[Any]:
        """The values as a database takes them; ValueError for a line that is not one of this table."""
        values: Sequence[Any] = self._decoder.decode(line)
        return values


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows, and the SHA-256 of their lines."""

    rows: int
    sha256: str

    @classmethod
    def of(cls, table: Table, rows: Rows, out: Callable[[bytes], object] | None = None) -> Tally:
        """Of these rows; each line is given to `out` on the way."""
        lines, count, digest = Lines(table), 0, hashlib.sha256()
        for row in rows:
            line = lines.line(row)
            digest.update(line)
            count += 1
            if out is not None:
                out(line)
        return cls(count, digest.hexdigest())


# -- out of a database, and in -----------------------------------------------------------------------------


def read(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """Every row in the order of its key, streamed. That order is the same everywhere: texts compare by their bytes."""
    quote = connection.dialect.identifier_preparer.quote
    bytewise = ' COLLATE "C"' if connection.dialect.name == "postgresql" else ""
    kinds = {column.name: column.kind for column in table.columns}
    order = ", ".join(quote(name) + (bytewise if kinds[name] == "text" else "") for name in table.key)
    columns = ", ".join(map(quote, table.names))
    statement = sa.text(f"SELECT {columns} FROM {quote(table.name)} ORDER BY {order}")  # noqa: S608 - names of tables
    options = {"stream_results": True, "yield_per": AT_ONCE}
    for rows in connection.execute(statement, execution_options=options).partitions(AT_ONCE):
        yield from rows


def tally(connection: Connection, table: Table, over: Callable[[Rows], Rows] = iter) -> Tally:
    """Counts and hashes what the database holds. `over` may look at the rows as they pass."""
    return Tally.of(table, over(read(connection, table)))


def fill(connection: Connection, table: Table, rows: Rows) -> None:
    """Puts rows in, streamed. BadInput names the table when the database does not take one of them."""
    try:
        if connection.dialect.name == "postgresql":
            _copy(connection, table, rows)
            return
        quote = connection.dialect.identifier_preparer.quote
        places = ", ".join("?" * len(table.columns))
        names = ", ".join(map(quote, table.names))
        insert = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({places})"  # noqa: S608 - names of tables
        for some in _batches(rows):
            connection.exec_driver_sql(insert, some)
    except (sa.exc.DataError, sa.exc.IntegrityError, _driver_error(connection)) as error:
        raise BadInput(
            f"A row of the table {table.name} was not taken: {reason(error)}. Nothing was changed."
        ) from error


def _copy(connection: Connection, table: Table, rows: Rows) -> None:
    """PostgreSQL's COPY: about ten times as fast as INSERT."""
    quote = connection.dialect.identifier_preparer.quote
    driver: Any = connection.connection.driver_connection
    names = ", ".join(map(quote, table.names))
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _driver_error(connection: Connection) -> type[Exception]:
    error: type[Exception] = connection.dialect.loaded_dbapi.Error
    return error


def _batches(rows: Rows) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(tuple(row))
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def without_nul(row: Sequence[Any]) -> tuple[Sequence[Any], int]:
    """PostgreSQL cannot keep U+0000 in a text, SQLite can. The row with U+FFFD instead, and how many texts had it."""
    found = [place for place, value in enumerate(row) if isinstance(value, str) and "\0" in value]
    if not found:
        return row, 0
    values = list(row)
    for place in found:
        values[place] = values[place].replace("\0", REPLACEMENT)
    return values, len(found)


def set_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """PostgreSQL numbers rows by a sequence of its own, which knows nothing of rows that brought their number."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in tables:
        for column in table.columns:
            if column.kind != "integer" or column.name not in table.key:
                continue
            place = {"table": quote(table.name), "column": column.name}
            sequence = connection.scalar(sa.text("SELECT pg_get_serial_sequence(:table, :column)"), place)
            if sequence is not None:
                most = f"SELECT max({quote(column.name)}) FROM {quote(table.name)}"  # noqa: S608 - names of tables
                last = connection.scalar(sa.text(most))
                advance = sa.text("SELECT setval(CAST(:sequence AS regclass), :at, :used)")
                connection.execute(advance, {"sequence": sequence, "at": last or 1, "used": last is not None})
