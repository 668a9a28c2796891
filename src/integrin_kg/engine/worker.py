"""A worker: takes queries one after another, and is meant to be killed by a bad one."""

from __future__ import annotations

import contextlib
import io
import os
import select
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from integrin_kg.engine import sandbox
from integrin_kg.engine.backend import Backend
from integrin_kg.engine.messages import (
    DATA,
    HEAD,
    MAX_REQUEST,
    PROBLEM,
    WORKER,
    Head,
    Problem,
    Query,
    Task,
    decode,
    frame,
    receive,
    send,
    send_file,
)
from integrin_kg.engine.tokens import mentions

_PIECE = 256 * 1024
_REQUEST_TIMEOUT = 5.0
_SPARE_PATIENCE = 5.0
_TOO_MUCH = Problem(507, "Out of memory", "The query needs more memory than one query may have.")


@dataclass(frozen=True)
class Limits:
    """What a worker may use: bytes of memory above its start (``change_memory`` where it makes a
    change), bytes of answer, bytes of answer that are held in memory before it goes to the disk, bytes of
    stack, queries before it makes room for a fresh one."""

    memory: int = 1024 * 1024 * 1024
    change_memory: int = 4 * 1024 * 1024 * 1024
    output: int = 512 * 1024 * 1024
    held: int = 4 * 1024 * 1024
    stack: int = 64 * 1024 * 1024
    queries: int = 20_000


def run(state: Backend, listener: socket.socket, door: int, limits: Limits, *, spare: bool = False) -> None:
    """Serve tasks from ``listener`` until ``limits.queries`` are done, ``door`` is closed and none is
    waiting, or, for a ``spare`` one, none has come for a while."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    sandbox.limit_memory(limits.memory + limits.stack)
    # Deep nesting overflows the main thread's 8 MB, which only the shell before us could enlarge.
    threading.stack_size(limits.stack)
    thread = threading.Thread(target=_serve, args=(state, _Arrivals(listener, door, spare), limits))
    thread.start()
    thread.join()


class _NotOursError(Exception):
    """Another worker was quicker."""


class _Arrivals:
    """Tasks as they come, until there is no reason to wait for more: on one connection until its client
    is gone, then on the next."""

    def __init__(self, listener: socket.socket, door: int, spare: bool) -> None:
        self.listener, self.door = listener, door
        self.patience = int(_SPARE_PATIENCE * 1000) if spare else None
        self.connection: socket.socket | None = None
        self.poll = _poll(listener.fileno(), door)

    def next(self) -> tuple[socket.socket, bytes] | None:
        """Return the next task, and the connection to answer it on."""
        while self._there_is_more():
            try:
                connection = self.connection or self._accept()
                return connection, receive(connection, MAX_REQUEST)[1]
            except _NotOursError:
                continue
            except (EOFError, OSError):
                self.hang_up()
        return None

    def _there_is_more(self) -> bool:
        """Wait until something is there; return False where nothing is, and nothing will be."""
        return any(end != self.door for end, _ in self.poll.poll(self.patience))

    def _accept(self) -> socket.socket:
        try:
            connection, _ = self.listener.accept()
        except BlockingIOError as error:
            raise _NotOursError from error
        self.connection, self.poll = connection, _poll(connection.fileno(), self.door)
        connection.setblocking(True)
        # A timeout of Python's own would cost a call of poll(2) for each of recv(2).
        seconds, rest = divmod(_REQUEST_TIMEOUT, 1)
        patience = struct.pack("ll", int(seconds), int(rest * 1_000_000))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        send(connection, WORKER, str(os.getpid()).encode())
        return connection

    def hang_up(self) -> None:
        """Let go of the client."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
            self.poll = _poll(self.listener.fileno(), self.door)


def _poll(*ends: int) -> select.poll:
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    return poll


def _serve(state: Backend, arrivals: _Arrivals, limits: Limits) -> None:
    courtesy = os.getpriority(os.PRIO_PROCESS, 0)
    # Where queries may call other endpoints each process answers one, and closes itself off first
    # unless that is what the query does.
    for _ in range(1 if state.services else limits.queries):
        arrived = arrivals.next()
        if arrived is None:
            return
        connection, payload = arrived
        try:
            _answer(state, connection, decode(payload), limits)
        except (EOFError, OSError):
            arrivals.hang_up()  # the client went away: nobody is left to tell
        except MemoryError:
            send(connection, PROBLEM, _TOO_MUCH.encode())
        if os.getpriority(os.PRIO_PROCESS, 0) != courtesy:
            return  # made to yield to others, for a slow query's sake, which is over


def _answer(state: Backend, connection: socket.socket, task: Task, limits: Limits) -> None:
    reply = _Reply(connection, limits, str(state.version))
    if isinstance(task, Query) and task.most is not None:
        reply.most = min(task.most, limits.output)
    if state.services and not (isinstance(task, Query) and mentions(task.text, "SERVICE")):
        sandbox.close()
    try:
        with _deadline(task.timeout):
            reply.media_type = state.answer(task, cast("IO[bytes]", reply))
    except Problem as problem:
        reply.fail(problem)
    except OSError as error:
        reply.fail(Problem(502, "Service failed", str(error)))
    except MemoryError:
        reply.fail(_TOO_MUCH)
    else:
        reply.finish()
    finally:
        reply.close()


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """End the process where what is done inside takes longer. It is over before an answer is sent: who has
    that may send the next task, which nothing of this one's may end."""
    # SIGALRM's default action ends the process: no loop in the engine can outlast it.
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Reply(io.RawIOBase):
    """A writable file that is an answer: sent when it is whole, kept on the disk meanwhile where it is
    large, so that a slow reader holds no worker."""

    content: IO[bytes]

    def __init__(self, connection: socket.socket, limits: Limits, version: str) -> None:
        super().__init__()
        self.connection, self.limits, self.version = connection, limits, version
        self.media_type = ""
        self.most = limits.output
        self.content = io.BytesIO()
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        written = len(memoryview(data))
        self.length += written
        if self.length > self.most:
            raise Problem(413, "Answer too large", f"It has more than {self.most} bytes: add a LIMIT.")
        try:
            if self.length > self.limits.held and isinstance(self.content, io.BytesIO):
                self._move_to_disk(self.content)
            self.content.write(data)
        except OSError as error:
            raise _no_room(error) from error
        return written

    def _move_to_disk(self, held: io.BytesIO) -> None:
        self.content = tempfile.TemporaryFile(buffering=_PIECE)  # noqa: SIM115 (closed by close)
        self.content.write(held.getbuffer())

    def finish(self) -> None:
        head = frame(HEAD, Head(self.media_type, self.length, self.version).encode())
        if isinstance(self.content, io.BytesIO):
            self.connection.sendall(head + frame(DATA, self.content.getvalue()))
            return
        try:
            self.content.seek(0)  # and what was buffered is written
        except OSError as error:
            self.fail(_no_room(error))
            return
        self.connection.sendall(head)
        send_file(self.connection, self.content.fileno())

    def fail(self, problem: Problem) -> None:
        send(self.connection, PROBLEM, problem.encode())

    def close(self) -> None:
        self.content.close()
        super().close()


def _no_room(error: OSError) -> Problem:
    return Problem(507, "No room for the answer", error.strerror or str(error))
