"""The web side of the engine: sends a query, brings the answer, explains a death."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

from integrin_kg.engine.admission import Admission
from integrin_kg.engine.host import Staff
from integrin_kg.engine.keeper import Generation
from integrin_kg.engine.messages import (
    HEAD,
    MAX_REQUEST,
    PROBLEM,
    TASK,
    WORKER,
    Problem,
    Task,
    encode,
    receive,
    receive_answer,
    send,
)

_GRACE = 2.0
_QUEUE_TIMEOUT = 5.0
_POLL = 0.05
_SLOW = 0.5
_ATTEMPTS = 3

_DEATHS: dict[int, tuple[int, str, str]] = {
    signal.SIGALRM: (503, "Query timed out", "It took longer than the {timeout:g} s that a query may take."),
    signal.SIGABRT: (507, "Out of memory", "It needs more memory than one query may have."),
    signal.SIGSEGV: (400, "Query too deep", "It is nested too deeply to be parsed."),
    signal.SIGBUS: (400, "Query too deep", "It is nested too deeply to be parsed."),
    signal.SIGKILL: (503, "Query stopped", "The process that ran it was stopped."),
}


_CAUSES: dict[int, str] = {signal.SIGALRM: "deadline", signal.SIGABRT: "memory"}


@dataclass(frozen=True)
class Answer:
    """A query's answer, whole: its media type, its length in bytes, the version of the graph that it is
    of, and its content, an open file where it is large."""

    media_type: str
    length: int
    version: str
    content: bytes | IO[bytes]

    def read(self) -> bytes:
        """Return the whole answer, once."""
        if isinstance(self.content, bytes):
            return self.content
        with self.content as file:
            return file.read()


class Engine:
    """Runs queries on the workers of the current host, no more than ``staff.most`` at once."""

    def __init__(self, current: Callable[[], Generation | None], staff: Staff) -> None:
        self.current, self.staff = current, staff
        self.admission = Admission(staff.most, staff.turns)
        self.killed: Counter[str] = Counter()

    @property
    def version(self) -> str:
        """The version of the graph that a query would meet now."""
        host = self.current()
        return host.version if host else ""

    def run(self, task: Task, gone: Callable[[], bool] = lambda: False) -> Answer:
        """Return the answer of ``task``; :class:`Problem` where it has none.

        ``gone`` is asked now and then whether the client still waits; when it does not the query
        is stopped and its worker freed.
        """
        payload = encode(task)
        if len(payload) > MAX_REQUEST:
            raise Problem(413, "Query too large", f"It has more than {MAX_REQUEST} bytes, escapes counted.")
        place = self.admission.enter(self._hire)
        try:
            if place.seconds is None or place.seconds >= task.timeout:
                return self._asked(task, payload, gone)
            return self._in_a_turn(replace(task, timeout=place.seconds), gone)
        finally:
            place.leave()

    def _in_a_turn(self, task: Task, gone: Callable[[], bool]) -> Answer:
        """The answer of ``task`` if it takes a moment only: where it takes more, there is no place for it."""
        try:
            return self._asked(task, encode(task), gone)
        except Problem as problem:
            raise self.admission.refuse() if problem.status == 503 else problem from problem

    def _hire(self, running: int) -> None:
        """See that there are as many workers as queries, and one more, within bounds."""
        host = self.current()
        wanted = max(self.staff.usual, min(running + 1, self.staff.most + self.staff.turns))
        if host and host.workers != wanted and (wanted > host.workers or running == 0):
            host.workers = wanted
            host.tell({"workers": wanted})

    def _asked(self, task: Task, payload: bytes, gone: Callable[[], bool]) -> Answer:
        for attempt in range(_ATTEMPTS):
            host = self.current()
            if host is None or not host.alive:
                raise Problem(503, "Starting", "The query engine is being started.", **{"retry-after": 5})
            try:
                call = Call(host, task, gone, self.killed)
            except NobodyThereError:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue  # the host has retired since we looked
            return call.make(payload)
        raise AssertionError("unreachable")


class NobodyThereError(Problem):
    """No worker took the query: it can be asked again."""

    def __init__(self, detail: str) -> None:
        super().__init__(503, "Query engine unavailable", detail, **{"retry-after": 1})


class Call:
    """One task's way to a worker of ``host`` and back; counts in ``killed`` what ended workers."""

    def __init__(self, host: Generation, task: Task, gone: Callable[[], bool], killed: Counter[str]) -> None:
        self.host, self.task, self.gone, self.killed = host, task, gone, killed
        self.worker: int | None = None
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.connection.settimeout(_QUEUE_TIMEOUT)
            try:
                self.connection.connect(host.queries)
            except OSError as error:
                raise NobodyThereError(f"It does not answer ({error}).") from error
            self.worker = int(self._next(WORKER, _QUEUE_TIMEOUT))
        except BaseException:
            self.connection.close()
            raise

    def make(self, payload: bytes) -> Answer:
        """Hand the task over and return its answer."""
        with self.connection:
            try:
                send(self.connection, TASK, payload)
            except OSError as error:
                raise self._death() from error
            media_type, length, version = json.loads(self._next(HEAD, self.task.timeout + _GRACE))
            self.connection.settimeout(_GRACE)
            try:
                content = receive_answer(self.connection)
            except (EOFError, OSError) as error:
                raise self._death() from error
        whole = content if isinstance(content, bytes) else os.fdopen(content, "rb")
        return Answer(media_type, length, version, whole)

    def _next(self, wanted: bytes, patience: float) -> bytes:
        """The payload of the next frame, which must be of the kind ``wanted``."""
        started = time.monotonic()
        told_slow = False
        self.connection.settimeout(_POLL)
        while True:
            try:
                ready = self.connection.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                waited = time.monotonic() - started
                self._give_up(waited > patience)
                if self.worker and waited > _SLOW and not told_slow:
                    told_slow = self.host.tell({"slow": self.worker})
                continue
            except ConnectionError:
                ready = b""
            if not ready:
                raise self._death()
            self.connection.settimeout(_GRACE)
            try:
                kind, payload = receive(self.connection)
            except (EOFError, OSError) as error:
                raise self._death() from error
            if kind == PROBLEM:
                raise Problem.decode(payload)
            if kind != wanted:
                raise Problem(500, "Engine error", f"A {kind!r} frame where {wanted!r} was due.")
            return payload

    def _give_up(self, too_long: bool) -> None:
        left = self.gone()
        if not left and not too_long:
            return
        if self.worker is not None:
            self.host.tell({"kill": self.worker})
        if left:
            self.killed["client gone"] += 1
            raise Problem(499, "Client gone", "The client closed the connection.")
        raise Problem(503, "Busy", "No worker was free in time.", **{"retry-after": 1})

    def _death(self) -> Problem:
        if self.worker is None:
            return NobodyThereError("The worker went away before it took the query.")
        cause = self.host.death(self.worker) or 0
        self.killed[_CAUSES.get(cause, "crash")] += 1
        status, title, detail = _DEATHS.get(
            cause, (500, "Query failed", f"The process that ran it ended early (signal {cause}).")
        )
        return Problem(status, title, detail.format(timeout=self.task.timeout))
