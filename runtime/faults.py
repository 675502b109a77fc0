"""Faults of the database, whoever reports them (SQLAlchemy or a driver): whose fault it is, and what users are told."""

from __future__ import annotations

import sqlite3
from enum import Enum
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from runtime.errors import BadInput, Unavailable

NOT_TAKEN = "The database did not take this. Nothing was stored; it may be sent again."
AGAIN_S = 2.0  # when it is worth trying again after a fault that goes away by itself


class StorageFull(Unavailable):
    code = "storage"


class Overtaken(Exception):
    """A verb raises it when another transaction was faster at what it was about to write: it is done again, and sees
    that."""


class Fault(Enum):
    """What a transaction can do about it."""

    OWN = "own"  # the verb's: it is told, the others go on
    COLLIDED = "collided"  # two transactions wanted the same rows: alone, each gets them
    LOST = "lost"  # the connection is gone: another one may do
    STORAGE = "storage"  # the disk or the rights: nobody can write now


# SQLSTATE of PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
_COLLISIONS = frozenset({"40001", "40P01", "55P03"})
# admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, too_many_connections,
# idle_in_transaction_session_timeout, read_only_sql_transaction (the server has become a standby).
_LOSSES = frozenset({"57P01", "57P02", "57P03", "57P04", "53300", "25P03", "25006"})
_OWN = ("DataError", "IntegrityError", "ProgrammingError", "NotSupportedError")


def drivers_error(error: BaseException) -> BaseException:
    """What the driver said, without SQLAlchemy's wrapping."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def reason(error: BaseException) -> str:
    """The first line of what the driver said, for people who have to do something about it."""
    return str(drivers_error(error)).strip().split("\n", 1)[0]


def sort(error: BaseException) -> Fault:
    """Whose fault it is. Anything that is no database's error is the verb's own."""
    cause: Any = drivers_error(error)
    if isinstance(cause, Overtaken):
        return Fault.COLLIDED
    if isinstance(cause, sqlite3.Error):
        return Fault.OWN if type(cause).__name__ in _OWN else Fault.STORAGE
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Fault.LOST
    state = getattr(cause, "sqlstate", None)
    if state in _COLLISIONS:
        return Fault.COLLIDED
    if state is not None and (state in _LOSSES or state.startswith("08")):
        return Fault.LOST
    if type(cause).__module__.startswith("psycopg"):
        if any(base.__name__ in _OWN for base in type(cause).__mro__):
            return Fault.OWN
        # Without a state it was not the server that spoke: the line is down, or there is no server to be reached.
        return Fault.LOST if state is None else Fault.STORAGE
    return Fault.STORAGE if isinstance(error, DBAPIError) else Fault.OWN


def told(error: Exception) -> Exception:
    """A verb's own error as its caller gets it: what no column can hold is bad input, such as NUL in PostgreSQL."""
    if isinstance(drivers_error(error), OverflowError) or _named(error, "DataError"):
        answer = BadInput("The database cannot hold this value.")
        answer.__cause__ = error
        return answer
    return error


def unavailable(error: Exception) -> Unavailable:
    """What everybody in a failed transaction is told. Nothing was stored."""
    text, kind = str(drivers_error(error)), metric(error)
    answer: Unavailable
    if kind == "full":
        answer = StorageFull("The disk is full. Nothing of this was stored; make room and send it again.")
    elif kind == "read_only":
        answer = StorageFull("The database cannot be written to. Check the owner and the mode of the data folder.")
    elif "locked" in text or "busy" in text:
        answer = Unavailable("Another program holds the database. Try again in a moment.", retry_after=AGAIN_S)
    elif sort(error) in (Fault.LOST, Fault.COLLIDED):
        answer = Unavailable("The database cannot be reached. Try again in a moment.", retry_after=AGAIN_S)
    else:
        answer = StorageFull(NOT_TAKEN)
    answer.__cause__ = error
    return answer


def metric(error: BaseException) -> str:
    """Its kind in `svardesk_storage_faults_total`."""
    text = str(drivers_error(error))
    if "full" in text or "No space" in text:
        return "full"
    if "readonly" in text or "read-only" in text:
        return "read_only"
    return "lost" if sort(error) is Fault.LOST else "other"


def is_databases(error: BaseException) -> bool:
    return isinstance(error, (SQLAlchemyError, sqlite3.Error)) or type(error).__module__.startswith("psycopg")


def _named(error: BaseException, name: str) -> bool:
    return any(base.__name__ == name for base in type(drivers_error(error)).__mro__)
