"""What the SPARQL endpoint says of itself: SPARQL 1.1 Service Description.

https://www.w3.org/TR/sparql11-service-description/. What is always so stands in ``service.ttl``; what
depends on the server's settings and on what it holds is added here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from flask import Response, request
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from integrin_kg.engine.messages import Problem
from integrin_kg.settings import Settings
from integrin_kg.vocab import PREFIXES, RDF_TYPE, xsd
from integrin_kg.web.negotiation import for_engine, with_charset

_SD = "http://www.w3.org/ns/sparql-service-description#"
_PREFIXES = PREFIXES | {"sd": _SD, "formats": "http://www.w3.org/ns/formats/"}
_TRIPLES = NamedNode(PREFIXES["void"] + "triples")
_FILE = Path(__file__).with_name("service.ttl")

Sizes = Iterable[Mapping[str, str]]
"""For each named graph its IRI (``graph``) and size (``triples``); without the IRI, the default graph's."""


def service_description(url: str, media_type: str, sizes: Sizes, settings: Settings) -> Response:
    """Return the description of the service at ``url``, in RDF of ``media_type``."""
    triples = describe(url, sizes, settings)
    rdf_format = RdfFormat.from_media_type(for_engine(media_type, triples=True) or media_type)
    body = serialize(triples, format=rdf_format, prefixes=_PREFIXES)
    response = Response(body, content_type=with_charset(media_type))
    response.headers["Vary"] = "Accept, Host"
    return response


def own_url(path: str) -> str:
    """Return the URL of ``path`` on this server, by the name that the client of the request gave it.

    Raises :class:`Problem` where it gave none (RFC 9112, section 3.2).
    """
    if not request.host:  # Werkzeug empties what is no host
        raise Problem(400, "Bad host", "The Host header names no host.")
    return request.url_root.rstrip("/") + path


def describe(url: str, sizes: Sizes, settings: Settings) -> Iterator[Triple]:
    """Yield the triples of the description (section 3)."""
    for quad in parse(path=str(_FILE), format=RdfFormat.TURTLE, base_iri=url):
        yield quad.triple
    service = NamedNode(f"{url}#service")
    if settings.writable:
        yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    if settings.allow_service:
        yield Triple(service, _sd("feature"), _sd("BasicFederatedQuery"))
    if not settings.empty:
        yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for number, size in enumerate(sizes):
        count = Literal(size["triples"], datatype=xsd("integer"))
        if "graph" not in size:
            yield Triple(NamedNode(f"{url}#default-graph"), _TRIPLES, count)
            continue
        node, graph = BlankNode(f"graph{number}"), NamedNode(size["graph"])
        yield Triple(NamedNode(f"{url}#dataset"), _sd("namedGraph"), node)
        yield Triple(node, RDF_TYPE, _sd("NamedGraph"))
        yield Triple(node, _sd("name"), graph)
        yield Triple(node, _sd("graph"), graph)
        yield Triple(graph, RDF_TYPE, _sd("Graph"))
        yield Triple(graph, _TRIPLES, count)


def _sd(local: str) -> NamedNode:
    return NamedNode(_SD + local)
