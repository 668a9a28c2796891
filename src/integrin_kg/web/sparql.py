"""``/sparql``: the SPARQL 1.1 Protocol's query operation, and its page.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, render_template, request

from integrin_kg.engine.client import Answer, Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.saved import SavedQuery
from integrin_kg.settings import Settings
from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best, for_engine
from integrin_kg.web.questions import JSON, client_gone

REASONING_HEADER = "X-Reasoning"
TURTLE = "text/turtle"


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the endpoint over ``engine``."""
    endpoint = Blueprint("sparql", __name__)

    @endpoint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        text = _query_text()
        wants_page = _wants_page()
        if text is None:
            if request.method == "GET" and wants_page:
                return query_page(None, Query("", None, None, settings.reasoning))
            raise Problem(400, "No query", "Give one as the parameter 'query', or POST it as the body.")
        query = _query(text, settings, wants_page)
        if wants_page:
            return query_page(engine.run(query, client_gone), query)
        return stream(engine.run(query, client_gone), query)

    return endpoint


def stream(answer: Answer, query: Query) -> Response:
    """Return the response that carries ``answer`` as it comes."""
    response = Response(_chunks(answer), content_type=_with_charset(answer.media_type))
    if answer.length is not None:
        response.content_length = answer.length
    response.headers["Vary"] = "Accept"
    response.headers[REASONING_HEADER] = str(query.reasoning).lower()
    return response


def _chunks(answer: Answer) -> Iterator[bytes]:
    try:
        yield from answer.chunks
    except ConnectionError:
        # No final chunk: the client sees that the transfer broke. Nothing else can say it now.
        current_app.logger.warning("an answer broke off after its status was sent")
        raise


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _query_text() -> str | None:
    if request.method == "GET" or request.mimetype in ("", "application/x-www-form-urlencoded"):
        found = [*request.args.getlist("query"), *request.form.getlist("query")]
        if len(found) > 1:
            raise Problem(400, "More than one query", "The parameter 'query' must be given once.")
        return found[0] if found else None
    if request.mimetype != "application/sparql-query":
        detail = "POST a form (application/x-www-form-urlencoded) or a query (application/sparql-query)."
        raise Problem(415, "Unsupported media type", detail)
    if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise Problem(415, "Unsupported charset", "A query must be UTF-8.")
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "Not UTF-8", f"The query has a malformed byte at {error.start}.") from error


def _query(text: str, settings: Settings, wants_page: bool) -> Query:
    solutions = best(request.accept_mimetypes, list(SOLUTIONS))
    triples = best(request.accept_mimetypes, list(TRIPLES))
    return Query(
        text,
        JSON if wants_page else for_engine(solutions, triples=False),
        TURTLE if wants_page else for_engine(triples, triples=True),
        reasoning=_reasoning(settings),
        timeout=_timeout(settings),
        default_graphs=request.values.getlist("default-graph-uri"),
        named_graphs=request.values.getlist("named-graph-uri"),
    )


def _reasoning(settings: Settings) -> bool:
    given = {request.values[name] for name in ("reasoning", "infer") if name in request.values}
    if len(given) > 1 or not given <= {"true", "false"}:
        raise Problem(400, "Unknown reasoning", "The parameter 'reasoning' is 'true' or 'false'.")
    return settings.reasoning and given != {"false"}


def _timeout(settings: Settings) -> float:
    try:
        wanted = float(request.values.get("timeout", settings.query_timeout))
    except ValueError as error:
        raise Problem(400, "Unknown timeout", "The parameter 'timeout' is a number of seconds.") from error
    if not wanted > 0:
        raise Problem(400, "Unknown timeout", "The parameter 'timeout' must be above zero.")
    return min(wanted, settings.query_timeout)


def _wants_page() -> bool:
    offered = [*SOLUTIONS, *TRIPLES, HTML]
    return best(request.accept_mimetypes, offered) == HTML


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
