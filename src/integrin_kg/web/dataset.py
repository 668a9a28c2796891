"""``/.well-known/void`` and ``/dataset``: what the dataset is and holds, for machines and for people.

https://www.w3.org/TR/void/#well-known; the description itself is built with the graph.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup.questions import Questions
from integrin_kg.settings import Settings
from integrin_kg.web.description import own_url
from integrin_kg.web.gone import client_gone
from integrin_kg.web.negotiation import HTML, TRIPLES, best, for_engine
from integrin_kg.web.sparql import carry


def blueprint(engine: Engine, settings: Settings, questions: Questions) -> Blueprint:
    """Return the two resources over ``engine``: one document, which a machine gets at the one and a
    browser at the other where Accept does not say."""
    about = Blueprint("dataset", __name__)

    @about.get("/.well-known/void")
    def well_known() -> Response:
        return describe([*TRIPLES, HTML])

    @about.get("/dataset")
    def dataset() -> Response:
        return describe([HTML, *TRIPLES])

    def describe(offered: list[str]) -> Response:
        media_type = best(request.accept_mimetypes, offered)
        if media_type == HTML:
            return _page(questions)
        if media_type is None:
            raise Problem(406, "Not acceptable", f"There are {', '.join(offered)}.")
        query = Query(
            questions.about("description", own_url("/sparql")),
            None,
            for_engine(media_type, triples=True),
            timeout=settings.query_timeout,
        )
        response = carry(engine.run(query, client_gone), query)
        response.headers["Vary"] = "Accept, Host"
        return response

    return about


def _page(questions: Questions) -> Response:
    parts = [(part, list(rows)) for part, rows in groupby(questions.values("dataset"), itemgetter("part"))]
    response = Response(render_template("dataset.html", parts=parts), content_type="text/html; charset=utf-8")
    response.headers["Vary"] = "Accept"
    return response
