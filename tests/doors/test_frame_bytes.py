"""Websocket frames as bytes on the wire: cut anywhere, in fragments, many at once, and what is no frame at all."""

from __future__ import annotations

import json
import socket as sockets
import struct

import pytest

from bot.line import AHEAD
from tests.clients import frames_of
from tests.server import SITE_ORIGIN, Server


def masked(opcode: int, payload: bytes, fin: bool = True) -> bytes:
    """A client's websocket frame."""
    head = bytes([(0x80 if fin else 0) | opcode])
    size = len(payload)
    if size < 126:
        head += bytes([0x80 | size])
    else:
        head += bytes([0x80 | 126]) + struct.pack("!H", size)
    mask = b"\x01\x02\x03\x04"
    return head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


class Raw:
    """A socket of bytes, for what no library would send."""

    def __init__(self, server: Server, receive_buffer: int = 0) -> None:
        self.socket = sockets.socket()
        if receive_buffer:
            self.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.port))
        self.socket.settimeout(15)
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        self.socket.sendall(
            f"GET /ws/customer/{server.facts['site']} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {SITE_ORIGIN}\r\n\r\n".encode()
        )
        self.held = b""
        while b"\r\n\r\n" not in self.held:
            self.held += self.socket.recv(4096)
        self.held = self.held.split(b"\r\n\r\n", 1)[1]

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def exactly(self, count: int) -> bytes:
        while len(self.held) < count:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("closed")
            self.held += more
        found, self.held = self.held[:count], self.held[count:]
        return found

    def message(self) -> tuple[int, bytes]:
        first, size = self.exactly(2)
        if size == 126:
            size = int.from_bytes(self.exactly(2))
        elif size == 127:
            size = int.from_bytes(self.exactly(8))
        return first & 15, self.exactly(size)

    def until(self, kind: str) -> dict[str, object]:
        while True:
            opcode, payload = self.message()
            assert opcode == 1, (opcode, payload)
            for frame in frames_of(payload):
                if frame["type"] == kind:
                    return frame


def text(kind: str, **data: object) -> bytes:
    return json.dumps({"v": 1, "type": kind, "data": data}).encode()


def hello() -> bytes:
    return masked(1, text("hello", language="da", page=""))


def test_frames_arrive_whole_however_they_are_cut(server: Server) -> None:
    """In single bytes, in fragments with a ping between them, and many at once."""
    with Raw(server) as raw:
        for byte in hello():
            raw.socket.sendall(bytes([byte]))
        raw.until("welcome")
        said = text("say", client_id="abcdefgh1", text="æ" * 1500)
        raw.socket.sendall(masked(1, said[:100], fin=False) + masked(9, b"hi") + masked(0, said[100:], fin=True))
        assert raw.message() == (10, b"hi")
        assert raw.until("ack")["data"]["client_id"] == "abcdefgh1"  # type: ignore[index]
        count = 5 * AHEAD
        raw.socket.sendall(masked(1, text("ping")) * count)
        pongs = 0
        while pongs < count:
            opcode, payload = raw.message()
            assert opcode == 1
            pongs += sum(frame["type"] == "pong" for frame in frames_of(payload))
        assert pongs == count


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x05hello", 1002),  # not masked
        (masked(3, b"what"), 1002),  # no such opcode
        (masked(1, b"\xff\xfe"), 1007),  # no text
        (masked(1, b"abc", fin=False) + masked(1, b"new"), 1002),  # a message inside another
        (b"\x81\xff" + (65_537).to_bytes(8) + b"abcd", 1009),
        (b"\x81\xff" + (2**63).to_bytes(8) + b"abcd", 1009),
    ],
    ids=["bare", "opcode", "bytes", "nested", "large", "huge"],
)
def test_what_is_no_frame_ends_the_socket(server: Server, sent: bytes, code: int) -> None:
    with Raw(server) as raw:
        raw.socket.sendall(hello())
        raw.until("welcome")
        raw.socket.sendall(sent)
        opcode, payload = raw.message()
        assert (opcode, int.from_bytes(payload[:2])) == (8, code)
        with pytest.raises(ConnectionError):
            raw.message()


def test_bytes_are_no_words(server: Server) -> None:
    with Raw(server) as raw:
        raw.socket.sendall(hello())
        raw.until("welcome")
        raw.socket.sendall(masked(2, b"binary"))
        opcode, payload = raw.message()
        assert (opcode, int.from_bytes(payload[:2])) == (8, 1003)
        with pytest.raises(ConnectionError):
            raw.message()
