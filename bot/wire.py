"""The frames on the sockets: one definition that parses, checks and writes them, and from which wire.d.ts is made.

Every frame is `{"v": 1, "type": ..., "conversation"?, "seq"?, "id"?, "ts"?, "data"?}`. Unknown fields are ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from runtime.errors import BadInput

VERSION = 1
MAX_FRAME = 65_536  # bytes; larger ones are refused with close code 1009
MAX_TEXT = 4_000  # characters of one message

ClientId = Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Language = Literal["en", "da", "sv", "nb", "nn"]
Number = Annotated[int, Meta(ge=0)]
Window = Annotated[int, Meta(ge=1, le=500)]
# Longer than MAX_TEXT on purpose: the length of a message is checked by rule code, which can say so in words.
Text = Annotated[str, Meta(max_length=MAX_FRAME)]


class Frame(Struct, tag_field="type", omit_defaults=True, kw_only=True):
    v: Literal[1]
    id: str | None = None
    ts: str | None = None


# -- what both sides may send to the server ------------------------------------------------------------


class Resume(Struct, omit_defaults=True):
    conversation: str
    after_seq: Number = 0


class ConversationFrame(Frame, kw_only=True):
    conversation: str | None = None


class Typing(Struct, omit_defaults=True):
    on: bool = True


class TypingFrame(ConversationFrame, tag="typing"):
    data: Typing = msgspec.field(default_factory=Typing)


class Seen(Struct):
    seq: Number


class SeenFrame(ConversationFrame, tag="seen"):
    data: Seen


class Delivered(Struct):
    seq: Number


class DeliveredFrame(ConversationFrame, tag="delivered"):
    """It is on a screen that nobody looks at just now."""

    data: Delivered


class Back(Struct, omit_defaults=True):
    """`limit` entries at most, all of them below `before_seq`."""

    before_seq: Number
    limit: Annotated[int, Meta(ge=1, le=200)] = 100


class BackFrame(ConversationFrame, tag="history"):
    """An older page of the chat that is open here."""

    data: Back


class PingFrame(Frame, tag="ping"):
    pass


# -- customer to server --------------------------------------------------------------------------------


class Hello(Struct, omit_defaults=True, kw_only=True):
    """`token` is absent on a first visit. `language` is that of the page, or the one that the visitor has `chosen`.

    `window`: where more entries than this are missing, only the newest of them; absent: all of them.
    """

    token: Annotated[str, Meta(max_length=128)] | None = None
    language: Language = "en"
    chosen: bool = False
    page: Annotated[str, Meta(max_length=2000)] = ""
    epoch: str | None = None
    resume: Annotated[list[Resume], Meta(max_length=4)] = []
    window: Window | None = None


class HelloFrame(Frame, tag="hello"):
    data: Hello


class Say(Struct, omit_defaults=True, kw_only=True):
    """`article` when an offered article was chosen; `new` begins another conversation after a resolved one."""

    client_id: ClientId
    text: Text
    article: Annotated[str, Meta(max_length=128)] | None = None
    new: bool = False


class SayFrame(ConversationFrame, tag="say"):
    data: Say


class Act(Struct):
    client_id: ClientId


class RequestHuman(Struct, omit_defaults=True):
    """`new` begins another conversation after a resolved one."""

    client_id: ClientId
    new: bool = False


class RequestHumanFrame(ConversationFrame, tag="request_human"):
    """Works before anything was said: the wish itself starts the conversation."""

    data: RequestHuman


class EndFrame(ConversationFrame, tag="end"):
    data: Act


class LeaveEmail(Struct):
    client_id: ClientId
    email: Annotated[str, Meta(min_length=3, max_length=254)]


class LeaveEmailFrame(ConversationFrame, tag="leave_email"):
    data: LeaveEmail


class Rate(Struct, omit_defaults=True):
    client_id: ClientId
    value: Annotated[int, Meta(ge=1, le=5)]
    comment: Annotated[str, Meta(max_length=2000)] = ""


class RateFrame(ConversationFrame, tag="rate"):
    data: Rate


class Helped(Struct):
    """`seq`: the answer."""

    client_id: ClientId
    seq: Number
    helped: bool


class HelpedFrame(ConversationFrame, tag="helped"):
    """The reply to "Did that help?", of each answer once; only an `answered` entry can be asked about."""

    data: Helped


class RevokeFrame(Frame, tag="revoke"):
    """Ends the session on the server: the token opens nothing any more, all its sockets are closed with 4003."""


class SetLanguage(Struct, omit_defaults=True):
    """`chosen`: by the visitor, who is answered in it whatever they write in; else it is the page that has changed."""

    language: Language
    chosen: bool = False


class SetLanguageFrame(ConversationFrame, tag="set_language"):
    data: SetLanguage


CustomerFrame = (
    HelloFrame
    | SayFrame
    | TypingFrame
    | SeenFrame
    | DeliveredFrame
    | RequestHumanFrame
    | LeaveEmailFrame
    | EndFrame
    | RateFrame
    | HelpedFrame
    | SetLanguageFrame
    | RevokeFrame
    | BackFrame
    | PingFrame
)

# -- staff to server -------------------------------------------------------------------------------------


class StaffHello(Struct, omit_defaults=True, kw_only=True):
    """The cookie says who it is; `resume` lists the chats that are open on the screen."""

    epoch: str | None = None
    resume: Annotated[list[Resume], Meta(max_length=64)] = []
    window: Window | None = None


class StaffHelloFrame(Frame, tag="hello"):
    data: StaffHello


class StaffFrame(Frame, kw_only=True):
    conversation: str


class Open(Struct, omit_defaults=True):
    after_seq: Number = 0
    window: Window | None = None


class OpenFrame(StaffFrame, tag="open"):
    """Shows the chat on this socket from now on: replay, then live."""

    data: Open = msgspec.field(default_factory=Open)


class ShutFrame(StaffFrame, tag="shut"):
    pass


class Reply(Struct):
    client_id: ClientId
    text: Text


class ReplyFrame(StaffFrame, tag="reply"):
    data: Reply


class NoteFrame(StaffFrame, tag="note"):
    data: Reply


class ClaimFrame(StaffFrame, tag="claim"):
    data: Act


class ReleaseFrame(StaffFrame, tag="release"):
    data: Act


class HandBackFrame(StaffFrame, tag="hand_back"):
    data: Act


class ResolveFrame(StaffFrame, tag="resolve"):
    data: Act


class Judge(Struct, omit_defaults=True):
    """`seq`: an answer of the assistant, or a `decided` entry by which it would have given one."""

    client_id: ClientId
    seq: Number
    right: bool
    why: Annotated[str, Meta(max_length=2000)] = ""


class JudgeFrame(StaffFrame, tag="judge"):
    """Right or wrong; the latest word of the same colleague counts."""

    data: Judge


class StaffTypingFrame(StaffFrame, tag="typing"):
    data: Typing = msgspec.field(default_factory=Typing)


class StaffSeenFrame(StaffFrame, tag="seen"):
    data: Seen


class StaffDeliveredFrame(StaffFrame, tag="delivered"):
    """The chat need not be open here: a row of the list brought it."""

    data: Delivered


class SuggestFrame(StaffFrame, tag="suggest"):
    """What may help to answer the open chat now; answered with `suggestions`."""


StaffFrames = (
    StaffHelloFrame
    | OpenFrame
    | ShutFrame
    | ReplyFrame
    | NoteFrame
    | ClaimFrame
    | ReleaseFrame
    | HandBackFrame
    | ResolveFrame
    | JudgeFrame
    | StaffTypingFrame
    | StaffSeenFrame
    | StaffDeliveredFrame
    | SuggestFrame
    | BackFrame
    | PingFrame
)

# -- server to client ------------------------------------------------------------------------------------


class Site(Struct, omit_defaults=True):
    """`retention_days`: how long a chat is kept, shown under the text field."""

    name: str
    languages: list[str]
    retention_days: int
    brand: str = ""


class State(Struct, omit_defaults=True, kw_only=True):
    """`agent` is the name of the person who has the chat; `rated` is that of the current episode.

    `language`: of the conversation, as it was detected or chosen.
    """

    status: str
    owner: str
    episode: int
    language: str = ""
    reason: str | None = None
    agent: str | None = None
    rated: int | None = None
    email: str | None = None


class Welcome(Struct, omit_defaults=True, kw_only=True):
    """To a customer: `token` (new or the same), the conversation if there is one, its state and last number."""

    token: str
    epoch: str
    site: Site
    language: str
    people_available: bool
    last_seq: int = 0
    state: State | None = None
    seen_by_staff: int = 0
    delivered_to_staff: int = 0


class WelcomeFrame(ConversationFrame, tag="welcome"):
    data: Welcome


class Me(Struct):
    id: str
    name: str
    role: str
    language: str


class StaffWelcome(Struct):
    me: Me
    epoch: str
    site: Site


class StaffWelcomeFrame(Frame, tag="staff_welcome"):
    data: StaffWelcome


class Chat(Struct, omit_defaults=True, kw_only=True):
    """A row of the agents' list. Times are RFC 3339; `waiting_since` is that of the first unanswered message.

    `said`: the customer's last words of this episode, shortened; `last_said` their number.
    """

    id: str
    status: str
    owner: str
    episode: int
    language: str
    last_seq: int
    title: str
    last_text: str
    last_kind: str
    created_at: str
    updated_at: str
    agent: str | None = None
    reason: str | None = None
    queued_at: str | None = None
    waiting_since: str | None = None
    rated: int | None = None
    comment: str | None = None
    email: str | None = None
    page: str | None = None
    said: str | None = None
    last_said: int = 0
    seen_by_customer: int = 0
    seen_by_staff: int = 0
    delivered_to_customer: int = 0
    delivered_to_staff: int = 0


class Chats(Struct, omit_defaults=True):
    """A page of the live chats. Page 1 replaces what the console has, the others add to it; `more`: one follows."""

    items: list[Chat]
    page: int = 1
    more: bool = False


class ChatsFrame(Frame, tag="chats"):
    data: Chats


class ChatFrame(Frame, tag="chat"):
    """One row has changed; a resolved one leaves the live list."""

    conversation: str
    data: Chat


class EntryFrame(Frame, kw_only=True, tag="entry"):
    """`data` is `{kind, client_id?, ...the event's fields}`; kind `hidden` has nothing more (not for this reader)."""

    conversation: str
    seq: int
    data: dict[str, Any]


class Replay(Struct, omit_defaults=True):
    """`to_seq`: the last number that the server had when the replay began."""

    from_seq: int
    to_seq: int


class ReplayBeginFrame(Frame, tag="replay_begin"):
    conversation: str
    data: Replay


class ReplayEndFrame(Frame, tag="replay_end"):
    conversation: str
    data: Replay


class ResyncRequiredFrame(Frame, tag="resync_required"):
    """Drop what is cached of this conversation: the replay that follows begins at 1."""

    conversation: str | None = None


class Ack(Struct, omit_defaults=True):
    """Committed. `seq` of the entry that the client id made, the first time or this time."""

    client_id: str
    seq: int


class AckFrame(ConversationFrame, tag="ack"):
    data: Ack


class Typist(Struct, omit_defaults=True):
    """`who` is `customer`, `agent` or `bot`; it holds for 8 s unless repeated.

    `wait_s`: so many ask at once that the assistant's answer will take about this long, in seconds.
    """

    who: str
    on: bool
    name: str = ""
    wait_s: int | None = None


class TypistFrame(Frame, tag="typing"):
    conversation: str
    data: Typist


class SeenBy(Struct):
    who: str
    seq: int


class SeenByFrame(Frame, tag="seen"):
    conversation: str
    data: SeenBy


class DeliveredTo(Struct):
    who: str
    seq: int


class DeliveredToFrame(Frame, tag="delivered"):
    conversation: str
    data: DeliveredTo


class Presence(Struct):
    who: str
    here: bool


class PresenceFrame(Frame, tag="presence"):
    """To staff: whether the customer has the chat open somewhere."""

    conversation: str
    data: Presence


class Past(Struct):
    """In order of number; empty, or beginning with 1, where the chat began."""

    before_seq: int
    entries: list[EntryFrame]


class PastFrame(Frame, tag="history"):
    conversation: str
    data: Past


class StateFrame(Frame, tag="state"):
    conversation: str
    data: State


class Queue(Struct, omit_defaults=True):
    """`position` counts from 1. `wait_s`: low and high estimate in seconds, absent when too few were served lately."""

    position: int
    wait_s: tuple[int, int] | None = None


class QueueFrame(Frame, tag="queue"):
    conversation: str
    data: Queue


class Survey(Struct):
    episode: int


class SurveyFrame(Frame, tag="survey"):
    """The moment to ask for a rating."""

    conversation: str
    data: Survey


class Suggestion(Struct, omit_defaults=True, kw_only=True):
    """An article and the sentence of it that answers, between what stands before and after it in its passage.

    `audience`: what is `internal` is for colleagues and never for the customer.
    """

    article: str
    language: str
    title: str
    url: str
    certainty: float
    sentence: str
    before: str = ""
    after: str = ""
    audience: str = "public"


class Suggestions(Struct, omit_defaults=True, kw_only=True):
    """To staff who asked. `seq`: the customer's last message that was looked at; `mood`: `calm` or `upset`, with its
    `signs`. `looked`: there was a question to look for; `failed`: it could not be. `reply`: from what the assistant had
    found and did not say.
    """

    seq: int
    mood: str
    signs: list[str] = []
    looked: bool = False
    failed: bool = False
    items: list[Suggestion] = []
    reply: Suggestion | None = None


class SuggestionsFrame(Frame, tag="suggestions"):
    conversation: str
    data: Suggestions


class Fault(Struct, omit_defaults=True, kw_only=True):
    """`message` is English; clients word the known codes themselves. `owner`: the colleague who has the chat."""

    code: str
    message: str
    client_id: str | None = None
    retry_after: float | None = None
    owner: str | None = None


class ErrorFrame(ConversationFrame, tag="error"):
    data: Fault


class PongFrame(Frame, tag="pong"):
    pass


ServerFrame = (
    WelcomeFrame
    | StaffWelcomeFrame
    | ChatsFrame
    | ChatFrame
    | EntryFrame
    | ReplayBeginFrame
    | ReplayEndFrame
    | ResyncRequiredFrame
    | AckFrame
    | TypistFrame
    | SeenByFrame
    | DeliveredToFrame
    | PresenceFrame
    | PastFrame
    | StateFrame
    | QueueFrame
    | SurveyFrame
    | SuggestionsFrame
    | ErrorFrame
    | PongFrame
)

_customer = msgspec.json.Decoder(CustomerFrame)
_staff = msgspec.json.Decoder(StaffFrames)
_encoder = msgspec.json.Encoder()


class BadFrame(BadInput):
    code = "bad_frame"


def parse_customer(text: str | bytes) -> CustomerFrame:
    """BadFrame says in words what is wrong with it."""
    frame: CustomerFrame = _parse(_customer, text)
    return frame


def parse_staff(text: str | bytes) -> StaffFrames:
    frame: StaffFrames = _parse(_staff, text)
    return frame


def _parse(decoder: msgspec.json.Decoder[Any], text: str | bytes) -> Any:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        # ValidationError is a DecodeError; lone surrogates in the text are a UnicodeError
        raise BadFrame(f"This frame was not understood: {error}.") from None


def encode(frame: Frame) -> str:
    return _encoder.encode(frame).decode()


_latest: tuple[Frame | None, bytes] = (None, b"")


def encoded(frame: Frame) -> bytes:
    """UTF-8. The same frame for many readers, one after the other, is written once."""
    global _latest
    held, text = _latest
    if held is not frame:
        text = _encoder.encode(frame)
        _latest = (frame, text)
    return text
