"""The HTTP server: waitress, which reads a request whole before a thread takes it, with what an open
port needs beside: errors as problem documents, and no patience for those who never finish.
"""

from __future__ import annotations

import json
import logging
import signal
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import BadRequest

from integrin_kg.engine.messages import Problem
from integrin_kg.settings import Settings

_HEADER_BYTES = 64 * 1024
_RECEIVE = 30.0
_SLOWEST = 200 * 1024  # bytes a second that an upload must make
_IDLE = 15
_SEND = 30.0
_CONNECTIONS = 1000
_BUFFER = 1024 * 1024
_FORWARDED = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
_BESIDE_QUERIES = 16
_FAREWELL = 10.0

Application = Callable[..., Any]

_log = logging.getLogger(__name__)


class _RequestTimeout(BadRequest):  # type: ignore[misc]
    code = HTTPStatus.REQUEST_TIMEOUT
    reason = "Request Timeout"


class _ProblemTask(ErrorTask):  # type: ignore[misc]
    """Answers what is no request with an RFC 9457 problem document."""

    def execute(self) -> None:
        error = self.request.error
        problem = Problem(int(error.code), error.reason, str(error.body))
        client = str(self.channel.addr[0])
        members = {"status": problem.status, "detail": problem.detail, "client": client}
        _log.info("no request", extra={"members": members})
        body = json.dumps(problem.document()).encode()
        self.status = f"{int(error.code)} {error.reason}"
        self.response_headers += [("Content-Type", "application/problem+json; charset=utf-8")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask
    request: Any = None
    receiving_since = 0.0
    serving_since = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.receiving_since = time.time()
        return bool(super().received(data))

    def service(self) -> None:
        self.serving_since = time.time()
        super().service()

    def overdue(self, now: float, longest: float) -> None:
        """End what takes too long: a request that does not come, an answer that nobody takes."""
        patience = _RECEIVE + (self.request.content_length / _SLOWEST if self.request else 0)
        if self.request is not None and not self.requests and now - self.receiving_since > patience:
            request, self.request = self.request, None
            request.error = _RequestTimeout(f"The request was not here within {patience:g} seconds.")
            request.completed = True
            self.requests.append(request)
            self.server.add_task(self)
        elif self.requests and self.total_outbufs_len > _BUFFER and now - self.serving_since > longest:
            self.handle_close()


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Serves an application on one socket; see :func:`create`."""

    channel_class = _Channel
    longest = 60.0
    stopping = False

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            channel.overdue(now, self.longest)

    def run(self) -> None:
        """Serve until told to stop; then take nothing new and finish what is being answered."""
        self._turn(lambda: not self.stopping)
        self.accepting = False
        self.socket.close()
        deadline = time.monotonic() + _FAREWELL
        self._turn(lambda: self._busy() and time.monotonic() < deadline)
        self.task_dispatcher.shutdown(timeout=1)

    def _turn(self, go_on: Callable[[], bool]) -> None:
        while go_on():
            self.asyncore.loop(timeout=1, map=self._map, use_poll=True, count=1)

    def _busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self.active_channels.values())

    def stop(self) -> None:
        """Have :meth:`run` come to an end."""
        self.stopping = True
        self.pull_trigger()


def run(app: Application, listener: socket.socket, settings: Settings) -> None:
    """Serve ``app`` on ``listener`` until SIGTERM or SIGINT; then let what is being answered finish."""
    server = create(app, listener, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    server.run()


def create(app: Application, listener: socket.socket, settings: Settings) -> Server:
    """Return a server of ``app`` on ``listener``, whose ``run`` serves until its ``stop`` is called."""
    adjustments = Adjustments(
        sockets=[listener],
        threads=2 * settings.concurrency + _BESIDE_QUERIES,
        asyncore_use_poll=True,
        channel_request_lookahead=1,  # without it nobody notices that a client has left
        channel_timeout=_IDLE,
        cleanup_interval=1,
        connection_limit=_CONNECTIONS,
        max_request_header_size=_HEADER_BYTES,
        max_request_body_size=settings.upload_limit * 1024 * 1024,
        outbuf_high_watermark=_BUFFER,
        trusted_proxy=settings.trusted_proxy or None,
        trusted_proxy_headers=_FORWARDED if settings.trusted_proxy else set(),
        clear_untrusted_proxy_headers=True,
        ident=None,
    )
    # That a request waits for a thread is no news: whoever waits for an engine is counted.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(adjustments.threads)
    address = (listener.family, listener.type, listener.proto, listener.getsockname())
    server = Server(app, {}, True, listener, dispatcher, adjustments, bind_socket=False, sockinfo=address)
    server.longest = max(settings.query_timeout, settings.update_timeout) + _SEND
    return server
