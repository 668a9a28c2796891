"""``/sparql``: the SPARQL 1.1 Protocol's query operation, and its page.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.cache import Answer
from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup.questions import JSON, Questions
from integrin_kg.saved import SavedQuery
from integrin_kg.settings import Settings
from integrin_kg.web import protocol, responses, versions
from integrin_kg.web.description import own_url, service_description
from integrin_kg.web.gone import client_gone
from integrin_kg.web.headers import REASONING_HEADER
from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best, for_engine

TURTLE = "text/turtle"
LARGEST_PAGE = 16 * 1024 * 1024
"""How many bytes an answer may have that is to be made into a page."""

_READS = ("GET", "HEAD")


def blueprint(engine: Engine, settings: Settings, questions: Questions) -> Blueprint:
    """Return the endpoint over ``engine``."""
    endpoint = Blueprint("sparql", __name__)

    @endpoint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        text = protocol.operation("query", protocol.QUERY)
        if text is None:
            return _without_query(engine, settings, questions)
        solutions, triples = _best([*SOLUTIONS, HTML]), _best([*TRIPLES, HTML])
        query = asked_for(text, solutions, triples, settings)
        shape = None if HTML in (solutions, triples) else versions.shape_of(query, request.method)
        if known := versions.unchanged(engine.version, shape):
            return known
        answer = engine.run(query, client_gone, fresh=versions.must_be_fresh())
        wanted = solutions if answer.media_type == query.solutions else triples
        if wanted == HTML:
            return query_page(answer, query)
        return versions.mark(carry(answer, query), answer.version, shape)

    return endpoint


def _without_query(engine: Engine, settings: Settings, questions: Questions) -> Response:
    """The page to ask on, for a browser; the description of the service, for a machine."""
    wanted = _best([*TRIPLES, HTML]) if request.method in _READS else None
    if wanted == HTML:
        return query_page(None, Query("", None, None, settings.reasoning))
    if wanted is None or request.args:
        raise Problem(400, "No query", "Give one as the parameter 'query', or POST it as the body.")
    sizes = questions.sizes(engine.version)
    return service_description(own_url("/sparql"), wanted, sizes, settings)


def carry(answer: Answer, query: Query) -> Response:
    """Return the response that carries ``answer``."""
    response = responses.of(answer)
    response.headers[REASONING_HEADER] = str(query.reasoning).lower()
    return response


def asked_for(
    text: str,
    solutions: str | None,
    triples: str | None,
    settings: Settings,
    request: protocol.Carrier = request,
) -> Query:
    """Return the query ``text``, with what the request says of it beside, to be answered in one of two
    formats; :class:`Problem` where it says what makes no sense."""
    return Query(
        text,
        JSON if solutions == HTML else for_engine(solutions, triples=False),
        TURTLE if triples == HTML else for_engine(triples, triples=True),
        reasoning=_reasoning(settings, request),
        timeout=protocol.timeout(settings.query_timeout, request),
        default_graphs=protocol.graphs("default-graph-uri", request),
        named_graphs=protocol.graphs("named-graph-uri", request),
        base=protocol.base(request),
        most=LARGEST_PAGE if HTML in (solutions, triples) else None,
    )


def _reasoning(settings: Settings, request: protocol.Carrier) -> bool:
    given = {value for name in ("reasoning", "infer") for value in request.values.getlist(name)}
    if len(given) > 1 or not given <= {"true", "false"}:
        raise Problem(400, "Unknown reasoning", "The parameter 'reasoning' is 'true' or 'false'.")
    return settings.reasoning and given != {"false"}


def _best(offered: list[str]) -> str | None:
    return best(request.accept_mimetypes, offered)


def query_page(answer: Answer | None, query: Query, saved: SavedQuery | None = None) -> Response:
    """Return the query page with a query's answer, under the saved question that it is, if any."""
    table = graph = None
    if answer and answer.media_type == JSON:
        table = json.loads(answer.read())
    elif answer:
        graph = answer.read().decode("utf-8")
    page = render_template("query.html", query=query, table=table, graph=graph, saved=saved)
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Vary"] = "Accept"
    response.headers[REASONING_HEADER] = str(query.reasoning).lower()
    return response
