"""``/search``: things by any of their names, as a page and as JSON."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.current import Current
from integrin_kg.lookup.names import LONGEST, Hit, Index
from integrin_kg.lookup.questions import Questions
from integrin_kg.text import fold
from integrin_kg.web.links import local_link
from integrin_kg.web.negotiation import HTML, best

_JSON = "application/json"
_SHOWN = {HTML: 100, _JSON: 20}


def blueprint(questions: Questions, index: Current[Index]) -> Blueprint:
    """Return the search."""
    finder = Blueprint("search", __name__)

    @finder.get("/search")
    def search() -> Response:
        text, wanted = request.args.get("q", "").strip(), _wanted()
        if len(text) > LONGEST:
            raise Problem(400, "Too long", f"A name to look for has {LONGEST} characters at most.")
        known = index.get()
        hits = known.find(text)
        shown = [_result(known, hit) for hit in hits[: _SHOWN[wanted]]]
        if wanted == _JSON:
            return _respond(json.dumps(shown, ensure_ascii=False) + "\n", _JSON)
        page = render_template(
            "search.html",
            text=text,
            results=shown,
            found=len(hits),
            near=[] if hits or not text else known.near(text),
            asked=[query for query in questions.saved.values() if text and _is_about(query.question, text)],
        )
        return _respond(page, HTML)

    return finder


def _wanted() -> str:
    given = request.args.get("format")
    if given not in (None, "json", "html"):
        raise Problem(400, "Unknown format", "The parameter 'format' is 'json' or 'html'.")
    if given:
        return _JSON if given == "json" else HTML
    wanted = best(request.accept_mimetypes, [HTML, _JSON])
    if wanted is None:
        raise Problem(406, "Not acceptable", f"There are {HTML}, {_JSON}.")
    return wanted


def _result(index: Index, hit: Hit) -> dict[str, str]:
    entry = hit.name.entry
    return {
        "label": entry.label,
        "iri": entry.iri,
        "href": local_link(entry.iri),
        "kind": index.kind(entry),
        "match": hit.name.text,
        "definition": entry.definition,
    }


def _is_about(question: str, text: str) -> bool:
    return len(fold(text)) > 2 and fold(text) in fold(question)


def _respond(body: str, media_type: str) -> Response:
    response = Response(
        body, content_type=f"{media_type}; charset=utf-8" if media_type == HTML else media_type
    )
    response.headers["Vary"] = "Accept"
    return response
