"""Who is asking: the session cookie, the protection against forged requests, and the dependency `require` for doors."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from runtime import accounts, passwords, shared_limits
from runtime.accounts import Account, BadCredentials
from runtime.db import Database, Tx
from runtime.errors import Forbidden, TooMany, Unauthorized
from runtime.limits import Buckets, household
from runtime.metrics import REFUSED
from runtime.settings import Settings

COOKIE = "svardesk_session"
CSRF_HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CHECKS_AT_ONCE = 2  # argon2 takes 64 MiB and a core each: more would let strangers fill the memory

SIGN_IN = "sign-in "  # how the keys of the shared buckets begin
SWEEP_S = 60.0


class ForgedRequest(Forbidden):
    code = "forged_request"


def database_of(connection: HTTPConnection) -> Database:
    db: Database = connection.app.state.db
    return db


def settings_of(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.app.state.settings
    return settings


def address_of(connection: HTTPConnection) -> str:
    """The address of the peer; that of the browser when a trusted proxy has said so."""
    return connection.client.host if connection.client else "unknown"


def is_own_origin(connection: HTTPConnection) -> bool:
    """Whether the request comes from one of our own pages, or from no page at all (no `Origin` header)."""
    origin = connection.headers.get("origin")
    return origin is None or origin in settings_of(connection).own_origins


async def _session(connection: HTTPConnection) -> tuple[Account, str] | None:
    token = connection.cookies.get(COOKIE)
    return await database_of(connection).read(accounts.session_of, token) if token else None


async def session_of_request(request: Request) -> tuple[Account, str]:
    """Account and CSRF token. Unauthorized without a session; ForgedRequest for an unsafe method without proof."""
    found = await _session(request)
    if found is None:
        raise Unauthorized("Please sign in.")
    if request.method not in SAFE and (
        not is_own_origin(request) or not _same(request.headers.get(CSRF_HEADER, ""), found[1])
    ):
        raise ForgedRequest("This request did not come from one of our own pages. Reload the page and try again.")
    return found


def _same(given: str, right: str) -> bool:
    return passwords.same(given.encode("utf-8", "surrogateescape"), right.encode("ascii"))


def require(*roles: str) -> Callable[[Request], Awaitable[Account]]:
    """A FastAPI dependency that gives the account: `account: Annotated[Account, Depends(require("agent"))]`.

    Without roles anybody of the staff passes; an admin always does.
    """

    async def check(request: Request) -> Account:
        account, _csrf = await session_of_request(request)
        if not account.may(*roles):
            raise Forbidden("Your account may not do this. Ask an admin if it should.")
        return account

    return check


async def keep_session(connection: HTTPConnection, token: str) -> None:
    """Lets the session go on, for whoever is still there."""
    db = database_of(connection)
    if await db.read(accounts.is_ageing, token):
        await db.write(accounts.keep_session, token)


async def account_of_websocket(websocket: WebSocket) -> Account | None:
    """The account of a staff socket; None without a session, or when a foreign page (or no page) opened the socket."""
    if websocket.headers.get("origin") not in settings_of(websocket).own_origins:
        return None
    token = websocket.cookies.get(COOKIE)
    found = await _session(websocket)
    if token is None or found is None:
        return None
    await keep_session(websocket, token)
    return found[0]


class SignInGate:
    """Slows guessing down: a bucket for each address and one for each account, and few password checks at once.

    The buckets of this process refuse a flood without asking the database; those in the database count for all workers.
    """

    def __init__(self, settings: Settings) -> None:
        self._rate, self._burst = 1 / settings.login_pause_s, settings.login_tries
        self._here = Buckets(self._rate, self._burst)
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._swept_s = float("-inf")

    async def sign_in(self, db: Database, address: str, email: str, password: str) -> tuple[str, str, Account]:
        """Token, CSRF token and account. BadCredentials says nothing about which of the two was wrong; TooMany."""
        # Not the address as it was typed: now and then it is a password in the wrong field.
        whose = hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()[:32]
        keys = (f"{SIGN_IN}address {household(address)}"[:160], f"{SIGN_IN}account {whose}")
        now_s = time.monotonic()
        wait_s = max(self._here.take(key, now_s) for key in keys)
        if not wait_s:
            wait_s = await db.write(shared_limits.take, keys, self._rate, self._burst)
        if wait_s > 0:
            REFUSED["sign_in"].inc()
            raise TooMany("Too many tries. Wait a moment before the next one.", retry_after=wait_s)
        known = await db.read(accounts.password_of, email)
        async with self._checks:
            right = await asyncio.to_thread(passwords.matches, known[1] if known else None, password)
        if known is None or not right:
            if now_s - self._swept_s > SWEEP_S:
                self._swept_s = now_s
                await db.write(shared_limits.sweep, SIGN_IN, self._rate, self._burst)
            raise BadCredentials("The e-mail address or the password is wrong.")
        self._here.give_back(keys[1])
        self._here.refund(keys[0])
        return await db.write(_signed_in, known[0], keys, self._burst)

    async def hash(self, password: str) -> str:
        """The hash of a new password, made off the event loop."""
        async with self._checks:
            return await asyncio.to_thread(passwords.hash_password, password)


def _signed_in(tx: Tx, account_id: str, keys: tuple[str, str], burst: float) -> tuple[str, str, Account]:
    """The session; what the tries used is given back, to the address one: an office behind it signs in each morning."""
    shared_limits.refund(tx, keys[0], burst)
    shared_limits.give_back(tx, keys[1])
    return accounts.sign_in(tx, account_id)


def gate_of(request: Request) -> SignInGate:
    """One for each app, made at its first use."""
    state = request.app.state
    if not hasattr(state, "sign_in_gate"):
        state.sign_in_gate = SignInGate(state.settings)
    gate: SignInGate = state.sign_in_gate
    return gate


def set_cookie(response: Response, settings: Settings, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=accounts.SESSION_MS // 1000,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(COOKIE, path="/", secure=settings.secure, httponly=True, samesite="strict")
