"""What an open port meets: requests that are none, that never end, and readers that never read."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrin_kg.settings import Settings
from integrin_kg.web import channel
from integrin_kg.web import server as module
from integrin_kg.web.server import Server, create

LINES = b"x" * 65536
NEVER = 30.0
"""Seconds that no machine is busy for; who waits in vain waits that long, and who does not, not at all."""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """Answers ``/endless`` for as long as anybody reads, and all else at once."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/endless":
        for _ in range(100_000):
            yield LINES
    else:
        yield b"well"


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, int]]:
    """A server with less patience than the real one has."""
    monkeypatch.setattr(channel, "_RECEIVE", 1.0)
    monkeypatch.setattr(channel, "_LINGER", 0.2)
    monkeypatch.setattr(module, "_FAREWELL", 3.0)
    listener = socket.create_server(("127.0.0.1", 0))
    found = create(application, listener, Settings(concurrency=2, upload_limit=1))
    found.longest = 1.0
    thread = threading.Thread(target=found.run)
    thread.start()
    yield found, listener.getsockname()[1]
    found.stop()
    thread.join(10)
    assert not thread.is_alive()


def reply(port: int, sent: bytes, patience: float = 5.0) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and body that bytes get."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        connection.sendall(sent)
        received = bytearray()
        while part := connection.recv(65536):
            received += part
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


CLOSING = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ],
)
def test_what_is_no_request_gets_a_problem_document(
    running: tuple[Server, int], sent: bytes, status: int
) -> None:
    _, port = running
    found, headers, body = reply(port, sent)
    assert found == status
    assert headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(body)["status"] == status
    assert reply(port, CLOSING)[0] == 200


@pytest.mark.parametrize(
    "sent", [b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"]
)
def test_a_request_that_never_ends_is_told_so_and_let_go(running: tuple[Server, int], sent: bytes) -> None:
    _, port = running
    started = time.monotonic()
    assert reply(port, sent, patience=NEVER)[0] == 408
    assert time.monotonic() - started > 1


def test_a_request_that_drips_is_let_go_as_well(running: tuple[Server, int]) -> None:
    _, port = running
    end = time.monotonic() + NEVER
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < end:
                connection.sendall(b"X: y\r\n")
                time.sleep(0.1)
            pytest.fail("it drips to this day")


def test_readers_that_do_not_read_hold_no_thread_for_ever(running: tuple[Server, int]) -> None:
    found, port = running
    idle = []
    for _ in range(len(found.task_dispatcher.threads)):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.append(connection)
    assert reply(port, CLOSING, patience=10)[0] == 200
    for connection in idle:
        connection.close()


def test_a_body_over_the_limit_in_chunks_is_refused_and_the_server_lives(running: tuple[Server, int]) -> None:
    _, port = running
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(head)
            with contextlib.suppress(ConnectionError):  # refused before its end
                for _ in range(40):
                    connection.sendall(b"10000\r\n" + b"#" * 65536 + b"\r\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 413")
        assert reply(port, CLOSING)[0] == 200


def test_idle_connections_keep_nobody_out(running: tuple[Server, int]) -> None:
    _, port = running
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    assert reply(port, CLOSING, patience=module._IDLE / 2)[0] == 200  # before the first of them is let go
    for connection in idle:
        connection.close()


def test_what_is_being_answered_when_it_stops_is_answered(running: tuple[Server, int]) -> None:
    found, port = running
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        while not any(one.request for one in list(found.active_channels.values())):
            time.sleep(0.01)
        connection.sendall(b"cd")
        found.stop()
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert soon_closed(port)


def soon_closed(port: int) -> bool:
    for _ in range(50):  # the listener closes once the loop has turned
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return True
        time.sleep(0.05)
    return False
