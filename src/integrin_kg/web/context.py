"""``/context.jsonld``: the ontology's terms as JSON keys."""

from __future__ import annotations

from flask import Blueprint, Response

from integrin_kg.jsonld import JSONLD, context_document
from integrin_kg.lookup.current import Current
from integrin_kg.web.vocabulary import Vocabulary


def blueprint(vocabulary: Current[Vocabulary]) -> Blueprint:
    """Return the context."""
    published = Blueprint("context", __name__)

    @published.get("/context.jsonld")
    def jsonld_context() -> Response:
        return Response(context_document(vocabulary.get().ontology), content_type=JSONLD)

    return published
