"""The page of an entity: what is asserted and inferred of it, the claims about it, what lies around it."""

from __future__ import annotations

import re
from collections import Counter

from flask import Blueprint, Response, jsonify, render_template, request

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup import things
from integrin_kg.lookup.about import CLAIMS, About, about
from integrin_kg.lookup.claims import Claim, as_csv, describe, evidence
from integrin_kg.lookup.questions import Questions
from integrin_kg.lookup.things import Thing
from integrin_kg.vocab import BASE
from integrin_kg.web import cells
from integrin_kg.web.network import beside, neighbourhood

PAGE = 50
"""How many claims a page shows."""

_NUMBER = re.compile(r"[0-9]{1,9}")
_CLINIC = {"testedIn", "treats", "hasOutcome", "hasAdverseEvent", "failureReason", "enrolment"}


def blueprint(questions: Questions) -> Blueprint:
    """Return what pages of entities open or download: their neighbourhood, their evidence."""
    entities = Blueprint("entity", __name__)

    @entities.get("/<string:kind>/<string:slug>/network")
    def network(kind: str, slug: str) -> Response:
        known = about(questions, _iri(kind, slug))
        claims = describe(questions, (row["claim"]["value"] for row in evidence(questions, known.thing.iri)))
        return jsonify(neighbourhood(known, claims))

    @entities.get("/<string:kind>/<string:slug>/evidence.csv")
    def evidence_table(kind: str, slug: str) -> Response:
        iri = about(questions, _iri(kind, slug)).thing.iri
        claims = describe(questions, (row["claim"]["value"] for row in evidence(questions, iri)))
        response = Response(as_csv(claims), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}-evidence.csv"'
        return response

    return entities


def page(questions: Questions, iri: str) -> str:
    """Return the page of the entity ``iri``; :class:`Problem` where nothing is said of it."""
    known = about(questions, iri)
    claim = next(iter(describe(questions, [iri])), None) if iri.startswith(CLAIMS) else None
    return _claim_page(questions, known, claim) if claim else _entity_page(questions, known)


def _entity_page(questions: Questions, known: About) -> str:
    iri = known.thing.iri
    found = evidence(questions, iri)
    start = _start(len(found))
    claims = describe(questions, (row["claim"]["value"] for row in found[start : start + PAGE]))
    return render_template(
        "entity.html",
        known=known,
        claims=claims,
        clinic=[claim for claim in claims if _of_the_clinic(claim, known.thing)],
        around=beside(known, claims),
        counts=Counter(row["polarity"]["value"] for row in found),
        contradicted=sum("contradicted" in row for row in found),
        total=len(found),
        start=start,
        step=PAGE,
        behind={name: cells.editor(questions.about(name, iri)) for name in ("entity", "evidence")},
    )


def _claim_page(questions: Questions, known: About, claim: Claim) -> str:
    stated = questions.rows(questions.about("stated", claim.iri))
    parts = [(row[name]["value"] for name in ("subject", "property", "object")) for row in stated]
    return render_template(
        "claim.html",
        known=known,
        claim=claim,
        plain=cells.why(*parts[0]) if parts else "",
        behind=cells.editor(questions.about("claims", claim.iri)),
    )


def _of_the_clinic(claim: Claim, agent: Thing) -> bool:
    predicate, subject = claim.first("claimPredicate"), claim.first("claimSubject")
    of_agent = agent.kind == "therapeutic" and subject is not None and subject.iri == agent.iri
    return of_agent and predicate is not None and things.local_name(predicate.iri) in _CLINIC


def _start(total: int) -> int:
    """The first claim of the page that the parameter ``page`` asks for."""
    given = request.args.get("page", "1")
    number = int(given) if _NUMBER.fullmatch(given) else 0
    last = max((total - 1) // PAGE + 1, 1)
    if not 1 <= number <= last:
        raise Problem(404, "No such page", f"The parameter 'page' is a number from 1 to {last}.")
    return (number - 1) * PAGE


def _iri(kind: str, slug: str) -> str:
    if not all(char.isascii() and (char.isalnum() or char in "-._") for char in kind + slug):
        raise Problem(404, "Nothing here", "No term or entity has such an IRI.")
    return f"{BASE}{kind}/{slug}"
