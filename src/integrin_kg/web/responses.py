"""The response that carries an answer of the engine."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wsgi import wrap_file

from integrin_kg.engine.client import Answer
from integrin_kg.web.negotiation import with_charset


def of(answer: Answer) -> Response:
    """Return the response that carries ``answer``, a large one as the file that it is in: the server sends
    it as fast as the client reads, and no thread waits for that."""
    content_type = with_charset(answer.media_type)
    if isinstance(answer.content, bytes):
        response = Response(answer.content, content_type=content_type)
    else:
        file = wrap_file(request.environ, answer.content)
        response = Response(file, content_type=content_type, direct_passthrough=True)
    response.content_length = answer.length
    response.headers["Vary"] = "Accept"
    return response
