"""What was used and is free goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
from pathlib import Path
from runtime.memory import give_back

def resident():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0])

held = [b"x" * (60_000 + number) for number in range(2_000)]  # each small enough to be no mapping of its own
del held[:-1]  # the last one keeps the allocator from giving back the others by itself
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc's allocator alone"
)
def test_free_memory_goes_back_to_the_system() -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert int(found.stdout) > 100_000  # kB, of 120,000
