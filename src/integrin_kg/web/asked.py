"""What a plain request asks of ``/sparql``, read from its bytes without Flask.

Plain is a GET, or a POST that came in one piece, for an answer in one of the machines' formats. Of
whatever else there is, and of whatever is wrong, nothing is said here: it goes the long way. A client's
headers, which are alike each time, are looked at once, and so is a request that is repeated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl

from flask import Request
from waitress.adjustments import Adjustments
from waitress.proxy_headers import proxy_headers_middleware
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from integrin_kg.engine.messages import Problem, Query, encode
from integrin_kg.settings import Settings
from integrin_kg.web import compression, problems, protocol, sparql, versions
from integrin_kg.web.channel import Parser
from integrin_kg.web.exchanges import form_of
from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best

PATH = "/sparql"

_LINE = re.compile(rb'(GET|POST) /sparql(?:\?([!"$-~]*))? HTTP/1\.1')
_REMEMBERED = 1024
_LONG_WAY = {
    "HTTP_CONTENT_ENCODING",
    "HTTP_EXPECT",
    "HTTP_IF_MATCH",
    "HTTP_IF_NONE_MATCH",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_UPGRADE",
}
_UNPREFIXED = ("CONTENT_LENGTH", "CONTENT_TYPE")  # PEP 3333
_NO_FIELDS: MultiDict[str, str] = MultiDict()

Environment = dict[str, Any]


@dataclass(frozen=True)
class Headers:
    """What a request's headers say: the formats to answer in, whether in ``gzip``, whether the answer must
    be evaluated (``fresh``), who asks, and the rest that :class:`_Plain` needs."""

    solutions: str | None
    triples: str | None
    gzip: bool
    fresh: bool
    closing: bool
    request_id: str
    client: str
    agent: str
    base_url: str
    mimetype: str
    mimetype_params: dict[str, str]
    length: int


@dataclass(frozen=True, eq=False)
class Asked:
    """A query, its ``form`` and the SHA-256 of its text, the headers that came with it, and what shapes
    its answer where that has an entity tag."""

    query: Query
    headers: Headers
    method: str
    form: str | None
    sha256: str
    shape: list[Any] | None

    @cached_property
    def wish(self) -> Hashable:
        """What it asks of the response, beyond the answer."""
        return self.shape is not None, self.headers.gzip

    @cached_property
    def payload(self) -> bytes:
        """The query as a worker takes it."""
        return encode(self.query)


class Reader:
    """Reads what came to a server with ``adjustments``, about the client that connected."""

    def __init__(self, adjustments: Adjustments, settings: Settings) -> None:
        self.adjustments, self.settings = adjustments, settings
        self.read = lru_cache(_REMEMBERED)(self._read)
        self._headers = lru_cache(_REMEMBERED)(self._look_at)

    def _read(self, client: str, data: bytes) -> Asked | None:
        """Return what ``data`` asks, None where it is no plain request, or not one as a whole."""
        head, blank, body = data.partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        match = _LINE.fullmatch(line)
        if not blank or match is None:
            return None
        headers = self._headers(client, match[1].decode(), fields + blank)
        if headers is None or len(body) != headers.length:
            return None
        request = _Plain(match[1].decode(), match[2] or b"", body, headers)
        try:
            text = protocol.operation("query", protocol.QUERY, request)
            if text is None:
                return None
            query = sparql.asked_for(text, headers.solutions, headers.triples, self.settings, request)
        except Problem:
            return None
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        shape = versions.shape_of(query, request.method)
        return Asked(query, headers, request.method, form_of(text), digest, shape)

    def _look_at(self, client: str, method: str, fields: bytes) -> Headers | None:
        parser = Parser(self.adjustments)
        parser.received(f"{method} {PATH} HTTP/1.1\r\n".encode() + fields)
        if parser.error or not parser.headers_finished or parser.chunked:
            return None
        environ = self._environment(client, method, parser)
        if environ is None or _LONG_WAY & environ.keys():
            return None
        return _headers_of(Request(environ), parser.connection_close, parser.content_length)

    def _environment(self, client: str, method: str, parser: Parser) -> Environment | None:
        """What WSGI makes of the headers, those of a trusted proxy believed; None where they make no
        sense, or there is no Host."""
        fields = {name if name in _UNPREFIXED else f"HTTP_{name}": v for name, v in parser.headers.items()}
        server = {"REMOTE_ADDR": client, "SERVER_NAME": "", "SERVER_PORT": "", "wsgi.url_scheme": "http"}
        request = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": PATH, "QUERY_STRING": ""}
        believed: list[Environment] = []

        def take(environ: Environment, _: object) -> list[bytes]:
            believed.append(environ)
            return []

        proxied = proxy_headers_middleware(
            take,
            trusted_proxy=self.adjustments.trusted_proxy,
            trusted_proxy_count=self.adjustments.trusted_proxy_count,
            trusted_proxy_headers=self.adjustments.trusted_proxy_headers,
            clear_untrusted=self.adjustments.clear_untrusted_proxy_headers,
        )
        proxied({**server, **request, **fields}, lambda *_: None)
        return believed[0] if believed and believed[0].get("HTTP_HOST") else None


def _headers_of(request: Request, closing: bool, length: int) -> Headers | None:
    accept = request.accept_mimetypes
    solutions, triples = best(accept, [*SOLUTIONS, HTML]), best(accept, [*TRIPLES, HTML])
    gzip = compression.chooses_gzip(request.accept_encodings)
    if HTML in (solutions, triples) or gzip is None or problems.wants_page(request):
        return None
    return Headers(
        solutions,
        triples,
        gzip,
        versions.must_be_fresh(request),
        closing,
        request.headers.get("X-Request-Id", ""),
        request.remote_addr or "",
        request.headers.get("User-Agent", ""),
        request.base_url,
        request.mimetype,
        dict(request.mimetype_params),
        length,
    )


class _Plain:
    """A request as :class:`protocol.Carrier` has it; Flask's own costs as much as a query does."""

    def __init__(self, method: str, query_string: bytes, body: bytes, headers: Headers) -> None:
        self.method, self.query_string, self.body = method, query_string, body
        self.mimetype, self.mimetype_params = headers.mimetype, headers.mimetype_params
        self.base_url = headers.base_url
        self.args = _fields(query_string)
        self.form = _fields(body) if self.mimetype == protocol.FORM and method == "POST" else _NO_FIELDS

    @property
    def values(self) -> MultiDict[str, str]:
        return CombinedMultiDict([self.args, self.form]) if self.form else self.args

    def get_data(self) -> bytes:
        return self.body


def _fields(encoded: bytes) -> MultiDict[str, str]:
    # As werkzeug does it: what is no UTF-8 stays as its escapes, and is refused by the protocol.
    pairs = parse_qsl(encoded.decode("utf-8", "replace"), keep_blank_values=True, errors="werkzeug.url_quote")
    return MultiDict(pairs)
