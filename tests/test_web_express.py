"""The short way of a query: it answers as the long way does, never with what was, and stands aside."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from waitress.adjustments import Adjustments

from integrin_kg.settings import Settings
from integrin_kg.web.asked import Reader
from loopback import Reply, connect, send
from timing import within

FORM, QUERY, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
TOKEN = "a-token-of-this-test"
RECEPTORS = "SELECT ?x { ?x a ikg:RGDReceptor } ORDER BY ?x"
MANY = "SELECT * { ?a a ikg:Integrin ; rdfs:label ?b . ?a ?c ?d } ORDER BY ?a ?b ?c ?d LIMIT 300"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 12000"
OTHERS = {"If-None-Match": '"of-something-else"'}  # which goes the long way


@pytest.fixture(scope="module")
def writable(serve: Callable[..., str]) -> str:
    """A small server that can be written to."""
    options = ("--empty", "--no-reasoning", "--writable", "--workers", "2")
    return serve(*options, env={"INTEGRIN_KG_TOKEN": TOKEN})


def at(text: str, *further: tuple[str, str]) -> str:
    return "/sparql?" + urlencode([("query", text), *further])


def metric(url: str, name: str) -> float:
    families = text_string_to_metric_families(send(url, "/metrics").body.decode())
    return next(s.value for family in families for s in family.samples if s.name == f"integrin_kg_{name}")


# What is read from bytes.


@pytest.fixture(scope="module")
def reader() -> Reader:
    believed = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
    adjustments = Adjustments(
        trusted_proxy="10.0.0.1", trusted_proxy_headers=believed, clear_untrusted_proxy_headers=True
    )
    return Reader(adjustments, Settings())


def message(line: str = "GET /sparql?query=ASK%7B%7D HTTP/1.1", body: str = "", **headers: str) -> bytes:
    named = {"Host": "a"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return "\r\n".join([line, *(f"{k}: {v}" for k, v in named.items()), "", body]).encode()


POST = "POST /sparql HTTP/1.1"


def test_a_plain_request_is_read_with_all_that_it_says(reader: Reader) -> None:
    line = (
        "GET /sparql?query=ASK%7B%3F%CE%B1+a+1%7D&reasoning=false&timeout=2&default-graph-uri=x%3Ag HTTP/1.1"
    )
    asked = reader.read("127.0.0.1", message(line, Accept="text/csv", User_Agent="u", Connection="close"))
    assert asked
    query = asked.query
    assert (query.text, query.reasoning, query.timeout) == ("ASK{?α a 1}", False, 2.0)
    assert (query.default_graphs, query.solutions, query.base) == (["x:g"], "text/csv", "http://a/sparql")
    assert (asked.form, asked.headers.agent, asked.headers.closing) == ("ASK", "u", True)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [(QUERY, "ASK {}"), (QUERY + ";charset=UTF-8", "ASK {}"), (FORM, "query=ASK+%7B%7D")],
)
def test_a_post_that_came_whole_is_read_likewise(reader: Reader, content_type: str, body: str) -> None:
    asked = reader.read("::1", message(POST, body, Content_Type=content_type, Content_Length=str(len(body))))
    assert asked
    assert (asked.query.text, asked.shape) == ("ASK {}", None)


NOT_PLAIN = {
    "a page": message(Accept="text/html"),
    "a page for errors": message(Accept="text/csv, text/html;q=0.1"),
    "another path": message("GET /sparql/?query=ASK%7B%7D HTTP/1.1"),
    "another method": message("HEAD /sparql?query=ASK%7B%7D HTTP/1.1"),
    "an old client": message("GET /sparql?query=ASK%7B%7D HTTP/1.0"),
    "no query": message("GET /sparql HTTP/1.1"),
    "two": message("GET /sparql?query=ASK%7B%7D&query=ASK%7B%7D HTTP/1.1"),
    "an update": message("GET /sparql?query=ASK%7B%7D&update=CLEAR+ALL HTTP/1.1"),
    "no UTF-8": message("GET /sparql?query=ASK%7B%7D%FF HTTP/1.1"),
    "an unknown reasoning": message("GET /sparql?query=ASK%7B%7D&reasoning=maybe HTTP/1.1"),
    "a condition": message(If_None_Match="*"),
    "an expectation": message(Expect="100-continue"),
    "no identity": message(Accept_Encoding="gzip, identity;q=0"),
    "no Host": message(Host=""),
    "two Hosts": message().replace(b"Host: a", b"Host: a\r\nHost: b"),
    "a header that is none": message().replace(b"Host: a", b"Host: a\r\nnonsense"),
    "a bare line feed": message().replace(b"Host: a", b"Host: a\nX: b"),
    "no end": message()[:-2],
    "a second request": message() * 2,
    "half a body": message(POST, "ASK", Content_Type=QUERY, Content_Length="6"),
    "chunks": message(POST, "6\r\nASK {}\r\n0\r\n\r\n", Content_Type=QUERY, Transfer_Encoding="chunked"),
    "a coding": message(POST, "ASK {}", Content_Type=QUERY, Content_Length="6", Content_Encoding="br"),
    "another type": message(POST, "ASK {}", Content_Type="text/plain", Content_Length="6"),
    "a length that is none": message(POST, "ASK {}", Content_Type=QUERY, Content_Length="+6"),
}


@pytest.mark.parametrize("data", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_all_else_goes_the_long_way(reader: Reader, data: bytes) -> None:
    assert reader.read("127.0.0.1", data) is None


def test_only_a_trusted_proxy_says_who_asks_and_where(reader: Reader) -> None:
    data = message(X_Forwarded_For="192.0.2.7", X_Forwarded_Host="kg.example.org", X_Forwarded_Proto="https")
    for client, told, base in (
        ("10.0.0.1", "192.0.2.7", "https://kg.example.org/sparql"),
        ("10.0.0.2", "10.0.0.2", "http://a/sparql"),
    ):
        asked = reader.read(client, data)
        assert asked
        assert (asked.headers.client, asked.query.base) == (told, base)


# Both ways are one.


def comparable(reply: Reply) -> tuple[int, dict[str, str], bytes]:
    headers = {name.lower(): value for name, value in reply.headers.items()}
    for differs in ("x-request-id", "date"):
        del headers[differs]
    return reply.status, headers, re.sub(rb'"requestId": "[^"]*"', b'"requestId": ""', reply.body)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        (RECEPTORS, {}),
        (RECEPTORS, {"Accept": "text/csv", "X-Request-Id": "mine"}),
        (RECEPTORS, {"Accept-Encoding": "gzip"}),
        (MANY, {"Accept-Encoding": "gzip, deflate", "Accept": "text/tab-separated-values"}),
        ("CONSTRUCT { ?x a ?c } { ?x a ikg:RGDReceptor , ?c }", {"Accept": "application/n-triples"}),
        ("SELECT (NOW() > '2020'^^xsd:dateTime AS ?x) {}", {}),
        ("ASK {}", {"Connection": "close"}),
        ("ASK {}", {"Accept": "image/png"}),
        ("ASK {}", {"Accept": "text/turtle"}),
        ("SELECT * {\n ?x ?y }", {}),
        ("SELECT * { SERVICE <x:> {} }", {}),
        ("ASK { FILTER(<x:f>(1)) }", {}),
        ("SELECT * " + "{" * 2_500, {}),
        (LARGE, {}),
        (LARGE, {"Accept-Encoding": "gzip"}),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else ",".join(value),
)
def test_both_ways_answer_alike(server: str, text: str, headers: dict[str, str]) -> None:
    fresh = {"Cache-Control": "no-cache"}
    long_way = comparable(send(server, at(text), headers={**headers, **OTHERS, **fresh}))
    for way in (fresh, {}, {}):
        status, found, body = comparable(send(server, at(text), headers={**headers, **way}))
        assert (status, found) == long_way[:2]
        assert body == long_way[2]


def test_a_connection_goes_either_way_as_often_as_it_likes(server: str) -> None:
    with closing(connect(server)) as connection:
        for _ in range(3):
            for headers in ({}, OTHERS, {"Accept": "text/html"}, {"Cache-Control": "no-cache"}):
                connection.request("GET", at(RECEPTORS), headers=headers)
                response = connection.getresponse()
                assert (response.status, len(response.read()) > 100) == (200, True)


def test_requests_in_a_pipeline_are_answered_in_their_order(server: str) -> None:
    address = urlsplit(server)
    one = f"GET {at('SELECT (%s AS ?x) {}')} HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall((one.replace("%25s", "1001")).encode())
        connection.sendall("".join(one.replace("%25s", str(n)) for n in range(1002, 1006)).encode())
        received = b""
        while len(re.findall(rb'"value":"\d+"', received)) < 5:
            received += connection.recv(65536)
    assert re.findall(rb'"value":"(\d+)"', received) == [b"%d" % n for n in range(1001, 1006)]


# What is kept.


def test_what_is_asked_again_is_not_evaluated_again(server: str) -> None:
    text = f"{MANY} # {time.time()}"
    hits, misses = metric(server, "cache_hits_total"), metric(server, "cache_misses_total")
    bodies = {send(server, at(text)).body for _ in range(3)}
    posted = send(server, "/sparql", "POST", text, {"Content-Type": QUERY})
    packed = send(server, at(text), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert bodies == {posted.body, gzip.decompress(packed.body)}
    assert len(bodies) == 1
    assert metric(server, "cache_misses_total") - misses == 1
    assert metric(server, "cache_hits_total") - hits == 4
    assert metric(server, "cache_bytes") > len(bodies.pop())


def test_who_says_no_cache_gets_it_evaluated(server: str) -> None:
    text = f"{RECEPTORS} # {time.time()}"
    first = send(server, at(text))
    hits = metric(server, "cache_hits_total")
    for headers in ({"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=0, no-cache"}):
        assert send(server, at(text), headers=headers).body == first.body
        assert send(server, at(text), headers={**headers, **OTHERS}).body == first.body
    assert metric(server, "cache_hits_total") == hits


def test_what_differs_each_time_does(server: str) -> None:
    text = "SELECT (STRUUID() AS ?x) {}"
    assert len({send(server, at(text)).body for _ in range(5)}) == 5


def update(url: str, text: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": UPDATE}
    assert send(url, "/update", "POST", text, headers).status == 200


def test_after_an_acknowledged_update_nobody_sees_what_was(writable: str) -> None:
    text = "SELECT ?n { <x:counter> <x:is> ?n }"

    def read(headers: dict[str, str]) -> str:
        bindings = send(writable, at(text), headers=headers).json()["results"]["bindings"]
        return ",".join(row["n"]["value"] for row in bindings)

    for n in range(1, 6):
        update(
            writable, f"DELETE WHERE {{ <x:counter> <x:is> ?n }} ; INSERT DATA {{ <x:counter> <x:is> {n} }}"
        )
        assert [read(headers) for headers in ({}, {}, OTHERS, {})] == [str(n)] * 4


@pytest.fixture
def readers(writable: str) -> Iterator[list[tuple[float, int]]]:
    """Readers who ask the same all the time, and note what they saw of a request begun when."""
    seen: list[tuple[float, int]] = []
    end = time.monotonic() + 3

    def ask(_: int) -> None:
        with closing(connect(writable)) as connection:
            while time.monotonic() < end:
                begun = time.monotonic()
                connection.request("GET", at("SELECT (COUNT(*) AS ?n) { ?s <x:grows> ?o }"))
                found = json.loads(connection.getresponse().read())
                seen.append((begun, int(found["results"]["bindings"][0]["n"]["value"])))

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, number) for number in range(4)]
        yield seen
        for reader in asking:
            reader.result()


def test_readers_beside_a_writer_never_see_less_than_was_acknowledged(
    writable: str, readers: list[tuple[float, int]]
) -> None:
    acknowledged = [(0.0, 0)]
    for n in range(1, 8):
        update(writable, f"INSERT DATA {{ <x:{n}> <x:grows> 1 }}")
        acknowledged.append((time.monotonic(), n))
    time.sleep(0.2)
    for begun, count in list(readers):
        assert count >= max(n for when, n in acknowledged if when <= begun)


# What takes long.


def test_long_queries_stand_in_no_short_one_s_way(server: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        long = [pool.submit(send, server, at(f"{CROSS} # {n}", ("timeout", "1.5"))) for n in range(8)]
        time.sleep(0.3)
        assert send(server, at("ASK {}")).status == 200  # kept
        assert not all(one.done() for one in long)
        assert send(server, at("ASK {}"), headers={"Cache-Control": "no-cache"}).status == 200
        assert {one.result().status for one in long} <= {503, 507}


def test_a_client_that_leaves_frees_its_worker(server: str) -> None:
    for _ in range(6):
        with closing(connect(server)) as connection:
            connection.request("GET", at(CROSS))
            time.sleep(0.1)
    with within(1.5):
        assert send(server, at("ASK {}"), headers={"Cache-Control": "no-cache"}).status == 200
