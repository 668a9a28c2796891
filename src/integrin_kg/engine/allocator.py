"""The allocator of the processes that hold the statements: jemalloc's, where the machine has it.

The C library's own lays a store out over more pages and cache lines, so that a query that reads much of the
graph takes half as long again. https://jemalloc.net
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

_FILE = "libjemalloc.so.2"
_FOLDERS = (f"/usr/lib/{platform.machine()}-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib")


def environment() -> dict[str, str]:
    """Return the variables that a process is started with to use it (``ld.so(8)``); none where it is not
    there, or whoever started us has other wishes."""
    there = [path for folder in _FOLDERS if (path := Path(folder, _FILE)).is_file()]
    return {"LD_PRELOAD": str(there[0])} if there and "LD_PRELOAD" not in os.environ else {}
