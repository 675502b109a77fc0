"""`svardesk serve`: the server, or several of them behind one socket."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; SVARDESK_PORT, else 8000. 0: any free one.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on; SVARDESK_HOST, else 127.0.0.1.")]
Count = Annotated[
    int | None, typer.Option(min=1, max=64, help="Processes; SVARDESK_WORKERS, else 1. More need PostgreSQL.")
]


def serve(host: Host = None, port: Port = None, workers: Count = None) -> None:
    """Start the server."""
    from bot import serving
    from bot.commands.opening import open_database, open_settings
    from runtime.logs import logger
    from runtime.one_server import one_worker_only, only_server

    settings = open_settings(host=host, port=port, workers=workers)
    one_worker_only(settings)
    sock, settings = serving.listen(settings)  # first: a taken port should not cost a minute
    with sock:
        with only_server(settings.database), open_database(settings):
            pass  # the server opens its own; here it is brought up to date, but not under another server's feet

        def say_ready() -> None:
            logger("serve").info("ready", url=settings.base_url, workers=settings.workers)

        if settings.workers > 1:
            sys.exit(serving.run_workers(settings, sock, say_ready))

        from bot.app import build_app

        serving.run(build_app(settings), settings, sock, ready=say_ready)
