"""``/sparql``: the SPARQL 1.1 Protocol's query operation, and its page.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.client import Answer, Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.saved import SavedQuery
from integrin_kg.settings import Settings
from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best, for_engine, with_charset
from integrin_kg.web.questions import JSON, client_gone

REASONING_HEADER = "X-Reasoning"
TURTLE = "text/turtle"

_READS = ("GET", "HEAD")
_WHOLE_LIMIT = 16 * 1024 * 1024
_NOT_ASCII = re.compile(rb"%[89A-Fa-f]|[\x80-\xff]")


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the endpoint over ``engine``."""
    endpoint = Blueprint("sparql", __name__)

    @endpoint.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        text = _query_text()
        if text is None:
            if request.method in _READS and _best([*SOLUTIONS, *TRIPLES, HTML]) == HTML:
                return query_page(None, Query("", None, None, settings.reasoning))
            raise Problem(400, "No query", "Give one as the parameter 'query', or POST it as the body.")
        solutions, triples = _best([*SOLUTIONS, HTML]), _best([*TRIPLES, HTML])
        query = _query(text, solutions, triples, settings)
        answer = engine.run(query, client_gone)
        wanted = solutions if answer.media_type == query.solutions else triples
        return query_page(answer, query) if wanted == HTML else stream(answer, query)

    return endpoint


def stream(answer: Answer, query: Query) -> Response:
    """Return the response that carries ``answer`` as it comes."""
    # In HTTP/1.0 an answer that broke off would look whole.
    comes_whole = answer.length is None and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    body = whole(answer) if comes_whole else _chunks(answer)
    response = Response(body, content_type=with_charset(answer.media_type))
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
        logging.getLogger(__name__).warning("an answer broke off after its status was sent")
        raise


def whole(answer: Answer) -> bytes:
    """Return all of ``answer``; :class:`Problem` where that is too much to hold, or cannot be had."""
    content = bytearray()
    try:
        for chunk in answer.chunks:
            content += chunk
            if len(content) > _WHOLE_LIMIT:
                detail = f"It has more than {_WHOLE_LIMIT} bytes: add a LIMIT, or ask for CSV over HTTP/1.1."
                raise Problem(413, "Answer too large", detail)
    except ConnectionError as error:
        raise Problem(503, "Query stopped", "It took too long, or its answer grew too large.") from error
    return bytes(content)


def _query_text() -> str | None:
    _check_utf8(request.query_string)
    if request.method in _READS or request.mimetype in ("", "application/x-www-form-urlencoded"):
        _check_utf8(request.get_data())
        found = [*request.args.getlist("query"), *request.form.getlist("query")]
        if len(found) > 1:
            raise Problem(400, "More than one query", "The parameter 'query' must be given once.")
        return found[0] if found else None
    if request.mimetype != "application/sparql-query":
        detail = "POST a form (application/x-www-form-urlencoded) or a query (application/sparql-query)."
        raise Problem(415, "Unsupported media type", detail)
    if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise Problem(415, "Unsupported charset", "A query must be UTF-8.")
    return _decoded(request.get_data())


def _check_utf8(encoded: bytes) -> None:
    # Flask takes malformed bytes for the text of their escapes, which would be another query.
    if _NOT_ASCII.search(encoded):
        _decoded(unquote_to_bytes(encoded))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "Not UTF-8", f"The request has a malformed byte at {error.start}.") from error


def _query(text: str, solutions: str | None, triples: str | None, settings: Settings) -> Query:
    return Query(
        text,
        JSON if solutions == HTML else for_engine(solutions, triples=False),
        TURTLE if triples == HTML else for_engine(triples, triples=True),
        reasoning=_reasoning(settings),
        timeout=_timeout(settings),
        default_graphs=request.values.getlist("default-graph-uri"),
        named_graphs=request.values.getlist("named-graph-uri"),
    )


def _reasoning(settings: Settings) -> bool:
    given = {value for name in ("reasoning", "infer") for value in request.values.getlist(name)}
    if len(given) > 1 or not given <= {"true", "false"}:
        raise Problem(400, "Unknown reasoning", "The parameter 'reasoning' is 'true' or 'false'.")
    return settings.reasoning and given != {"false"}


def _timeout(settings: Settings) -> float:
    try:
        wanted = float(request.values.get("timeout", settings.query_timeout))
    except ValueError as error:
        raise Problem(400, "Unknown timeout", "The parameter 'timeout' is a number of seconds.") from error
    if not (math.isfinite(wanted) and wanted > 0):
        raise Problem(400, "Unknown timeout", "The parameter 'timeout' must be above zero and finite.")
    return min(wanted, settings.query_timeout)


def _best(offered: list[str]) -> str | None:
    return best(request.accept_mimetypes, offered)


def query_page(answer: Answer | None, query: Query, saved: SavedQuery | None = None) -> Response:
    """Return the query page with a query's answer, under the saved question that it is, if any."""
    table = graph = None
    if answer and answer.media_type == JSON:
        table = json.loads(whole(answer))
    elif answer:
        graph = whole(answer).decode("utf-8")
    page = render_template("query.html", query=query, table=table, graph=graph, saved=saved)
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Vary"] = "Accept"
    response.headers[REASONING_HEADER] = str(query.reasoning).lower()
    return response
