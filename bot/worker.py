"""One of several server processes: `python -m bot.worker LISTENING LINE NUMBER`, which the supervisor starts."""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING

from runtime.errors import SettingsError
from runtime.settings import Settings

if TYPE_CHECKING:
    from knowledge_base.embedder import Embedder


def settings_of_worker(arguments: list[str]) -> tuple[socket.socket, socket.socket, Settings]:
    """The listening socket, the line to the supervisor, and the settings, with logs set up."""
    from runtime import logs
    from runtime.settings import load

    listening, line = (socket.socket(fileno=int(number)) for number in arguments[:2])
    settings = load().model_copy(update={"port": listening.getsockname()[1]})
    logs.configure(settings, worker=arguments[2])
    return listening, line, settings


def main(embedder: Embedder | None = None) -> None:
    """Exit codes as of the command line. `embedder` stands in for the model, for tests."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a rolling restart, which is the supervisor's to do
    try:
        listening, line, settings = settings_of_worker(sys.argv[1:])

        from bot import serving
        from bot.app import build_app

        serving.run(build_app(settings, embedder), settings, listening, line=line)
    except SettingsError as error:
        for sentence in error.message.splitlines():
            print(f"svardesk: {sentence}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
