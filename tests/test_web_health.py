"""``/health``: what monitors and load balancers ask, of a server that is well and of one that is not."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrin_kg.engine.client import Engine
from integrin_kg.engine.keeper import Generation
from integrin_kg.engine.leash import Leash
from integrin_kg.engine.staff import Staff
from integrin_kg.settings import Settings
from integrin_kg.web import create_app
from loopback import send, served


@pytest.fixture
def without_engine() -> Iterator[str]:
    """The service, and nothing where its engine should be."""
    with served(create_app(Engine(lambda: None, Staff()), Settings())) as url:
        yield url


def test_a_server_that_is_well_is_live_and_ready(server: str) -> None:
    reply = send(server, "/health")
    assert (reply.status, reply.headers.get_content_type()) == (200, "application/json")
    told = reply.json()
    assert (told["status"], told["live"], told["ready"]) == ("ok", True, True)
    assert told["version"]
    assert send(server, "/health/live").json() == {"live": True}
    assert send(server, "/health/ready").json() == {"ready": True}


def test_without_its_engine_a_server_is_live_and_not_ready(without_engine: str) -> None:
    assert send(without_engine, "/health/live").status == 200
    ready = send(without_engine, "/health/ready")
    assert (ready.status, ready.json()) == (503, {"ready": False, "detail": "Starting"})
    whole = send(without_engine, "/health")
    assert whole.status == 503
    assert (whole.json()["status"], whole.json()["live"], whole.json()["ready"]) == (
        "unavailable",
        True,
        False,
    )


WORKER, HEAD, END = b"W\0\0\0\x011", b'H\0\0\0\x0b["x", null]', b"E\0\0\0\0"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        WORKER,
        b"W\0\0\0\x01x",
        b"nonsense that is no frame at all",
        WORKER + HEAD,
        WORKER + HEAD + END,
        WORKER + b"H\0\0\0\x02[]",
        WORKER + HEAD + b"D\0\0\0\x02[]" + END,
        WORKER + HEAD + b"D\0\0\0\x07rubbish" + END,
    ],
)
def test_an_engine_that_breaks_off_or_talks_nonsense_is_not_ready_and_never_a_500(said: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="ikg-") as folder, socket.socket(socket.AF_UNIX) as broken:
        path = Path(folder) / "queries.sock"
        ours, theirs = socket.socketpair()
        host = Generation(path, Leash(ours), lambda _: theirs.close())
        broken.bind(str(path))
        broken.listen()

        def hang_up() -> None:
            connection, _ = broken.accept()
            with connection:
                connection.sendall(said)

        thread = threading.Thread(target=hang_up)
        thread.start()
        reply = create_app(Engine(lambda: host, Staff()), Settings()).test_client().get("/health/ready")
        thread.join()
    assert (reply.status_code, json.loads(reply.data)["ready"]) == (503, False)


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_health_is_never_cached_and_for_reading_only(server: str, path: str) -> None:
    assert send(server, path).headers["Cache-Control"] == "no-store"
    head = send(server, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert send(server, path, "POST", b"x").status == 405
