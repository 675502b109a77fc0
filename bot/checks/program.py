"""Checks of what the program brings along or takes: the model, the port."""

from __future__ import annotations

import http.client

from bot.checks import Finding, fault, look, ok
from runtime.errors import SettingsError
from runtime.settings import Settings


def model(settings: Settings) -> Finding:
    from knowledge_base.embedder import BUNDLED, ModelError

    if settings.model != BUNDLED:
        from importlib.util import find_spec

        if find_spec("sentence_transformers") is None:
            return fault("model", settings.model, 'Run: pip install "svardesk[sentence-transformers]"')
        return ok("model", settings.model)
    from knowledge_base.model.cache import is_whole
    from knowledge_base.model.layout import FOLDER, NAME
    from knowledge_base.model.source import verified_source

    try:
        source = verified_source()
    except ModelError as error:
        return fault("model", NAME, str(error))
    folder = settings.data_folder / "model" / FOLDER
    seen = f"{NAME}, weights of {source.name} have the right checksum"
    if not folder.exists():
        return ok("model", f"{seen}; the first start will convert them")
    if not is_whole(folder):
        return fault("model", f"{seen}, but not what was made of them", f"Run: rm -r {folder} (a start makes it again)")
    return ok("model", f"{seen}, and so has what was made of them")


def answers(settings: Settings) -> bool:
    """Whether a server of ours is at the port."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == 200 and b'"status"' in answer.read(200)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port(settings: Settings, running: bool) -> Finding:
    from bot.serving import bind

    place = f"{settings.host} {settings.port}"
    if running:
        return ok("port", f"{place}: the server runs")
    try:
        bind(settings.host, settings.port).close()
    except SettingsError as error:
        return fault("port", place, error.message)
    return ok("port", f"{place} is free")


def exposed(settings: Settings) -> Finding:
    """A password that travels in the clear over a network."""
    from runtime.settings import LOOPBACK

    if settings.secure or settings.base_url.split("://")[1].rsplit(":", 1)[0].strip("[]") in LOOPBACK:
        return ok("encryption", settings.base_url)
    return look(
        "encryption",
        settings.base_url,
        "Passwords and chats cross the network unencrypted. Put a proxy with HTTPS in front.",
    )
