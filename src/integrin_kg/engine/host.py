"""The host: one single-threaded process that holds the statements, forks workers and buries them.

It evaluates nothing and has no thread, so that a fork is always safe. A change is made by a fork of
the host: if all goes well that becomes the next host, with workers of its own, and this one is told
to retire; if not it ends, and nothing has happened.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from typing import IO, NoReturn

from integrin_kg.engine import sandbox, worker
from integrin_kg.engine.backend import Backend
from integrin_kg.engine.leash import Leash, Message
from integrin_kg.engine.messages import Problem, decode
from integrin_kg.engine.staff import Staff
from integrin_kg.engine.worker import Limits

_BURST_PAUSE = 0.2
_WATCH = 0.25


class Host:
    """Keeps workers alive that answer from ``state`` on ``listener``, and hears its keeper on ``leash``."""

    def __init__(
        self, state: Backend, listener: socket.socket, leash: Leash, staff: Staff, limits: Limits
    ) -> None:
        self.state, self.listener, self.leash = state, listener, leash
        self.staff, self.limits = staff, limits
        self.pid = os.getpid()
        self.wanted = staff.usual
        self.alive: set[int] = set()
        self.making: set[int] = set()
        self.too_large: set[int] = set()
        self.dismissed: set[int] = set()
        self.report: Message = {}
        self.retiring = False
        self.heir: Host | None = None
        # When the host closes its end of this pipe, the workers, who watch the other, stop once idle.
        self.door, self.door_held = os.pipe()
        self.woken, self.wake = os.pipe()
        for end in (self.woken, self.wake):
            os.set_blocking(end, False)

    def run(self) -> Host | None:
        """Serve until told to retire or until the keeper is gone; return None then, and, in the process
        that made a change, the next host."""
        gc.enable()
        gc.freeze()  # what is there now stays: a collection in a worker would copy its pages
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the keeper's to pass on
        with selectors.DefaultSelector() as selector:
            selector.register(self.woken, selectors.EVENT_READ)
            selector.register(self.leash, selectors.EVENT_READ)
            self._fill()
            version = self.state.version
            ready = {"ready": self.pid, "version": str(version), "serial": version.serial}
            self._tell({**ready, "report": self.report})
            while not self.heir and not (self.retiring and not self.alive):
                self._attend(selector)
        return self.heir

    def _attend(self, selector: selectors.BaseSelector) -> None:
        overtime = len(self.alive) > self.staff.usual
        for key, _ in selector.select(_WATCH if overtime else None):
            if key.fileobj is self.leash:
                self._hear()
            else:
                os.read(self.woken, 4096)
                self._bury()
        if self.heir:
            return
        if overtime:
            self._watch_memory()
        self._fill()

    def _tell(self, message: Message) -> None:
        """Say ``message`` to the keeper; end where it is gone."""
        try:
            self.leash.send(message)
        except OSError:
            self._stop()

    def _stop(self) -> NoReturn:
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)

    # ---- workers ------------------------------------------------------------------------------

    def _fill(self) -> None:
        before = len(self.alive)
        while len(self.alive) < self.wanted and not self.retiring:
            started = time.monotonic()
            spare = len(self.alive) >= self.staff.usual
            pid = os.fork()
            if pid == 0:
                self._become_worker(spare)
            self.alive.add(pid)
            if time.monotonic() - started > _BURST_PAUSE:
                break  # a slow machine: look at the messages between forks
        if len(self.alive) != before:
            self._tell({"staff": len(self.alive)})

    def _become_worker(self, spare: bool) -> None:
        try:
            self._let_go(listener=False)
            sandbox.die_with_parent(self.pid)
            worker.run(self.state, self.listener, self.door, self.limits, spare=spare)
        finally:
            failure = sys.exception()
            try:
                if failure:
                    traceback.print_exception(failure)
                sys.stdout.flush()
            finally:
                os._exit(1 if failure else 0)  # never back into the host's code

    def _bury(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.alive.discard(pid)
            self.making.discard(pid)
            self._tell({"died": pid, "signal": self._cause(pid, status)})
            self._tell({"staff": len(self.alive)})

    def _cause(self, pid: int, status: int) -> int:
        """Return the signal that stands for what ended a process: none for a worker that was dismissed, whose
        query, if it has one, is another than that for which it was."""
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if pid in self.dismissed:
            number = 0
        elif pid in self.too_large:
            number = int(signal.SIGABRT)
        self.dismissed.discard(pid)
        self.too_large.discard(pid)
        return number

    def _watch_memory(self) -> None:
        """End the largest worker where all together have taken too much."""
        own = sandbox.private_memory(self.pid)
        taken = {pid: sandbox.private_memory(pid) - own for pid in self.alive - self.too_large}
        if sum(taken.values()) > self.staff.memory:
            largest = max(taken, key=lambda pid: taken[pid])
            self.too_large.add(largest)
            os.kill(largest, signal.SIGKILL)

    # ---- the keeper's messages ----------------------------------------------------------------

    def _hear(self) -> None:
        try:
            messages = self.leash.read()
        except EOFError:
            self._stop()
        for message, files in messages:
            match message:
                case {"change": _}:
                    self.heir = self._begin_change(files)
                    if self.heir:
                        return
                case {"dismiss": pid} if pid in self.alive:
                    self.dismissed.add(pid)
                    os.kill(pid, signal.SIGKILL)
                case {"abandon": pid} if pid in self.making:
                    os.kill(pid, signal.SIGKILL)
                case {"slow": pid} if pid in self.alive:
                    sandbox.yield_to_others(pid)
                case {"workers": wanted}:
                    self.wanted = max(self.staff.usual, min(wanted, self.staff.most + self.staff.turns))
                case {"retire": _}:
                    self._retire()

    def _retire(self) -> None:
        if not self.retiring:
            self.retiring = True
            os.close(self.door_held)

    # ---- change -------------------------------------------------------------------------------

    def _begin_change(self, files: Sequence[int]) -> Host | None:
        """Fork the process that makes a change; return, there and if it was made, the next host."""
        pid = os.fork()
        if pid:
            for file in files:
                os.close(file)
            self.making.add(pid)
            return None
        self._let_go()
        # Nobody is left to hear of a change that is made after the host's end, or the whole service's.
        sandbox.die_with_parent(self.pid)
        listener, leash, change, *documents = files
        sockets = socket.socket(fileno=listener), Leash(socket.socket(fileno=leash))
        heir = Host(self.state, *sockets, self.staff, self.limits)
        try:
            heir._tell({"making": heir.pid})
            with contextlib.ExitStack() as stack:
                opened = [stack.enter_context(open(file, "rb")) for file in (change, *documents)]
                heir.report = heir.make(opened[0].read(), opened[1:])
        except Problem as problem:
            heir.give_up(problem)
        except MemoryError:
            heir.give_up(Problem(507, "Out of memory", "The change needs more memory than it may have."))
        sandbox.outlive_parent()
        return heir

    def make(self, payload: bytes, documents: Sequence[IO[bytes]]) -> Message:
        """Make the change in ``payload`` on this host's state, within its limits; return the report."""
        wanted = decode(payload)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process: no loop can outlast it
        signal.setitimer(signal.ITIMER_REAL, wanted.timeout)
        sandbox.limit_memory(self.limits.change_memory)
        report = self.state.make(wanted, documents, self.limits.stack)
        sandbox.limit_memory(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return report

    def give_up(self, problem: Problem) -> NoReturn:
        """Say why this host will not come to be, and end."""
        self._tell({"problem": problem.encode().decode()})
        os._exit(0)

    def _let_go(self, *, listener: bool = True) -> None:
        """Close, in a process forked from the host, what is the host's alone."""
        signal.set_wakeup_fd(-1)
        ours = [self.woken, self.wake] if self.retiring else [self.woken, self.wake, self.door_held]
        for end in [*ours, self.door] if listener else ours:
            os.close(end)
        self.leash.connection.close()
        if listener:
            self.listener.close()
