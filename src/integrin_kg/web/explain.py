"""``/explain``, the proof of a triple, and ``/classify``, what would follow from a description."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Classify, Explain, Problem
from integrin_kg.explain import as_text, as_turtle, classification_as_text
from integrin_kg.settings import Settings
from integrin_kg.vocab import PREFIXES
from integrin_kg.web.gone import client_gone
from integrin_kg.web.negotiation import HTML, best, with_charset

_JSON, _TURTLE, _TEXT = "application/json", "text/turtle", "text/plain"


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the two resources over ``engine``."""
    reasons = Blueprint("explain", __name__)

    @reasons.get("/explain")
    def explain() -> Response:
        subject, predicate, value = (_iri(part) for part in ("subject", "predicate", "object"))
        every = _every()
        wanted = _wanted([_JSON, _TURTLE, HTML, _TEXT])
        task = Explain(subject, predicate, value, every, timeout=settings.query_timeout)
        document = json.loads(engine.run(task, client_gone).read())
        return _respond(_explained(document, wanted), wanted, 200 if document["holds"] else 404)

    @reasons.post("/classify")
    def classify() -> Response:
        wanted = _wanted([_JSON, HTML, _TEXT])
        try:
            description = request.get_data().decode("utf-8")
        except UnicodeDecodeError as error:
            raise Problem(
                400, "Not UTF-8", f"The description has a malformed byte at {error.start}."
            ) from error
        task = Classify(description, request.mimetype, timeout=settings.query_timeout)
        document = json.loads(engine.run(task, client_gone).read())
        text = classification_as_text(document) if wanted != _JSON else _json(document)
        body = render_template("classified.html", text=text) if wanted == HTML else text
        return _respond(body, wanted, 200)

    return reasons


def _explained(document: dict[str, Any], wanted: str) -> str:
    if wanted == HTML:
        return render_template("explain.html", document=document)
    if wanted == _TEXT:
        return as_text(document) + "\n"
    if wanted == _TURTLE and document["holds"]:
        return as_turtle(document).decode("utf-8")
    if wanted == _TURTLE:
        raise Problem(404, "Does not follow", as_text(document))
    return _json(document)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _respond(body: str, media_type: str, status: int) -> Response:
    response = Response(body, status=status, content_type=with_charset(media_type))
    response.headers["Vary"] = "Accept"
    return response


def _wanted(offered: list[str]) -> str:
    wanted = best(request.accept_mimetypes, offered)
    if wanted is None:
        raise Problem(406, "Not acceptable", f"There are {', '.join(offered)}.")
    return wanted


def _iri(part: str) -> str:
    """The IRI given for a part of the triple, in full or with a prefix of the graph's own."""
    given = request.args.getlist(part)
    if len(given) != 1 or not given[0]:
        raise Problem(400, "No such triple", f"The parameter {part!r} must be given once, as an IRI.")
    prefix, colon, local = given[0].partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else given[0]


def _every() -> bool:
    given = request.args.get("all", "false")
    if given not in ("true", "false"):
        raise Problem(400, "Unknown value", "The parameter 'all' is 'true' or 'false'.")
    return given == "true"
