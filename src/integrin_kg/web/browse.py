"""``/browse``, the ontology on one page, and a page for each class and property of it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.current import Current
from integrin_kg.lookup.names import Index
from integrin_kg.lookup.questions import Questions
from integrin_kg.web.vocabulary import KINDS, Vocabulary

_MEMBERS = "SELECT ?member ?label WHERE {{\n  ?member a <{}> ; rdfs:label ?label\n}} ORDER BY ?label"
_STATEMENTS = "SELECT ?subject ?value WHERE {{ ?subject <{}> ?value }}"

_TREES = {"inferred": True, "asserted": False}


def blueprint(vocabulary: Current[Vocabulary]) -> Blueprint:
    """Return the page of the whole ontology."""
    pages = Blueprint("browse", __name__)

    @pages.get("/browse")
    def browse() -> str:
        return ontology_page(vocabulary.get())

    return pages


def ontology_page(vocabulary: Vocabulary) -> str:
    """Return the page of the whole ontology, its tree as the parameter ``tree`` asks."""
    tree = request.args.get("tree", "inferred")
    if tree not in _TREES:
        raise Problem(400, "Unknown tree", "The parameter 'tree' is 'inferred' or 'asserted'.")
    return render_template(
        "browse.html",
        vocabulary=vocabulary,
        tree=tree,
        branches=vocabulary.tree(inferred=_TREES[tree]),
        kinds=[kind for kind in KINDS.values() if kind != "class"],
    )


def term_page(questions: Questions, vocabulary: Vocabulary, index: Index, iri: str) -> str:
    """Return the page of the class or property at ``iri``, which ``vocabulary`` must have; ``index`` knows
    the names of things."""
    term = vocabulary.terms[iri]
    is_class = term.kind == "class"
    rows = questions.values("members" if is_class else "statements-by-property", iri)
    values = {value for found in vocabulary.follows(iri) for value in found.values}
    return render_template(
        "term.html",
        vocabulary=vocabulary,
        term=term,
        rows=rows,
        labels={value: index.entries[value].label for value in values if value in index.entries},
        every="/sparql?" + urlencode({"query": (_MEMBERS if is_class else _STATEMENTS).format(iri)}),
    )
