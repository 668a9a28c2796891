"""Views across the graph: each a query of ``queries/pages`` laid out, with its SPARQL and its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup import things
from integrin_kg.lookup.claims import Claim, describe
from integrin_kg.lookup.questions import Questions, Row, first_of_each
from integrin_kg.lookup.things import Thing
from integrin_kg.settings import Settings
from integrin_kg.web import cells, family, heatmap, pipeline, signalling
from integrin_kg.web.gone import client_gone
from integrin_kg.web.sparql import carry

_CSV = "text/csv"


@dataclass(frozen=True)
class View:
    """A view: its name in the URL, what it is called and shows, the page query that it is laid out from."""

    name: str
    title: str
    lead: str
    query: str
    lay_out: Callable[[Questions, list[Row]], dict[str, Any]]


def _family(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    values = ({key: cell["value"] for key, cell in row.items()} for row in rows)
    return {"picture": family.picture(values)}


def _heat_map(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    return {"map": heatmap.heat_map(rows), "legend": heatmap.LEGEND}


def _pipeline(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    return {"agents": pipeline.agents(rows)}


def _signalling(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    steps = signalling.steps(rows)
    starts = signalling.starts(steps)
    start = signalling.chosen(starts, request.args.get("from", "integrin/alphaV-beta3"))
    return {"start": start, "starts": starts, "tree": signalling.walk(steps, start)}


def _exosomes(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    """The integrins by what carries them, the organs that they lead to and the cells that they bind there."""
    found: dict[Thing, dict[str, dict[Thing, set[Thing]]]] = {}
    for row in rows:
        parts = found.setdefault(things.thing(row, "integrin"), {"carried": {}, "organ": {}, "cell": {}})
        where = parts[row["part"]["value"]].setdefault(things.thing(row, "value"), set())
        where |= {things.thing(row, name) for name in ("organ", "disease") if name in row}
    return {"integrins": sorted(found.items(), key=lambda item: (not item[1]["organ"], item[0].name))}


def _landscape(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    """The numbers by what was measured; percentages get a bar."""
    numbers = first_of_each(rows, "claim")

    def measure(row: Row) -> str:
        return row["measure"]["value"]

    groups = [
        (name, [_number(row) for row in found])
        for name, found in groupby(sorted(numbers, key=measure), measure)
    ]
    return {"groups": groups}


def _number(row: Row) -> dict[str, Any]:
    number = {
        name: things.thing(row, name) for name in ("claim", "subject", "object", "disease") if name in row
    }
    texts = {name: cell["value"] for name, cell in row.items()}
    value = texts.get("value") or "–".join(texts[name] for name in ("minimum", "maximum") if name in texts)
    percent = texts["unit"] == "percent" and "value" in texts
    return number | {
        "text": f"{'about ' if texts.get('about') == 'true' else ''}{value}",
        "unit": "" if texts["unit"] == "count" else texts["unit"],
        "bar": float(texts["value"]) if percent else None,
        "reference": texts.get("reference", ""),
        "note": texts.get("note", ""),
    }


def _contradictions(questions: Questions, rows: list[Row]) -> dict[str, Any]:
    pairs = [(row["claim"]["value"], row["other"]["value"]) for row in rows]
    claims = {claim.iri: claim for claim in describe(questions, {iri for pair in pairs for iri in pair})}
    return {"pairs": [[claims[iri] for iri in pair] for pair in pairs], "differ": _differ}


def _differ(claim: Claim, other: Claim) -> list[str]:
    """What two claims that contradict one another differ in, in words: where to look first."""
    names = {
        "polarity": "polarity", "effect": "effect", "claimSubject": "subject", "claimObject": "object",
        "inDisease": "disease", "inModel": "model", "viaMolecule": "molecule", "inSection": "section",
        "citesReference": "references",
    }  # fmt: skip
    return [
        words for name, words in names.items() if claim.values.get(name, []) != other.values.get(name, [])
    ]


VIEWS = {
    view.name: view
    for view in (
        View(
            "family", "The integrin family",
            "The receptors that alpha and beta subunits make with one another, by what they recognise.",
            "family", _family,
        ),
        View(
            "heat-map", "Integrins by diseases",
            "What each integrin is claimed to do in each disease. An empty cell means that no claim speaks "
            "of the integrin itself in that very disease, not that it does nothing there.",
            "roles", _heat_map,
        ),
        View(
            "pipeline", "The therapeutics pipeline",
            "Agents against integrins: what they hit, the receptor class that follows, how they fared and "
            "why they failed.",
            "pipeline", _pipeline,
        ),
        View(
            "signalling", "Signalling, walked from an integrin",
            "What an integrin activates, recruits or signals through, and what follows from that.",
            "signals", _signalling,
        ),
        View(
            "exosomes", "Exosome organotropism",
            "Integrins on tumour exosomes lead them to an organ: which organ, and which cells there.",
            "exosomes", _exosomes,
        ),
        View(
            "landscape", "The genomic landscape in numbers",
            "How often integrin genes are altered or mutated, and in how many tumours that was counted.",
            "landscape", _landscape,
        ),
        View(
            "contradictions", "Where the source contradicts itself",
            "Claims that cannot both hold as they stand, side by side. None is smoothed away.",
            "contradictions", _contradictions,
        ),
    )
}  # fmt: skip
"""The views, in the order in which they are listed."""


def blueprint(engine: Engine, settings: Settings, questions: Questions) -> Blueprint:
    """Return the views over ``engine``."""
    across = Blueprint("views", __name__)

    @across.get("/views")
    def index() -> str:
        return render_template("views/index.html", views=VIEWS.values())

    @across.get("/family", defaults={"view": "family"})
    @across.get("/views/<string:view>")
    def page(view: str) -> str:
        wanted = _view(view)
        text = questions.text(wanted.query)
        shown = wanted.lay_out(questions, questions.rows(text))
        return render_template(f"views/{view}.html", view=wanted, behind=cells.editor(text), **shown)

    @across.get("/views/<string:view>.csv")
    def rows(view: str) -> Response:
        query = Query(questions.text(_view(view).query), _CSV, None, timeout=settings.query_timeout)
        response = carry(engine.run(query, client_gone), query)
        response.headers["Content-Disposition"] = f'attachment; filename="{view}.csv"'
        return response

    @across.get("/views/signalling/network")
    def network() -> Response:
        found = signalling.steps(questions.rows(questions.text("signals")))
        start = signalling.chosen(signalling.starts(found), request.args.get("from", ""))
        return jsonify(signalling.network(found, start))

    return across


def _view(name: str) -> View:
    if name not in VIEWS:
        raise Problem(404, "No such view", f"There is no view {name!r}; there are {', '.join(VIEWS)}.")
    return VIEWS[name]
