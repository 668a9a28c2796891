"""Which class is below which: what the ontology says, and what follows from it.

What follows is asked of the reasoner that serves the graph, so that a page never says more than the graph
does: a made-up thing is put into each class, and the classes it then falls under are those above.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Classify, Problem
from integrin_kg.hierarchy import Above
from integrin_kg.vocab import RDF_TYPE
from integrin_kg.web.gone import client_gone

_MEMBER = "urn:any:"  # what the IRI of a made-up member begins with
_PATIENCE = 10.0  # seconds; it is asked once for each version of the graph
_NOT_REASONED = (409, 422)  # reasoning is off; too much follows


@dataclass(frozen=True)
class Inferred:
    """What follows for every member of a class: the classes ``above`` it, with the axioms by which
    (``because``), and other statements (``holds``, property and value). ``known`` tells whether anybody
    could say."""

    above: Above = field(default_factory=dict)
    because: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    holds: dict[str, list[tuple[str, str, list[str]]]] = field(default_factory=dict)
    known: bool = True


def infer(engine: Engine, classes: Iterable[str]) -> Inferred:
    """Return what follows for the members of ``classes``."""
    members = "".join(f"<{_MEMBER}{iri}> <{RDF_TYPE.value}> <{iri}> .\n" for iri in classes)
    try:
        answer = engine.run(Classify(members, "application/n-triples", _PATIENCE), client_gone).read()
    except Problem as problem:
        if problem.status in _NOT_REASONED:
            return Inferred(known=False)
        raise
    found = Inferred()
    for explained in json.loads(answer)["follows"]:
        _note(found, explained)
    return found


def _note(found: Inferred, explained: dict[str, Any]) -> None:
    triple = explained["triple"]
    subject, value = triple["subject"], triple["object"]
    if not subject.startswith(_MEMBER) or value.startswith(_MEMBER):
        return
    iri, axioms = subject.removeprefix(_MEMBER), list(dict.fromkeys(_axioms(explained["proof"])))
    if triple["predicate"] != RDF_TYPE.value:
        found.holds.setdefault(iri, []).append((triple["predicate"], value, axioms))
        return
    found.above.setdefault(iri, set()).add(value)
    found.because[iri, value] = axioms


def _axioms(proof: dict[str, Any]) -> Iterable[str]:
    if "axiom" in proof:
        yield proof["axiom"]["words"]
        for premise in proof["premises"]:
            yield from _axioms(premise)
