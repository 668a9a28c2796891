"""SERVICE where an operator allows it: the named endpoints, by their very names, and nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from pyoxigraph import Store

from integrin_kg.engine.evaluation import evaluate
from integrin_kg.engine.messages import Problem, Query
from test_sparql import Reply, send

ROWS = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "theirs"}}]}}


@dataclass
class Endpoint:
    """Another endpoint, on the loopback, and the paths that it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def endpoints() -> Iterator[tuple[Endpoint, Endpoint]]:
    """One that is allowed, and that can redirect to one that is not."""
    found: list[Endpoint] = []
    servers = []
    for _ in range(2):
        server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}")
        server.RequestHandlerClass = _handler(endpoint, found)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found.append(endpoint)
        servers.append(server)
    yield found[0], found[1]
    for server in servers:
        server.shutdown()


def _handler(endpoint: Endpoint, all_of_them: list[Endpoint]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            endpoint.asked.append(self.path)
            if self.path.startswith("/redirect"):
                self.send_response(302)
                self.send_header("Location", f"{all_of_them[1].url}/sparql")
                self.end_headers()
                return
            body = json.dumps(ROWS).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture(scope="module")
def federated(serve: Callable[..., str], endpoints: tuple[Endpoint, Endpoint]) -> str:
    """A server that may call the first endpoint."""
    allowed, _ = endpoints
    options = [f"--allow-service={allowed.url}/{path}" for path in ("sparql", "redirect")]
    return serve("--empty", "--no-reasoning", *options)


def ask(server: str, text: str) -> Reply:
    return send(server, f"/sparql?query={quote(text)}", Accept="text/csv")


def test_a_named_endpoint_is_called(federated: str, endpoints: tuple[Endpoint, Endpoint]) -> None:
    allowed, _ = endpoints
    for silent in ("", "SILENT "):
        reply = ask(federated, f"SELECT ?x {{ SERVICE {silent}<{allowed.url}/sparql> {{ ?s ?p ?x }} }}")
        assert (reply.status, reply.body) == (200, b"x\r\ntheirs\r\n")


@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE <{other}/sparql> {{ ?s ?p ?x }}",
        "SERVICE SILENT <{other}/sparql> {{ ?s ?p ?x }}",
        "SERVICE <{allowed}/sparql?more> {{ ?s ?p ?x }}",
        "SERVICE <{allowed}/sparql/../other> {{ ?s ?p ?x }}",
        "SERVICE <{allowed}/sp\\u0061rql> {{ ?s ?p ?x }}",
        "VALUES ?e {{ <{other}/sparql> }} SERVICE ?e {{ ?s ?p ?x }}",
        "SERVICE <{allowed}/sparql> {{ ?s ?p ?x SERVICE <{other}/sparql> {{ ?a ?b ?c }} }}",
        "SERVICE <{allowed}/sparql> {{ ?s ?p ?x }} SERVICESILENT<{other}/sparql>{{ ?a ?b ?c }}",
        "SERVICE <{allowed}/sparql> {{ ?s ?p ?x }} FILTER(1<5e3)SERVICE<{other}/sparql>{{ ?a ?b ?c }}",
        "SERVICE # <{allowed}/sparql>\n <{other}/sparql> {{ ?s ?p ?x }}",
    ],
)
def test_nobody_else_is_called_in_any_spelling(
    federated: str, endpoints: tuple[Endpoint, Endpoint], pattern: str
) -> None:
    allowed, other = endpoints
    other.asked.clear()
    reply = ask(federated, f"SELECT ?x {{ {pattern.format(allowed=allowed.url, other=other.url)} }}")
    assert reply.status in (400, 403)
    assert other.asked == []
    assert ask(federated, "ASK {}").status == 200


def test_a_redirection_is_not_followed(federated: str, endpoints: tuple[Endpoint, Endpoint]) -> None:
    allowed, other = endpoints
    other.asked.clear()
    reply = ask(federated, f"SELECT ?x {{ SERVICE <{allowed.url}/redirect> {{ ?s ?p ?x }} }}")
    assert reply.status == 502
    assert other.asked == []


def test_an_endpoint_that_is_gone_is_a_502(serve: Callable[..., str]) -> None:
    server = serve("--empty", "--no-reasoning", "--allow-service", "http://127.0.0.1:9/sparql")
    assert ask(server, "SELECT ?x { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?x } }").status == 502


def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    url = "http://localhost.localdomain/sparql"
    query = Query(f"SELECT ?x {{ SERVICE <{url}> {{ ?s ?p ?x }} }}", "text/csv", None)
    with pytest.raises(Problem) as caught:
        evaluate(Store(), query, services=frozenset({url}))
    assert caught.value.status in (403, 502)  # private, or no address at all


def test_what_calls_no_service_cannot_open_a_socket_there_either(
    federated: str, endpoints: tuple[Endpoint, Endpoint]
) -> None:
    _, other = endpoints
    other.asked.clear()
    body = f'{{"@context": "{other.url}/context", "@id": "urn:x", "name": "x"}}'.encode()
    send(federated, "/classify", "POST", body, **{"Content-Type": "application/ld+json"})
    assert other.asked == []
