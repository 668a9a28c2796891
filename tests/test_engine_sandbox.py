"""The barrier around a worker, tried in a process of its own: once closed it stays closed."""

from __future__ import annotations

import json
import platform
import socket
import subprocess
import sys
import textwrap
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason=f"the barrier is Linux's on x86_64 and aarch64, this is {sys.platform} on {platform.machine()}",
)

_PRELUDE = """
import ctypes, errno, json, os, socket, subprocess, sys, threading
from integrin_kg.engine import sandbox

def outcome(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"
"""


def _run(script: str) -> Any:
    """What the script, run in a fresh process, prints as JSON."""
    program = _PRELUDE + textwrap.dedent(script)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_closing_says_that_the_kernel_took_the_rights() -> None:
    assert _run("print(json.dumps(sandbox.close()))") is True


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"])
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
def test_no_socket_can_be_opened(family: str, kind: str) -> None:
    script = f"""
    sandbox.close()
    print(json.dumps(outcome(lambda: socket.socket(socket.{family}, socket.{kind}))))
    """
    assert _run(script) == "EPERM"


def test_no_pair_of_sockets_can_be_opened() -> None:
    assert _run("sandbox.close()\nprint(json.dumps(outcome(socket.socketpair)))") == "EPERM"


def test_a_socket_from_before_cannot_be_connected() -> None:
    script = """
    listener = socket.create_server(("127.0.0.1", 0))
    early = socket.socket()
    sandbox.close()
    print(json.dumps(outcome(lambda: early.connect(listener.getsockname()))))
    """
    assert _run(script) == "EPERM"


@pytest.mark.parametrize(
    "start",
    [
        'os.execv("/bin/true", ["true"])',
        'os.execve("/bin/true", ["true"], {})',
        'os.execve(os.open("/bin/true", os.O_RDONLY), ["true"], {})',
        'os.posix_spawn("/bin/true", ["true"], {})',
        'subprocess.run(["/bin/true"])',
    ],
)
def test_no_program_can_be_run(start: str) -> None:
    assert _run(f"sandbox.close()\nprint(json.dumps(outcome(lambda: {start})))") == "EPERM"


@pytest.mark.parametrize(
    ("call", "numbers"),
    [("io_uring_setup", {"x86_64": 425, "aarch64": 425}), ("ptrace", {"x86_64": 101, "aarch64": 117})],
)
def test_system_calls_that_reach_out_another_way_fail(call: str, numbers: dict[str, int]) -> None:
    script = f"""
    sandbox.close()
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall({numbers[platform.machine()]}, 0, 0, 0, 0)
    print(json.dumps([result, errno.errorcode.get(ctypes.get_errno())]))
    """
    assert _run(script) == [-1, "EPERM"], call


def test_threads_start_and_are_behind_the_barrier_too() -> None:
    script = """
    sandbox.close()
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(outcome(socket.socket)))
    thread.start()
    thread.join()
    print(json.dumps(outcomes))
    """
    assert _run(script) == ["EPERM"]


def test_a_fork_is_behind_the_barrier_too() -> None:
    script = """
    sandbox.close()
    if os.fork() == 0:
        print(json.dumps(outcome(socket.socket)), flush=True)
        os._exit(0)
    os.wait()
    """
    assert _run(script) == "EPERM"


def test_connections_that_come_in_are_accepted_and_answered() -> None:
    script = """
    listener = socket.create_server(("127.0.0.1", 0))
    sandbox.close()
    print(listener.getsockname()[1], flush=True)
    connection, _ = listener.accept()
    connection.sendall(connection.recv(100).upper())
    connection.close()
    """
    program = [sys.executable, "-c", _PRELUDE + textwrap.dedent(script)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"who is there")
            assert connection.recv(100) == b"WHO IS THERE"
        assert process.wait(10) == 0


def test_on_a_machine_that_it_does_not_know_it_says_so_and_closes_nothing() -> None:
    script = """
    import platform
    platform.machine = lambda: "vax"
    print(json.dumps([sandbox.close(), outcome(socket.socket)]))
    """
    assert _run(script) == [False, "done"]


def test_the_memory_limit_stops_a_large_allocation_and_no_small_one() -> None:
    script = """
    sandbox.limit_memory(64 * 1024 * 1024)
    small = bytearray(16 * 1024 * 1024)
    try:
        bytearray(128 * 1024 * 1024)
        print(json.dumps("allocated"))
    except MemoryError:
        print(json.dumps("refused"))
    """
    assert _run(script) == "refused"


def test_the_memory_limit_counts_from_what_the_process_has() -> None:
    script = """
    before = bytearray(256 * 1024 * 1024)
    sandbox.limit_memory(64 * 1024 * 1024)
    small = bytearray(16 * 1024 * 1024)
    print(json.dumps(len(before) + len(small)))
    """
    assert _run(script) == 272 * 1024 * 1024


def test_a_process_that_dies_with_its_parent_does() -> None:
    script = """
    import time
    reader, writer = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            sandbox.die_with_parent(os.getppid())
            os.write(writer, b"!")
            time.sleep(60)
        os.read(reader, 1)
        os._exit(0)
    os.close(writer)
    os.wait()
    print(json.dumps(os.read(reader, 1).decode()))
    """
    assert _run(script) == ""


def test_a_process_that_is_to_die_with_a_parent_that_is_dead_dies_at_once() -> None:
    script = """
    import time
    reader, writer = os.pipe()
    if os.fork() == 0:
        parent = os.getpid()
        if os.fork() == 0:
            while os.getppid() == parent:
                time.sleep(0.01)
            sandbox.die_with_parent(parent)
            os.write(writer, b"alive")
        os._exit(0)
    os.close(writer)
    os.wait()
    print(json.dumps(os.read(reader, 5).decode()))
    """
    assert _run(script) == ""
