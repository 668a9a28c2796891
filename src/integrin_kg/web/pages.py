"""The site's pages: the start page, the saved queries, and a page for every term and entity."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.settings import Settings
from integrin_kg.vocab import BASE, INFERRED_GRAPH
from integrin_kg.web.negotiation import HTML, TRIPLES, best, for_engine
from integrin_kg.web.questions import JSON, Questions, client_gone
from integrin_kg.web.sparql import TURTLE, carry, query_page


def blueprint(engine: Engine, settings: Settings, questions: Questions) -> Blueprint:
    """Return the pages over ``engine``."""
    site = Blueprint("pages", __name__)
    site.add_app_template_filter(local_link, "local")
    site.add_app_template_filter(linkable)

    @site.get("/")
    def home() -> str:
        categories = [
            (category, list(members))
            for category, members in groupby(questions.values("categories"), itemgetter("category"))
        ]
        counts = questions.values("counts")
        return render_template(
            "home.html", counts=counts, categories=categories, saved=questions.saved.values()
        )

    @site.get("/queries")
    def queries() -> str:
        return render_template("queries.html", saved=questions.saved.values())

    @site.get("/queries/<name>")
    def saved_query(name: str) -> Response:
        query = questions.saved.get(name)
        if query is None:
            raise Problem(404, "No such query", f"There is no saved query {name!r}.")
        question = Query(
            query.text, JSON, TURTLE, reasoning=settings.reasoning, timeout=settings.query_timeout
        )
        return query_page(engine.run(question, client_gone), question, query)

    @site.get("/schema", defaults={"kind": "schema", "slug": ""})
    @site.get("/<string:kind>/<string:slug>")
    def thing(kind: str, slug: str) -> Response:
        if not all(char.isalnum() or char in "-._" for char in kind + slug):
            raise Problem(404, "Nothing here", "No term or entity has such an IRI.")
        iri = f"{BASE}{kind}/{slug}" if slug else f"{BASE}{kind}"
        media_type = best(request.accept_mimetypes, [HTML, *TRIPLES])
        if media_type == HTML:
            return _entity_page(questions, iri)
        if media_type is None:
            raise Problem(406, "Not acceptable", f"There are {', '.join([HTML, *TRIPLES])}.")
        query = Query(
            questions.about("about", iri),
            None,
            for_engine(media_type, triples=True),
            timeout=settings.query_timeout,
        )
        if not questions.rows(questions.about("statements", iri)):
            raise Problem(404, "Nothing here", f"Nothing is said of <{iri}>.")
        return carry(engine.run(query, client_gone), query)

    return site


def local_link(iri: str) -> str:
    """Return the path of a term's or entity's page here, and any other IRI as it is.

    >>> local_link("https://w3id.org/integrin-kg/motif/RGD")
    '/motif/RGD'
    """
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def linkable(iri: str) -> bool:
    """Return whether a page may link to ``iri``: to the web, and never to a script.

    >>> linkable("javascript:alert(1)")
    False
    """
    return iri.startswith(("http://", "https://"))


def _entity_page(questions: Questions, iri: str) -> Response:
    rows = questions.rows(questions.about("statements", iri))
    if not rows:
        raise Problem(404, "Nothing here", f"Nothing is said of <{iri}>.")
    statements = [{"inferred": row["graph"]["value"] == INFERRED_GRAPH.value, **row} for row in rows]
    label = next(
        (
            row["value"]["value"]
            for row in rows
            if row["direction"]["value"] == "is" and row["property"]["value"].endswith("#label")
        ),
        iri,
    )
    page = render_template("entity.html", iri=iri, label=label, statements=statements)
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Vary"] = "Accept"
    return response
