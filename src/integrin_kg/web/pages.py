"""The site's pages: the start page, the saved queries, and the page of an entity."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from flask import Blueprint, Response, g, render_template

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.settings import Settings
from integrin_kg.web import bioschemas, family
from integrin_kg.web.links import linkable, local_link
from integrin_kg.web.questions import JSON, Questions, client_gone
from integrin_kg.web.sparql import TURTLE, query_page


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
        g.markup = bioschemas.dataset()
        return render_template(
            "home.html",
            counts=counts,
            categories=categories,
            picture=family.picture(questions.values("family")),
            saved=questions.saved.values(),
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

    return site
