"""The saved questions: by keyword, and each with its answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from flask import Blueprint, Response, render_template, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup.questions import JSON, Questions
from integrin_kg.saved import SavedQuery
from integrin_kg.settings import Settings
from integrin_kg.web.gone import client_gone
from integrin_kg.web.sparql import LARGEST_PAGE, TURTLE, query_page


def blueprint(engine: Engine, settings: Settings, questions: Questions) -> Blueprint:
    """Return the pages over ``engine``."""
    site = Blueprint("saved_questions", __name__)

    @site.get("/queries")
    def queries() -> str:
        keyword = request.args.get("keyword", "")
        keywords = by_keyword(questions.saved.values())
        found = keywords.get(keyword, [] if keyword else list(questions.saved.values()))
        return render_template("queries.html", saved=found, keyword=keyword, keywords=keywords)

    @site.get("/queries/<name>")
    def saved_query(name: str) -> Response:
        query = questions.saved.get(name)
        if query is None:
            raise Problem(404, "No such query", f"There is no saved query {name!r}.")
        question = Query(
            query.text,
            JSON,
            TURTLE,
            reasoning=settings.reasoning,
            timeout=settings.query_timeout,
            most=LARGEST_PAGE,
        )
        return query_page(engine.run(question, client_gone), question, query)

    site.add_app_template_global(lambda: questions.saved.values(), "saved_questions")
    return site


def by_keyword(saved: Iterable[SavedQuery]) -> dict[str, list[SavedQuery]]:
    """Return the saved queries under each of their keywords, those with the most first."""
    found: defaultdict[str, list[SavedQuery]] = defaultdict(list)
    for query in saved:
        for keyword in query.keywords:
            found[keyword].append(query)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0].casefold())))
