"""An application behind a real waitress on the loopback, in a thread, and a client that hides nothing."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from waitress.server import create_server
from waitress.wasyncore import close_all


@dataclass(frozen=True)
class Reply:
    """What a server sent back; ``body`` as it came, encoded or not."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client(FlaskClient):
    """Flask's test client, but one that takes all of a response and closes it, as servers do."""

    def open(self, *args: Any, **options: Any) -> Any:
        return super().open(*args, **{"buffered": True, **options})


@contextmanager
def served(application: Any) -> Iterator[str]:
    """Serve ``application``; yield its base URL."""
    server = create_server(application, listen="127.0.0.1:0", threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown(timeout=1)  # first: a thread that still answers needs the loop
        # Connections too: a client that is still referred to, by an error say, keeps its own open.
        with server.trigger.lock:  # else the loop, where awake, closes the pipe that is about to be used
            server.trigger.thunks.append(lambda: close_all(server._map))
            server.trigger.pull_trigger()
        thread.join(timeout=10)


def connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)


def send(
    url: str, path: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
) -> Reply:
    """Send one request and read all of the response."""
    with closing(connect(url)) as connection:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
