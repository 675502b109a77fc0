"""Statements at the driver's speed: the same meaning on both databases, and a plain refusal of what they cannot do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from runtime.statements import Statement, insert

things = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("name", sa.String(40)),
    sa.Column("size", sa.Float),
    sa.Column("seen", sa.DateTime),
)


@pytest.mark.parametrize(("kind", "mark"), [("sqlite", "?"), ("postgresql", "%s")])
def test_values_travel_in_the_order_of_their_places(kind: str, mark: str) -> None:
    update = (
        things.update()
        .where(things.c.id == sa.bindparam("key"), things.c.name == "b")
        .values(name=sa.bindparam("new_name"), size=sa.bindparam("new_size"))
    )
    compiled = Statement(update).on(kind)
    assert compiled.text.count(mark) == 4
    assert compiled.values({"key": 7, "new_size": 1.5, "new_name": "a"}) == ("a", 1.5, 7, "b")
    assert compiled.names == {"key", "new_name", "new_size"}
    assert compiled.row is None


def test_names_that_are_not_the_statements_are_refused() -> None:
    compiled = Statement(sa.select(things.c.id).where(things.c.name == sa.bindparam("name"))).on("sqlite")
    assert compiled.values({"name": "a"}) == ("a",)
    for wrong in ({}, {"nam": "a"}, {"name": "a", "more": 1}):
        with pytest.raises(TypeError):
            compiled.values(wrong)


def test_one_value_may_stand_in_two_places() -> None:
    either = sa.or_(things.c.id == sa.bindparam("id"), things.c.size == sa.bindparam("id"))
    assert Statement(sa.select(things.c.id).where(either)).on("sqlite").values({"id": 3}) == (3, 3)


def test_rows_are_named_by_their_columns() -> None:
    statement = Statement(sa.select(things.c.id, sa.func.max(things.c.size).label("most")))
    row = statement.on("postgresql").row._make((1, 2.0))
    assert (row.id, row.most) == (1, 2.0)


@pytest.mark.parametrize(
    "construct",
    [
        sa.select(things.c.id).where(things.c.id.in_([1, 2])),
        things.update().values(seen=sa.bindparam("when")),
    ],
)
def test_what_needs_sqlalchemy_is_refused(construct: object) -> None:
    with pytest.raises(TypeError, match="Not for raw speed"):
        Statement(construct).on("sqlite")


def test_a_statement_knows_whether_it_writes() -> None:
    assert not Statement(sa.select(things)).writes
    written = Statement(insert(things, "name"))
    assert written.writes
    assert not written.keeps
    assert "RETURNING" not in written.on("postgresql").text
