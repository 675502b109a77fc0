"""Every setting, read from SVARDESK_* variables. A wrong one gives one sentence and ends the program with code 2."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from runtime.errors import SettingsError

PREFIX = "SVARDESK_"
# Their values may hold a password: a sentence about them never repeats them.
PRIVATE = frozenset(
    {"database_url", "redis_url", "metrics_token", "action_backend_url", "action_backend_token", "rasa_token"}
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """What may be set from outside. The descriptions are the table of docs/operating.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, protected_namespaces=())

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; `0.0.0.0` for all of them.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; `0` takes any free one.")
    public_url: str = Field(
        "",
        description="Address at which browsers reach this server, such as `https://chat.example.com`. Empty: `http://HOST:PORT`.",
    )
    workers: int = Field(
        1, ge=1, le=64, description="Server processes on this machine. More than one needs PostgreSQL."
    )
    drain_delay_s: float = Field(
        0,
        ge=0,
        le=300,
        description="Seconds from the signal to end until the door closes, in which a load balancer sees "
        "`/readyz` fail.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses of reverse proxies whose `X-Forwarded-*` headers are believed, divided by commas.",
    )
    data_folder: Path = Field(
        Path("data"), description="Folder for the database, the secret key and the converted model."
    )
    database_url: str = Field(
        "",
        description="`sqlite:///FILE` or `postgresql+psycopg://USER@HOST/NAME`. Empty: a file in the data folder.",
    )
    redis_url: str = Field(
        "",
        description="`redis://HOST:PORT/0`, `rediss://...` or `unix:///FILE`: tells workers of news at once. "
        "Empty: they look every 2 s.",
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`json`, `console`, or `auto`: console on a terminal, JSON elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least important line to write."
    )
    metrics_token: str = Field(
        "",
        max_length=200,
        description="Bearer token for `/metrics`, at least 16 characters. "
        "Empty: only programs on this machine may read it.",
    )

    model: str = Field(
        "bundled",
        min_length=1,
        description="`bundled` (multilingual E5 small), or the name or folder of a sentence-transformers model.",
    )
    model_threads: int = Field(
        0, ge=0, le=64, description="Threads for each worker's model; `0`: its share of the cores, at most four."
    )
    answer_target: float = Field(
        0.8,
        ge=0.5,
        le=0.999,
        description="How likely to be right an answer must be before the bot gives it; below, it offers or hands over.",
    )
    answer_deadline_s: float = Field(
        5, gt=0, le=60, description="Seconds the bot may think before the customer is put in the queue."
    )

    action_backend_url: str = Field(
        "",
        description="Address of your own back end for guided actions (docs/actions.md), such as "
        "`https://shop.example.com/chat-actions`. Empty: no guided actions.",
    )
    action_backend_token: str = Field(
        "", max_length=4000, description="Bearer token that goes to that back end with each request. Empty: none."
    )
    rasa_token: str = Field(
        "",
        max_length=200,
        description="Bearer token for `/webhooks/actions` and `/webhooks/rest/webhook`, at least 16 characters. "
        "Empty: both are closed.",
    )

    max_bot_turns: int = Field(
        10,
        ge=0,
        le=20,
        description="Answers and offers in a row, without a word that they helped, after which people take over; "
        "`0`: no limit.",
    )

    reopen_hours: float = Field(72, ge=0, le=8760, description="Hours in which a resolved chat can be taken up again.")
    inactivity_hours: float = Field(
        24, gt=0, le=8760, description="Hours without a word from anybody after which a chat counts as resolved."
    )
    retention_days: int = Field(
        90,
        ge=1,
        le=36500,
        description="Days that a chat is kept after its last word; then it is deleted. Shown to customers under the "
        "text field.",
    )

    max_text: int = Field(4000, ge=100, le=16000, description="Longest message, in characters.")
    max_article: int = Field(200_000, ge=1000, le=5_000_000, description="Longest article body, in characters.")
    customer_messages_per_s: float = Field(
        1, gt=0, le=1000, description="Messages a second that one customer may send for long."
    )
    customer_burst: int = Field(10, ge=1, le=10_000, description="Messages that one customer may send at once.")
    staff_messages_per_s: float = Field(
        5, gt=0, le=1000, description="Messages a second that one staff socket may send for long."
    )
    staff_burst: int = Field(50, ge=1, le=10_000, description="Messages that one staff socket may send at once.")
    sockets_per_address: int = Field(
        100,
        ge=1,
        le=100_000,
        description="Open customer sockets from one address (of IPv6: from one /64). Offices and mobile networks put "
        "many people behind one.",
    )
    max_sockets: int = Field(
        10_000,
        ge=1,
        le=1_000_000,
        description="Open sockets that one worker holds, of customers and staff; the next one is told to come "
        "back (503).",
    )
    login_tries: int = Field(
        10, ge=1, le=1000, description="Sign-in tries in a row before a pause, counted by address and by account."
    )
    login_pause_s: float = Field(30, gt=0, le=86400, description="Seconds after which one more sign-in try is allowed.")
    demo_shop_port: int = Field(
        0, ge=0, le=65535, description="Port of the demo's shop page; `0`: the port after the server's own."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what was handed in: `load` reads the environment itself, so that tests see none of it by accident."""
        return (init_settings,)

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address such as https://chat.example.com")
        if parts.path not in ("", "/"):
            raise ValueError("must not have a path: the server answers at the root of its own host name")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("must begin with redis://, rediss:// or unix://, or be empty")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_trusted_proxies(cls, value: str) -> str:
        """uvicorn takes what it does not understand for the name of a Unix socket, and trusts nobody."""
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if parts == ["*"]:
            return "*"
        try:
            for part in parts:
                ipaddress.ip_network(part)
        except ValueError:
            advice = "such as 127.0.0.1,10.0.0.0/8 (names are not looked up)"
            raise ValueError(f"must be addresses or networks divided by commas, {advice}") from None
        return ",".join(parts)

    @field_validator("action_backend_url")
    @classmethod
    def _check_backend_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be an address such as https://shop.example.com/chat-actions")
        if parts.username or parts.password:
            raise ValueError("must not hold a password: SVARDESK_ACTION_BACKEND_TOKEN is for that")
        return value.rstrip("/")

    @field_validator("action_backend_token")
    @classmethod
    def _check_backend_token(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError("must be printable characters without spaces")
        return value

    @field_validator("metrics_token", "rasa_token")
    @classmethod
    def _check_token(cls, value: str) -> str:
        if value and (len(value) < 16 or not value.isascii() or not value.isprintable() or " " in value):
            raise ValueError("must be at least 16 printable characters without spaces; empty: no token")
        return value

    @property
    def base_url(self) -> str:
        """Where browsers reach the server, without a slash at the end."""
        if self.public_url:
            return self.public_url
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def own_origins(self) -> frozenset[str]:
        """Origins of our own pages: that of the public address; on a loopback address under each of its names."""
        if self.public_url or self.host not in LOOPBACK | {"0.0.0.0", "::"}:  # noqa: S104
            return frozenset({_origin(self.base_url)})
        return frozenset(
            {f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}", f"http://[::1]:{self.port}"}
        )

    @property
    def secure(self) -> bool:
        """Whether browsers come over HTTPS, so that cookies may be marked Secure."""
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        return self.database_url or f"sqlite:///{(self.data_folder / 'svardesk.sqlite3').absolute()}"

    @property
    def threads(self) -> int:
        """Threads for one model: as set, or a share of the cores that this process may use, at most four."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        return self.model_threads or min(4, max(1, cores // self.workers))

    @property
    def shop_port(self) -> int:
        return self.demo_shop_port or (self.port + 1 if self.port else 0)


def _origin(url: str) -> str:
    """Scheme, host and port as browsers write them in `Origin`: without the scheme's own port."""
    parts = urlsplit(url)
    ordinary = {"http": 80, "https": 443}.get(parts.scheme)
    if parts.port in (None, ordinary):
        host = parts.hostname or ""
        return f"{parts.scheme}://[{host}]" if ":" in host else f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{parts.netloc}"


def load(environment: Mapping[str, str] | None = None, **changes: Any) -> Settings:
    """Settings from the environment; `changes` (of the command line) win. SettingsError: a sentence for each fault."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for variable, value in (os.environ if environment is None else environment).items():
        if not variable.upper().startswith(PREFIX) or not value.strip():
            continue  # an empty variable is what compose files make of an unset one
        name = variable[len(PREFIX) :].lower()
        if name in Settings.model_fields:
            values[name] = value.strip()
        else:
            faults.append(_unknown(variable))
    values.update({name: value for name, value in changes.items() if value is not None})
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults.extend(_sentence(one["loc"], one["msg"], one["input"]) for one in error.errors())
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def _unknown(variable: str) -> str:
    name = variable[len(PREFIX) :].lower()
    near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.6)
    advice = f"Did you mean {PREFIX}{near[0].upper()}?" if near else "docs/operating.md lists them."
    return f"There is no setting {variable}. {advice}"


def _sentence(where: tuple[int | str, ...], message: str, given: object) -> str:
    name = str(where[0]) if where else ""
    reason = message.removeprefix("Value error, ").removeprefix("Input ")
    said = "" if name in PRIVATE else f", not {given!r}"
    return f"{PREFIX}{name.upper()} {plain(reason)}{said}."


def plain(reason: str) -> str:
    """Pydantic's words for the everyday faults, in ours."""
    if "valid integer" in reason:
        return "must be a whole number"
    if "valid number" in reason:
        return "must be a number"
    return reason.replace("should be", "must be").replace("should have", "must have")
