"""Why a triple holds, down to its claims, or why not: three values, never two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, islice, product
from typing import Any

from integrin_kg.engine.messages import Explain
from integrin_kg.explain import Document
from integrin_kg.lookup.claims import evidence
from integrin_kg.lookup.names import Index
from integrin_kg.lookup.questions import Questions
from integrin_kg.mcp_server import shapes
from integrin_kg.mcp_server.claims import claims_of
from integrin_kg.mcp_server.naming import called, meant

MEANINGS = {
    "follows": "It follows from what is claimed; the proof says how.",
    "stated": "It is stated without a context.",
    "claimed false": "The source denies it, in the context that a denial names where it names one.",
    "both": "The source affirms it, or it follows, and the source denies it too: compare the contexts.",
    "claimed, qualified": "It is claimed, but only with the context or direction that the claims name.",
    "not claimed": "Nobody claims it and nobody denies it: that is not known here, and no denial.",
}
_READINGS = 9

Parts = tuple[str, str, str]


def explain(questions: Questions, index: Index, given: Parts) -> shapes.Explanation:
    """Return the proof of a triple whose parts are names or IRIs, or what is missing for one, with the
    claims for and against just this triple. Of the things that a name may mean, those are taken of which
    anything is claimed.

    Raises :class:`Problem` for an unknown name.
    """
    subjects, properties, objects = (
        meant(index, given[0]),
        _properties(index, given[1]),
        meant(index, given[2]),
    )
    readings = list(islice(product(subjects, properties, objects), _READINGS))
    answers = (_explained(questions, reading) for reading in readings)
    found = next((answer for answer in answers if answer.verdict != "not claimed"), None)
    found = found or _explained(questions, readings[0])
    taken = {found.subject, found.predicate, found.object}
    others = dict.fromkeys(iri for reading in readings for iri in reading if iri not in taken)
    found.others = [shapes.Named(name=index.entries[iri].label, iri=iri) for iri in others]
    return found


def _properties(index: Index, given: str) -> list[str]:
    """The IRI of the property of that name, where a thing of another kind has it too."""
    same = [entry.iri for entry in called(index, given) if index.kind(entry) == "property"]
    return same or meant(index, given)


def _explained(questions: Questions, triple: Parts) -> shapes.Explanation:
    task = Explain(*triple, timeout=questions.settings.query_timeout)
    document = json.loads(questions.engine.run(task, questions.gone).read())
    steps = list(_steps(document["proof"], count(1))) if document["holds"] else []
    said = _saying(questions, triple)
    denials = [claim for claim in said if claim.verdict == "claimed false"]
    affirmed = [claim for claim in said if claim.verdict == "claimed true"]
    leaves = claims_of(questions, dict.fromkeys(iri for step in steps for iri in step.claims))
    verdict = _verdict(steps, affirmed=bool(affirmed), denied=bool(denials))
    fields = {
        **dict(zip(("subject", "predicate", "object"), triple, strict=True)),
        "says": document["triple"]["words"],
        "verdict": verdict,
        "meaning": MEANINGS[verdict],
        "proof": steps,
        "missing": [_lacking(gap) for gap in document.get("missing", [])],
        "others": [],
        "claims": list({claim.iri: claim for claim in [*leaves, *affirmed]}.values()),
        "denials": denials,
    }
    return shapes.Explanation.model_validate(fields)


def _saying(questions: Questions, triple: Parts) -> list[shapes.Claim]:
    """The claims that affirm or deny just this triple, in whatever context."""
    about = claims_of(questions, (row["claim"]["value"] for row in evidence(questions, triple[0])))
    parts = ((claim, (claim.subject, claim.predicate, claim.object)) for claim in about)
    return [claim for claim, found in parts if tuple(part.iri if part else "" for part in found) == triple]


def _verdict(steps: list[shapes.Step], *, affirmed: bool, denied: bool) -> str:
    if denied:
        return "both" if steps or affirmed else "claimed false"
    if steps:
        return "follows" if steps[0].axiom else "stated"
    return "claimed, qualified" if affirmed else "not claimed"


def _steps(proof: Document, numbers: Iterator[int]) -> Iterator[shapes.Step]:
    """The steps of a proof, the conclusion first."""
    number = next(numbers)
    premises = [list(_steps(premise, numbers)) for premise in proof.get("premises", [])]
    yield shapes.Step(
        number=number,
        says=proof["conclusion"]["words"],
        axiom=_axiom(proof["axiom"]) if "axiom" in proof else None,
        since=[steps[0].number for steps in premises],
        claims=[claim["iri"] for claim in proof.get("claims", [])],
    )
    for steps in premises:
        yield from steps


def _lacking(gap: Document) -> shapes.Lacking:
    return shapes.Lacking(axiom=_axiom(gap["axiom"]), lacks=gap["lacks"])


def _axiom(axiom: dict[str, Any]) -> shapes.Named:
    return shapes.Named(name=axiom["words"], iri=axiom["iri"])
