"""A server to attack, what it answers to bytes on a socket, and a trap for whom it sends out."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hostile.request import CLOSED, Request

ROOT = Path(__file__).resolve().parents[2]
ALIVE = (
    b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nCache-Control: no-cache\r\n"
    b"Connection: close\r\n\r\n"
)
_PATIENCE = 30.0
_ALIVE_PATIENCE = 5.0
_AFTERMATH = 0.3


@dataclass(frozen=True)
class Outcome:
    """What came back: a status, or :data:`~hostile.request.CLOSED`; whether the body is whole;
    after how many seconds; and, if asked, the bytes of what followed the first response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    whole: bool
    seconds: float
    further: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def yes(self) -> bool:
        """Whether it is the answer to ``ASK {}``."""
        return self.status == 200 and self.document().get("boolean") is True

    @property
    def media_type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Service:
    """A running server: where it listens, its process, and what it logs."""

    address: tuple[str, int]
    pid: int
    log: Path

    def connect(self, timeout: float = _PATIENCE) -> socket.socket:
        return socket.create_connection(self.address, timeout)

    def send(self, request: Request, trap_port: int = 0, timeout: float = _PATIENCE) -> Outcome:
        """Send ``request`` whole, reading meanwhile; return what came back."""
        message = request.encode().replace(b"TRAP0", b"%05d" % trap_port)
        with self.connect(timeout) as connection:
            begun = time.monotonic()
            sender = threading.Thread(target=_send, args=(connection, message, request.half_close))
            sender.start()
            try:
                return _receive(connection, request, begun)
            finally:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                sender.join()

    def ask(self) -> Outcome:
        """Ask ``ASK {}`` on a connection of its own; return what came back."""
        return self.send(Request(frozenset({200}), ALIVE), timeout=_ALIVE_PATIENCE)

    def processes(self) -> set[int]:
        """The server's process and all below it."""
        children: dict[int, list[int]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
        found, waiting = set[int](), [self.pid]
        while waiting:
            found.add(pid := waiting.pop())
            waiting += children.get(pid, [])
        return found

    def busy(self, seconds: float = 0.3, looks: int = 10) -> float:
        """How many of the server's threads would use a processor, whether they get one or not: the mean
        of some looks within so many seconds."""
        found = 0
        for _ in range(looks):
            found += sum(map(_runnable, self.processes()))
            time.sleep(seconds / looks)
        return found / looks


def _runnable(pid: int) -> int:
    found = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):
            found += thread.read_text().rpartition(")")[2].split()[0] == "R"
    return found


def _send(connection: socket.socket, message: bytes, half_close: bool) -> None:
    with suppress(OSError):  # the server need not read what it refuses
        connection.sendall(message)
        if half_close:
            connection.shutdown(socket.SHUT_WR)


def _receive(connection: socket.socket, request: Request, begun: float) -> Outcome:
    response = http.client.HTTPResponse(connection, method=request.method)
    try:
        response.begin()
    except (http.client.HTTPException, OSError):
        return Outcome(CLOSED, [], b"", False, time.monotonic() - begun)
    try:
        body, whole = response.read(), True
    except http.client.IncompleteRead as error:
        body, whole = error.partial, False
    except OSError:
        body, whole = b"", False
    seconds = time.monotonic() - begun
    further = _rest(connection) if request.alone and whole else b""
    return Outcome(response.status, response.getheaders(), body, whole, seconds, further)


def _rest(connection: socket.socket) -> bytes:
    connection.settimeout(_AFTERMATH)
    try:
        return connection.recv(1000)
    except OSError:
        return b""


@contextmanager
def running(folder: Path, *options: str, **environment: str) -> Iterator[Service]:
    """A server with these options, its log in ``folder``."""
    log = folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", "0", *options],
            stderr=sink,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"} | environment,
        )
    try:
        yield Service(_address(process, log), process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if match := re.search(r"http://\S+", log.read_text("utf-8", "replace")):
            parts = urlsplit(match.group())
            assert parts.hostname
            assert parts.port
            return parts.hostname, parts.port
        time.sleep(0.05)
    raise AssertionError(f"the server does not listen: {log.read_text('utf-8', 'replace')}")


class Trap:
    """A socket that listens and to which nobody may connect."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        while self.port < 10_000:  # five digits, as in the place that it takes
            self.listener.close()
            self.listener = socket.create_server(("127.0.0.1", 0))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def sprung(self) -> bool:
        """Whether somebody connected since the last time."""
        self.listener.setblocking(False)
        try:
            connection, _ = self.listener.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True


@contextmanager
def trap() -> Iterator[Trap]:
    """A trap, closed in the end."""
    set_trap = Trap()
    with closing(set_trap.listener):
        yield set_trap
