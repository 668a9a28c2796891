"""The HTTP server: waitress, which reads a request whole before a thread takes it."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from integrin_kg.settings import Settings
from integrin_kg.web.channel import BUFFER, Channel
from integrin_kg.web.express import Express
from integrin_kg.web.watch import Watch

_HEADER_BYTES = 64 * 1024
_IDLE = 15
_MOMENT = 0.02
_SEND = 30.0
_CONNECTIONS = 1000
_FORWARDED = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
_BESIDE_QUERIES = 16
_FAREWELL = 10.0

Application = Callable[..., Any]


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Serves an application on one socket; see :func:`create`."""

    channel_class = Channel
    longest = 60.0
    stopping = False
    express: Express | None = None
    watch: Watch

    def takes(self, channel: Channel, data: bytes) -> bool:
        """Return whether what came on ``channel`` is answered the short way."""
        return self.express is not None and self.express.take(channel, data)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            channel.overdue(now, self.longest)
        self.watch.look_again()

    def run(self) -> None:
        """Serve until told to stop; then take nothing new and finish what is being answered."""
        gc.collect()
        gc.freeze()  # what is there now stays, and to look through it again and again takes long
        self._turn(lambda: not self.stopping)
        self.accepting = False
        self.watch.forget(self._fileno)
        self.socket.close()
        deadline = time.monotonic() + _FAREWELL
        self._turn(lambda: self._busy() and time.monotonic() < deadline)
        self.task_dispatcher.shutdown(timeout=1)

    def _turn(self, go_on: Callable[[], bool]) -> None:
        while go_on():
            self.watch.look_again((self._fileno,))  # which also has maintenance done in its time
            self.watch.turn(_MOMENT if self.express and self.express.busy else 1)
            if self.express:
                self.express.turn()

    def _busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self.active_channels.values())

    def stop(self) -> None:
        """Have :meth:`run` come to an end."""
        self.stopping = True
        self.pull_trigger()


def run(app: Application, listener: socket.socket, settings: Settings, express: Express) -> None:
    """Serve ``app`` on ``listener``, queries by ``express``, until SIGTERM or SIGINT; then let what is being
    answered finish."""
    server = create(app, listener, settings)
    express.attach(server)
    server.express = express
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    server.run()


def create(app: Application, listener: socket.socket, settings: Settings) -> Server:
    """Return a server of ``app`` on ``listener``, whose ``run`` serves until its ``stop`` is called."""
    adjustments = Adjustments(
        sockets=[listener],
        threads=2 * settings.concurrency + _BESIDE_QUERIES,
        asyncore_use_poll=True,
        channel_timeout=_IDLE,
        cleanup_interval=1,
        connection_limit=_CONNECTIONS,
        max_request_header_size=_HEADER_BYTES,
        max_request_body_size=settings.upload_limit * 1024 * 1024,
        outbuf_high_watermark=BUFFER,
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
    server.watch = Watch(server._map, server.trigger._fileno)
    server.longest = max(settings.query_timeout, settings.update_timeout) + _SEND
    return server
