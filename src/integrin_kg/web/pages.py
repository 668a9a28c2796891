"""The start page."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from flask import Blueprint, g, render_template

from integrin_kg.lookup.questions import Questions
from integrin_kg.web import bioschemas, family
from integrin_kg.web.links import linkable, local_link, registry_page


def blueprint(questions: Questions) -> Blueprint:
    """Return the start page."""
    site = Blueprint("pages", __name__)
    site.add_app_template_filter(local_link, "local")
    site.add_app_template_filter(linkable)
    site.add_app_template_filter(registry_page)

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

    return site
