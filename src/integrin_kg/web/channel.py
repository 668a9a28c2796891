"""One client's connection: waitress's, stricter about what is a request, and with no patience for those
who never finish. https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import json
import logging
import re
import socket
import time
from http import HTTPStatus
from typing import IO, Any

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest

from integrin_kg.engine.messages import Problem

SOCKET = "integrin_kg.socket"
"""The member of a request's environment that is the client's socket."""
BUFFER = 1024 * 1024
"""How many bytes of an answer wait for a slow reader before its writer has to."""

_RECEIVE = 30.0
_SLOWEST = 200 * 1024  # bytes a second that an upload must make
_LINGER = 2.0
_LINE = 8192
_HOST = re.compile(r"(?:[\w.\-~!$&'()*+;=%]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?", re.ASCII)
_TARGET = re.compile(rb"[A-Z]+ (?:/(?!/)|https?://[^/]|\* )", re.IGNORECASE)
_CODINGS = re.compile(rb"(?i)(?:^|\n)transfer-encoding:|chunked[ \t]*,")

_log = logging.getLogger(__name__)


class _RequestTimeout(BadRequest):  # type: ignore[misc]
    code = HTTPStatus.REQUEST_TIMEOUT
    reason = "Request Timeout"


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses what sections 2.3 (version), 3.2 (Host), 6.1 and 6.2 (length) have a server refuse."""

    completed: bool

    def received(self, data: bytes) -> int:
        consumed = int(super().received(data))
        receiver = self.body_rcv
        # waitress joins these anew with every piece that comes, in the one thread that serves all.
        if self.chunked and not self.completed and len(receiver.control_line + receiver.trailer) > _LINE:
            self.error = BadRequest(f"A chunk's first line, or the trailers, are longer than {_LINE} bytes")
            self.completed = True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a Content-Length of more digits than int() takes
            raise ParsingError("Content-Length is invalid") from error
        if not _TARGET.match(self.first_line):
            raise ParsingError("The target of a request is a path, or a URL of HTTP")
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("This is not HTTP/1.0 or HTTP/1.1")
        if len(_CODINGS.findall(header_plus)) > 1:
            raise TransferEncodingNotImplemented("Transfer-Encoding may be chunked, once")
        host = self.headers.get("HOST")  # several are joined by commas
        if (host is None and self.version == "1.1") or not _HOST.fullmatch(host or ""):
            raise ParsingError("There must be one Host, and it must be one")


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What is no request, answered with an RFC 9457 problem document."""

    def execute(self) -> None:
        self.channel.refused = True
        error = self.request.error
        problem = Problem(int(error.code), error.reason, str(error.body))
        members = {"status": problem.status, "detail": problem.detail, "client": str(self.channel.addr[0])}
        _log.info("no request", extra={"members": members})
        body = json.dumps(problem.document()).encode()
        self.status = f"{problem.status} {problem.title}"
        self.response_headers.append(("Content-Type", "application/problem+json; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Task(WSGITask):  # type: ignore[misc]
    """Lends the application the socket, to see whether the client is still there. (waitress's own look
    ahead would drop a client that has only closed its sending half, whatever it asked.)"""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        return environ | {SOCKET: self.channel.socket}


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, that :meth:`overdue` ends in time.

    After a refusal it reads on for a moment, so that the client gets to see it: closing with unread bytes
    would reset the connection, and the refusal be lost (section 9.6).
    """

    parser_class = Parser
    error_task_class = _Refusal
    task_class = _Task
    request: Any = None
    receiving_since = serving_since = 0.0
    refused = False
    lingers_until = 0.0

    def add_channel(self, map: Any = None) -> None:
        """Be watched."""
        super().add_channel(map)
        self.server.watch.forget(self._fileno)  # another's, of the same number
        self.server.watch.look_again((self._fileno,))

    def del_channel(self, map: Any = None) -> None:
        """Be watched no longer."""
        self.server.watch.forget(self._fileno)
        super().del_channel(map)

    def received(self, data: bytes) -> bool:
        """Take bytes that came."""
        if self.request is None:
            self.receiving_since = time.time()
            if not self.requests and self.server.takes(self, data):
                return True
        return bool(super().received(data))

    def reply(self, head: bytes, content: bytes | IO[bytes], length: int, closing: bool) -> None:
        """Send a response, in the server's own thread, and be ready for the next request."""
        self.requests.clear()
        self.serving_since = self.last_activity = time.time()
        if isinstance(content, bytes):
            head += content
        try:
            sent = self.send(head) if self.connected else 0
            if sent < len(head):
                self.write_soon(head[sent:])
            if not isinstance(content, bytes):
                file = ReadOnlyFileBasedBuffer(content)
                file.prepare(length)
                self.write_soon(file)
        except (ClientDisconnected, OSError):
            super().handle_close()
        if closing:
            self.close_when_flushed = True
        if self._fileno is not None:
            self.server.watch.look_again((self._fileno,))

    def service(self) -> None:
        """Answer a request, in a thread."""
        self.serving_since = time.time()
        super().service()

    def overdue(self, now: float, longest: float) -> None:
        """End what takes too long: a request that does not come, an answer that nobody takes within
        ``longest`` seconds."""
        patience = _RECEIVE + (self.request.content_length / _SLOWEST if self.request else 0)
        if self.request is not None and not self.requests and now - self.receiving_since > patience:
            request, self.request = self.request, None
            request.error = _RequestTimeout(f"The request was not here within {patience:g} seconds.")
            request.completed = True
            self.requests.append(request)
            self.server.add_task(self)
        elif self.requests and self.total_outbufs_len > BUFFER and now - self.serving_since > longest:
            super().handle_close()

    def readable(self) -> bool:
        """Return whether there is reason to read."""
        if self.requests or self.total_outbufs_len or self.will_close or self.close_when_flushed:
            return bool(self.lingers_until)
        return True

    def writable(self) -> bool:
        """Return whether there is something to write, or an end to make."""
        if self.lingers_until:
            return time.monotonic() > self.lingers_until
        return bool(self.total_outbufs_len or self.will_close or self.close_when_flushed)

    def handle_read(self) -> None:
        """Read; while lingering, to no purpose but the end of what is sent."""
        if not self.lingers_until:
            super().handle_read()
            return
        try:
            self.recv(1 << 18)  # at the end of what is sent this closes
        except OSError:
            super().handle_close()

    def handle_close(self) -> None:
        """Close, after a refusal not at once."""
        if not self.refused or self.lingers_until or self.socket is None:
            super().handle_close()
            return
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            super().handle_close()
            return
        self.lingers_until = time.monotonic() + _LINGER
