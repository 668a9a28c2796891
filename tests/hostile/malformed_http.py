"""Bytes that are hardly HTTP. RFC 9112, and RFC 9110 for what the statuses mean."""

from __future__ import annotations

from hostile.request import CLOSED, FORM, QUERY, Request, get, head, post, raw

HOST = "Host: 127.0.0.1\r\nConnection: close\r\n"
ALIVE = "/sparql?query=ASK%7B%7D"
QUERY_TYPE = f"Content-Type: {QUERY}\r\n"
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def line(first: str | bytes, *right: int, rest: str = HOST, **how: bool) -> Request:
    """A request of this first line and sound headers."""
    encoded = first.encode("latin-1") if isinstance(first, str) else first
    return raw(encoded + b"\r\n" + rest.encode("latin-1") + b"\r\n", *right, **how)


def header(field: str | bytes, *right: int) -> Request:
    """A sound request but for this header."""
    encoded = field.encode("latin-1") if isinstance(field, str) else field
    return raw(f"GET {ALIVE} HTTP/1.1\r\n{HOST}".encode() + encoded + b"\r\n\r\n", *right)


def body(fields: str, content: str | bytes, *right: int, **how: bool) -> Request:
    """A POST of a query, framed by these headers."""
    encoded = content.encode("latin-1") if isinstance(content, str) else content
    start = f"POST /sparql HTTP/1.1\r\n{HOST}{QUERY_TYPE}{fields}\r\n\r\n"
    return raw(start.encode("latin-1") + encoded, *right, **how)


def chunked(
    content: str | bytes, *right: int, fields: str = "Transfer-Encoding: chunked", **how: bool
) -> Request:
    return body(fields, content, *right, **how)


SIX = "6\r\nASK {}\r\n"
END = "0\r\n\r\n"

ROWS: dict[str, Request] = {
    # The request line (RFC 9112, section 3).
    "no HTTP at all": line("GARBAGE", 400),
    "a method only": line("GET", 400),
    "HTTP/0.9": raw(f"GET {ALIVE}\r\n\r\n", 400, 505),
    "four words": line(f"GET {ALIVE} x HTTP/1.1", 400),
    "a space in the target": line("GET /sparql?query=ASK {} HTTP/1.1", 400),
    "tabs for spaces": line(f"GET\t{ALIVE}\tHTTP/1.1", 200, 400),
    "HTTP/2.0": line(f"GET {ALIVE} HTTP/2.0", 400, 505),
    "HTTP/9.9": line(f"GET {ALIVE} HTTP/9.9", 400, 505),
    "HTTP/1.999": line(f"GET {ALIVE} HTTP/1.999", 200, 400, 505),
    "another protocol": line(f"GET {ALIVE} RTSP/1.0", 400, 505),
    "the preface of HTTP/2": raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 405, 501, 505),
    "a TLS handshake": raw(
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2, 400, CLOSED, half_close=True
    ),
    "random bytes": raw(bytes(range(128, 256)) * 8 + b"\r\n\r\n", 400),
    "NUL bytes": raw(b"\0" * 1000 + b"\r\n\r\n", 400),
    "NUL in the target": line(b"GET /\0 HTTP/1.1", 400, 404),
    "bytes above ASCII in the target": line("GET /sparql?query=ASK{}#\xff HTTP/1.1", 200, 400),
    "a lower-case method": line(f"get {ALIVE} HTTP/1.1", 400, 405, 501),
    "an unknown method": line(f"BREW {ALIVE} HTTP/1.1", 405, 501),
    "a method of 10000 letters": line("A" * 10_000 + f" {ALIVE} HTTP/1.1", 400, 405, 414, 431, 501),
    "a method that is no token": line(f"GE(T {ALIVE} HTTP/1.1", 400, 405, 501),
    "CONNECT": raw(
        "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n", 400, 404, 405, 501
    ),
    "TRACE": line("TRACE /sparql HTTP/1.1", 405, 501),
    "OPTIONS *": line("OPTIONS * HTTP/1.1", 200, 204, 400, 404, 405, 501),
    "an absolute target of another host": line(f"GET http://example.org{ALIVE} HTTP/1.1", 200, 400, 404, 421),
    "an absolute target of a file": line("GET file:///etc/passwd HTTP/1.1", 400, 404),
    "a target without a slash": line("GET sparql HTTP/1.1", 400, 404),
    "an empty target": line("GET  HTTP/1.1", 400),
    "a target of 100 KB": line("GET /sparql?query=ASK%7B%7D&a=" + "a" * 100_000 + " HTTP/1.1", 414, 431),
    "a target of 10 MB": line("GET /" + "a" * 10_000_000 + " HTTP/1.1", 414, 431),
    "an endless request line": raw("A" * 2_000_000, 400, 414, 431, half_close=True),
    "empty lines first": raw(f"\r\n\r\nGET {ALIVE} HTTP/1.1\r\n{HOST}\r\n", 200, 400),
    "a thousand empty lines first": raw("\r\n" * 1000 + f"GET {ALIVE} HTTP/1.1\r\n{HOST}\r\n", 200, 400),
    "line feeds only": raw(
        f"GET {ALIVE} HTTP/1.1\n" + HOST.replace("\r", "") + "\n", 200, 400, CLOSED, half_close=True
    ),
    "carriage returns only": raw(
        f"GET {ALIVE} HTTP/1.1\r" + HOST.replace("\n", "") + "\r", 400, CLOSED, half_close=True
    ),
    # The headers (section 5).
    "no Host": raw(f"GET {ALIVE} HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "two Hosts": header("Host: example.org", 400),
    "an empty Host": raw(f"GET {ALIVE} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 200, 400),
    "a Host that is none": raw(
        f"GET {ALIVE} HTTP/1.1\r\nHost: a b<c>/?d@e\r\nConnection: close\r\n\r\n", 400
    ),
    "no Host in HTTP/1.0": raw(f"GET {ALIVE} HTTP/1.0\r\n\r\n", 200),
    "a header without a colon": header("nonsense", 400),
    "a header without a name": header(": value", 400),
    "a space before the colon": header("X-A : b", 400),
    "a space in a name": header("X A: b", 400),
    "a folded header": header("X-A: b\r\n c", 200, 400),
    "a first header that is folded": raw(f"GET {ALIVE} HTTP/1.1\r\n folded: a\r\n{HOST}\r\n", 400),
    "NUL in a header": header(b"X-A: a\0b", 400),
    "a carriage return in a header": header(b"X-A: a\rX-Injected: b", 400),
    "control characters in a header": header(b"X-A: \x01\x02\x7f", 200, 400),
    "bytes above ASCII in a header": header(b"X-A: \xff\xfe\xc3\x28", 200, 400),
    "bytes above ASCII in Accept": header(b"Accept: \xff\xfe\xc3\x28", 200, 400, 406),
    "bytes above ASCII in a name": header(b"X-\xff: a", 400),
    "a header of 1 MB": header("X-A: " + "a" * 1_000_000, 431),
    "a header's name of 1 MB": header("X" * 1_000_000 + ": a", 400, 431),
    "100000 headers": header("\r\n".join(f"X-{n}: a" for n in range(100_000)), 431),
    "one header 20000 times": header("\r\n".join(["X-A: a"] * 20_000), 431),
    "500 headers": header("\r\n".join(f"X-{n}: a" for n in range(500)), 200, 431),
    "cookies": header("Cookie: " + "; ".join(f"a{n}=b" for n in range(700)), 200, 431),
    "a header that names the gateway's own": header("X_Forwarded_For: 1\r\nREMOTE_USER: root", 200, 400),
    "X-HTTP-Method-Override": header("X-HTTP-Method-Override: DELETE\r\nX-Method-Override: PUT", 200),
    "X-Original-URL": header("X-Original-URL: /secret\r\nX-Rewrite-URL: /secret", 200),
    "X-Forwarded": header(
        "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: javascript\r\nForwarded: host=evil", 200
    ),
    "X-Script-Name": header("X-Script-Name: /a<script>\r\nSCRIPT_NAME: /b", 200, 400),
    "Upgrade to h2c": header("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", 200),
    "Upgrade to a websocket": header(
        "Upgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13", 200
    ),
    "an expectation that is none": header("Expect: magic", 200, 417),
    "a Range": header("Range: bytes=0-0", 200, 206, 416),
    "a Range that is none": header("Range: bytes=9-1,-,x", 200, 416),
    "a thousand Ranges": header("Range: bytes=" + ",".join(f"{n}-" for n in range(1000)), 200, 416, 431),
    "a Range of many digits": header("Range: bytes=" + "9" * 4000 + "-", 200, 416, 431),
    "If-Modified-Since of nonsense": header("If-Modified-Since: Sun, 99 Foo 99999 99:99:99 GMT", 200),
    "Authorization of nonsense": header("Authorization: Basic \xff\xff", 200, 400, 401),
    "Authorization without a value": header("Authorization: Bearer", 200, 400, 401),
    # The body's length (section 6).
    "two lengths that differ": body("Content-Length: 6\r\nContent-Length: 5", "ASK {}", 400),
    "two lengths that agree": body("Content-Length: 6\r\nContent-Length: 6", "ASK {}", 200, 400),
    "two lengths in one field": body("Content-Length: 6, 6", "ASK {}", 200, 400),
    "a length and chunks": body(
        "Content-Length: 6\r\nTransfer-Encoding: chunked", SIX + END + SMUGGLED, 200, 400, alone=True
    ),
    "chunks and a length": body(
        f"Transfer-Encoding: chunked\r\nContent-Length: {len(SIX + END + SMUGGLED)}",
        SIX + END + SMUGGLED,
        200,
        400,
        alone=True,
    ),
    "a length below zero": body("Content-Length: -1", "ASK {}", 400),
    "a length with a plus": body("Content-Length: +6", "ASK {}", 400),
    "a length in hexadecimal": body("Content-Length: 0x6", "ASK {}", 400),
    "a length with an underscore": body("Content-Length: 1_0", "ASK {}    ", 400),
    "a length that is a word": body("Content-Length: six", "ASK {}", 400),
    "an empty length": body("Content-Length:", "ASK {}", 400),
    "a length with a fraction": body("Content-Length: 6.0", "ASK {}", 400),
    "a length of superscripts": body("Content-Length: \xb2\xb3", "ASK {}", 400),
    "a length of 5000 digits": body("Content-Length: " + "9" * 5000, "ASK {}", 400, 413),
    "a length of 2 to the 64": body(f"Content-Length: {2**64 + 6}", "ASK {}", 400, 413),
    "a length of 1 TB": body(f"Content-Length: {10**12}", "ASK {}", 413),
    "a length longer than the body": body("Content-Length: 1000", "ASK {}", 400, CLOSED, half_close=True),
    "a length shorter than the body": body("Content-Length: 6", "ASK {}" + SMUGGLED, 200, 400, alone=True),
    "no length": body("X-A: b", "ASK {}", 400, 411, alone=True),
    "a length in the body of a GET": raw(
        f"GET {ALIVE} HTTP/1.1\r\n{HOST}Content-Length: 6\r\n\r\nASK {{}}", 200, 400
    ),
    # Chunks (section 7).
    "chunks that are sound": chunked(SIX + END, 200, 411),
    "CHUNKED in capitals": chunked(SIX + END, 200, 400, 411, fields="Transfer-Encoding: CHUNKED"),
    "a chunk size that is none": chunked("zz\r\nASK {}\r\n" + END, 400),
    "a chunk size below zero": chunked("-6\r\nASK {}\r\n" + END, 400),
    "a chunk size with 0x": chunked("0x6\r\nASK {}\r\n" + END, 400),
    "a chunk size with a plus": chunked("+6\r\nASK {}\r\n" + END, 400),
    "a chunk size with an underscore": chunked("0_6\r\nASK {}\r\n" + END, 400),
    "a chunk size with spaces": chunked("6  \r\nASK {}\r\n" + END, 200, 400),
    "an empty chunk size": chunked("\r\nASK {}\r\n" + END, 400),
    "a chunk size of 64 bits": chunked(
        "FFFFFFFFFFFFFFFF\r\nASK {}\r\n" + END, 400, 413, CLOSED, half_close=True
    ),
    "a chunk size of 10000 digits": chunked("0" * 10_000 + "6\r\nASK {}\r\n" + END, 200, 400),
    "a chunk without its line end": chunked("6\r\nASK {}0\r\n\r\n", 400),
    "a chunk with line feeds only": chunked("6\nASK {}\n0\n\n", 200, 400, CLOSED, half_close=True),
    "a chunk extension": chunked("6;a=b;c\r\nASK {}\r\n" + END, 200, 400),
    "a chunk extension of 1 MB": chunked("6;" + "a" * 1_000_000 + "\r\nASK {}\r\n" + END, 200, 400, 413, 431),
    "an endless chunk extension": chunked("6;" + "a" * 10_000_000, 400, 413, 431, CLOSED, half_close=True),
    "trailers": chunked(SIX + "0\r\nX-A: b\r\nContent-Length: 5\r\n\r\n", 200, 400),
    "trailers of 1 MB": chunked(SIX + "0\r\n" + "X-A: b\r\n" * 125_000 + "\r\n", 200, 400, 413, 431),
    "chunks of one byte": chunked("1\r\n#\r\n" * 100_000 + "1\r\n\n\r\n" + SIX + END, 200, 400, 413),
    "chunks over the size limit": chunked(
        "100000\r\n" + "#" * 0x100000 + "\r\n" + ("100000\r\n" + "#" * 0x100000 + "\r\n") * 16 + END, 413
    ),
    "chunks that never end": chunked(SIX, 400, CLOSED, half_close=True),
    "chunked twice": chunked(SIX + END, 400, 501, fields="Transfer-Encoding: chunked, chunked"),
    "chunked in two fields": chunked(
        SIX + END, 400, 501, fields="Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"
    ),
    "gzip, chunked": chunked(SIX + END, 400, 501, fields="Transfer-Encoding: gzip, chunked"),
    "chunked, identity": chunked(
        SIX + END, 400, 501, fields="Transfer-Encoding: chunked, identity", alone=True
    ),
    "an unknown transfer encoding": chunked(SIX + END, 400, 501, fields="Transfer-Encoding: xchunked"),
    "chunked behind a vertical tab": chunked(SIX + END, 400, 501, fields="Transfer-Encoding: \x0bchunked"),
    "Transfer-Encoding with a space before its colon": chunked(
        SIX + END, 400, fields="Transfer-Encoding : chunked"
    ),
    "chunks in HTTP/1.0": raw(
        f"POST /sparql HTTP/1.0\r\nHost: a\r\n{QUERY_TYPE}Transfer-Encoding: chunked\r\n\r\n{SIX}{END}",
        200,
        400,
        411,
    ),
    # What else a sound head may announce.
    "a GET that ends in its headers": raw(f"GET {ALIVE} HTTP/1.1\r\nHost: a", 400, CLOSED, half_close=True),
    "a GET, then nothing": raw(f"GET {ALIVE} HTTP/1.1\r\n{HOST}\r\n", 200, half_close=True),
    "a HEAD with a body": raw(head("HEAD", ALIVE, Content_Length="6") + b"ASK {}", 200, 400),
    "a Content-Type of 7 KB": post("/sparql", QUERY + "; a=" + "a" * 7000, "ASK {}", 200, 400, 415, 431),
    "a Content-Type of parameters": post("/sparql", QUERY + "; a=b" * 1000, "ASK {}", 200, 400, 415, 431),
    "a Content-Type that is open": post("/sparql", FORM + '; charset="', "query=ASK{}", 200, 400, 415),
    "two Content-Types": raw(
        head("POST", "/sparql", Content_Type=QUERY, Content_type=FORM, Content_Length="6") + b"ASK {}",
        200,
        400,
        415,
    ),
    "DELETE": get(ALIVE, 405, method="DELETE"),
    "PUT": post(ALIVE, QUERY, "ASK {}", 405, method="PUT"),
    "PROPFIND": get(ALIVE, 405, 501, method="PROPFIND"),
    "OPTIONS": get(ALIVE, 200, 204, method="OPTIONS"),
}
