"""Passwords: argon2id hashes (RFC 9106, the parameters for little memory), and random ones for new accounts."""

from __future__ import annotations

import hmac
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from runtime.errors import BadInput

SHORTEST = 10
LONGEST = 200  # argon2 takes any length; this keeps a megabyte of password from costing time

_HASHER = PasswordHasher()
_SYLLABLES = [consonant + vowel for consonant in "bdfghklmnrstv" for vowel in "aeio"]


class WeakPassword(BadInput):
    code = "weak_password"


def hash_password(password: str) -> str:
    """The hash to store; about 50 ms of one core, so not on the event loop. WeakPassword when too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password needs between {SHORTEST} and {LONGEST} characters.")
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash (an unknown account) it takes as long as with one."""
    if len(password) > LONGEST:
        return False
    try:
        right = _HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def same(given: bytes, right: bytes) -> bool:
    """Compared in a time that does not tell how much of it was right."""
    return hmac.compare_digest(given, right)


def make_password() -> str:
    """Four groups such as `lomi-kava-tedo-sife`, which can be read out and typed: 2 of 52 syllables each, 45 bits."""
    return "-".join("".join(secrets.choice(_SYLLABLES) for _ in range(2)) for _ in range(4))
