"""`svardesk serve`: the server."""

from __future__ import annotations

from typing import Annotated

import typer

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; SVARDESK_PORT, else 8000. 0: any free one.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on; SVARDESK_HOST, else 127.0.0.1.")]


def serve(host: Host = None, port: Port = None) -> None:
    """Start the server."""
    from bot import serving
    from bot.commands.opening import open_database, open_settings
    from runtime.logs import logger

    sock, settings = serving.listen(open_settings(host=host, port=port))  # first: a taken port should not cost a minute
    with sock:
        with open_database(settings):
            pass  # the server opens its own; here it is brought up to date

        from bot.app import build_app

        app = build_app(settings)
        serving.run(app, settings, sock, ready=lambda: logger("serve").info("ready", url=settings.base_url))
