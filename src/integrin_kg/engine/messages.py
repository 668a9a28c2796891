"""What client, worker and host say to one another: typed frames on a Unix stream socket.

A frame is one byte of kind, four bytes of length (big-endian) and the payload. A request is one
``QUERY`` frame. A reply is ``WORKER`` (who answers), then either ``PROBLEM`` or ``HEAD``, ``DATA``
..., ``END``; a reply that stops before its ``END`` is not whole.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

QUERY, WORKER, PROBLEM, HEAD, DATA, END = b"Q", b"W", b"P", b"H", b"D", b"E"

_FRAME = struct.Struct("!cI")
MAX_REQUEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Query:
    """A query to run. ``solutions`` and ``triples`` are the media types to answer a SELECT or ASK,
    and a CONSTRUCT or DESCRIBE, with; None where the client accepts none of that form."""

    text: str
    solutions: str | None
    triples: str | None
    reasoning: bool = True
    timeout: float = 10.0
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)

    def encode(self) -> bytes:
        """Return the query as a frame's payload."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, payload: bytes) -> Query:
        """Return the query that :meth:`encode` made ``payload`` of."""
        return cls(**json.loads(payload))


class Problem(Exception):
    """Why a query has no answer: an HTTP status, and what an RFC 9457 problem document says."""

    def __init__(self, status: int, title: str, detail: str = "", **further: Any) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status, self.title, self.detail, self.further = status, title, detail, further

    def document(self) -> dict[str, Any]:
        """Return the members of the problem document."""
        about = {"type": "about:blank", "title": self.title, "status": self.status}
        return about | ({"detail": self.detail} if self.detail else {}) | self.further

    def encode(self) -> bytes:
        """Return the problem as a frame's payload."""
        return json.dumps(self.document()).encode()

    @classmethod
    def decode(cls, payload: bytes) -> Problem:
        """Return the problem that :meth:`encode` made ``payload`` of."""
        members = json.loads(payload)
        members.pop("type")
        return cls(members.pop("status"), members.pop("title"), members.pop("detail", ""), **members)


def send(connection: socket.socket, kind: bytes, payload: bytes | memoryview = b"") -> None:
    """Send one frame."""
    connection.sendall(_FRAME.pack(kind, len(payload)))
    if payload:
        connection.sendall(payload)


def receive(connection: socket.socket, limit: int | None = None) -> tuple[bytes, bytes]:
    """Return the next frame's kind and payload; :class:`EOFError` where the other end is gone, and
    :class:`ValueError` where the frame is larger than ``limit``."""
    kind, length = _FRAME.unpack(_exactly(connection, _FRAME.size))
    if limit is not None and length > limit:
        raise ValueError(f"a frame of {length} bytes, {limit} at most are taken")
    return kind, _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError("the other end closed the connection")
        parts += part
    return bytes(parts)
