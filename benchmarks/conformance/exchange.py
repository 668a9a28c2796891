"""The tests of the protocols: recorded HTTP requests, sent as they are, and what must come back.

Most manifests describe an exchange in the W3C's "HTTP Vocabulary in RDF", the graph store's tests of 2012 in
the Markdown of a comment. Both are read generically.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from endpoint import Failed, Response, Server
from manifest import MF, UT, Test, local, markdown
from pyoxigraph import QueryResultsFormat, RdfFormat, parse
from rdflib import Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node
from results import bare, isomorphic, received

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")

_CODES = {re.sub(r"\W", "", status.phrase).lower(): status.value for status in HTTPStatus}
_FORM = "application/x-www-form-urlencoded"
_LANGUAGES = {"application/sparql-query": "query", "application/sparql-update": "update"}


@dataclass(frozen=True)
class Message:
    """What a request carries or a response is to carry."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Exchange:
    """A request, and what its response is to be. ``statuses`` are codes, or classes such as 2."""

    method: str
    target: str
    request: Message
    statuses: frozenset[int]
    response: Message
    location: str | None = None
    form: str | None = None
    truth: bool | None = None


def protocol(test: Test, server: Server) -> None:
    """Play a test of the SPARQL 1.1 Protocol, on the data it names."""
    server.replace(test.dataset(test.node, UT))
    for exchange in _described(test):
        operation = _operation(exchange, test)
        base = server.update_url if operation == "update" else server.query_url
        headers = server.authorization if operation == "update" else {}
        _play(exchange, server, _joined(base, exchange.target), headers, {})


def graph_store(test: Test, server: Server) -> None:
    """Play a test of the SPARQL 1.1 Graph Store HTTP Protocol, on an empty store."""
    assert server.graphs_url
    server.replace(test.dataset(test.node, UT))
    learned: dict[str, str] = {}
    for exchange in _described(test):
        path, mark, query = exchange.target.removeprefix("/gsp").partition("?")
        for name, value in learned.items():
            query = query.replace(name, quote(value, safe=""))
        url = server.graphs_url + path + mark + query
        _play(exchange, server, url, server.authorization, learned)


def graph_store_2012(test: Test, server: Server) -> None:
    """Play a graph store test written in Markdown; each goes on from what the one before it left."""
    assert server.graphs_url
    parts = urlsplit(server.graphs_url)
    if not test.memory:
        server.replace(test.dataset(test.node, UT))
    # "$GRAPHSTORE$" is written with and without the slash before it; both are the path.
    test.memory.update({"/$GRAPHSTORE$": parts.path, "$GRAPHSTORE$": parts.path, "$HOST$": parts.netloc})
    exchange = _written(markdown(test) or "", test.memory)
    # Where a graph was created may be told as a whole URL; the token goes to the server given and no other.
    url = urlunsplit(urlsplit(exchange.target)._replace(scheme=parts.scheme, netloc=parts.netloc))
    _play(exchange, server, url, server.authorization, test.memory)


def _play(
    exchange: Exchange, server: Server, url: str, headers: dict[str, str], learned: dict[str, str]
) -> None:
    response = server.send(url, exchange.method, headers | exchange.request.headers, exchange.request.body)
    where = f"{exchange.method} {url.replace(server.graphs_url or ' ', '$GRAPHS')}"[:120]
    try:
        _check(exchange, response, url)
        if exchange.location is not None:
            # A reference may be relative: RFC 9110, section 10.2.2.
            learned[exchange.location] = urljoin(url, response.headers["location"])
    except Failed as failure:
        raise Failed(f"{where}: {failure}") from failure


def _check(exchange: Exchange, response: Response, url: str) -> None:
    if not {response.status, response.status // 100} & exchange.statuses:
        codes = " or ".join(f"{s}xx" if s < 10 else str(s) for s in sorted(exchange.statuses))
        raise Failed(f"expected {codes}, came {response.excerpt()}")
    if exchange.location is not None and "location" not in response.headers:
        raise Failed(f"expected a Location, came {response.excerpt()}")
    if exchange.form is not None and response.media_type not in _forms(exchange.form):
        raise Failed(f"expected a {exchange.form} format, came {response.excerpt()}")
    if exchange.truth is not None and received(response) != exchange.truth:
        raise Failed(f"expected {exchange.truth}, came {response.excerpt()}")
    _check_content(exchange, response, url)


def _check_content(exchange: Exchange, response: Response, url: str) -> None:
    wanted = exchange.response.headers.get("content-type", "").partition(";")[0]
    if wanted and response.media_type != wanted:
        raise Failed(f"expected {wanted}, came {response.excerpt()}")
    if exchange.response.body is None or exchange.method == "HEAD":
        return
    rdf = RdfFormat.from_media_type(wanted)
    graph = [quad.triple for quad in parse(exchange.response.body, rdf, base_iri=url)] if rdf else []
    came = received(response, url)
    if not isinstance(came, list) or not isomorphic(graph, came):
        text = " ".join(response.body.decode("utf-8", "replace").split())
        raise Failed(f"expected a graph of {len(graph)} triples, came another: {text[:200]}")


def _forms(form: str) -> set[str]:
    if form == "RDF":
        kinds = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML, RdfFormat.JSON_LD)
        return {bare(kind.media_type) for kind in kinds}
    known = [QueryResultsFormat.XML, QueryResultsFormat.JSON]
    if form == "tabular":
        known += [QueryResultsFormat.CSV, QueryResultsFormat.TSV]
    return {bare(kind.media_type) for kind in known}


def _operation(exchange: Exchange, test: Test) -> str:
    """Say which operation a request is of: its media type tells, its parameter, or the test's title."""
    kind = exchange.request.headers.get("content-type", "").partition(";")[0]
    if kind in _LANGUAGES:
        return _LANGUAGES[kind]
    sent = exchange.target.partition("?")[2] + "&" + (exchange.request.body or b"").decode("latin-1")
    stated = re.search(r"(?:^|&)(query|update)=", sent)
    return stated[1] if stated else "update" if "update" in test.title else "query"


def _joined(base: str, target: str) -> str:
    query = target.partition("?")[2]
    return base + ("&" if "?" in base else "?") + query if query else base


def _described(test: Test) -> Iterable[Exchange]:
    graph = test.graph
    for requests in graph.objects(test.action, HT.requests):
        for node in Collection(graph, requests):
            response = graph.value(node, HT.resp)
            truth = graph.value(response, MF.expectedBoolean)
            location = graph.value(response, MF.expectedLocation)
            yield Exchange(
                str(graph.value(node, HT.methodName)),
                str(graph.value(node, HT.absolutePath)),
                _message(graph, node),
                frozenset(_status(status) for status in graph.objects(response, MF.expectedStatus)),
                _message(graph, response),
                str(location) if location is not None else None,
                str(graph.value(response, MF.expectedFormat) or "") or None,
                bool(truth.toPython()) if truth is not None else None,
            )


def _message(graph: Graph, node: Node) -> Message:
    headers = {}
    for stated in graph.objects(node, HT.headers):
        for item in Collection(graph, stated):
            headers[str(graph.value(item, HT.fieldName)).lower()] = str(graph.value(item, HT.fieldValue))
    body = graph.value(node, HT.body)
    if body is None:
        return Message(headers)
    encoding = str(graph.value(body, CNT.characterEncoding) or "UTF-8")
    return Message(headers, str(graph.value(body, CNT.chars)).encode(encoding))


def _status(iri: Node) -> int:
    name = local(iri).removeprefix("StatusCode")
    return int(name[0]) if name.endswith("xx") else _CODES[name.lower()]


def _written(comment: str, variables: dict[str, str]) -> Exchange:
    """Read the Markdown of a test: a heading each for request and response, then an indented block."""
    for name, value in variables.items():
        comment = comment.replace(name, value)
    request, response = (
        textwrap.dedent(block.strip("\n").rstrip()).lstrip("\n")
        for block in re.split(r"####\s*Re\w+[^\S\n]*\n", comment)[1:]
    )
    line, sent = _http(request)
    status, wanted = _http(response)
    method, target, _ = line.split(maxsplit=2)
    location = wanted.headers.pop("location", None)
    return Exchange(method, target, sent, frozenset({int(status.split()[0])}), wanted, location)


def _http(block: str) -> tuple[str, Message]:
    head, _, body = block.partition("\n\n")
    first, *fields = head.splitlines()
    pairs = (line.partition(":") for line in fields)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    # What the message's own sender knows better.
    headers = {name: value for name, value in headers.items() if name not in ("host", "content-length")}
    if headers.get("content-type", "").startswith("multipart/"):
        body = body.replace("\n", "\r\n")
    return first.strip(), Message(headers, body.encode() if body.strip() else None)
