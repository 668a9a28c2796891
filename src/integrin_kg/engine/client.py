"""The web side of the engine: sends a query, streams the answer, explains a death."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from integrin_kg.engine.host import socket_paths
from integrin_kg.engine.messages import (
    DATA,
    END,
    HEAD,
    MAX_REQUEST,
    PROBLEM,
    TASK,
    WORKER,
    Problem,
    Task,
    encode,
    receive,
    send,
)

_GRACE = 2.0
_QUEUE_TIMEOUT = 10.0
_POLL = 0.05

_DEATHS: dict[int, tuple[int, str, str]] = {
    signal.SIGALRM: (503, "Query timed out", "It took longer than the {timeout:g} s that a query may take."),
    signal.SIGABRT: (507, "Out of memory", "It needs more memory than one query may have."),
    signal.SIGSEGV: (400, "Query too deep", "It is nested too deeply to be parsed."),
    signal.SIGBUS: (400, "Query too deep", "It is nested too deeply to be parsed."),
    signal.SIGKILL: (503, "Query stopped", "The process that ran it was stopped."),
}


@dataclass(frozen=True)
class Answer:
    """A query's answer: its media type, its length where it is small enough to be whole from the
    start, and its bytes, which come as they are ready.

    Iterating raises :class:`ConnectionError` where the rest of a large answer is lost.
    """

    media_type: str
    length: int | None
    chunks: Iterator[bytes]

    def read(self) -> bytes:
        """Return the whole answer."""
        return b"".join(self.chunks)


class Engine:
    """Runs queries on the workers behind the sockets in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.queries, self.control = map(str, socket_paths(folder))

    def run(self, task: Task, gone: Callable[[], bool] = lambda: False) -> Answer:
        """Return the answer of ``task``; :class:`Problem` where it has none.

        ``gone`` is asked now and then whether the client still waits; when it does not the query
        is stopped and its worker freed.
        """
        payload = encode(task)
        if len(payload) > MAX_REQUEST:
            raise Problem(413, "Query too large", f"It has more than {MAX_REQUEST} bytes, escapes counted.")
        connection = self._connect()
        try:
            worker = int(self._next(connection, WORKER, _QUEUE_TIMEOUT, gone, None, task))
            self._hand_over(connection, payload, worker, task)
            head = self._next(connection, HEAD, task.timeout + _GRACE, gone, worker, task)
        except BaseException:
            connection.close()
            raise
        media_type, length = json.loads(head)
        return Answer(media_type, length, self._chunks(connection, task))

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_QUEUE_TIMEOUT)
        try:
            connection.connect(self.queries)
        except OSError as error:
            connection.close()
            raise Problem(503, "Query engine unavailable", f"It does not answer ({error}).") from error
        return connection

    def _hand_over(self, connection: socket.socket, payload: bytes, worker: int, task: Task) -> None:
        try:
            send(connection, TASK, payload)
        except OSError as error:
            raise self._death(worker, task) from error

    def _next(
        self,
        connection: socket.socket,
        wanted: bytes,
        patience: float,
        gone: Callable[[], bool],
        worker: int | None,
        task: Task,
    ) -> bytes:
        """The payload of the next frame, which must be of the kind ``wanted``."""
        end = time.monotonic() + patience
        connection.settimeout(_POLL)
        while True:
            try:
                ready = connection.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                self._give_up(end, gone, worker)
                continue
            except ConnectionError:
                ready = b""
            if not ready:
                raise self._death(worker, task)
            connection.settimeout(_GRACE)
            try:
                kind, payload = receive(connection)
            except (EOFError, OSError) as error:
                raise self._death(worker, task) from error
            if kind == PROBLEM:
                raise Problem.decode(payload)
            if kind != wanted:
                raise Problem(500, "Engine error", f"A {kind!r} frame where {wanted!r} was due.")
            return payload

    def _give_up(self, end: float, gone: Callable[[], bool], worker: int | None) -> None:
        left = gone()
        if not left and time.monotonic() < end:
            return
        if worker is not None:
            self._ask("kill", worker)
        if left:
            raise Problem(499, "Client gone", "The client closed the connection.")
        raise Problem(503, "Busy", "No worker was free in time.", **{"retry-after": 1})

    def _chunks(self, connection: socket.socket, task: Task) -> Iterator[bytes]:
        with connection:
            connection.settimeout(task.timeout + _GRACE)
            while True:
                try:
                    kind, payload = receive(connection)
                except (EOFError, OSError) as error:
                    raise ConnectionError("the answer broke off before its end") from error
                if kind == END:
                    return
                if kind == DATA:
                    yield payload

    def _death(self, worker: int | None, task: Task) -> Problem:
        if worker is None:
            return Problem(503, "Query engine unavailable", "The worker went away before it took the query.")
        cause = self._ask("cause", worker)
        status, title, detail = _DEATHS.get(
            cause, (500, "Query failed", f"The process that ran it ended early (signal {cause}).")
        )
        return Problem(status, title, detail.format(timeout=task.timeout))

    def _ask(self, command: str, worker: int) -> int:
        """Ask the host about a worker; return the number of the signal that it died of."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(_GRACE)
            try:
                asking.connect(self.control)
                asking.sendall(f"{command} {worker}".encode())
                return int(asking.recv(16) or 0)
            except (OSError, ValueError):
                return 0
