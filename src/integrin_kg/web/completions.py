"""``/vocabulary.json``: the graph's own words, for an editor to complete.

A document with ``prefixes`` (those that every query knows) and ``terms``: the ``iri``, ``kind`` (class,
property or entity), ``label`` and, where there are, ``synonyms`` and ``definition`` of each.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response

from integrin_kg.engine.client import Engine
from integrin_kg.lookup.questions import Questions
from integrin_kg.vocab import BASE, PREFIXES
from integrin_kg.web import versions

_SHAPE = ["vocabulary.json"]
_BETWEEN_SYNONYMS = "\n"  # as in vocabulary.rq


def blueprint(engine: Engine, questions: Questions) -> Blueprint:
    """Return the resource over ``engine``."""
    words = Blueprint("completions", __name__)

    @lru_cache(maxsize=2)  # one engine's, and its version before
    def document(version: str) -> str:
        terms = [_term(row) for row in questions.values("vocabulary")]
        return json.dumps({"base": BASE, "prefixes": PREFIXES, "terms": terms}, ensure_ascii=False)

    @words.get("/vocabulary.json")
    def vocabulary() -> Response:
        version = engine.version
        if known := versions.unchanged(version, _SHAPE):
            return known
        response = Response(document(version), content_type="application/json")
        return versions.mark(response, version, _SHAPE)

    return words


def _term(row: dict[str, str]) -> dict[str, Any]:
    synonyms = row.get("synonyms", "").split(_BETWEEN_SYNONYMS)
    return {**row, "synonyms": synonyms} if synonyms != [""] else _without(row, "synonyms")


def _without(row: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in row.items() if key != name}
