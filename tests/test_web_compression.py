"""gzip both ways, over HTTP and against those who mean ill."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask, Response, request
from werkzeug.http import generate_etag

from integrin_kg.web import compression, problems
from integrin_kg.web.compression import Gunzip
from loopback import Client, send, served
from timing import in_time

CAP = 1 << 20
ROWS = "".join(f"row,{number}\n" for number in range(500))
TAG = generate_etag(ROWS.encode())
GZIP = {"Accept-Encoding": "gzip"}
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
MEMBER = gzip.compress(b"ASK {}")


class Rows:
    """Rows of which the last comes only when it is told to; knows whether it was closed."""

    def __init__(self) -> None:
        self.go_on, self.closed = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"first\n"
        self.go_on.wait(20)
        yield b"last\n"

    def close(self) -> None:
        self.closed.set()


def application() -> Flask:
    """An application with compression, and a route for each kind of answer and body."""
    app = Flask(__name__, static_folder=None)
    app.test_client_class = Client
    app.config.update(MAX_CONTENT_LENGTH=CAP, MAX_FORM_MEMORY_SIZE=CAP, rows=Rows())
    compression.register(app)
    problems.register(app)

    @app.get("/answer")
    def answer() -> Response:
        size = request.args.get("size", len(ROWS), int)
        return Response(ROWS[:size], content_type=request.args.get("type", "text/csv; charset=utf-8"))

    @app.get("/long")
    def long() -> Response:
        return Response(b"row\n" * (5 * CAP // 4), content_type="text/csv")

    @app.get("/encoded")
    def encoded() -> Response:
        return Response(b"y" * 5000, content_type="text/csv", headers={"Content-Encoding": "br"})

    @app.get("/verbatim")
    def verbatim() -> Response:
        return Response(ROWS, content_type="text/csv", headers={"Cache-Control": "no-transform"})

    @app.get("/part")
    def part() -> Response:
        headers = {"Content-Range": f"bytes 0-1999/{len(ROWS)}"}
        return Response(ROWS[:2000], 206, headers, content_type="text/csv")

    @app.route("/tagged", methods=["GET", "PUT"])
    def tagged() -> Response:
        if request.method == "PUT":
            return Response(status=204 if request.if_match.contains(TAG) else 412)
        response = Response(ROWS, content_type="text/csv")
        response.set_etag(TAG, weak="weak" in request.args)
        return response.make_conditional(request)

    @app.get("/stream")
    def stream() -> Response:
        return Response(app.config["rows"], content_type="text/csv")

    @app.get("/breaks")
    def breaks() -> Response:
        def chunks() -> Iterator[bytes]:
            yield b"first\n"
            raise ConnectionError("the rest is lost")

        return Response(chunks(), content_type="text/csv")

    @app.post("/form")
    def form() -> dict[str, object]:
        return {"query": request.form.get("query"), "length": request.content_length}

    @app.post("/data")
    def data() -> dict[str, object]:
        return {"size": len(request.get_data())}

    @app.post("/upload")
    def upload() -> dict[str, object]:
        total = 0
        while piece := request.stream.read(1000):
            total += len(piece)
        return {"size": total}

    return app


@pytest.fixture
def client() -> Client:
    made = application().test_client()
    assert isinstance(made, Client)
    return made


# Answers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("br, zstd, deflate", None),
        ("br, gzip;q=0.1", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *", None),
        ("*;q=0, gzip", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
    ],
)
def test_the_coding_is_the_one_that_accept_encoding_ranks_highest(
    client: Client, accepted: str | None, coding: str | None
) -> None:
    reply = client.get("/answer", headers={} if accepted is None else {"Accept-Encoding": accepted})
    assert reply.headers.get("Content-Encoding") == coding
    assert (gzip.decompress(reply.data) if coding else reply.data) == ROWS.encode()
    assert int(reply.headers["Content-Length"]) == len(reply.data)
    assert "Accept-Encoding" in reply.headers["Vary"]


@pytest.mark.parametrize("accepted", ["*;q=0", "identity;q=0", "identity;q=0, gzip;q=0", "br, *;q=0"])
def test_who_accepts_neither_gzip_nor_identity_gets_a_406(client: Client, accepted: str) -> None:
    reply = client.get("/answer", headers={"Accept-Encoding": accepted})
    assert (reply.status_code, reply.mimetype) == (406, "application/problem+json")


@pytest.mark.parametrize(
    "path",
    ["/answer?size=1023", "/answer?type=image/png", "/encoded", "/verbatim", "/part", "/nowhere"],
)
def test_what_is_small_or_no_text_or_already_encoded_or_a_part_is_left_alone(
    client: Client, path: str
) -> None:
    plain, reply = client.get(path), client.get(path, headers=GZIP)
    assert reply.data == plain.data
    assert reply.headers.get("Content-Encoding") == plain.headers.get("Content-Encoding")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/turtle; charset=utf-8",
        "application/n-triples",
        "application/n-quads",
        "application/trig",
        "application/rdf+xml",
        "application/ld+json",
        "application/problem+json",
        "application/json",
        "text/html",
        "text/css",
        "image/svg+xml",
    ],
)
def test_every_text_that_is_served_is_compressed(client: Client, media_type: str) -> None:
    reply = client.get("/answer", query_string={"type": media_type}, headers=GZIP)
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.headers["Content-Type"] == media_type


def test_where_identity_is_refused_even_a_small_picture_comes_in_gzip(client: Client) -> None:
    reply = client.get("/answer?size=3&type=image/png", headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert gzip.decompress(reply.data) == b"row"


@pytest.mark.parametrize("path", ["/answer", "/tagged", "/answer?size=10"])
def test_head_has_the_headers_of_get_and_frees_what_it_does_not_send(path: str) -> None:
    app = application()
    app.config["rows"].go_on.set()
    with served(app) as url:
        get, head = (send(url, path, method, headers=GZIP) for method in ("GET", "HEAD"))
        assert head.body == b""
        for name in ("Content-Type", "Content-Encoding", "Content-Length", "ETag", "Vary"):
            assert head.headers[name] == get.headers[name], name


def test_a_strong_tag_is_the_codings_own_and_revalidates(client: Client) -> None:
    plain, packed = client.get("/tagged"), client.get("/tagged", headers=GZIP)
    assert (plain.headers["ETag"], packed.headers["ETag"]) == (f'"{TAG}"', f'"{TAG}-gzip"')
    for tag in (plain.headers["ETag"], packed.headers["ETag"]):
        again = client.get("/tagged", headers={**GZIP, "If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert "Accept-Encoding" in again.headers["Vary"]
        assert "Content-Encoding" not in again.headers
    other = client.get("/tagged", headers={**GZIP, "If-None-Match": '"other-gzip"'})
    assert other.status_code == 200


def test_who_read_in_gzip_may_write_under_the_tag_that_was_read(client: Client) -> None:
    tag = client.get("/tagged", headers=GZIP).headers["ETag"]
    assert client.put("/tagged", headers={"If-Match": tag}).status_code == 204
    assert client.put("/tagged", headers={"If-Match": '"other-gzip"'}).status_code == 412


def test_a_weak_tag_stays_as_it_is(client: Client) -> None:
    assert client.get("/tagged?weak", headers=GZIP).headers["ETag"] == f'W/"{TAG}"'


def test_a_long_answer_is_packed_whole_and_says_how_long_it_is() -> None:
    with served(application()) as url:
        reply = send(url, "/long", headers=GZIP)
        assert int(reply.headers["Content-Length"]) == len(reply.body) < 5 * CAP
        assert len(gzip.decompress(reply.body)) == 5 * CAP
        head = send(url, "/long", "HEAD", headers=GZIP)
        assert (head.status, head.body, head.headers["Content-Encoding"]) == (200, b"", "gzip")


def test_an_answer_that_breaks_off_is_never_sent_as_a_whole_one() -> None:
    with served(application()) as url:
        assert send(url, "/breaks", headers=GZIP).status == 500


# Requests


def post(
    client: Client, path: str, body: bytes, coding: str = "gzip", media_type: str = QUERY
) -> tuple[int, dict]:
    reply = client.post(path, data=body, content_type=media_type, headers={"Content-Encoding": coding})
    return reply.status_code, json.loads(reply.data)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP", " gzip "])
def test_forms_bodies_and_uploads_come_in_gzip(client: Client, coding: str) -> None:
    form = gzip.compress(urlencode({"query": "ASK { ?ä ?b ?c }"}).encode())
    assert post(client, "/form", form, coding, FORM) == (200, {"query": "ASK { ?ä ?b ?c }", "length": None})
    assert post(client, "/data", MEMBER, coding) == (200, {"size": 6})
    assert post(client, "/upload", gzip.compress(b"u" * 12345), coding) == (200, {"size": 12345})


def test_identity_and_no_coding_are_read_as_they_are(client: Client) -> None:
    assert post(client, "/data", b"ASK {}", "identity") == (200, {"size": 6})
    assert post(client, "/data", b"ASK {}", "") == (200, {"size": 6})


@pytest.mark.parametrize("sent_in_chunks", [False, True])
def test_waitress_hands_on_gzip_with_a_length_and_in_chunks(sent_in_chunks: bool) -> None:
    body = iter([MEMBER[:5], MEMBER[5:]]) if sent_in_chunks else MEMBER
    with served(application()) as url:
        reply = send(url, "/data", "POST", body, {"Content-Encoding": "gzip", "Content-Type": QUERY})
    assert (reply.status, reply.json()) == (200, {"size": 6})


def test_members_that_follow_each_other_are_one_body_and_nothing_is_nothing(client: Client) -> None:
    assert post(client, "/data", MEMBER * 3) == (200, {"size": 18})
    assert post(client, "/data", MEMBER + gzip.compress(b"")) == (200, {"size": 6})
    assert post(client, "/data", b"") == (200, {"size": 0})


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*packed, packer.flush()])


@pytest.mark.parametrize(
    ("path", "media_type"), [("/data", QUERY), ("/form", FORM), ("/upload", "text/turtle")]
)
def test_a_bomb_is_a_413_at_once_and_never_held(client: Client, path: str, media_type: str) -> None:
    body = bomb(512 << 20)
    assert len(body) < CAP
    tracemalloc.start()
    began = time.process_time()
    status, problem = post(client, path, body, media_type=media_type)
    seconds = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (status, problem["status"]) == (413, 413)
    assert peak < 4 * CAP
    in_time(seconds, 2)


def test_the_cap_is_on_what_is_decoded_to_the_byte(client: Client) -> None:
    assert post(client, "/data", gzip.compress(bytes(CAP))) == (200, {"size": CAP})
    assert post(client, "/data", gzip.compress(bytes(CAP + 1)))[0] == 413
    assert post(client, "/upload", gzip.compress(bytes(CAP + 1)))[0] == 413
    noise = bytes(number * number % 251 for number in range(CAP + 1))
    assert post(client, "/data", noise, "identity")[0] == 413


@pytest.mark.parametrize(
    "body",
    [
        b"ASK {}",
        MEMBER[:3],
        MEMBER[:12],
        MEMBER[:-1],
        MEMBER[:-8],
        MEMBER[:-8] + b"\0\0\0\0" + MEMBER[-4:],
        MEMBER + b"trailing",
        MEMBER + MEMBER[:-2],
        gzip.compress(b"") * 2000,
        zlib.compress(b"ASK {}"),
    ],
    ids=["plain", "3", "header", "-1", "no-trailer", "crc", "trailing", "second", "members", "zlib"],
)
@pytest.mark.parametrize(("path", "media_type"), [("/data", QUERY), ("/form", FORM), ("/upload", QUERY)])
def test_a_malformed_or_truncated_body_is_a_400(
    client: Client, body: bytes, path: str, media_type: str
) -> None:
    status, problem = post(client, path, body, media_type=media_type)
    assert (status, problem["status"]) == (400, 400)
    assert "gzip" in str(problem["title"])


@pytest.mark.parametrize(
    "coding", ["br", "deflate", "zstd", "gzip, gzip", "gzip, br", "identity, gzip", "nonsense", "gzip;q=1"]
)
def test_another_coding_or_several_are_a_415_that_says_which_is_understood(
    client: Client, coding: str
) -> None:
    reply = client.post("/data", data=MEMBER, headers={"Content-Encoding": coding})
    assert (reply.status_code, reply.mimetype) == (415, "application/problem+json")
    assert reply.headers["Accept-Encoding"] == "gzip, identity"


def test_reading_nothing_decodes_nothing() -> None:
    body = Gunzip(io.BytesIO(bomb(64 << 20)), 10)
    assert body.read(0) == b""
    assert body.read(1) == b"\0"
    assert body.decoded == 1


# The service itself


def test_a_query_goes_out_and_comes_back_in_gzip(server: str) -> None:
    text = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200"
    plain = send(server, "/sparql?" + urlencode({"query": text}), headers={"Accept": "text/csv"})
    for body, media_type in ((text.encode(), QUERY), (urlencode({"query": text}).encode(), FORM)):
        headers = {"Accept": "text/csv", "Content-Encoding": "gzip", "Content-Type": media_type, **GZIP}
        reply = send(server, "/sparql", "POST", gzip.compress(body), headers)
        assert (reply.status, reply.headers["Content-Encoding"]) == (200, "gzip")
        assert len(reply.body) < len(plain.body) / 3
        assert gzip.decompress(reply.body) == plain.body
        assert {"Accept", "Accept-Encoding"} <= set(reply.headers["Vary"].replace(" ", "").split(","))


def test_the_style_sheet_revalidates_in_gzip(server: str) -> None:
    packed = send(server, "/static/style.css", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    tag = packed.headers["ETag"]
    assert send(server, "/static/style.css", headers={**GZIP, "If-None-Match": tag}).status == 304
    part = send(server, "/static/style.css", headers={**GZIP, "Range": "bytes=0-9"})
    assert (part.status, len(part.body), part.headers["Content-Encoding"]) == (206, 10, None)
    mixed = send(server, "/static/style.css", headers={**GZIP, "Range": "bytes=0-9", "If-Range": tag})
    assert mixed.status == 200, "a part of the plain file would be put to the rest of the packed one"
