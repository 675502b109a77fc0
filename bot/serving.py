"""Runs the server: a socket that is ours before anything heavy is loaded, then uvicorn with our limits."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn
import uvloop
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from bot.admission import Admission
from bot.line import LineProtocol
from runtime.errors import SettingsError
from runtime.logs import logger
from runtime.settings import PREFIX, Settings
from runtime.supervisor import Supervisor

MAX_FRAME = 65_536  # bytes; see docs/wire.md
# Of the 10 s that containers are given: sockets, their closing, requests, and the whole.
HOME_S, FAREWELL_S, REQUESTS_S, EXIT_S = 4.0, 0.5, 2, 9.5
BEAT_S = 2.0  # of a worker to its supervisor
SPARE_FILES = 200  # database, logs, the model, requests


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


def raise_file_limit(settings: Settings) -> None:
    """Lets this process hold SVARDESK_MAX_SOCKETS, as far as the system allows; a shell's usual limit is 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.max_sockets + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft < wanted:
            logger("serve").warning("few_open_files_allowed", limit=soft, sockets=max(1, soft - SPARE_FILES))


def most_sockets(settings: Settings) -> int:
    """SVARDESK_MAX_SOCKETS, or what the limit of open files leaves."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return settings.max_sockets if soft == resource.RLIM_INFINITY else min(settings.max_sockets, soft - SPARE_FILES)


class _Main(uvicorn.Server):
    """Ends with exit code 0 after a signal: uvicorn would raise the signal again, which looks like a crash.

    The first signal sends everybody home in order, the second ends the process at once; what was acknowledged is on
    the disk in either case.
    """

    def __init__(
        self, config: uvicorn.Config, settings: Settings, ready: Callable[[], None] | None, supervised: bool
    ) -> None:
        super().__init__(config)
        self._settings, self._ready, self._supervised = settings, ready, supervised

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()

    @property
    def _admission(self) -> Admission:
        admission: Admission = self.config.app.state.admission  # type: ignore[union-attr]
        return admission

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # A worker's second signal is its group's, and means nothing: its supervisor kills it when it must.
        if self.should_exit and not self._supervised:
            logger("serve").warning("ended_at_once", signal=signal.Signals(sig).name)
            os._exit(1)
        self.end()

    def end(self) -> None:
        """Not ready from now on; the rest follows in `shutdown`. May be called by a signal handler, and twice."""
        if self.should_exit:
            return
        self.should_exit = True
        self._admission.close_doors()
        # Whatever hangs (a database that stands still, a full disk): the machine's own patience is 10 s mostly.
        last = threading.Timer(EXIT_S + self._settings.drain_delay_s, _end_anyhow)
        last.daemon = True
        last.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        began = time.monotonic()
        if self._settings.drain_delay_s and self.should_exit:
            await asyncio.sleep(self._settings.drain_delay_s)
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        held = len(self._admission.seats)
        left = await self._admission.send_home(HOME_S)
        end = time.monotonic() + FAREWELL_S
        # An abort might overtake the word that it is a restart. uvicorn tells nobody when its set is empty.
        while self._websockets() and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for connection in self._websockets():
            connection.transport.abort()  # whoever does not read, or has gone away without a word
        logger("serve").info("drained", sockets=held, cut_off=left, seconds=round(time.monotonic() - began, 2))
        await super().shutdown(None)

    def _websockets(self) -> list[WebSocketsSansIOProtocol]:
        return [one for one in self.server_state.connections if isinstance(one, WebSocketsSansIOProtocol)]

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            # Alone there is nothing to replace bit by bit: an end in order, and whoever keeps us starts us again.
            # A worker is replaced by its supervisor, which gets this signal as well where a whole group does.
            alone = threading.current_thread() is threading.main_thread() and not self._supervised
            before = signal.signal(signal.SIGHUP, self.handle_exit) if alone else None
            try:
                yield
            finally:
                if before is not None:
                    signal.signal(signal.SIGHUP, before)
                self._captured_signals.clear()


def _end_anyhow() -> None:
    logger("serve").error("ended_unfinished", after_s=EXIT_S)
    os._exit(1)


class _Companion(uvicorn.Server):
    """A second server of the same process: signals are the first one's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def config(app: Any, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws=LineProtocol,
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=REQUESTS_S,
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
    line: socket.socket | None = None,
) -> None:
    """Serves until a signal. `companion` is another app on another socket; `ready` is called once it answers.

    `line` leads to the supervisor of several workers: it hears that we are ready and that we live, and tells us to end.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, settings, sock, companion, ready, line))


def run_workers(
    settings: Settings,
    sock: socket.socket,
    ready: Callable[[], None],
    module: str = "bot.worker",
) -> int:
    """Several processes on one socket until a signal; the exit code. `module` is the worker's program."""
    # A listener without a name of its own: the workers' port is the one that we got, also where any would do.
    changes = {"HOST": settings.host, "PORT": settings.port, "WORKERS": settings.workers}
    environment = {f"{PREFIX}{name}": str(value) for name, value in changes.items()}
    python = [sys.executable, "-m"]
    return Supervisor(
        [*python, module],
        sock,
        settings.workers,
        environment=environment,
        before_restart=[*python, "bot", "migrate"],
        delay_s=settings.drain_delay_s,
        ready=ready,
    ).run()


async def _serve(
    app: Any,
    settings: Settings,
    sock: socket.socket,
    companion: tuple[Any, socket.socket] | None,
    ready: Callable[[], None] | None,
    line: socket.socket | None,
) -> None:
    raise_file_limit(settings)
    app.state.admission.most = max(1, most_sockets(settings))
    main = _Main(config(app, settings), settings, ready, supervised=line is not None)
    beside = None
    tasks: list[asyncio.Task[None]] = []
    obeying = asyncio.create_task(_obey(line, main)) if line is not None else None
    if companion is not None:
        beside = _Companion(config(companion[0], settings))
        tasks.append(asyncio.create_task(beside.serve([companion[1]])))
    try:
        with contextlib.suppress(SystemExit):  # uvicorn's own way to say that the start failed
            await main.serve([sock])
    finally:
        if beside is not None:
            beside.should_exit = True
        if obeying is not None:
            obeying.cancel()
        await asyncio.gather(*tasks)
    if not main.started:
        failure = getattr(app.state, "failure", None)
        raise SettingsError(failure or "The server could not start; the log above says why.")


async def _obey(line: socket.socket, main: _Main) -> None:
    """Speaks with the supervisor (runtime/supervisor.py); when that one is gone, we end in order as well."""
    reader, writer = await asyncio.open_connection(sock=line)
    listening = asyncio.create_task(reader.readline())
    try:
        with contextlib.suppress(OSError):
            while not listening.done():
                writer.write(b"ready\n" if main.started else b"starting\n")
                await asyncio.wait([listening], timeout=BEAT_S if main.started else 0.25)
        main.end()
    finally:
        listening.cancel()
        writer.close()
