"""Errors as RFC 9457 problem documents, and as a page where a person asks."""

from __future__ import annotations

import json

from flask import Flask, Request, Response, render_template, request
from werkzeug.exceptions import HTTPException

from integrin_kg.engine.messages import Problem
from integrin_kg.web.exchanges import request_id
from integrin_kg.web.negotiation import HTML, best

_PROBLEM = "application/problem+json"


def register(app: Flask) -> None:
    """Have ``app`` answer every error with a problem document or page."""
    app.register_error_handler(Problem, respond)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(500, _unexpected)


def respond(problem: Problem) -> Response:
    """Return the response for ``problem`` in the form that the client asks for."""
    status, headers, document = as_document(problem, request_id())
    response = Response(document, status=status, headers=headers)
    if wants_page(request):
        page = render_template("problem.html", problem=problem, request_id=request_id())
        response.set_data(page)
        response.content_type = f"{HTML}; charset=utf-8"
    return response


def wants_page(request: Request) -> bool:
    """Return whether the client would rather see a page than a problem document."""
    return best(request.accept_mimetypes, [_PROBLEM, "application/json", HTML]) == HTML


def as_document(problem: Problem, request_id: str | None) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers and the content of the problem document for ``problem``."""
    # A member of our own (RFC 9457, section 3.2) and not "instance": that is a URI for this occurrence, and
    # a client may choose its id and choose it twice.
    document = problem.document() | ({"requestId": request_id} if request_id else {})
    headers = {"Content-Type": f"{_PROBLEM}; charset=utf-8", "Vary": "Accept"}
    if "retry-after" in problem.further:
        headers["Retry-After"] = str(problem.further["retry-after"])
    status = problem.status if problem.status != 499 else 400
    return status, headers | problem.headers, json.dumps(document, ensure_ascii=False).encode()


def _from_http(error: HTTPException) -> Response:
    response = respond(Problem(error.code or 500, error.name, error.description or ""))
    for name, value in error.get_headers():
        if name.lower() in ("accept-encoding", "allow", "location"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:  # Flask has logged it
    return respond(Problem(500, "Internal error", "The server failed; its log says how."))
