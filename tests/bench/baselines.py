"""What the server is measured against: a bare websocket echo, and the server that one would write first.

python -m tests.bench.baselines echo|skeleton PORT [FOLDER]
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path
from typing import Any

import uvloop
from starlette.websockets import WebSocket, WebSocketDisconnect


async def echo(port: int) -> None:
    """The `websockets` library with uvloop, and nothing else: the most that Python does with a websocket."""
    from websockets.asyncio.server import serve
    from websockets.exceptions import ConnectionClosed

    async def handle(connection: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                await connection.send(message)

    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    async with serve(handle, "127.0.0.1", port, compression=None, max_size=65_536):
        await asyncio.Event().wait()


def skeleton(port: int, folder: Path) -> None:
    """FastAPI, pydantic and one SQLModel session a message, as tutorials show it; WAL and FULL, for a fair fight."""
    import sqlalchemy as sa
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel
    from sqlmodel import Field, Session, SQLModel, create_engine

    class Say(BaseModel):
        client_id: str
        text: str

    class FrameIn(BaseModel):
        v: int
        type: str
        data: Say

    class Message(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        chat: str = Field(index=True)
        author: str
        text: str

    engine = create_engine(f"sqlite:///{folder / 'skeleton.sqlite3'}", connect_args={"check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    SQLModel.metadata.create_all(engine)
    app = FastAPI()

    def keep(chat: str, author: str, text: str) -> int | None:
        with Session(engine) as session:
            message = Message(chat=chat, author=author, text=text)
            session.add(message)
            session.commit()
            session.refresh(message)
            return message.id

    @app.websocket("/")
    async def chat(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                frame = FrameIn.model_validate_json(await websocket.receive_text())
                number = keep(str(id(websocket)), "customer", frame.data.text)
                await websocket.send_text(f'{{"type":"ack","seq":{number}}}')
                keep(str(id(websocket)), "bot", "Pakker er fremme på to til tre hverdage.")
                await websocket.send_json({"type": "entry", "data": {"kind": "answered"}}, mode="text")
        except WebSocketDisconnect:
            return

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio", loop="uvloop")


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == "echo":
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(echo(port))
    else:
        skeleton(port, Path(sys.argv[3]))


if __name__ == "__main__":
    main()
