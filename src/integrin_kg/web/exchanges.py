"""Exchanges: what is known of a request and its response once the last byte went out.

The log and the metrics both listen here, at the WSGI boundary, because only there a streaming
answer's end, its bytes and its breaking off are seen (PEP 3333).
"""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, request

from integrin_kg.engine.tokens import keywords
from integrin_kg.web.headers import REQUEST_ID_HEADER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

QUERY_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
"""The forms of a query (SPARQL 1.1 Query, section 16)."""
UPDATE_FORMS = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "ADD", "MOVE", "COPY")
"""The kinds of an update's operations (SPARQL 1.1 Update, section 3)."""

_FIRST_WORD = re.compile(rf"\s*({'|'.join(QUERY_FORMS)})\b(?![-.:])", re.IGNORECASE | re.ASCII)
_WELL_FORMED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ASKS = {"/sparql": "query", "/update": "update"}
_ASKING_TYPES = ("application/sparql-query", "application/sparql-update")
_FORM_TYPE = "application/x-www-form-urlencoded"
_PROLOGUE = 64 * 1024  # a form that stands further back is not worth the scan
_ENVIRON_KEY = "integrin_kg.exchange"
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


@dataclass
class Exchange:
    """One request and its response. ``whole`` is False where the answer broke off, or its client left;
    ``route`` is None where no route matched, ``form`` where nothing was asked in SPARQL."""

    request_id: str
    method: str
    path: str
    client: str
    agent: str
    started: float = field(default_factory=time.perf_counter)
    route: str | None = None
    form: str | None = None
    query_sha256: str | None = None
    status: int = 500
    bytes: int = 0
    seconds: float = 0.0
    whole: bool = False


Listener = Callable[[Exchange], None]

# Never reset: what a server logs on the same thread after an answer broke is about that answer.
_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def request_id() -> str | None:
    """Return the id of the request that this thread answers, if any."""
    exchange = _current.get()
    return exchange.request_id if exchange else None


def attend(exchange: Exchange) -> None:
    """Have what this thread logs from now on be about ``exchange``."""
    _current.set(exchange)


def id_of(given: str) -> str:
    """Return the id of a request that came with the id ``given``: that, where it is well-formed (up to 64
    ASCII letters, digits, ``-``, ``_`` and ``.``), else a new one."""
    return given if given and _WELL_FORMED_ID.fullmatch(given) else _new_id()


def _new_id() -> str:
    """A UUID of version 4 (RFC 9562), as :mod:`uuid` makes it in many times the time."""
    drawn = f"{random.getrandbits(128):032x}"
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{_VARIANT[drawn[16]]}{drawn[17:20]}-{drawn[20:]}"


def observe(app: Flask, *, began: Listener | None = None, ended: Listener | None = None) -> None:
    """Have ``began`` called when a request comes in, and ``ended`` when its response has gone out.

    Every response then carries ``X-Request-Id``.
    """
    observers = observers_of(app)
    observers.began += [began] if began else []
    observers.ended += [ended] if ended else []


def observers_of(app: Flask) -> Observers:
    """Return what tells who listens of ``app``'s exchanges."""
    observers: Observers | None = app.extensions.get("exchanges")
    if observers is None:
        observers = app.extensions["exchanges"] = Observers(app.wsgi_app)
        app.wsgi_app = observers  # type: ignore[method-assign]
        app.url_value_preprocessor(_note_route)
        app.before_request(_note_query)
    return observers


class Observers:
    """A WSGI middleware that tells its listeners of each exchange."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.began: list[Listener] = []
        self.ended: list[Listener] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        exchange = environ[_ENVIRON_KEY] = _exchange(environ)
        attend(exchange)
        length = 0

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], object]:
            nonlocal length
            exchange.status = int(status.split()[0])
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
            return start_response(status, [*headers, (REQUEST_ID_HEADER, exchange.request_id)], *exc_info)

        self.begin(exchange)
        try:
            answer = self.application(environ, start)
        except BaseException:
            self.end(exchange)
            raise
        if isinstance(answer, environ.get("wsgi.file_wrapper", ())):
            exchange.bytes, exchange.whole = length, True
            self.end(exchange)
            return cast(
                Iterable[bytes], answer
            )  # a file, which only as such the server sends without a thread
        return _Watched(answer, exchange, self.end)

    def begin(self, exchange: Exchange) -> None:
        """Tell of a request that came in."""
        for listener in self.began:
            listener(exchange)

    def end(self, exchange: Exchange) -> None:
        """Tell of a response that went out."""
        exchange.seconds = time.perf_counter() - exchange.started
        for listener in self.ended:
            listener(exchange)


class _Watched:
    """A response's chunks, counted; ``end`` is called once, after the last or where they break off."""

    def __init__(self, chunks: Iterable[bytes], exchange: Exchange, end: Listener) -> None:
        self.chunks, self.iterator = chunks, iter(chunks)
        self.exchange, self.end = exchange, end
        self.ended = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self.iterator)
        except StopIteration:
            self.exchange.whole = True
            self._finish()
            raise
        self.exchange.bytes += len(chunk)
        return chunk

    def close(self) -> None:
        """What a server calls whether it took every chunk or not (PEP 3333)."""
        try:
            if hasattr(self.chunks, "close"):
                self.chunks.close()
        finally:
            self._finish()

    def _finish(self) -> None:
        if not self.ended:
            self.ended = True
            self.end(self.exchange)


def form_of(text: str) -> str | None:
    """Return the form of a query or the kind of an update's first operation, None where there is none.

    >>> form_of("PREFIX select: <http://x/> ask {}"), form_of("WITH <http://x/> DELETE {} WHERE {}")
    ('ASK', 'DELETE')
    """
    forms = (*QUERY_FORMS, *UPDATE_FORMS)
    if plain := _FIRST_WORD.match(text):
        return plain[1].upper()
    return next((word for word in keywords(text[:_PROLOGUE]) if word in forms), None)


def _exchange(environ: WSGIEnvironment) -> Exchange:
    return Exchange(
        request_id=id_of(environ.get("HTTP_X_REQUEST_ID", "")),
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        client=environ.get("REMOTE_ADDR", ""),
        agent=environ.get("HTTP_USER_AGENT", ""),
    )


def _note_route(endpoint: str | None, values: dict[str, Any] | None) -> None:
    # Before any before_request function, so that what one of them refuses has its route too.
    exchange: Exchange = request.environ[_ENVIRON_KEY]
    exchange.route = request.url_rule.rule if request.url_rule else None


def _note_query() -> None:
    exchange: Exchange = request.environ[_ENVIRON_KEY]
    parameter = _ASKS.get(exchange.route or "")
    text = _asked(parameter) if parameter else None
    if text is not None:
        exchange.form = form_of(text)
        exchange.query_sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _asked(parameter: str) -> str | None:
    """The text of the query or update, where the route will find it too; reading it here costs it nothing,
    since Flask keeps what was read."""
    if request.method == "POST" and request.mimetype in _ASKING_TYPES:
        return request.get_data().decode("utf-8", "replace")
    if request.method == "POST" and request.mimetype == _FORM_TYPE:
        request.get_data()  # kept, for those who want the bytes of the form
        return request.form.get(parameter, request.args.get(parameter))
    return request.args.get(parameter)
