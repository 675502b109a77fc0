"""The whole matrix, each cell with what must come of it: nothing on these sockets is left to chance."""

from __future__ import annotations

import pytest

from bot import wire
from tests.scale.matrix import DATA, cookie_of, handshake, open_customer, open_staff, token_of
from tests.scale.stage import Stage
from tests.server import SITE_ORIGIN

pytestmark = pytest.mark.anyio

OWN = "own"  # stands for the server's own origin
ORIGINS = {
    SITE_ORIGIN: 101,
    "http://foreign.example": 403,
    "https://shop.example": 403,
    "http://shop.example:8080": 403,
    "null": 403,
    OWN: 403,
    None: 403,
}
# Token -> whether it is kept, whether there is a conversation behind it.
TOKENS = {
    "none": (False, False),
    "fresh": (True, False),
    "known": (True, True),
    "forged": (False, False),
    "garbage": (False, False),
    "revoked": (False, False),
}
NOT_OURS = ("welcome", "entry", "ack", "chat", "unheard_of")
STAFF_ONLY = ("open", "shut", "reply", "note", "claim", "release", "hand_back", "resolve", "judge", "suggest")
CUSTOMERS_ONLY = ("say", "request_human", "leave_email", "end", "rate", "helped", "set_language", "revoke")
NEVER_A_FRAME_OF = dict.fromkeys(NOT_OURS, "bad_frame")
# Frame -> (without a conversation, with one of their own that the assistant has).
CUSTOMER = {
    "hello": ("bad_frame", "bad_frame"),
    "say": ("ack", "ack"),
    "request_human": ("ack", "ack"),
    "leave_email": ("no_conversation", "ack"),
    "end": ("no_conversation", "ack"),
    "rate": ("no_conversation", "refused"),
    "helped": ("no_conversation", "not_an_answer"),
    "set_language": ("nothing", "nothing"),
    "revoke": ("closed 4003", "closed 4003"),
    "typing": ("nothing", "nothing"),
    "seen": ("nothing", "nothing"),
    "delivered": ("nothing", "nothing"),
    "history": ("nothing", "history"),
    "ping": ("pong", "pong"),
    **{kind: ("bad_frame", "bad_frame") for kind in (*STAFF_ONLY, *NOT_OURS)},
}
# The same frame, but naming a conversation of somebody else, or one that there is not: as if it did not exist.
FOREIGN = {kind: "not_found" for kind in CUSTOMER} | {
    "hello": "bad_frame",
    "ping": "pong",
    "revoke": "closed 4003",  # names no conversation: the field is ignored
    **{kind: "bad_frame" for kind in (*STAFF_ONLY, *NOT_OURS)},
}
# Frame -> (an agent, somebody who may only read), for a chat that the assistant has and nobody owns.
STAFF = {
    "hello": ("bad_frame", "bad_frame"),
    "open": ("entries", "entries"),
    "shut": ("nothing", "nothing"),
    "reply": ("ack", "forbidden"),
    "note": ("ack", "forbidden"),
    "claim": ("ack", "forbidden"),
    "release": ("not_yours", "forbidden"),
    "hand_back": ("not_yours", "forbidden"),
    "resolve": ("ack", "forbidden"),
    "judge": ("not_an_answer", "forbidden"),
    "typing": ("nothing", "nothing"),
    "seen": ("nothing", "nothing"),
    "delivered": ("nothing", "nothing"),
    "history": ("not_found", "not_found"),  # of a chat that is not open here
    "suggest": ("not_found", "not_found"),
    "ping": ("pong", "pong"),
    **{kind: ("bad_frame", "bad_frame") for kind in (*CUSTOMERS_ONLY, *NOT_OURS)},
}
WITHOUT_A_CHAT = {kind: "not_found" for kind in STAFF} | {
    "hello": "bad_frame",
    "ping": "pong",
    **dict.fromkeys(("shut", "typing", "seen", "delivered"), "nothing"),
    **{kind: "bad_frame" for kind in (*CUSTOMERS_ONLY, *NOT_OURS)},
}
ROLES = {"Maja": 0, "Synne": 1, "Kim": 1}  # an agent, a knowledge manager, the director
SIGNED_OUT = ("nobody", "signed out", "garbage")
NO_CHAT = "01m00000000000000000000000"


def test_every_frame_has_its_row() -> None:
    tags = {
        kind.__struct_config__.tag
        for kind in (*wire.CustomerFrame.__args__, *wire.StaffFrames.__args__)  # type: ignore[attr-defined]
    }
    assert tags <= set(DATA)
    assert set(CUSTOMER) == set(STAFF) == set(FOREIGN) == set(WITHOUT_A_CHAT) == set(DATA)


async def test_handshakes(sqlite_stage: Stage) -> None:
    house = await sqlite_stage.house().start()
    for origin, status in ORIGINS.items():
        said = house.url if origin == OWN else origin
        assert await handshake(f"{house.ws}/ws/customer/{house.facts['site']}", said) == status, origin
        assert await handshake(f"{house.ws}/ws/customer/nope", said) == 404, origin
    for who in (*ROLES, *SIGNED_OUT):
        cookie = await cookie_of(house, who)
        for origin in ORIGINS:
            said = house.url if origin == OWN else origin
            expected = 101 if who in ROLES and origin == OWN else 403
            assert await handshake(f"{house.ws}/ws/staff", said, cookie) == expected, (who, origin)


async def test_customers(sqlite_stage: Stage) -> None:
    house = await sqlite_stage.house().start()
    other, _ = await open_customer(house)
    foreign = await other.say()
    found, expected = {}, {}
    for kind, (kept, known) in TOKENS.items():
        for name, outcomes in CUSTOMER.items():
            token = await token_of(house, kind)
            talk, welcome = await open_customer(house, token)
            cell = (kind, name)
            expected[cell] = (kept, known, outcomes[known])
            kept_it = token is not None and welcome["data"]["token"] == token
            found[cell] = (kept_it, "conversation" in welcome, await talk.outcome(name))
            await talk.socket.close()
    for name, outcome in FOREIGN.items():
        for conversation in (foreign, NO_CHAT):
            talk, _ = await open_customer(house)
            expected[name, conversation] = outcome
            found[name, conversation] = await talk.outcome(name, conversation)
            await talk.socket.close()
    assert found == expected
    assert await other.outcome("ping") == "pong"  # whatever was tried above, this customer has noticed nothing
    await other.socket.close()


async def test_staff(sqlite_stage: Stage) -> None:
    house = await sqlite_stage.house().start()
    cookies = {who: await cookie_of(house, who) for who in ROLES}
    found, expected = {}, {}
    for who, column in ROLES.items():
        for name, outcomes in STAFF.items():
            customer, _ = await open_customer(house)
            chat = await customer.say()
            await customer.frames_until("entry")
            talk = await open_staff(house, cookies[who])
            expected[who, name] = outcomes[column]
            found[who, name] = await talk.outcome(name, chat)
            if name in WITHOUT_A_CHAT:
                expected[who, name, "no chat"] = (
                    "forbidden" if outcomes[column] == "forbidden" else WITHOUT_A_CHAT[name]
                )
                found[who, name, "no chat"] = await talk.outcome(name, NO_CHAT)
            await talk.socket.close()
            await customer.socket.close()
    assert found == expected
