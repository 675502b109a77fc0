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
    from runtime.data_folder import open_data_folder
    from runtime.logs import logger

    settings = open_settings(host=host, port=port)
    sock, settings = serving.listen(settings)  # before anything slow: a taken port should not cost a minute
    open_data_folder(settings.data_folder)
    with open_database(settings):
        pass  # the server opens its own; here it is brought up to date

    from bot.app import build_app

    app = build_app(settings)
    serving.run(app, settings, sock, ready=lambda: logger("serve").info("ready", url=settings.base_url))
