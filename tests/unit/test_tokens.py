"""Tokens carry a seal: one that was not made here is recognised without asking the database."""

from __future__ import annotations

import pytest

from runtime.tokens import Tokens

OURS = Tokens(b"a" * 32)


def test_knows_its_own_and_no_two_are_alike() -> None:
    made = {OURS.make() for _ in range(100)}
    assert len(made) == 100
    assert all(OURS.is_ours(token) for token in made)
    assert all(len(token) == 54 for token in made)


def test_another_key_makes_other_tokens() -> None:
    assert not OURS.is_ours(Tokens(b"b" * 32).make())


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 54, "\ud800" * 54, "æ" * 54, "x" * 10_000])
def test_refuses_what_it_did_not_make(token: str) -> None:
    assert not OURS.is_ours(token)


def test_one_changed_letter_breaks_the_seal() -> None:
    token = OURS.make()
    assert not OURS.is_ours(("A" if token[0] != "A" else "B") + token[1:])
    assert not OURS.is_ours(token[:-1])
