"""The host: one single-threaded process that holds the store, forks workers and buries them.

It evaluates nothing and has no thread, so that a fork is always safe. Beside the workers' socket
it listens on one of its own, where a client asks what a worker died of or has one killed.
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
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad, Store

from integrin_kg.engine import sandbox, worker
from integrin_kg.engine.worker import Knowing, Limits
from integrin_kg.explain import Explainer

_REMEMBERED = 10_000
_BURST_PAUSE = 0.2


def socket_paths(folder: Path) -> tuple[Path, Path]:
    """Return the workers' and the host's socket in ``folder``."""
    return folder / "query.sock", folder / "host.sock"


def start(
    quads: Iterable[Quad],
    folder: Path,
    workers: int,
    limits: Limits,
    not_ours: Iterable[socket.socket] = (),
    explainer: Explainer | None = None,
) -> int:
    """Fork a host that serves ``quads``, and explains with ``explainer``, on the sockets in
    ``folder``; return its process id.

    Call it before the process has threads. The sockets are listening when it returns; ``not_ours``
    are those of the caller's that the host must not keep open.
    """
    queries, control = map(_listen, socket_paths(folder))
    parent = os.getpid()
    pid = os.fork()
    if pid:
        queries.close()
        control.close()
        return pid
    try:
        sandbox.die_with_parent(parent)
        for other in not_ours:
            other.close()
        store = Store()
        store.extend(quads)
        gc.freeze()  # what is there now stays: a collection in a worker would copy its pages
        Host(Knowing(store, explainer), queries, control, workers, limits).run()
    finally:
        os._exit(1)  # never back into the parent's code


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(512)
    return listener


class Host:
    """Keeps ``workers`` workers alive."""

    def __init__(
        self, knowing: Knowing, queries: socket.socket, control: socket.socket, workers: int, limits: Limits
    ) -> None:
        self.knowing, self.queries, self.control, self.limits = knowing, queries, control, limits
        self.wanted = workers
        self.pid = os.getpid()
        self.alive: set[int] = set()
        self.deaths: OrderedDict[int, int] = OrderedDict()
        self.asking: dict[int, list[socket.socket]] = {}

    def run(self) -> None:
        """Serve until SIGTERM."""
        wake, woken = socket.socketpair()
        for end in (wake, woken):
            end.setblocking(False)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to pass on
        selector = selectors.DefaultSelector()
        selector.register(wake, selectors.EVENT_READ)
        selector.register(self.control, selectors.EVENT_READ)
        while True:
            self._fill()
            for key, _ in selector.select():
                if key.fileobj is wake:
                    wake.recv(4096)
                    self._bury()
                else:
                    self._hear()

    def _stop(self) -> None:
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)

    def _fill(self) -> None:
        while len(self.alive) < self.wanted:
            started = time.monotonic()
            pid = os.fork()
            if pid == 0:
                self._become_worker()
            self.alive.add(pid)
            if time.monotonic() - started > _BURST_PAUSE:
                break  # a slow machine: look at the sockets between forks

    def _become_worker(self) -> None:
        try:
            signal.set_wakeup_fd(-1)
            self.control.close()
            sandbox.die_with_parent(self.pid)
            worker.run(self.knowing, self.queries, self.limits)
        finally:
            sys.stdout.flush()
            os._exit(0)

    def _bury(self) -> None:
        while self.alive:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self.alive.discard(pid)
            self.deaths[pid] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            if len(self.deaths) > _REMEMBERED:
                self.deaths.popitem(last=False)
            for asker in self.asking.pop(pid, []):
                self._tell(asker, pid)

    def _hear(self) -> None:
        asker, _ = self.control.accept()
        try:
            asker.settimeout(1.0)
            command, pid_text = asker.recv(64).decode("ascii").split()
            pid = int(pid_text)
        except (OSError, ValueError):
            asker.close()
            return
        if command == "kill" and pid in self.alive:
            os.kill(pid, signal.SIGKILL)
        if pid in self.alive:
            self.asking.setdefault(pid, []).append(asker)
        else:
            self._tell(asker, pid)

    def _tell(self, asker: socket.socket, pid: int) -> None:
        with asker, contextlib.suppress(OSError):  # it may not have waited for the answer
            asker.sendall(str(self.deaths.get(pid, 0)).encode())
