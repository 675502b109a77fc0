"""Two admins who change accounts at the same moment, on two connections of either kind of database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runtime import accounts
from runtime.accounts import Account, EmailTaken, LastAdmin
from runtime.db import Database, Tx
from tests.shop import new_database

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"
MEET_S = 0.5  # SQLite lets only one in: the other waits outside


@pytest.fixture
def databases(database_url: str) -> Iterator[tuple[Database, Database]]:
    both = new_database(database_url), new_database(database_url)
    yield both
    for db in both:
        db.engine.dispose()


def at_once(databases: tuple[Database, Database], *verbs: Callable[[Tx], Any]) -> list[Any]:
    """What came of each: its result or its error. None commits before the other has done its work, where that goes."""
    done = [threading.Event(), threading.Event()]
    found: list[Any] = [None, None]

    def work(place: int) -> None:
        def verb(tx: Tx) -> Any:
            result = verbs[place](tx)
            done[place].set()
            done[1 - place].wait(MEET_S)
            return result

        try:
            found[place] = databases[place].write_now(verb)
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=work, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def named(name: str) -> Callable[[Tx], Account]:
    return lambda tx: accounts.add_account(tx, f"{name}@lyngvidde.dk", name, "admin", HASH, "da")


def test_one_admin_is_left_of_two_who_step_down_at_once(databases: tuple[Database, Database]) -> None:
    first, second = (databases[0].write_now(named(name)) for name in ("Synne", "Maja"))
    found = at_once(
        databases,
        lambda tx: accounts.change_account(tx, first.id, role="agent"),
        lambda tx: accounts.change_account(tx, second.id, disabled=True),
    )
    assert [type(one) for one in found if isinstance(one, Exception)] == [LastAdmin]
    left = [one for one in databases[0].read_now(accounts.accounts) if one.role == "admin" and not one.disabled]
    assert len(left) == 1


def test_of_two_accounts_with_one_address_the_second_is_told(databases: tuple[Database, Database]) -> None:
    found = at_once(databases, named("Synne"), named("Synne"))
    assert [type(one) for one in found if isinstance(one, Exception)] == [EmailTaken]
    assert len(databases[0].read_now(accounts.accounts)) == 1
