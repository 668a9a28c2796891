"""One hostile request: the bytes to send, and the statuses that are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

TRAP = "http://127.0.0.1:TRAP0/"
"""Where nobody may connect. The trap's port, of five digits as its placeholder here, is put in when
a request is sent, so that no length changes."""

CLOSED = 0
"""In the place of a status: the connection may be closed without a word."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

STOPPED = (503, 507)
"""It runs, and is stopped: out of time or out of memory."""

SURVIVED = (200, 400, 413, 503, 507)
"""It may be answered, or refused as too large or too deep, or stopped: what counts is that it is
told so and nobody else is."""


@dataclass(frozen=True)
class Request:
    """``message`` is what goes out, or makes it when it is large; ``half_close`` says that nothing
    will follow; ``alone`` that no second response may follow the first."""

    right: frozenset[int]
    message: bytes | Callable[[], bytes]
    half_close: bool = False
    alone: bool = False

    def encode(self) -> bytes:
        """Return the bytes to send."""
        return self.message() if callable(self.message) else self.message

    @property
    def method(self) -> str:
        """The method, which decides whether a response has a body."""
        return self.encode()[:16].partition(b" ")[0].decode("latin-1")


def raw(message: str | bytes, *right: int, half_close: bool = False, alone: bool = False) -> Request:
    """Return a request of exactly these bytes; text is Latin-1."""
    encoded = message.encode("latin-1") if isinstance(message, str) else message
    return Request(frozenset(right), encoded, half_close, alone)


def head(method: str, target: str, **headers: str) -> bytes:
    """Return a sound request's head; a header's underscores stand for hyphens."""
    named = {"Host": "127.0.0.1", "Connection": "close"} | headers
    lines = [f"{method} {target} HTTP/1.1", *(f"{k.replace('_', '-')}: {v}" for k, v in named.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def get(target: str, *right: int, method: str = "GET", **headers: str) -> Request:
    """Return a request without a body."""
    return raw(head(method, target, **headers), *right)


def post(
    target: str,
    content_type: str,
    body: str | bytes | Callable[[], str | bytes],
    *right: int,
    method: str = "POST",
    **headers: str,
) -> Request:
    """Return a request with a body, made only when it is sent where ``body`` is a function."""

    def message() -> bytes:
        made = body() if callable(body) else body
        encoded = made.encode("utf-8", "surrogatepass") if isinstance(made, str) else made
        named = {"Content_Type": content_type, "Content_Length": str(len(encoded))} | headers
        return head(method, target, **named) + encoded

    return Request(frozenset(right), message)


def query(text: str | Callable[[], str], *right: int, **headers: str) -> Request:
    """Return a query sent as a body."""
    return post("/sparql", QUERY, text, *right, **headers)


def asked(text: str, *right: int, parameters: tuple[tuple[str, str], ...] = (), **headers: str) -> Request:
    """Return a query sent in the URL, with further parameters."""
    return get("/sparql?" + urlencode([("query", text), *parameters], quote_via=quote), *right, **headers)
