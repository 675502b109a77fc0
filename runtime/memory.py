"""Memory that is free but still counts as the process's: given back to the system after much was read and built."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """What C's allocator holds free (glibc's; elsewhere nothing happens). Tenths of a second, without Python's lock."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
