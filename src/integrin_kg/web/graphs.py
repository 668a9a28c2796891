"""``/graphs``: the SPARQL 1.1 Graph Store HTTP Protocol, of graphs named by a parameter (indirectly)
or by the URL of the request itself (directly).

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Drop, Patch, Problem, ReadGraph, Upload
from integrin_kg.settings import Settings
from integrin_kg.web import protocol, responses, versions
from integrin_kg.web.access import Make, Token, demand
from integrin_kg.web.gone import client_gone
from integrin_kg.web.negotiation import QUADS, TRIPLES, best, for_engine

_MOST_DOCUMENTS = 100
_INDIRECT, _DIRECT = "/graphs", "/graphs/<path:direct>"

Documents = list[tuple[str, IO[bytes]]]


def blueprint(engine: Engine, make: Make, settings: Settings, token: Token) -> Blueprint:
    """Return the graph store: read through ``engine``, changed through ``make`` with ``token``."""
    store = Blueprint("graphs", __name__)

    def conditions(graph: str | None) -> versions.Conditions:
        formats = {for_engine(offered, triples=True) for offered in TRIPLES}
        return versions.conditions(engine.version, (["graph", graph, True, each] for each in formats))

    @store.route(_INDIRECT, methods=["GET"])
    @store.route(_DIRECT, methods=["GET"])
    def read(direct: str | None = None) -> Response:
        named, graph = _named()
        task = ReadGraph(graph, _format(named), whole=not named, timeout=settings.query_timeout)
        shape = ["graph", graph, named, task.media_type]
        if known := versions.unchanged(engine.version, shape):
            return known
        answer = engine.run(task, client_gone)
        return versions.mark(responses.of(answer), answer.version, shape)

    @store.route(_INDIRECT, methods=["PUT", "POST"])
    @store.route(_DIRECT, methods=["PUT", "POST"])
    def write(direct: str | None = None) -> Response:
        demand(settings, token)
        named, graph = _named()
        if not named:
            if request.method == "PUT":
                raise Problem(400, "No graph named", "Give ?graph=IRI or ?default, or PUT to a graph's URL.")
            graph = f"{protocol.base().rstrip('/')}/{secrets.token_hex(8)}"
        with _documents() as documents:
            types = [media_type for media_type, _ in documents]
            replace = request.method == "PUT"
            change = Upload(
                graph,
                types,
                replace,
                base=graph or protocol.base(),
                timeout=settings.update_timeout,
                **conditions(graph),
            )
            report = make(change, [document for _, document in documents])
        created = named is False or not report["existed"]
        return _done(201, {"Location": graph} if graph else {}) if created else _done(204)

    @store.route(_INDIRECT, methods=["DELETE"])
    @store.route(_DIRECT, methods=["DELETE"])
    def delete(direct: str | None = None) -> Response:
        demand(settings, token)
        graph = _one_graph()
        make(Drop(graph, timeout=settings.update_timeout, **conditions(graph)), [])
        return _done(204)

    @store.route(_INDIRECT, methods=["PATCH"])
    @store.route(_DIRECT, methods=["PATCH"])
    def patch(direct: str | None = None) -> Response:
        demand(settings, token)
        graph = _one_graph()
        if request.mimetype != protocol.UPDATE:
            raise Problem(415, "Unsupported media type", f"A patch is a SPARQL update ({protocol.UPDATE}).")
        text = protocol.decoded(request.get_data())
        make(Patch(graph, text, graph or protocol.base(), settings.update_timeout, **conditions(graph)), [])
        return _done(204)

    return store


def _named() -> tuple[bool, str | None]:
    """Whether the request names a graph, and which; None is the default graph (section 4)."""
    default, given = "default" in request.args, request.args.getlist("graph")
    if request.view_args and request.view_args.get("direct"):
        if default or given:
            raise Problem(400, "Two graphs", "The URL names a graph; ?graph and ?default are for /graphs.")
        return True, protocol.absolute(_own_url(), "URL")
    if request.args.get("default"):
        raise Problem(400, "Unknown value", "The parameter 'default' has no value: ?default.")
    if default + len(given) > 1:
        raise Problem(400, "Two graphs", "Give one ?graph=IRI, or ?default.")
    if given:
        return True, protocol.absolute(given[0], "graph")
    return default, None


def _own_url() -> str:
    """The URL of the request without its parameters, escapes as the client wrote them: no other URL is
    this graph's (section 4.1)."""
    return request.host_url.rstrip("/") + urlsplit(request.environ["REQUEST_URI"]).path


def _one_graph() -> str | None:
    named, graph = _named()
    if not named:
        raise Problem(400, "No graph named", "Give ?graph=IRI or ?default, or the graph's own URL.")
    return graph


def _format(named: bool) -> str:
    offered = [*(TRIPLES if named else QUADS)]
    media_type = for_engine(best(request.accept_mimetypes, offered), triples=True)
    if media_type is None:
        raise Problem(406, "Not acceptable", f"There are {', '.join(offered)}.")
    return media_type


@contextmanager
def _documents() -> Iterator[Documents]:
    """The documents that the request carries, each in a file of its own, with their media types."""
    with ExitStack() as stack:
        if request.mimetype == "multipart/form-data":
            parts = [(part.mimetype, part.stream) for _, part in request.files.items(multi=True)]
            if request.form or not 0 < len(parts) <= _MOST_DOCUMENTS:
                raise Problem(400, "No documents", f"Give 1 to {_MOST_DOCUMENTS} parts with a filename each.")
        elif not request.mimetype:
            raise Problem(
                415, "No media type", "Say in Content-Type what the document is (text/turtle, ...)."
            )
        else:
            parts = [(request.mimetype, request.stream)]
        documents: Documents = []
        for media_type, stream in parts:
            file = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(stream, file)
            file.seek(0)
            documents.append((for_engine(media_type, triples=True) or "", file))
        yield documents


def _done(status: int, headers: dict[str, str] | None = None) -> Response:
    response = Response(status=status, headers=headers)
    response.headers.pop("Content-Type", None)
    return response
