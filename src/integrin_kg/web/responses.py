"""The response that carries an answer of the engine."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wsgi import wrap_file

from integrin_kg.engine.cache import Answer
from integrin_kg.web.negotiation import with_charset


def of(answer: Answer) -> Response:
    """Return the response that carries ``answer``, a large one as the file that it is in: the server sends
    it as fast as the client reads, and no thread waits for that."""
    if isinstance(answer.content, bytes):
        response = Response(answer.content, headers=fields(answer.media_type))
    else:
        file = wrap_file(request.environ, answer.content)
        response = Response(file, headers=fields(answer.media_type), direct_passthrough=True)
    response.content_length = answer.length
    return response


def fields(media_type: str) -> dict[str, str]:
    """Return the headers that say what an answer of ``media_type`` is."""
    return {"Content-Type": with_charset(media_type), "Vary": "Accept"}
