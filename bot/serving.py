"""Runs the server: a socket that is ours before anything heavy is loaded, then uvicorn with our limits."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
import uvloop

from runtime.errors import SettingsError
from runtime.settings import Settings

MAX_FRAME = 65_536  # bytes; see docs/wire.md


def bind(host: str, port: int, setting: str = "SVARDESK_PORT") -> socket.socket:
    """A listening socket; SettingsError in words when the port is taken or the address is not ours. Port 0: any."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except socket.gaierror:
        raise SettingsError(f"SVARDESK_HOST is not an address of this machine: {host!r}.") from None
    except OSError as error:
        raise SettingsError(_why(host, port, setting, error)) from None


def _why(host: str, port: int, setting: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Stop that one, or choose another port with {setting}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} is only for root. Choose one above 1023 with {setting}."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"SVARDESK_HOST is not an address of this machine: {host!r}."
    return f"Cannot listen on {host} port {port}: {error.strerror}."


def listen(settings: Settings) -> tuple[socket.socket, Settings]:
    """The server's socket, and the settings with the port that it really has."""
    sock = bind(settings.host, settings.port)
    return sock, settings.model_copy(update={"port": sock.getsockname()[1]})


class _Main(uvicorn.Server):
    """Ends with exit code 0 after a signal: uvicorn would raise the signal again, which looks like a crash."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()


class _Companion(uvicorn.Server):
    """A second server of the same process: signals are the first one's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def config(app: Any, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=10,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        access_log=False,
        log_config=None,
    )


def run(
    app: Any,
    settings: Settings,
    sock: socket.socket,
    companion: tuple[Any, socket.socket] | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serves until a signal. `companion` is another app on another socket; `ready` is called once it answers."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, settings, sock, companion, ready))


async def _serve(
    app: Any,
    settings: Settings,
    sock: socket.socket,
    companion: tuple[Any, socket.socket] | None,
    ready: Callable[[], None] | None,
) -> None:
    main = _Main(config(app, settings), ready)
    beside = None
    tasks: list[asyncio.Task[None]] = []
    if companion is not None:
        beside = _Companion(config(companion[0], settings))
        tasks.append(asyncio.create_task(beside.serve([companion[1]])))
    try:
        with contextlib.suppress(SystemExit):  # uvicorn's own way to say that the start failed
            await main.serve([sock])
    finally:
        if beside is not None:
            beside.should_exit = True
        await asyncio.gather(*tasks)
    if not main.started:
        failure = getattr(app.state, "failure", None)
        raise SettingsError(failure or "The server could not start; the log above says why.")
