"""The runtime's own metrics. Each is counted where it happens; docs/operating.md says what they tell."""

from __future__ import annotations

from runtime.measures import SIZES, counter, counters, gauge, histogram

# -- the database ------------------------------------------------------------------------------------------

WRITES_WAITING = gauge("svardesk_write_jobs_waiting", "Writes handed in that no transaction has taken up yet.")
BATCH_SECONDS = histogram("svardesk_write_batch_seconds", "One transaction of the writer, from its begin to its end.")
BATCH_SIZE = histogram("svardesk_write_batch_size", "Writes that one transaction took together.", SIZES)
WRITES = counters(
    "svardesk_writes_total",
    "Writes by their end: done, refused by a rule, or failed with the storage.",
    "outcome",
    ("done", "refused", "failed"),
)
READS_WAITING = gauge("svardesk_reads_waiting", "Reads that no reading thread has taken up yet.")
READ_SECONDS = histogram("svardesk_read_seconds", "One read of the database, without its wait for a thread.")
STORAGE_FAULTS = counters(
    "svardesk_storage_faults_total",
    "Faults of the database: disk full, not writable, connection lost, anything else.",
    "kind",
    ("full", "read_only", "lost", "other"),
)
STORAGE_RETRIES = counters(
    "svardesk_storage_retries_total",
    "Transactions done again after a deadlock, a serialisation error or a lost connection.",
    "reason",
    ("deadlock", "lost"),
)

# -- the bus and the workers -------------------------------------------------------------------------------

NOTICES = counters(
    "svardesk_bus_notices_total", "Notices sent to and received from other workers.", "way", ("out", "in")
)
NOTICES_WAITING = gauge("svardesk_bus_notices_waiting", "Notices that have not left for other workers yet.")
NOTICES_DROPPED = counter(
    "svardesk_bus_notices_dropped_total", "Notices given up while the bus was down; polling makes up for them."
)
BUS_CONNECTED = gauge("svardesk_bus_connected", "1 while the bus between the workers is up (always, with one).", "min")
BUS_LOST = counter("svardesk_bus_lost_total", "Times that the connection to the bus was lost.")
WORKERS = gauge("svardesk_workers_alive", "Workers whose heartbeat grows, as this one sees it.", "max")
WORKERS_DIED = counter("svardesk_workers_died_total", "Workers that were found dead and whose rows were cleared.")
DRAINING = gauge("svardesk_draining", "Workers that take no new sockets because they are about to end.")

# -- the machine -------------------------------------------------------------------------------------------

LOOP_LAG = histogram("svardesk_loop_lag_seconds", "How much later than asked the event loop woke up.")
CPU = counter("svardesk_process_cpu_seconds_total", "Processor time of the workers, all threads.")
MEMORY = gauge("svardesk_process_resident_memory_bytes", "Memory that the workers hold.")
FILES = gauge("svardesk_process_open_files", "Open files and sockets of the worker that has most.", "max")
FILES_LIMIT = gauge("svardesk_process_open_files_limit", "Most files and sockets that one worker may open.", "min")
STARTED = gauge("svardesk_process_start_time_seconds", "When the oldest worker started, in seconds since 1970.", "min")
DISK_FREE = gauge("svardesk_data_folder_free_bytes", "Room left where the data folder is.", "min")

# -- HTTP and limits ---------------------------------------------------------------------------------------

REQUESTS = counters(
    "svardesk_http_requests_total",
    "HTTP requests by the first digit of their answer; the doors for probes and assets are left out.",
    "status",
    ("2xx", "3xx", "4xx", "5xx"),
)
REQUEST_SECONDS = histogram("svardesk_http_request_seconds", "One HTTP request, without probes and assets.")
REFUSED = counters(
    "svardesk_refused_total",
    "What a limit or a check refused. pace: messages of one customer or agent; frames: all frames of a socket; "
    "address: open sockets of an address; openings: new sockets of an address; admission: a full server; "
    "draining: a server about to end; origin, site, session: who may open a socket; bad_frame: not understood; "
    "too_large: text or frame; sign_in: tries; body: HTTP body.",
    "reason",
    (
        "pace",
        "frames",
        "address",
        "openings",
        "admission",
        "draining",
        "origin",
        "site",
        "session",
        "bad_frame",
        "too_large",
        "sign_in",
        "body",
    ),
)
