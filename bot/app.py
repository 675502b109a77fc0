"""build_app(settings): the one place where concrete things are chosen and handed down."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse

from bot import language, pages, policy, sockets, traces, webhooks
from bot.actions import Actions
from bot.actions.backend import Backend
from bot.admission import Admission, Gate
from bot.closing import Closing
from bot.facts import follow, watch
from bot.hub import Hub
from bot.labelling import Labelling
from bot.room import Room
from bot.shadow import Shadow
from bot.suggesting import Suggesting
from bot.turn import Turns
from conversation import api as conversation_api
from conversation import sites
from handoff import api as handoff_api
from knowledge_base import api as knowledge_base_api
from knowledge_base import api_certainty
from knowledge_base.asking import Asker
from knowledge_base.certainty import OFFER_FLOOR, answer_threshold
from knowledge_base.embedder import BUNDLED, Embedder, open_embedder
from knowledge_base.libraries import Libraries
from knowledge_base.model_threads import ModelThreads
from runtime import api as runtime_api
from runtime import api_metrics, meta
from runtime.alone import sqlite_file
from runtime.bus import open_bus
from runtime.data_folder import open_data_folder
from runtime.db import Database
from runtime.errors import AppError
from runtime.logs import logger
from runtime.one_server import only_server
from runtime.presence import Presence
from runtime.settings import Settings
from runtime.tokens import Tokens
from runtime.workers import Workers
from widget.assets import Assets

READY_S = 2.0  # probes of balancers and of Kubernetes have little patience, and want an answer
DESCRIPTION = "Support chat that answers from the knowledge base and hands over to people."


def _warm_up() -> None:
    """What fails here fails again with the first question, which is then people's."""
    try:
        language.warm_up()
    except Exception:  # such as a /tmp too small for the language model on its way into memory
        logger("app").exception("language_model_not_read")


def build_app(settings: Settings, embedder: Embedder | None = None) -> FastAPI:
    """The server. `embedder` stands in for the model of the settings, for tests; the database must be migrated."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            with only_server(settings.database):
                async with running(app):
                    yield
        except AppError as error:
            logger("app").error("cannot_start", why=error.message)
            app.state.failure = error.message
            raise

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        db = state.db = Database(settings.database)
        db.start()
        epoch = await db.read(meta.epoch)
        # The epoch is the database's own name: installations that share a Redis do not hear each other.
        bus = state.bus = db.bus = open_bus(settings.redis_url, f"svardesk:{epoch}")
        await bus.start()
        workers = state.workers = Workers(db, alone=sqlite_file(settings.database) is not None)
        await workers.start()
        presence = state.presence = Presence(db, workers)
        await presence.start()
        thread = state.embedding = ModelThreads(settings.threads if settings.model == BUNDLED else 1)
        loop = asyncio.get_running_loop()

        def open_model(setting: str) -> Embedder:
            return embedder or open_embedder(setting, settings.data_folder / "model", settings.threads)

        model = await loop.run_in_executor(thread, open_model, settings.model)
        libraries = state.libraries = Libraries(db, model, thread, settings.model, open_model)
        await libraries.start()
        asker = state.asker = Asker(thread, lambda: libraries.current.kb)
        hub = Hub(db, bus, lambda: bool(settings.redis_url) or workers.count > 1)
        hub.attendance.everywhere = presence
        hub.start()
        hub.look()
        turns = state.turns = Turns(
            db=db,
            bus=bus,
            asker=asker,
            actions=Actions(backend=Backend(settings.action_backend_url, settings.action_backend_token)),
            thresholds=policy.Thresholds(answer_threshold(settings.answer_target), OFFER_FLOOR),
            deadline_s=settings.answer_deadline_s,
            base_url=settings.base_url,
            max_turns=settings.max_bot_turns,
            worker=workers.id,
            alive=workers.alive,
        )
        await turns.start()
        shadow = Shadow(db, bus, asker, turns.answers, turns.caution)
        shadow.start()
        labelling = Labelling(db, turns.thresholds.answer, lambda: workers.id == min(workers.alive()))
        labelling.start()
        closing = Closing(db, settings)
        closing.start()
        state.room = Room(
            db=db,
            bus=bus,
            hub=hub,
            turns=turns,
            suggesting=Suggesting(db, asker, settings.base_url),
            settings=settings,
            epoch=epoch,
            tokens=Tokens(open_data_folder(settings.data_folder)),
            worker=workers.id,
        )
        follow(state.room)
        watching = state.watching = watch(db, settings, epoch)
        watching.start()
        tracing = traces.start()
        # Only the first question needs it: it must hold up neither the start nor an end that comes at once.
        threading.Thread(target=_warm_up, name="language", daemon=True).start()
        admission.start(presence, lambda: db.waiting, lambda: workers.count)
        state.ready = True
        try:
            yield
        finally:
            state.ready = False
            await admission.stop()
            await tracing.stop()
            await watching.stop()
            await closing.stop()
            await labelling.stop()
            await shadow.stop()
            await turns.stop()
            await hub.stop()
            await libraries.stop()
            await presence.stop()
            await workers.stop()
            await bus.stop()
            thread.shutdown(wait=False, cancel_futures=True)
            await db.stop()

    app = FastAPI(
        title="Svardesk",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings = settings
    app.state.assets = Assets()
    app.state.ready = False
    admission = app.state.admission = Admission(settings)
    runtime_api.install_problems(app)
    app.add_middleware(pages.SecurityHeaders, secure=settings.secure)
    app.add_middleware(Gate, admission=admission)  # the last one is the outermost
    for router in (
        sockets.router,  # first: every handshake looks for its route
        runtime_api.router,
        api_metrics.router,
        conversation_api.router,
        handoff_api.router,
        knowledge_base_api.router,
        api_certainty.router,
        webhooks.router,
        pages.router,
    ):
        app.include_router(router)

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> dict[str, str]:
        """Alive: the event loop answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["operation"], response_model=None)
    async def readyz() -> Any:
        """Can serve: the database answers within 2 s and the model is loaded. 503 otherwise."""
        if not app.state.ready or admission.draining:
            return JSONResponse({"status": "starting or closing"}, 503)
        try:
            async with asyncio.timeout(READY_S):
                await app.state.db.read(sites.all_sites)
        except TimeoutError:
            return JSONResponse({"status": "the database does not answer"}, 503)
        return {"status": "ok"}

    return app
