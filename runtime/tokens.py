"""Tokens that only this installation can have made: random, with a seal by the secret key of the data folder."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

RANDOM = 32  # characters, of 24 random bytes
SEAL = 22  # characters, of 128 bits


class Tokens:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self) -> str:
        """Nobody can guess one, and nobody else can make one."""
        body = secrets.token_urlsafe(24)
        return body + self._seal(body)

    def made_for(self, whom: str) -> str:
        """The same one for the same name each time; nobody outside can find it out from the name."""
        body = base64.urlsafe_b64encode(hmac.digest(self._secret, f"for {whom}".encode("utf-8", "replace"), "sha256"))
        token = body.decode()[:RANDOM]
        return token + self._seal(token)

    def is_ours(self, token: str) -> bool:
        body, seal = token[:RANDOM], token[RANDOM:]
        return hmac.compare_digest(self._seal(body).encode(), seal.encode("utf-8", "replace"))

    def _seal(self, body: str) -> str:
        digest = hmac.digest(self._secret, body.encode("utf-8", "replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode()[:SEAL]
