"""A SPARQL server as the standards let one see it: over HTTP, and no other way."""

from __future__ import annotations

import http.client
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from manifest import BASE, Dataset
from pyoxigraph import (
    DefaultGraph,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse,
    parse_query_results,
)

JSON = QueryResultsFormat.JSON.media_type

# One query that tells every quad, whatever the server takes for the default graph's name.
_EVERYTHING = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
_ANYTHING = "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


class Failed(Exception):
    """What came is not what was to come; the message says both."""


class SameValue(Failed):
    """What came has the right values, in other lexical forms."""


@dataclass(frozen=True)
class Response:
    """A response: its status, header fields (names in lower case) and content."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def excerpt(self) -> str:
        """Return status and beginning, for a message."""
        start = " ".join(self.body[:160].decode("utf-8", "replace").split())
        return f"{self.status} {self.media_type or 'without content type'}: {start}".rstrip(": ")


@dataclass(frozen=True)
class Server:
    """Where a server answers, and how it may be written to."""

    query_url: str
    update_url: str
    graphs_url: str | None = None
    token: str | None = None
    load_by_graphs: bool = True
    timeout: float = 60.0
    authorization: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        object.__setattr__(self, "authorization", given)

    def send(self, url: str, method: str, headers: dict[str, str], body: bytes | None = None) -> Response:
        """Send exactly this request; add nothing but Host, Content-Length and Accept-Encoding."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=self.timeout)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, fields, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str = JSON) -> Response:
        """Send a query in a body of its own."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.send(self.query_url, "POST", headers, text.encode())

    def update(self, text: str) -> Response:
        """Send an update in a body of its own, with the token."""
        headers = {"Content-Type": "application/sparql-update", **self.authorization}
        return self.send(self.update_url, "POST", headers, text.encode())

    def holds_data(self) -> bool:
        """Say whether there is any quad."""
        return bool(parse_query_results(expect(self.query(_ANYTHING), 200).body, QueryResultsFormat.JSON))

    def replace(self, dataset: Dataset) -> None:
        """Drop all there is and load ``dataset``."""
        expect(self.update("DROP ALL"), 200, 204)
        default = [triple for path in dataset.default for triple in triples(path)]
        for name, graph in [(None, default), *((n, triples(p)) for n, p in dataset.named.items())]:
            if graph:
                self._load(name, graph)

    def _load(self, name: str | None, graph: list[Triple]) -> None:
        # N-Triples are Turtle that no server reads relative to its own place.
        lines = "".join(f"{triple} .\n" for triple in graph)
        if self.graphs_url is None or not self.load_by_graphs:
            data = f"GRAPH <{name}> {{ {lines} }}" if name else lines
            expect(self.update(f"INSERT DATA {{ {data} }}"), 200, 204)
            return
        which = f"graph={quote(name, safe='')}" if name else "default"
        headers = {"Content-Type": "text/turtle", **self.authorization}
        expect(self.send(f"{self.graphs_url}?{which}", "PUT", headers, lines.encode()), 200, 201, 204)

    def contents(self) -> dict[str | None, list[Triple]]:
        """Return the triples of each graph that has any; the default graph's name is None."""
        rows = parse_query_results(expect(self.query(_EVERYTHING), 200).body, QueryResultsFormat.JSON)
        assert isinstance(rows, QuerySolutions)
        graphs: dict[str | None, list[Triple]] = {}
        for row in rows:
            name = row["g"].value if row["g"] is not None else None
            graphs.setdefault(name, []).append(Triple(row["s"], row["p"], row["o"]))
        return graphs


def expect(response: Response, *statuses: int) -> Response:
    """Return a response of one of ``statuses``; :class:`Failed` for another."""
    if response.status not in statuses:
        raise Failed(f"expected {' or '.join(map(str, statuses))}, came {response.excerpt()}")
    return response


def triples(path: Path) -> list[Triple]:
    """Return a file's triples, its relative IRIs resolved against where the W3C publishes it."""
    quads: Iterable[Quad] = parse(path=str(path), base_iri=BASE + "/".join(path.parts[-2:]))
    return [_triple(quad) for quad in quads]


def _triple(quad: Quad) -> Triple:
    assert quad.graph_name == DefaultGraph()
    return quad.triple
