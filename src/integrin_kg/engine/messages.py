"""What client, worker and host say to one another: typed frames on a Unix stream socket.

A frame is one byte of kind, four bytes of length (big-endian) and the payload. A worker that accepts a
connection says who it is, ``WORKER``; then comes one ``TASK`` after another, each answered either by a
``PROBLEM``, or by ``HEAD`` and the answer: as ``DATA`` where it is small, as ``FILE``, an open file that
comes along, where it is large. Nothing of an answer is sent before all of it is there, so that no client
takes a part for the whole.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from integrin_kg.errors import MeantToBeRead

TASK, WORKER, PROBLEM, HEAD, DATA, FILE = b"T", b"W", b"P", b"H", b"D", b"F"

_CHUNK = 64 * 1024
_MORE = 4 * _CHUNK
_ONE_FILE = socket.CMSG_LEN(array("i").itemsize)
_FRAME = struct.Struct("!cI")
_scan = json.JSONDecoder().raw_decode  # which looks for no white space
_PLACE = ("line", "column")
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
    has no name) or, with ``replace``, to put in the place of what it holds.

    ``version`` and ``existing`` say, here and in :class:`Patch` and :class:`Drop`, what must be so: which
    version it changes, and whether the graph is there.
    """

    graph: str | None
    media_types: list[str]
    replace: bool
    base: str | None = None
    timeout: float = 60.0
    version: str = ""
    existing: bool | None = None


@dataclass(frozen=True)
class Patch:
    """A SPARQL update of one graph, which it sees as the default graph."""

    graph: str | None
    text: str
    base: str | None = None
    timeout: float = 60.0
    version: str = ""
    existing: bool | None = None


@dataclass(frozen=True)
class Drop:
    """A graph to remove, or the default graph to empty."""

    graph: str | None
    timeout: float = 60.0
    version: str = ""
    existing: bool | None = None


Task = Query | Explain | Classify | ReadGraph
Change = Update | Upload | Patch | Drop
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Query, Explain, Classify, ReadGraph, Update, Upload, Patch, Drop)
}


def encode(task: Task | Change) -> bytes:
    """Return a task or change as a frame's payload: its kind and, in their order, its members."""
    return json.dumps([type(task).__name__, *vars(task).values()]).encode()


def decode(payload: bytes) -> Any:
    """Return the task or change that :func:`encode` made ``payload`` of.

    >>> decode(encode(Classify("<> a <x:> .", "text/turtle"))).media_type
    'text/turtle'
    """
    (kind, *members), _ = _scan(payload.decode())
    return _KINDS[kind](*members)


class Head(NamedTuple):
    """What precedes an answer: its media type, its length in bytes and the version of the graph that it
    is of."""

    media_type: str
    length: int
    version: str

    def encode(self) -> bytes:
        """Return it as a frame's payload."""
        return f"{self.media_type}\n{self.length}\n{self.version}".encode()

    @classmethod
    def decode(cls, payload: bytes) -> Head:
        """Return the head that :meth:`encode` made ``payload`` of; :class:`ValueError` where it is none."""
        media_type, length, version = payload.decode().split("\n")
        return cls(media_type, int(length), version)


class Problem(MeantToBeRead):
    """Why a query has no answer: an HTTP status, and what an RFC 9457 problem document says.

    ``headers`` are set by whoever raises it where it is answered.
    """

    def __init__(self, status: int, title: str, detail: str = "", **further: Any) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.headers: dict[str, str] = {}
        self.status, self.title, self.detail, self.further = status, title, detail, further

    @property
    def message(self) -> str:
        """What a person or an assistant is told.

        >>> Problem(400, "Syntax error", "expected FROM", line=3, column=2).message
        'Syntax error, line 3, column 2: expected FROM'
        """
        place = "".join(f", {name} {self.further[name]}" for name in _PLACE if name in self.further)
        return f"{self.title}{place}: {self.detail}"

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


def not_met() -> Problem:
    """Return the problem of a change to what is not as its condition has it."""
    detail = "What it would change is not as If-Match or If-None-Match has it: read it again."
    return Problem(412, "Precondition failed", detail)


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """Return a frame."""
    return _FRAME.pack(kind, len(payload)) + payload


def send(connection: socket.socket, kind: bytes, payload: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(frame(kind, payload))


def receive(connection: socket.socket, limit: int | None = None) -> tuple[bytes, bytes]:
    """Return the next frame's kind and payload, where nothing is sent behind it before it is answered;
    :class:`EOFError` where the other end is gone, and :class:`ValueError` where the frame is larger than
    ``limit``."""
    received = bytearray(_more(connection))
    while len(received) < _FRAME.size:
        received += _more(connection)
    kind, length = _FRAME.unpack_from(received)
    if limit is not None and length > limit:
        raise ValueError(f"a frame of {length} bytes, {limit} at most are taken")
    while len(received) < _FRAME.size + length:
        received += _more(connection)
    return kind, bytes(received[_FRAME.size : _FRAME.size + length])


def send_file(connection: socket.socket, file: int) -> None:
    """Send an open file."""
    socket.send_fds(connection, [_FRAME.pack(FILE, 0)], [file])


class Incoming:
    """Frames as they come in, in whatever pieces, with the open files that come along.

    >>> here, there = socket.socketpair()
    >>> send(there, WORKER, b"7")
    >>> incoming = Incoming()
    >>> incoming.read(here)
    >>> list(incoming)
    [(b'W', b'7')]
    """

    def __init__(self) -> None:
        self._received = bytearray()
        self._files: list[int] = []

    def read(self, connection: socket.socket) -> None:
        """Take what has come; :class:`EOFError` where the other end is gone."""
        data, ancillary, _, _ = connection.recvmsg(_MORE if self._received else _CHUNK, _ONE_FILE)
        for _, _, files in ancillary:  # as socket.recv_fds has it
            self._files += array("i", files)
        if not data:
            raise EOFError("the other end closed the connection")
        self._received += data

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the kind and payload of each frame that is whole, once."""
        while len(self._received) >= _FRAME.size:
            kind, length = _FRAME.unpack_from(self._received)
            end = _FRAME.size + length
            if len(self._received) < end:
                return
            payload = bytes(memoryview(self._received)[_FRAME.size : end])
            del self._received[:end]
            yield kind, payload

    def file(self) -> int:
        """Return the descriptor of the open file that came with the last frame; :class:`EOFError` where
        none did."""
        if not self._files:
            raise EOFError("a file was announced and none came")
        return self._files.pop(0)

    def close(self) -> None:
        """Let go of files that nobody took."""
        while self._files:
            os.close(self._files.pop())


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(_CHUNK)
    if not received:
        raise EOFError("the other end closed the connection")
    return received
