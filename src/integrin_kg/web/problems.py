"""Errors as RFC 9457 problem documents, and as a page where a person asks."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, render_template, request
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
    status = problem.status if problem.status != 499 else 400
    if best(request.accept_mimetypes, [_PROBLEM, "application/json", HTML]) == HTML:
        body, media_type = render_template("problem.html", problem=problem, request_id=request_id()), HTML
    else:
        body, media_type = json.dumps(_document(problem), ensure_ascii=False), _PROBLEM
    response = Response(body, status=status, content_type=f"{media_type}; charset=utf-8")
    response.headers["Vary"] = "Accept"
    if "retry-after" in problem.further:
        response.headers["Retry-After"] = str(problem.further["retry-after"])
    response.headers.update(problem.headers)
    return response


def _document(problem: Problem) -> dict[str, Any]:
    # A member of our own (RFC 9457, section 3.2) and not "instance": that is a URI for this occurrence, and
    # a client may choose its id and choose it twice.
    known = request_id()
    return problem.document() | ({"requestId": known} if known else {})


def _from_http(error: HTTPException) -> Response:
    response = respond(Problem(error.code or 500, error.name, error.description or ""))
    for name, value in error.get_headers():
        if name.lower() in ("accept-encoding", "allow", "location"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:  # Flask has logged it
    return respond(Problem(500, "Internal error", "The server failed; its log says how."))
