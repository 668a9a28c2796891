"""One task's way to a worker and back, and what it means when the worker dies of it."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable

from integrin_kg.engine.cache import Answer
from integrin_kg.engine.keeper import Generation
from integrin_kg.engine.messages import (
    DATA,
    FILE,
    HEAD,
    PROBLEM,
    TASK,
    WORKER,
    Head,
    Incoming,
    Problem,
    Task,
    send,
)
from integrin_kg.engine.pool import Contact, NobodyThereError

_GRACE = 2.0
_QUEUE_TIMEOUT = 5.0
_POLL = 0.05
_SLOW = 0.2

TIMED_OUT = "Query timed out"

_DEATHS: dict[int, tuple[int, str, str]] = {
    signal.SIGALRM: (503, TIMED_OUT, "It took longer than the {timeout:g} s that a query may take."),
    signal.SIGABRT: (507, "Out of memory", "It needs more memory than one query may have."),
    signal.SIGSEGV: (400, "Query too deep", "It is nested too deeply to be parsed."),
    signal.SIGBUS: (400, "Query too deep", "It is nested too deeply to be parsed."),
    signal.SIGKILL: (503, "Query stopped", "The process that ran it was stopped."),
}
_CAUSES: dict[int, str] = {signal.SIGALRM: "deadline", signal.SIGABRT: "memory"}


def client_gone() -> Problem:
    """Return what is said of a query that nobody waits for any longer, to the log."""
    return Problem(499, "Client gone", "The client closed the connection.")


class Call:
    """One ``task``, its ``payload`` handed to a worker of ``host`` through ``contact``; counts in ``killed``
    what ended workers.

    Whoever cannot wait calls :meth:`begin` and, whenever :attr:`connection` has something to read,
    :meth:`look`; who can wait calls :meth:`finish`, after these or at once.
    """

    def __init__(
        self, host: Generation, task: Task, payload: bytes, contact: Contact, killed: Counter[str]
    ) -> None:
        self.host, self.task, self.payload, self.killed = host, task, payload, killed
        self.contact, self.connection = contact, contact.connection
        self.begun = 0.0
        self._held = True
        self._incoming = Incoming()
        self._head: Head | None = None

    def begin(self) -> None:
        """Hand the task to a worker that is known to be idle; :class:`OSError` where that would take
        a while, or nobody is there."""
        send(self.connection, TASK, self.payload)
        self.begun = time.monotonic()

    def look(self) -> Answer | None:
        """Take what the worker sent; return the answer once it is whole.

        Raises :class:`Problem` where the worker says that it has none, and :class:`EOFError` or
        :class:`OSError` where it is gone: why, :meth:`finish` finds out.
        """
        try:
            self._incoming.read(self.connection)
        except (BlockingIOError, TimeoutError):
            return None
        for kind, payload in self._incoming:
            if kind == WORKER and self.contact.worker is None:
                self.contact.worker = int(payload)
            elif kind == PROBLEM:
                self._give_back()
                raise Problem.decode(payload)
            elif kind == HEAD and self._head is None:
                self._head = Head.decode(payload)
            elif kind in (DATA, FILE) and self._head is not None:
                content = payload if kind == DATA else os.fdopen(self._incoming.file(), "rb")
                self._give_back()
                return Answer(*self._head, content)
            else:
                raise Problem(500, "Engine error", f"A {kind!r} frame out of its turn.")
        return None

    def finish(self, gone: Callable[[], bool]) -> Answer:
        """Return the answer when it is there. ``gone`` is asked now and then whether the client still
        waits; when it does not, or the time is over, the worker is stopped.

        Raises :class:`Problem`: what the worker said, or what it died of.
        """
        try:
            self.connection.settimeout(_POLL)
            return self._finish(gone)
        finally:
            self.let_go()

    def _finish(self, gone: Callable[[], bool]) -> Answer:
        told_slow = False
        arrived = time.monotonic()
        while True:
            try:
                if self.contact.worker is not None and not self.begun:
                    self._send()
                if (answer := self.look()) is not None:
                    return answer
            except (EOFError, OSError) as error:
                raise self._death() from error
            waited = time.monotonic() - (self.begun or arrived)
            self._give_up(gone(), waited > (self.task.timeout + _GRACE if self.begun else _QUEUE_TIMEOUT))
            if self.begun and waited > _SLOW and not told_slow:
                told_slow = self.host.tell({"slow": self.contact.worker})

    def _send(self) -> None:
        self.connection.settimeout(_GRACE)
        send(self.connection, TASK, self.payload)
        self.connection.settimeout(_POLL)
        self.begun = time.monotonic()

    def _give_up(self, left: bool, too_long: bool) -> None:
        if not left and not too_long:
            return
        if self.contact.worker is not None:
            self.host.tell({"dismiss": self.contact.worker})
        if left:
            self.killed["client gone"] += 1
            raise client_gone()
        if self.begun:
            raise self._died_of(signal.SIGALRM)
        raise Problem(503, "Busy", "No worker was free in time.", **{"retry-after": 1})

    def _death(self) -> Problem:
        if self.contact.worker is None:
            return NobodyThereError("The worker went away before it took the query.")
        cause = self.host.death(self.contact.worker) or 0
        if cause == 0 and self._head is None:
            # It had done its share or yielded, or was dismissed for a query before this one.
            return NobodyThereError("The worker left before it answered the query.")
        return self._died_of(cause)

    def _died_of(self, cause: int) -> Problem:
        self.killed[_CAUSES.get(cause, "crash")] += 1
        status, title, detail = _DEATHS.get(
            cause, (500, "Query failed", f"The process that ran it ended early (signal {cause}).")
        )
        return Problem(status, title, detail.format(timeout=self.task.timeout))

    def _give_back(self) -> None:
        self._held = False
        self.host.pool.give_back(self.contact)

    def let_go(self) -> None:
        """Close what is still held."""
        if self._held:
            self._held = False
            self.contact.close()
        self._incoming.close()
