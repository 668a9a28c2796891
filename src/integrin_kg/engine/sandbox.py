"""What a worker may not do: open a socket, start a program, outgrow its memory.

The barrier is the kernel's (seccomp, see seccomp(2)): once closed it stays closed for the process
and its threads. Where the kernel or the machine is not one we know, :func:`close` says so and the
caller decides.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_DENY = 0x00050000 | errno.EPERM

_LOAD_WORD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_RETURN = 0x06

_COURTEOUS = 15

_closed = False

# The audit number of the architecture, and the system calls that reach out of the process.
_DENIED = {
    "x86_64": (0xC000003E, (41, 42, 53, 59, 101, 322, 425)),
    "aarch64": (0xC00000B7, (198, 199, 203, 221, 117, 281, 425)),
}
_X32_CALLS = 0x40000000


def known() -> bool:
    """Return whether this machine's kernel is one that :func:`close` knows how to ask."""
    return sys.platform == "linux" and platform.machine() in _DENIED


def closed() -> bool:
    """Return whether this process has given those rights up, itself or through the one it came from."""
    return _closed


def close() -> bool:
    """Take from this process, for good, the right to open or connect sockets, to run programs and
    to trace others. Return whether the kernel took it."""
    if not known():
        return False
    program = _filter(*_DENIED[platform.machine()])
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a count, padding, a pointer to the instructions.
    instructions = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    argument = ctypes.create_string_buffer(instructions, len(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    global _closed
    _closed = bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, argument, 0, 0) == 0)
    return _closed


def _filter(architecture: int, denied: tuple[int, ...]) -> bytes:
    """The classic BPF program: another architecture's calls and the denied ones fail with EPERM."""

    def step(code: int, jump_true: int, jump_false: int, operand: int) -> bytes:
        return struct.pack("HBBI", code, jump_true, jump_false, operand)

    checks = [step(_JUMP_AT_LEAST, len(denied) + 1, 0, _X32_CALLS)]
    checks += [step(_JUMP_EQUAL, len(denied) - i, 0, call) for i, call in enumerate(denied)]
    return b"".join(
        [
            step(_LOAD_WORD, 0, 0, 4),
            step(_JUMP_EQUAL, 1, 0, architecture),
            step(_RETURN, 0, 0, _DENY),
            step(_LOAD_WORD, 0, 0, 0),
            *checks,
            step(_RETURN, 0, 0, _ALLOW),
            step(_RETURN, 0, 0, _DENY),
        ]
    )


def limit_memory(extra: int | None) -> None:
    """Cap this process's address space at what it has now and ``extra`` bytes more; None lifts the cap."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0]) if sys.platform == "linux" else 0
    limit = resource.RLIM_INFINITY if extra is None else pages * resource.getpagesize() + extra
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(
        resource.RLIMIT_AS, (limit if most == resource.RLIM_INFINITY else min(limit, most), most)
    )
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def private_memory(pid: int) -> int:
    """Return how many bytes of memory a process has for itself alone; 0 where nobody knows."""
    try:
        resident, shared = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1:3]
    except OSError:
        return 0
    return (int(resident) - int(shared)) * resource.getpagesize()


def yield_to_others(pid: int) -> None:
    """Have every thread of a process run only when no ordinary one wants to."""
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.setpriority(os.PRIO_PROCESS, int(thread.name), _COURTEOUS)


def adopt_orphans() -> None:
    """Become the parent of this process's descendants whose own parent ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent``, its parent, ends (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it ended before the kernel was asked


def outlive_parent() -> None:
    """Take back :func:`die_with_parent`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, 0, 0, 0, 0)
