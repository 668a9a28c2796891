"""What client, worker and host say to one another: typed frames on a Unix stream socket.

A frame is one byte of kind, four bytes of length (big-endian) and the payload. A request is one
``TASK`` frame. A reply is ``WORKER`` (who answers), then either ``PROBLEM``, or ``HEAD`` and the
answer: as ``DATA`` where it is small, as ``FILE``, an open file that comes along, where it is large.
Nothing of an answer is sent before all of it is there, so that no client takes a part for the whole.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

TASK, WORKER, PROBLEM, HEAD, DATA, FILE = b"T", b"W", b"P", b"H", b"D", b"F"

_FRAME = struct.Struct("!cI")
MAX_REQUEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Query:
    """A query to run. ``solutions`` and ``triples`` are the media types to answer a SELECT or ASK,
    and a CONSTRUCT or DESCRIBE, with; None where the client accepts none of that form. The answer may
    have ``most`` bytes, where that is less than any may have."""

    text: str
    solutions: str | None
    triples: str | None
    reasoning: bool = True
    timeout: float = 10.0
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    base: str | None = None
    most: int | None = None


@dataclass(frozen=True)
class Explain:
    """A triple to explain; ``every`` asks for all minimal proofs."""

    subject: str
    predicate: str
    object: str
    every: bool = False
    timeout: float = 10.0


@dataclass(frozen=True)
class Classify:
    """A description, in RDF of ``media_type``, of which to say what would follow."""

    description: str
    media_type: str
    timeout: float = 10.0


@dataclass(frozen=True)
class ReadGraph:
    """A graph to write out in ``media_type``, the default graph where it has no name. With
    ``whole`` every graph is, in a format that can name them."""

    graph: str | None
    media_type: str
    whole: bool = False
    timeout: float = 10.0


@dataclass(frozen=True)
class Update:
    """A SPARQL update, relative IRIs resolved against ``base``, on the dataset that the request names."""

    text: str
    base: str | None = None
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    timeout: float = 60.0


@dataclass(frozen=True)
class Upload:
    """Documents, of the ``media_types`` in their order, to add to a graph (the default graph where it
    has no name) or, with ``replace``, to put in the place of what it holds."""

    graph: str | None
    media_types: list[str]
    replace: bool
    base: str | None = None
    timeout: float = 60.0


@dataclass(frozen=True)
class Patch:
    """A SPARQL update of one graph, which it sees as the default graph."""

    graph: str | None
    text: str
    base: str | None = None
    timeout: float = 60.0


@dataclass(frozen=True)
class Drop:
    """A graph to remove, or the default graph to empty."""

    graph: str | None
    timeout: float = 60.0


Task = Query | Explain | Classify | ReadGraph
Change = Update | Upload | Patch | Drop
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Query, Explain, Classify, ReadGraph, Update, Upload, Patch, Drop)
}


def encode(task: Task | Change) -> bytes:
    """Return a task or change as a frame's payload."""
    return json.dumps([type(task).__name__, asdict(task)]).encode()


def decode(payload: bytes) -> Any:
    """Return the task or change that :func:`encode` made ``payload`` of.

    >>> decode(encode(Classify("<> a <x:> .", "text/turtle"))).media_type
    'text/turtle'
    """
    kind, members = json.loads(payload)
    return _KINDS[kind](**members)


class Problem(Exception):
    """Why a query has no answer: an HTTP status, and what an RFC 9457 problem document says.

    ``headers`` are set by whoever raises it where it is answered.
    """

    def __init__(self, status: int, title: str, detail: str = "", **further: Any) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.headers: dict[str, str] = {}
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


def send_file(connection: socket.socket, file: int) -> None:
    """Send an open file."""
    socket.send_fds(connection, [_FRAME.pack(FILE, 0)], [file])


def receive_answer(connection: socket.socket) -> bytes | int:
    """Return the bytes of an answer, or the descriptor of the open file that holds them;
    :class:`EOFError` where the other end is gone."""
    head, files, _, _ = socket.recv_fds(connection, _FRAME.size, 1)
    head += _exactly(connection, _FRAME.size - len(head))
    kind, length = _FRAME.unpack(head)
    if kind == FILE and files:
        return files[0]
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError("the other end closed the connection")
        parts += part
    return bytes(parts)
