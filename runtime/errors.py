"""The one tree of errors that users may meet: a stable code, an HTTP status, a sentence that says what to do."""

from __future__ import annotations

from typing import Any, ClassVar


class AppError(Exception):
    """A fault with a sentence for people. `code` is stable and part of the API; `details` go out with it."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class BadInput(AppError):
    code = "bad_input"
    status = 422


class Unauthorized(AppError):
    code = "unauthorized"
    status = 401


class Forbidden(AppError):
    code = "forbidden"
    status = 403


class NotFound(AppError):
    code = "not_found"
    status = 404


class Conflict(AppError):
    code = "conflict"
    status = 409


class TooLarge(AppError):
    code = "too_large"
    status = 413


class TooMany(AppError):
    """`retry_after` (seconds) says when it is worth trying again."""

    code = "too_many"
    status = 429

    def __init__(self, message: str, retry_after: float, **details: Any) -> None:
        super().__init__(message, retry_after=retry_after, **details)
        self.retry_after = retry_after


class Unavailable(AppError):
    """Nothing was stored; the same request may be sent again."""

    code = "unavailable"
    status = 503


class SettingsError(AppError):
    """The program cannot start like this; the command line ends with exit code 2."""

    code = "settings"
    status = 500
