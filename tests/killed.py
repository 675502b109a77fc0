"""A process that kills itself after its n-th statement: what is half done must be seen by nobody."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import sqlalchemy as sa

DONE = 0


def run_and_kill(work: Callable[[], object], after: int, only: str = "") -> int:
    """Runs `work` in a forked process that SIGKILLs itself after `after` statements with `only` in their text.

    Returns DONE, or the number of the signal. The caller has no open engine: a fork would share its connections.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            seen = 0

            def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
                nonlocal seen
                seen += only.casefold() in statement.casefold()
                if seen == after:
                    os.kill(os.getpid(), signal.SIGKILL)

            sa.event.listen(sa.Engine, "after_cursor_execute", count)
            work()
            code = DONE
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
