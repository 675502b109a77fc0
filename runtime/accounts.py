"""Staff accounts and their sign-ins, as verbs. Passwords are checked outside of transactions: argon2 is slow."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import col, select

from runtime.db import Tx
from runtime.errors import BadInput, Conflict, NotFound, Unauthorized
from runtime.passwords import hash_password
from runtime.tables import AccountRow, LoginRow

LANGUAGES = ("en", "da", "sv", "nb", "nn")
SESSION_MS = 14 * 24 * 3_600_000
SLIDE_MS = 24 * 3_600_000
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s.\x00-\x1f]+")


class Role(StrEnum):
    agent = "agent"
    knowledge_manager = "knowledge_manager"
    director = "director"
    admin = "admin"  # passes every check of a role


class BadCredentials(Unauthorized):
    code = "bad_credentials"


class EmailTaken(Conflict):
    code = "email_taken"


class LastAdmin(Conflict):
    code = "last_admin"


@dataclass(frozen=True, slots=True)
class Account:
    """Who somebody is; what may be shown to other staff. `created_at` in milliseconds."""

    id: str
    email: str
    name: str
    role: Role
    language: str
    disabled: bool
    created_at: int

    def may(self, *roles: str) -> bool:
        """Whether the account has one of the roles; an admin has all. No roles named: every account may."""
        return not roles or self.role is Role.admin or self.role.value in roles


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.email, row.name, Role(row.role), row.language, row.disabled, row.created_at)


def clean_email(email: str) -> str:
    """The address in small letters; BadInput when it cannot be one."""
    email = email.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise BadInput("That is not an e-mail address.", field="email")
    return email


def _clean_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise BadInput("A name needs between 1 and 100 characters.", field="name")
    return name


def _clean_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise BadInput(f"There is no role {role!r}. The roles are {', '.join(Role)}.", field="role") from None


def _clean_language(language: str) -> str:
    if language not in LANGUAGES:
        raise BadInput(f"There is no language {language!r}. They are {', '.join(LANGUAGES)}.", field="language")
    return language


def create_account(tx: Tx, email: str, name: str, role: str, password: str, language: str = "en") -> Account:
    """For commands and tests; a server hashes first and calls `add_account`. EmailTaken, WeakPassword, BadInput."""
    return add_account(tx, email, name, role, hash_password(password), language)


def add_account(tx: Tx, email: str, name: str, role: str, password_hash: str, language: str = "en") -> Account:
    """EmailTaken when there is one with this address; BadInput."""
    row = AccountRow(
        id=tx.new_id(),
        email=clean_email(email),
        name=_clean_name(name),
        role=_clean_role(role).value,
        language=_clean_language(language),
        password_hash=password_hash,
        created_at=tx.now,
    )
    if tx.session.exec(select(AccountRow.id).where(AccountRow.email == row.email)).first():
        raise _taken()
    tx.session.add(row)
    try:
        tx.session.flush()
    except sa.exc.IntegrityError as error:  # another worker was faster, after we had looked
        raise _taken() from error
    return _account(row)


def _taken() -> EmailTaken:
    return EmailTaken("There is already an account with this e-mail address.", field="email")


def accounts(tx: Tx) -> list[Account]:
    """All of them, by name."""
    return [_account(row) for row in tx.session.exec(select(AccountRow).order_by(AccountRow.name, AccountRow.id))]


def account_by_email(tx: Tx, email: str) -> Account:
    row = tx.session.exec(select(AccountRow).where(AccountRow.email == email.strip().lower())).first()
    if row is None:
        raise NotFound("There is no account with this e-mail address.")
    return _account(row)


def _row(tx: Tx, account_id: str) -> AccountRow:
    row = tx.session.get(AccountRow, account_id)
    if row is None:
        raise NotFound("There is no such account.")
    return row


def change_account(
    tx: Tx,
    account_id: str,
    *,
    name: str | None = None,
    role: str | None = None,
    language: str | None = None,
    disabled: bool | None = None,
    password_hash: str | None = None,
) -> Account:
    """Changes what is given. A new password, another role or disabling ends the sign-ins. LastAdmin, NotFound."""
    if role is not None or disabled:
        _lock_admins(tx)
    row = _row(tx, account_id)
    was_admin = row.role == Role.admin and not row.disabled
    signs_out = password_hash is not None or (disabled is not None and disabled)
    if name is not None:
        row.name = _clean_name(name)
    if role is not None:
        signs_out = signs_out or row.role != role
        row.role = _clean_role(role).value
    if language is not None:
        row.language = _clean_language(language)
    if disabled is not None:
        row.disabled = disabled
    if password_hash is not None:
        row.password_hash = password_hash
    if was_admin and (row.disabled or row.role != Role.admin) and not _other_admins(tx, row.id):
        raise LastAdmin("This is the last admin. Make somebody else an admin first.")
    tx.session.add(row)
    tx.session.flush()
    if signs_out:
        tx.session.exec(sa.delete(LoginRow).where(col(LoginRow.account_id) == row.id))
        tx.notify("signed_out", row.id)
    return _account(row)


def _lock_admins(tx: Tx) -> None:
    """Two who step down at once, in two workers, would each see the other one stay."""
    admins = select(AccountRow.id).where(AccountRow.role == Role.admin.value, col(AccountRow.disabled).is_(False))
    tx.session.exec(admins.order_by(AccountRow.id).with_for_update()).all()


def _other_admins(tx: Tx, account_id: str) -> bool:
    others = select(AccountRow.id).where(
        AccountRow.role == Role.admin.value, col(AccountRow.disabled).is_(False), AccountRow.id != account_id
    )
    return tx.session.exec(others).first() is not None


# -- sign-ins ----------------------------------------------------------------------------------------------


def token_hash(token: str) -> str:
    """What is stored of a token: SHA-256 is enough for 256 random bits, and fast enough for every request."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def password_of(tx: Tx, email: str) -> tuple[str, str] | None:
    """Account id and password hash of an account that may sign in; None when there is none."""
    row = tx.session.exec(select(AccountRow).where(AccountRow.email == email.strip().lower())).first()
    return None if row is None or row.disabled else (row.id, row.password_hash)


def sign_in(tx: Tx, account_id: str) -> tuple[str, str, Account]:
    """A new session for an account whose password has been checked: token, CSRF token, account."""
    row = _row(tx, account_id)
    if row.disabled:
        raise BadCredentials("The e-mail address or the password is wrong.")
    tx.session.exec(sa.delete(LoginRow).where(col(LoginRow.expires_at) <= tx.now))
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    tx.session.add(
        LoginRow(
            token_hash=token_hash(token),
            account_id=row.id,
            csrf=csrf,
            created_at=tx.now,
            expires_at=tx.now + SESSION_MS,
        )
    )
    tx.session.flush()
    return token, csrf, _account(row)


def session_of(tx: Tx, token: str) -> tuple[Account, str] | None:
    """The account and the CSRF token of a session that is alive; None for any other token."""
    found = tx.session.exec(
        select(AccountRow, LoginRow.csrf)
        .join(LoginRow, col(LoginRow.account_id) == AccountRow.id)
        .where(
            LoginRow.token_hash == token_hash(token),
            LoginRow.expires_at > tx.now,
            col(AccountRow.disabled).is_(False),
        )
    ).first()
    return None if found is None else (_account(found[0]), found[1])


def is_ageing(tx: Tx, token: str) -> bool:
    """Whether it is time for `keep_session`: once a day, and not at every page or ping, which would each be a write."""
    return tx.session.exec(select(LoginRow.token_hash).where(*_ageing(tx, token))).first() is not None


def keep_session(tx: Tx, token: str) -> None:
    """Lets a living session last 14 days from now."""
    tx.session.exec(sa.update(LoginRow).where(*_ageing(tx, token)).values(expires_at=tx.now + SESSION_MS))


def _ageing(tx: Tx, token: str) -> tuple[sa.ColumnElement[bool], ...]:
    expires_at = col(LoginRow.expires_at)
    return (
        col(LoginRow.token_hash) == token_hash(token),
        expires_at > tx.now,
        expires_at < tx.now + SESSION_MS - SLIDE_MS,
    )


def sign_out(tx: Tx, token: str) -> None:
    """Ends the session; an unknown one is no fault."""
    found = session_of(tx, token)
    tx.session.exec(sa.delete(LoginRow).where(col(LoginRow.token_hash) == token_hash(token)))
    if found is not None:
        tx.notify("signed_out", found[0].id)
