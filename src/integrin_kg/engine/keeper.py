"""The keeper: starts the host, hands a change on to the next one, starts anew what has died.

Lives in the web process and is the only one who talks to hosts, so that which host is current is
one variable here: a query that is sent after a change was acknowledged meets a host that knows it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO, Protocol

from integrin_kg.engine import allocator, sandbox
from integrin_kg.engine.leash import Leash, Message
from integrin_kg.engine.messages import Change, Problem, encode
from integrin_kg.engine.pool import Pool
from integrin_kg.kept import KeptError

_REMEMBERED = 10_000
_GRACE = 2.0
_BACKLOG = 512
# Who started the service may speak to it over these: they are not the host's to read or to write.
_NO_INPUT = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
_NO_OUTPUT = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
_BACKOFF = (0.0, 0.5, 2.0, 10.0)

_log = logging.getLogger(__name__)


class Counted(Protocol):
    """What is kept of the changes that were made: how many. :class:`KeptError` where that is not known."""

    @property
    def serial(self) -> int: ...


class HostError(RuntimeError):
    """No host came up; the message is what it said."""


class Generation:
    """A host as its keeper sees it: where its workers listen, and what it says on its leash."""

    def __init__(self, queries: Path, leash: Leash, ended: Callable[[Generation], None]) -> None:
        self.queries, self.leash = str(queries), leash
        self.pool = Pool(self.queries)
        self.pid = 0
        self.version = ""
        self.serial = 0
        self.workers = self.staff = 0  # asked for, and there
        self.news = threading.Condition()
        self.said: Message | None = None
        self.alive = True
        self._deaths: OrderedDict[int, int] = OrderedDict()
        self._ended = ended
        threading.Thread(target=self._listen, name="leash", daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                for message, _ in self.leash.read():
                    self._note(message)
        with self.news:
            self.alive = False
            self.news.notify_all()
        self.pool.close()
        with contextlib.suppress(OSError):
            os.unlink(self.queries)
        self._ended(self)

    def _note(self, message: Message) -> None:
        with self.news:
            match message:
                case {"died": pid, "signal": number}:
                    self._deaths[pid] = number
                    if len(self._deaths) > _REMEMBERED:
                        self._deaths.popitem(last=False)
                case {"staff": count}:
                    self.staff = count
                case {"making": pid}:
                    self.pid = pid
                case {"ready": pid, "version": version, "serial": serial}:
                    self.pid, self.version, self.serial = pid, version, serial
                    self.said = message
                case _:
                    self.said = message
            self.news.notify_all()

    def tell(self, message: Message, files: Sequence[int] = ()) -> bool:
        """Send ``message``; return whether there was a host to send it to."""
        try:
            self.leash.send(message, files)
        except OSError:
            return False
        return True

    def word(self, patience: float) -> Message | None:
        """Wait until the host is ready or says why it will not be; None where it ends or is silent."""
        with self.news:
            self.news.wait_for(lambda: self.said or not self.alive, patience)
            return self.said

    def death(self, pid: int) -> int | None:
        """Wait for the number of the signal that a process of the host's died of; None where nobody
        tells."""
        with self.news:
            self.news.wait_for(lambda: pid in self._deaths or not self.alive, _GRACE)
            return self._deaths.get(pid)

    def retire(self) -> None:
        """Have the host end when its workers have answered what they are at."""
        self.pool.close()
        self.tell({"retire": True})

    def end(self) -> None:
        """End the host and all its workers."""
        with contextlib.suppress(OSError):
            self.leash.connection.shutdown(socket.SHUT_RDWR)

    def abandon(self) -> None:
        """End a host that is not ready yet: it is too busy to hear of it."""
        self.end()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Keeper:
    """Keeps a host running that ``command`` starts: it is given, as further arguments, the descriptors
    of the socket to listen on for queries and of its leash. What it answers from may be ``kept``."""

    def __init__(self, command: Sequence[str], kept: Counted | None = None, patience: float = 3600.0) -> None:
        self.command, self.kept, self.patience = list(command), kept, patience
        self.folder = Path(tempfile.mkdtemp(prefix="integrin-kg-"))
        self.current: Generation | None = None
        self.coming: Generation | None = None
        self.closed = False
        self._changing = threading.Lock()
        self._count = 0
        self._retired: list[Generation] = []
        sandbox.adopt_orphans()

    # ---- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the first host and wait until it is ready; :class:`HostError` where it says why not."""
        self._install(self._start())

    def _install(self, generation: Generation) -> None:
        self.current = generation
        if not generation.alive:  # it ended before anybody would have noticed
            threading.Thread(target=self._on_end, args=[generation], daemon=True).start()

    def _start(self) -> Generation:
        generation, listener, end = self._new()
        with listener, end:
            for given in (listener, end):
                given.set_inheritable(True)
            arguments = [*self.command, str(listener.fileno()), str(end.fileno())]
            # A worker that dies of a query is no news.
            surroundings = {**os.environ, **allocator.environment(), "RUST_BACKTRACE": "0"}
            streams = [_NO_INPUT, _NO_OUTPUT]
            generation.pid = os.posix_spawn(
                arguments[0], arguments, surroundings, file_actions=streams, setsigdef=[signal.SIGCHLD]
            )
        self.coming = generation
        word = generation.word(self.patience)
        self.coming = None
        if word is None or "ready" not in word:
            generation.abandon()
            raise HostError(word["error"] if word else "the engine ended before it was ready; see above")
        return generation

    def _new(self) -> tuple[Generation, socket.socket, socket.socket]:
        self._count += 1
        path = self.folder / f"{self._count}.sock"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        ours, theirs = socket.socketpair()
        return Generation(path, Leash(ours), self._on_end), listener, theirs

    def _on_end(self, generation: Generation) -> None:
        _reap(generation.pid)
        if generation is self.current and not self.closed:
            _log.error("the host of the queries ended; starting another")
            self._restart(generation)

    def _restart(self, dead: Generation) -> None:
        """Start another host in the place of ``dead``, patiently."""
        with self._changing:
            for attempt in count():
                if self.closed or self.current is not dead:
                    return
                time.sleep(_BACKOFF[min(attempt, len(_BACKOFF) - 1)])
                try:
                    self._install(self._start())
                except HostError as error:
                    _log.error("no host came up: %s", error)
                else:
                    return

    def close(self) -> None:
        """End every host, one that is on its way too."""
        self.closed = True
        if coming := self.coming:
            coming.abandon()
        hosts = [*self._retired, *([self.current] if self.current else [])]
        for host in hosts:
            host.end()
        for host in hosts:
            with host.news:
                host.news.wait_for(partial(_ended, host), _GRACE)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- change -------------------------------------------------------------------------------

    def change(self, wanted: Change, documents: Sequence[IO[bytes]] = ()) -> Message:
        """Have ``wanted`` made, with the ``documents`` that it uploads; return what it did.

        One change is made at a time. Raises :class:`Problem` where it is refused or fails; then
        nothing has changed.
        """
        if not self._changing.acquire(timeout=wanted.timeout):
            raise Problem(503, "Busy", "Other changes are being made.", **{"retry-after": 5})
        try:
            current = self.current
            if current is None or not current.alive:
                raise Problem(503, "Starting", "The engine is being started.", **{"retry-after": 5})
            return self._succeed(current, wanted, documents)
        finally:
            self._changing.release()

    def _succeed(self, current: Generation, wanted: Change, documents: Sequence[IO[bytes]]) -> Message:
        heir, listener, end = self._new()
        with tempfile.TemporaryFile() as payload:
            payload.write(encode(wanted))
            payload.seek(0)
            files = [listener.fileno(), end.fileno(), payload.fileno(), *(d.fileno() for d in documents)]
            told = current.tell({"change": True}, files)
        listener.close()
        end.close()
        word = heir.word(wanted.timeout + _GRACE) if told else None
        if word and "ready" in word:
            self._install(heir)
            self._retired = [old for old in self._retired if old.alive] + [current]
            current.retire()
            report: Message = word["report"]
            return report
        too_long = word is None and heir.alive
        if too_long and heir.pid:
            current.tell({"abandon": heir.pid})
        heir.end()
        cause = None if word else signal.SIGALRM if too_long else current.death(heir.pid)
        if self._is_behind(current):
            current.end()  # it was kept and the process died thereafter: begin again from what is kept
            detail = "It was interrupted, and may have been made: look before you repeat it."
            raise Problem(503, "Change interrupted", detail, **{"retry-after": 5})
        if word:
            raise Problem.decode(word["problem"].encode())
        raise _death_of_change(cause, wanted.timeout)

    def _is_behind(self, current: Generation) -> bool:
        """Return whether something is kept that ``current`` does not know of."""
        try:
            return self.kept is not None and self.kept.serial != current.serial
        except KeptError:
            return False  # nobody can read it, so neither could another host


def _ended(host: Generation) -> bool:
    return not host.alive


def _reap(pid: int) -> None:
    """Take note of the end of a process that may be our child; 0 is one that never told who it was."""
    if pid:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _death_of_change(number: int | None, timeout: float) -> Problem:
    if number == signal.SIGALRM:
        return Problem(503, "Change timed out", f"It took longer than the {timeout:g} s that it may take.")
    if number == signal.SIGABRT:
        return Problem(507, "Out of memory", "It needs more memory than a change may have.")
    if number in (signal.SIGSEGV, signal.SIGBUS):
        return Problem(400, "Too deep", "It is nested too deeply to be parsed.")
    return Problem(503, "Change failed", f"The process that made it ended early (signal {number}).")
