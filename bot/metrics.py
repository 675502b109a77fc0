"""The chat's own metrics: sockets, frames, acknowledgements, turns, and what waits for whom."""

from __future__ import annotations

from runtime.measures import counter, counters, gauge, gauges, histogram, histograms

KINDS = ("customer", "staff")
CODES = ("1000", "1001", "1003", "1005", "1006", "1008", "1009", "1011", "1012", "1013", "4003", "4008", "other")
STATES = ("bot", "queued", "assigned", "snoozed")

# -- sockets -----------------------------------------------------------------------------------------------

SOCKETS = gauges("svardesk_sockets_open", "Open websockets.", "kind", KINDS)
OPENED = counters("svardesk_sockets_opened_total", "Websockets accepted.", "kind", KINDS)
CLOSED = counters("svardesk_sockets_closed_total", "Websockets ended, by close code; 4008: too slow.", "code", CODES)
FRAMES_IN = counters("svardesk_frames_received_total", "Frames from browsers.", "kind", KINDS)
FRAMES_OUT = counters("svardesk_frames_sent_total", "Frames to browsers.", "kind", KINDS)
FRAMES_WAITING = gauge("svardesk_frames_waiting", "Frames that wait to leave for a browser, over all sockets.")
HANDSHAKE_SECONDS = histogram("svardesk_welcome_seconds", "From a socket's hello to its welcome.")

# -- the promise -------------------------------------------------------------------------------------------

ACKS = counters("svardesk_acks_total", "Messages and acts acknowledged, which means: committed.", "kind", KINDS)
ACK_SECONDS = histograms("svardesk_ack_seconds", "From a frame's arrival to its acknowledgement.", "kind", KINDS)
NOT_ACKED = counters(
    "svardesk_faults_sent_total",
    "Error frames sent in place of an acknowledgement, by their code's meaning.",
    "kind",
    ("refused", "storage", "internal"),
)
RESUMED = counters(
    "svardesk_resumes_total",
    "How a socket caught up: nothing missing, replay of entries, a page of a snapshot, a resync.",
    "way",
    ("nothing", "replay", "snapshot", "resync"),
)
REPLAYED = counter("svardesk_entries_replayed_total", "Entries that a returning socket had missed.")
HEALED = counter(
    "svardesk_bus_healed_total", "Conversations that polling found ahead of what was shown: a notice had been lost."
)

# -- turns -------------------------------------------------------------------------------------------------

QUESTIONS_WAITING = gauge("svardesk_questions_waiting", "Customers' messages that the assistant has not decided on.")
ANSWER_SECONDS = histogram(
    "svardesk_answer_seconds", "From taking up a question to its committed answer or handover, pauses included."
)
TURNS = counters(
    "svardesk_turns_total",
    "Questions by their end. failed_open: something broke or took too long, and people took over; late: not waited for "
    "any more; not_stored: the database did not take it, tried again.",
    "outcome",
    ("answered", "offered", "remarked", "handed_over", "failed_open", "late", "not_stored"),
)
TAKEN_OVER = counter("svardesk_turns_taken_over_total", "Questions taken over from a worker that died or hangs.")
SWEEPS = counters(
    "svardesk_sweeps_total", "Searches for forgotten questions and due closings.", "outcome", ("done", "failed")
)
BUSY_SAID = counter("svardesk_questions_told_to_wait_total", "Customers told that the answer takes a moment.")

# -- facts of the database, read at most every ten seconds ----------------------------------------------------

CONVERSATIONS = gauges("svardesk_conversations", "Live conversations by who has them.", "status", STATES, "newest")
BOT_WAITING = gauge(
    "svardesk_conversations_waiting_for_bot", "Conversations in which a message waits for the assistant.", "newest"
)
BOT_OLDEST = gauge("svardesk_bot_oldest_wait_seconds", "How long the oldest of these has waited.", "newest")
QUEUE_OLDEST = gauge(
    "svardesk_queue_oldest_wait_seconds", "How long the first in the queue has waited for a person.", "newest"
)
FACTS_AT = gauge("svardesk_facts_time_seconds", "When these facts were read, in seconds since 1970.", "newest")
FACTS_FAILED = counter("svardesk_facts_failed_total", "Readings of these facts that failed.")
