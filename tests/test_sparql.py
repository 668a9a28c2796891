"""``/sparql`` as its clients meet it: the protocol, its refusals, and what hostile queries get."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from timing import within

CLAIMS = "https://w3id.org/integrin-kg/graph/claims"
ENTITIES = "https://w3id.org/integrin-kg/graph/entities"
INFERRED = "https://w3id.org/integrin-kg/graph/inferred"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
PROBLEM = "application/problem+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

RECEPTORS = "SELECT ?x { ?x a ikg:RGDReceptor }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
TSV = "text/tab-separated-values"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = f'SELECT * {{ ?a ?b ?c BIND("{"x" * 1000}" AS ?long) }} LIMIT 6000'
"""More than the engine holds in memory, and quick to find."""


@dataclass(frozen=True)
class Reply:
    """What a server sent back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)

    def rows(self) -> list[dict[str, str]]:
        """The solutions as bare values."""
        found = self.json()["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in found]


def connect(server: str) -> http.client.HTTPConnection:
    parts = urlsplit(server)
    assert parts.hostname == "127.0.0.1"
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)


def send(
    server: str, path: str, method: str = "GET", body: bytes | str | None = None, **headers: str
) -> Reply:
    """Send one request; a header's underscores stand for hyphens."""
    with closing(connect(server)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())


def query(
    server: str, text: str, *further: tuple[str, str], accept: str | None = None, method: str = "GET"
) -> Reply:
    """Send a query in the URL, with further parameters."""
    path = "/sparql?" + urlencode([("query", text), *further])
    # A kept answer would say nothing of the engine.
    return send(
        server, path, method, Cache_Control="no-cache", **({} if accept is None else {"Accept": accept})
    )


def count(server: str, text: str, *further: tuple[str, str]) -> int:
    reply = query(server, text, *further)
    assert reply.status == 200, reply.text
    return int(reply.rows()[0]["n"])


def problem(reply: Reply) -> dict[str, Any]:
    """The problem document of a reply, checked to be one and to agree with the status."""
    assert reply.media_type == PROBLEM, reply.text
    document: dict[str, Any] = reply.json()
    assert document["status"] == reply.status
    assert document["title"]
    assert document["type"] == "about:blank"
    return document


# The three ways to ask.


def test_get_form_and_body_give_one_answer(server: str) -> None:
    replies = [
        query(server, RECEPTORS),
        send(server, "/sparql", "POST", urlencode({"query": RECEPTORS}), Content_Type=FORM),
        send(server, "/sparql", "POST", RECEPTORS, Content_Type=QUERY),
        send(server, "/sparql", "POST", RECEPTORS, Content_Type=f"{QUERY}; charset=utf-8"),
        send(server, "/sparql", "POST", RECEPTORS, Content_Type=f"{QUERY.upper()};charset=UTF-8"),
    ]
    assert [reply.status for reply in replies] == [200] * 5
    answers = {frozenset(row["x"] for row in reply.rows()) for reply in replies}
    assert len(answers) == 1
    assert len(answers.pop()) == 8


def test_parameters_count_in_the_url_of_a_body_and_in_a_form(server: str) -> None:
    off = {"reasoning": "false"}
    body = send(server, "/sparql?" + urlencode(off), "POST", RECEPTORS, Content_Type=QUERY)
    form = send(server, "/sparql", "POST", urlencode({"query": RECEPTORS, **off}), Content_Type=FORM)
    for reply in (body, form):
        assert (reply.rows(), reply.headers["X-Reasoning"]) == ([], "false")


def test_a_query_in_greek_is_understood_either_way(server: str) -> None:
    text = "SELECT ?x { ?x rdfs:label ?label FILTER(STR(?label) = 'integrin αvβ3') }"
    body = send(server, "/sparql", "POST", text.encode(), Content_Type=QUERY)
    form = send(server, "/sparql", "POST", urlencode({"query": text}), Content_Type=FORM)
    for reply in (query(server, text), body, form):
        assert reply.rows() == [{"x": "https://w3id.org/integrin-kg/integrin/alphaV-beta3"}]


def test_head_is_get_without_its_body(server: str) -> None:
    for path, accept in ((f"/sparql?query={quote(RECEPTORS)}", "text/csv"), ("/sparql", "text/html")):
        get, head = (send(server, path, method, Accept=accept) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (200, b"")
        for name in ("Content-Type", "Content-Length", "Vary", "X-Reasoning"):
            assert head.headers[name] == get.headers[name], name


def test_heads_of_large_answers_hold_no_worker(server: str) -> None:
    with within(8):
        for _ in range(8):
            assert query(server, LONG + " LIMIT 12000", accept=TSV, method="HEAD").status == 200
        assert query(server, "ASK {}").status == 200


def test_options_names_the_methods(server: str) -> None:
    reply = send(server, "/sparql", "OPTIONS")
    assert reply.status == 200
    assert {"GET", "HEAD", "POST", "OPTIONS"} == set(reply.headers["Allow"].split(", "))


def test_a_page_elsewhere_may_read_the_answer(server: str) -> None:
    reply = query(server, "ASK {}")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Reasoning" in reply.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_a_405_that_names_those_there_are(server: str, method: str) -> None:
    reply = send(server, "/sparql", method)
    assert problem(reply)["status"] == 405
    assert {"GET", "POST"} <= set(reply.headers["Allow"].split(", "))


# Reasoning.


@pytest.mark.parametrize("name", ["reasoning", "infer"])
def test_categories_are_there_with_reasoning_and_only_then(server: str, name: str) -> None:
    assert len(query(server, RECEPTORS).rows()) == 8
    on, off = (query(server, RECEPTORS, (name, value)) for value in ("true", "false"))
    assert (len(on.rows()), on.headers["X-Reasoning"]) == (8, "true")
    assert (len(off.rows()), off.headers["X-Reasoning"]) == (0, "false")


def test_the_inferred_graph_is_there_with_reasoning_and_only_then(server: str) -> None:
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    on, off = (query(server, text, ("reasoning", value)).rows() for value in ("true", "false"))
    graphs = {row["g"] for row in on}
    assert {CLAIMS, ENTITIES, INFERRED} <= graphs
    assert {row["g"] for row in off} == graphs - {INFERRED}


def test_the_default_graph_is_the_union_of_the_named_ones(server: str) -> None:
    distinct = "SELECT (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?s ?p ?o {{ {} }} }} }}"
    default, named = distinct.format("?s ?p ?o"), distinct.format("GRAPH ?g { ?s ?p ?o }")
    for value in ("true", "false"):
        switch = ("reasoning", value)
        assert count(server, default, switch) == count(server, named, switch) > 10_000


def test_the_same_value_under_both_names_is_no_conflict(server: str) -> None:
    assert query(server, RECEPTORS, ("reasoning", "false"), ("infer", "false")).rows() == []


@pytest.mark.parametrize(
    "given",
    [
        [("reasoning", "maybe")],
        [("reasoning", "")],
        [("reasoning", "TRUE")],
        [("infer", "1")],
        [("reasoning", "true"), ("infer", "false")],
        [("reasoning", "true"), ("reasoning", "false")],
        [("infer", "false"), ("infer", "no")],
    ],
    ids=str,
)
def test_an_unknown_or_contradictory_reasoning_is_a_400(server: str, given: list[tuple[str, str]]) -> None:
    assert problem(query(server, RECEPTORS, *given))["status"] == 400


def test_a_form_that_contradicts_its_url_is_a_400(server: str) -> None:
    form = urlencode({"query": RECEPTORS, "reasoning": "true"})
    reply = send(server, "/sparql?reasoning=false", "POST", form, Content_Type=FORM)
    assert problem(reply)["status"] == 400


# The dataset.


def test_a_default_graph_in_the_request_is_the_only_one(server: str) -> None:
    in_claims = count(server, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{CLAIMS}> {{ ?s ?p ?o }} }}")
    assert in_claims > 1_000
    assert count(server, COUNT, ("default-graph-uri", CLAIMS)) == in_claims
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(server, named, ("default-graph-uri", CLAIMS)) == 0
    assert count(server, named, ("named-graph-uri", CLAIMS)) == in_claims
    assert count(server, COUNT, ("named-graph-uri", CLAIMS)) == 0


def test_several_default_graphs_are_merged(server: str) -> None:
    one, other = (count(server, COUNT, ("default-graph-uri", graph)) for graph in (CLAIMS, ENTITIES))
    both = count(server, COUNT, ("default-graph-uri", CLAIMS), ("default-graph-uri", ENTITIES))
    assert max(one, other) < both <= one + other


def test_a_dataset_in_the_form_counts_as_one_in_the_url(server: str) -> None:
    form = urlencode({"query": COUNT, "default-graph-uri": CLAIMS})
    reply = send(server, "/sparql", "POST", form, Content_Type=FORM)
    assert int(reply.rows()[0]["n"]) == count(server, COUNT, ("default-graph-uri", CLAIMS))


def test_from_in_the_query_chooses_the_graph(server: str) -> None:
    text = f"SELECT (COUNT(*) AS ?n) FROM <{CLAIMS}> {{ ?s ?p ?o }}"
    assert count(server, text) == count(server, COUNT, ("default-graph-uri", CLAIMS))
    named = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{CLAIMS}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert count(server, named) == count(server, text)
    assert count(server, text, ("default-graph-uri", "https://example.org/none")) == 0


def test_an_unknown_graph_is_empty(server: str) -> None:
    assert count(server, COUNT, ("default-graph-uri", "https://example.org/none")) == 0
    assert count(server, "SELECT (COUNT(*) AS ?n) FROM <https://example.org/none> { ?s ?p ?o }") == 0


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("value", ["no IRI", "", "relative", "<https://example.org/>"])
def test_a_graph_that_is_no_iri_is_a_400(server: str, name: str, value: str) -> None:
    assert problem(query(server, COUNT, (name, value)))["status"] == 400


# What is wrong is said.


def test_a_syntax_error_has_its_line_and_column(server: str) -> None:
    document = problem(query(server, "SELECT * {\n  ?x a nope:Integrin .\n  ?x ?p ?y\n}"))
    assert (document["status"], document["title"]) == (400, "Syntax error")
    assert (document["line"], document["column"]) == (2, len("  ?x a nope:Integrin") + 1)


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { <x:a> <x:b> <x:c> }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL", "DROP ALL",
     "LOAD <http://127.0.0.1/>", "", " ", "# only a comment", "SELECT", "ASK {} ASK {}",
     "SELECT * { ?s nope:p ?o }", "ASK {}\0"],
)  # fmt: skip
def test_what_is_no_query_is_a_400(server: str, text: str) -> None:
    before = count(server, COUNT)
    assert problem(query(server, text))["status"] == 400
    assert problem(send(server, "/sparql", "POST", text, Content_Type=QUERY))["status"] == 400
    assert count(server, COUNT) == before


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize("word", ["SERVICE", "service", "\nService\n"])
def test_federation_is_a_403(server: str, silent: str, word: str) -> None:
    text = f"SELECT * {{ {word} {silent}<{server}/sparql> {{ ?s ?p ?o }} }}"
    assert "SERVICE" in problem(query(server, text))["detail"]
    assert query(server, text).status == 403


def test_federation_in_a_spelling_of_the_parser_s_own_is_no_answer_either(server: str) -> None:
    for text in (
        "SELECT * { SERVICESILENT<%s/sparql> {} }",
        "ASK { ?s ?p 1e1SERVICE SILENT <%s/sparql> {} }",
    ):
        assert problem(query(server, text % server))["status"] in (400, 403)


def test_a_request_without_a_query_is_a_400(server: str) -> None:
    requests: list[dict[str, Any]] = [
        {"method": "POST", "body": "", "Content_Type": FORM},
        {"method": "POST", "body": "quer=ASK{}", "Content_Type": FORM},
        {"method": "POST", "body": "ASK {}", "Content_Type": FORM},
        {"method": "POST", "body": "", "Content_Type": QUERY},
    ]
    for request in requests:
        assert problem(send(server, "/sparql", **request))["status"] == 400


def test_two_queries_are_a_400(server: str) -> None:
    twice = urlencode([("query", "ASK {}"), ("query", "ASK {}")])
    once = urlencode({"query": "ASK {}"})
    assert problem(send(server, f"/sparql?{twice}"))["status"] == 400
    assert problem(send(server, "/sparql", "POST", twice, Content_Type=FORM))["status"] == 400
    assert problem(send(server, f"/sparql?{once}", "POST", once, Content_Type=FORM))["status"] == 400


@pytest.mark.parametrize(
    "media_type",
    ["application/sparql-update", "text/plain", "application/json", "multipart/form-data; boundary=x", "x"],
)
def test_another_media_type_is_a_415(server: str, media_type: str) -> None:
    assert problem(send(server, "/sparql", "POST", "ASK {}", Content_Type=media_type))["status"] == 415


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "nonsense"])
def test_another_charset_is_a_415(server: str, charset: str) -> None:
    content_type = f"{QUERY}; charset={charset}"
    assert problem(send(server, "/sparql", "POST", "ASK {}", Content_Type=content_type))["status"] == 415


def test_bytes_that_are_not_utf_8_are_a_400(server: str) -> None:
    for malformed in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf"):
        text = b"ASK { BIND('" + malformed + b"' AS ?x) }"
        form = b"query=" + quote(text).encode()
        replies = [
            send(server, "/sparql", "POST", text, Content_Type=QUERY),
            send(server, "/sparql", "POST", form, Content_Type=FORM),
            send(server, "/sparql", "POST", b"query=" + text, Content_Type=FORM),
            send(server, f"/sparql?query={quote(text)}"),
        ]
        assert [problem(reply)["status"] for reply in replies] == [400] * 4, malformed


def test_a_percent_sign_that_escapes_nothing_stays_itself(server: str) -> None:
    text = "SELECT ('100 % %FF' AS ?x) {}"
    assert query(server, text).rows() == [{"x": "100 % %FF"}]


def test_a_large_query_is_answered_and_a_too_large_one_is_a_413(server: str) -> None:
    large = b"#" + b"a" * 5_000_000 + b"\nASK {}"
    assert send(server, "/sparql", "POST", large, Content_Type=QUERY).json()["boolean"] is True
    for filler in (b"a" * (16 * 1024 * 1024 - 20), "é".encode() * 7_000_000):
        reply = send(server, "/sparql", "POST", b"#" + filler + b"\nASK {}", Content_Type=QUERY)
        assert problem(reply)["status"] == 413


def test_an_unknown_path_is_a_404(server: str) -> None:
    for path in (
        "/nothing",
        "/sparql/",
        "/queries/nothing",
        "/static/nothing",
        "/a/b/c",
        "/%00/x",
        "/integrin/",
    ):
        assert problem(send(server, path))["status"] == 404, path


# Time.


def test_a_query_out_of_time_is_a_503(hasty: str) -> None:
    begun = time.monotonic()
    with within(3):
        assert "2 s" in problem(query(hasty, CROSS))["detail"]
    assert time.monotonic() - begun >= 2
    assert query(hasty, CROSS, ("timeout", "0.2")).status == 503


def test_a_timeout_in_the_request_shortens_the_time(server: str) -> None:
    with within(1.3):
        assert "0.3 s" in problem(query(server, CROSS, ("timeout", "0.3")))["detail"]


@pytest.mark.parametrize("given", ["1e-3", "1e-9", "1e-300"])
def test_no_timeout_is_too_small_to_count(server: str, given: str) -> None:
    with within(1):
        assert problem(query(server, CROSS, ("timeout", given)))["status"] == 503


@pytest.mark.parametrize("given", ["1000", "1e300"])
def test_a_timeout_in_the_request_never_lengthens_the_time(hasty: str, given: str) -> None:
    with within(3):
        assert problem(query(hasty, CROSS, ("timeout", given)))["status"] == 503


@pytest.mark.parametrize("given", ["nan", "inf", "-inf", "1e999", "-1", "0", "-0.0", "x", "", "1s"])
def test_a_timeout_that_is_no_time_is_a_400(server: str, given: str) -> None:
    assert problem(query(server, "ASK {}", ("timeout", given)))["status"] == 400


# Hostile queries.

HOSTILE = [
    CROSS,
    LONG + " ORDER BY ?i ?f ?c",
    "SELECT (GROUP_CONCAT(?c) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }",
    "SELECT ?c (COUNT(DISTINCT ?x) AS ?n) { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(?c, ?f) AS ?x) } GROUP BY ?c",
    "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?c), STR(?f), STR(?i))) < 0) }",
    "SELECT (COUNT(*) AS ?n) { ?a (<x:p>|!<x:q>)* ?b . ?c (<x:p>|!<x:q>)* ?d }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c FILTER(REGEX(CONCAT(STR(?o), STR(?c)), '(x+x+)+y')) }",
    "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?c), STR(?i))) < 0) }",
    "SELECT * " + "{" * 200_000 + "}" * 200_000,
    "SELECT * " + "{" * 500_000,
    "SELECT * { FILTER" + "(" * 200_000 + "1" + ")" * 200_000 + " }",
    "SELECT * { FILTER(1" + "+1" * 300_000 + ") }",
    "SELECT * { FILTER(" + "!" * 300_000 + "true) }",
    "SELECT * { ?s " + "(" * 300_000 + "<x:p>" + ")" * 300_000 + " ?o }",
    "SELECT * { " + "OPTIONAL {" * 200_000 + "}" * 200_001,
]


def test_sixteen_hostile_queries_at_once_are_refused_and_leave_the_server_well(hasty: str) -> None:
    def post(text: str) -> Reply:
        return send(hasty, "/sparql", "POST", text, Content_Type=QUERY)

    with ThreadPoolExecutor(len(HOSTILE)) as pool:
        replies = list(pool.map(post, HOSTILE))
    for text, reply in zip(HOSTILE, replies, strict=True):
        assert reply.status in (400, 413, 503, 507), text[:100]
        problem(reply)
    with within(2):
        assert query(hasty, "ASK {}").json()["boolean"] is True


def test_clients_that_hang_up_free_their_workers(server: str) -> None:
    path = "/sparql?" + urlencode({"query": CROSS})
    for _ in range(8):
        with closing(connect(server)) as connection:
            connection.request("GET", path)
            time.sleep(0.1)
    with within(1.5):
        assert query(server, "ASK {}").status == 200


# Large answers.


def test_a_large_answer_arrives_whole(server: str) -> None:
    reply = query(server, LARGE, accept="text/csv")
    assert len(reply.body) > 5 * 1024 * 1024
    assert int(reply.headers["Content-Length"]) == len(reply.body)
    assert reply.body.count(b"\r\n") == 6_001
    assert reply.body.endswith(b"\r\n")


def test_a_moderate_answer_says_how_long_it_is(server: str) -> None:
    reply = query(server, "SELECT * { ?a ?b ?c } LIMIT 1000", accept="text/csv")
    assert int(reply.headers["Content-Length"]) == len(reply.body)


def test_a_large_answer_that_is_not_done_in_time_is_a_503_and_no_part_of_it(server: str) -> None:
    assert problem(query(server, LONG, ("timeout", "0.7"), accept="text/csv"))["status"] == 503


def test_a_slow_reader_gets_all_of_a_large_answer_long_after_the_deadline(server: str) -> None:
    address = urlsplit(server)
    text = LARGE
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        path = "/sparql?" + urlencode({"query": text})
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nConnection: close\r\n\r\n".encode()
        )
        first = connection.recv(10)
        time.sleep(3)  # the deadline is at two seconds
        assert query(server, "ASK {}").status == 200
        body = b"".join([first, *_received(connection)])
    assert body.count(b"\r\n", body.index(b"\r\n\r\n") + 4) == 6_001


def _old_client(server: str, *further: tuple[str, str], text: str, accept: str) -> tuple[int, bytes, bytes]:
    """Status, head and body of the answer to an HTTP/1.0 request."""
    address = urlsplit(server)
    path = "/sparql?" + urlencode([("query", text), *further])
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nAccept: {accept}\r\n\r\n".encode())
        head, _, body = b"".join(_received(connection)).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.lower(), body


def _received(connection: socket.socket) -> Iterator[bytes]:
    while part := connection.recv(1 << 20):
        yield part


def test_an_http_1_0_client_is_never_given_half_an_answer_as_a_whole_one(server: str) -> None:
    status, _, body = _old_client(server, ("timeout", "0.7"), text=LONG, accept="text/csv")
    assert status in (413, 503)
    assert json.loads(body)["status"] == status
    status, head, body = _old_client(server, text=LARGE, accept="text/csv")
    assert status == 200
    assert b"content-length: %d\r\n" % len(body) in head + b"\r\n"
    assert body.count(b"\r\n") == 6_001


# The page.


def foreign_scripts(text: str) -> list[str]:
    """The script elements of a page that are neither the bundle's files nor data."""
    ours = r'<script type="(?:module" src="/static/bundle/[\w.-]+"></script>|application/ld\+json">)'
    return re.findall(r"<script[^>]*>", re.sub(ours, "", text))


def test_the_query_page_shows_the_query_and_its_answer_escaped(server: str) -> None:
    hostile = '</textarea><script>alert("1")</script>'
    page = query(server, f"SELECT ('''{hostile}''' AS ?x) {{}}", accept=BROWSER)
    assert (page.status, page.media_type) == (200, "text/html")
    assert foreign_scripts(page.text) == []
    assert page.text.count("</textarea>") == 1
    assert page.text.count(escape(hostile, quote=False).split('"')[0]) >= 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (RECEPTORS, "8 rows"),
        ("SELECT * { ?x a ikg:Integrin } LIMIT 1", "1 row."),
        ("ASK {}", "Yes"),
        ("ASK { FILTER(false) }", "No"),
        ("CONSTRUCT { <x:a> <x:b> '<b>' } {}", "&lt;x:a&gt;"),
    ],
)
def test_the_query_page_shows_every_form_of_answer(server: str, text: str, shown: str) -> None:
    page = query(server, text, accept=BROWSER)
    assert (page.status, page.media_type) == (200, "text/html")
    assert shown in page.text
    assert page.headers["X-Reasoning"] == "true"


def test_the_query_page_without_a_query_asks_for_one(server: str) -> None:
    page = send(server, "/sparql", Accept=BROWSER)
    assert (page.status, page.media_type) == (200, "text/html")
    assert '<textarea id="query" name="query"' in page.text


def test_the_query_page_keeps_reasoning_off(server: str) -> None:
    page = query(server, RECEPTORS, ("reasoning", "false"), accept=BROWSER)
    assert '<option value="false" selected>' in page.text
    assert "0 rows" in page.text


def test_the_query_page_says_when_it_shows_a_part_only(server: str) -> None:
    page = query(server, "SELECT * { ?a ?b ?c } LIMIT 1500", accept=BROWSER)
    assert "1500 rows" in page.text
    assert "first 1000" in page.text
    assert page.text.count("<tr>") == 1001


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG + " LIMIT 500000",
        f'CONSTRUCT {{ ?a ?b ?long }} {{ ?a ?b ?c BIND(CONCAT(STR(?c), "{"x" * 10_000}") AS ?long) }}',
    ],
    ids=["endless", "table", "graph"],
)
def test_an_answer_too_large_for_a_page_is_a_413_and_not_read_into_memory(server: str, text: str) -> None:
    page = query(server, text, accept=BROWSER)
    assert (page.status, page.media_type) == (413, "text/html")
    assert "LIMIT" in page.text


@pytest.mark.parametrize(
    ("path", "status", "shown"),
    [
        ("/sparql?query=SELECT+*+%7B+%3Fx", 400, "Line 1, column"),
        ("/sparql?query=" + quote("SELECT * { ?x <script>alert(1)</script> }"), 400, "Syntax error"),
        ("/sparql?query=" + quote("SELECT * { SERVICE <x:> {} }"), 403, "SERVICE"),
        ("/sparql?timeout=x&query=ASK%7B%7D", 400, "timeout"),
        ("/<script>alert(1)<script>", 404, "Not Found"),
        ("/integrin/<script>", 404, "Nothing"),
        ("/queries/<script>", 404, "No such query"),
        ("/integrin/nothing", 404, "Nothing"),
    ],
)
def test_a_browser_gets_its_errors_as_a_page(server: str, path: str, status: int, shown: str) -> None:
    page = send(server, path, Accept=BROWSER)
    assert (page.status, page.media_type) == (status, "text/html")
    assert shown in page.text
    assert foreign_scripts(page.text) == []
    assert f"Status {status}" in page.text


def test_a_browser_s_post_of_the_wrong_kind_is_a_page_too(server: str) -> None:
    page = send(server, "/sparql", "DELETE", Accept=BROWSER)
    assert (page.status, page.media_type) == (405, "text/html")
    assert "GET" in page.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "/sparql", "/sparql?query=ASK%7B%7D", "/queries", "/nothing"])
def test_pages_forbid_scripts_frames_and_guesses(server: str, path: str) -> None:
    headers = send(server, path, Accept=BROWSER).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert not set(policy) & {"script-src-elem", "script-src-attr"}
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_answers_carry_the_same_guards_as_pages(server: str) -> None:
    headers = query(server, RECEPTORS).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
