"""gzip both ways: answers for those who accept it, and requests that come in it (RFC 9110, sections 8.4
and 12.5.3; RFC 1952).

No secret is ever part of an answer, so that its length tells nothing (BREACH).
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterable
from functools import partial
from typing import IO, TYPE_CHECKING, cast

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wsgi import wrap_file

from integrin_kg.engine.messages import Problem

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP_FORMAT = 31  # zlib's window bits for gzip's header and trailer
_LEVEL = 6
_SMALLEST = 1024  # below that a packet is not saved
_WHOLE = 4 * 1024 * 1024  # an answer this short is compressed at once, and keeps a length
_READ = 64 * 1024
_MEMBERS = 1000  # a body of empty members costs time and decodes to nothing
_SUFFIX = "-gzip"
_TAGS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
_TAGS_GIVEN = "integrin_kg.entity_tags"
_WITHOUT_BODY = (204, 206, 304)  # or with a part of one, whose bytes are counted uncompressed

_TEXTY = {
    "application/javascript",
    "application/json",
    "application/n-quads",
    "application/n-triples",
    "application/trig",
    "application/xml",
}


def register(app: Flask) -> None:
    """Have ``app`` read and write gzip. Where this is called makes no difference: requests are decoded
    before, and answers encoded after, anything else that is registered looks at them."""
    app.before_request_funcs.setdefault(None, [])[:0] = [_refuse_unacceptable, _restore_tags, _decode]
    app.after_request_funcs.setdefault(None, []).insert(0, _encode)  # Flask runs them from the last


class UnknownCoding(UnsupportedMediaType):
    """A request in a coding that is not understood; says which is (RFC 7694, section 3)."""

    def get_headers(self, *about: object) -> list[tuple[str, str]]:
        """Return the error's headers."""
        return [*super().get_headers(), ("Accept-Encoding", "gzip, identity")]


# Requests


def _decode() -> None:
    codings = request.headers.get("Content-Encoding", "identity").lower()
    if codings.strip() in ("identity", ""):
        return
    if codings.strip() not in ("gzip", "x-gzip"):
        raise UnknownCoding(f"A body comes in gzip or as it is, not in {codings!r}.")
    request.stream = cast(IO[bytes], Gunzip(request.stream, request.max_content_length))
    for name in ("CONTENT_LENGTH", "HTTP_CONTENT_ENCODING"):  # neither is true of what is read now
        request.environ.pop(name, None)


class Gunzip(io.RawIOBase):
    """The decoded bytes of ``encoded``, never more at a time than are read, and ``limit`` in all.

    Reading raises 413 past the limit, and :class:`Problem` (400) where the body is malformed or not whole.

    >>> Gunzip(io.BytesIO(gzip.compress(b"ASK ") + gzip.compress(b"{}")), 6).read()
    b'ASK {}'
    """

    def __init__(self, encoded: IO[bytes], limit: int | None) -> None:
        self.encoded, self.limit = encoded, limit
        self.pending = b""  # encoded, and not yet decoded
        self.member: zlib._Decompress | None = None  # the decoder of the member that has begun
        self.members = self.decoded = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill ``buffer`` with what is decoded next; return how much that is, 0 at the end."""
        room = memoryview(buffer).cast("B")
        data = self._next(len(room)) if len(room) else b""
        self.decoded += len(data)
        if self.limit is not None and self.decoded > self.limit:
            raise RequestEntityTooLarge(f"A body decodes to {self.limit} bytes at most.")
        room[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        while True:
            self.pending = self.pending or self.encoded.read(_READ)
            if self.member is None and not self.pending:
                return b""
            if data := self._decompress(self.member or self._begin(), size):
                return data

    def _begin(self) -> zlib._Decompress:
        self.members += 1
        if self.members > _MEMBERS:
            raise Problem(400, "Malformed gzip", f"It has more than {_MEMBERS} members: send one.")
        self.member = zlib.decompressobj(_GZIP_FORMAT)
        return self.member

    def _decompress(self, member: zlib._Decompress, size: int) -> bytes:
        at_end = not self.pending
        try:
            data = member.decompress(self.pending, size)
        except zlib.error as error:
            detail = f"The body does not decode after {self.decoded} bytes ({error})."
            raise Problem(400, "Malformed gzip", detail) from error
        self.pending = member.unused_data or member.unconsumed_tail
        if member.eof:
            self.member = None
        elif at_end and not data:
            raise Problem(
                400, "Truncated gzip", f"The body ends after {self.decoded} bytes, within a member."
            )
        return data


# Answers


def _encode(response: Response) -> Response:
    response.vary.add("Accept-Encoding")
    quality, identity = _qualities(request.accept_encodings)
    if response.status_code == 304:
        _mark_as_revalidated(response)
    if not _prefers_gzip(quality, identity) or not _encodable(response):
        return response
    length = _length(response)
    if identity != 0 and not is_worthwhile(response.mimetype or "", length):
        return response
    if length is None or length > _WHOLE:
        _encode_file(response)
    else:
        response.direct_passthrough = False
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    _mark_tag(response)
    return response


def _qualities(accepted: Accept) -> tuple[float, float | None]:
    """The qualities of gzip and of identity, None for the latter where nothing is said of it: then it is
    acceptable, but not asked for."""
    stated = {coding.lower(): quality for coding, quality in accepted}
    anything = stated.get("*")
    return stated.get("gzip", stated.get("x-gzip", anything or 0)), stated.get("identity", anything)


def _prefers_gzip(quality: float, identity: float | None) -> bool:
    return quality > 0 and quality >= (identity or 0)


def chooses_gzip(accepted: Accept) -> bool | None:
    """Return whether an answer that gets shorter by it is to come in gzip; None where identity is refused."""
    quality, identity = _qualities(accepted)
    return None if identity == 0 else _prefers_gzip(quality, identity)


def pack(content: bytes | IO[bytes]) -> tuple[bytes | IO[bytes], int]:
    """Return ``content`` in gzip, bytes as bytes and a file as a file, and how long that is."""
    if isinstance(content, bytes):
        packed = gzip.compress(content, _LEVEL, mtime=0)
        return packed, len(packed)
    with content:
        return _packed(iter(partial(content.read, _READ), b""))


def _packed(chunks: Iterable[bytes]) -> tuple[IO[bytes], int]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the server closes it)
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0) as member:
        for chunk in chunks:
            member.write(chunk)
    length = file.tell()
    file.seek(0)
    return file, length


def _refuse_unacceptable() -> None:
    # Before anything is done: an update must not happen and then be answered with a refusal.
    if _qualities(request.accept_encodings) == (0, 0):
        raise Problem(406, "Not acceptable", "An answer comes in gzip or as it is (identity).")


def _encodable(response: Response) -> bool:
    bodiless = response.status_code < 200 or response.status_code in _WITHOUT_BODY
    encoded = "Content-Encoding" in response.headers or response.cache_control.no_transform
    return not (bodiless or encoded)


def is_worthwhile(kind: str, length: int | None) -> bool:
    """Return whether gzip makes an answer of that media type and length (None is unknown) shorter."""
    texty = kind.startswith("text/") or kind.endswith(("+json", "+xml")) or kind in _TEXTY
    return texty and (length is None or length >= _SMALLEST)


def _length(response: Response) -> int | None:
    if response.content_length is not None or not response.is_sequence:
        return response.content_length
    return response.calculate_content_length()  # which would take all of a stream


def _encode_file(response: Response) -> None:
    """Have ``response`` carry a file with what it would have carried, in gzip."""
    if request.method == "HEAD":
        response.headers.pop("Content-Length", None)  # nobody knows without doing it
        return
    file, length = _packed(response.iter_encoded())
    response.close()
    response.response = wrap_file(request.environ, file)
    response.direct_passthrough = True
    response.content_length = length


# Entity tags: a strong one names the bytes that are sent, so that a coding needs its own (RFC 9110,
# section 8.8.3.3). The rest of the application never meets it.


def _restore_tags() -> None:
    for name in _TAGS:
        if _SUFFIX in (given := request.environ.get(name, "")):
            request.environ[name] = given.replace(_SUFFIX + '"', '"')
            request.environ[_TAGS_GIVEN] = given


def _mark_as_revalidated(response: Response) -> None:
    tag, _ = response.get_etag()
    if tag and f'"{tag}{_SUFFIX}"' in request.environ.get(_TAGS_GIVEN, ""):
        _mark_tag(response)


def _mark_tag(response: Response) -> None:
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag + _SUFFIX)
